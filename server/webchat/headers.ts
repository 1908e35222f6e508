/** Headers of everything the web chat answers: nothing stored, nothing told to other sites, nothing loaded from elsewhere. */
import type { RequestHandler } from 'express';

/** No nonce needed: the page has one script file and one style file, and builds its markup without HTML strings. */
export const WEBCHAT_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "media-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': WEBCHAT_CSP,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), browsing-topics=()',
};

export const setWebchatHeaders: RequestHandler = (_request, response, next) => {
  response.set(HEADERS);
  next();
};

/**
 * Refuses what another site sends in a person's name. Browsers of today say where a request comes from; the older ones
 * that do not are let through, because `no-referrer` hides the origin of form posts and there is no cookie to abuse.
 */
export function isCrossSite(secFetchSite: string | undefined): boolean {
  return secFetchSite === 'cross-site' || secFetchSite === 'same-site';
}
