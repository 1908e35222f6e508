/** At the top of what is known: how this person may be reached safely, and whether there is a case. */
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '../../../api/contract.ts';
import type { PlanView } from '../../../api/safe-contact-contract.ts';
import '../care.css';
import { useCaseOf, usePlan } from '../hooks/care.ts';
import { useMe } from '../hooks/queries.ts';
import { formatExact } from '../hooks/time.ts';
import { PlanText } from './plan-text.tsx';

const PlanDialog = lazy(() => import('./plan-dialog.tsx').then((part) => ({ default: part.PlanDialog })));
const OpenCaseDialog = lazy(() =>
  import('./open-case-dialog.tsx').then((part) => ({ default: part.OpenCaseDialog })),
);

export function CareSection({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const { data: plan } = usePlan(conversation.id);
  if (plan === undefined) return null;
  return (
    <section className="care" aria-label={t('care.title')}>
      <PlanPart conversation={conversation} view={plan} />
      <CasePart conversation={conversation} mayOpen={plan.mayChange} />
    </section>
  );
}

function PlanPart({ conversation, view }: { conversation: Conversation; view: PlanView }) {
  const { t, i18n } = useTranslation();
  const [opened, setOpened] = useState(false);
  const { plan, updatedAt, updatedBy, held, heldUntil } = view;
  const exact = (iso: string): string => formatExact(iso, i18n.language);
  const last = view.changes.find(({ kind }) => kind === 'overridden');
  return (
    <>
      <h2>{t('care.plan')}</h2>
      {plan === null ? (
        <p className="muted">{t('care.noPlan')}</p>
      ) : (
        <div className="care-plan">
          <PlanText plan={plan} />
          {held > 0 && heldUntil !== null && <p>{t('care.held', { n: held, time: exact(heldUntil) })}</p>}
          {last !== undefined && (
            <p className="small care-text">
              {t('care.lastOverride', { name: last.by, time: exact(last.at), reason: last.reason ?? '' })}
            </p>
          )}
          <p className="small">
            {t('care.by', { name: updatedBy ?? '', time: exact(updatedAt ?? view.now) })}
          </p>
        </div>
      )}
      {view.mayChange && (
        <div className="care-actions">
          <Button variant="default" size="sm" onClick={() => setOpened(true)}>
            {t(plan === null ? 'care.make' : 'care.change')}
          </Button>
        </div>
      )}
      {opened && (
        <Suspense fallback={null}>
          <PlanDialog
            conversationId={conversation.id}
            channel={conversation.channel}
            plan={plan}
            onClose={() => setOpened(false)}
          />
        </Suspense>
      )}
    </>
  );
}

function CasePart({ conversation, mayOpen }: { conversation: Conversation; mayOpen: boolean }) {
  const { t } = useTranslation();
  const { data: me } = useMe();
  const { data } = useCaseOf(conversation.id);
  const [opened, setOpened] = useState(false);
  if (data === undefined || me?.permissions.includes('cases') !== true) return null;
  const { case: one, isElsewhere } = data;
  return (
    <>
      <h2>{t('care.case')}</h2>
      {one !== null ? (
        <p>
          <Link to="/cases/$caseId" params={{ caseId: one.id }}>
            {one.code}
          </Link>{' '}
          · {t(`care.caseState.${one.state}`)} · {t('care.tasks', { n: one.tasksOpen })}
          {one.tasksOverdue > 0 && (
            <span className="overdue"> · {t('care.overdue', { n: one.tasksOverdue })}</span>
          )}
        </p>
      ) : (
        <p className="muted">{t(isElsewhere ? 'care.caseElsewhere' : 'care.noCase')}</p>
      )}
      {one === null && !isElsewhere && mayOpen && (
        <div className="care-actions">
          <Button variant="default" size="sm" onClick={() => setOpened(true)}>
            {t('care.openCase')}
          </Button>
        </div>
      )}
      {opened && (
        <Suspense fallback={null}>
          <OpenCaseDialog conversation={conversation} onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </>
  );
}
