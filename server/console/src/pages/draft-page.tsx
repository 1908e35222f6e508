/** One draft: what it changes, what the checker and the reviewers say, and the way to the people who get it. */
import { Alert, TextInput } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Draft } from '../../../api/studio-contract.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { useDraft, useDraftFiles } from '../hooks/studio.ts';
import { formatExact } from '../hooks/time.ts';
import { useTitle } from '../hooks/title.ts';
import { DraftActions } from '../parts/draft-actions.tsx';
import { DraftBadge } from '../parts/draft-badge.tsx';
import { DraftDiffView } from '../parts/draft-diff.tsx';
import { DraftPeople } from '../parts/draft-people.tsx';
import { DraftPreview } from '../parts/draft-preview.tsx';
import { FileLink } from '../parts/file-link.tsx';
import { DraftProblems } from '../parts/draft-problems.tsx';
import '../studio.css';

export function DraftPage() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { draftId } = useParams({ from: '/staff/studio/drafts/$draftId' });
  const { data, error } = useDraft(draftId);
  useTitle(data?.title ?? t('studio.title'));
  return (
    <div className="page wide studio">
      <p className="studio-crumb">
        <Link to="/studio">{t('studio.title')}</Link>
      </p>
      {error !== null && (
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
      {data !== undefined && <DraftView draft={data} />}
    </div>
  );
}

function DraftView({ draft }: { draft: Draft }) {
  const { t, i18n } = useTranslation();
  return (
    <>
      <h1 tabIndex={-1}>
        {draft.title} <DraftBadge state={draft.state} />
      </h1>
      <p className="muted small">
        {t('studio.byAt', {
          name: draft.createdBy.displayName,
          time: formatExact(draft.createdAt, i18n.language),
        })}{' '}
        · {t('studio.standsOn', { n: draft.base })}
        {draft.behind > 0 && <b> · {t('studio.behind', { n: draft.behind })}</b>}
      </p>
      {draft.note !== '' && <p className="studio-note">{draft.note}</p>}
      <DraftActions draft={draft} />
      <DraftProblems draft={draft} />
      <Changes draft={draft} />
      <DraftDiffView draftId={draft.id} version={draft.version} />
      <DraftPreview draft={draft} />
      <DraftPeople draftId={draft.id} />
      <Reviews draft={draft} />
    </>
  );
}

/** Files it changes, and every other one to open. */
function Changes({ draft }: { draft: Draft }) {
  const { t, i18n } = useTranslation();
  const { data } = useDraftFiles(draft.id);
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const found =
    wanted === '' ? [] : (data?.files ?? []).filter(({ path }) => path.toLowerCase().includes(wanted));
  return (
    <section aria-labelledby="changes">
      <h2 id="changes">{t('studio.changes')}</h2>
      {draft.changes.length === 0 && <p>{t('studio.noChanges')}</p>}
      <ul className="studio-files">
        {draft.changes.map(({ path, change, by, at, needsTwo }) => (
          <li key={path}>
            <FileLink draftId={draft.id} path={path} />{' '}
            <span className="studio-mark">{t(`studio.change.${change}`)}</span>
            {needsTwo && <span className="studio-mark two">{t('studio.needsTwo')}</span>}
            <p className="muted small">
              {by.displayName}, {formatExact(at, i18n.language)}
            </p>
          </li>
        ))}
      </ul>
      <TextInput
        label={t('studio.openFile')}
        description={t('studio.openFileHelp')}
        type="search"
        autoComplete="off"
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      <p className="sr-only" role="status">
        {wanted !== '' && t('studio.found', { n: found.length })}
      </p>
      {found.length > 0 && (
        <ul className="studio-files found">
          {found.slice(0, 40).map(({ path }) => (
            <li key={path}>
              <FileLink draftId={draft.id} path={path} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Reviews({ draft }: { draft: Draft }) {
  const { t, i18n } = useTranslation();
  if (draft.reviews.length === 0) return null;
  return (
    <section aria-labelledby="reviews">
      <h2 id="reviews">{t('studio.reviews')}</h2>
      <ul className="studio-reviews">
        {draft.reviews.map((review) => (
          <li key={review.id} data-verdict={review.verdict}>
            <b>{t(`studio.verdict.${review.verdict}`)}</b> {review.by.displayName},{' '}
            {formatExact(review.at, i18n.language)}
            {!review.counts && <span className="muted"> · {t('studio.earlierVersion')}</span>}
            {review.note !== '' && <p className="studio-note">{review.note}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
