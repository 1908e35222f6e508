/** The studio: drafts of what the bot says and asks, and the releases people were answered with. */
import { Alert, Button, Textarea, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DraftHead, Release, Releases } from '../../../api/studio-contract.ts';
import { callApi } from '../app/api.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { useMe } from '../hooks/queries.ts';
import { useDrafts, useReleases, useStudioMove } from '../hooks/studio.ts';
import { formatExact } from '../hooks/time.ts';
import { useTitle } from '../hooks/title.ts';
import { useToasts } from '../hooks/toast.ts';
import { Dialog } from '../parts/dialog.tsx';
import { DraftBadge } from '../parts/draft-badge.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import '../studio.css';

export function StudioPage() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { data: me } = useMe();
  const drafts = useDrafts();
  const releases = useReleases();
  const [isBeginning, setBeginning] = useState(false);
  const mayWrite = me?.permissions.includes('write_content') === true;
  useTitle(t('studio.title'));
  const error = drafts.error ?? releases.error;
  const open = drafts.data?.drafts.filter(isUnderWay) ?? [];
  const over = drafts.data?.drafts.filter((draft) => !isUnderWay(draft)) ?? [];
  return (
    <div className="page wide studio">
      <h1 tabIndex={-1}>{t('studio.title')}</h1>
      <p className="muted">{t('studio.help')}</p>
      {error !== null && (
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
      {drafts.data !== undefined && (
        <section aria-labelledby="drafts">
          <div className="studio-head">
            <h2 id="drafts">{t('studio.drafts')}</h2>
            {mayWrite && <Button onClick={() => setBeginning(true)}>{t('studio.begin')}</Button>}
          </div>
          {open.length === 0 ? (
            <EmptyState
              title={t('studio.noDrafts')}
              help={t(mayWrite ? 'studio.noDraftsHelp' : 'studio.noDraftsRead')}
            />
          ) : (
            <DraftList drafts={open} />
          )}
          {over.length > 0 && (
            <details>
              <summary>{t('studio.over', { n: over.length })}</summary>
              <DraftList drafts={over} />
            </details>
          )}
        </section>
      )}
      {releases.data !== undefined && <ReleaseList data={releases.data} mayWrite={mayWrite} />}
      {isBeginning && <BeginDialog onClose={() => setBeginning(false)} />}
    </div>
  );
}

function isUnderWay({ state }: DraftHead): boolean {
  return state !== 'published' && state !== 'withdrawn';
}

function DraftList({ drafts }: { drafts: readonly DraftHead[] }) {
  const { t, i18n } = useTranslation();
  return (
    <ul className="studio-drafts">
      {drafts.map((draft) => (
        <li key={draft.id}>
          <Link to="/studio/drafts/$draftId" params={{ draftId: draft.id }} className="studio-draft">
            <b>{draft.title}</b> <DraftBadge state={draft.state} />
          </Link>
          <p className="muted small">
            {t('studio.byAt', {
              name: draft.createdBy.displayName,
              time: formatExact(draft.changedAt, i18n.language),
            })}
            {' · '}
            {t('studio.files', { n: draft.files })}
            {draft.behind > 0 && <> · {t('studio.behind', { n: draft.behind })}</>}
            {draft.state === 'in_review' && <> · {t('studio.approvals', draft.approvals)}</>}
            {draft.publishAt !== null && (
              <> · {t('studio.goesOut', { time: formatExact(draft.publishAt, i18n.language) })}</>
            )}
          </p>
        </li>
      ))}
    </ul>
  );
}

function ReleaseList({ data, mayWrite }: { data: Releases; mayWrite: boolean }) {
  const { t, i18n } = useTranslation();
  const [back, setBack] = useState<Release | null>(null);
  return (
    <section aria-labelledby="releases">
      <h2 id="releases">{t('studio.releases')}</h2>
      {data.live.fault !== null && (
        <Alert color="red" role="alert">
          {t('studio.notLive', { current: data.current, live: data.live.number })}
        </Alert>
      )}
      <ul className="studio-releases">
        {data.releases.map((release) => (
          <li key={release.number}>
            <div>
              <b>{t('studio.release', { n: release.number })}</b>{' '}
              {release.number === data.live.number && <span className="studio-live">{t('studio.live')}</span>}
              <p className="small">
                {release.draft === null ? (
                  t(`studio.kind.${release.kind}`, { n: release.restores ?? 0 })
                ) : (
                  <Link to="/studio/drafts/$draftId" params={{ draftId: release.draft.id }}>
                    {release.draft.title}
                  </Link>
                )}
                {release.note !== '' && <span className="studio-note"> {release.note}</span>}
              </p>
              <p className="muted small">
                {release.by === null ? t('studio.bySystem') : release.by.displayName},{' '}
                <time dateTime={release.createdAt}>{formatExact(release.createdAt, i18n.language)}</time> ·{' '}
                {t('studio.files', { n: release.changed })}
              </p>
            </div>
            {mayWrite && release.number !== data.current && (
              <Button
                variant="default"
                size="sm"
                aria-label={t('studio.backTo', { n: release.number })}
                onClick={() => setBack(release)}
              >
                {t('studio.back')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {back !== null && <RollbackDialog release={back} onClose={() => setBack(null)} />}
    </section>
  );
}

function RollbackDialog({ release, onClose }: { release: Release; onClose: () => void }) {
  const { t } = useTranslation();
  const { tell } = useToasts();
  const [note, setNote] = useState('');
  const roll = useStudioMove(
    () =>
      callApi<{ release: number }>('POST', `/studio/releases/${release.number}/rollback`, {
        note: note.trim(),
      }),
    (made) => {
      tell(t('studio.rolledBack', { n: release.number, made: made.release }));
      onClose();
    },
  );
  return (
    <Dialog opened onClose={onClose} title={t('studio.backTo', { n: release.number })}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (note.trim() !== '') roll.mutate(undefined);
        }}
      >
        <p>{t('studio.backHelp')}</p>
        <Textarea
          label={t('studio.backWhy')}
          data-autofocus
          autosize
          minRows={2}
          maxLength={2000}
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
        />
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t('outcome.cancel')}
          </Button>
          <Button type="submit" color="red" loading={roll.isPending} disabled={note.trim() === ''}>
            {t('studio.backTo', { n: release.number })}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function BeginDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [title, setTitle] = useState('');
  const [note, setNote] = useState('');
  const begin = useStudioMove(
    () => callApi<{ id: string }>('POST', '/studio/drafts', { title: title.trim(), note: note.trim() }),
    ({ id }) => void navigate({ to: '/studio/drafts/$draftId', params: { draftId: id } }),
  );
  return (
    <Dialog opened onClose={onClose} title={t('studio.begin')}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (title.trim() !== '') begin.mutate(undefined);
        }}
      >
        <TextInput
          label={t('studio.draftTitle')}
          description={t('studio.draftTitleHelp')}
          data-autofocus
          maxLength={120}
          value={title}
          onChange={({ currentTarget }) => setTitle(currentTarget.value)}
        />
        <Textarea
          label={t('studio.draftNote')}
          autosize
          minRows={2}
          maxLength={2000}
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
        />
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t('outcome.cancel')}
          </Button>
          <Button type="submit" loading={begin.isPending} disabled={title.trim() === ''}>
            {t('studio.beginIt')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
