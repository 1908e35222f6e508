/** The adapters this server speaks through: one line each. */
import type { Adapter, AdapterLog } from './adapter.ts';
import { createLineAdapter, type LineOptions } from './line.ts';
import { createMessengerAdapter, type MessengerOptions } from './messenger.ts';
import { createTelegramAdapter } from './telegram.ts';
import { createWebAdapter } from './web.ts';

/** Secrets of the account that comes from the environment; a channel without them is not there. */
export interface ChannelsConfig {
  telegram?: { token: string; webhookSecret: string | null; apiRoot: string } | undefined;
  messenger?: Omit<MessengerOptions, 'account' | 'log' | 'http'> | undefined;
  line?: Omit<LineOptions, 'account' | 'log' | 'now' | 'http'> | undefined;
}

export interface AdapterParts {
  log?: AdapterLog;
  now?: () => Date;
}

/** @returns the web page and one adapter for each configured account */
export function createAdapters(config: ChannelsConfig, parts: AdapterParts = {}): readonly Adapter[] {
  const adapters: Adapter[] = [createWebAdapter()];
  if (config.telegram)
    adapters.push(createTelegramAdapter({ account: 'default', ...config.telegram, ...parts }));
  if (config.messenger)
    adapters.push(createMessengerAdapter({ account: 'default', ...config.messenger, ...parts }));
  if (config.line) adapters.push(createLineAdapter({ account: 'default', ...config.line, ...parts }));
  return adapters;
}

/** @returns the adapter of one account, as named in `/hooks/<channel>/<account>`, or null */
export function findAdapter(adapters: readonly Adapter[], channel: string, account: string): Adapter | null {
  return adapters.find((adapter) => adapter.channel === channel && adapter.account === account) ?? null;
}
