/** Turns the bytes of a Telegram webhook into normalised events: pure, total, and deaf to what it does not know. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type InboundAttachment, type InboundEvent, type ParseResult, UNKNOWN_EVENT } from './adapter.ts';

/**
 * Reads one update. A field that is not as documented counts as absent, so that a strange sticker does not cost the text.
 * @returns `not_json` for bytes that are no JSON; else exactly one event, `ignored` when there is nothing to do
 */
export function parseUpdate(raw: Buffer, receivedAt: Date, account: string): ParseResult {
  let json: unknown;
  try {
    json = JSON.parse(raw.toString());
  } catch {
    return { kind: 'not_json' };
  }
  const update = UpdateSchema.safeParse(json).data;
  // update_id is unique within one bot, so a second bot's ids need its name. A body without one is known by its bytes.
  const scope = account === 'default' ? 'telegram' : `telegram:${account}`;
  const id = update?.update_id ?? createHash('sha256').update(raw).digest('hex');
  const base: InboundEvent = { ...UNKNOWN_EVENT, dedupeKey: `${scope}:${id}`, receivedAt };
  return { kind: 'events', events: [update === undefined ? base : readUpdate(update, base)] };
}

function readUpdate(update: Update, base: InboundEvent): InboundEvent {
  if (update.message) return readMessage(update.message, base);
  if (update.edited_message) return readEdit(update.edited_message, base);
  if (update.callback_query) return readCallback(update.callback_query, base);
  if (update.my_chat_member) return readMembership(update.my_chat_member, base);
  if (update.message_reaction) {
    const { chat, user, message_id, date } = update.message_reaction;
    return {
      ...base,
      ...describe(chat, user),
      kind: 'reaction',
      messageId: String(message_id),
      sentAt: toDate(date),
    };
  }
  return base;
}

function readMessage(message: Message, base: InboundEvent): InboundEvent {
  const attachments = readAttachments(message);
  const text = message.text ?? message.caption ?? '';
  const event: InboundEvent = {
    ...base,
    ...describe(message.chat, message.from),
    messageId: String(message.message_id),
    sentAt: toDate(message.date),
    text,
    attachments,
    forwarded: message.forward_origin !== undefined,
  };
  const webAppData = message.web_app_data?.data;
  // Service messages ("pinned a message", "changed the timer") have neither text nor anything attached.
  if (text === '' && attachments.length === 0 && webAppData === undefined) return event;

  const fromPerson = event.conversationType === 'private' && message.from?.is_bot !== true;
  const heard = { botMayReply: fromPerson, opensWindow: fromPerson };
  if (webAppData !== undefined) return { ...event, ...heard, kind: 'postback', payload: webAppData };
  const start = fromPerson && attachments.length === 0 ? START.exec(text) : null;
  if (start) return { ...event, ...heard, kind: 'start', text: '', ref: start[1] ?? null };
  return { ...event, ...heard, kind: 'message' };
}

/**
 * What pressing Start sends. A payload has at most 64 of these characters; anything longer or richer after `/start` was
 * written by hand and stays a message, so that the safety scan reads it.
 */
const START = /^\/start(?:@\w+)?(?:\s+([A-Za-z0-9_-]{1,64}))?\s*$/;

function readEdit(message: Message, base: InboundEvent): InboundEvent {
  return {
    ...base,
    ...describe(message.chat, message.from),
    kind: 'edit',
    messageId: String(message.message_id),
    sentAt: toDate(message.edit_date ?? message.date),
    text: message.text ?? message.caption ?? '',
    attachments: readAttachments(message),
    forwarded: message.forward_origin !== undefined,
  };
}

/** The query has no date of its own, and the date of its message is that of our question. */
function readCallback(query: CallbackQuery, base: InboundEvent): InboundEvent {
  // Without a message it came from an inline result, which this bot never makes; answering still stops the spinner.
  const chat = query.message?.chat;
  const isOurs = chat?.type === 'private' && query.data !== undefined && !query.from.is_bot;
  const event = {
    ...base,
    ...describe(chat ?? { id: query.from.id, type: 'private' }, query.from),
    messageId: query.message === undefined ? null : String(query.message.message_id),
    replyHandle: query.id,
  };
  const isOrphan =
    query.message === undefined && query.inline_message_id === undefined && query.data !== undefined;
  if (!isOurs && !isOrphan) return event;
  return { ...event, kind: 'postback', payload: query.data ?? null, botMayReply: true, opensWindow: true };
}

function readMembership(change: Membership, base: InboundEvent): InboundEvent {
  const event = { ...base, ...describe(change.chat, change.from), sentAt: toDate(change.date) };
  if (change.chat.type !== 'private') return { ...event, kind: 'membership' };
  const { status } = change.new_chat_member;
  if (status === 'kicked') return { ...event, kind: 'unfollow' };
  return status === 'member'
    ? { ...event, kind: 'follow', opensWindow: true }
    : { ...event, kind: 'membership' };
}

function describe(chat: Chat, from: User | undefined) {
  return {
    conversationId: String(chat.id),
    conversationType: CONVERSATION_TYPES[chat.type],
    senderId: from === undefined ? null : String(from.id),
    languageHint: from?.language_code ?? null,
  };
}

const CONVERSATION_TYPES = {
  private: 'private',
  group: 'group',
  supergroup: 'group',
  channel: 'channel',
} as const;

/** Telegram counts in seconds. Year 0 and year 10000 are nobody's message. */
function toDate(seconds: number | undefined): Date | null {
  return seconds === undefined || seconds <= 0 || seconds > 253_402_300_799 ? null : new Date(seconds * 1000);
}

/** A message carries one thing; where Telegram repeats it in an older form, the newer name comes first. */
function readAttachments(message: Message): InboundAttachment[] {
  const photo = message.photo?.at(-1); // sizes ascend
  if (message.animation) return [readFile('video', message.animation)];
  if (photo) return [readFile('image', photo)];
  if (message.voice) return [readFile('voice', message.voice)];
  if (message.audio) return [readFile('audio', message.audio)];
  if (message.video) return [readFile('video', message.video)];
  if (message.video_note) return [readFile('video', message.video_note)];
  if (message.document) return [readFile('file', message.document)];
  if (message.sticker) return [readFile('sticker', message.sticker)];
  if (message.location) return [{ ...BARE, type: 'location', ...message.location }];
  if (message.contact !== undefined) return [{ ...BARE, type: 'contact' }];
  const isUnsupported = UNSUPPORTED.some((name) => message[name] !== undefined);
  return isUnsupported ? [{ ...BARE, type: 'unsupported' }] : [];
}

const BARE = {
  ref: null,
  mimeType: null,
  sizeBytes: null,
  durationMs: null,
  latitude: null,
  longitude: null,
} as const;

function readFile(type: InboundAttachment['type'], file: File): InboundAttachment {
  return {
    ...BARE,
    type,
    ref: file.file_id,
    mimeType: file.mime_type ?? null,
    sizeBytes: file.file_size ?? null,
    durationMs: file.duration === undefined ? null : file.duration * 1000,
  };
}

/** Absent when missing or not as documented. */
function lenient<T extends z.ZodType>(schema: T) {
  return schema.optional().catch(undefined);
}

/** Sent by people, not understood here: they deserve an honest answer. All else without text is a service message. */
const UNSUPPORTED = [
  'poll',
  'dice',
  'game',
  'story',
  'checklist',
  'paid_media',
  'rich_message',
  'invoice',
  'giveaway',
] as const;

const CountSchema = z.int().nonnegative();
const FileSchema = z.object({
  file_id: z.string(),
  mime_type: lenient(z.string()),
  file_size: lenient(CountSchema),
  duration: lenient(CountSchema.max(31_536_000)),
});
const UserSchema = z.object({
  id: z.int(),
  is_bot: z.boolean().catch(false),
  language_code: lenient(z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)),
});
const ChatSchema = z.object({ id: z.int(), type: z.enum(['private', 'group', 'supergroup', 'channel']) });
const present = lenient(z.looseObject({}));
const MessageSchema = z.object({
  message_id: z.int(),
  chat: ChatSchema,
  from: lenient(UserSchema),
  date: lenient(z.int()),
  edit_date: lenient(z.int()),
  text: lenient(z.string()),
  caption: lenient(z.string()),
  forward_origin: present,
  animation: lenient(FileSchema),
  photo: lenient(z.array(FileSchema)),
  voice: lenient(FileSchema),
  audio: lenient(FileSchema),
  video: lenient(FileSchema),
  video_note: lenient(FileSchema),
  document: lenient(FileSchema),
  sticker: lenient(FileSchema),
  /** a venue repeats its location here */
  location: lenient(
    z.object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) }),
  ),
  contact: present,
  web_app_data: lenient(z.object({ data: z.string() })),
  poll: present,
  dice: present,
  game: present,
  story: present,
  checklist: present,
  paid_media: present,
  rich_message: present,
  invoice: present,
  giveaway: present,
});
const CallbackQuerySchema = z.object({
  id: z.string().min(1),
  from: UserSchema,
  /** only chat and id when too old */
  message: lenient(z.object({ message_id: z.int(), chat: ChatSchema })),
  inline_message_id: lenient(z.string()),
  data: lenient(z.string()),
});
const MembershipSchema = z.object({
  chat: ChatSchema,
  from: lenient(UserSchema),
  date: lenient(z.int()),
  new_chat_member: z.object({ status: z.string() }),
});
const ReactionSchema = z.object({
  chat: ChatSchema,
  message_id: z.int(),
  user: lenient(UserSchema),
  date: lenient(z.int()),
});
const UpdateSchema = z.object({
  update_id: lenient(z.int()),
  message: lenient(MessageSchema),
  edited_message: lenient(MessageSchema),
  callback_query: lenient(CallbackQuerySchema),
  my_chat_member: lenient(MembershipSchema),
  message_reaction: lenient(ReactionSchema),
});

type File = z.infer<typeof FileSchema>;
type User = z.infer<typeof UserSchema>;
type Chat = z.infer<typeof ChatSchema>;
type Message = z.infer<typeof MessageSchema>;
type CallbackQuery = z.infer<typeof CallbackQuerySchema>;
type Membership = z.infer<typeof MembershipSchema>;
type Update = z.infer<typeof UpdateSchema>;
