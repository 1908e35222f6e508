/** What the parts of the server hand to each other; main.ts joins them. Types only. */
import type { Pool, PoolClient } from 'pg';
import type { InboundEvent } from './channels/adapter.ts';

export type Db = Pool | PoolClient;

export interface Clock {
  now: () => Date;
}

/**
 * Runs `work` in one transaction: commit when it returns, rollback when it throws. Work that knows its last statements may call
 * `commit` right behind them, so that they go out together; what it issues after that is no longer part of the transaction.
 */
export type Transact = <T>(
  work: (client: PoolClient, commit: () => Promise<void>) => Promise<T>,
) => Promise<T>;

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
  /** the same for the bytes of a file; @returns what is stored, padded so that its length tells little */
  sealBytes: (wrappedKey: Buffer, place: string, bytes: Buffer) => Buffer;
  /** @throws AppError `sealed_value_unreadable` */
  openBytes: (wrappedKey: Buffer, place: string, sealed: Buffer) => Buffer;
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
  'channels_changed',
  'presence_changed',
  /** a draft, a check of one, or the release people are answered with */
  'content_changed',
  'mentioned',
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

/** One account of a channel as staff see it. */
export interface ChannelView {
  channel: string;
  account: string;
  alarm: string | null;
  alarmSince: Date | null;
  checkedAt: Date | null;
  ok: boolean | null;
  code: string | null;
  tokenAt: Date | null;
  lastHookAt: Date | null;
  normalUntil: Date | null;
  sent: number;
  failed: number;
  quota: { limit: number | null; used: number } | null;
  ruleExpired: boolean;
}

/** May a counsellor write to this person now? */
export interface Sending {
  ok: boolean;
  /** null when ok */
  reason:
    | 'window_closed'
    | 'free_used_up'
    | 'quota_reserved'
    | 'quota_used_up'
    | 'quiet_hours'
    | 'person_blocked'
    /** what was agreed with the person (safe-contact.ts) */
    | 'plan_never_first'
    | 'plan_channel'
    | 'plan_times'
    | 'plan_wording'
    | null;
  /** ok: the window closes then, null = never; else: from then on again, null = not before they write */
  until: Date | null;
  /** how many more cost nothing or are left of the quota; null = no count */
  left: number | null;
  /** past the time in which the bot may answer */
  outsideWindow: boolean;
}

/** What staff may know of a file before they open it. */
export interface MediaView {
  id: string;
  state: 'waiting' | 'stored' | 'refused' | 'failed' | 'gone';
  /** why it is not there; null while it may still come */
  reason: string | null;
  /** null until stored */
  shownAs: 'picture' | 'voice' | 'video' | 'file' | null;
  mediaType: string | null;
  sizeBytes: number | null;
  durationMs: number | null;
}

/** One message of a conversation as staff or the person's own page may see it, opened. */
export interface MessageView {
  id: string;
  seq: number;
  /** `platform`: written at the platform's own inbox, or by another program there */
  author: 'person' | 'bot' | 'counsellor' | 'system' | 'platform';
  userId: string | null;
  text: string;
  /** which text of the content it is; the bot's own messages */
  key?: string | undefined;
  choices: readonly { id: string; label: string }[];
  /** degrees, WGS 84, of a place somebody sent */
  attachments: readonly {
    type: string;
    latitude?: number | undefined;
    longitude?: number | undefined;
  }[];
  /** path of a recording of the text, `content/audio/vi/welcome.hello.ogg` */
  audio?: string | undefined;
  createdAt: Date;
  delivery: 'received' | 'queued' | 'sent' | 'delivered' | 'read' | 'failed' | 'suppressed';
  /** the person took it back; nothing of it is left */
  unsent: boolean;
  failureClass: string | null;
  failureCode: string | null;
}
