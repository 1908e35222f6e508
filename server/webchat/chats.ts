/** A chat of the web page: a secret in one browser's memory that stands for one conversation, until it is ended. */
import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { type InboundEvent, WRITTEN_EVENT } from '../channels/adapter.ts';
import { AppError } from '../errors.ts';
import type { Clock, Inbox, MessageView } from '../ports.ts';
import { endIdleWebChats, endWebChat, findWebChat, openWebChat, touchWebChat } from '../store/web-chats.ts';
import { selectVisible } from './visible.ts';
import type { Visible } from './visible.ts';
import type { EndReason, PageLanguage } from './shared/wire.ts';

export interface ChatsDeps {
  db: Pool;
  inbox: Pick<Inbox, 'accept'>;
  clock: Clock;
  /** messages of a conversation with `seq` above `afterSeq`, in order; may return them in portions */
  listMessages: (conversationId: string, afterSeq: number) => Promise<readonly MessageView[]>;
  /** the keyed hash of contacts.platform_hash for channel web, account default */
  hashPlatformId: (platformId: string) => Buffer;
  /** called once when a chat was ended by its person, so that consoles hear of it */
  announceEnd?: (conversationId: string) => Promise<void>;
}

/** What a person sent: words, or a tapped choice. */
export type Said = { kind: 'text'; text: string } | { kind: 'choice'; id: string };

export type Found = { kind: 'open'; conversationId: string } | { kind: 'none' } | { kind: 'ended' };

export interface Chats {
  find: (token: string) => Promise<Found>;
  /** Creates the conversation with its first event; the same token gives the same chat. */
  begin: (token: string, first: FirstEvent) => Promise<{ conversationId: string }>;
  /** @returns false when this message was already known */
  accept: (
    token: string,
    clientMessageId: string,
    language: PageLanguage | null,
    said: Said,
  ) => Promise<boolean>;
  /** what the page may show after `after` */
  read: (conversationId: string, after: number) => Promise<Visible>;
  touch: (token: string) => Promise<void>;
  end: (token: string) => Promise<void>;
}

export interface FirstEvent {
  language: PageLanguage;
  ref: string | null;
  /** null = the person opened the chat without saying anything yet */
  message: { clientMessageId: string; said: Said } | null;
}

/** How long a page may be silent before its chat counts as left: a phone in a pocket sleeps long, and a lost page cannot be resumed. */
export const IDLE_MS = 2 * 60 * 60 * 1000;

/** Ends the chats whose page went away without a word; call it every few minutes, on any instance. @returns how many */
export async function endIdleChats(deps: Pick<ChatsDeps, 'db' | 'clock' | 'announceEnd'>): Promise<number> {
  const now = deps.clock.now();
  const ended = await endIdleWebChats(deps.db, new Date(now.getTime() - IDLE_MS), now);
  for (const conversationId of ended) await deps.announceEnd?.(conversationId);
  return ended.length;
}

/** 32 random bytes; only its SHA-256 is ever stored. */
export function createToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A stable name for one chat in memory, for counting; not the token and not what the database holds. */
export function nameChat(token: string): string {
  return digest('count', token).toString('base64url');
}

/** Why a token that once worked finds nothing any more. */
export function explainEnd(found: Found): EndReason | null {
  if (found.kind === 'open') return null;
  return found.kind === 'ended' ? 'ended' : 'erased';
}

export function createChats(deps: ChatsDeps): Chats {
  const find = async (token: string): Promise<Found> => {
    const chat = await findWebChat(deps.db, hashToken(token));
    if (chat === null) return { kind: 'none' };
    return chat.endedAt === null ? { kind: 'open', conversationId: chat.conversationId } : { kind: 'ended' };
  };

  const send = async (
    token: string,
    event: Partial<InboundEvent> & Pick<InboundEvent, 'kind' | 'dedupeKey'>,
  ): Promise<boolean> => {
    const platformId = namePlatformId(token);
    const outcome = await deps.inbox.accept('web', 'default', [
      {
        ...WRITTEN_EVENT,
        receivedAt: deps.clock.now(),
        conversationId: platformId,
        senderId: platformId,
        ...event,
      },
    ]);
    return outcome.stored > 0;
  };

  return {
    find,
    async begin(token, first) {
      const common = { ref: first.ref, languageHint: first.language };
      if (first.message === null) {
        await send(token, { kind: 'start', dedupeKey: `web:start:${namePlatformId(token)}`, ...common });
      } else {
        await send(token, { ...describe(first.message.clientMessageId, first.message.said), ...common });
      }
      const opened = await openWebChat(deps.db, {
        tokenHash: hashToken(token),
        platformHash: deps.hashPlatformId(namePlatformId(token)),
        now: deps.clock.now(),
      });
      const found = opened ? await find(token) : null;
      if (found?.kind !== 'open')
        throw new AppError('internal', 'the inbox kept no conversation for a web chat');
      return { conversationId: found.conversationId };
    },
    async accept(token, clientMessageId, language, said) {
      const stored = await send(token, { ...describe(clientMessageId, said), languageHint: language });
      await touchWebChat(deps.db, hashToken(token), deps.clock.now());
      return stored;
    },
    async read(conversationId, after) {
      const messages: Visible['messages'][number][] = [];
      let cursor = after;
      for (;;) {
        const rows = await deps.listMessages(conversationId, cursor);
        const visible = selectVisible(rows, cursor);
        messages.push(...visible.messages);
        const moved = visible.after > cursor;
        cursor = visible.after;
        if (rows.length === 0 || !visible.settled || !moved)
          return { messages, after: cursor, settled: visible.settled };
      }
    },
    touch: (token) => touchWebChat(deps.db, hashToken(token), deps.clock.now()),
    async end(token) {
      const conversationId = await endWebChat(deps.db, hashToken(token), deps.clock.now());
      if (conversationId !== null) await deps.announceEnd?.(conversationId);
    },
  };
}

function describe(
  clientMessageId: string,
  said: Said,
): Pick<InboundEvent, 'kind' | 'dedupeKey' | 'messageId' | 'text' | 'payload'> {
  const dedupeKey = `web:${clientMessageId}`;
  if (said.kind === 'text')
    return { kind: 'message', dedupeKey, messageId: clientMessageId, text: said.text, payload: null };
  return { kind: 'postback', dedupeKey, messageId: clientMessageId, text: '', payload: said.id };
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** What the rest of the server knows this browser by. Comes from the token, cannot be turned back, opens nothing. */
function namePlatformId(token: string): string {
  return digest('platform', token).toString('base64url');
}

function digest(purpose: string, token: string): Buffer {
  return createHash('sha256').update(`web-chat:${purpose}:`).update(token).digest();
}
