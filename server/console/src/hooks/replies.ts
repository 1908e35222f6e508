/** Drafts and replies of one conversation: nothing typed is lost, nothing is sent twice, nobody answers over a colleague. */
import type { QueryClient } from '@tanstack/react-query';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Conversation } from '../../../api/contract.ts';
import { callApi, codeOf } from '../app/api.ts';
import { useServices } from '../app/services.ts';
import type { Services, Unsent } from '../app/services.ts';
import { useStore, withEntry } from '../app/store.ts';
import { newUuid } from './uuid.ts';
import { KEYS } from './queries.ts';

export interface Replies {
  draft: string;
  setDraft: (text: string) => void;
  /** a colleague answered after this message while the draft was written; null = nobody did */
  collidedAfter: number | null;
  unsent: readonly Unsent[];
  /** empties the box at once; what does not arrive stays visible with its reason */
  send: (text: string) => void;
  retry: (reply: Unsent) => void;
  discard: (reply: Unsent) => void;
}

const NONE: readonly Unsent[] = [];

export function useReplies(conversationId: string): Replies {
  const services = useServices();
  const client = useQueryClient();
  const drafts = useStore(services.drafts);
  const unsent = useStore(services.unsent).get(conversationId) ?? NONE;
  const collidedAfter = useStore(services.collisions).get(conversationId) ?? null;
  const deliver = (reply: Unsent): void => void deliverReply(services, conversationId, reply);
  return {
    draft: drafts.get(conversationId) ?? '',
    setDraft: (text) => writeDraft(services, conversationId, text, lastSeqOf(client, conversationId)),
    collidedAfter,
    unsent,
    send: (text) => {
      const seenSeq = services.seen.get().get(conversationId) ?? lastSeqOf(client, conversationId);
      const reply = { clientMessageId: newUuid(), text, failure: null, seenSeq };
      // first into the list, then out of the box: at no moment is it in neither
      putUnsent(services, conversationId, reply.clientMessageId, reply);
      writeDraft(services, conversationId, '', seenSeq);
      deliver(reply);
    },
    // whoever presses again has seen what is there now
    retry: (reply) => deliver({ ...reply, seenSeq: lastSeqOf(client, conversationId) }),
    discard: (reply) => {
      putUnsent(services, conversationId, reply.clientMessageId, null);
      services.keeper.touch(conversationId, 'reply');
    },
  };
}

/** Brings back what was kept; sends what was written offline, once and in order, as soon as the connection is back. */
export function useKeptDrafts(enabled: boolean): void {
  const services = useServices();
  useEffect(() => {
    if (!enabled) return;
    const { keeper, live } = services;
    void keeper.load();
    let before = live.get();
    const stop = live.subscribe(() => {
      const now = live.get();
      if (now === 'open' && before !== 'open') {
        void keeper.load().then(() => keeper.flush());
        void sendWaiting(services);
      }
      before = now;
    });
    const hide = (): void => {
      if (document.hidden) void keeper.flush();
    };
    document.addEventListener('visibilitychange', hide);
    window.addEventListener('pagehide', keeper.flushOnLeave);
    return () => {
      stop();
      document.removeEventListener('visibilitychange', hide);
      window.removeEventListener('pagehide', keeper.flushOnLeave);
    };
  }, [services, enabled]);
}

async function sendWaiting(services: Services): Promise<void> {
  for (const [conversationId, replies] of services.unsent.get())
    for (const reply of replies)
      if (reply.failure === 'network') await deliverReply(services, conversationId, reply);
}

async function deliverReply(services: Services, conversationId: string, reply: Unsent): Promise<void> {
  const { queryClient: client, drafts, keeper } = services;
  const { clientMessageId, text, seenSeq } = reply;
  const put = (next: Unsent | null): void => putUnsent(services, conversationId, clientMessageId, next);
  const refetch = (): Promise<void> =>
    client.invalidateQueries({ queryKey: KEYS.conversation(conversationId) });
  put({ ...reply, failure: null });
  setCollision(services, conversationId, null);
  try {
    await callApi('POST', `/conversations/${conversationId}/reply`, { clientMessageId, text, seenSeq });
    keeper.settled(conversationId, 'reply');
    await refetch();
    put(null);
  } catch (error) {
    const code = codeOf(error);
    const isWritten = (drafts.get().get(conversationId) ?? '') !== '';
    if (code === 'colleague_replied') {
      // what they said is shown before anything else can be pressed
      await refetch();
      setCollision(services, conversationId, seenSeq);
    }
    if (goesBack(code) && !isWritten) {
      // nothing is wrong with the words: they go back where they were written, and the box says why
      put(null);
      writeDraft(services, conversationId, text, lastSeqOf(client, conversationId), { isKept: true });
      await Promise.all([refetch(), client.invalidateQueries({ queryKey: KEYS.queue })]);
      return;
    }
    put({ ...reply, failure: code });
    await client.invalidateQueries({ queryKey: KEYS.queue });
  } finally {
    keeper.touch(conversationId, 'reply');
  }
}

const CHANNEL_REFUSALS: readonly string[] = [
  'window_closed',
  'free_used_up',
  'quota_reserved',
  'quota_used_up',
  'quiet_hours',
  'person_blocked',
];

function goesBack(code: string): boolean {
  return CHANNEL_REFUSALS.includes(code) || code === 'colleague_replied';
}

/** @param isKept the text was written before: a colleague's answer that was told stays on the screen */
function writeDraft(
  services: Services,
  conversationId: string,
  text: string,
  lastSeq: number,
  { isKept = false } = {},
): void {
  const { drafts, seen, keeper } = services;
  const wasEmpty = (drafts.get().get(conversationId) ?? '') === '';
  if (text === '') seen.set(withEntry(seen.get(), conversationId, undefined));
  else if (wasEmpty) seen.set(withEntry(seen.get(), conversationId, lastSeq));
  if (text === '' && !isKept) setCollision(services, conversationId, null);
  drafts.set(withEntry(drafts.get(), conversationId, text === '' ? undefined : text));
  keeper.touch(conversationId, 'reply');
}

function setCollision({ collisions }: Services, conversationId: string, after: number | null): void {
  collisions.set(withEntry(collisions.get(), conversationId, after ?? undefined));
}

function putUnsent(
  { unsent }: Services,
  conversationId: string,
  clientMessageId: string,
  reply: Unsent | null,
): void {
  const current = unsent.get().get(conversationId) ?? NONE;
  const known = current.some((one) => one.clientMessageId === clientMessageId);
  const next =
    reply === null
      ? current.filter((one) => one.clientMessageId !== clientMessageId)
      : known
        ? current.map((one) => (one.clientMessageId === clientMessageId ? reply : one))
        : [...current, reply];
  unsent.set(withEntry(unsent.get(), conversationId, next.length === 0 ? undefined : next));
}

function lastSeqOf(client: QueryClient, conversationId: string): number {
  const conversation = client.getQueryData<Conversation>(KEYS.conversation(conversationId));
  return conversation?.messages.at(-1)?.seq ?? 0;
}
