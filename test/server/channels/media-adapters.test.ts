/** How each platform gives the file of an attachment: from the recorded event to its bytes, over real HTTP. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Adapter, MediaReference, MediaResult } from '../../../server/channels/adapter.ts';
import { createLineAdapter } from '../../../server/channels/line.ts';
import { createMessengerAdapter } from '../../../server/channels/messenger.ts';
import { createTelegramAdapter } from '../../../server/channels/telegram.ts';
import { createWebAdapter } from '../../../server/channels/web.ts';
import { createZaloAdapter } from '../../../server/channels/zalo.ts';
import { type MediaServer, startMediaServer } from '../../support/media-server.ts';

const FILE = Buffer.from('some bytes');
const TOKEN = '123456:a-token-of-a-test';
const OA = '2847561093847561029';
const PERSON = '7012345678901234567';
let server: MediaServer;
beforeAll(async () => {
  server = await startMediaServer();
});
afterAll(() => server.close());

const telegram = (): Adapter =>
  createTelegramAdapter({ account: 'default', token: TOKEN, webhookSecret: 'x', apiRoot: server.base });
const line = (): Adapter =>
  createLineAdapter({
    account: 'default',
    channelSecret: 'line-secret-of-a-test',
    channelToken: 'line-token-of-a-test',
    apiBase: 'http://127.0.0.1:9',
    dataBase: server.base,
  });
const messenger = (): Adapter =>
  createMessengerAdapter({
    account: 'default',
    pageId: '110022003300440',
    appId: '1',
    appSecret: 's',
    verifyToken: 'v',
    pageToken: 't',
    graphBase: server.base,
  });
const zalo = (): Adapter =>
  createZaloAdapter({
    account: 'default',
    appId: '1',
    oaId: OA,
    oaSecret: 's',
    apiBase: server.base,
    tokens: {
      get: () => Promise.resolve({ ok: false, fault: 'token_missing' }),
      replace: () => Promise.resolve({ ok: false, fault: 'token_missing' }),
      keepFresh: () => Promise.resolve(),
      settle: () => Promise.resolve(),
      health: () => Promise.resolve({ ok: true, code: 'ok' }),
    },
  });

function get(adapter: Adapter, reference: MediaReference, maxBytes = 1_000): Promise<MediaResult> {
  if (adapter.fetchMedia === undefined) throw new Error('nothing to fetch here');
  return adapter.fetchMedia(reference, { maxBytes, signal: new AbortController().signal });
}

/** The first attachment of the one event in a body. */
function attachmentOf(adapter: Adapter, body: unknown) {
  const parsed = adapter.parse(Buffer.from(JSON.stringify(body)), new Date('2026-11-20T08:00:00Z'));
  const found = parsed.kind === 'events' ? parsed.events[0]?.attachments[0] : undefined;
  if (found === undefined) throw new Error('no attachment');
  return found;
}

const zaloEvent = (type: string, payload: object) => ({
  event_name: `user_send_${type}`,
  sender: { id: PERSON },
  recipient: { id: OA },
  message: { msg_id: 'a', attachments: [{ type, payload }] },
  timestamp: '1790000010000',
});
const messengerEvent = (type: string, payload: object) => ({
  object: 'page',
  entry: [
    {
      messaging: [
        {
          sender: { id: '7001002003004005' },
          recipient: { id: '110022003300440' },
          timestamp: 1_790_000_000_000,
          message: { mid: 'm_1', attachments: [{ type, payload }] },
        },
      ],
    },
  ],
});

describe('Zalo', () => {
  it.each([
    ['image', 'image'],
    ['gif', 'image'],
    ['audio', 'voice'],
    ['video', 'video'],
    ['sticker', 'sticker'],
    ['file', 'file'],
  ])('gives the address of a %s with the event', async (type, expected) => {
    server.answer('/zalo/o.bin', { kind: 'bytes', body: FILE });
    const attachment = attachmentOf(zalo(), zaloEvent(type, { url: `${server.base}/zalo/o.bin` }));
    expect(attachment).toMatchObject({ type: expected, ref: null });
    expect(await get(zalo(), attachment)).toEqual({ kind: 'fetched', body: FILE });
  });

  it.each(['link', 'location'])('gives no file with a %s', (type) => {
    expect(attachmentOf(zalo(), zaloEvent(type, { url: `${server.base}/zalo/o.bin` })).url).toBeUndefined();
  });

  it('may name a host that is not theirs, which is not asked', async () => {
    const attachment = attachmentOf(zalo(), zaloEvent('image', { url: 'https://example.org/o.jpg' }));
    expect(await get(zalo(), attachment)).toMatchObject({ kind: 'refused', reason: 'host_not_allowed' });
  });
});

describe('Messenger', () => {
  it('gives the address with the event, and it is asked without our token', async () => {
    server.answer('/cdn/p.jpg', { kind: 'bytes', body: FILE });
    const url = `${server.base}/cdn/p.jpg?oh=1&oe=2`;
    const attachment = attachmentOf(messenger(), messengerEvent('image', { url }));
    expect(await get(messenger(), attachment)).toEqual({ kind: 'fetched', body: FILE });
    expect(server.asked.at(-1)).toEqual({ path: '/cdn/p.jpg?oh=1&oe=2', authorization: undefined });
  });

  it('gives no file with a preview of a link', () => {
    const url = 'https://example.org/';
    expect(attachmentOf(messenger(), messengerEvent('fallback', { url })).url).toBeUndefined();
  });
});

describe('LINE', () => {
  const image: MediaReference = { type: 'image', ref: '500003' };
  const content = '/v2/bot/message/500003/content';

  it('gives the content of a message to our token', async () => {
    server.answer(content, { kind: 'bytes', body: FILE });
    expect(await get(line(), image)).toEqual({ kind: 'fetched', body: FILE });
    expect(server.asked.at(-1)).toEqual({ path: content, authorization: 'Bearer line-token-of-a-test' });
  });

  it('may still prepare it', async () => {
    server.answer(content, { kind: 'status', status: 202 }, { kind: 'bytes', body: FILE });
    expect((await get(line(), image)).kind).toBe('later');
    expect((await get(line(), image)).kind).toBe('fetched');
  });

  it('does not send our token on to where a redirect leads', async () => {
    server.answer(content, { kind: 'redirect', to: `${server.base}/elsewhere` });
    const from = server.asked.length;
    expect(await get(line(), image)).toMatchObject({ kind: 'refused' });
    expect(server.asked.slice(from).map(({ path }) => path)).toEqual([content]);
  });

  it('is not asked for what is no id', async () => {
    const from = server.asked.length;
    expect((await get(line(), { type: 'image', ref: '../../info' })).kind).toBe('gone');
    expect(server.asked).toHaveLength(from);
  });
});

describe('Telegram', () => {
  const photo: MediaReference = { type: 'image', ref: 'AgAC-file-id' };
  const method = `/bot${TOKEN}/getFile`;
  const described = (file_path: string) =>
    ({
      kind: 'json',
      body: { ok: true, result: { file_id: 'AgAC-file-id', file_unique_id: 'u', file_path } },
    }) as const;
  const failing = (error_code: number, description: string) =>
    ({ kind: 'json', status: error_code, body: { ok: false, error_code, description } }) as const;

  it('gives the path, then the file', async () => {
    server.answer(method, described('photos/file_1.jpg'));
    server.answer(`/file/bot${TOKEN}/photos/file_1.jpg`, { kind: 'bytes', body: FILE });
    expect(await get(telegram(), photo)).toEqual({ kind: 'fetched', body: FILE });
  });

  it.each([
    ['is too big', failing(400, 'Bad Request: file is too big'), { kind: 'refused', reason: 'too_large' }],
    [
      'is not to be had just now',
      failing(400, 'Bad Request: wrong file_id or the file is temporarily unavailable'),
      { kind: 'later' },
    ],
    ['is not known', failing(400, 'Bad Request: invalid file_id'), { kind: 'gone' }],
    ['cannot be asked for, by our token', failing(401, 'Unauthorized'), { kind: 'later' }],
    ['has a path that leads elsewhere', described('photos/../../getMe'), { kind: 'gone' }],
    ['has a path that is an address', described('https://example.org/x'), { kind: 'gone' }],
  ] as const)('says that a file %s', async (_name, answer, expected) => {
    server.answer(method, answer);
    expect(await get(telegram(), photo)).toMatchObject(expected);
  });
});

describe('the web page', () => {
  it('takes no files', () => {
    expect(createWebAdapter().fetchMedia).toBeUndefined();
  });
});
