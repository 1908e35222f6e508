/** The sender asks the rules once more, and hands over the messages of one turn together where the channel takes several. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChannelName, SendTogetherResult } from '../../../server/channels/adapter.ts';
import { newUuid } from '../../../server/ids.ts';
import { queueCounsellorMessage } from '../../../server/turns/queue-message.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import {
  type FakeChannel,
  fakeChannel,
  fakeClock,
  type Instance,
  type InstanceOptions,
  message,
  type SetClock,
  startInstance,
  testVault,
} from '../../support/turns.ts';

let database: TestDatabase;
let clock: SetClock;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query('truncate contacts, conversations, inbox, messages, outbox cascade');
  clock = fakeClock();
});
afterAll(() => database.drop());

const HOUR = 3_600_000;
const start = (channel: FakeChannel, options: InstanceOptions = {}): Instance =>
  startInstance(database, { clock, channels: [channel], ...options });
const hear = (one: Instance, channel: ChannelName, text: string, replyHandle: string | null = null) =>
  one.inbox.accept(channel, 'default', [message('a', text, { receivedAt: clock.now(), replyHandle })]);
const fates = async () =>
  (
    await database.pool.query<{ author: string; delivery: string; code: string | null }>(
      `select author, delivery, failure_code as code from messages where author <> 'person' order by seq`,
    )
  ).rows.map(({ author, delivery, code }) => [author, delivery, code]);
const counsellorWrites = async (one: Instance): Promise<void> => {
  const found = await database.pool.query<{ id: string }>('select id from conversations');
  const userId = newUuid();
  await database.pool.query(
    `insert into users (id, email, display_name, password_hash, role, created_at) values ($1, $2, 'Lan', '-', 'counsellor', now())`,
    [userId, `${userId}@example.org`],
  );
  await database.transact((client) =>
    queueCounsellorMessage({ vault: testVault(), clock, newId: () => newUuid() }, client, {
      ...{ conversationId: found.rows[0]?.id ?? '', userId, text: 'chào em', clientMessageId: newUuid() },
    }),
  );
  await one.sender.sweep();
  await one.sender.settle();
};

describe('the sender', () => {
  it('sends a counsellor’s words on Messenger as such after a day, and no more after a week', async () => {
    const channel = fakeChannel('messenger');
    const one = start(channel);
    await hear(one, 'messenger', 'hello');
    await one.work();
    clock.advance(25 * HOUR);
    await counsellorWrites(one);
    expect(channel.sent.at(-1)).toMatchObject({ text: 'chào em', context: { outsideWindow: true } });
    expect(channel.sent[0]?.context).not.toHaveProperty('outsideWindow');
    clock.advance(144 * HOUR);
    await counsellorWrites(one);
    expect((await fates()).at(-1)).toEqual(['counsellor', 'failed', 'window_closed']);
  });

  it('stops the bot on Zalo after eight free answers, and not a counsellor', async () => {
    const channel = fakeChannel('zalo');
    const slow = start(channel, { sends: false });
    await hear(slow, 'zalo', 'hello');
    await slow.work();
    await database.pool.query(
      `insert into messages (id, conversation_id, seq, author, body_enc, created_at, delivery)
       select gen_random_uuid(), id, 100 + n, 'bot', '\\x', $1, 'sent' from conversations, generate_series(1, 8) as n`,
      [clock.now()],
    );
    await database.pool.query('update conversations set next_seq = 200');
    clock.advance(60_000);
    const one = start(channel);
    await one.sender.sweep();
    await one.sender.settle();
    expect((await fates())[0]).toEqual(['bot', 'failed', 'free_used_up']);
    await counsellorWrites(one);
    expect(channel.sent.map(({ text }) => text)).toEqual(['chào em']);
  });

  it.each([
    ['once for messages that went out as one text', 16, `array['one']`, 'sent'],
    ['once for each part of a long message', 4, `array['a' || n, 'b' || n]`, 'failed'],
    ['once for each message whose id nobody learnt', 8, `'{}'`, 'failed'],
  ])('counts answers on Zalo %s', async (_what, rows, ids, fate) => {
    const channel = fakeChannel('zalo');
    const slow = start(channel, { sends: false });
    await hear(slow, 'zalo', 'hello');
    await slow.work();
    await database.pool.query(
      `insert into messages (id, conversation_id, seq, author, body_enc, created_at, delivery, platform_ids)
       select gen_random_uuid(), id, 100 + n, 'bot', '\\x', $1, 'sent', ${ids} from conversations, generate_series(1, ${rows}) as n`,
      [clock.now()],
    );
    clock.advance(60_000);
    const one = start(channel);
    await one.sender.sweep();
    await one.sender.settle();
    expect((await fates())[0]?.[1]).toBe(fate);
  });

  it.each([
    ['lets it answer what came after the eighth', 1, ['bot', 'sent', null]],
    ['counts them for what came before and was late', -1, ['bot', 'failed', 'free_used_up']],
  ])('of eight free answers on Zalo %s', async (_title, writtenAfterMs, fate) => {
    const channel = fakeChannel('zalo');
    const one = start(channel);
    await hear(one, 'zalo', 'hello');
    await one.work();
    await database.pool.query(
      `insert into messages (id, conversation_id, seq, author, body_enc, created_at, delivery)
       select gen_random_uuid(), id, 100 + n, 'bot', '\\x', $1, 'sent' from conversations, generate_series(1, 8) as n`,
      [clock.now()],
    );
    await database.pool.query('update conversations set next_seq = 200, last_outbound_at = $1', [
      clock.now(),
    ]);
    const receivedAt = new Date(clock.now().getTime() + writtenAfterMs);
    await one.inbox.accept('zalo', 'default', [message('a', 'late', { receivedAt })]);
    clock.advance(1_000);
    await one.work();
    expect((await fates()).at(-1)).toEqual(fate);
  });

  it.each([
    ['the bot before the reserve', { limit: 100, used: 79 }, ['bot', 'sent', null]],
    ['not the bot at the reserve', { limit: 100, used: 80 }, ['bot', 'failed', 'quota_reserved']],
    ['not the bot when all is used', { limit: 100, used: 100 }, ['bot', 'failed', 'quota_used_up']],
  ])('lets on LINE %s', async (_what, quota, fate) => {
    const one = start(fakeChannel('line'), { quotaOf: () => quota });
    await hear(one, 'line', 'hello');
    await one.work();
    expect(await fates()).toEqual([fate]);
  });

  it('lets the reserve alone for a reply that is free', async () => {
    const channel = fakeChannel('line');
    channel.adapter.answersFree = (handle) => handle === 'fresh';
    const one = start(channel, { quotaOf: () => ({ limit: 100, used: 100 }) });
    await hear(one, 'line', 'hello', 'fresh');
    await one.work();
    expect(await fates()).toEqual([['bot', 'sent', null]]);
  });

  it('lets nothing ring at night that is not an answer', async () => {
    // 22:30 in Vietnam
    clock = fakeClock('2026-11-20T15:30:00.000Z');
    const channel = fakeChannel();
    const one = start(channel);
    await hear(one, 'telegram', 'hello');
    await one.work();
    clock.advance(HOUR);
    const silence = message('a', '', {
      kind: 'silence',
      payload: 'x',
      opensWindow: false,
      receivedAt: clock.now(),
    });
    await one.inbox.accept('telegram', 'default', [silence]);
    await one.work();
    expect(await fates()).toEqual([
      ['bot', 'sent', null],
      ['bot', 'failed', 'quiet_hours'],
    ]);
  });
});

describe('the messages of one turn', () => {
  interface Called {
    texts: readonly string[];
    key: string;
  }
  /** Takes up to `limit` messages in one call. */
  function together(
    limit: number,
    answers: SendTogetherResult[] = [],
  ): { channel: FakeChannel; calls: Called[] } {
    const channel = fakeChannel('line');
    const calls: Called[] = [];
    channel.adapter.capabilities.maxMessagesPerSend = limit;
    channel.adapter.sendTogether = (_to, messages, context) => {
      calls.push({ texts: messages.map(({ text }) => text), key: context.idempotencyKey });
      const answer = answers.shift();
      if (answer !== undefined) return Promise.resolve(answer);
      const platformIds = messages.map((_, index) => [`t${calls.length}-${index}`]);
      return Promise.resolve({ ok: true, taken: messages.length, platformIds, charged: messages.length });
    };
    return { channel, calls };
  }
  const failure = (code: 'retry' | 'invalid' | 'blocked') =>
    ({ ok: false, class: code, retryAfterMs: null, sentParts: 0, code: 'x' }) as const;
  const readIds = async () =>
    (
      await database.pool.query<{ platform_ids: string[] }>(
        `select platform_ids from messages where author = 'bot' order by seq`,
      )
    ).rows.map((row) => row.platform_ids.join());

  it('go in one call, each with its own id, and are charged once', async () => {
    const { channel, calls } = together(5);
    const charged: number[] = [];
    const one = start(channel, { onCharged: (_channel, _account, count) => charged.push(count) });
    await hear(one, 'line', 'TWICE');
    await one.work();
    expect(calls.map(({ texts }) => texts)).toEqual([['1:TWICE', '1:again']]);
    expect(await readIds()).toEqual(['t1-0', 't1-1']);
    expect(charged).toEqual([2]);
    expect(channel.sent).toEqual([]);
  });

  it('go in as many calls as it takes, in order', async () => {
    const { channel, calls } = together(5, [{ ok: true, taken: 1, platformIds: [['a']] }]);
    const one = start(channel);
    await hear(one, 'line', 'TWICE');
    await one.work();
    expect(calls.map(({ texts }) => texts)).toEqual([['1:TWICE', '1:again']]);
    // one is left: it goes as any other
    expect(channel.sent.map(({ text }) => text)).toEqual(['1:again']);
    expect(await readIds()).toEqual(['a', 'p1']);
  });

  it('are tried again together, with the same key, when the platform does not answer', async () => {
    const { channel, calls } = together(5, [{ ok: false, taken: 2, failure: failure('retry') }]);
    const one = start(channel);
    await hear(one, 'line', 'TWICE');
    await one.work();
    clock.advance(60_000);
    await one.sender.sweep();
    await one.sender.settle();
    expect(calls.map(({ texts }) => texts)).toEqual([
      ['1:TWICE', '1:again'],
      ['1:TWICE', '1:again'],
    ]);
    expect(calls[0]?.key).toBe(calls[1]?.key);
    expect(await fates()).toEqual([
      ['bot', 'sent', null],
      ['bot', 'sent', null],
    ]);
  });

  it('are judged each for itself when one of them is refused', async () => {
    const { channel } = together(5, [{ ok: false, taken: 2, failure: failure('invalid') }]);
    channel.answers.push(failure('invalid'));
    const one = start(channel);
    await hear(one, 'line', 'TWICE');
    await one.work();
    expect(await fates()).toEqual([
      ['bot', 'failed', 'x'],
      ['bot', 'sent', null],
    ]);
  });

  it('stop at somebody who blocked us: the rest is not even tried', async () => {
    const { channel, calls } = together(5, [{ ok: false, taken: 2, failure: failure('blocked') }]);
    const one = start(channel);
    await hear(one, 'line', 'TWICE');
    await one.work();
    expect(await fates()).toEqual([
      ['bot', 'failed', 'x'],
      ['bot', 'failed', 'contact_blocked'],
    ]);
    expect(calls.length + channel.sent.length).toBe(1);
  });

  it('of two people never go together, nor what a counsellor wrote', async () => {
    const { channel, calls } = together(5);
    const one = start(channel);
    await hear(one, 'line', 'hello');
    await one.inbox.accept('line', 'default', [message('b', 'hello')]);
    await one.work();
    await database.pool.query(
      `delete from contacts where id <> (select contact_id from conversations order by id limit 1)`,
    );
    await counsellorWrites(one);
    expect(calls).toEqual([]);
    expect(channel.sent).toHaveLength(3);
  });
});
