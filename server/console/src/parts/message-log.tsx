/** What was said, oldest first: who by name, the words that are a reason marked, the truth of each delivery. */
import { Button } from '@mantine/core';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation, Message, Reason } from '../../../api/contract.ts';
import type { Unsent } from '../app/services.ts';
import { cutAtSpans } from '../hooks/highlight.ts';
import { formatDay, formatExact, formatTime } from '../hooks/time.ts';
import { Attachment } from './attachment.tsx';

interface Props {
  conversation: Conversation;
  myName: string;
  unsent: readonly Unsent[];
  mayReply: boolean;
  onSendAgain: (text: string) => void;
  onRetry: (reply: Unsent) => void;
  onDiscard: (reply: Unsent) => void;
  /** message to show and mark, from a click on its reason */
  target: { seq: number; count: number } | null;
}

/** Nearer to the end than this counts as "reading the newest". */
const NEAR_END_PX = 80;

export function MessageLog(props: Props) {
  const { conversation, unsent, target } = props;
  const { t, i18n } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [behind, setBehind] = useState(false);
  const lastSeq = conversation.messages.at(-1)?.seq ?? 0;

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (atEnd.current) element.scrollTop = element.scrollHeight;
    else setBehind(true);
  }, [lastSeq, unsent.length]);
  useEffect(() => {
    if (target === null) return;
    const element = box.current?.querySelector(`[data-seq="${String(target.seq)}"]`);
    element?.scrollIntoView({ block: 'center' });
    if (element instanceof HTMLElement) element.focus({ preventScroll: true });
  }, [target]);

  const follow = (): void => {
    const element = box.current;
    if (element === null) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    if (atEnd.current) setBehind(false);
  };
  const toEnd = (): void => {
    const element = box.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };

  let day = '';
  return (
    <div className="log-frame">
      {/* the region scrolls, so it must be reachable by keyboard */}
      <div
        className="log"
        ref={box}
        onScroll={follow}
        role="log"
        aria-label={t('conversation.log')}
        tabIndex={0}
      >
        {conversation.hasEarlier && (
          <p className="log-note">{t('conversation.earlier', { n: conversation.messages.length })}</p>
        )}
        {conversation.messages.length === 0 && <p className="log-note">{t('conversation.empty')}</p>}
        {conversation.messages.map((message) => {
          const messageDay = formatDay(message.createdAt, i18n.language);
          const isNewDay = messageDay !== day;
          day = messageDay;
          return (
            <div key={message.id}>
              {isNewDay && <p className="log-day">{messageDay}</p>}
              <Bubble {...props} message={message} />
            </div>
          );
        })}
        {unsent.map((reply) => (
          <UnsentBubble key={reply.clientMessageId} {...props} reply={reply} />
        ))}
      </div>
      {behind && (
        <Button className="to-end" size="compact-sm" radius="xl" onClick={toEnd}>
          {t('conversation.newMessages')} ↓
        </Button>
      )}
    </div>
  );
}

function Bubble({ message, conversation, myName, mayReply, onSendAgain }: Props & { message: Message }) {
  const { t, i18n } = useTranslation();
  const reasons = conversation.handover.reasons.filter((reason) => reason.messageSeq === message.seq);
  const isMine = message.author === 'counsellor' && message.userName === myName;
  const author =
    message.author === 'counsellor'
      ? isMine
        ? t('message.you', { name: myName })
        : (message.userName ?? t('role.counsellor'))
      : t(`message.${message.author}`, { channel: t(`channel.${conversation.channel}`) });
  const failed = message.delivery === 'failed';
  return (
    <article
      className="bubble"
      data-author={message.author}
      data-delivery={message.delivery}
      data-seq={message.seq}
      data-reason={reasons.length > 0}
      tabIndex={-1}
    >
      <header>
        <b>{author}</b>{' '}
        <time dateTime={message.createdAt} title={formatExact(message.createdAt, i18n.language)}>
          {formatTime(message.createdAt, i18n.language)}
        </time>
      </header>
      {message.text !== '' && (
        <p className="bubble-text" lang={conversation.language} dir="auto">
          <Marked text={message.text} reasons={reasons} />
        </p>
      )}
      {conversation.masked && <p className="bubble-note">{t('message.masked')}</p>}
      {message.unsent && <p className="bubble-note">{t('message.unsent')}</p>}
      {message.attachments.map((attachment, index) => (
        <Attachment key={index} conversationId={conversation.id} attachment={attachment} />
      ))}
      {message.choices.length > 0 && (
        <p className="bubble-choices">
          {message.choices.map((choice) => (
            <span key={choice.id} lang={conversation.language}>
              {choice.label}
            </span>
          ))}
        </p>
      )}
      {message.author !== 'person' && message.author !== 'platform' && (
        <div className={failed ? 'fate failed' : 'fate'} role={failed ? 'alert' : undefined}>
          {t(`message.delivery.${message.delivery}`)}
          {failed && (
            <>
              .{' '}
              {t([
                `message.failure.${message.failureCode ?? 'unknown'}`,
                `message.failure.${message.failureClass ?? 'unknown'}`,
                'message.failure.unknown',
              ])}
            </>
          )}
          {failed && mayReply && message.author === 'counsellor' && (
            <Button size="compact-xs" variant="default" onClick={() => onSendAgain(message.text)}>
              {t('message.retry')}
            </Button>
          )}
        </div>
      )}
    </article>
  );
}

function Marked({ text, reasons }: { text: string; reasons: readonly Reason[] }) {
  const pieces = cutAtSpans(text, reasons);
  return pieces.map((piece, index) =>
    piece.marked ? <mark key={index}>{piece.text}</mark> : <span key={index}>{piece.text}</span>,
  );
}

function UnsentBubble({ reply, myName, onRetry, onDiscard }: Props & { reply: Unsent }) {
  const { t } = useTranslation();
  return (
    <article
      className="bubble"
      data-author="counsellor"
      data-delivery={reply.failure === null ? 'sending' : 'failed'}
    >
      <header>
        <b>{t('message.you', { name: myName })}</b>
      </header>
      <p className="bubble-text" dir="auto">
        {reply.text}
      </p>
      {reply.failure === null ? (
        <div className="fate">{t('message.delivery.sending')}</div>
      ) : (
        <div className="fate failed" role="alert">
          {t('message.delivery.unsent')}. {t([`error.${reply.failure}`, 'error.internal'], { name: '' })}
          <Button size="compact-xs" variant="default" onClick={() => onRetry(reply)}>
            {t('message.retry')}
          </Button>
          <Button size="compact-xs" variant="subtle" onClick={() => onDiscard(reply)}>
            {t('message.discard')}
          </Button>
        </div>
      )}
    </article>
  );
}
