/** Refuses what another site makes a browser send with our cookie (console.md 4.3). */
import type { Request } from 'express';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * An unsafe method passes only when the browser says `Sec-Fetch-Site: same-origin`, or, from a browser that does not know
 * that header, when `Origin` is ours. Neither header: refused.
 */
export function isSameOrigin(request: Request, publicOrigin: string): boolean {
  if (SAFE_METHODS.has(request.method)) return true;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  return request.headers.origin === publicOrigin;
}
