/** The contract every channel adapter keeps; what a channel cannot do goes into `Capabilities`, not into flows. */
import type { IncomingHttpHeaders } from 'node:http';

export const CHANNELS = ['web', 'telegram', 'messenger', 'zalo', 'line'] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** Outbound limits of one channel. Lengths in UTF-16 units unless the name says bytes. Source: the platform's contract. */
export interface Capabilities {
  maxTextUtf16: number;
  /** how choices can be shown; `typed` = only as numbered text */
  choices: 'inline_buttons' | 'quick_replies' | 'typed';
  maxChoices: number;
  maxChoiceLabelUtf16: number;
  /** largest machine payload of one button, in bytes */
  maxChoicePayloadBytes: number;
  audio: boolean;
  /** recordings the platform fetches from an address of ours, best first; absent = it fetches none */
  audioFormats?: readonly AudioFormat[];
  locationRequest: boolean;
  typing: boolean;
  /** hours after the person's last message in which we may answer; null = no limit */
  windowHours: number | null;
  /** hours in which at least a counsellor's own words may go out (`SendContext.outsideWindow`); absent = `windowHours` */
  counsellorWindowHours?: number;
  /** how many messages one call may carry; absent = one. More than one: the adapter has `sendTogether`. */
  maxMessagesPerSend?: number;
}

export const INBOUND_KINDS = [
  'message',
  'postback',
  'start',
  'referral',
  'follow',
  'unfollow',
  'delivered',
  'read',
  'echo',
  'handover',
  'edit',
  'unsend',
  'reaction',
  'profile',
  'membership',
  /** not from a platform: the time a question waits is over (server/turns/waits.ts) */
  'silence',
  /** nor these: the desk has something to say, or gives a conversation back at a flow (server/turns/desk-events.ts) */
  'tell',
  'enter',
  'ignored',
] as const;
export type InboundKind = (typeof INBOUND_KINDS)[number];

/** Whose hand an event shows, seen from this server. */
export const PARTIES = ['us', 'inbox', 'other', 'unnamed'] as const;
export type Party = (typeof PARTIES)[number];

export interface InboundAttachment {
  type:
    | 'image'
    | 'video'
    | 'audio'
    | 'voice'
    | 'file'
    | 'sticker'
    | 'location'
    | 'contact'
    | 'link'
    | 'unsupported';
  /** platform handle for fetchMedia; never a URL with a token */
  ref: string | null;
  /** address for fetchMedia that opens it for everybody who has it: kept sealed, never logged, forgotten once fetched */
  url?: string | undefined;
  mimeType: string | null;
  sizeBytes: number | null;
  durationMs: number | null;
  /** degrees, WGS 84 */
  latitude: number | null;
  longitude: number | null;
}

/** One thing a platform told us, normalised. Ids are strings, exactly as the platform writes them. */
export interface InboundEvent {
  kind: InboundKind;
  /** makes a second delivery a no-op; unique over all channels, e.g. `telegram:810000001` */
  dedupeKey: string;
  /** the reply target on the platform (chat id, user id) */
  conversationId: string;
  conversationType: 'private' | 'group' | 'channel';
  senderId: string | null;
  messageId: string | null;
  /** when the platform says it was sent; null when it does not say */
  sentAt: Date | null;
  receivedAt: Date;
  /** '' when none */
  text: string;
  attachments: readonly InboundAttachment[];
  /** machine payload of a button */
  payload: string | null;
  /** campaign reference of a link */
  ref: string | null;
  /** callback query id, LINE reply token … needed to answer */
  replyHandle: string | null;
  /** BCP 47 hint from the platform's profile, never stored beyond the first turn */
  languageHint: string | null;
  /** `follow`: the person knows us and only let us in again; greeting once more would say everything twice */
  returning: boolean;
  /** forwarded or quoted text is not the sender's own statement */
  forwarded: boolean;
  /** false: must never trigger an automatic answer */
  botMayReply: boolean;
  /** true: this event (re)opens the time in which we may answer */
  opensWindow: boolean;
  /**
   * `echo`: who wrote it; `handover`: who has the conversation from now on. `us` = sent through this server, by the bot or by a
   * counsellor; `inbox` = somebody at the platform's own inbox; `other` = another program, or not us and not told who; `unnamed` =
   * an echo in nobody's name: ours when its `messageId` is among what was sent, else somebody's at the platform. null for every
   * other kind, and where the conversation changed no hands.
   */
  party: Party | null;
  /** `delivered` and `read`: which of our messages; null for every other kind */
  receipt: Receipt | null;
}

/** Either may be missing: some platforms name the messages, others say "everything up to then". */
export interface Receipt {
  messageIds: readonly string[];
  upTo: Date | null;
}

/** What is true of an event until the adapter says more: nothing said, nothing to answer. Spread it, then fill in. */
export const UNKNOWN_EVENT = {
  kind: 'ignored',
  conversationId: '',
  conversationType: 'private',
  senderId: null,
  messageId: null,
  sentAt: null,
  text: '',
  attachments: [],
  payload: null,
  ref: null,
  replyHandle: null,
  languageHint: null,
  returning: false,
  forwarded: false,
  botMayReply: false,
  opensWindow: false,
  party: null,
  receipt: null,
} as const satisfies Omit<InboundEvent, 'dedupeKey' | 'receivedAt'>;

/** The same for something a person wrote to us: it opens the window and may be answered. */
export const WRITTEN_EVENT = {
  ...UNKNOWN_EVENT,
  kind: 'message',
  botMayReply: true,
  opensWindow: true,
} as const;

export type ParseResult =
  | { kind: 'events'; events: readonly InboundEvent[] }
  /** the body is not JSON (answer 400) */
  | { kind: 'not_json' };

/** `missing` → 401, `invalid` → 403. */
export type Verification = 'ok' | 'missing' | 'invalid';

export interface OutboundChoice {
  id: string;
  label: string;
}

export const AUDIO_FORMATS = ['ogg', 'mp3', 'm4a'] as const;
export type AudioFormat = (typeof AUDIO_FORMATS)[number];

/** A recording of a text, where a platform can fetch it. */
export interface Recording {
  /** https, ours, without anything personal */
  url: string;
  format: AudioFormat;
  durationMs: number;
}

/** A message as decided by the bot or written by a counsellor, before it is fitted to the channel. */
export interface OutboundMessage {
  text: string;
  /** path of a recording of the text under content/audio/; the sender looks up `recording` by it */
  audio?: string;
  /** played before the text is shown; the text is always sent too */
  recording?: Recording;
  choices: readonly OutboundChoice[];
  /** BCP 47 */
  language: string;
}

export interface SendTarget {
  /** platform conversation id */
  conversationId: string;
  replyHandle: string | null;
}

export const FAILURE_CLASSES = [
  'retry',
  'rate',
  'token',
  'window',
  'blocked',
  'quota',
  'permission',
  'invalid',
  'media',
  'policy',
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

export type SendResult =
  | {
      ok: true;
      platformIds: readonly string[];
      /** messages that count against the account's quota; absent = none */
      charged?: number;
    }
  | {
      ok: false;
      class: FailureClass;
      /** wait at least this long; null = use our own backoff */
      retryAfterMs: number | null;
      /** parts of a split message that went out in this call, `skipParts` not counted; a retry starts after them */
      sentParts: number;
      /** stable code for logs and screens, e.g. `telegram_403`; never the platform's text */
      code: string;
    };

export interface SendContext {
  /** unchanged over retries of the same message: an idempotency key where the platform has one */
  idempotencyKey: string;
  /** parts already delivered by an earlier attempt */
  skipParts: number;
  /** true: the window is over and a counsellor wrote this; sent as such where the platform allows it, never set for the bot */
  outsideWindow?: boolean;
  signal: AbortSignal;
}

/** What became of several messages handed over at once: the first `taken` share one fate, the rest were not touched. */
export type SendTogetherResult =
  | { ok: true; taken: number; platformIds: readonly (readonly string[])[]; charged?: number }
  | { ok: false; taken: number; failure: Extract<SendResult, { ok: false }> };

/** What a platform needs to be told to give the file of an attachment. */
export type MediaReference = Pick<InboundAttachment, 'type' | 'ref' | 'url'>;

export interface MediaContext {
  /** what is larger is not read to its end */
  maxBytes: number;
  /** ends everything, redirects included */
  signal: AbortSignal;
}

export type MediaResult =
  /** as the platform gave it: nothing about the bytes is known or to be believed */
  | { kind: 'fetched'; body: Buffer }
  /** not now: still being prepared, out of reach, or asking us to slow down */
  | { kind: 'later'; code: string; retryAfterMs: number | null }
  /** never again: the link ran out, or it was deleted there */
  | { kind: 'gone'; code: string }
  /** we do not take it */
  | { kind: 'refused'; reason: 'too_large' | 'host_not_allowed' | 'private_address'; code: string };

export interface ChannelHealth {
  ok: boolean;
  /** stable code, e.g. `webhook_silent`, `token_refused` */
  code: string;
  /** when the token in use was given, where it is not for ever */
  tokenAt?: Date;
  /** messages of this month as the platform counts them; limit null = none */
  quota?: { limit: number | null; used: number };
}

/** What an adapter tells on its own: `event` and codes, never content. */
export interface AdapterLog {
  warn: (entry: Readonly<Record<string, string | number>>) => void;
}

export interface Adapter {
  channel: ChannelName;
  /** `default` for the account from the environment */
  account: string;
  capabilities: Capabilities;
  /** Checks the raw bytes (or the secret header) in constant time. */
  verify: (headers: IncomingHttpHeaders, raw: Buffer) => Verification;
  /** Pure and total: any bytes give a result; unknown event types give `ignored`. */
  parse: (raw: Buffer, receivedAt: Date) => ParseResult;
  /** GET handshake where the platform has one (Messenger). */
  handshake?: (query: Readonly<Record<string, string>>) => { status: number; body: string };
  /** Called once after the events are safely stored; must not throw. E.g. Telegram's answerCallbackQuery. */
  acknowledge?: (events: readonly InboundEvent[]) => Promise<void>;
  send: (to: SendTarget, message: OutboundMessage, context: SendContext) => Promise<SendResult>;
  /** Sends as many of the messages as one call takes, in order, at least the first; `skipParts` is of the first. */
  sendTogether?: (
    to: SendTarget,
    messages: readonly OutboundMessage[],
    context: SendContext,
  ) => Promise<SendTogetherResult>;
  /** would an answer with this handle be free of the quota now? Absent = nothing here counts against one. */
  answersFree?: (replyHandle: string | null, now: Date) => boolean;
  /** Gets the file of an attachment; never rejects. Absent: people can send none here. */
  fetchMedia?: (reference: MediaReference, context: MediaContext) => Promise<MediaResult>;
  health: () => Promise<ChannelHealth>;
  /** values the logger must never let through */
  secrets: readonly string[];
}
