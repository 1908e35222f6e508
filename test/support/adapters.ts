/** Adapters of the accounts the fake platforms know, and what they read: for tests of one adapter at a time. */
import type { Adapter, AdapterLog, InboundEvent } from '../../server/channels/adapter.ts';
import { createLineAdapter } from '../../server/channels/line.ts';
import { createMessengerAdapter } from '../../server/channels/messenger.ts';
import { createTelegramAdapter } from '../../server/channels/telegram.ts';
import type { TokenSource } from '../../server/channels/token-source.ts';
import { createZaloAdapter } from '../../server/channels/zalo.ts';
import type { HttpClient } from '../../server/http.ts';
import { FAKE_LINE } from './platforms/line.ts';
import { FAKE_PAGE } from './platforms/messenger.ts';
import type { Platforms } from './platforms/platforms.ts';
import { FAKE_BOT } from './platforms/telegram.ts';
import { FAKE_ZALO, type ZaloFace } from './platforms/zalo.ts';
import { fixedTokens } from './tokens.ts';

/** When everything in tests of adapters happens. */
export const NOW = new Date('2026-11-22T08:00:00Z');

export function createLine(over: Partial<Parameters<typeof createLineAdapter>[0]> = {}): Adapter {
  return createLineAdapter({ account: 'default', ...FAKE_LINE, ...over });
}

export function createMessenger(over: Partial<Parameters<typeof createMessengerAdapter>[0]> = {}): Adapter {
  return createMessengerAdapter({ account: 'default', ...FAKE_PAGE, ...over });
}

export function createTelegram(over: Partial<Parameters<typeof createTelegramAdapter>[0]> = {}): Adapter {
  return createTelegramAdapter({ account: 'default', ...FAKE_BOT, ...over });
}

/** Without a token worth anything, unless told. */
export function createZalo(over: Partial<Parameters<typeof createZaloAdapter>[0]> = {}): Adapter {
  return createZaloAdapter({ account: 'default', ...FAKE_ZALO, tokens: fixedTokens(() => ''), ...over });
}

/** With a token the platform has given. */
export async function connectZalo(
  platforms: Platforms,
  http: HttpClient,
  log?: AdapterLog,
  tokens: Partial<TokenSource> = {},
): Promise<Adapter> {
  const apiBase = platforms.base('zalo');
  const token = await obtainToken(http, apiBase, platforms.zalo);
  return createZalo({
    otherSecrets: [FAKE_ZALO.appSecret],
    tokens: fixedTokens(() => token, tokens),
    apiBase,
    http,
    ...(log && { log }),
  });
}

async function obtainToken(http: HttpClient, base: string, face: ZaloFace): Promise<string> {
  const form = {
    app_id: FAKE_ZALO.appId,
    grant_type: 'refresh_token',
    refresh_token: face.issueRefreshToken(),
  };
  await http.request({
    method: 'POST',
    url: `${base}/v4/oa/access_token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', secret_key: FAKE_ZALO.appSecret },
    body: new URLSearchParams(form).toString(),
  });
  return face.allTokens().findLast((one) => one.includes('access')) ?? '';
}

/** @throws Error when the body is no JSON */
export function readEvents(adapter: Adapter, body: object | string): readonly InboundEvent[] {
  const raw = typeof body === 'string' ? body : JSON.stringify(body);
  const result = adapter.parse(Buffer.from(raw), NOW);
  if (result.kind === 'not_json') throw new Error('not JSON');
  return result.events;
}
