/** The reply box: its draft outlives everything, limits show before sending, composing never sends, `/` opens the canned answers. */
import { Alert, Button, Textarea } from '@mantine/core';
import { lazy, Suspense, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation, Sending } from '../../../api/contract.ts';
import { keyOf } from '../app/draft-keeper.ts';
import { openTopic } from '../app/i18n.ts';
import { useServices } from '../app/services.ts';
import { useStore } from '../app/store.ts';
import type { Replies } from '../hooks/replies.ts';
import { caretOf, focusAt, opensBehindSpace } from '../hooks/caret.ts';
import { readPress, shouldSend, useSendKey } from '../hooks/send-key.ts';
import { formatExact } from '../hooks/time.ts';

const CannedList = lazy(() => import('./canned-list.tsx').then((part) => ({ default: part.CannedList })));

/** What was agreed about writing to this person; nothing for most. */
const PlanBanner = lazy(() =>
  Promise.all([import('./plan-banner.tsx'), openTopic('care')]).then(([part]) => ({
    default: part.PlanBanner,
  })),
);

/** MAX_REPLY_UTF16 of the contract. */
const MAX_UTF16 = 4000;
const WARN_LEFT = 500;

interface Props {
  conversation: Conversation;
  myName: string;
  replies: Replies;
  onTyping: () => void;
  /** leads to the note and back */
  modes: ReactNode;
}

export function Composer({ conversation, myName, replies, onTyping, modes }: Props) {
  const { t } = useTranslation();
  const [sendKey] = useSendKey();
  const [isChoosing, setChoosing] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const { draft } = replies;
  const length = draft.trim().length;
  const left = MAX_UTF16 - length;
  const { sending } = conversation;
  const maySend = length > 0 && left >= 0 && sending.ok;
  const send = (): void => {
    if (maySend) replies.send(draft.trim());
  };
  const type = (text: string): void => {
    replies.setDraft(text);
    onTyping();
  };
  /** @param text replaces the selection; the focus comes back behind it */
  const insert = (text: string): void => {
    const { start, end } = caretOf(box.current, draft);
    type(draft.slice(0, start) + text + draft.slice(end));
    focusAt(box.current, start + text.length);
  };
  return (
    <>
      <div className="writer-head">
        {modes}
        <Button
          className="canned-open"
          size="compact-sm"
          variant="default"
          onClick={() => setChoosing(!isChoosing)}
          aria-expanded={isChoosing}
          aria-keyshortcuts="/"
        >
          {t('talk.canned.open')}
        </Button>
      </div>
      {isChoosing && (
        <Suspense fallback={<p className="canned-loading">{t('talk.canned.loading')}</p>}>
          <CannedList
            language={conversation.language}
            quiet={conversation.quiet}
            onChoose={(text) => {
              setChoosing(false);
              insert(text);
            }}
            onLeave={(typed) => {
              setChoosing(false);
              // whoever only wanted the character gets it
              if (typed !== '') insert(typed);
              else focusAt(box.current, caretOf(box.current, draft).start);
            }}
          />
        </Suspense>
      )}
      <form
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
        <Collision conversation={conversation} myName={myName} after={replies.collidedAfter} />
        <div className="composer-line">
          <Textarea
            id="reply"
            ref={box}
            className="composer-text"
            aria-label={t('reply.label')}
            placeholder={t('reply.placeholder')}
            aria-describedby="reply-help"
            aria-keyshortcuts="Alt+L"
            autosize
            minRows={2}
            maxRows={8}
            value={draft}
            onChange={(event) => type(event.currentTarget.value)}
            onKeyDown={(event) => {
              const press = readPress(event);
              if (opensBehindSpace('/', press, event.currentTarget)) {
                event.preventDefault();
                setChoosing(true);
                return;
              }
              if (!shouldSend(press, sendKey)) return;
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
          {length > conversation.maxPartUtf16 && <span> · {t('talk.parts')}</span>} · {t('talk.onlyText')}
        </p>
        <KeepNote conversationId={conversation.id} kind="reply" />
      </form>
    </>
  );
}

/** The answer of a colleague that came while this one was written, in their words. */
function Collision({
  conversation,
  myName,
  after,
}: {
  conversation: Conversation;
  myName: string;
  after: number | null;
}) {
  const { t } = useTranslation();
  if (after === null) return null;
  const theirs = conversation.messages.filter(
    ({ seq, author, userName }) =>
      seq > after && (author === 'platform' || (author === 'counsellor' && userName !== myName)),
  );
  const newest = theirs.at(-1);
  if (newest === undefined) return null;
  const title =
    newest.userName === null ? t('talk.collisionPlatform') : t('talk.collision', { name: newest.userName });
  return (
    <div role="alert" className="collision">
      <b>{title}</b>
      {theirs.map(({ id, text }) => (
        <blockquote key={id} lang={conversation.language} dir="auto">
          {text}
        </blockquote>
      ))}
      {t('talk.collisionHelp')}
    </div>
  );
}

/** Says when the server does not have what is typed; silence is the good news. */
export function KeepNote({ conversationId, kind }: { conversationId: string; kind: 'reply' | 'note' }) {
  const { t } = useTranslation();
  const state = useStore(useServices().keeper.states).get(keyOf(conversationId, kind));
  return (
    <p className="keep-note" role="status">
      {state === 'failed' && t('talk.draftFailed')}
    </p>
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
