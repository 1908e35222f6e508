/** What was said, noted and done, oldest first; the bot's part folded, older pages on demand. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation, Message } from '../../../api/contract.ts';
import type { Earlier } from '../../../api/talk-contract.ts';
import { callApi } from '../app/api.ts';
import type { Unsent } from '../app/services.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { buildTimeline } from '../hooks/timeline.ts';
import type { TimelineItem } from '../hooks/timeline.ts';
import { formatDay, formatExact } from '../hooks/time.ts';
import { Bubble, NoteBubble, UnsentBubble } from './bubble.tsx';

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
  const errorText = useErrorText();
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [behind, setBehind] = useState(false);
  const older = useOlder(conversation);
  const { notes, visits, handover } = conversation;
  const items = useMemo(
    () =>
      buildTimeline({
        messages: [...older.messages, ...conversation.messages],
        notes,
        visits,
        reasonSeqs: new Set(
          handover.reasons.flatMap(({ messageSeq }) => (messageSeq === null ? [] : [messageSeq])),
        ),
      }),
    [older.messages, conversation.messages, notes, visits, handover.reasons],
  );
  const lastSeq = conversation.messages.at(-1)?.seq ?? 0;

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (atEnd.current) element.scrollTop = element.scrollHeight;
    else setBehind(true);
  }, [lastSeq, unsent.length, notes.length]);
  // an older page grows upwards: what was in sight stays where it was
  const belowBefore = useRef(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (older.messages.length > 0) element.scrollTop = element.scrollHeight - belowBefore.current;
  }, [older.messages.length]);
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
        {older.hasMore && (
          <div className="log-note">
            {t('conversation.earlier', { n: older.messages.length + conversation.messages.length })}{' '}
            <Button
              size="compact-sm"
              variant="default"
              loading={older.isLoading}
              onClick={() => {
                belowBefore.current = (box.current?.scrollHeight ?? 0) - (box.current?.scrollTop ?? 0);
                older.load();
              }}
            >
              {t('talk.older')}
            </Button>
            {older.error !== null && <span role="alert"> {errorText(older.error)}</span>}
          </div>
        )}
        {items.length === 0 && <p className="log-note">{t('conversation.empty')}</p>}
        {items.map((item) => {
          const itemDay = formatDay(timeOf(item), i18n.language);
          const isNewDay = itemDay !== day;
          day = itemDay;
          return (
            <div key={keyOf(item)}>
              {isNewDay && <p className="log-day">{itemDay}</p>}
              <Item {...props} item={item} />
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

function Item(props: Props & { item: TimelineItem }) {
  const { item, conversation } = props;
  switch (item.kind) {
    case 'message':
      return <Bubble {...props} message={item.message} />;
    case 'note':
      return <NoteBubble note={item.note} masked={conversation.masked} />;
    case 'visit':
      return <VisitLine item={item} />;
    case 'fold':
      return <Fold {...props} item={item} />;
  }
}

/** The bot's questions and their answers: one line until somebody wants to read them. What is a reason is never in it. */
function Fold(props: Props & { item: Extract<TimelineItem, { kind: 'fold' }> }) {
  const { item } = props;
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <div className="fold" data-open={opened}>
      <button type="button" aria-expanded={opened} onClick={() => setOpened(!opened)}>
        {t('talk.fold', { bot: item.bot, person: item.person })}
        {' – '}
        <span className="fold-do">{t(opened ? 'talk.foldHide' : 'talk.foldShow')}</span>
      </button>
      {opened && item.messages.map((message) => <Bubble key={message.id} {...props} message={message} />)}
    </div>
  );
}

function VisitLine({ item }: { item: Extract<TimelineItem, { kind: 'visit' }> }) {
  const { t, i18n } = useTranslation();
  const time = formatExact(item.at, i18n.language);
  const { state, outcome, takenBy } = item.visit;
  if (item.moment === 'begin')
    return <p className="log-mark">{t('talk.visitBegin', { n: item.number, time })}</p>;
  const name = takenBy?.displayName;
  if (name === undefined) return <p className="log-mark">{t('talk.visitEnded', { time })}</p>;
  return (
    <p className="log-mark">
      {state === 'closed'
        ? t('talk.visitClosed', { name, time, outcome: t([`outcome.${outcome ?? 'none'}`, 'outcome.none']) })
        : t('talk.visitReturned', { name, time })}
    </p>
  );
}

interface Older {
  messages: readonly Message[];
  hasMore: boolean;
  load: () => void;
  isLoading: boolean;
  error: Error | null;
}

/** Pages before the newest 500; each is asked for, because each reading is written down. */
function useOlder({ id, messages, hasEarlier }: Conversation): Older {
  const [pages, setPages] = useState<{ messages: readonly Message[]; hasMore: boolean } | null>(null);
  // new messages push old ones out of the newest 500: nothing may fall between
  const firstShown = messages[0]?.seq ?? 1;
  const [edge, setEdge] = useState(firstShown);
  const gap = pages !== null && firstShown > edge;
  const loading = useMutation({
    mutationFn: () => {
      const before = pages === null || gap ? firstShown : (pages.messages[0]?.seq ?? firstShown);
      return callApi<Earlier>('GET', `/conversations/${id}/before/${String(before)}`);
    },
    onSuccess: (page) => {
      if (pages === null || gap) setEdge(firstShown);
      setPages({
        messages: [...page.messages, ...(pages === null || gap ? [] : pages.messages)],
        hasMore: page.hasEarlier,
      });
    },
  });
  return {
    messages: gap ? NO_MESSAGES : (pages?.messages ?? NO_MESSAGES),
    hasMore: pages === null || gap ? hasEarlier : pages.hasMore,
    load: () => loading.mutate(),
    isLoading: loading.isPending,
    error: loading.error,
  };
}

const NO_MESSAGES: readonly Message[] = [];

function timeOf(item: TimelineItem): string {
  switch (item.kind) {
    case 'message':
      return item.message.createdAt;
    case 'note':
      return item.note.createdAt;
    case 'visit':
      return item.at;
    case 'fold':
      return item.messages[0]?.createdAt ?? '';
  }
}

function keyOf(item: TimelineItem): string {
  switch (item.kind) {
    case 'message':
      return item.message.id;
    case 'note':
      return item.note.id;
    case 'visit':
      return `${String(item.number)} ${item.moment}`;
    case 'fold':
      return `fold ${item.messages[0]?.id ?? ''}`;
  }
}
