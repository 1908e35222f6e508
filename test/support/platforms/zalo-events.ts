/** Webhooks of Zalo, as the account of the fake gets them, and their signature. */
import { createHash } from 'node:crypto';
import { type ChannelEvents, type Happening, packSingly } from './events.ts';
import { FAKE_ZALO } from './zalo.ts';

/** The header Zalo signs with: plain SHA-256 over app id, bytes, time and OA secret. */
export function signZalo(raw: Buffer | string): { 'X-ZEvent-Signature': string } {
  const time = /"timestamp":\s*"?(\d+)/.exec(raw.toString())?.[1] ?? '';
  const digest = createHash('sha256')
    .update(FAKE_ZALO.appId)
    .update(raw)
    .update(time)
    .update(FAKE_ZALO.oaSecret);
  return { 'X-ZEvent-Signature': `mac=${digest.digest('hex')}` };
}

export interface ZaloPerson {
  id: string;
  messageId: string;
  at: Date;
}

/** A body as Zalo delivers it when a person writes, or taps a button whose payload is `text`. */
export function buildZaloText({ id, messageId, at }: ZaloPerson, text: string): Record<string, unknown> {
  return {
    ...envelope('user_send_text', at),
    sender: { id },
    recipient: { id: FAKE_ZALO.oaId },
    message: { msg_id: messageId, text },
  };
}

function envelope(name: string, at: Date) {
  return {
    app_id: FAKE_ZALO.appId,
    user_id_by_app: '5598877665544332211',
    event_name: name,
    timestamp: String(at.getTime()),
  };
}

const us = { id: FAKE_ZALO.oaId };
const nameMessage = (id: number): string => `zalo-message-${id}`;
const idOf = ({ id }: Happening): string => nameMessage(id);

/** A message with an attachment from the person. */
function buildAttachment(happening: Happening, type: string, payload: object): object {
  return {
    ...envelope(`user_send_${type}`, happening.at),
    sender: { id: happening.person },
    recipient: us,
    message: { msg_id: idOf(happening), attachments: [{ type, payload }] },
  };
}

/** From the account to the person, as receipts and echoes come. */
function buildFromUs(happening: Happening, name: string, message: object, sender: object = us): object {
  return { ...envelope(name, happening.at), sender, recipient: { id: happening.person }, message };
}

const writes = (happening: Happening, text: string) =>
  buildZaloText({ id: happening.person, messageId: idOf(happening), at: happening.at }, text);
const follows = (name: string) => (happening: Happening) => ({
  ...envelope(name, happening.at),
  oa_id: FAKE_ZALO.oaId,
  follower: { id: happening.person },
  source: 'oa_profile',
});

/** Zalo has no event of its own for a tap, and none for edits and messages taken back. */
export const ZALO_EVENTS: ChannelEvents = {
  person: (n) => String(7_010_000_000_000_000_000n + BigInt(n)),
  messageId: nameMessage,
  build: {
    text: writes,
    tap: writes,
    image: (happening) => buildAttachment(happening, 'image', { url: 'https://example.org/zalo.jpg' }),
    voice: (happening) => buildAttachment(happening, 'audio', { url: 'https://example.org/zalo.amr' }),
    sticker: (happening) =>
      buildAttachment(happening, 'sticker', { id: '1', url: 'https://example.org/zalo.png' }),
    location: (happening) =>
      buildAttachment(happening, 'location', {
        coordinates: { latitude: '10.5', longitude: '106.5' },
      }),
    start: (happening) => ({
      ...envelope('user_click_chatnow', happening.at),
      oa_id: FAKE_ZALO.oaId,
      user_id: happening.person,
    }),
    follow: follows('follow'),
    unfollow: follows('unfollow'),
    delivered: (happening, messageId) =>
      buildFromUs(happening, 'user_received_message', { msg_id: messageId }),
    read: (happening, messageId) => buildFromUs(happening, 'user_seen_message', { msg_ids: [messageId] }),
    echo: (happening, text) =>
      buildFromUs(
        happening,
        'oa_send_text',
        { msg_id: idOf(happening), text },
        { ...us, admin_id: '9988776655443322110' },
      ),
    reaction: (happening, messageId) => ({
      ...envelope('user_reacted_message', happening.at),
      sender: { id: happening.person },
      recipient: us,
      message: { msg_id: messageId, react_icon: '/-heart' },
    }),
    group: (happening, text) => ({
      ...envelope('user_send_group_text', happening.at),
      oa_id: FAKE_ZALO.oaId,
      group_id: 'example-group',
      sender: { id: happening.person },
      recipient: { id: 'example-group' },
      message: { msg_id: idOf(happening), text },
    }),
  },
  pack: packSingly,
  sign: signZalo,
};
