/** Webhooks with and without Express: the same answers, and only plain ones without it. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import type { InboundEvent } from '../../server/channels/adapter.ts';
import { AppError } from '../../server/errors.ts';
import { createHooksRouter, type HooksDeps, MAX_HOOK_BYTES, takeHooksFirst } from '../../server/hooks.ts';
import { fakeChannel, fakeClock, listeningLog, message } from '../support/turns.ts';

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

interface Started {
  port: number;
  accepted: InboundEvent[];
  /** what Express was asked */
  others: string[];
  counted: string[];
  post: (path: string, body: RequestInit['body'], headers?: Record<string, string>) => Promise<Response>;
}

async function start(entry: 'plain' | 'express', fault: Error | null = null): Promise<Started> {
  const accepted: InboundEvent[] = [];
  const counted: string[] = [];
  const others: string[] = [];
  const deps: HooksDeps = {
    adapters: [
      {
        ...fakeChannel().adapter,
        verify: (headers) =>
          headers['x-secret'] === undefined ? 'missing' : headers['x-secret'] === 'right' ? 'ok' : 'invalid',
        parse: (raw) => {
          const text = raw.toString();
          return text === 'no json'
            ? { kind: 'not_json' }
            : { kind: 'events', events: [message('a', text.slice(0, 20))] };
        },
      },
    ],
    inbox: {
      accept: (_channel, _account, events) => {
        if (fault !== null) return Promise.reject(fault);
        accepted.push(...events);
        return Promise.resolve({ stored: events.length, known: 0 });
      },
    },
    log: listeningLog().log,
    now: fakeClock().now,
    countHook: (channel, status) => counted.push(`${channel} ${status}`),
  };
  const app = express().use(createHooksRouter(deps));
  const listener: RequestListener = (request, response) => {
    others.push(`${request.method ?? ''} ${request.url ?? ''}`);
    app(request, response);
  };
  const server = createServer(entry === 'plain' ? takeHooksFirst(deps, listener) : app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const post: Started['post'] = (path, body, headers = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'x-secret': 'right', connection: 'close', ...headers },
      ...(body !== undefined && { body }),
    });
  return { port, accepted, others, counted, post };
}

describe.each(['plain', 'express'] as const)('a delivery taken by %s', (entry) => {
  it.each([
    ['is stored and answered', 'xin chào', {}, 200, { ok: true }],
    ['with a wrong signature is refused', 'x', { 'x-secret': 'wrong' }, 403, { error: 'forbidden' }],
    ['that is no JSON is refused', 'no json', {}, 400, { error: 'not_json' }],
  ])('%s', async (_title, body, headers, status, answer) => {
    const { post, accepted, counted, others } = await start(entry);
    const response = await post('/hooks/telegram/default', body, headers);
    expect([response.status, await response.json()]).toEqual([status, answer]);
    expect(accepted.map(({ text }) => text)).toEqual(status === 200 ? [body] : []);
    expect(counted).toEqual([`telegram ${status}`]);
    expect(others).toEqual([]);
  });

  it('that cannot be stored now is asked for again', async () => {
    const { post } = await start(entry, new AppError('database_unavailable'));
    const response = await post('/hooks/telegram/default', 'x');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  });
});

describe('whatever is not a plain delivery', () => {
  it.each([
    ['of an account we do not have', '/hooks/telegram/other', 'x', {}, 404],
    ['of our own page', '/hooks/web/default', 'x', {}, 404],
    ['too long', '/hooks/telegram/default', 'x'.repeat(MAX_HOOK_BYTES + 1), {}, 413],
    ['packed', '/hooks/telegram/default', 'x', { 'content-encoding': 'gzip' }, 415],
    ['elsewhere', '/hooks/telegram/default/more', 'x', {}, 404],
  ])('%s is left to Express', async (_title, path, body, headers, status) => {
    const { post, accepted, others } = await start('plain');
    expect((await post(path, body, headers)).status).toBe(status);
    expect(others).toEqual([`POST ${path}`]);
    expect(accepted).toEqual([]);
  });

  it('and one that breaks off stores nothing and is no fault', async () => {
    const { port, accepted, post } = await start('plain');
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write('POST /hooks/telegram/default HTTP/1.1\r\nhost: x\r\nx-secret: right\r\n');
    socket.write('content-length: 50\r\n\r\nhalf');
    await new Promise<void>((resolve) => socket.end(() => resolve()));
    socket.destroy();
    expect((await post('/hooks/telegram/default', 'whole')).status).toBe(200);
    expect(accepted.map(({ text }) => text)).toEqual(['whole']);
  });
});
