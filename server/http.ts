/** The only HTTP client of the server: time limits, size caps, no private addresses, nothing secret in a failure. */
import { lookup as systemLookup } from 'node:dns';
import {
  Agent as HttpAgent,
  request as requestHttp,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { createPublicAddressCheck } from './public-address.ts';

const TIMEOUT_MS = 15_000;
const MAX_RESPONSE_BYTES = 1024 * 1024;
/** Idle connections are given up before the usual 60–75 s of the platforms' front ends, so that none dies under a request. */
const IDLE_MS = 20_000;

/** Stable codes; safe to log and to show. Only these leave this file, never the text of an error, which can hold an address. */
export const HTTP_FAILURES = [
  /** the address does not parse, holds a user name, or is not https */
  'http_bad_url',
  /** a header or the body cannot be sent */
  'http_bad_request',
  /** the host is, or resolves only to, an address that is not on the public internet */
  'http_private_address',
  'http_timeout',
  /** the caller's signal fired */
  'http_aborted',
  /** no connection, name not found, or the connection broke */
  'http_unreachable',
  'http_tls',
  /** 3xx: redirects are never followed here, a body with a secret would travel along */
  'http_redirect',
  'http_too_large',
] as const;
export type HttpFailureCode = (typeof HTTP_FAILURES)[number];

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** from the first byte out to the last byte in; 15 s unless told */
  timeoutMs?: number;
  /** 1 MiB unless told */
  maxResponseBytes?: number;
  signal?: AbortSignal;
  /** true: `http_redirect` says where to; whoever asks must check that address before going there */
  tellRedirect?: boolean;
}

export type HttpResult =
  /** the other side answered, with whatever status outside 300–399 */
  | { ok: true; status: number; headers: IncomingHttpHeaders; body: Buffer }
  /** `location`: only when asked for; as the other side wrote it, maybe relative, never to be logged */
  | { ok: false; code: HttpFailureCode; location?: string };

export interface HttpClient {
  /** Never rejects. */
  request: (request: HttpRequest) => Promise<HttpResult>;
  /** Drops idle connections. */
  close: () => void;
}

export interface HttpClientOptions {
  /** Base addresses whose origin may be private or plain http, e.g. a fake platform on loopback. */
  allowedBases: readonly string[];
  /** How names become addresses; the system's resolver unless told. */
  lookup?: LookupFunction;
  /** Calls `fire` after `ms`; returns how to cancel that. `setTimeout` unless told. */
  startTimer?: (ms: number, fire: () => void) => () => void;
}

/**
 * Makes a client that keeps connections alive.
 *
 * Built on `node:https` and not on `fetch`, because only there the addresses a name resolves to can be checked at the moment of
 * connecting: looking first and fetching afterwards resolves twice, and the second answer may be another one.
 *
 * @throws TypeError when a base does not parse (the message does not repeat it)
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const trustedOrigins = new Set(options.allowedBases.map(readOrigin));
  const isPublic = createPublicAddressCheck();
  const startTimer = options.startTimer ?? startSystemTimer;
  const lookup = options.lookup ?? lookupBySystem;
  const agentOptions = { keepAlive: true, timeout: IDLE_MS };
  const agents = {
    guarded: new HttpsAgent({ ...agentOptions, lookup: guardLookup(lookup, isPublic) }),
    trustedHttps: new HttpsAgent({ ...agentOptions, lookup }),
    trustedHttp: new HttpAgent({ ...agentOptions, lookup }),
  };

  async function request(input: HttpRequest): Promise<HttpResult> {
    const url = URL.parse(input.url);
    if (url === null || url.username !== '' || url.password !== '') return fail('http_bad_url');
    const isTrusted = trustedOrigins.has(url.origin);
    if (!isTrusted && url.protocol !== 'https:') return fail('http_bad_url');
    if (!isTrusted && !mayName(url.hostname, isPublic)) return fail('http_private_address');
    if (input.signal?.aborted === true) return fail('http_aborted');
    const agent = !isTrusted
      ? agents.guarded
      : url.protocol === 'https:'
        ? agents.trustedHttps
        : agents.trustedHttp;
    return exchange(url, input, agent, startTimer);
  }

  return {
    request,
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function exchange(
  url: URL,
  input: HttpRequest,
  agent: HttpAgent,
  startTimer: (ms: number, fire: () => void) => () => void,
): Promise<HttpResult> {
  return new Promise((resolve) => {
    let stop: (code: HttpFailureCode) => void = () => undefined;
    const cancelTimer = startTimer(input.timeoutMs ?? TIMEOUT_MS, () => stop('http_timeout'));
    const onAbort = () => stop('http_aborted');
    input.signal?.addEventListener('abort', onAbort, { once: true });
    const settle = (result: HttpResult) => {
      cancelTimer();
      input.signal?.removeEventListener('abort', onAbort);
      resolve(result);
    };
    try {
      const send = url.protocol === 'https:' ? requestHttps : requestHttp;
      const outgoing = send(url, { method: input.method, headers: { ...input.headers }, agent });
      stop = (code) => outgoing.destroy(new StoppedError(code));
      outgoing.on('error', (error) => settle(fail(nameFailure(error))));
      outgoing.on('response', (response) => {
        // Once an answer is being read, stopping breaks the reading and not the request.
        stop = (code) => response.destroy(new StoppedError(code));
        readAnswer(response, input).then(settle, (error: unknown) => settle(fail(nameFailure(error))));
      });
      outgoing.end(input.body);
    } catch {
      settle(fail('http_bad_request'));
    }
  });
}

/** By events: an iterator over the chunks cost as much as the rest of the exchange. Rejects with the error of a broken answer. */
function readAnswer(response: IncomingMessage, input: HttpRequest): Promise<HttpResult> {
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400) {
    response.destroy();
    const { location } = response.headers;
    const isTold = input.tellRedirect === true && location !== undefined;
    return Promise.resolve(isTold ? { ok: false, code: 'http_redirect', location } : fail('http_redirect'));
  }
  const maxBytes = input.maxResponseBytes ?? MAX_RESPONSE_BYTES;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= maxBytes) return;
      resolve(fail('http_too_large'));
      response.destroy();
    });
    response.on('end', () =>
      resolve({ ok: true, status, headers: response.headers, body: Buffer.concat(chunks) }),
    );
    response.on('error', reject);
    response.on('close', () => {
      // after a whole answer too: an error costs its stack, whether anybody looks at it or not
      if (!response.complete) reject(new StoppedError('http_unreachable'));
    });
  });
}

/** Carries a code out of a destroyed stream. */
class StoppedError extends Error {
  readonly code: HttpFailureCode;
  constructor(code: HttpFailureCode) {
    super(code);
    this.code = code;
  }
}

function nameFailure(error: unknown): HttpFailureCode {
  if (error instanceof StoppedError) return error.code;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  // Names as in the Node.js documentation of `tls` and OpenSSL's X509_V_ERR_*.
  const isTls = /^ERR_(TLS|SSL)|CERT|^UNABLE_TO_|^EPROTO$|^INVALID_CA$|^HOSTNAME_MISMATCH$/.test(code);
  return isTls ? 'http_tls' : 'http_unreachable';
}

function fail(code: HttpFailureCode): Extract<HttpResult, { ok: false }> {
  return { ok: false, code };
}

function readOrigin(base: string): string {
  const url = URL.parse(base);
  if (url === null || url.origin === 'null') throw new TypeError('a base address does not parse');
  return url.origin;
}

/** A literal address never reaches the resolver, so it is judged here. */
function mayName(hostname: string, isPublic: (address: string) => boolean): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 || isPublic(bare);
}

/** Lets only public addresses through; a name with none of them fails. */
function guardLookup(lookup: LookupFunction, isPublic: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found, family) => {
      const all = typeof found === 'string' ? [{ address: found, family: family ?? isIP(found) }] : found;
      const kept = error === null ? all.filter(({ address }) => isPublic(address)) : [];
      const first = kept[0];
      if (first === undefined) callback(error ?? new StoppedError('http_private_address'), []);
      else if (options.all === true) callback(null, kept);
      else callback(null, first.address, first.family);
    });
  };
}

const lookupBySystem: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, callback);
};

function startSystemTimer(ms: number, fire: () => void): () => void {
  const timer = setTimeout(fire, ms);
  return () => clearTimeout(timer);
}
