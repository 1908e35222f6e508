/** Turns the bytes of a Messenger webhook into normalised events: pure, total, and deaf to what it does not know. */
import { z } from 'zod';
import {
  type InboundAttachment,
  type InboundEvent,
  type ParseResult,
  type Party,
  type Receipt,
  UNKNOWN_EVENT,
} from './adapter.ts';
import { BARE_ATTACHMENT, hashPieces, lenient, lenientArray, present, readJson, toDate } from './reading.ts';

/** What pressing Get Started sends; set once in the page's Messenger profile (docs/how-to/connect-messenger.md). */
export const GET_STARTED = 'GET_STARTED';

/** Meta's own inbox, where people of the page answer: the same for every page. Source: Conversation Routing documentation. */
export const PAGE_INBOX_APP_ID = '263902037430900';

/** Travels with what we send and comes back in the echo, so that our own words are known before the send call returns. */
export const OWN_METADATA = 'hoi-truoc';

/** What a key of an event begins with (after the channel) that an operator should hear of. */
export const POLICY_KEY = 'policy-enforcement';

export interface MessengerIdentity {
  account: string;
  pageId: string;
  appId: string;
}

/**
 * Reads one delivery: any number of people, in the order Meta gives. A field that is not as documented counts as absent.
 * @returns `not_json` for bytes that are no JSON; else one event for each item, `ignored` when there is nothing to do
 */
export function parseMessenger(raw: Buffer, receivedAt: Date, identity: MessengerIdentity): ParseResult {
  const json = readJson(raw);
  if (json === null) return { kind: 'not_json' };
  const body = BodySchema.safeParse(json.value).data;
  const events = (body?.entry ?? []).flatMap((entry) => {
    const read = (item: unknown): InboundEvent => readItem(item, receivedAt, identity);
    return [
      ...(entry?.messaging ?? []).map(read),
      ...(entry?.messaging_handovers ?? []).map(read),
      // another program has the conversation: what is written there is kept, and never answered
      ...(entry?.standby ?? []).map((item) => ({ ...read(item), botMayReply: false })),
    ];
  });
  return { kind: 'events', events };
}

function readItem(value: unknown, receivedAt: Date, identity: MessengerIdentity): InboundEvent {
  const { account, pageId } = identity;
  const keyOf = (key: string): string => `messenger:${account === 'default' ? '' : `${account}:`}${key}`;
  const item: Item = ItemSchema.safeParse(value).data ?? {};
  const ids = [item.sender?.id, item.recipient?.id];
  // receipts are seen with page and person swapped: the person is whoever is not the page
  const person = ids.includes(pageId) ? (ids.find((id) => id !== undefined && id !== pageId) ?? '') : '';
  const name = ITEM_KINDS.find((kind) => item[kind] !== undefined) ?? 'unknown';
  const hash = hashPieces(JSON.stringify(value));
  const base: InboundEvent = {
    ...UNKNOWN_EVENT,
    dedupeKey: keyOf(`${name}:${hash}`),
    receivedAt,
    conversationId: person,
    senderId: person === '' ? null : person,
    sentAt: toDate(toMilliseconds(item.timestamp)),
  };
  if (person === '') return base;
  const at = item.timestamp ?? hash;
  const keyed = (...pieces: (string | number | undefined)[]): InboundEvent => ({
    ...base,
    dedupeKey: keyOf(`${name}:${hashPieces(person, at, ...pieces.map((piece) => piece ?? ''))}`),
  });
  if (item.message) {
    const { mid } = item.message;
    return readMessage(
      item,
      item.message,
      mid === undefined ? base : withMid(base, keyOf(mid), mid),
      identity,
    );
  }
  if (item.postback) {
    const { mid, payload } = item.postback;
    return readPostback(item.postback, mid === undefined ? keyed(payload) : withMid(base, keyOf(mid), mid));
  }
  if (item.referral) return readReferral(item.referral.ref, keyed(item.referral.ref));
  // the plug-in sends its reference, but whether that opens the window is not documented
  if (item.optin) return { ...keyed(item.optin.ref), kind: 'referral', ref: item.optin.ref ?? null };
  if (item.delivery)
    return { ...keyed(item.delivery.watermark), kind: 'delivered', receipt: readReceipt(item.delivery) };
  if (item.read) return { ...keyed(item.read.watermark), kind: 'read', receipt: readReceipt(item.read) };
  if (item.reaction) {
    const { mid, action } = item.reaction;
    return { ...keyed(mid, action), kind: 'reaction', messageId: mid ?? null };
  }
  if (item.message_edit) {
    const { mid, text } = item.message_edit;
    return { ...keyed(mid, text), kind: 'edit', messageId: mid ?? null, text: text ?? '' };
  }
  return readHandover(item, keyed, identity);
}

function withMid(base: InboundEvent, dedupeKey: string, mid: string): InboundEvent {
  return { ...base, dedupeKey, messageId: mid };
}

/** Meta counts in milliseconds, but referrals were seen in seconds; 1e11 ms is the year 1973. */
function toMilliseconds(timestamp: number | undefined): number | undefined {
  return timestamp !== undefined && timestamp < 1e11 ? timestamp * 1000 : timestamp;
}

function readMessage(
  item: Item,
  message: Message,
  base: InboundEvent,
  identity: MessengerIdentity,
): InboundEvent {
  const attachments = message.attachments.map((attachment) => readAttachment(attachment, message.sticker_id));
  const event = {
    ...base,
    text: message.text ?? '',
    attachments,
    ref: message.referral?.ref ?? null,
  };
  // whatever the page itself says is an echo, flagged or not: answering it would be answering ourselves
  if (message.is_echo === true || item.sender?.id === identity.pageId) {
    return { ...event, kind: 'echo', senderId: identity.pageId, party: nameWriter(message, identity) };
  }
  if (message.is_deleted === true) return { ...event, kind: 'unsend' };
  const written = { ...event, ...WRITTEN, kind: 'message' as const };
  const payload = message.quick_reply?.payload;
  if (payload !== undefined) return { ...written, kind: 'postback', payload };
  if (event.text !== '' || attachments.length > 0) return written;
  // something was written that does not reach us as text or file; it deserves an honest answer
  return base.messageId === null
    ? base
    : { ...written, attachments: [{ ...BARE_ATTACHMENT, type: 'unsupported' }] };
}

const WRITTEN = { botMayReply: true, opensWindow: true } as const;

function nameWriter({ app_id: appId, metadata }: Message, identity: MessengerIdentity): Party {
  if (appId !== undefined) return nameApp(appId, identity);
  return metadata === OWN_METADATA ? 'us' : 'unnamed';
}

function nameApp(appId: string, identity: MessengerIdentity): Party {
  if (appId === identity.appId) return 'us';
  return appId === PAGE_INBOX_APP_ID ? 'inbox' : 'other';
}

function readPostback(postback: Postback, base: InboundEvent): InboundEvent {
  const payload = postback.payload ?? null;
  const event = { ...base, ...WRITTEN, payload, ref: postback.referral?.ref ?? null };
  if (payload === GET_STARTED) return { ...event, kind: 'start' };
  return { ...event, kind: 'postback', text: postback.title ?? '' };
}

function readReferral(ref: string | undefined, base: InboundEvent): InboundEvent {
  return { ...base, ...WRITTEN, kind: 'referral', ref: ref ?? null };
}

/** Meta says "everything up to then"; the ids beside it are incomplete. */
function readReceipt({ watermark, mids }: z.infer<typeof ReceiptSchema>): Receipt {
  return {
    messageIds: mids.filter((id) => id !== undefined),
    upTo: toDate(toMilliseconds(watermark)),
  };
}

/** `request_thread_control` is a wish: the conversation stays where it is. */
function readHandover(
  item: Item,
  keyed: (...pieces: (string | undefined)[]) => InboundEvent,
  identity: MessengerIdentity,
): InboundEvent {
  const change = item.pass_thread_control ?? item.take_thread_control;
  if (change) {
    const { new_owner_app_id: owner, previous_owner_app_id: previous } = change;
    const leftUs = previous === identity.appId ? 'other' : null;
    const party = owner === undefined ? leftUs : nameApp(owner, identity);
    return { ...keyed(owner, previous), kind: 'handover', party };
  }
  if (item.request_thread_control) {
    return { ...keyed(item.request_thread_control.requested_owner_app_id), kind: 'handover' };
  }
  return keyed();
}

/** `payload.url` carries the right to fetch in its query, and runs out. */
function readAttachment(
  attachment: z.infer<typeof AttachmentSchema> | undefined,
  stickerId: string | undefined,
): InboundAttachment {
  const isSticker = stickerId !== undefined || attachment?.payload?.sticker_id !== undefined;
  const type = isSticker ? 'sticker' : (ATTACHMENT_TYPES[attachment?.type ?? ''] ?? 'unsupported');
  const place = attachment?.payload?.coordinates;
  const url = FILES.has(type) ? attachment?.payload?.url : undefined;
  if (type !== 'location') return { ...BARE_ATTACHMENT, type, ...(url !== undefined && { url }) };
  return { ...BARE_ATTACHMENT, type, latitude: place?.lat ?? null, longitude: place?.long ?? null };
}

/** A shared post has an address too, but it is not a file somebody sent. */
const FILES: ReadonlySet<string> = new Set(['image', 'audio', 'video', 'file', 'sticker']);

/** `fallback` is the preview of a link in the text; the shared posts of other parts of Meta are links too. */
const ATTACHMENT_TYPES: Readonly<Record<string, InboundAttachment['type']>> = {
  image: 'image',
  audio: 'audio',
  video: 'video',
  file: 'file',
  sticker: 'sticker',
  location: 'location',
  fallback: 'link',
  reel: 'link',
  ig_reel: 'link',
  post: 'link',
  ig_post: 'link',
};

const ITEM_KINDS = [
  'message',
  'postback',
  'referral',
  'optin',
  'delivery',
  'read',
  'reaction',
  'message_edit',
  'pass_thread_control',
  'take_thread_control',
  'request_thread_control',
  POLICY_KEY,
] as const;

/** Ids of apps and stickers come as numbers or as strings. */
const IdSchema = z.union([z.string().min(1), z.int().transform(String)]);
const text = lenient(z.string());
const mid = lenient(z.string().min(1).max(500));
const RefSchema = z.object({ ref: text });
const SideSchema = z.object({ id: z.string().min(1).max(100) });
const AttachmentSchema = z.object({
  type: text,
  payload: lenient(
    z.object({
      url: lenient(z.url({ protocol: /^https?$/ }).max(4_000)),
      sticker_id: lenient(IdSchema),
      coordinates: lenient(
        z.object({ lat: z.number().min(-90).max(90), long: z.number().min(-180).max(180) }),
      ),
    }),
  ),
});
const MessageSchema = z.object({
  mid,
  text,
  is_echo: lenient(z.boolean()),
  is_deleted: lenient(z.boolean()),
  app_id: lenient(IdSchema),
  metadata: text,
  sticker_id: lenient(IdSchema),
  quick_reply: lenient(z.object({ payload: z.string() })),
  referral: lenient(RefSchema),
  attachments: lenientArray(AttachmentSchema),
});
const PostbackSchema = z.object({ mid, title: text, payload: text, referral: lenient(RefSchema) });
const ReceiptSchema = z.object({
  watermark: lenient(z.number()),
  mids: lenientArray(z.string().min(1).max(500)),
});
const ControlSchema = z.object({
  new_owner_app_id: lenient(IdSchema),
  previous_owner_app_id: lenient(IdSchema),
});
const ItemSchema = z.object({
  sender: lenient(SideSchema),
  recipient: lenient(SideSchema),
  timestamp: lenient(z.number()),
  message: lenient(MessageSchema),
  postback: lenient(PostbackSchema),
  referral: lenient(RefSchema),
  optin: lenient(RefSchema),
  delivery: lenient(ReceiptSchema),
  read: lenient(ReceiptSchema),
  reaction: lenient(z.object({ mid, action: text })),
  message_edit: lenient(z.object({ mid, text })),
  pass_thread_control: lenient(ControlSchema),
  take_thread_control: lenient(ControlSchema),
  request_thread_control: lenient(z.object({ requested_owner_app_id: lenient(IdSchema) })),
  [POLICY_KEY]: present,
});
const items = z.array(z.unknown()).catch([]);
const BodySchema = z.object({
  object: z.literal('page'),
  entry: lenientArray(z.object({ messaging: items, messaging_handovers: items, standby: items })),
});

type Item = Partial<z.infer<typeof ItemSchema>>;
type Message = z.infer<typeof MessageSchema>;
type Postback = z.infer<typeof PostbackSchema>;
