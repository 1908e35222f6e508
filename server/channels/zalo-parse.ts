/** Turns the bytes of a Zalo webhook into normalised events: pure, total, and deaf to what it does not know. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  type InboundAttachment,
  type InboundEvent,
  type ParseResult,
  type Receipt,
  UNKNOWN_EVENT,
  WRITTEN_EVENT,
} from './adapter.ts';

/**
 * Begins the payload of every button of ours. Zalo has no event for a tap: the payload comes back as if the person had written
 * it, so it must be something nobody writes. A campaign's `#code` stays a text.
 */
const TAP_PREFIX = '#ht:';

/** The payload of a button; at most three times as long as `choiceId` in bytes, and 4 more. */
export function buildTapPayload(choiceId: string): string {
  return TAP_PREFIX + encodeURIComponent(choiceId.toWellFormed());
}

/** @returns the choice a text stands for; null when it is what a person wrote */
export function readTapPayload(text: string): string | null {
  const encoded = /^#ht:([\w.!~*'()%-]+)$/.exec(text)?.[1];
  if (encoded === undefined) return null;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null;
  }
}

/**
 * Reads one webhook body. A field that is not as documented counts as absent.
 * @param oaId our official account; what is not from or to it is ignored
 * @returns `not_json` for bytes that are no JSON; none for the empty probe; else exactly one event, `ignored` when there is
 *   nothing to do
 */
export function parseWebhook(raw: Buffer, receivedAt: Date, account: string, oaId: string): ParseResult {
  let json: unknown;
  try {
    json = JSON.parse(raw.toString());
  } catch {
    return { kind: 'not_json' };
  }
  if (isProbe(json)) return { kind: 'events', events: [] };
  const body = BodySchema.safeParse(json).data;
  const scope = account === 'default' ? 'zalo' : `zalo:${account}`;
  const base: InboundEvent = {
    ...UNKNOWN_EVENT,
    // what has no id of its own is known by its bytes: Zalo delivers again byte by byte
    dedupeKey: `${scope}:${createHash('sha256').update(raw).digest('hex')}`,
    receivedAt,
  };
  if (body === undefined) return { kind: 'events', events: [base] };
  return {
    kind: 'events',
    events: [readBody(body, { ...base, sentAt: toDate(body.timestamp) }, scope, oaId)],
  };
}

/** `{}`, which Zalo sends unsigned when the address of the webhook is saved. */
export function isProbe(json: unknown): boolean {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && Object.keys(json).length === 0;
}

/** Is this body from or to our official account? It can be authentic and another's: one app may serve several accounts. */
export function concernsAccount(json: unknown, oaId: string): boolean {
  const body = PartiesSchema.safeParse(json).data;
  return [body?.oa_id, body?.sender?.id, body?.recipient?.id].includes(oaId);
}

function readBody(body: Body, base: InboundEvent, scope: string, oaId: string): InboundEvent {
  const name = body.event_name ?? '';
  const fromPerson = body.recipient?.id === oaId ? body.sender?.id : undefined;
  // receipts and echoes come from the account, also when it is the person who received or saw
  const toPerson = body.sender?.id === oaId ? body.recipient?.id : undefined;
  const oaMatches = body.oa_id === oaId;

  if (PERSON_WRITES.test(name) && fromPerson !== undefined) return readMessage(body, base, scope, fromPerson);
  if (name === 'user_reacted_message' && fromPerson !== undefined)
    return { ...base, ...between(fromPerson), kind: 'reaction', messageId: body.message?.msg_id ?? null };
  // a form answers our question, but what is in it is not for us: names and numbers stay out
  if (name === 'user_submit_info' && fromPerson !== undefined)
    return { ...base, ...between(fromPerson), kind: 'profile', botMayReply: true, opensWindow: true };
  if (ACCOUNT_WRITES.test(name) && toPerson !== undefined) return readEcho(body, base, scope, toPerson, oaId);
  if (name === 'user_received_message' && toPerson !== undefined) {
    const id = body.message?.msg_id;
    const key = id === undefined ? {} : { dedupeKey: `${scope}:user_received_message:${id}` };
    return { ...base, ...key, ...between(toPerson), kind: 'delivered', receipt: receiptOf(id) };
  }
  if (name === 'user_seen_message' && toPerson !== undefined)
    return {
      ...base,
      ...between(toPerson),
      kind: 'read',
      receipt: receiptOf(...(body.message?.msg_ids ?? [])),
    };
  const follower = body.follower?.id;
  if (name === 'follow' && oaMatches && follower !== undefined)
    return { ...base, ...between(follower), kind: 'follow', botMayReply: true, opensWindow: true };
  if (name === 'unfollow' && oaMatches && follower !== undefined)
    return { ...base, ...between(follower), kind: 'unfollow' };
  if (name === 'user_click_chatnow' && oaMatches && body.user_id !== undefined)
    return { ...base, ...between(body.user_id), kind: 'start', botMayReply: true, opensWindow: true };
  return base;
}

/** Everything a person sends in private, also kinds yet unknown: they deserve an honest answer. Groups have names of their own. */
const PERSON_WRITES = /^user_send_(?!group_)[a-z_]+$/;
/** The account to somebody with a name; visitors without one are another interface. */
const ACCOUNT_WRITES = /^oa_send_(?!anonymous_|group_)[a-z_]+$/;

function receiptOf(...ids: readonly unknown[]): Receipt {
  return { messageIds: ids.flatMap((id) => (typeof id === 'string' && id !== '' ? [id] : [])), upTo: null };
}

function between(person: string) {
  return { conversationId: person, senderId: person } as const;
}

function readMessage(body: Body, base: InboundEvent, scope: string, person: string): InboundEvent {
  const id = body.message?.msg_id ?? null;
  const event: InboundEvent = {
    ...base,
    ...WRITTEN_EVENT,
    ...between(person),
    ...(id === null ? {} : { dedupeKey: `${scope}:${id}` }),
    messageId: id,
    sentAt: base.sentAt,
    text: body.message?.text ?? '',
    attachments: readAttachments(body),
  };
  const choice = readTapPayload(event.text);
  if (choice !== null) return { ...event, kind: 'postback', payload: choice };
  if (event.text !== '' || event.attachments.length > 0) return event;
  return { ...event, attachments: [{ ...BARE, type: ATTACHMENTS[kindOf(body)] ?? 'unsupported' }] };
}

/** Our own message come back, or one a colleague wrote in Zalo's own tool. Neither is answered. */
function readEcho(body: Body, base: InboundEvent, scope: string, person: string, oaId: string): InboundEvent {
  const id = body.message?.msg_id ?? null;
  return {
    ...base,
    ...(id === null ? {} : { dedupeKey: `${scope}:${id}` }),
    kind: 'echo',
    conversationId: person,
    senderId: oaId,
    messageId: id,
    text: body.message?.text ?? '',
    attachments: readAttachments(body),
    // what goes out through the interface names nobody, so ours is known by its id alone
    party: body.sender?.admin_id === undefined ? 'unnamed' : 'inbox',
  };
}

/** `image` of `user_send_image` */
function kindOf(body: Body): string {
  return (body.event_name ?? '').replace(/^(user|oa)_send_/, '');
}

const BARE = {
  ref: null,
  mimeType: null,
  sizeBytes: null,
  durationMs: null,
  latitude: null,
  longitude: null,
} as const;

const ATTACHMENTS: Readonly<Record<string, InboundAttachment['type']>> = {
  image: 'image',
  gif: 'image',
  video: 'video',
  audio: 'voice',
  sticker: 'sticker',
  location: 'location',
  link: 'link',
  file: 'file',
  business_card: 'contact',
};

const FILES: ReadonlySet<string> = new Set(['image', 'video', 'voice', 'sticker', 'file']);

/** Documented inside `message`; one integration found them beside it. */
function readAttachments(body: Body): InboundAttachment[] {
  const inside = body.message?.attachments ?? [];
  const all = inside.length > 0 ? inside : (body.attachments ?? []);
  return all.flatMap((item) => {
    const attachment = AttachmentSchema.safeParse(item).data;
    return attachment === undefined ? [] : [readAttachment(attachment, kindOf(body))];
  });
}

function readAttachment({ type, payload }: Attachment, kind: string): InboundAttachment {
  // a business card is a link whose description holds the card
  const known = ATTACHMENTS[kind === 'business_card' ? kind : type] ?? 'unsupported';
  const place = known === 'location' ? PlaceSchema.safeParse(payload?.coordinates).data : undefined;
  return {
    ...BARE,
    type: known,
    sizeBytes: payload?.size ?? null,
    // a link or a business card has an address too, but it is not a file somebody sent
    ...(payload?.url !== undefined && FILES.has(known) && { url: payload.url }),
    ...(place && { latitude: place.latitude, longitude: place.longitude }),
  };
}

/** Milliseconds, mostly as a string; the documented sample has 12 digits. Year 0 and year 10000 are nobody's message. */
function toDate(timestamp: string | undefined): Date | null {
  const ms = Number(timestamp);
  return timestamp === undefined || ms <= 0 || ms > 253_402_300_799_999 ? null : new Date(ms);
}

/** Absent when missing or not as documented. */
function lenient<T extends z.ZodType>(schema: T) {
  return schema.optional().catch(undefined);
}

/** Ids are strings beyond 2^53: one that comes as a number has already lost its last digits. */
const IdSchema = lenient(z.string().regex(/^\d{1,25}$/));
const PartySchema = lenient(z.object({ id: IdSchema }));
const MessageIdSchema = lenient(z.string().min(1).max(200));
const TimestampSchema = lenient(
  z.union([z.string().regex(/^\d{1,15}$/), z.int().nonnegative().transform(String)]),
);
const decimal = (limit: number) =>
  z
    .union([
      z.number(),
      z
        .string()
        .regex(/^-?\d{1,3}(\.\d{1,20})?$/)
        .transform(Number),
    ])
    .pipe(z.number().min(-limit).max(limit));
const PlaceSchema = z.object({ latitude: decimal(90), longitude: decimal(180) });
const AttachmentSchema = z.object({
  type: z.string(),
  payload: lenient(
    z.object({
      // absent for everything but a place
      coordinates: z.unknown().optional(),
      url: lenient(z.url({ protocol: /^https?$/ }).max(4_000)),
      size: lenient(
        z.union([
          z.int().nonnegative(),
          z
            .string()
            .regex(/^\d{1,12}$/)
            .transform(Number),
        ]),
      ),
    }),
  ),
});
const ListSchema = lenient(z.array(z.unknown()));
/** Between whom: enough to tell whose a body is. */
const PartiesSchema = z.object({
  oa_id: IdSchema,
  sender: lenient(z.object({ id: IdSchema, admin_id: IdSchema })),
  recipient: PartySchema,
});
const BodySchema = PartiesSchema.extend({
  event_name: lenient(z.string()),
  user_id: IdSchema,
  follower: PartySchema,
  message: lenient(
    z.object({
      msg_id: MessageIdSchema,
      msg_ids: ListSchema,
      text: lenient(z.string()),
      attachments: ListSchema,
    }),
  ),
  attachments: ListSchema,
  timestamp: TimestampSchema,
});
type Body = z.infer<typeof BodySchema>;
type Attachment = z.infer<typeof AttachmentSchema>;
