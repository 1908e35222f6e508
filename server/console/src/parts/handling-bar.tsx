/** Somebody is asked to take over: what can be done about it; and what colleagues wrote to each other before. */
import { Button, Textarea } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '../../../api/contract.ts';
import type { HandlingList } from '../../../api/queue-contract.ts';
import { callApi } from '../app/api.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { useDeskChanged } from '../hooks/my-desk.ts';
import { useToasts } from '../hooks/toast.ts';
import { readDeskSearch } from '../hooks/queue-view.ts';
import { formatExact } from '../hooks/time.ts';
import { Dialog } from './dialog.tsx';
import './handling.css';

type Target = Pick<HandlingList['transfers'][number]['to'], 'kind' | 'language'> & { name: string | null };

/** "Mai", "speakers of Khmer", "the supervisors" */
function useTargetName(): (to: Target) => string {
  const { t } = useTranslation();
  return ({ kind, language, name }) => {
    if (kind === 'person') return name ?? '';
    if (kind === 'supervisors') return t('handling.target.supervisors');
    const words = t([`language.${language ?? ''}`, 'unknown'], { defaultValue: language ?? '' });
    return t('handling.target.language', { language: words });
  };
}

export function HandlingBar({ conversation, isMine }: { conversation: Conversation; isMine: boolean }) {
  const { offer, count } = conversation.handling;
  return (
    <div className="handling">
      {offer !== null && <OpenOffer conversation={conversation} isMine={isMine} />}
      {count > 0 && <Notes conversation={conversation} isOpen={offer?.isForMe === true} />}
    </div>
  );
}

type Answer = { kind: 'accept' } | { kind: 'withdraw' } | { kind: 'refuse'; reason: string };

function OpenOffer({ conversation, isMine }: { conversation: Conversation; isMine: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const errorText = useErrorText();
  const changed = useDeskChanged();
  const { tell } = useToasts();
  const nameOf = useTargetName();
  const [refusing, setRefusing] = useState(false);
  const { id, code } = conversation;
  const { offer } = conversation.handling;
  const answer = useMutation({
    mutationFn: ({ kind, ...body }: Answer) =>
      callApi<{ told?: boolean }>('POST', `/transfers/${offer?.id ?? ''}/${kind}`, body),
    onSuccess: async ({ told }, { kind }) => {
      const said = {
        accept: told === true ? 'acceptedTold' : 'accepted',
        withdraw: 'withdrawn',
        refuse: 'refused',
      };
      tell(t(`handling.bar.${said[kind]}`, { code }));
      setRefusing(false);
      if (kind === 'refuse') void navigate({ to: '/', search: true });
      if (kind === 'accept')
        void navigate({ to: '.', search: (now) => readDeskSearch({ ...now, tab: 'mine' }), replace: true });
      await changed(id);
    },
    // an answer that came too late shows what is so now
    onError: () => void changed(id),
  });
  if (offer === null) return null;
  const { from, to, isForMe } = offer;
  const names = { from: from.displayName, to: nameOf({ ...to, name: to.displayName }) };
  return (
    <>
      <div className="offer-bar" role="status">
        <p>
          <b>{t(`handling.bar.${isForMe ? 'forMe' : isMine ? 'waiting' : 'others'}`, names)}</b>
        </p>
        {isMine && (
          <Button
            variant="default"
            size="sm"
            onClick={() => answer.mutate({ kind: 'withdraw' })}
            loading={answer.isPending}
          >
            {t('handling.bar.withdraw')}
          </Button>
        )}
        {isForMe && (
          <div className="offer-answers">
            <Button variant="default" size="sm" onClick={() => setRefusing(true)} disabled={answer.isPending}>
              {t('handling.bar.refuse')}
            </Button>
            <Button size="sm" onClick={() => answer.mutate({ kind: 'accept' })} loading={answer.isPending}>
              {t('handling.bar.accept')}
            </Button>
          </div>
        )}
      </div>
      {answer.isError && (
        <p role="alert" className="offer-error">
          {errorText(answer.error)}
        </p>
      )}
      <RefuseDialog
        opened={refusing}
        onClose={() => setRefusing(false)}
        onRefuse={(reason) => answer.mutate({ kind: 'refuse', reason })}
        isPending={answer.isPending}
      />
    </>
  );
}

interface RefuseProps {
  opened: boolean;
  onClose: () => void;
  onRefuse: (reason: string) => void;
  isPending: boolean;
}

function RefuseDialog({ opened, onClose, onRefuse, isPending }: RefuseProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  return (
    <Dialog opened={opened} onClose={onClose} title={t('handling.bar.why')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onRefuse(reason);
        }}
      >
        <Textarea
          label={t('handling.bar.why')}
          description={t('handling.bar.whyHelp')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          rows={3}
          maxLength={2000}
          required
        />
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t('handling.cancel')}
          </Button>
          <Button type="submit" loading={isPending} disabled={reason.trim().length < 3}>
            {t('handling.bar.sendRefusal')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Read when it is opened; each read is audited. Whoever is asked to take over sees the note at once. */
function Notes({ conversation, isOpen }: { conversation: Conversation; isOpen: boolean }) {
  const { t, i18n } = useTranslation();
  const nameOf = useTargetName();
  const [opened, setOpened] = useState(isOpen);
  const { id } = conversation;
  const { count, offer } = conversation.handling;
  const { data } = useQuery({
    queryKey: ['handling', id, count, offer?.id ?? null],
    enabled: opened,
    queryFn: () => callApi<HandlingList>('GET', `/conversations/${id}/handling`),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    gcTime: 60_000,
  });
  const exact = (iso: string): string => formatExact(iso, i18n.language);
  return (
    <details
      className="handling-notes"
      open={opened}
      onToggle={(event) => setOpened(event.currentTarget.open)}
    >
      <summary>{t('handling.notes.title', { n: count })}</summary>
      {data === undefined ? (
        <p className="muted">{t('app.loading')}</p>
      ) : (
        <ul>
          {data.transfers.map(({ from, to, note, state, answer, answeredBy, offeredAt, ...one }) => (
            <li key={one.id}>
              <p className="muted small">
                {t('handling.notes.transfer', {
                  from: from.displayName,
                  to: nameOf({ ...to, name: to.person?.displayName ?? null }),
                  time: exact(offeredAt),
                })}
                {' · '}
                {t(`handling.notes.state.${state}`, {
                  name: answeredBy?.displayName ?? '',
                  answer: answer ?? '',
                })}
              </p>
              <p className="handling-text">{note}</p>
            </li>
          ))}
          {data.risks.map(({ id: key, by, before, after, reason, at }) => (
            <li key={key}>
              <p className="muted small">
                {t('handling.notes.risk', {
                  name: by.displayName,
                  before: t(`risk.${before}`),
                  after: t(`risk.${after}`),
                  time: exact(at),
                })}
              </p>
              <p className="handling-text">{reason}</p>
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
