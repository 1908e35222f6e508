import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { announce, createLiveHub, wakeListeners } from '../../server/live.ts';
import { createLog } from '../../server/log.ts';
import type { LiveHub, LiveSignal } from '../../server/ports.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const log = createLog({ level: 'silent' });
let database: TestDatabase;
let hubs: LiveHub[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await Promise.all(hubs.map((hub) => hub.close()));
  await database.drop();
});

async function openHub(): Promise<LiveHub> {
  const hub = await createLiveHub({ pool: database.pool, connectionString: database.url, log });
  hubs = [...hubs, hub];
  return hub;
}

/** Collects signals and resolves when the wanted number has come. */
function collect(count: number): {
  listener: (signal: LiveSignal) => void;
  all: Promise<readonly LiveSignal[]>;
  got: LiveSignal[];
} {
  const got: LiveSignal[] = [];
  const { promise, resolve } = Promise.withResolvers<readonly LiveSignal[]>();
  return {
    got,
    all: promise,
    listener: (signal) => {
      got.push(signal);
      if (got.length === count) resolve(got);
    },
  };
}

const tell = (conversationId: string): Promise<void> =>
  database.transact((client) => announce(client, [{ kind: 'message_added', conversationId, userId: null }]));
const idsOf = (signals: readonly LiveSignal[]): readonly (string | null)[] =>
  signals.map((signal) => (signal.type === 'event' ? signal.event.conversationId : 'reset'));

describe('live hub', () => {
  it('tells listeners on two instances', async () => {
    const [one, two] = [await openHub(), await openHub()];
    const [first, second] = [collect(1), collect(1)];
    await one.subscribe(null, first.listener);
    await two.subscribe(null, second.listener);
    const id = randomUUID();
    await tell(id);
    expect(idsOf(await first.all)).toEqual([id]);
    expect(idsOf(await second.all)).toEqual([id]);
  });

  it('misses nothing and doubles nothing when many write at once and commit in another order', async () => {
    const hub = await openHub();
    const ids = Array.from({ length: 200 }, () => randomUUID());
    const collected = collect(ids.length);
    await hub.subscribe(null, collected.listener);
    await Promise.all(
      ids.map((id, index) =>
        database.transact(async (client) => {
          await announce(client, [{ kind: 'message_added', conversationId: id, userId: null }]);
          if (index % 3 === 0) await client.query('select pg_sleep(0.01)');
        }),
      ),
    );
    const seen = idsOf(await collected.all);
    expect([...seen].sort()).toEqual([...ids].sort());
  });

  it('replays what came after the last event a browser saw', async () => {
    const hub = await openHub();
    const before = collect(1);
    const leave = await hub.subscribe(null, before.listener);
    await tell(randomUUID());
    const [signal] = await before.all;
    leave();
    const missed = [randomUUID(), randomUUID()];
    for (const id of missed) await tell(id);
    const after = collect(2);
    await hub.subscribe(signal?.type === 'event' ? signal.event.id : null, after.listener);
    expect(idsOf(await after.all)).toEqual(missed);
  });

  it('tells 99 before 100: the order of transactions is that of numbers, not of letters', async () => {
    const own = await createTestDatabase();
    const [early, late] = [randomUUID(), randomUUID()];
    const put = (xid: string, id: string): Promise<unknown> =>
      own.pool.query(
        `insert into live_events (xid, kind, conversation_id) values ($1::xid8, 'message_added', $2)`,
        [xid, id],
      );
    const open = (): Promise<LiveHub> =>
      createLiveHub({ pool: own.pool, connectionString: own.url, log, pollMs: 3_600_000 });
    try {
      await put('98', randomUUID());
      const hub = await open();
      const collected = collect(2);
      await hub.subscribe(null, collected.listener);
      await put('100', late);
      await put('99', early);
      await wakeListeners(own.pool);
      expect(idsOf(await collected.all)).toEqual([early, late]);
      await hub.close();

      const second = await open();
      expect(await second.latestId()).toMatch(/^100-/);
      await second.close();
    } finally {
      await own.drop();
    }
  });

  it.each([
    ['an event that was trimmed', '1-1'],
    ['nonsense', 'x-y'],
    ['an injection', "0-0'; drop table live_events"],
  ])('asks for a refetch when the cursor is %s', async (_what, cursor) => {
    const hub = await openHub();
    const collected = collect(1);
    await hub.subscribe(cursor, collected.listener);
    expect(await collected.all).toEqual([{ type: 'reset' }]);
  });

  it('goes on after its listening connection was cut', async () => {
    const hub = await openHub();
    const collected = collect(1);
    await hub.subscribe(null, collected.listener);
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'hoi-truoc-live' and datname = current_database()`,
    );
    const id = randomUUID();
    await tell(id);
    expect(idsOf(await collected.all)).toEqual([id]);
  });
});
