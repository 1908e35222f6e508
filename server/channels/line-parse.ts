/** Turns the bytes of a LINE webhook into normalised events: pure, total, and deaf to what it does not know. */
import { z } from 'zod';
import { type InboundAttachment, type InboundEvent, type ParseResult, UNKNOWN_EVENT } from './adapter.ts';
import { BARE_ATTACHMENT, hashPieces, lenient, readJson, toDate } from './reading.ts';

/** What a key of an event begins with (after the channel) that an operator should hear of. */
export const SUSPENDED_KEY = 'bot-suspended';

/** A reply token and when it reached us, as one handle: tokens live for about a minute. */
export interface ReplyToken {
  token: string;
  receivedAt: Date;
}

export function writeReplyHandle({ token, receivedAt }: ReplyToken): string {
  return `${token} ${receivedAt.getTime()}`;
}

/** @returns null for what is no handle of ours */
export function readReplyHandle(handle: string): ReplyToken | null {
  const [, token, at] = /^(\S+) (\d{1,15})$/.exec(handle) ?? [];
  return token === undefined ? null : { token, receivedAt: new Date(Number(at)) };
}

/**
 * Reads one delivery: any number of people, earliest first, since LINE promises no order. A field that is not as documented
 * counts as absent.
 * @returns `not_json` for bytes that are no JSON; else one event for each of LINE's, `ignored` when there is nothing to do
 */
export function parseLine(raw: Buffer, receivedAt: Date, account: string): ParseResult {
  const json = readJson(raw);
  if (json === null) return { kind: 'not_json' };
  const body = BodySchema.safeParse(json.value).data;
  const events = (body?.events ?? []).map((value) => readEvent(value, receivedAt, account));
  const timeOf = (event: InboundEvent): number => (event.sentAt ?? event.receivedAt).getTime();
  return { kind: 'events', events: events.toSorted((a, b) => timeOf(a) - timeOf(b)) };
}

function readEvent(value: unknown, receivedAt: Date, account: string): InboundEvent {
  const scope = account === 'default' ? 'line' : `line:${account}`;
  const event: LineEvent = EventSchema.safeParse(value).data ?? {};
  const id = event.webhookEventId ?? hashPieces(JSON.stringify(value));
  const source = describeSource(event.source);
  const base: InboundEvent = {
    ...UNKNOWN_EVENT,
    ...source,
    dedupeKey: event.type === 'botSuspended' ? `${scope}:${SUSPENDED_KEY}:${id}` : `${scope}:${id}`,
    receivedAt,
    sentAt: toDate(event.timestamp),
  };
  // another module has the conversation: what is written there is kept, and never answered
  const isActive = event.mode !== 'standby';
  const mayAnswer = isActive && source.conversationType === 'private' && source.conversationId !== '';
  // whoever delivers a second time may have used up the token the first time
  const isFresh = isActive && event.deliveryContext?.isRedelivery !== true;
  const heard = {
    ...base,
    botMayReply: mayAnswer,
    opensWindow: mayAnswer,
    replyHandle:
      isFresh && event.replyToken !== undefined
        ? writeReplyHandle({ token: event.replyToken, receivedAt })
        : null,
  };
  switch (event.type) {
    case 'message':
      return event.message === undefined ? base : readMessage(event.message, heard);
    case 'messageEdited':
      return {
        ...base,
        kind: 'edit',
        messageId: event.message?.id ?? null,
        text: event.message?.text ?? '',
      };
    case 'postback':
      return event.postback === undefined
        ? base
        : { ...heard, kind: 'postback', payload: event.postback.data };
    case 'follow':
      return { ...heard, kind: 'follow', returning: event.follow?.isUnblocked === true };
    case 'unfollow':
      return { ...base, kind: 'unfollow' };
    case 'unsend':
      return { ...base, kind: 'unsend', messageId: event.unsend?.messageId ?? null };
    case 'join':
    case 'leave':
    case 'memberJoined':
    case 'memberLeft':
      return { ...base, kind: 'membership' };
    default:
      return base;
  }
}

function describeSource(source: LineEvent['source']) {
  const senderId = source?.userId ?? null;
  switch (source?.type) {
    case 'user':
      return { senderId, conversationId: senderId ?? '', conversationType: 'private' } as const;
    case 'group':
      return { senderId, conversationId: source.groupId ?? '', conversationType: 'group' } as const;
    case 'room':
      return { senderId, conversationId: source.roomId ?? '', conversationType: 'group' } as const;
    default:
      return { senderId, conversationId: '', conversationType: 'private' } as const;
  }
}

/** A sticker can carry words the person typed into it. */
function readMessage(message: Message, heard: InboundEvent): InboundEvent {
  const event = {
    ...heard,
    kind: 'message' as const,
    messageId: message.id ?? null,
    text: message.text ?? '',
  };
  if (message.type === 'text' && message.text !== undefined) return event;
  return { ...event, attachments: [readAttachment(message)] };
}

function readAttachment(message: Message): InboundAttachment {
  const type = ATTACHMENT_TYPES[message.type ?? ''] ?? 'unsupported';
  switch (type) {
    case 'location':
      return {
        ...BARE_ATTACHMENT,
        type,
        latitude: message.latitude ?? null,
        longitude: message.longitude ?? null,
      };
    case 'sticker':
    case 'unsupported':
      return { ...BARE_ATTACHMENT, type };
    default:
      return {
        ...BARE_ATTACHMENT,
        type,
        // what somebody else holds has an address instead of an id
        ref: message.contentProvider?.type === 'external' ? null : (message.id ?? null),
        sizeBytes: message.fileSize ?? null,
        durationMs: message.duration ?? null,
      };
  }
}

const ATTACHMENT_TYPES: Readonly<
  Record<string, 'image' | 'video' | 'audio' | 'file' | 'location' | 'sticker'>
> = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  file: 'file',
  location: 'location',
  sticker: 'sticker',
};

const id = lenient(z.string().min(1).max(200));
const text = lenient(z.string());
const count = lenient(z.number().nonnegative());
const MessageSchema = z.object({
  id,
  type: text,
  text,
  contentProvider: lenient(z.object({ type: z.string() })),
  /** milliseconds */
  duration: count,
  /** bytes */
  fileSize: count,
  latitude: lenient(z.number().min(-90).max(90)),
  longitude: lenient(z.number().min(-180).max(180)),
});
const EventSchema = z.object({
  type: text,
  webhookEventId: id,
  timestamp: lenient(z.number()),
  mode: text,
  replyToken: lenient(z.string().regex(/^\S{1,200}$/)),
  deliveryContext: lenient(z.object({ isRedelivery: z.boolean() })),
  source: lenient(z.object({ type: text, userId: id, groupId: id, roomId: id })),
  message: lenient(MessageSchema),
  postback: lenient(z.object({ data: z.string() })),
  unsend: lenient(z.object({ messageId: id })),
  follow: lenient(z.object({ isUnblocked: z.boolean() })),
});
const BodySchema = z.object({ events: z.array(z.unknown()).catch([]) });

type LineEvent = Partial<z.infer<typeof EventSchema>>;
type Message = z.infer<typeof MessageSchema>;
