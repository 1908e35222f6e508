/** What the engine may know of the outside: handed in, so that a turn is the same wherever and whenever it is replayed. */
import type { PlannedShift } from '../content/next-shift.ts';
import type { Can } from '../flow/expression.ts';

export interface World {
  now: Date;
  /** unique ids for messages and handovers (uuid v4 in production, counted in tests) */
  newId: () => string;
  /** true while at least one counsellor is on duty: decides which "a person will answer" text is honest */
  staffed: boolean;
  /** shifts planned for the next days, so that a person hears from when on somebody is there; missing = nothing is planned */
  shifts?: readonly PlannedShift[];
  /** true while a counsellor owns the conversation: the scan still runs, nothing is said, the place in the flow stays */
  muted: boolean;
  /** what the channel can show; flows ask for abilities, never for a channel by name */
  can: Can;
}

export type TurnInput =
  /** `forwarded`: quoted or forwarded text, not the person's own statement */
  | { kind: 'text'; text: string; forwarded: boolean }
  /** a tapped button; `id` as in `Choice.id` */
  | { kind: 'choice'; id: string }
  /** the person opened the conversation; `ref` names a campaign */
  | { kind: 'start'; ref: string | null; languageHint: string | null }
  /**
   * something that is not text; `caption` is '' when none; `ref`: where the server keeps it, which is what a `voice` slot
   * holds, null when it is not kept
   */
  | { kind: 'attachment'; attachment: AttachmentKind; caption: string; ref: string | null }
  /** the time a question waits is over; `until` as in `wait_started` says which waiting is meant: a late one does nothing */
  | { kind: 'silence'; until: string }
  /**
   * nobody wrote: the desk has something to say (whoever waits long is told how things stand); `key` names the text. The place
   * in the flow stays, and nothing is said to somebody who may be watched or in danger
   */
  | { kind: 'tell'; key: string }
  /** a counsellor gives the conversation back at the start of a flow, or at a node of it; not in quiet mode */
  | { kind: 'enter'; flow: string; node: string | null };

export const ATTACHMENT_KINDS = [
  'image',
  'video',
  'audio',
  'voice',
  'file',
  'sticker',
  'location',
  'contact',
  'link',
  'unsupported',
] as const;
export type AttachmentKind = (typeof ATTACHMENT_KINDS)[number];
