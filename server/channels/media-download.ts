/** Gets one file from a platform: allowed hosts only, redirects followed by hand and checked again, every answer given a meaning. */
import type { HttpClient, HttpFailureCode } from '../http.ts';
import type { ChannelName, MediaContext, MediaReference, MediaResult } from './adapter.ts';
import { MEDIA_RULES, mayFetchFrom } from './media-rules.ts';
import { readRetryAfterMs } from './reading.ts';

/** A delivery network sends on once, rarely twice. */
const MAX_REDIRECTS = 3;
/** One request; all of them together end with `context.signal`. */
export const MEDIA_TIMEOUT_MS = 60_000;

export interface Download {
  http: HttpClient;
  url: string;
  /** a secret; whoever asks with one is not sent on to another address */
  headers?: Readonly<Record<string, string>>;
  hosts: readonly string[];
  bases: readonly string[];
  /** true: the link itself gives the right, so 401 and 403 mean that it ran out; false: our token is what was refused */
  signedLink: boolean;
}

export async function downloadMedia(download: Download, context: MediaContext): Promise<MediaResult> {
  let url = download.url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    if (!mayFetchFrom(url, download.hosts, download.bases))
      return { kind: 'refused', reason: 'host_not_allowed', code: 'media_host' };
    const result = await download.http.request({
      method: 'GET',
      url,
      headers: { accept: '*/*', ...download.headers },
      timeoutMs: MEDIA_TIMEOUT_MS,
      maxResponseBytes: context.maxBytes,
      signal: context.signal,
      tellRedirect: true,
    });
    if (result.ok) return readStatus(result.status, result.body, readRetryAfterMs(result.headers), download);
    const next = result.location === undefined ? null : URL.parse(result.location, url);
    if (result.code !== 'http_redirect') return readFailure(result.code);
    if (next === null) return { kind: 'later', code: 'media_redirect_broken', retryAfterMs: null };
    if (download.headers !== undefined)
      return { kind: 'refused', reason: 'host_not_allowed', code: 'media_redirect_with_token' };
    url = next.href;
  }
  return { kind: 'refused', reason: 'host_not_allowed', code: 'media_redirect_loop' };
}

/**
 * For platforms that send an address with the event.
 * @param base `used` is allowed as well when it is not the platform's `own`: then it is a fake that stands in
 */
export function fetchByUrl(
  channel: ChannelName,
  http: HttpClient,
  base: { own: string; used: string },
  reference: MediaReference,
  context: MediaContext,
): Promise<MediaResult> {
  if (reference.url === undefined) return Promise.resolve({ kind: 'gone', code: 'media_no_address' });
  const bases = base.used === base.own ? [] : [base.used];
  const { hosts } = MEDIA_RULES[channel];
  // the delivery networks answer on https as well, and nothing is fetched in the clear
  const isFake = mayFetchFrom(reference.url, [], bases);
  const url = isFake ? reference.url : reference.url.replace(/^http:/, 'https:');
  return downloadMedia({ http, url, hosts, bases, signedLink: true }, context);
}

function readStatus(
  status: number,
  body: Buffer,
  retryAfterMs: number | null,
  { signedLink }: Download,
): MediaResult {
  const code = `media_http_${status}`;
  if (status === 200)
    return body.length > 0
      ? { kind: 'fetched', body }
      : { kind: 'later', code: 'media_empty', retryAfterMs: null };
  // LINE answers 202 while it still prepares a video; 206 and the like are no whole file
  if (status < 300 || status === 408 || status === 429 || status >= 500)
    return { kind: 'later', code, retryAfterMs };
  if ((status === 401 || status === 403) && !signedLink) return { kind: 'later', code, retryAfterMs };
  return { kind: 'gone', code };
}

function readFailure(code: HttpFailureCode): MediaResult {
  switch (code) {
    case 'http_too_large':
      return { kind: 'refused', reason: 'too_large', code };
    case 'http_private_address':
      return { kind: 'refused', reason: 'private_address', code };
    case 'http_bad_url':
    case 'http_bad_request':
      return { kind: 'refused', reason: 'host_not_allowed', code };
    default:
      return { kind: 'later', code, retryAfterMs: null };
  }
}
