/** Zalo's sign-in (OAuth v4): the link an operator opens, and the two exchanges that give a pair of tokens. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { HttpClient } from '../http.ts';
import type { TokenPair } from './token-source.ts';
import { parseJson } from './zalo-errors.ts';

export interface ZaloApp {
  appId: string;
  /** the App Secret Key; not the key that signs webhooks */
  appSecret: string;
  /** `https://oauth.zaloapp.com` */
  oauthBase: string;
}

export type OAuthResult =
  | { kind: 'granted'; pair: TokenPair }
  /** a definite no: trying the same again is useless. `code` as in `zalo_oauth_14014` */
  | { kind: 'refused'; code: string }
  /** no answer, or one that decides nothing: what was shown may be spent, or not */
  | { kind: 'unanswered'; code: string };

/** Waiting costs less than losing an answer: the refresh token that was shown works only once. */
const TIMEOUT_MS = 20_000;
/** Documented as "90000" (25 hours). When it is missing: soon enough, and not so soon that we ask all the time. */
const FALLBACK_LIFE_S = 3_600;
const LONGEST_LIFE_S = 90 * 86_400;
const STATE_MAC_CHARACTERS = 22;

/** Both travel in headers or forms; anything but visible ASCII would break a request. */
const TokenSchema = z.string().regex(/^[\x21-\x7e]{1,4000}$/);
const GrantSchema = z.looseObject({
  access_token: TokenSchema,
  refresh_token: TokenSchema,
  expires_in: z.coerce.number().positive().max(LONGEST_LIFE_S).catch(FALLBACK_LIFE_S),
});
const RefusalSchema = z.looseObject({ error: z.coerce.number().int() });

/**
 * Makes the link that an operator opens to let the app act for the official account.
 * Nothing has to be remembered: the PKCE verifier follows from `nonce` and the app's secret, and the state carries the nonce.
 *
 * @param callback must equal the callback address set for the app, else Zalo answers -14003
 * @param nonce random, at least 16 characters of A-Z a-z 0-9 _ -
 */
export function buildPermissionLink(
  app: ZaloApp,
  callback: string,
  nonce: string,
): { link: string; state: string } {
  const state = `${nonce}.${signNonce(app.appSecret, nonce)}`;
  const query = new URLSearchParams({
    app_id: app.appId,
    redirect_uri: callback,
    code_challenge: createHash('sha256').update(deriveVerifier(app.appSecret, nonce)).digest('base64url'),
    state,
  });
  return { link: `${app.oauthBase}/v4/oa/permission?${query.toString()}`, state };
}

/** @returns the verifier that belongs to a state of ours; null for any other state */
export function readState(appSecret: string, state: string): string | null {
  const [nonce = '', mac = '', ...rest] = state.split('.');
  const expected = signNonce(appSecret, nonce);
  const isOurs =
    rest.length === 0 &&
    mac.length === expected.length &&
    /^[\w-]+$/.test(mac) &&
    timingSafeEqual(Buffer.from(mac), Buffer.from(expected));
  return isOurs ? deriveVerifier(appSecret, nonce) : null;
}

function signNonce(appSecret: string, nonce: string): string {
  return createHmac('sha256', appSecret)
    .update(`zalo state|${nonce}`)
    .digest('base64url')
    .slice(0, STATE_MAC_CHARACTERS);
}

/** 43 characters, as RFC 7636 and Zalo want them. */
function deriveVerifier(appSecret: string, nonce: string): string {
  return createHmac('sha256', appSecret).update(`zalo verifier|${nonce}`).digest('base64url');
}

export interface ZaloOAuth {
  /** The code works once and for about ten minutes. */
  exchangeCode: (code: string, verifier: string) => Promise<OAuthResult>;
  refresh: (refreshToken: string) => Promise<OAuthResult>;
}

/** Never rejects; no result holds a token except the granted pair. */
export function createZaloOAuth(app: ZaloApp, parts: { http: HttpClient; now: () => Date }): ZaloOAuth {
  const ask = async (fields: Readonly<Record<string, string>>): Promise<OAuthResult> => {
    const askedAt = parts.now();
    const result = await parts.http.request({
      method: 'POST',
      url: `${app.oauthBase}/v4/oa/access_token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', secret_key: app.appSecret },
      body: new URLSearchParams({ app_id: app.appId, ...fields }).toString(),
      timeoutMs: TIMEOUT_MS,
    });
    if (!result.ok) return { kind: 'unanswered', code: `zalo_oauth_${result.code.replace(/^http_/, '')}` };
    return readGrant(result.status, parseJson(result.body), askedAt);
  };
  return {
    exchangeCode: (code, verifier) =>
      ask({ grant_type: 'authorization_code', code, code_verifier: verifier }),
    refresh: (refreshToken) => ask({ grant_type: 'refresh_token', refresh_token: refreshToken }),
  };
}

/** The life of a token is counted from before we asked, so that it never looks longer than it is. */
function readGrant(status: number, json: unknown, askedAt: Date): OAuthResult {
  const grant = GrantSchema.safeParse(json).data;
  if (grant !== undefined) {
    const expiresAt = new Date(askedAt.getTime() + grant.expires_in * 1000);
    const { access_token: accessToken, refresh_token: refreshToken } = grant;
    return { kind: 'granted', pair: { accessToken, refreshToken, obtainedAt: askedAt, expiresAt } };
  }
  const refusal = RefusalSchema.safeParse(json).data;
  if (refusal === undefined) return { kind: 'unanswered', code: `zalo_oauth_not_json_${status}` };
  const number = Math.abs(refusal.error);
  const code = `zalo_oauth_${number}`;
  return isDefinite(number) ? { kind: 'refused', code } : { kind: 'unanswered', code };
}

/** -14xxx are the numbers of the sign-in itself, -124 is "wrong token". Others (-32 too many requests) say nothing about a token. */
function isDefinite(number: number): boolean {
  return number === 124 || (number >= 14_000 && number < 15_000);
}
