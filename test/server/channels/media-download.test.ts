/** Getting files from platforms that misbehave, over real HTTP: where we go, where we never go, and when we give up. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MediaContext, MediaResult } from '../../../server/channels/adapter.ts';
import { downloadMedia, fetchByUrl } from '../../../server/channels/media-download.ts';
import { MEDIA_RULES, mayFetchFrom, mediaLimit } from '../../../server/channels/media-rules.ts';
import { createHttpClient, type HttpClientOptions } from '../../../server/http.ts';
import { type FileAnswer, type MediaServer, startMediaServer } from '../../support/media-server.ts';

const FILE = Buffer.from('some bytes');
const LIMIT = 10 * 1024 * 1024;
let server: MediaServer;
beforeAll(async () => {
  server = await startMediaServer();
});
afterAll(() => server.close());

interface Options {
  http?: Partial<HttpClientOptions>;
  signal?: AbortSignal;
  hosts?: readonly string[];
  headers?: Record<string, string>;
  signedLink?: boolean;
}

async function download(url: string, options: Options = {}): Promise<MediaResult> {
  const http = createHttpClient({ allowedBases: [server.base], ...options.http });
  const { hosts = ['zdn.vn'], headers, signedLink = true } = options;
  const context: MediaContext = { maxBytes: LIMIT, signal: options.signal ?? new AbortController().signal };
  const result = await downloadMedia(
    { http, url, hosts, bases: [server.base], signedLink, ...(headers && { headers }) },
    context,
  );
  http.close();
  return result;
}

const later = (code: string, retryAfterMs: number | null = null): MediaResult => ({
  kind: 'later',
  code,
  retryAfterMs,
});
const refused = (
  reason: 'too_large' | 'host_not_allowed' | 'private_address',
  code: string,
): MediaResult => ({
  kind: 'refused',
  reason,
  code,
});

describe('a file', () => {
  it('comes as it is', async () => {
    server.answer('/good', { kind: 'bytes', body: FILE });
    expect(await download(`${server.base}/good`)).toEqual({ kind: 'fetched', body: FILE });
  });

  it('comes over a redirect to an allowed host', async () => {
    server.answer('/moved', { kind: 'redirect', to: '/good' });
    expect(await download(`${server.base}/moved`)).toEqual({ kind: 'fetched', body: FILE });
  });
});

describe('an answer', () => {
  it.each<[string, FileAnswer, MediaResult]>([
    [
      'of more than the limit, announced',
      { kind: 'bytes', body: Buffer.alloc(LIMIT + 1) },
      refused('too_large', 'http_too_large'),
    ],
    [
      'of more than the limit, not announced',
      { kind: 'endless', bytes: LIMIT + 1 },
      refused('too_large', 'http_too_large'),
    ],
    ['shorter than it says', { kind: 'bytes', body: FILE, length: 500 }, later('http_unreachable')],
    ['with nothing in it', { kind: 'bytes', body: Buffer.alloc(0) }, later('media_empty')],
    ['that it is not ready yet', { kind: 'status', status: 202 }, later('media_http_202')],
    [
      'that we ask too often',
      { kind: 'status', status: 429, headers: { 'retry-after': '7' } },
      later('media_http_429', 7_000),
    ],
    ['that it is out of order', { kind: 'status', status: 503 }, later('media_http_503')],
    ['that it is gone', { kind: 'status', status: 410 }, { kind: 'gone', code: 'media_http_410' }],
    ['that the link ran out', { kind: 'status', status: 403 }, { kind: 'gone', code: 'media_http_403' }],
    ['that leads nowhere', { kind: 'status', status: 302 }, later('media_redirect_broken')],
  ])('%s', async (_name, answer, expected) => {
    server.answer('/odd', answer);
    expect(await download(`${server.base}/odd`)).toEqual(expected);
  });

  it('that refuses our token is tried again: an operator can mend that', async () => {
    server.answer('/odd', { kind: 'status', status: 401 });
    expect(await download(`${server.base}/odd`, { signedLink: false })).toEqual(later('media_http_401'));
  });

  it('that never ends is given up when the time is over', async () => {
    const ended = new AbortController();
    server.answer('/odd', { kind: 'stuck', begins: null, onStuck: () => ended.abort() });
    expect(await download(`${server.base}/odd`, { signal: ended.signal })).toEqual(later('http_aborted'));
  });

  it('that drips is given up when the time is over, however much came', async () => {
    const timers: (() => void)[] = [];
    const startTimer = (_ms: number, fire: () => void): (() => void) => {
      timers.push(fire);
      return () => undefined;
    };
    const onStuck = (): void => timers[0]?.();
    server.answer('/odd', { kind: 'stuck', begins: Buffer.from('x'), onStuck });
    expect(await download(`${server.base}/odd`, { http: { startTimer } })).toEqual(later('http_timeout'));
  });
});

describe('where we never go', () => {
  const rebind = (address: string): Partial<HttpClientOptions> => ({
    lookup: (_hostname, _options, callback) =>
      callback(null, [{ address, family: address.includes(':') ? 6 : 4 }]),
  });

  it.each([
    'http://127.0.0.1/x',
    'https://127.0.0.1/x',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/x',
    'https://10.0.0.7/x',
    'https://localhost/x',
    'http://photo.zdn.vn/x',
    'https://photo.zdn.vn:8443/x',
    'https://zdn.vn.example.org/x',
    'https://evilzdn.vn/x',
    'https://user@photo.zdn.vn/x',
    'https://zdn.vn@example.org/x',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
  ])('%s, asked for directly or by a redirect', async (address) => {
    expect(await download(address)).toEqual(refused('host_not_allowed', 'media_host'));
    server.answer('/away', { kind: 'redirect', to: address });
    expect(await download(`${server.base}/away`)).toEqual(refused('host_not_allowed', 'media_host'));
  });

  it.each(['127.0.0.1', '10.1.2.3', '169.254.169.254', '::1', 'fd00::1', '::ffff:127.0.0.1'])(
    'an allowed name that resolves to %s, which is looked at when connecting',
    async (address) => {
      const http = rebind(address);
      const expected = refused('private_address', 'http_private_address');
      expect(await download('https://photo.zdn.vn/x', { http })).toEqual(expected);
      server.answer('/away', { kind: 'redirect', to: 'https://photo.zdn.vn/x' });
      expect(await download(`${server.base}/away`, { http })).toEqual(expected);
    },
  );

  it('another address, while a token of ours would travel along', async () => {
    server.answer('/away', { kind: 'redirect', to: '/good' });
    const headers = { authorization: 'Bearer secret' };
    const from = server.asked.length;
    expect(await download(`${server.base}/away`, { headers })).toEqual(
      refused('host_not_allowed', 'media_redirect_with_token'),
    );
    expect(server.asked.slice(from).map(({ path }) => path)).toEqual(['/away']);
  });

  it('round in circles', async () => {
    server.answer('/loop', { kind: 'redirect', to: '/loop' });
    expect(await download(`${server.base}/loop`)).toEqual(refused('host_not_allowed', 'media_redirect_loop'));
  });
});

describe('an address that came with an event', () => {
  it('is asked for over https even when it was written without', async () => {
    const asked: string[] = [];
    const http = createHttpClient({ allowedBases: [] });
    const request: typeof http.request = (one) => {
      asked.push(one.url);
      return Promise.resolve({ ok: false, code: 'http_unreachable' });
    };
    const context = { maxBytes: LIMIT, signal: new AbortController().signal };
    const own = 'https://openapi.zalo.me';
    const reference = { type: 'image', ref: null, url: 'http://photo.zdn.vn/a.jpg' } as const;
    await fetchByUrl('zalo', { ...http, request }, { own, used: own }, reference, context);
    expect(asked).toEqual(['https://photo.zdn.vn/a.jpg']);
  });

  it('at the interface of the platform itself is no file of theirs', () => {
    expect(mayFetchFrom('https://graph.facebook.com/me', MEDIA_RULES.messenger.hosts, [])).toBe(false);
  });
});

describe('limits', () => {
  it.each([
    ['telegram', 'video', 20],
    ['messenger', 'video', 25],
    ['telegram', 'image', 10],
    ['zalo', 'sticker', 2],
  ] as const)('%s %s: %i MB', (channel, kind, megabytes) => {
    expect(mediaLimit(channel, kind)).toBe(megabytes * 1024 * 1024);
  });
});
