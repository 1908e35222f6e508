import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createParser } from '../../../server/webchat/page/stream.ts';
import { MAX_TEXT_UTF16 } from '../../../server/webchat/shared/wire.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

const BatchSchema = z.object({ messages: z.array(z.object({ text: z.string() })) });

let site: Site;
let counter = 0;
let sources = 0;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(site.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const nextId = (): string => `message-id-${String(counter++).padStart(8, '0')}`;

async function start(): Promise<string> {
  const answer: unknown = await (
    await post(
      '/api/chat/start',
      { language: 'vi' },
      { 'x-forwarded-for': `198.51.100.${String(++sources)}` },
    )
  ).json();
  return typeof answer === 'object' && answer !== null && 'token' in answer ? String(answer.token) : '';
}

async function findConversation(token: string): Promise<string> {
  const found = await site.database.pool.query<{ conversation_id: string }>(
    `select conversation_id from web_chats where token_hash = $1`,
    [createHash('sha256').update(token).digest()],
  );
  return found.rows[0]?.conversation_id ?? '';
}

interface Heard {
  event: string;
  data: string;
}

/** Opens a stream; `until` reads it up to what is wanted, then hangs up. */
async function listen(
  body: unknown,
): Promise<{ until: (enough: (heard: Heard[]) => boolean) => Promise<Heard[]> }> {
  const heard: Heard[] = [];
  const abort = new AbortController();
  const response = await fetch(`${site.url}/api/chat/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: abort.signal,
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const parse = createParser((event, data) => {
    if (event !== '') heard.push({ event, data });
  });
  const decoder = new TextDecoder();
  return {
    async until(enough) {
      const portions: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined;
      for await (const portion of portions ?? []) {
        parse(decoder.decode(portion, { stream: true }));
        if (enough(heard)) break;
      }
      abort.abort();
      return heard;
    },
  };
}

const once = (heard: Heard[]): boolean => heard.length === 1;

describe('POST /api/chat/start', () => {
  it('gives a token of 32 bytes, keeps only its hash, and lets the bot greet', async () => {
    const token = await start();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const conversationId = await findConversation(token);
    expect(conversationId).not.toBe('');
    const tables = await site.database.pool.query<{ row: string }>(
      `select row_to_json(web_chats)::text as row from web_chats union all select row_to_json(contacts)::text from contacts
       union all select row_to_json(inbox)::text from inbox`,
    );
    const dump = tables.rows.map(({ row }) => row).join('\n');
    expect(dump).not.toContain(token);
    expect(dump).not.toContain(Buffer.from(token, 'base64url').toString('hex'));
    expect(site.desk.received.at(-1)).toMatchObject({
      kind: 'start',
      text: '',
      languageHint: 'vi',
      ref: null,
      botMayReply: true,
    });
  });

  it('gives the same chat when the same token starts again', async () => {
    const token = 'A'.repeat(43);
    await post('/api/chat/start', { token, language: 'en', ref: 'poster-7' });
    const first = await findConversation(token);
    const again = await post('/api/chat/start', { token, language: 'en', ref: 'poster-7' });
    expect(again.status).toBe(200);
    expect(await findConversation(token)).toBe(first);
    expect(site.desk.received.filter((event) => event.ref === 'poster-7')).toHaveLength(1);
  });

  it.each([
    ['an unknown language', { language: 'xx' }],
    ['an extra key', { language: 'vi', owner: 'me' }],
    ['a short token', { language: 'vi', token: 'abc' }],
    ['a reference with spaces', { language: 'vi', ref: 'a b' }],
    ['an array', [1]],
    ['nothing', ''],
  ])('refuses %s with 400', async (_what, body) => {
    const response = await post('/api/chat/start', body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: { code: 'bad_request' } });
  });
});

describe('POST /api/chat/message', () => {
  it('takes a message once, however often it is sent', async () => {
    const token = await start();
    const clientMessageId = nextId();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        post('/api/chat/message', { token, clientMessageId, text: 'có phải lừa không' }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const kept = site.desk.received.filter((event) => event.dedupeKey === `web:${clientMessageId}`);
    expect(kept).toHaveLength(1);
    expect(kept[0]).toMatchObject({
      kind: 'message',
      text: 'có phải lừa không',
      payload: null,
      conversationType: 'private',
    });
  });

  it('takes a tapped choice as a payload without text', async () => {
    const token = await start();
    await post('/api/chat/message', { token, clientMessageId: nextId(), choice: 'menu.offer' });
    expect(site.desk.received.at(-1)).toMatchObject({ kind: 'postback', payload: 'menu.offer', text: '' });
  });

  it.each([
    ['plain', 'xin chào'],
    ['only emoji', '🙏🙏'],
    ['control characters and NUL', 'a\u0000b\u0007'],
    ['decomposed letters', 'Ê\u0302m o\u031B\u0301i'],
    ['Khmer without spaces', 'ខ្ញុំត្រូវការជំនួយឥឡូវនេះ'],
    ['the longest text', 'ệ'.repeat(MAX_TEXT_UTF16)],
  ])('takes %s as it was written', async (_what, text) => {
    const token = await start();
    const response = await post('/api/chat/message', { token, clientMessageId: nextId(), text });
    expect(response.status).toBe(200);
    expect(site.desk.received.at(-1)?.text).toBe(text);
  });

  it.each([
    ['', 400, { code: 'text_empty' }],
    [' \n\t ', 400, { code: 'text_empty' }],
    ['x'.repeat(MAX_TEXT_UTF16 + 1), 400, { code: 'text_too_long', maxUtf16: MAX_TEXT_UTF16 }],
    ['x'.repeat(2_000_000), 413, { code: 'body_too_large' }],
  ])('refuses a text of %#', async (text, status, error) => {
    const before = site.desk.received.length;
    const response = await post('/api/chat/message', {
      token: await start(),
      clientMessageId: nextId(),
      text,
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error });
    expect(site.desk.received.length).toBe(before + 1);
  });

  it.each([
    ['a text and a choice at once', { text: 'a', choice: 'b' }],
    ['an array for a text', { text: ['a'] }],
    ['neither', {}],
    ['an unknown key', { text: 'a', __proto__x: 1 }],
    ['a short message id', { text: 'a', clientMessageId: 'x' }],
  ])('refuses %s', async (_what, body) => {
    const response = await post('/api/chat/message', {
      token: await start(),
      clientMessageId: nextId(),
      ...body,
    });
    expect(response.status).toBe(400);
  });

  it('answers 400 to what is not JSON, 410 to a token nobody has', async () => {
    const broken = await post('/api/chat/message', '{"token":');
    expect([broken.status, await broken.json()]).toEqual([400, { error: { code: 'not_json' } }]);
    const unknown = await post('/api/chat/message', {
      token: 'z'.repeat(43),
      clientMessageId: nextId(),
      text: 'a',
    });
    expect([unknown.status, await unknown.json()]).toEqual([410, { error: { code: 'chat_erased' } }]);
  });

  it('asks to wait when the database is away, and takes the same message afterwards', async () => {
    const token = await start();
    const body = { token, clientMessageId: nextId(), text: 'còn đó không' };
    site.desk.setAway(true);
    const away = await post('/api/chat/message', body);
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '5']);
    site.desk.setAway(false);
    expect((await post('/api/chat/message', body)).status).toBe(200);
    expect(site.desk.received.at(-1)?.text).toBe('còn đó không');
  });

  it('slows a chat that writes very fast and loses nothing of it', async () => {
    const token = await start();
    const statuses: number[] = [];
    for (let sent = 0; sent < 41; sent++) {
      statuses.push(
        (await post('/api/chat/message', { token, clientMessageId: nextId(), text: 'a' })).status,
      );
    }
    expect(statuses.slice(0, 40).every((status) => status === 200)).toBe(true);
    expect(statuses[40]).toBe(429);
  });
});

describe('POST /api/chat/events', () => {
  it('streams what came before, then what comes, in order and each once', async () => {
    const token = await start();
    const conversationId = await findConversation(token);
    const stream = await listen({ token, after: 0 });
    await post('/api/chat/message', { token, clientMessageId: nextId(), text: 'một' });
    await site.desk.say(conversationId, { author: 'counsellor', text: 'hai' });
    const heard = await stream.until((seen) => seen.some(({ data }) => data.includes('"hai"')));
    expect(
      heard.flatMap(({ data }) => BatchSchema.parse(JSON.parse(data)).messages.map(({ text }) => text)),
    ).toEqual(['Chào bạn. Bạn cần gì?', 'một', 'Đã nghe: một', 'hai']);
  });

  it('says nothing twice to a page that comes back with its cursor', async () => {
    const token = await start();
    const conversationId = await findConversation(token);
    const first = await (await listen({ token, after: 0 })).until(once);
    expect(JSON.parse(first[0]?.data ?? '')).toMatchObject({ after: 1 });
    await site.desk.say(conversationId, { text: 'mới' });
    const second = await (await listen({ token, after: 1 })).until(once);
    expect(JSON.parse(second[0]?.data ?? '')).toMatchObject({ after: 2, messages: [{ text: 'mới' }] });
  });

  it('shows a bot message only when the sender let it through, and never one held back', async () => {
    const token = await start();
    const conversationId = await findConversation(token);
    const held = await site.desk.say(conversationId, { text: 'giữ lại' }, 'queued');
    await site.desk.say(conversationId, { author: 'counsellor', text: 'tôi đây' });
    const stream = await listen({ token, after: 1 });
    await site.desk.setDelivery(held, 'suppressed');
    expect(JSON.parse((await stream.until(once))[0]?.data ?? '')).toMatchObject({
      messages: [{ text: 'tôi đây' }],
      after: 3,
    });
  });

  it('ends the stream when the chat is ended, and when everything was erased', async () => {
    const token = await start();
    const ended = await listen({ token, after: 1 });
    await post('/api/chat/end', { token });
    expect(await ended.until(once)).toEqual([{ event: 'ended', data: '"ended"' }]);

    const other = await start();
    const conversationId = await findConversation(other);
    const erased = await listen({ token: other, after: 1 });
    await site.desk.erase(conversationId);
    expect(await erased.until(once)).toEqual([{ event: 'ended', data: '"erased"' }]);
  });

  it('stops listening when the page hangs up', async () => {
    const token = await start();
    await (await listen({ token, after: 0 })).until(once);
    // the hang-up reaches the server with the next round trip
    for (let tries = 0; tries < 500 && site.desk.listeners() > 0; tries++) await post('/api/chat/start', {});
    expect(site.desk.listeners()).toBe(0);
  });
});

describe('POST /api/chat/poll', () => {
  it('gives what is new at once, and nothing after the wait', async () => {
    const token = await start();
    const news = await post('/api/chat/poll', { token, after: 0 });
    expect(await news.json()).toMatchObject({
      ended: null,
      after: 1,
      messages: [{ author: 'bot', text: 'Chào bạn. Bạn cần gì?' }],
    });
    const none = await post('/api/chat/poll', { token, after: 1 });
    expect(await none.json()).toEqual({ ended: null, after: 1, messages: [] });
  });
});

describe('POST /api/chat/end', () => {
  it('unties the token at once and for good', async () => {
    const token = await start();
    const conversationId = await findConversation(token);
    expect((await post('/api/chat/end', { token })).status).toBe(204);
    expect((await post('/api/chat/end', { token })).status).toBe(204);
    for (const [path, body] of [
      ['/api/chat/message', { token, clientMessageId: nextId(), text: 'a' }],
      ['/api/chat/events', { token, after: 0 }],
      ['/api/chat/poll', { token, after: 0 }],
      ['/api/chat/start', { token, language: 'vi' }],
    ] as const) {
      const response = await post(path, body);
      expect([path, response.status, await response.json()]).toEqual([
        path,
        410,
        { error: { code: 'chat_ended' } },
      ]);
    }
    expect(site.desk.ended.filter((id) => id === conversationId)).toHaveLength(1);
  });
});

describe('every answer', () => {
  it.each([
    ['GET', '/'],
    ['POST', '/api/chat/start'],
    ['POST', '/api/chat/nothing-here'],
    ['POST', '/chat'],
    ['POST', '/chat/end'],
    ['GET', '/chat'],
  ])('%s %s forbids storing, referring and other hosts, and sets no cookie', async (method, path) => {
    const response = await fetch(site.url + path, { method, redirect: 'manual' });
    expect(response.status).toBeLessThan(500);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('set-cookie')).toBeNull();
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'");
    expect(policy).toContain(
      "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    );
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  it('refuses what another site sends', async () => {
    const response = await post('/api/chat/start', { language: 'vi' }, { 'sec-fetch-site': 'cross-site' });
    expect([response.status, await response.json()]).toEqual([403, { error: { code: 'cross_site' } }]);
  });
});

describe('many chats from one source', () => {
  it('slows that source, lets a class of fifty and every other source in, and always shows the numbers', async () => {
    const from = (address: string): Promise<Response> =>
      post('/api/chat/start', { language: 'vi' }, { 'x-forwarded-for': address });
    const first = await Promise.all(Array.from({ length: 50 }, () => from('203.0.113.5')));
    expect(first.every(({ status }) => status === 200)).toBe(true);
    const more = await Promise.all(Array.from({ length: 50 }, () => from('203.0.113.5')));
    const slowed = more.filter(({ status }) => status === 429);
    expect(slowed.length).toBeGreaterThan(30);
    expect(Number(slowed[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await from('203.0.113.6')).status).toBe(200);
    const page = await fetch(`${site.url}/`, { headers: { 'x-forwarded-for': '203.0.113.5' } });
    expect(await page.text()).toContain('href="tel:111"');
  });
});
