/** Webhooks of Messenger, as the page of the fake gets them, and their signature. */
import { createHmac } from 'node:crypto';
import { type ChannelEvents, chunk, type Happening } from './events.ts';
import { FAKE_PAGE } from './messenger.ts';

/** The program through which somebody answers in Meta's own inbox. */
export const PAGE_INBOX_APP_ID = 263902037430900;

/** The headers Meta sends with these bytes. */
export function signMessenger(raw: Buffer | string): { 'X-Hub-Signature-256': string } {
  const hex = createHmac('sha256', FAKE_PAGE.appSecret).update(raw).digest('hex');
  return { 'X-Hub-Signature-256': `sha256=${hex}` };
}

/** A delivery with these items in `entry[].messaging[]`, or in another list of the entry. */
export function buildDelivery(items: readonly object[], list = 'messaging'): object {
  return { object: 'page', entry: [{ id: FAKE_PAGE.pageId, time: 1790000000000, [list]: items }] };
}

/** An item from the person to the page; `fields` say what happened. */
export function buildItem(psid: string, fields: object, timestamp = 1790000000000): object {
  return { sender: { id: psid }, recipient: { id: FAKE_PAGE.pageId }, timestamp, ...fields };
}

const nameMessage = (id: number): string => `m_${id}`;
const midOf = ({ id }: Happening): string => nameMessage(id);

function happen(happening: Happening, fields: object): object {
  return buildItem(happening.person, fields, happening.at.getTime());
}

function attach(happening: Happening, type: string, payload: object): object {
  return happen(happening, { message: { mid: midOf(happening), attachments: [{ type, payload }] } });
}

/** Messenger knows no groups here; that somebody follows or blocks a page is not told. */
export const MESSENGER_EVENTS: ChannelEvents = {
  person: (n) => String(8_000_000_000_000_000 + n),
  messageId: nameMessage,
  build: {
    text: (happening, text) => happen(happening, { message: { mid: midOf(happening), text } }),
    tap: (happening, payload) =>
      happen(happening, { message: { mid: midOf(happening), text: 'x', quick_reply: { payload } } }),
    image: (happening) => attach(happening, 'image', { url: 'https://example.org/messenger.jpg' }),
    voice: (happening) => attach(happening, 'audio', { url: 'https://example.org/messenger.mp4' }),
    sticker: (happening) =>
      attach(happening, 'sticker', { url: 'https://example.org/messenger.png', sticker_id: 369 }),
    location: (happening) => attach(happening, 'location', { coordinates: { lat: 10.5, long: 106.5 } }),
    start: (happening) =>
      happen(happening, { postback: { mid: midOf(happening), title: 'x', payload: 'GET_STARTED' } }),
    delivered: (happening, messageId) =>
      happen(happening, { delivery: { mids: [messageId], watermark: happening.at.getTime() } }),
    read: (happening) => happen(happening, { read: { watermark: happening.at.getTime() } }),
    echo: (happening, text) => ({
      sender: { id: FAKE_PAGE.pageId },
      recipient: { id: happening.person },
      timestamp: happening.at.getTime(),
      message: { mid: midOf(happening), is_echo: true, app_id: PAGE_INBOX_APP_ID, text },
    }),
    edit: (happening, text) =>
      happen(happening, { message_edit: { mid: midOf(happening), text, num_edit: 1 } }),
    unsend: (happening, messageId) => happen(happening, { message: { mid: messageId, is_deleted: true } }),
    reaction: (happening, messageId) =>
      happen(happening, { reaction: { reaction: 'love', emoji: '❤', action: 'react', mid: messageId } }),
  },
  pack: (events, perBody) => chunk(events, perBody).map((items) => buildDelivery(items)),
  sign: signMessenger,
};
