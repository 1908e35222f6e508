/** Webhooks of LINE, as the account of the fake gets them, and their signature. */
import { createHmac } from 'node:crypto';
import { type ChannelEvents, chunk, type Happening } from './events.ts';
import { FAKE_LINE, nameReplyToken } from './line.ts';

/** The headers LINE sends with these bytes. */
export function signLine(raw: Buffer | string): { 'x-line-signature': string } {
  return {
    'x-line-signature': createHmac('sha256', FAKE_LINE.channelSecret).update(raw).digest('base64'),
  };
}

export function buildLineDelivery(events: readonly object[]): object {
  return { destination: FAKE_LINE.destination, events };
}

/** An event in a private chat; `fields` say what happened and overrule the rest. */
export function buildLineEvent(userId: string, id: number, fields: object): object {
  return {
    webhookEventId: `01K5EXAMPLE${String(id).padStart(15, '0')}`,
    deliveryContext: { isRedelivery: false },
    timestamp: 1790000000000 + id,
    source: { type: 'user', userId },
    replyToken: nameReplyToken(userId, id),
    mode: 'active',
    ...fields,
  };
}

export function buildLineText(userId: string, id: number, text: string): object {
  return buildLineEvent(userId, id, {
    type: 'message',
    message: { id: nameMessage(id), type: 'text', text },
  });
}

const nameMessage = (id: number): string => String(500_000 + id);

function happen({ person, id, at }: Happening, fields: object): object {
  return buildLineEvent(person, id, { timestamp: at.getTime(), ...fields });
}

const send = (fields: object) => (happening: Happening) =>
  happen(happening, { type: 'message', message: { id: nameMessage(happening.id), ...fields } });
const contentProvider = { type: 'line' };

/** LINE tells no receipts and no reactions, and nothing of what the account itself writes. */
export const LINE_EVENTS: ChannelEvents = {
  person: (n) => `U${String(n).padStart(32, '0')}`,
  messageId: nameMessage,
  build: {
    text: (happening, text) => send({ type: 'text', text })(happening),
    tap: (happening, data) => happen(happening, { type: 'postback', postback: { data } }),
    image: send({ type: 'image', contentProvider }),
    voice: send({ type: 'audio', duration: 3000, contentProvider }),
    sticker: send({ type: 'sticker', packageId: '1', stickerId: '2', stickerResourceType: 'STATIC' }),
    location: send({ type: 'location', latitude: 10.5, longitude: 106.5 }),
    follow: (happening) => happen(happening, { type: 'follow', follow: { isUnblocked: false } }),
    unfollow: (happening) => happen(happening, { type: 'unfollow', replyToken: undefined }),
    edit: (happening, text) =>
      happen(happening, {
        type: 'messageEdited',
        message: { id: '500001', type: 'text', text },
        replyToken: undefined,
      }),
    unsend: (happening, messageId) =>
      happen(happening, { type: 'unsend', unsend: { messageId }, replyToken: undefined }),
    group: (happening, text) =>
      happen(happening, {
        type: 'message',
        source: { type: 'group', groupId: `C${'1'.repeat(32)}`, userId: happening.person },
        message: { id: nameMessage(happening.id), type: 'text', text },
      }),
  },
  pack: (events, perBody) => chunk(events, perBody).map(buildLineDelivery),
  sign: signLine,
};
