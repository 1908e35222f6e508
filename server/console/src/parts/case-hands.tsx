/** Giving the case to a colleague, and deleting it for good, to which a second person has to agree. */
import { Alert, Button, NativeSelect } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Carried } from '../../../api/contract.ts';
import { callApi } from '../app/api.ts';
import { useCaseOptions } from '../hooks/care.ts';
import { useStepUp } from '../hooks/step-up.ts';
import { formatExact } from '../hooks/time.ts';
import { useToasts } from '../hooks/toast.ts';
import type { CasePartProps } from '../pages/case-page.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { Dialog } from './dialog.tsx';
import { ReasonDialog } from './reason-dialog.tsx';

export function CaseHands({ one, send, isSending }: CasePartProps) {
  const { t } = useTranslation();
  const { tell } = useToasts();
  const navigate = useNavigate();
  const [opened, setOpened] = useState<'give' | 'erase' | null>(null);
  const { ask, decide, isPending } = useErasure(one.id);
  const close = (): void => setOpened(null);
  return (
    <section aria-labelledby="case-hands">
      <h2 id="case-hands">{t('cases.hands')}</h2>
      <Wish one={one} isPending={isPending} onDecide={decide} />
      <div className="card-actions">
        <Button variant="default" disabled={isSending} onClick={() => setOpened('give')}>
          {t('cases.give')}
        </Button>
        {one.erasure === null && (
          <Button variant="default" color="red" disabled={isPending} onClick={() => setOpened('erase')}>
            {t('cases.erase')}
          </Button>
        )}
      </div>
      {opened === 'give' && (
        <GiveDialog
          ownerId={one.owner.id}
          isSending={isSending}
          onClose={close}
          onGive={({ id, displayName }) =>
            send({ path: 'owner', body: { userId: id } }, () => {
              tell(t('cases.gaveTo', { name: displayName }));
              close();
              // it may not be ours to read any more
              if (!one.maySupervise) void navigate({ to: '/cases' });
            })
          }
        />
      )}
      {opened === 'erase' && (
        <ReasonDialog
          title={t('cases.erase')}
          help={t('cases.eraseHelp')}
          onClose={close}
          onReason={(reason) => {
            close();
            ask(reason);
          }}
        />
      )}
    </section>
  );
}

type Decision = 'agree' | 'refuse';

/** Each step asks for the second factor again; whoever looks sees the case as it stands then, or the list when it is gone. */
function useErasure(caseId: string) {
  const { t } = useTranslation();
  const { tell, fail } = useToasts();
  const navigate = useNavigate();
  const client = useQueryClient();
  const withStepUp = useStepUp();
  const gone = (): void => {
    tell(t('cases.erased'));
    void navigate({ to: '/cases' });
  };
  const readAgain = () => client.invalidateQueries({ queryKey: ['cases'] });
  const ask = useMutation({
    mutationFn: (reason: string) =>
      withStepUp(() => callApi<Carried>('POST', `/cases/${caseId}/erase`, { reason })),
    onSuccess: async ({ state }) => {
      if (state === 'done') {
        gone();
        return;
      }
      tell(t('cases.eraseAsked'));
      await readAgain();
    },
    onError: fail,
  });
  const decide = useMutation({
    mutationFn: ({ id, to }: { id: string; to: Decision }) =>
      withStepUp(() => callApi('POST', `/approvals/${id}/${to}`, {})),
    onSuccess: async (_done, { to }) => {
      if (to === 'agree') {
        gone();
        return;
      }
      tell(t('cases.eraseOver'));
      await readAgain();
    },
    onError: fail,
  });
  return { ask: ask.mutate, decide: decide.mutate, isPending: ask.isPending || decide.isPending };
}

interface WishProps {
  one: CasePartProps['one'];
  isPending: boolean;
  onDecide: (decision: { id: string; to: Decision }) => void;
}

function Wish({ one: { erasure }, isPending, onDecide }: WishProps) {
  const { t, i18n } = useTranslation();
  const [confirming, setConfirming] = useState(false);
  if (erasure === null) return null;
  const { approvalId: id, by, reason, expiresAt, mayDecide, isMine } = erasure;
  return (
    <Alert color="orange">
      <p>
        {t('cases.eraseWish', { name: by.displayName, time: formatExact(expiresAt, i18n.language) })}
        <br />
        {t('cases.eraseReason', { reason })}
      </p>
      <div className="card-actions">
        {mayDecide && (
          <Button color="red" size="sm" disabled={isPending} onClick={() => setConfirming(true)}>
            {t('cases.eraseAgree')}
          </Button>
        )}
        {(mayDecide || isMine) && (
          <Button
            variant="default"
            size="sm"
            disabled={isPending}
            onClick={() => onDecide({ id, to: 'refuse' })}
          >
            {t(isMine ? 'cases.eraseTakeBack' : 'cases.eraseRefuse')}
          </Button>
        )}
      </div>
      {confirming && (
        <ConfirmDialog
          title={t('cases.eraseAgree')}
          help={t('cases.eraseAgreeHelp')}
          isSending={isPending}
          onClose={() => setConfirming(false)}
          onConfirm={() => {
            setConfirming(false);
            onDecide({ id, to: 'agree' });
          }}
        />
      )}
    </Alert>
  );
}

interface GiveProps {
  ownerId: string;
  isSending: boolean;
  onClose: () => void;
  onGive: (to: { id: string; displayName: string }) => void;
}

function GiveDialog({ ownerId, isSending, onClose, onGive }: GiveProps) {
  const { t } = useTranslation();
  const { data: options } = useCaseOptions();
  const [chosen, setChosen] = useState('');
  const colleagues = (options?.colleagues ?? []).filter(({ id }) => id !== ownerId);
  const to = colleagues.find(({ id }) => id === chosen);
  return (
    <Dialog opened onClose={onClose} title={t('cases.give')}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (to !== undefined) onGive(to);
        }}
      >
        <p>{t('cases.giveHelp')}</p>
        <NativeSelect
          label={t('cases.giveTo')}
          value={chosen}
          data={[
            { value: '', label: t('cases.choose') },
            ...colleagues.map(({ id, displayName }) => ({ value: id, label: displayName })),
          ]}
          onChange={({ currentTarget }) => setChosen(currentTarget.value)}
        />
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t('outcome.cancel')}
          </Button>
          <Button type="submit" disabled={to === undefined} loading={isSending}>
            {t('cases.giveDo')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
