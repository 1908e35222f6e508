/** The way of a draft, step by step, with the one thing to do next: bring up to date, hand in, approve, publish. */
import { Alert, Button, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Draft, Rebased } from '../../../api/studio-contract.ts';
import { callApi } from '../app/api.ts';
import { useMe } from '../hooks/queries.ts';
import { useStudioMove } from '../hooks/studio.ts';
import { formatExact } from '../hooks/time.ts';
import { useToasts } from '../hooks/toast.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { Dialog } from './dialog.tsx';
import { RebaseConflicts } from './rebase-conflicts.tsx';

type Open = 'publish' | 'changes_wanted' | 'approved' | 'withdraw' | null;

export function DraftActions({ draft }: { draft: Draft }) {
  const { t, i18n } = useTranslation();
  const { data: me } = useMe();
  const { tell } = useToasts();
  const [open, setOpen] = useState<Open>(null);
  const [conflicts, setConflicts] = useState<Rebased['conflicts']>([]);
  const { id, version, may, state, approvals, behind, heldBack, publishAt } = draft;
  const rebase = useStudioMove(
    () => callApi<Rebased>('POST', `/studio/drafts/${id}/rebase`, { version }),
    (result) => {
      setConflicts(result.conflicts);
      if (result.conflicts.length === 0)
        tell(t('studio.rebased', { n: result.base, merged: result.merged.length }));
    },
  );
  const submit = useStudioMove(
    () => callApi('POST', `/studio/drafts/${id}/submit`, { version }),
    () => tell(t('studio.submitted')),
  );
  const isReviewer = me?.permissions.includes('review_content') === true;
  const inReview = state === 'in_review' || state === 'scheduled';
  return (
    <section aria-labelledby="way" className="studio-way">
      <h2 id="way">{t('studio.way')}</h2>
      <Steps draft={draft} />
      {heldBack !== null && (
        <Alert color="orange">
          {t('studio.heldBack')}{' '}
          {t(i18n.exists(`error.${heldBack}`) ? `error.${heldBack}` : 'error.internal')}
        </Alert>
      )}
      {publishAt !== null && (
        <p>
          <b>{t('studio.goesOut', { time: formatExact(publishAt, i18n.language) })}</b>
        </p>
      )}
      {inReview && isReviewer && !may.review && <p className="muted">{t('studio.ownWork')}</p>}
      {inReview && !may.publish && may.write && <Missing draft={draft} />}
      <div className="studio-actions">
        {may.write && behind > 0 && (
          <Button loading={rebase.isPending} onClick={() => rebase.mutate(undefined)}>
            {t('studio.rebase', { n: behind })}
          </Button>
        )}
        {may.submit && behind === 0 && (
          <Button loading={submit.isPending} onClick={() => submit.mutate(undefined)}>
            {t('studio.submit')}
          </Button>
        )}
        {may.review && (
          <>
            <Button onClick={() => setOpen('approved')}>{t('studio.approve')}</Button>
            <Button variant="default" onClick={() => setOpen('changes_wanted')}>
              {t('studio.askChanges')}
            </Button>
          </>
        )}
        {may.publish && state !== 'scheduled' && (
          <Button onClick={() => setOpen('publish')}>{t('studio.publish')}</Button>
        )}
        {may.withdraw && (
          <Button variant="default" onClick={() => setOpen('withdraw')}>
            {t(state === 'scheduled' ? 'studio.unschedule' : 'studio.withdraw')}
          </Button>
        )}
      </div>
      {conflicts.length > 0 && (
        <RebaseConflicts draftId={id} conflicts={conflicts} onClose={() => setConflicts([])} />
      )}
      {(open === 'approved' || open === 'changes_wanted') && (
        <ReviewDialog draft={draft} verdict={open} onClose={() => setOpen(null)} />
      )}
      {open === 'publish' && <PublishDialog draft={draft} onClose={() => setOpen(null)} />}
      {open === 'withdraw' && <WithdrawDialog draft={draft} onClose={() => setOpen(null)} />}
      <p className="sr-only" role="status">
        {inReview && t('studio.approvals', approvals)}
      </p>
    </section>
  );
}

function Steps({ draft }: { draft: Draft }) {
  const { t } = useTranslation();
  const { state, check, approvals, files } = draft;
  const isOut = state === 'published';
  const inReview = state === 'in_review' || state === 'scheduled' || isOut;
  const steps = [
    { key: 'write', done: files > 0 },
    { key: 'check', done: isOut || (check.state === 'done' && check.errors === 0) },
    { key: 'submit', done: inReview },
    { key: 'approve', done: isOut || (inReview && approvals.given >= approvals.needed) },
    { key: 'publish', done: isOut },
  ];
  return (
    <ol className="studio-steps">
      {steps.map(({ key, done }) => (
        <li key={key} data-done={done}>
          <span aria-hidden="true">{done ? '✓' : '○'}</span> {t(`studio.step.${key}`, approvals)}
          <span className="sr-only"> {t(done ? 'studio.stepDone' : 'studio.stepOpen')}</span>
        </li>
      ))}
    </ol>
  );
}

/** What keeps it from being published, in the order of mending. */
function Missing({ draft }: { draft: Draft }) {
  const { t } = useTranslation();
  const { behind, check, approvals } = draft;
  const missing = [
    behind > 0 ? 'error.draft_behind' : null,
    check.state === 'done' && check.errors > 0 ? 'error.check_failed' : null,
    check.state === 'running' ? 'studio.checking' : null,
    check.state === 'missing' || check.state === 'failed' ? 'error.check_missing' : null,
    approvals.given < approvals.needed ? 'studio.approvals' : null,
  ].filter((key) => key !== null);
  return (
    <ul className="studio-missing">
      {missing.map((key) => (
        <li key={key}>{t(key, approvals)}</li>
      ))}
    </ul>
  );
}

function ReviewDialog({
  draft,
  verdict,
  onClose,
}: {
  draft: Draft;
  verdict: 'approved' | 'changes_wanted';
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { tell } = useToasts();
  const [note, setNote] = useState('');
  const isWish = verdict === 'changes_wanted';
  const review = useStudioMove(
    () =>
      callApi('POST', `/studio/drafts/${draft.id}/review`, {
        version: draft.version,
        verdict,
        note: note.trim(),
      }),
    () => {
      tell(t(`studio.told.${verdict}`));
      onClose();
    },
  );
  const title = t(isWish ? 'studio.askChanges' : 'studio.approve');
  return (
    <Dialog opened onClose={onClose} title={title}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isWish || note.trim() !== '') review.mutate(undefined);
        }}
      >
        <p>{t(isWish ? 'studio.askChangesHelp' : 'studio.approveHelp')}</p>
        <Textarea
          label={t(isWish ? 'studio.whatToChange' : 'studio.noteIfAny')}
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
          <Button type="submit" loading={review.isPending} disabled={isWish && note.trim() === ''}>
            {title}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function PublishDialog({ draft, onClose }: { draft: Draft; onClose: () => void }) {
  const { t } = useTranslation();
  const { tell } = useToasts();
  const [note, setNote] = useState('');
  const [at, setAt] = useState('');
  const publish = useStudioMove(
    () =>
      callApi<{ release: number | null }>('POST', `/studio/drafts/${draft.id}/publish`, {
        ...{ version: draft.version, note: note.trim() },
        // the field has Vietnam's time, whatever the browser's zone
        at: at === '' ? null : new Date(`${at}:00+07:00`).toISOString(),
      }),
    ({ release }) => {
      tell(release === null ? t('studio.scheduled') : t('studio.published', { n: release }));
      onClose();
    },
  );
  return (
    <Dialog opened onClose={onClose} title={t('studio.publish')}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          publish.mutate(undefined);
        }}
      >
        <p>{t('studio.publishHelp')}</p>
        <Textarea
          label={t('studio.noteIfAny')}
          data-autofocus
          autosize
          minRows={2}
          maxLength={2000}
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          label={t('studio.publishAt')}
          description={t('studio.publishAtHelp')}
          value={at}
          onChange={({ currentTarget }) => setAt(currentTarget.value)}
        />
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t('outcome.cancel')}
          </Button>
          <Button type="submit" loading={publish.isPending}>
            {t(at === '' ? 'studio.publishNow' : 'studio.publishThen')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function WithdrawDialog({ draft, onClose }: { draft: Draft; onClose: () => void }) {
  const { t } = useTranslation();
  const withdraw = useStudioMove(
    () => callApi('POST', `/studio/drafts/${draft.id}/withdraw`, { version: draft.version }),
    onClose,
  );
  const isScheduled = draft.state === 'scheduled';
  return (
    <ConfirmDialog
      title={t(isScheduled ? 'studio.unschedule' : 'studio.withdraw')}
      help={t(isScheduled ? 'studio.unscheduleHelp' : 'studio.withdrawHelp')}
      isSending={withdraw.isPending}
      onClose={onClose}
      onConfirm={() => withdraw.mutate(undefined)}
    />
  );
}
