import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newUuid } from '../../../server/ids.ts';
import { endHandover, takeConversation } from '../../../server/store/desk.ts';
import { queueCounsellorMessage } from '../../../server/turns/queue-message.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import {
  fakeChannel,
  fakeClock,
  type FakeChannel,
  message,
  type SetClock,
  startInstance,
  testVault,
} from '../../support/turns.ts';

let database: TestDatabase;
let clock: SetClock;
let channel: FakeChannel;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query('truncate contacts, conversations, inbox, messages, outbox cascade');
  clock = fakeClock();
  channel = fakeChannel();
});
afterAll(() => database.drop());

const deliveries = async (): Promise<Record<string, unknown>[]> =>
  (
    await database.pool.query<Record<string, unknown>>(
      'select author, delivery, failure_class, failure_code from messages order by seq',
    )
  ).rows;
const sentTexts = (): string[] => channel.sent.map(({ text }) => text);
const conversationId = async (): Promise<string> => {
  const found = await database.pool.query<{ id: string }>('select id from conversations');
  return found.rows[0]?.id ?? '';
};

const counsellor = newUuid();
/** somebody waits at the desk, and there is somebody to take it */
async function openHandover(): Promise<void> {
  await database.pool.query(
    `insert into users (id, email, display_name, password_hash, role, created_at)
     values ($1, $2, 'Lan', '-', 'counsellor', now()) on conflict (id) do nothing`,
    [counsellor, `${counsellor}@example.org`],
  );
  await database.pool.query(
    `insert into handovers (id, conversation_id, risk, cause, reasons_enc, waiting_since, created_at)
     select gen_random_uuid(), id, 'none', 'person_asked', '', now(), now() from conversations`,
  );
}
async function take(): Promise<void> {
  const id = await conversationId();
  await database.transact((client) => takeConversation(client, id, counsellor, clock.now()));
}
async function giveBack(): Promise<void> {
  const id = await conversationId();
  await database.transact((client) =>
    endHandover(client, id, { state: 'returned', outcome: null, now: clock.now() }),
  );
}

describe('the sender', () => {
  it('sends what a process that died after its commit left, once its lease ran out and not before', async () => {
    const dying = startInstance(database, { clock, channels: [channel], sends: false });
    await dying.inbox.accept('telegram', 'default', [message('a', 'TWICE')]);
    await dying.work();
    const other = startInstance(database, { clock, channels: [channel] });
    expect(await other.sender.sweep()).toBe(0);
    clock.advance(10_001);
    expect(await other.sender.sweep()).toBe(2);
    await other.sender.settle();
    expect(sentTexts()).toEqual(['1:TWICE', '1:again']);
  });

  it('lets a later message wait behind an older one that another instance has not sent', async () => {
    const dying = startInstance(database, { clock, channels: [channel], sends: false });
    await dying.inbox.accept('telegram', 'default', [message('a', 'first')]);
    await dying.work();
    const other = startInstance(database, { clock, channels: [channel] });
    await other.inbox.accept('telegram', 'default', [message('a', 'second')]);
    await other.work();
    expect(sentTexts()).toEqual([]);
    clock.advance(10_001);
    await other.sender.sweep();
    await other.sender.settle();
    expect(sentTexts()).toEqual(['1:first', '2:second']);
  });

  it('keeps the bot mute when a counsellor took the conversation after the turn', async () => {
    const one = startInstance(database, { clock, channels: [channel], sends: false });
    await one.inbox.accept('telegram', 'default', [message('a', 'hello')]);
    await one.work();
    await database.pool.query(`update conversations set owner = 'counsellor'`);
    clock.advance(10_001);
    const two = startInstance(database, { clock, channels: [channel] });
    await two.sender.sweep();
    await two.sender.settle();
    expect(sentTexts()).toEqual([]);
    expect(await deliveries()).toEqual([
      { author: 'person', delivery: 'received', failure_class: null, failure_code: null },
      { author: 'bot', delivery: 'suppressed', failure_class: null, failure_code: null },
    ]);
  });

  it('keeps back for good what waited when a counsellor took the conversation', async () => {
    const one = startInstance(database, { clock, channels: [channel], sends: false });
    await one.inbox.accept('telegram', 'default', [message('a', 'TWICE')]);
    await one.work();
    await openHandover();
    await take();
    await giveBack();
    clock.advance(10_001);
    const two = startInstance(database, { clock, channels: [channel] });
    await two.sender.sweep();
    await two.sender.settle();
    expect(sentTexts()).toEqual([]);
    expect((await deliveries()).map(({ delivery }) => delivery)).toEqual([
      'received',
      'suppressed',
      'suppressed',
    ]);
  });

  it('says of what was on its way when a counsellor took over that it was sent', async () => {
    const taking: FakeChannel = {
      ...channel,
      adapter: {
        ...channel.adapter,
        send: async (...sent) => {
          await openHandover();
          await take();
          return channel.adapter.send(...sent);
        },
      },
    };
    const one = startInstance(database, { clock, channels: [taking] });
    await one.inbox.accept('telegram', 'default', [message('a', 'TWICE')]);
    await one.work();
    expect(sentTexts()).toEqual(['1:TWICE']);
    expect((await deliveries()).map(({ delivery }) => delivery)).toEqual(['received', 'sent', 'suppressed']);
  });

  it('sends what a counsellor writes behind what the bot has on its way, whichever instance sends it', async () => {
    const two = startInstance(database, { clock, channels: [channel] });
    const deps = { vault: testVault(), clock, newId: () => newUuid() };
    const slow: FakeChannel = {
      ...channel,
      adapter: {
        ...channel.adapter,
        send: async (...sent) => {
          await openHandover();
          await take();
          const reply = { userId: counsellor, text: 'Chào bạn', clientMessageId: newUuid() };
          const place = { conversationId: await conversationId() };
          await database.transact((client) => queueCounsellorMessage(deps, client, { ...place, ...reply }));
          await two.sender.sweep();
          await two.sender.settle();
          return channel.adapter.send(...sent);
        },
      },
    };
    const one = startInstance(database, { clock, channels: [slow] });
    await one.inbox.accept('telegram', 'default', [message('a', 'TWICE')]);
    await one.work();
    expect(sentTexts()).toEqual(['1:TWICE']);
    await two.sender.sweep();
    await two.sender.settle();
    expect(sentTexts()).toEqual(['1:TWICE', 'Chào bạn']);
    expect((await deliveries()).map(({ delivery }) => delivery)).toEqual([
      'received',
      'sent',
      'suppressed',
      'sent',
    ]);
    expect((await database.pool.query('select 1 from outbox')).rows).toEqual([]);
  });

  it('keeps the bot mute from the second message on when a counsellor takes over during the first', async () => {
    const taking: FakeChannel = {
      ...channel,
      adapter: {
        ...channel.adapter,
        send: async (...sent) => {
          await database.pool.query(`update conversations set owner = 'counsellor'`);
          return channel.adapter.send(...sent);
        },
      },
    };
    const one = startInstance(database, { clock, channels: [taking] });
    await one.inbox.accept('telegram', 'default', [message('a', 'TWICE')]);
    await one.work();
    expect(sentTexts()).toEqual(['1:TWICE']);
    expect((await deliveries()).at(-1)).toMatchObject({ author: 'bot', delivery: 'suppressed' });
  });

  it('keeps nothing in the outbox of what was sent or failed for good', async () => {
    const one = startInstance(database, { clock, channels: [channel] });
    channel.answers.push({ ok: false, class: 'policy', retryAfterMs: null, sentParts: 0, code: 'x' });
    await one.inbox.accept('telegram', 'default', [message('a', 'TWICE')]);
    await one.work();
    expect((await database.pool.query('select 1 from outbox')).rows).toEqual([]);
    expect(await deliveries()).toMatchObject([
      { delivery: 'received' },
      { delivery: 'failed' },
      { delivery: 'sent' },
    ]);
  });

  it('sends what a counsellor writes, once for the same client message id', async () => {
    const one = startInstance(database, { clock, channels: [channel] });
    await one.inbox.accept('telegram', 'default', [message('a', 'hello')]);
    await one.work();
    const userId = newUuid();
    await database.pool.query(
      `insert into users (id, email, display_name, password_hash, role, created_at) values ($1, $2, 'Lan', 'x', 'counsellor', now())`,
      [userId, `${userId}@example.org`],
    );
    await database.pool.query(`update conversations set owner = 'counsellor', owner_user_id = $1`, [userId]);
    const input = {
      conversationId: await conversationId(),
      userId,
      text: 'Chào bạn',
      clientMessageId: newUuid(),
    };
    const deps = { vault: testVault(), clock, newId: () => newUuid() };
    const first = await database.transact((client) => queueCounsellorMessage(deps, client, input));
    const again = await database.transact((client) =>
      queueCounsellorMessage(deps, client, { ...input, text: 'other' }),
    );
    expect(again).toEqual(first);
    await one.sender.sweep();
    await one.sender.settle();
    expect(sentTexts()).toEqual(['1:hello', 'Chào bạn']);
  });

  it('marks a message to somebody who blocked us as failed and sends nothing, until they write again', async () => {
    const one = startInstance(database, { clock, channels: [channel] });
    await one.inbox.accept('telegram', 'default', [message('a', 'hello')]);
    await one.work();
    await one.inbox.accept('telegram', 'default', [
      message('a', 'one'),
      message('a', '', { kind: 'unfollow' }),
    ]);
    await one.work();
    expect(sentTexts()).toEqual(['1:hello']);
    expect((await deliveries()).at(-1)).toEqual({
      author: 'bot',
      delivery: 'failed',
      failure_class: 'blocked',
      failure_code: 'contact_blocked',
    });
    await one.inbox.accept('telegram', 'default', [message('a', 'back')]);
    await one.work();
    expect(sentTexts()).toEqual(['1:hello', '3:back']);
  });

  it.each(['blocked', 'invalid', 'policy', 'quota', 'permission', 'media', 'window'] as const)(
    'shows a failure of class %s at once and goes on with the next message',
    async (failure) => {
      const one = startInstance(database, { clock, channels: [channel] });
      channel.answers.push({
        ok: false,
        class: failure,
        retryAfterMs: null,
        sentParts: 0,
        code: `x_${failure}`,
      });
      await one.inbox.accept('telegram', 'default', [message('a', 'hello')]);
      await one.work();
      expect((await deliveries()).at(-1)).toEqual({
        author: 'bot',
        delivery: 'failed',
        failure_class: failure,
        failure_code: `x_${failure}`,
      });
    },
  );

  it('tries again with growing waits, keeps order and the parts already sent', async () => {
    const one = startInstance(database, { clock, channels: [channel] });
    const fault = { ok: false, class: 'retry', retryAfterMs: null, sentParts: 1, code: 'x_500' } as const;
    channel.answers.push(fault, { ...fault, sentParts: 0 });
    await one.inbox.accept('telegram', 'default', [message('a', 'TWICE')]);
    await one.work();
    const trySend = async (): Promise<number> => {
      const rows = await one.sender.sweep();
      await one.sender.settle();
      return rows;
    };
    clock.advance(499);
    expect(await trySend()).toBe(0);
    clock.advance(1);
    expect(await trySend()).toBe(2);
    expect(sentTexts()).toEqual([]);
    clock.advance(999);
    expect(await trySend()).toBe(0);
    clock.advance(1);
    await trySend();
    expect(channel.sent.map(({ text, context }) => [text, context.skipParts])).toEqual([
      ['1:TWICE', 1],
      ['1:again', 0],
    ]);
  });

  it.each([
    ['rate', 7_000, 7_000],
    ['token', null, 60_000],
  ] as const)('pauses the whole account after %s', async (failure, retryAfterMs, pauseMs) => {
    const one = startInstance(database, { clock, channels: [channel] });
    channel.answers.push({ ok: false, class: failure, retryAfterMs, sentParts: 0, code: 'x' });
    await one.inbox.accept('telegram', 'default', [message('a', 'hello')]);
    await one.work();
    await one.inbox.accept('telegram', 'default', [message('b', 'other person')]);
    await one.work();
    expect(sentTexts()).toEqual([]);
    clock.advance(pauseMs);
    await one.sender.sweep();
    await one.sender.settle();
    expect(sentTexts().sort()).toEqual(['1:hello', '1:other person']);
  });

  it('does not answer after the channel closed its window', async () => {
    const narrow = fakeChannel('messenger', 24);
    const one = startInstance(database, { clock, channels: [narrow], sends: false });
    await one.inbox.accept('messenger', 'default', [message('a', 'hello', { receivedAt: clock.now() })]);
    await one.work();
    clock.advance(24 * 3_600_000 + 1);
    const two = startInstance(database, { clock, channels: [narrow] });
    await two.sender.sweep();
    await two.sender.settle();
    expect(narrow.sent).toEqual([]);
    expect((await deliveries()).at(-1)).toMatchObject({
      delivery: 'failed',
      failure_class: 'window',
      failure_code: 'window_closed',
    });
  });
});
