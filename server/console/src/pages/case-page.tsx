/** One case: what was agreed, what is known in codes, what is to be done, whom they were referred to, and what happened. */
import { Alert, Button, NativeSelect, TextInput } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Case } from '../../../api/case-contract.ts';
import '../care.css';
import { useCase, useCasePost, type Post } from '../hooks/care.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { formatExact } from '../hooks/time.ts';
import { useTitle } from '../hooks/title.ts';
import { useToasts } from '../hooks/toast.ts';
import { CaseConsent } from '../parts/case-consent.tsx';
import { CaseFields } from '../parts/case-fields.tsx';
import { CaseHands } from '../parts/case-hands.tsx';
import { CaseIdentity } from '../parts/case-identity.tsx';
import { CaseReferrals } from '../parts/case-referrals.tsx';
import { CaseTasks } from '../parts/case-tasks.tsx';
import { CaseTimeline } from '../parts/case-timeline.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';

export interface CasePartProps {
  one: Case;
  /** posts below the case and tells when it was refused */
  send: (post: Post, onDone?: () => void) => void;
  isSending: boolean;
}

export function CasePage() {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { fail } = useToasts();
  const { caseId } = useParams({ from: '/staff/cases/$caseId' });
  const { data: one, error } = useCase(caseId);
  const post = useCasePost(caseId);
  useTitle(one === undefined ? t('cases.title') : t('cases.caseTitle', { code: one.code }));
  const send: CasePartProps['send'] = (what, onDone) =>
    post.mutate(what, { onError: fail, ...(onDone === undefined ? {} : { onSuccess: onDone }) });
  if (error !== null)
    return (
      <div className="page">
        <h1>{t('cases.title')}</h1>
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      </div>
    );
  if (one === undefined) return <p className="page-note">{t('app.loading')}</p>;
  const part = { one, send, isSending: post.isPending };
  return (
    <div className="page">
      <p>
        <Link to="/cases">← {t('cases.title')}</Link>
      </p>
      <h1 tabIndex={-1}>{t('cases.caseTitle', { code: one.code })}</h1>
      {one.erasureAskedAt !== null && <Alert color="orange">{t('cases.erasureAsked')}</Alert>}
      <About {...part} />
      <CaseConsent {...part} />
      <CaseTasks {...part} />
      <CaseReferrals {...part} />
      <CaseFields key={one.revision} {...part} />
      <CaseIdentity {...part} />
      <CaseTimeline {...part} />
      <CaseHands {...part} />
      <End {...part} />
    </div>
  );
}

function About({ one }: CasePartProps) {
  const { t, i18n } = useTranslation();
  return (
    <dl className="case-facts">
      <dt>{t('cases.state')}</dt>
      <dd>
        {t(`cases.states.${one.state}`)}
        {one.outcome !== null && <> · {t(`cases.outcome.${one.outcome}`)}</>}
      </dd>
      <dt>{t('cases.owner')}</dt>
      <dd>{one.owner.displayName}</dd>
      <dt>{t('cases.opened')}</dt>
      <dd>{formatExact(one.openedAt, i18n.language)}</dd>
      <dt>{t('cases.contacts')}</dt>
      <dd>
        {one.contacts.length === 0
          ? t('cases.noContact')
          : one.contacts.map(({ conversationId, code, channel, hasPlan }) => (
              <div key={conversationId}>
                <Link to="/c/$conversationId" params={{ conversationId }}>
                  {code}
                </Link>{' '}
                · {t(`channel.${channel}`)}
                {hasPlan && <> · {t('cases.hasPlan')}</>}
              </div>
            ))}
      </dd>
    </dl>
  );
}

const OUTCOMES = [
  ...([
    'safe',
    'handed_on',
    'support_given',
    'declined',
    'lost_contact',
    'not_trafficking',
    'duplicate',
  ] as const),
];

function End({ one, send, isSending }: CasePartProps) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState('');
  const [code, setCode] = useState('');
  const [reopening, setReopening] = useState(false);
  return (
    <section aria-labelledby="case-end">
      <h2 id="case-end">{t('cases.end')}</h2>
      {one.state === 'closed' ? (
        <Button variant="default" onClick={() => setReopening(true)}>
          {t('cases.reopen')}
        </Button>
      ) : (
        <div className="form">
          <div className="care-checks">
            <NativeSelect
              label={t('cases.outcomeAsk')}
              value={outcome}
              data={[
                { value: '', label: t('cases.choose') },
                ...OUTCOMES.map((value) => ({ value, label: t(`cases.outcome.${value}`) })),
              ]}
              onChange={({ currentTarget }) => setOutcome(currentTarget.value)}
            />
            <Button
              variant="default"
              disabled={outcome === '' || isSending}
              onClick={() => send({ path: 'close', body: { outcome } })}
            >
              {t('cases.close')}
            </Button>
          </div>
          <div className="care-checks">
            <TextInput
              label={t('cases.mergeCode')}
              description={t('cases.mergeHelp')}
              maxLength={20}
              autoComplete="off"
              value={code}
              onChange={({ currentTarget }) => setCode(currentTarget.value)}
            />
            <Button
              variant="default"
              disabled={code.trim() === '' || isSending}
              onClick={() => send({ path: 'merge', body: { code } }, () => setCode(''))}
            >
              {t('cases.merge')}
            </Button>
          </div>
        </div>
      )}
      {reopening && (
        <ReasonDialog
          title={t('cases.reopen')}
          help={t('cases.reopenHelp')}
          onClose={() => setReopening(false)}
          onReason={(reason) => send({ path: 'reopen', body: { reason } }, () => setReopening(false))}
        />
      )}
    </section>
  );
}
