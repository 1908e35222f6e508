import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { Transact } from '../../../server/ports.ts';
import { createPool } from '../../../server/store/pool.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import {
  echoTurn,
  fakeChannel,
  fakeClock,
  type FakeChannel,
  message,
  type SetClock,
  startInstance,
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

const deliveries = async (): Promise<unknown[]> =>
  (
    await database.pool.query<{ delivery: string }>(
      `select delivery from messages where author = 'bot' order by conversation_id, seq`,
    )
  ).rows.map(({ delivery }) => delivery);
const outboxSize = async (): Promise<number | null> =>
  (await database.pool.query('select from outbox')).rowCount;

const pools: Pool[] = [];
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await database.drop();
});

/** Statements that record what was sent meet `faults` first, one each; everything else goes through. */
function withFaults(faults: Error[]): TestDatabase {
  const pool = createPool({ databaseUrl: database.url, maxConnections: 5, onError: () => undefined });
  pools.push(pool);
  const query = pool.query.bind(pool);
  Reflect.set(pool, 'query', (...args: unknown[]): unknown => {
    const [statement] = args;
    const isRecord =
      typeof statement === 'object' &&
      statement !== null &&
      'name' in statement &&
      statement.name === 'record_done';
    const fault = isRecord ? faults.shift() : undefined;
    const answer: unknown = fault === undefined ? Reflect.apply(query, pool, args) : Promise.reject(fault);
    return answer;
  });
  return { ...database, pool };
}

const away = (): Error => Object.assign(new Error('gone'), { code: 'ECONNRESET' });
const refused = (): Error => Object.assign(new Error('refused'), { code: '22021' });

describe('what was sent and not recorded', () => {
  it('is recorded when the database is back, and sent once, whoever sweeps meanwhile', async () => {
    const waits: (() => void)[] = [];
    const { promise: waiting, resolve: hasFailed } = Promise.withResolvers<true>();
    const one = startInstance(withFaults([away(), away()]), {
      clock,
      channels: [channel],
      startTimer: (_ms, fire) => {
        waits.push(fire);
        hasFailed(true);
      },
    });
    await one.inbox.accept('telegram', 'default', [message('a', 'TWICE')]);
    await one.runner.runOnce();
    await waiting;
    clock.advance(10_001);
    // its lease ran out, but it is still held here
    expect(await one.sender.sweep()).toBe(2);
    expect(channel.sent.map(({ text }) => text)).toEqual(['1:TWICE']);
    waits.shift()?.();
    while (waits.length === 0) await new Promise(setImmediate);
    waits.shift()?.();
    await one.sender.settle();
    expect(channel.sent.map(({ text }) => text)).toEqual(['1:TWICE', '1:again']);
    expect(await deliveries()).toEqual(['sent', 'sent']);
    expect(await outboxSize()).toBe(0);
  });

  it('holds up nobody else when the database refuses one of a batch', async () => {
    const one = startInstance(withFaults([refused(), refused()]), { clock, channels: [channel] });
    const people = ['a', 'b', 'c'];
    await Promise.all(
      people.map((person) => one.inbox.accept('telegram', 'default', [message(person, 'hello')])),
    );
    await one.work();
    expect(channel.sent).toHaveLength(3);
    expect((await deliveries()).sort()).toEqual(['queued', 'sent', 'sent']);
    expect(one.told.entries.map(({ event }) => event)).toEqual(['send_not_recorded']);
  });

  it('does not keep a stopping instance from ending', async () => {
    const { promise: waiting, resolve: hasFailed } = Promise.withResolvers<true>();
    const one = startInstance(withFaults(Array.from({ length: 4 }, away)), {
      clock,
      channels: [channel],
      startTimer: () => hasFailed(true),
    });
    await one.inbox.accept('telegram', 'default', [message('a', 'hello')]);
    await one.runner.runOnce();
    await waiting;
    await one.sender.stop();
    expect(await deliveries()).toEqual(['queued']);
  });

  it('leaves alone what another instance took over and recorded since', async () => {
    const waits: (() => void)[] = [];
    const { promise: waiting, resolve: hasFailed } = Promise.withResolvers<true>();
    const one = startInstance(withFaults([away()]), {
      clock,
      channels: [channel],
      startTimer: (_ms, fire) => {
        waits.push(fire);
        hasFailed(true);
      },
    });
    await one.inbox.accept('telegram', 'default', [message('a', 'hello')]);
    await one.runner.runOnce();
    await waiting;
    clock.advance(10_001);
    const other = startInstance(database, { clock, channels: [channel] });
    expect(await other.sender.sweep()).toBe(1);
    await other.sender.settle();
    await database.pool.query(`update messages set delivery = 'read' where author = 'bot'`);
    waits.shift()?.();
    await one.sender.settle();
    expect(await deliveries()).toEqual(['read']);
  });
});

describe('right after a commit', () => {
  const takenOver = (): Transact => (work) =>
    database.transact(async (client, commit) => {
      const result = await work(client, commit);
      await database.pool.query(`update conversations set owner = 'counsellor'`);
      return result;
    });

  it.each([
    ['sends what was decided under the lock', 0, ['1:hello']],
    ['looks again when the process stood still since', 5_000, []],
  ])('%s', async (_title, stoodStillMs, sent) => {
    const one = startInstance(
      { ...database, transact: takenOver() },
      {
        clock,
        channels: [channel],
        takeTurn: (...turn) => {
          clock.advance(stoodStillMs);
          return echoTurn(...turn);
        },
      },
    );
    await one.inbox.accept('telegram', 'default', [message('a', 'hello')]);
    await one.work();
    expect(channel.sent.map(({ text }) => text)).toEqual(sent);
  });
});
