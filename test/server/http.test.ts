/** The HTTP client against real servers on loopback: what it refuses, when it gives up, and what it never tells. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../../server/http.ts';
import { createPublicAddressCheck } from '../../server/public-address.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

describe('an answer', () => {
  it('brings status, headers and bytes of a request with a body', async () => {
    const base = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(201, {
          'x-seen': `${request.method ?? ''} ${request.headers['content-type'] ?? ''}`,
        });
        response.end(Buffer.concat(chunks));
      });
    });
    const result = await client({ allowedBases: [base] }).request({
      method: 'POST',
      url: `${base}/echo`,
      headers: { 'content-type': 'text/plain' },
      body: 'xin chào',
    });
    expect(result).toMatchObject({ ok: true, status: 201, headers: { 'x-seen': 'POST text/plain' } });
    expect(result.ok && result.body.toString()).toBe('xin chào');
  });

  it('is not a failure when the status is 500', async () => {
    const base = await serve((_request, response) => response.writeHead(500).end('oops'));
    const result = await client({ allowedBases: [base] }).request({ method: 'GET', url: base });
    expect(result).toMatchObject({ ok: true, status: 500 });
  });

  it('reuses its connection', async () => {
    const ports = new Set<number | undefined>();
    const base = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('ok');
    });
    const http = client({ allowedBases: [base] });
    for (const path of ['/a', '/b', '/c']) await http.request({ method: 'GET', url: base + path });
    expect(ports.size).toBe(1);
  });
});

describe('a failure', () => {
  it.each([
    ['an address that does not parse', 'not an address', 'http_bad_url'],
    ['plain http to a host that is not allowed', 'http://example.org/', 'http_bad_url'],
    ['another protocol', 'file:///etc/passwd', 'http_bad_url'],
    ['a user name in the address', 'https://user:pass@example.org/', 'http_bad_url'],
    ['loopback', 'https://127.0.0.1/', 'http_private_address'],
    ['loopback in other notations', 'https://0x7f.1/', 'http_private_address'],
    ['loopback in IPv6', 'https://[::1]/', 'http_private_address'],
    ['IPv4 hidden in IPv6', 'https://[::ffff:10.0.0.1]/', 'http_private_address'],
    ['the metadata address of clouds', 'https://169.254.169.254/latest/', 'http_private_address'],
    ['a name that resolves to loopback', 'https://localhost/', 'http_private_address'],
  ])('refuses %s without connecting', async (_what, url, code) => {
    expect(await client({ allowedBases: [] }).request({ method: 'GET', url })).toEqual({ ok: false, code });
  });

  it('is a private address when a public name resolves to one, whatever it resolved to before', async () => {
    let hits = 0;
    const base = await serve((_request, response) => response.end(String(hits++)));
    const http = client({
      allowedBases: [],
      lookup: (_hostname, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    const result = await http.request({
      method: 'GET',
      url: `https://rebind.example.org:${new URL(base).port}/`,
    });
    expect(result).toEqual({ ok: false, code: 'http_private_address' });
    expect(hits).toBe(0);
  });

  it('allows one private base and no other port of the same host', async () => {
    const allowed = await serve((_request, response) => response.end('ok'));
    const other = await serve((_request, response) => response.end('ok'));
    const http = client({ allowedBases: [allowed] });
    expect(await http.request({ method: 'GET', url: allowed })).toMatchObject({ ok: true });
    expect(await http.request({ method: 'GET', url: other })).toEqual({ ok: false, code: 'http_bad_url' });
  });

  it('is a redirect, which is not followed', async () => {
    const seen: (string | undefined)[] = [];
    const base = await serve((request, response) => {
      seen.push(request.url);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    const http = client({ allowedBases: [base] });
    expect(await http.request({ method: 'POST', url: `${base}/here`, body: 'x' })).toEqual({
      ok: false,
      code: 'http_redirect',
    });
    expect(seen).toEqual(['/here']);
  });

  it('is a body over the cap, whether or not its length is announced', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/announced') response.setHeader('content-length', 2000);
      response.write('x'.repeat(1000));
      response.end('x'.repeat(1000));
    });
    const http = client({ allowedBases: [base] });
    for (const path of ['/announced', '/chunked']) {
      const ask = { method: 'GET', url: base + path } as const;
      expect(await http.request({ ...ask, maxResponseBytes: 1999 })).toEqual({
        ok: false,
        code: 'http_too_large',
      });
      expect(await http.request({ ...ask, maxResponseBytes: 2000 })).toMatchObject({ ok: true });
    }
  });

  it.each([
    ['before the first byte', false],
    ['in the middle of the body', true],
  ])('is a timeout when the answer stalls %s', async (_when, startsBody) => {
    const timer: { fire: () => void; ms: number } = { fire: () => undefined, ms: 0 };
    const base = await serve((_request, response) => {
      if (startsBody) response.write('half', () => setImmediate(timer.fire));
      else timer.fire();
    });
    const http = client({
      allowedBases: [base],
      startTimer: (ms, fire) => {
        Object.assign(timer, { fire, ms });
        return () => undefined;
      },
    });
    expect(await http.request({ method: 'GET', url: base, timeoutMs: 1234 })).toEqual({
      ok: false,
      code: 'http_timeout',
    });
    expect(timer.ms).toBe(1234);
  });

  it('is an abort when the caller gives up, before or during the request', async () => {
    const during = new AbortController();
    const base = await serve(() => during.abort());
    const http = client({ allowedBases: [base] });
    const aborted = { ok: false, code: 'http_aborted' };
    expect(await http.request({ method: 'GET', url: base, signal: AbortSignal.abort() })).toEqual(aborted);
    expect(await http.request({ method: 'GET', url: base, signal: during.signal })).toEqual(aborted);
  });

  it('is unreachable when nobody listens, the connection breaks, or the name is unknown', async () => {
    const base = await serve((request) => request.socket.destroy());
    const gone = await serve(() => undefined);
    for (const close of closers.splice(-1)) close();
    const unreachable = { ok: false, code: 'http_unreachable' };
    const http = client({
      allowedBases: [base, gone],
      lookup: (_hostname, _options, callback) =>
        callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []),
    });
    expect(await http.request({ method: 'GET', url: base })).toEqual(unreachable);
    expect(await http.request({ method: 'GET', url: gone })).toEqual(unreachable);
    expect(await http.request({ method: 'GET', url: 'https://nowhere.example.org/' })).toEqual(unreachable);
  });

  it('is a code of TLS when the other side does not speak it', async () => {
    const base = (await serve(() => undefined)).replace('http:', 'https:');
    expect(await client({ allowedBases: [base] }).request({ method: 'GET', url: base })).toEqual({
      ok: false,
      code: 'http_tls',
    });
  });

  it('tells nothing but its code, even for a header that cannot be sent', async () => {
    const base = await serve((_request, response) => response.end());
    const result = await client({ allowedBases: [base] }).request({
      method: 'POST',
      url: `${base}/bot1:CANARY-TOKEN/sendMessage`,
      headers: { 'x-bad': 'CANARY\nHEADER' },
      body: 'CANARY-BODY',
    });
    expect(result).toEqual({ ok: false, code: 'http_bad_request' });
  });

  it('of a base that does not parse does not repeat the base', () => {
    expect(() => createHttpClient({ allowedBases: ['CANARY'] })).toThrow('a base address does not parse');
  });
});

describe('a public address', () => {
  const isPublic = createPublicAddressCheck();
  it.each([
    '149.154.167.220',
    '8.8.8.8',
    '172.32.0.1',
    '192.169.0.1',
    '2001:67c:4e8:f004::9',
    '2606:4700::1111',
  ])('includes %s', (address) => expect(isPublic(address)).toBe(true));
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.1.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '64:ff9b::1',
    'fc00::1',
    'fe80::1',
    'ff02::1',
    '2001::1',
    '2001:db8::1',
    '2002::1',
    'example.org',
    '',
  ])('excludes %s', (address) => expect(isPublic(address)).toBe(false));
});

function client(options: HttpClientOptions): HttpClient {
  const http = createHttpClient(options);
  closers.push(http.close);
  return http;
}

/** @returns the base address of a server that answers with `listener` until the test ends */
async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}
