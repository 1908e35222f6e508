/** Ending a conversation needs an outcome; ending it as abusive a warning first, and a reason. */
import { Button, Checkbox, Radio, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation, Outcome } from '../../../api/contract.ts';
import { useConversationPost } from '../hooks/care.ts';
import { useErrorText } from '../hooks/error-text.ts';
import type { Closing } from '../hooks/queries.ts';
import { formatExact } from '../hooks/time.ts';
import { Dialog } from './dialog.tsx';

const OUTCOMES: readonly Outcome[] = [
  'advised',
  'referred',
  'safe_by_own_word',
  'no_answer',
  'not_for_us',
  'abusive',
  'test',
];
/** WhySchema of the contract. */
const MIN_REASON = 3;
const MAX_REASON = 300;

interface Props {
  conversation: Conversation;
  opened: boolean;
  onCancel: () => void;
  onClose: (end: Closing) => void;
}

export function CloseDialog({ conversation, opened, onCancel, onClose }: Props) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [reason, setReason] = useState('');
  const [wantsTalk, setWantsTalk] = useState(false);
  const { risk, warnedAt } = conversation.handover;
  const isAbusive = outcome === 'abusive';
  const isForbidden = risk === 'high' || risk === 'imminent';
  const isReady =
    outcome !== null &&
    (!isAbusive || (!isForbidden && warnedAt !== null && reason.trim().length >= MIN_REASON));
  return (
    <Dialog opened={opened} onClose={onCancel} title={t('outcome.title', { code: conversation.code })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (outcome === null || !isReady) return;
          onClose({
            outcome,
            ...(isAbusive ? { reason: reason.trim() } : {}),
            ...(wantsTalk ? { wantsTalk } : {}),
          });
        }}
      >
        <Radio.Group
          label={t('outcome.question')}
          description={t('outcome.help')}
          value={outcome}
          onChange={(value) => setOutcome(OUTCOMES.find((one) => one === value) ?? null)}
        >
          <div className="outcomes">
            {OUTCOMES.map((one) => (
              <Radio key={one} value={one} label={t(`outcome.${one}`)} />
            ))}
          </div>
        </Radio.Group>
        {isAbusive && (
          <Abusive
            conversation={conversation}
            isForbidden={isForbidden}
            reason={reason}
            onReason={setReason}
          />
        )}
        <Checkbox
          className="wants-talk"
          size="md"
          label={t('talk.wantsTalk')}
          description={t('talk.wantsTalkHelp')}
          checked={wantsTalk}
          onChange={({ currentTarget }) => setWantsTalk(currentTarget.checked)}
        />
        <div className="dialog-actions">
          <Button variant="default" onClick={onCancel}>
            {t('outcome.cancel')}
          </Button>
          <Button type="submit" disabled={!isReady}>
            {t('outcome.confirm')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface AbusiveProps {
  conversation: Conversation;
  isForbidden: boolean;
  reason: string;
  onReason: (reason: string) => void;
}

function Abusive({ conversation, isForbidden, reason, onReason }: AbusiveProps) {
  const { t, i18n } = useTranslation();
  const errorText = useErrorText();
  const post = useConversationPost(conversation.id);
  const { warnedAt } = conversation.handover;
  if (isForbidden) return <p role="status">{t('talk.abuse.forbidden')}</p>;
  return (
    <div className="abuse">
      <p>{t('talk.abuse.explain')}</p>
      {warnedAt === null ? (
        <>
          <p>{t('talk.abuse.first')}</p>
          <Button
            variant="default"
            loading={post.isPending}
            onClick={() => post.mutate({ path: 'warn', body: {} })}
          >
            {t('talk.abuse.warn')}
          </Button>
        </>
      ) : (
        <>
          <p role="status">
            {t('talk.abuse.warned', { time: formatExact(warnedAt, i18n.language) })} {t('talk.abuse.after')}
          </p>
          <Textarea
            label={t('talk.abuse.reason')}
            description={t('talk.abuse.reasonHelp')}
            value={reason}
            onChange={(event) => onReason(event.currentTarget.value)}
            rows={2}
            maxLength={MAX_REASON}
            required
          />
        </>
      )}
      <div role="alert">{post.isError && <p className="offer-error">{errorText(post.error)}</p>}</div>
    </div>
  );
}
