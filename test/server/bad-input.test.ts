/** What people and platforms really send, on the whole server: an honest answer where one is due, no 5xx, nothing lost, nothing twice. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startPlatforms, type Platforms } from '../support/platforms/platforms.ts';
import { FAKE_BOT } from '../support/platforms/telegram.ts';
import { buildTapUpdate, buildTextUpdate } from '../support/platforms/telegram-events.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { newEncryptionKeys, type RunningServer, startServer } from '../support/server-process.ts';

const SECRET = FAKE_BOT.webhookSecret;

let database: TestDatabase;
let platforms: Platforms;
let server: RunningServer;
let lastUpdate = 900_000_000;
let lastChat = 5_200_000_000;

beforeAll(async () => {
  [database, platforms] = await Promise.all([createTestDatabase(), startPlatforms({ knowsEverybody: true })]);
  server = await startServer({
    env: {
      DATABASE_URL: database.url,
      ENCRYPTION_KEYS: newEncryptionKeys(),
      ...platforms.env('telegram'),
      LOG_LEVEL: 'debug',
    },
  });
}, 120_000);
afterAll(async () => {
  await server.stop();
  expect(platforms.faults()).toEqual([]);
  await platforms.close();
  await database.drop();
});

const post = (
  body: string | Buffer,
  headers: Record<string, string> = { 'x-telegram-bot-api-secret-token': SECRET },
): Promise<Response> =>
  fetch(`${server.url}/hooks/telegram/default`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
const deliver = async (update: Record<string, unknown>): Promise<number> =>
  (await post(JSON.stringify(update))).status;
const nextUpdate = (): number => (lastUpdate += 1);
const nextChat = (): number => (lastChat += 1);
const heardBy = (chat: number): readonly string[] =>
  platforms.sent.flatMap(({ person, text }) => (person === String(chat) ? [text] : []));
const answerTo = (chat: number): Promise<unknown> =>
  platforms.waitForSent(({ person }) => person === String(chat));

/** Resolves when everything received was turned and everything decided was sent. */
async function settled(): Promise<void> {
  for (;;) {
    const { rows } = await database.pool.query<{ open: number }>(
      `select (select count(*) from outbox where state = 'queued')::int
            + (select count(*) from inbox where processed_at is null)::int as open`,
    );
    if (rows[0]?.open === 0) return;
  }
}

async function countRows(table: 'inbox' | 'messages'): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(`select count(*)::int as n from ${table}`);
  return rows[0]?.n ?? -1;
}

describe('what is refused', () => {
  it.each([
    ['broken JSON', 400, () => post('{"update_id": 1, ')],
    ['an empty body', 400, () => post('')],
    ['two megabytes', 413, () => post(Buffer.alloc(2_000_000, 0x20))],
    [
      'a wrong secret',
      403,
      () => post('{}', { 'x-telegram-bot-api-secret-token': 'EXAMPLE_WEBHOOK-SECRET_1' }),
    ],
    ['no secret', 401, () => post('{}', {})],
    [
      'an account nobody made',
      404,
      () => fetch(`${server.url}/hooks/telegram/other`, { method: 'POST', body: '{}' }),
    ],
    [
      'a channel that is not there',
      404,
      () => fetch(`${server.url}/hooks/carrier-pigeon/default`, { method: 'POST', body: '{}' }),
    ],
    [
      'the web page as a webhook',
      404,
      () => fetch(`${server.url}/hooks/web/default`, { method: 'POST', body: '{}' }),
    ],
    [
      'an address with a broken escape',
      400,
      () => fetch(`${server.url}/hooks/%E0%A4%A/default`, { method: 'POST', body: '{}' }),
    ],
  ])('%s gets %d and leaves nothing behind', async (_what, status, send) => {
    const before = await countRows('inbox');
    const answer = await send();
    expect(answer.status).toBe(status);
    expect(await answer.text()).not.toMatch(/\bat \/|node_modules|stack|select /i);
    expect(await countRows('inbox')).toBe(before);
  });
});

describe('strange messages get an honest answer', () => {
  it.each([
    ['only blanks', '  \n  '],
    ['only emoji', '😭😭😭🙏'],
    ['NUL and control characters', 'a\u0000b\u0007\u001b[31mc'],
    ['decomposed Unicode', 'Mình muốn hỏi về việc làm'.normalize('NFD')],
    ['Khmer without spaces', 'សួស្តីខ្ញុំត្រូវការជំនួយ'],
    ['10,000 characters', 'tôi muốn hỏi việc làm ở nước ngoài '.repeat(300).slice(0, 10_000)],
    ['a lone surrogate', 'xin \ud800 chào'],
    ['right-to-left overrides', '\u202Exin chào\u202C'],
    ['markup', '<script>alert(1)</script> {"a": [1]} *đậm* _nghiêng_'],
  ])('%s', async (_what, text) => {
    const chat = nextChat();
    expect(await deliver(buildTextUpdate({ id: chat, updateId: nextUpdate() }, text))).toBe(200);
    await answerTo(chat);
    await settled();
    const heard = heardBy(chat);
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.join('\n')).not.toContain('trục trặc');
    for (const part of heard) expect(part.length).toBeLessThanOrEqual(4096);
  });

  it.each([
    [
      'a sticker',
      {
        sticker: {
          file_id: 's',
          file_unique_id: 's',
          type: 'regular',
          width: 1,
          height: 1,
          is_animated: false,
          is_video: false,
        },
      },
      'hình dán',
    ],
    ['a voice note', { voice: { file_id: 'v', file_unique_id: 'v', duration: 4 } }, 'thoại'],
    ['a photo', { photo: [{ file_id: 'p', file_unique_id: 'p', width: 1, height: 1 }] }, 'ảnh'],
    ['a location', { location: { latitude: 11.5, longitude: 104.9 } }, 'vị trí'],
  ])('%s is acknowledged for what it is', async (_what, content, words) => {
    const chat = nextChat();
    const { message: plain, ...update } = z
      .looseObject({ message: z.looseObject({}) })
      .parse(buildTextUpdate({ id: chat, updateId: nextUpdate() }, 'x'));
    const { text: _text, ...message } = plain;
    expect(await deliver({ ...update, message: { ...message, ...content } })).toBe(200);
    await answerTo(chat);
    await settled();
    expect(heardBy(chat)[0]).toContain(words);
  });

  it('an update of a kind nobody knows is taken and ignored', async () => {
    const before = platforms.sent.length;
    expect(await deliver({ update_id: nextUpdate(), business_connection: { id: '1' } })).toBe(200);
    expect(await deliver({ update_id: nextUpdate(), message: 'not an object' })).toBe(200);
    expect(await deliver({ something: 'else' })).toBe(200);
    await settled();
    expect(platforms.sent.length).toBe(before);
  });
});

describe('deliveries that repeat or crowd', () => {
  it('takes the same update five times at once, and answers once', async () => {
    const chat = nextChat();
    const update = buildTextUpdate({ id: chat, updateId: nextUpdate() }, 'xin chào');
    expect(await Promise.all(Array.from({ length: 5 }, () => deliver(update)))).toEqual([
      200, 200, 200, 200, 200,
    ]);
    await answerTo(chat);
    await settled();
    expect(heardBy(chat).filter((text) => text.includes('mình là Hỏi Trước'))).toHaveLength(1);
  });

  it('takes twenty messages of one person at once, each twice: all twenty are there, each once', async () => {
    const chat = nextChat();
    await deliver(buildTextUpdate({ id: chat, updateId: nextUpdate() }, '/start'));
    await settled();
    const texts = Array.from({ length: 20 }, (_one, index) => `câu số ${index + 1} của mình`);
    const updates = texts.map((text) => buildTextUpdate({ id: chat, updateId: nextUpdate() }, text));
    const statuses = await Promise.all([...updates, ...updates].map((update) => deliver(update)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    await settled();
    const { rows } = await database.pool.query<{ n: number }>(
      `select count(*)::int as n from messages m where m.author = 'person' and m.conversation_id =
         (select conversation_id from messages group by conversation_id order by max(created_at) desc, conversation_id limit 1)`,
    );
    expect(rows[0]?.n).toBe(20);
  });

  it('answers a tap on the same button twice only once in words, and always stops the spinner', async () => {
    const chat = nextChat();
    await deliver(buildTextUpdate({ id: chat, updateId: nextUpdate() }, '/start'));
    await settled();
    const tap = buildTapUpdate({ id: chat, updateId: nextUpdate() }, 'welcome.options.numbers');
    expect(await deliver(tap)).toBe(200);
    expect(await deliver(tap)).toBe(200);
    await settled();
    expect(heardBy(chat).filter((text) => text.includes('Cần gọi ngay'))).toHaveLength(1);
    await platforms.waitFor(({ name }) => name === 'answerCallbackQuery');
  });
});

describe('what a person wrote', () => {
  it('stands in no log line, no metric and no column of the database that can be read', async () => {
    const canary = 'CANARYbimatkhongduoclo';
    const chat = 5_299_999_999;
    await deliver(
      buildTextUpdate(
        { id: chat, updateId: nextUpdate() },
        `cứu em với, họ giữ hộ chiếu, em tên ${canary} sdt 0900000123`,
      ),
    );
    await answerTo(chat);
    await deliver(
      buildTextUpdate(
        { id: chat, updateId: nextUpdate() },
        `${canary} tuyển cskh campuchia 20tr giữ hộ chiếu`,
      ),
    );
    await settled();
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    const { rows: tables } = await database.pool.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    const dumps = await Promise.all(
      tables.map(async ({ name }) =>
        (await database.pool.query<{ row: string }>(`select t::text as row from "${name}" t`)).rows
          .map(({ row }) => row)
          .join('\n'),
      ),
    );
    const dump = dumps.join('\n');
    const asHex = Buffer.from(canary).toString('hex');
    for (const place of [server.output(), metrics, dump]) {
      for (const secret of [canary, asHex, '0900000123', String(chat), FAKE_BOT.token, SECRET])
        expect(place.includes(secret)).toBe(false);
    }
    expect(dump.length).toBeGreaterThan(1000);
    expect(metrics).toContain('hoi_truoc_turns_total{channel="telegram",outcome="taken"}');
  });

  it('is never answered with a fault of ours', () => {
    expect(server.output()).not.toMatch(/"level":50/);
  });
});
