/** Builders for tests of rotating tokens: one "instance" as a server process would make it, on a real database. */
import { createTokenStore } from '../../server/store/channel-tokens.ts';
import { createZaloAdapter } from '../../server/channels/zalo.ts';
import { createZaloOAuth } from '../../server/channels/zalo-oauth.ts';
import { createZaloTokens } from '../../server/channels/zalo-tokens.ts';
import type { Adapter } from '../../server/channels/adapter.ts';
import type { TokenFault, TokenResult, TokenSource, TokenStore } from '../../server/channels/token-source.ts';
import { createHttpClient } from '../../server/http.ts';
import type { Transact, Vault } from '../../server/ports.ts';
import type pg from 'pg';
import { FAKE_ZALO } from './platforms/zalo.ts';
import { testVault } from './turns.ts';

export interface TokenInstance {
  store: TokenStore;
  tokens: TokenSource;
  adapter: Adapter;
  alarms: { fault: TokenFault; code: string }[];
  close: () => void;
}

export interface TokenInstanceOptions {
  database: { pool: pg.Pool; transact: Transact };
  /** base address of the fake's face */
  base: string;
  now: () => Date;
  firstRefreshToken?: string | null;
  /** replaces parts of the store, e.g. to let one step fail */
  changeStore?: (store: TokenStore) => TokenStore;
  vault?: Vault;
  appSecret?: string;
}

export function startTokenInstance(options: TokenInstanceOptions): TokenInstance {
  const { database, base, now } = options;
  const http = createHttpClient({ allowedBases: [base] });
  const vault = options.vault ?? testVault();
  const plain = createTokenStore({ ...database, vault, channel: 'zalo', account: 'default' });
  const store = options.changeStore?.(plain) ?? plain;
  const alarms: TokenInstance['alarms'] = [];
  const app = {
    appId: FAKE_ZALO.appId,
    appSecret: options.appSecret ?? FAKE_ZALO.appSecret,
    oauthBase: base,
  };
  const tokens = createZaloTokens({
    store,
    refresh: createZaloOAuth(app, { http, now }).refresh,
    firstRefreshToken: options.firstRefreshToken ?? null,
    now,
    onAlarm: (fault, code) => alarms.push({ fault, code }),
  });
  const adapter = createZaloAdapter({ account: 'default', ...FAKE_ZALO, tokens, apiBase: base, http });
  return { store, tokens, adapter, alarms, close: () => http.close() };
}

/** A source of tokens without a store: the newest one, always the same. */
export function fixedTokens(token: () => string, over: Partial<TokenSource> = {}): TokenSource {
  const give = (generation: number): Promise<TokenResult> =>
    Promise.resolve({ ok: true, access: { token: token(), generation } });
  return {
    get: () => give(1),
    replace: ({ generation }) => give(generation + 1),
    keepFresh: () => Promise.resolve(),
    settle: () => Promise.resolve(),
    health: () => Promise.resolve({ ok: true, code: 'ok' }),
    ...over,
  };
}
