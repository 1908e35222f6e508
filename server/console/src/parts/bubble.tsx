/** One message, one reply that is on its way, or one private note: who by name, the words that are a reason marked, what became of it. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Conversation, Message, Note, Reason } from '../../../api/contract.ts';
import type { Unsent } from '../app/services.ts';
import { cutAtSpans } from '../hooks/highlight.ts';
import { cutAtNames } from '../hooks/mention-text.ts';
import { formatExact, formatTime } from '../hooks/time.ts';
import { Attachment } from './attachment.tsx';

interface BubbleProps {
  message: Message;
  conversation: Conversation;
  myName: string;
  mayReply: boolean;
  onSendAgain: (text: string) => void;
}

export function Bubble({ message, conversation, myName, mayReply, onSendAgain }: BubbleProps) {
  const { t } = useTranslation();
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
      data-offer={message.offerLevel ?? undefined}
      tabIndex={-1}
    >
      <Written by={author} at={message.createdAt} />
      {message.offerLevel !== null && (
        <p className="offer-head">
          {t('talk.offer.title')}: <b>{t(`talk.offer.${message.offerLevel}`)}</b>
        </p>
      )}
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

function Written({ by, at }: { by: string; at: string }) {
  const { i18n } = useTranslation();
  return (
    <header>
      <b>{by}</b>{' '}
      <time dateTime={at} title={formatExact(at, i18n.language)}>
        {formatTime(at, i18n.language)}
      </time>
    </header>
  );
}

function Marked({ text, reasons }: { text: string; reasons: readonly Reason[] }) {
  const pieces = cutAtSpans(text, reasons);
  return pieces.map((piece, index) =>
    piece.marked ? <mark key={index}>{piece.text}</mark> : <span key={index}>{piece.text}</span>,
  );
}

interface UnsentProps {
  reply: Unsent;
  myName: string;
  onRetry: (reply: Unsent) => void;
  onDiscard: (reply: Unsent) => void;
}

export function UnsentBubble({ reply, myName, onRetry, onDiscard }: UnsentProps) {
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
          {reply.failure === 'kept'
            ? t('talk.kept')
            : `${t('message.delivery.unsent')}. ${t([`error.${reply.failure}`, 'error.internal'], { name: '' })}`}
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

/** Unlike anything that was said to the person: other ground, other edge, and its name in the first line. */
export function NoteBubble({ note, masked }: { note: Note; masked: boolean }) {
  const { t } = useTranslation();
  return (
    <article className="bubble note" data-author="note" tabIndex={-1}>
      <Written
        by={t(note.isWhisper ? 'talk.note.whisperBy' : 'talk.note.by', {
          name: note.userName ?? t('role.counsellor'),
        })}
        at={note.createdAt}
      />
      {masked ? (
        <p className="bubble-note">{t('message.masked')}</p>
      ) : (
        <p className="bubble-text" dir="auto">
          {cutAtNames(
            note.text,
            note.mentions.map(({ displayName }) => displayName),
          ).map(({ text, named }, index) => (named ? <b key={index}>{text}</b> : text))}
        </p>
      )}
    </article>
  );
}
