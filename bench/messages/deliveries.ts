/** What the load writes and how each platform wraps and signs it; all ids and secrets are invented. */
import { createHash, createHmac } from 'node:crypto';

export const ACCOUNT = {
  zaloAppId: '3141592653589793238',
  zaloOaId: '2718281828459045235',
  zaloAppSecret: 'invented-app-secret-of-the-bench',
  zaloOaSecret: 'invented-oa-secret-of-the-bench',
  telegramToken: '424242:invented-token-of-the-bench-0000000000',
  telegramSecret: 'invented_secret_of_the_bench',
  pageId: '1618033988749894',
  pageToken: 'invented-page-token-of-the-bench',
  pageSecret: 'invented-page-secret-of-the-bench',
} as const;

export const PLATFORMS = ['zalo', 'telegram', 'messenger'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** A tap comes from Zalo as a text with this in front. */
const TAP = '#ht:';
/**
 * A visit of somebody new, told in full: two typed messages, of which one is long enough for the danger scan to read, then taps, with
 * one free text among them, to the result and back to the menu.
 */
export const VISIT: readonly string[] = [
  'xin chào',
  'cho mình hỏi chút, công ty này có thật không ạ?',
  `${TAP}check-offer.how.steps`,
  `${TAP}check-offer.agency.skip`,
  `${TAP}check-offer.country.jp`,
  'menu',
  `${TAP}welcome.options.learn`,
  'menu',
  `${TAP}welcome.options.numbers`,
  'quay lại',
];

export interface Delivery {
  headers: string;
  body: string;
}

/** @param number of the message, unlike any other of the run */
export function buildDelivery(platform: Platform, person: string, text: string, number: number): Delivery {
  const now = Date.now();
  if (platform === 'telegram') {
    const someone = { id: Number(person), first_name: 'Example' };
    const message = {
      message_id: number,
      date: Math.floor(now / 1000),
      chat: { ...someone, type: 'private' },
      from: { ...someone, is_bot: false, language_code: 'vi' },
      text,
    };
    return {
      headers: `x-telegram-bot-api-secret-token: ${ACCOUNT.telegramSecret}\r\n`,
      body: JSON.stringify({ update_id: number, message }),
    };
  }
  if (platform === 'messenger') {
    const between = { sender: { id: person }, recipient: { id: ACCOUNT.pageId } };
    const messaging = [{ ...between, timestamp: now, message: { mid: `m_${number}`, text } }];
    const body = JSON.stringify({ object: 'page', entry: [{ id: ACCOUNT.pageId, time: now, messaging }] });
    const sign = (hash: 'sha1' | 'sha256'): string =>
      `${hash}=${createHmac(hash, ACCOUNT.pageSecret).update(body).digest('hex')}`;
    return {
      headers: `x-hub-signature: ${sign('sha1')}\r\nx-hub-signature-256: ${sign('sha256')}\r\n`,
      body,
    };
  }
  const body = JSON.stringify({
    app_id: ACCOUNT.zaloAppId,
    user_id_by_app: person,
    event_name: 'user_send_text',
    timestamp: String(now),
    sender: { id: person },
    recipient: { id: ACCOUNT.zaloOaId },
    message: { msg_id: `m${number}`, text },
  });
  return { headers: `x-zevent-signature: mac=${signZalo(body, String(now))}\r\n`, body };
}

export function signZalo(body: string | Buffer, time: string): string {
  return createHash('sha256')
    .update(ACCOUNT.zaloAppId)
    .update(body)
    .update(time)
    .update(ACCOUNT.zaloOaSecret)
    .digest('hex');
}

/** Who an outgoing message is for, in the body of any of the three; null when it is none. */
export function readReceiver(body: string): string | null {
  const found = /"(?:user_id|chat_id)":"?(\d+)|"recipient":\{"id":"(\d+)"/.exec(body);
  return found?.[1] ?? found?.[2] ?? null;
}
