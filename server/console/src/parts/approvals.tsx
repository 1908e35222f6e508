/** What waits for a second person, and what was decided lately. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Approval } from '../../../api/contract.ts';
import { callApi } from '../app/api.ts';
import { useServices } from '../app/services.ts';
import { KEYS, useApprovals, useMe } from '../hooks/queries.ts';
import { useStepUp } from '../hooks/step-up.ts';
import { formatExact } from '../hooks/time.ts';
import { useToasts } from '../hooks/toast.ts';

const SHOWN_OVER = 5;

export function Approvals() {
  const { t } = useTranslation();
  const { data } = useApprovals(true);
  const { queryClient } = useServices();
  const withStepUp = useStepUp();
  const { tell, fail } = useToasts();
  const decide = useMutation({
    mutationFn: ({ id, to }: { id: string; to: 'agree' | 'refuse' }) =>
      withStepUp(() => callApi('POST', `/approvals/${id}/${to}`, {})),
    onSuccess: (_done, { to }) => tell(t(`approval.did.${to}`)),
    onError: fail,
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: KEYS.approvals }),
        queryClient.invalidateQueries({ queryKey: KEYS.users }),
      ]),
  });
  if (data === undefined || data.approvals.length === 0) return null;
  const waiting = data.approvals.filter(({ state }) => state === 'waiting');
  const over = data.approvals.filter(({ state }) => state !== 'waiting').slice(0, SHOWN_OVER);
  return (
    <section aria-labelledby="approvals">
      <h2 id="approvals">{t('approval.title')}</h2>
      <ul className="cards">
        {[...waiting, ...over].map((approval) => (
          <li key={approval.id}>
            <Wish approval={approval} />
            {approval.state === 'waiting' && (
              <Buttons approval={approval} onDecide={(to) => decide.mutate({ id: approval.id, to })} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Wish({ approval }: { approval: Approval }) {
  const { t, i18n } = useTranslation();
  const { kind, subject, requestedBy, reason, state, decidedBy } = approval;
  return (
    <span>
      <b>{t(`approval.kind.${kind}`, { name: subject.displayName })}</b>
      <br />
      {reason !== '' && (
        <>
          {t('approval.reason', { reason })}
          <br />
        </>
      )}
      <span className="muted small">
        {t('approval.by', { name: requestedBy.displayName })} ·{' '}
        {t(`approval.state.${state}`, {
          name: decidedBy?.displayName ?? '',
          time: formatExact(approval.expiresAt, i18n.language),
        })}
      </span>
    </span>
  );
}

function Buttons({ approval, onDecide }: { approval: Approval; onDecide: (to: 'agree' | 'refuse') => void }) {
  const { t } = useTranslation();
  const { data: me } = useMe();
  const name = t(`approval.kind.${approval.kind}`, { name: approval.subject.displayName });
  const isOwn = approval.requestedBy.id === me?.id;
  if (!isOwn && !approval.mayDecide) return null;
  return (
    <span className="card-actions">
      <Button
        variant="default"
        size="sm"
        aria-label={`${t(isOwn ? 'approval.withdraw' : 'approval.refuse')}: ${name}`}
        onClick={() => onDecide('refuse')}
      >
        {t(isOwn ? 'approval.withdraw' : 'approval.refuse')}
      </Button>
      {approval.mayDecide && (
        <Button size="sm" aria-label={`${t('approval.agree')}: ${name}`} onClick={() => onDecide('agree')}>
          {t('approval.agree')}
        </Button>
      )}
    </span>
  );
}
