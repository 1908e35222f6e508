/** What the engine may know of the outside: handed in, so that a turn is the same wherever and whenever it is replayed. */

export interface World {
  now: Date;
  /** unique ids for messages and handovers (uuid v4 in production, counted in tests) */
  newId: () => string;
  /** true while at least one counsellor is on duty: decides which "a person will answer" text is honest */
  staffed: boolean;
  /** true while a counsellor owns the conversation: the scan still runs, nothing is said, the place in the flow stays */
  muted: boolean;
}

export type TurnInput =
  /** `forwarded`: quoted or forwarded text, not the person's own statement */
  | { kind: 'text'; text: string; forwarded: boolean }
  /** a tapped button; `id` as in `Choice.id` */
  | { kind: 'choice'; id: string }
  /** the person opened the conversation; `ref` names a campaign */
  | { kind: 'start'; ref: string | null; languageHint: string | null }
  /** something that is not text; `caption` is '' when none */
  | { kind: 'attachment'; attachment: AttachmentKind; caption: string };

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
