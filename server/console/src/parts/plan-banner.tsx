/** Above the reply: what was agreed about writing to this person, and how to write all the same when it cannot wait. */
import { Alert, Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import '../care.css';
import { useConversationPost, usePlan } from '../hooks/care.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { formatTime } from '../hooks/time.ts';
import { Dialog } from './dialog.tsx';

const MIN_REASON = 3;
const MAX_REASON = 300;

export function PlanBanner({ conversationId }: { conversationId: string }) {
  const { t, i18n } = useTranslation();
  const { data } = usePlan(conversationId);
  const [asked, setAsked] = useState(false);
  if (data === undefined || data.plan === null) return null;
  const { plan, overrideUntil } = data;
  const parts = [
    t(plan.mayWriteFirst ? 'care.banner.hours' : 'care.banner.answersOnly'),
    ...(plan.wording === 'neutral' ? [t('care.banner.neutral')] : []),
    ...(plan.disguise === '' ? [] : [t('care.banner.disguise', { text: plan.disguise })]),
    ...(plan.othersRead === 'no' ? [] : [t('care.banner.othersRead')]),
  ];
  return (
    <div className="plan-banner" role="note" aria-label={t('care.plan')}>
      <p>
        <b>{t('care.plan')}:</b> {parts.join(' ')}{' '}
        {overrideUntil !== null && (
          <b>{t('care.banner.overridden', { time: formatTime(overrideUntil, i18n.language) })}</b>
        )}
      </p>
      {overrideUntil === null && (
        <Button variant="default" size="compact-sm" onClick={() => setAsked(true)}>
          {t('care.override')}
        </Button>
      )}
      {asked && <OverrideDialog conversationId={conversationId} onClose={() => setAsked(false)} />}
    </div>
  );
}

function OverrideDialog({ conversationId, onClose }: { conversationId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const post = useConversationPost(conversationId);
  const [reason, setReason] = useState('');
  const override = (): void =>
    post.mutate({ path: 'plan/override', body: { reason } }, { onSuccess: onClose });
  return (
    <Dialog opened onClose={onClose} title={t('care.override')}>
      {/* no form: the reply's own is around it */}
      <div className="form">
        <p>{t('care.overrideHelp')}</p>
        {post.error !== null && (
          <Alert color="red" role="alert">
            {errorText(post.error)}
          </Alert>
        )}
        <Textarea
          label={t('care.reason')}
          description={t('care.reasonHelp')}
          maxLength={MAX_REASON}
          autoComplete="off"
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        <div className="dialog-actions">
          <Button type="button" variant="default" onClick={onClose}>
            {t('outcome.cancel')}
          </Button>
          <Button
            type="button"
            disabled={reason.trim().length < MIN_REASON}
            loading={post.isPending}
            onClick={override}
          >
            {t('care.overrideDo')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
