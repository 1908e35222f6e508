/** The reply box: its draft stays with the conversation, limits show before sending, composing never sends. */
import { Alert, Button, Textarea } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation, Sending } from '../../../api/contract.ts';
import { openTopic } from '../app/i18n.ts';
import type { Replies } from '../hooks/replies.ts';
import { formatExact } from '../hooks/time.ts';
import { readPress, shouldSend, useSendKey } from '../hooks/send-key.ts';

/** What was agreed about writing to this person; nothing for most. */
const PlanBanner = lazy(() =>
  Promise.all([import('./plan-banner.tsx'), openTopic('care')]).then(([part]) => ({
    default: part.PlanBanner,
  })),
);

/** MAX_REPLY_UTF16 of the contract. */
const MAX_UTF16 = 4000;
const WARN_LEFT = 500;

export function Composer({ conversation, replies }: { conversation: Conversation; replies: Replies }) {
  const { t } = useTranslation();
  const [sendKey] = useSendKey();
  const { draft } = replies;
  const left = MAX_UTF16 - draft.trim().length;
  const { sending } = conversation;
  const maySend = draft.trim() !== '' && left >= 0 && sending.ok;
  const send = (): void => {
    if (maySend) replies.send(draft.trim());
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Suspense fallback={null}>
        <PlanBanner conversationId={conversation.id} />
      </Suspense>
      <SendingNote sending={sending} />
      {conversation.quiet && <p className="quiet-note">{t('reply.quiet')}</p>}
      <div className="composer-line">
        <Textarea
          id="reply"
          className="composer-text"
          aria-label={t('reply.label')}
          placeholder={t('reply.placeholder')}
          aria-describedby="reply-help"
          aria-keyshortcuts="Alt+L"
          autosize
          minRows={2}
          maxRows={8}
          value={draft}
          onChange={(event) => replies.setDraft(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (!shouldSend(readPress(event), sendKey)) return;
            event.preventDefault();
            send();
          }}
          autoComplete="off"
          spellCheck={false}
          error={left < 0 ? t('reply.over', { n: -left }) : undefined}
        />
        <Button type="submit" disabled={!maySend}>
          {t('reply.send')}
        </Button>
      </div>
      <p className="composer-help" id="reply-help">
        {t(sendKey === 'enter' ? 'reply.keyEnter' : 'reply.keyCtrlEnter')}
        {left < WARN_LEFT && left >= 0 && <span> · {t('reply.left', { n: left })}</span>}
      </p>
    </form>
  );
}

/** Until when this channel lets us write, or why it does not; the draft stays either way. */
function SendingNote({ sending }: { sending: Sending }) {
  const { t, i18n } = useTranslation();
  const until = sending.until === null ? null : formatExact(sending.until, i18n.language);
  if (sending.reason !== null) {
    return (
      <Alert color="red" role="alert" className="sending-refused" title={t('sending.refused')}>
        {t(`sending.reason.${sending.reason}`)} {until !== null && t('sending.again', { time: until })}{' '}
        {t('sending.draftKept')}
      </Alert>
    );
  }
  const notes = [
    ...(until === null ? [] : [t('sending.until', { time: until })]),
    ...(sending.outsideWindow ? [t('sending.asPerson')] : []),
    ...(sending.left === null ? [] : [t('sending.left', { n: sending.left })]),
  ];
  if (notes.length === 0) return null;
  return <p className="sending-note">{notes.join(' ')}</p>;
}
