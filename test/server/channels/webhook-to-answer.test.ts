/** Messenger and LINE on the whole server: webhook in, turn, message out; what must not be answered is not. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { buildLineDelivery, buildLineEvent, buildLineText } from '../../support/fake-line.ts';
import { FAKE_ACCOUNT, type FakeLine, signLine, startFakeLine } from '../../support/fake-line.ts';
import { buildDelivery, buildItem } from '../../support/fake-messenger.ts';
import {
  FAKE_PAGE,
  type FakeMessenger,
  signMessenger,
  startFakeMessenger,
} from '../../support/fake-messenger.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { newEncryptionKeys, type RunningServer, startServer } from '../../support/server-process.ts';

let database: TestDatabase;
let messenger: FakeMessenger;
let line: FakeLine;
let server: RunningServer;
let last = 0;

beforeAll(async () => {
  [database, messenger, line] = await Promise.all([
    createTestDatabase(),
    startFakeMessenger(),
    startFakeLine(),
  ]);
  server = await startServer({
    env: {
      DATABASE_URL: database.url,
      ENCRYPTION_KEYS: newEncryptionKeys(),
      LOG_LEVEL: 'debug',
      MESSENGER_PAGE_ID: FAKE_PAGE.pageId,
      MESSENGER_APP_ID: FAKE_PAGE.appId,
      MESSENGER_APP_SECRET: FAKE_PAGE.appSecret,
      MESSENGER_VERIFY_TOKEN: FAKE_PAGE.verifyToken,
      MESSENGER_PAGE_TOKEN: FAKE_PAGE.pageToken,
      GRAPH_BASE: messenger.base,
      LINE_CHANNEL_SECRET: FAKE_ACCOUNT.channelSecret,
      LINE_CHANNEL_TOKEN: FAKE_ACCOUNT.channelToken,
      LINE_DESTINATION: FAKE_ACCOUNT.destination,
      LINE_API_BASE: line.base,
    },
  });
}, 120_000);
afterAll(async () => {
  await server.stop();
  await Promise.all([messenger.close(), line.close()]);
  await database.drop();
});

type Channel = 'messenger' | 'line';
const CHANNELS = ['messenger', 'line'] as const;

async function post(
  channel: Channel,
  body: string | Buffer,
  headers?: Record<string, string>,
): Promise<number> {
  const signature = channel === 'messenger' ? signMessenger(body) : signLine(body);
  const answer = await fetch(`${server.url}/hooks/${channel}/default`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(headers ?? signature) },
    body,
  });
  return answer.status;
}

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

/** As the platforms do when they are not sure: everything arrives twice. */
async function deliverTwice(channel: Channel, body: object): Promise<void> {
  const bytes = JSON.stringify(body);
  expect([await post(channel, bytes), await post(channel, bytes)]).toEqual([200, 200]);
  await settled();
}

const countTurns = async (): Promise<number> => {
  const sql = `select count(*)::int as n from messages where author = 'person'`;
  return (await database.pool.query<{ n: number }>(sql)).rows[0]?.n ?? -1;
};

/** One person of each channel, and what they see; every person is a new one. */
function person(channel: Channel) {
  last += 1;
  const psid = String(8_000_000_000_000_000 + last);
  const userId = `U${String(last).padStart(32, '0')}`;
  let count = last * 1000;
  const next = (): number => (count += 1);
  if (channel === 'messenger') {
    const deliver = (fields: (id: number) => object, list?: string): Promise<void> => {
      const id = next();
      return deliverTwice(
        'messenger',
        buildDelivery([buildItem(psid, fields(id), 1790000000000 + id)], list),
      );
    };
    return {
      writes: (text: string) => deliver((id) => ({ message: { mid: `m_${id}`, text } })),
      taps: (payload: string) =>
        deliver((id) => ({ message: { mid: `m_${id}`, text: 'x', quick_reply: { payload } } })),
      writesAside: (text: string) => deliver((id) => ({ message: { mid: `m_${id}`, text } }), 'standby'),
      isAnsweredInTheInbox: (text: string) => {
        const id = next();
        const sides = {
          sender: { id: FAKE_PAGE.pageId },
          recipient: { id: psid },
          timestamp: 1790000000000 + id,
        };
        const message = { mid: `m_${id}`, is_echo: true, app_id: 263902037430900, text };
        return deliverTwice('messenger', buildDelivery([{ ...sides, message }]));
      },
      isPassedToUs: () => deliver(() => ({ pass_thread_control: { new_owner_app_id: FAKE_PAGE.appId } })),
      heard: () =>
        messenger.sent.flatMap(({ body }) => (body.recipient.id === psid ? [body.message.text] : [])),
      buttons: () =>
        messenger.sent.flatMap(({ body }) =>
          body.recipient.id === psid ? (body.message.quick_replies ?? []).map(({ payload }) => payload) : [],
        ),
    };
  }
  const mark = line.sent.length;
  const deliver = (build: (id: number) => object): Promise<void> => {
    const id = next();
    line.giveTokens(`token-${id}`);
    return deliverTwice('line', buildLineDelivery([build(id)]));
  };
  const mine = () => line.sent.slice(mark);
  const isMessengers = (): Promise<void> => Promise.reject(new Error('LINE has no page inbox'));
  return {
    isAnsweredInTheInbox: isMessengers,
    isPassedToUs: isMessengers,
    writes: (text: string) => deliver((id) => buildLineText(userId, id, text)),
    taps: (data: string) =>
      deliver((id) => buildLineEvent(userId, id, { type: 'postback', postback: { data } })),
    writesAside: (text: string) => deliver((id) => ({ ...buildLineText(userId, id, text), mode: 'standby' })),
    heard: () => mine().map(({ text }) => text),
    buttons: () =>
      mine().flatMap(({ quickReply }) => quickReply?.items.map(({ action }) => action.data) ?? []),
  };
}

describe.each(CHANNELS)('on %s', (channel) => {
  it('who writes is answered, taps a button and is answered again, each once', async () => {
    const someone = person(channel);
    const before = await countTurns();
    await someone.writes('xin chào');
    const first = someone.heard().length;
    expect(first).toBeGreaterThan(0);
    const [button] = someone.buttons();
    await someone.taps(button ?? '');
    expect(someone.heard().length).toBeGreaterThan(first);
    expect(await countTurns()).toBe(before + 2);
  });

  it('who is in danger reads a telephone number', async () => {
    const someone = person(channel);
    await someone.writes('cứu em với, em bị nhốt');
    expect(someone.heard().join('\n')).toMatch(/\+84 981 84 84 84/);
  });

  it('what another program owns is kept and not answered', async () => {
    const someone = person(channel);
    const before = await countTurns();
    await someone.writesAside('có ai không?');
    expect(someone.heard()).toEqual([]);
    expect(await countTurns()).toBe(before + 1);
  });

  it('every recorded payload, each twice, is taken, and nobody is answered who must not be', async () => {
    const folder = new URL(`fixtures/${channel}/`, import.meta.url);
    const files = readdirSync(folder).filter(
      (file) => !['index.json', 'signature-examples.json'].includes(file),
    );
    const IndexSchema = z.object({
      cases: z.array(z.object({ file: z.string(), events: z.array(z.object({ botMayReply: z.boolean() })) })),
    });
    const { cases } = IndexSchema.parse(JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')));
    const sentBy = (): number => (channel === 'messenger' ? messenger.sent.length : line.sent.length);
    for (const file of files) {
      const before = sentBy();
      const bytes = readFileSync(new URL(file, folder));
      expect([file, await post(channel, bytes), await post(channel, bytes)]).toEqual([file, 200, 200]);
      await settled();
      const mayReply = cases.find((one) => one.file === file)?.events.some(({ botMayReply }) => botMayReply);
      if (mayReply !== true) expect([file, sentBy()]).toEqual([file, before]);
    }
  });

  const SignaturesSchema = z.object({
    cases: z.array(
      z.object({
        rawBody: z.string(),
        headers: z.record(z.string(), z.string()),
        valid: z.boolean(),
        why: z.string().default('as documented'),
      }),
    ),
  });
  const examples = SignaturesSchema.parse(
    JSON.parse(readFileSync(new URL(`fixtures/${channel}/signature-examples.json`, import.meta.url), 'utf8')),
  ).cases;
  it.each(examples)('a body whose signature is $why', async ({ rawBody, headers, valid }) => {
    const refused = Object.keys(headers).length === 0 ? 401 : 403;
    expect(await post(channel, rawBody, headers)).toBe(valid ? 200 : refused);
  });

  it.each([
    ['signed bytes that are no JSON', '{"object":', 400],
    ['a signed body of another shape', '[1,2]', 200],
    ['a signed body that is too large', JSON.stringify('x'.repeat(1_000_001)), 413],
    ['a signed text of 10,000 characters', null, 200],
  ])('%s', async (_what, body, status) => {
    const long =
      channel === 'messenger'
        ? buildDelivery([
            buildItem('8000000000009999', { message: { mid: 'm_long', text: 'ă'.repeat(10_000) } }),
          ])
        : buildLineDelivery([buildLineText(`U${'9'.repeat(32)}`, 999_999, 'ă'.repeat(10_000))]);
    expect(await post(channel, body ?? JSON.stringify(long))).toBe(status);
    await settled();
  });

  it('50 events in one body are one turn each', async () => {
    const before = await countTurns();
    const many = Array.from({ length: 50 }, (_, index) => index);
    const body =
      channel === 'messenger'
        ? buildDelivery(
            many.map((n) =>
              buildItem(String(8_100_000_000_000_000 + n), { message: { mid: `m_many_${n}`, text: 'chào' } }),
            ),
          )
        : buildLineDelivery(
            many.map((n) => buildLineText(`U${String(7000 + n).padStart(32, '0')}`, 800_000 + n, 'chào')),
          );
    await deliverTwice(channel, body);
    expect(await countTurns()).toBe(before + 50);
  });
});

describe('on Messenger', () => {
  it.each([
    ['hub.mode=subscribe&hub.verify_token=example-verify-token&hub.challenge=1158201444', 200, '1158201444'],
    ['hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1158201444', 403, ''],
  ])('the handshake %s is answered with %i', async (query, status, body) => {
    const answer = await fetch(`${server.url}/hooks/messenger/default?${query}`);
    expect([answer.status, await answer.text()]).toEqual([status, body]);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  it('our own echo that comes before our call returns changes nothing', async () => {
    const echoes: number[] = [];
    messenger.beforeAnswer(async (echo) => {
      echoes.push(await post('messenger', JSON.stringify(echo)));
    });
    const someone = person('messenger');
    const before = await countTurns();
    await someone.writes('xin chào');
    await someone.writes('còn đó không');
    messenger.beforeAnswer(() => Promise.resolve());
    expect(echoes.length).toBe(someone.heard().length);
    expect(new Set(echoes)).toEqual(new Set([200]));
    expect(await countTurns()).toBe(before + 2);
  });
});

describe('a hand at the page inbox', () => {
  it('makes the bot mute for this person, until the thread is passed to us', async () => {
    const someone = person('messenger');
    await someone.writes('xin chào');
    const heard = someone.heard().length;
    await someone.isAnsweredInTheInbox('Chào anh, em là Hà');
    await someone.writes('dạ em hỏi chút');
    expect(someone.heard().length).toBe(heard);
    await someone.isPassedToUs();
    await someone.writes('còn đó không');
    expect(someone.heard().length).toBeGreaterThan(heard);
  });
});

describe('on LINE', () => {
  it('all messages of an answer are one free reply, and nothing is pushed', async () => {
    const someone = person('line');
    const from = line.calls.length;
    await someone.writes('tuyển gấp đi Campuchia lương 20 triệu, công ty giữ hộ chiếu giùm');
    expect(someone.heard().length).toBeGreaterThan(1);
    const sends = line.calls.slice(from).filter(({ method }) => method === 'POST');
    expect(sends.map(({ path }) => path)).toEqual(['/v2/bot/message/reply']);
  });

  it('nobody in a group is answered', async () => {
    const before = line.sent.length;
    const source = { type: 'group', groupId: `C${'1'.repeat(32)}`, userId: `U${'1'.repeat(32)}` };
    await deliverTwice('line', buildLineDelivery([{ ...buildLineText('U', 990_001, 'cứu em'), source }]));
    expect(line.sent.length).toBe(before);
  });

  it('has no handshake', async () => {
    expect((await fetch(`${server.url}/hooks/line/default?hub.mode=subscribe`)).status).toBe(404);
  });
});

describe('all of it', () => {
  it('broke no rule of the platforms, and told no text, id or secret in the log', () => {
    expect([...messenger.calls, ...line.calls].flatMap(({ problems }) => problems)).toEqual([]);
    const output = server.output();
    expect(output).toContain('hook_accepted');
    for (const secret of [...Object.values(FAKE_PAGE), ...Object.values(FAKE_ACCOUNT)])
      expect(output).not.toContain(secret);
    expect(output).not.toMatch(/xin chào|cứu em|70010020030|80000000000|U0a1b2c3d|appsecret_proof|token-\d/);
  });
});
