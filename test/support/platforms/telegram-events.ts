/** Updates of Telegram, as the bot of the fake gets them, and the header that shows they are Telegram's. */
import { type ChannelEvents, type Happening, packSingly } from './events.ts';
import { BOT_USER, FAKE_BOT } from './telegram.ts';

/** The headers Telegram sends; the body is not signed. */
export function signTelegram(): { 'X-Telegram-Bot-Api-Secret-Token': string } {
  return { 'X-Telegram-Bot-Api-Secret-Token': FAKE_BOT.webhookSecret };
}

export interface TelegramPerson {
  /** user id and private chat id */
  id: number;
  updateId: number;
  /** now unless told */
  at?: Date;
}

/** An update as Telegram delivers it when a person writes `text` in a private chat. */
export function buildTextUpdate(person: TelegramPerson, text: string): Record<string, unknown> {
  return buildMessageUpdate(person, { text });
}

/** An update as Telegram delivers it when a person taps the button with payload `data`. */
export function buildTapUpdate(person: TelegramPerson, data: string): Record<string, unknown> {
  const message = { message_id: 1, from: BOT_USER, chat: chatOf(person), date: dateOf(person), text: '?' };
  return {
    update_id: person.updateId,
    callback_query: {
      id: `query-${person.updateId}`,
      from: userOf(person),
      message,
      chat_instance: '1',
      data,
    },
  };
}

function buildMessageUpdate(
  person: TelegramPerson,
  fields: object,
  name = 'message',
): Record<string, unknown> {
  const message = {
    message_id: person.updateId % 100_000,
    from: userOf(person),
    chat: chatOf(person),
    date: dateOf(person),
    ...fields,
  };
  return { update_id: person.updateId, [name]: message };
}

const userOf = ({ id }: TelegramPerson) => ({ id, is_bot: false, first_name: 'Hoa', language_code: 'vi' });
const chatOf = ({ id }: TelegramPerson) => ({ id, first_name: 'Hoa', type: 'private' });
const dateOf = ({ at = new Date() }: TelegramPerson) => Math.floor(at.getTime() / 1000);
const personOf = ({ person, id, at }: Happening): TelegramPerson => ({
  id: Number(person),
  updateId: id,
  at,
});

function buildMembership(happening: Happening, from: string, to: string): object {
  const person = personOf(happening);
  return {
    update_id: person.updateId,
    my_chat_member: {
      chat: chatOf(person),
      from: userOf(person),
      date: dateOf(person),
      old_chat_member: { status: from, user: BOT_USER },
      new_chat_member: { status: to, user: BOT_USER },
    },
  };
}

const send = (fields: object) => (happening: Happening) => buildMessageUpdate(personOf(happening), fields);
const file = { file_id: 'example-file', file_unique_id: 'example' };

/** Telegram tells no receipts, no messages taken back, and nothing of what a bot itself writes. */
export const TELEGRAM_EVENTS: ChannelEvents = {
  person: (n) => String(5_200_000_000 + n),
  messageId: (id) => String(id % 100_000),
  build: {
    text: (happening, text) => buildTextUpdate(personOf(happening), text),
    tap: (happening, payload) => buildTapUpdate(personOf(happening), payload),
    image: send({ photo: [{ ...file, width: 90, height: 90 }] }),
    voice: send({ voice: { ...file, duration: 3, mime_type: 'audio/ogg' } }),
    sticker: send({
      sticker: { ...file, type: 'regular', width: 1, height: 1, is_animated: false, is_video: false },
    }),
    location: send({ location: { latitude: 10.5, longitude: 106.5 } }),
    start: send({ text: '/start' }),
    follow: (happening) => buildMembership(happening, 'kicked', 'member'),
    unfollow: (happening) => buildMembership(happening, 'member', 'kicked'),
    edit: (happening, text) =>
      buildMessageUpdate(personOf(happening), { text, edit_date: 1790000000 }, 'edited_message'),
    reaction: (happening) => {
      const person = personOf(happening);
      const message_reaction = {
        chat: chatOf(person),
        message_id: 1,
        user: userOf(person),
        date: dateOf(person),
        old_reaction: [],
        new_reaction: [{ type: 'emoji', emoji: '❤' }],
      };
      return { update_id: person.updateId, message_reaction };
    },
    group: (happening, text) =>
      buildMessageUpdate(personOf(happening), {
        text,
        chat: { id: -1_001_000_000_001, title: 'x', type: 'supergroup' },
      }),
  },
  pack: packSingly,
  sign: signTelegram,
};
