/** The adapters this server speaks through: one line each. */
import type { Adapter, AdapterLog } from './adapter.ts';
import { type Can, canOf } from './capabilities.ts';
import { createLineAdapter, type LineOptions } from './line.ts';
import { createMessengerAdapter, type MessengerOptions } from './messenger.ts';
import { createTelegramAdapter } from './telegram.ts';
import type { TokenSource } from './token-source.ts';
import { createWebAdapter } from './web.ts';
import { createZaloAdapter } from './zalo.ts';

/** Secrets of the account that comes from the environment; a channel without them is not there. */
export interface ChannelsConfig {
  telegram?: { token: string; webhookSecret: string | null; apiRoot: string } | undefined;
  messenger?: Omit<MessengerOptions, 'account' | 'log' | 'http'> | undefined;
  line?: Omit<LineOptions, 'account' | 'log' | 'now' | 'http'> | undefined;
  zalo?: ZaloConfig | undefined;
}

export interface ZaloConfig {
  appId: string;
  appSecret: string;
  oaId: string;
  oaSecret: string;
  /** null: the tokens come from `npm run zalo:authorise` */
  refreshToken: string | null;
  apiBase: string;
  oauthBase: string;
}

export interface AdapterParts {
  log?: AdapterLog;
  now?: () => Date;
  /** gives Zalo's access tokens; without it nothing can be sent there */
  zaloTokens?: TokenSource | undefined;
}

/** @returns the web page and one adapter for each configured account */
export function createAdapters(config: ChannelsConfig, parts: AdapterParts = {}): readonly Adapter[] {
  const { zaloTokens, ...own } = parts;
  const adapters: Adapter[] = [createWebAdapter()];
  if (config.telegram)
    adapters.push(createTelegramAdapter({ account: 'default', ...config.telegram, ...own }));
  if (config.messenger)
    adapters.push(createMessengerAdapter({ account: 'default', ...config.messenger, ...own }));
  if (config.zalo) adapters.push(createZalo(config.zalo, own.log, zaloTokens));
  if (config.line) adapters.push(createLineAdapter({ account: 'default', ...config.line, ...own }));
  return adapters;
}

/** What flows may ask of a channel; one we do not speak through any more can show text only. */
export function canShow(adapters: readonly Adapter[], channel: string): Can {
  const capabilities = adapters.find((adapter) => adapter.channel === channel)?.capabilities;
  if (capabilities === undefined) return { audio: false, buttons: false, location: false };
  return canOf(capabilities);
}

function createZalo(
  config: ZaloConfig,
  log: AdapterLog | undefined,
  zaloTokens: TokenSource | undefined,
): Adapter {
  const otherSecrets = [config.appSecret, config.refreshToken ?? ''];
  const tokens = zaloTokens ?? NO_TOKENS;
  return createZaloAdapter({ account: 'default', ...config, otherSecrets, tokens, ...(log && { log }) });
}

const NO_TOKENS: TokenSource = {
  get: () => Promise.resolve({ ok: false, fault: 'token_missing' }),
  replace: () => Promise.resolve({ ok: false, fault: 'token_missing' }),
  keepFresh: () => Promise.resolve(),
  settle: () => Promise.resolve(),
  health: () => Promise.resolve({ ok: false, code: 'token_missing' }),
};

/** @returns the adapter of one account, as named in `/hooks/<channel>/<account>`, or null */
export function findAdapter(adapters: readonly Adapter[], channel: string, account: string): Adapter | null {
  return adapters.find((adapter) => adapter.channel === channel && adapter.account === account) ?? null;
}
