/** For editors: what people write and the bot does not understand, redacted; and what it should learn from it. */
import { Alert, Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HeardPhrase, Phrases, Proposal } from '../../../api/contract.ts';
import { callApi } from '../app/api.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { KEYS, usePhrases } from '../hooks/queries.ts';
import { useTitle } from '../hooks/title.ts';
import { EmptyState } from '../parts/empty-state.tsx';
import { useDeskKeys } from '../hooks/desk-keys.ts';
import { TeachDialog, type Teaching } from '../parts/teach-dialog.tsx';

export function PhrasesPage() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { data, error } = usePhrases();
  const [teaching, setTeaching] = useState<Teaching | null>(null);
  useTitle(t('phrases.title'));
  return (
    <div className="page">
      <h1 tabIndex={-1}>{t('phrases.title')}</h1>
      {error !== null && (
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
      {data !== undefined && (
        <>
          <p>
            {data.purpose === null
              ? t('phrases.off')
              : t('phrases.purpose', { purpose: data.purpose, days: data.keptDays })}
          </p>
          <p className="phrases-own">
            <Button
              variant="default"
              onClick={() => setTeaching({ heardId: null, text: '', kind: 'intent' })}
            >
              {t('phrases.own')}
            </Button>
          </p>
          <Heard data={data} onTeach={setTeaching} />
          <Proposals data={data} />
        </>
      )}
      {data !== undefined && teaching !== null && (
        <TeachDialog teaching={teaching} data={data} onClose={() => setTeaching(null)} />
      )}
    </div>
  );
}

function Heard({ data, onTeach }: { data: Phrases; onTeach: (teaching: Teaching) => void }) {
  const { t } = useTranslation();
  const list = useRef<HTMLUListElement>(null);
  useDeskKeys((action) => {
    if (action !== 'down' && action !== 'up') return;
    const rows = [...(list.current?.children ?? [])];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + (action === 'down' ? 1 : -1)))];
    next?.querySelector('button')?.focus();
  });
  if (data.phrases.length === 0)
    return data.purpose === null ? null : (
      <EmptyState title={t('phrases.none')} help={t('phrases.noneHelp')} />
    );
  return (
    <section aria-labelledby="heard">
      <h2 id="heard">{t('phrases.heard')}</h2>
      <ul className="phrases" ref={list}>
        {data.phrases.map((phrase) => (
          <li key={phrase.id}>
            <Phrase phrase={phrase} data={data} onTeach={onTeach} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Phrase({
  phrase,
  data,
  onTeach,
}: {
  phrase: HeardPhrase;
  data: Phrases;
  onTeach: (teaching: Teaching) => void;
}) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const client = useQueryClient();
  const ignore = useMutation({
    mutationFn: () => callApi('POST', `/phrases/${phrase.id}/ignore`, {}),
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.phrases }),
    onError: (error) => void notifications.show({ color: 'red', message: errorText(error) }),
  });
  const titleOf = (id: string): string => data.intents.find((one) => one.id === id)?.title ?? id;
  // what was taken out cannot be taught: the editor writes a phrase without it
  const text = phrase.text.replaceAll(/\s*\[[^\]]+\]/g, '').trim();
  const button = (label: string, onClick: () => void) => (
    <Button variant="default" size="sm" aria-label={`${label}: ${phrase.text}`} onClick={onClick}>
      {label}
    </Button>
  );
  return (
    <>
      <p className="phrase-text" lang="vi">
        {phrase.text}
      </p>
      <p className="muted small">
        {t('phrases.times', { n: phrase.times })} · {t('phrases.lastDay', { day: phrase.lastDay })}
      </p>
      <p className="muted small">
        {phrase.guesses.length === 0
          ? t('phrases.noGuess')
          : t('phrases.guesses', {
              list: phrase.guesses
                .map(({ intent, score }) => `${titleOf(intent)} ${String(Math.round(score * 100))} %`)
                .join(', '),
            })}
      </p>
      <div className="phrase-actions">
        {button(t('phrases.toIntent'), () => onTeach({ heardId: phrase.id, text, kind: 'intent' }))}
        {button(t('phrases.toRoute'), () => onTeach({ heardId: phrase.id, text, kind: 'route' }))}
        {button(t('phrases.ignore'), () => ignore.mutate())}
      </div>
    </>
  );
}

function Proposals({ data }: { data: Phrases }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const client = useQueryClient();
  const withdraw = useMutation({
    mutationFn: (id: string) => callApi('POST', `/proposals/${id}/withdraw`, {}),
    onSettled: () => client.invalidateQueries({ queryKey: KEYS.phrases }),
    onError: (error) => void notifications.show({ color: 'red', message: errorText(error) }),
  });
  if (data.proposals.length === 0) return null;
  const where = ({ kind, target }: Proposal): string =>
    kind === 'intent'
      ? (data.intents.find((one) => one.id === target)?.title ?? target)
      : t('phrases.flow', { flow: target });
  return (
    <section aria-labelledby="proposals">
      <h2 id="proposals">{t('phrases.proposals')}</h2>
      <p className="muted small">{t('phrases.proposalsHelp')}</p>
      <ul className="cards">
        {data.proposals.map((one) => (
          <li key={one.id}>
            <span>
              <span lang="vi">{one.text}</span> → {where(one)}
              <br />
              <span className="muted small">
                {t('phrases.totals', { ...one.totals })} {one.exportedAt !== null && t('phrases.exported')}
              </span>
            </span>
            <Button
              variant="default"
              size="sm"
              aria-label={`${t('phrases.withdraw')}: ${one.text}`}
              onClick={() => withdraw.mutate(one.id)}
            >
              {t('phrases.withdraw')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
