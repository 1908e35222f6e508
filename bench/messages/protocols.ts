/** How each server in the comparison is spoken to: the same words, wrapped and signed as its platform does it. */
import { createHash, createHmac } from 'node:crypto';

/** Invented. */
export const SECRETS = {
  zaloAppId: '1234567890123456789',
  zaloAppSecret: 'bench-app-secret-not-real',
  zaloOaId: '2847561093847561029',
  zaloOaSecret: 'bench-oa-secret-key-not-real',
  telegramToken: '123456:bench-token-not-real-aaaaaaaaaaaaaaa',
  telegramSecret: 'bench_webhook-secret_1',
  messengerAppSecret: 'bench-messenger-secret-not-real',
  messengerPageToken: 'bench-page-token-not-real',
  messengerPageId: '1090000000000001',
} as const;

export const PROTOCOLS = ['zalo', 'telegram', 'messenger'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** What one person says: a text, or the choice a button stands for. */
export type Line = { kind: 'text'; text: string } | { kind: 'tap'; id: string };

export interface Delivery {
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** @param number counts messages over the whole run: no two have the same platform id */
export function buildDelivery(protocol: Protocol, person: string, line: Line, number: number): Delivery {
  const at = Date.now();
  switch (protocol) {
    case 'zalo':
      return signZalo(
        {
          app_id: SECRETS.zaloAppId,
          user_id_by_app: `9${person}`,
          event_name: 'user_send_text',
          timestamp: String(at),
          sender: { id: person },
          recipient: { id: SECRETS.zaloOaId },
          message: { msg_id: `m${number}`, text: line.kind === 'tap' ? `#ht:${line.id}` : line.text },
        },
        String(at),
      );
    case 'telegram':
      return {
        headers: { 'x-telegram-bot-api-secret-token': SECRETS.telegramSecret },
        body: JSON.stringify({
          update_id: number,
          message: {
            message_id: number,
            date: Math.floor(at / 1000),
            chat: { id: Number(person), type: 'private', first_name: 'Example' },
            from: { id: Number(person), is_bot: false, first_name: 'Example', language_code: 'vi' },
            text: wordsOf(line),
          },
        }),
      };
    case 'messenger':
      return signMessenger({
        object: 'page',
        entry: [
          {
            id: SECRETS.messengerPageId,
            time: at,
            messaging: [
              {
                sender: { id: person },
                recipient: { id: SECRETS.messengerPageId },
                timestamp: at,
                message: { mid: `m_${number}`, text: wordsOf(line) },
              },
            ],
          },
        ],
      });
  }
}

/** Who a message of ours is for, as it stands in the body each platform takes. */
export function readRecipient(body: string): string | null {
  return /(?:"user_id":|"chat_id":|"recipient":\{"id":)"?(\d+)/.exec(body)?.[1] ?? null;
}

function wordsOf(line: Line): string {
  return line.kind === 'tap' ? line.id : line.text;
}

function signZalo(value: unknown, at: string): Delivery {
  const body = JSON.stringify(value);
  const mac = createHash('sha256')
    .update(SECRETS.zaloAppId)
    .update(body)
    .update(at)
    .update(SECRETS.zaloOaSecret)
    .digest('hex');
  return { headers: { 'x-zevent-signature': `mac=${mac}` }, body };
}

function signMessenger(value: unknown): Delivery {
  const body = JSON.stringify(value);
  const mac = createHmac('sha256', SECRETS.messengerAppSecret).update(body).digest('hex');
  return {
    headers: {
      'x-hub-signature': `sha1=${createHmac('sha1', SECRETS.messengerAppSecret).update(body).digest('hex')}`,
      'x-hub-signature-256': `sha256=${mac}`,
    },
    body,
  };
}
