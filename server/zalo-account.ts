/** Joins the tokens of the Zalo account: sealed store, sign-in, and the alarm with the link that helps. */
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { rememberToken } from './channel-token-cache.ts';
import type { TokenFault, TokenSource, TokenStore } from './channels/token-source.ts';
import { buildPermissionLink, createZaloOAuth } from './channels/zalo-oauth.ts';
import { createZaloTokens } from './channels/zalo-tokens.ts';
import type { Config } from './config.ts';
import { createHttpClient } from './http.ts';
import type { Log } from './log.ts';
import type { Clock, Transact, Vault } from './ports.ts';
import { createTokenStore } from './store/channel-tokens.ts';

interface TokenParts {
  pool: Pool;
  transact: Transact;
  vault: Vault;
  clock: Clock;
  log: Log;
  /** prints a line for the operator */
  say: (line: string) => void;
}

/** @returns undefined when there is no Zalo account */
export function openZaloTokens(config: Config, parts: TokenParts): TokenSource | undefined {
  const { zalo } = config;
  if (zalo === undefined) return undefined;
  const { log, clock } = parts;
  const http = createHttpClient({ allowedBases: [zalo.oauthBase] });
  const tokens = createZaloTokens({
    store: openZaloStore(parts),
    refresh: createZaloOAuth(zalo, { http, now: clock.now }).refresh,
    firstRefreshToken: zalo.refreshToken,
    now: clock.now,
    onAlarm: (fault, code) => {
      log.error({ event: 'channel_token_alarm', channel: 'zalo', account: 'default', cause: fault, code });
      parts.say(`${ALARMS[fault]} (${code})`);
      if (fault === 'token_lost' || fault === 'token_missing')
        for (const line of describeAuthorisation(config)) parts.say(line);
    },
  });
  return rememberToken(tokens, clock);
}

export function openZaloStore(parts: Pick<TokenParts, 'pool' | 'transact' | 'vault'>): TokenStore {
  const { pool, transact, vault } = parts;
  return createTokenStore({ pool, transact, vault, channel: 'zalo', account: 'default' });
}

/** Where Zalo sends the operator's browser after consent: must be the callback address set for the app, letter by letter. */
export function zaloCallback(config: Config): string {
  return `${config.publicUrl ?? `http://localhost:${config.port}`}/hooks/zalo/default`;
}

/** A new link each time; any of them can be finished with `npm run zalo:authorise`. */
export function zaloPermissionLink(config: Config): { link: string; state: string } | null {
  if (config.zalo === undefined) return null;
  return buildPermissionLink(config.zalo, zaloCallback(config), randomBytes(16).toString('base64url'));
}

function describeAuthorisation(config: Config): string[] {
  return [
    '  Nothing is sent on Zalo without it. Start "npm run zalo:authorise" with the same settings, open this address,',
    '  agree as administrator of the official account, and paste the address you are sent to:',
    `  ${zaloPermissionLink(config)?.link ?? ''}`,
  ];
}

const ALARMS: Readonly<Record<TokenFault, string>> = {
  token_missing: 'Zalo: this official account has not been authorised yet.',
  token_lost: 'Zalo no longer takes our refresh token: the official account must be authorised again.',
  token_refresh_failing:
    "Zalo's sign-in does not answer; we keep trying, and send for as long as the last token lives.",
  token_refused: 'Zalo refuses a token it gave a moment ago: look at the app and the official account there.',
  token_busy: 'Zalo: another instance has been refreshing the token for too long.',
  token_store_failed: 'Zalo: the stored token cannot be read.',
};
