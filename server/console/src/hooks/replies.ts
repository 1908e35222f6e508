/** Drafts and replies of one conversation: nothing typed is lost while the page is open, nothing is sent twice. */
import { useQueryClient } from '@tanstack/react-query';
import { callApi, codeOf } from '../app/api.ts';
import { useServices } from '../app/services.ts';
import type { Unsent } from '../app/services.ts';
import { useStore, withEntry } from '../app/store.ts';
import { KEYS } from './queries.ts';

export interface Replies {
  draft: string;
  setDraft: (text: string) => void;
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

  const setDraft = (text: string): void =>
    services.drafts.set(withEntry(services.drafts.get(), conversationId, text === '' ? undefined : text));
  const put = (reply: Unsent | null, clientMessageId: string): void => {
    const current = services.unsent.get().get(conversationId) ?? NONE;
    const known = current.some((one) => one.clientMessageId === clientMessageId);
    const next =
      reply === null
        ? current.filter((one) => one.clientMessageId !== clientMessageId)
        : known
          ? current.map((one) => (one.clientMessageId === clientMessageId ? reply : one))
          : [...current, reply];
    services.unsent.set(
      withEntry(services.unsent.get(), conversationId, next.length === 0 ? undefined : next),
    );
  };
  const deliver = async ({ clientMessageId, text }: Unsent): Promise<void> => {
    put({ clientMessageId, text, failure: null }, clientMessageId);
    try {
      await callApi('POST', `/conversations/${conversationId}/reply`, { clientMessageId, text });
      await client.invalidateQueries({ queryKey: KEYS.conversation(conversationId) });
      put(null, clientMessageId);
    } catch (error) {
      if (isRefusedByChannel(codeOf(error)) && (services.drafts.get().get(conversationId) ?? '') === '') {
        // nothing is wrong with the words: they go back where they were written, and the box says why
        put(null, clientMessageId);
        setDraft(text);
        await Promise.all([
          client.invalidateQueries({ queryKey: KEYS.conversation(conversationId) }),
          client.invalidateQueries({ queryKey: KEYS.queue }),
        ]);
        return;
      }
      put({ clientMessageId, text, failure: codeOf(error) }, clientMessageId);
      await client.invalidateQueries({ queryKey: KEYS.queue });
    }
  };
  return {
    draft: drafts.get(conversationId) ?? '',
    setDraft,
    unsent,
    send: (text) => {
      setDraft('');
      void deliver({ clientMessageId: newUuid(), text, failure: null });
    },
    retry: (reply) => void deliver(reply),
    discard: (reply) => put(null, reply.clientMessageId),
  };
}

const CHANNEL_REFUSALS: readonly string[] = [
  'window_closed',
  'free_used_up',
  'quota_reserved',
  'quota_used_up',
  'quiet_hours',
  'person_blocked',
];

function isRefusedByChannel(code: string): boolean {
  return CHANNEL_REFUSALS.includes(code);
}

/** `crypto.randomUUID` exists on https and localhost only. */
function newUuid(): string {
  if (window.isSecureContext) return crypto.randomUUID();
  const bytes = new Uint8Array(16);
  crypto.getRandomValues(bytes);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
