/** What the parts of the server hand to each other; main.ts joins them. Types only. */
import type { Pool, PoolClient } from 'pg';
import type { InboundEvent } from './channels/adapter.ts';

export type Db = Pool | PoolClient;

export interface Clock {
  now: () => Date;
}

/**
 * Runs `work` in one transaction: commit when it returns, rollback when it throws. `finish` may take the last statements: they go
 * out in one write together with the commit, which saves a round trip; nothing may be asked of the client after it.
 */
export type Transact = <T>(work: (client: PoolClient, finish: Finish) => Promise<T>) => Promise<T>;
export type Finish = <T>(issue: () => Promise<T>) => Promise<T>;

/**
 * Encrypts what is personal (AES-256-GCM, 16-byte tag, own 12-byte nonce, padded). `place` is bound to the ciphertext
 * (`table|column|row id|conversation id`), so a value copied elsewhere does not open.
 */
export interface Vault {
  /** a new conversation key, wrapped by the current key-encryption key */
  newKey: () => Promise<Buffer>;
  seal: (wrappedKey: Buffer, place: string, value: unknown) => Buffer;
  /** @throws AppError `sealed_value_unreadable` */
  open: (wrappedKey: Buffer, place: string, sealed: Buffer) => unknown;
  /** keyed hash for look-ups (contacts.platform_hash and the like): same input, same output, not reversible */
  hash: (purpose: string, value: string) => Buffer;
}

export const LIVE_KINDS = [
  'message_added',
  'delivery_changed',
  'conversation_changed',
  'queue_changed',
  'user_session_ended',
  'web_chat_ended',
] as const;
export type LiveKind = (typeof LIVE_KINDS)[number];

/** Ids only; whoever may see more fetches it through the API. */
export interface LiveEvent {
  /** `<xid>-<seq>`: cursor for a replay */
  id: string;
  kind: LiveKind;
  conversationId: string | null;
  userId: string | null;
}

export type LiveSignal = { type: 'event'; event: LiveEvent } | { type: 'reset' };

export interface LiveHub {
  /** Replays what came after `after` (null = from now), then follows. `reset` = too old: refetch everything. */
  subscribe: (after: string | null, listener: (signal: LiveSignal) => void) => Promise<() => void>;
  /** id of the newest event visible now */
  latestId: () => Promise<string>;
  close: () => Promise<void>;
}

export interface Inbox {
  /**
   * Stores events durably; returns after commit. Concurrent calls share a commit. A known dedupeKey changes nothing.
   * Events with `botMayReply` false and nothing to keep (receipts, groups) are not stored.
   * @throws AppError `database_unavailable` (answer 503 with Retry-After)
   */
  accept: (
    channel: string,
    account: string,
    events: readonly InboundEvent[],
  ) => Promise<{ stored: number; known: number }>;
}

/** One message of a conversation as staff or the person's own page may see it, opened. */
export interface MessageView {
  id: string;
  seq: number;
  author: 'person' | 'bot' | 'counsellor' | 'system';
  userId: string | null;
  text: string;
  choices: readonly { id: string; label: string }[];
  attachments: readonly { type: string }[];
  /** path of a recording of the text, `content/audio/vi/welcome.hello.ogg` */
  audio?: string | undefined;
  createdAt: Date;
  delivery: 'received' | 'queued' | 'sent' | 'failed' | 'suppressed';
  failureClass: string | null;
  failureCode: string | null;
}
