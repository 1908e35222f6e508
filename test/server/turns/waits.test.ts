/** Questions that wait for a time only, over a real database with the real engine; and where people stand meanwhile. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Assets, takeTurn } from '../../../bot/index.ts';
import { listPathCounts, listStanding } from '../../../server/store/places-of-people.ts';
import { endWaits } from '../../../server/turns/waits.ts';
import { loadRealAssets } from '../../support/assets.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import {
  type FakeChannel,
  fakeChannel,
  fakeClock,
  type Instance,
  message,
  type SetClock,
  startInstance,
  testVault,
} from '../../support/turns.ts';

const MINUTE_MS = 60_000;

let assets: Assets;
let database: TestDatabase;
let clock: SetClock;
let channel: FakeChannel;
let one: Instance;
beforeAll(async () => {
  [assets, database] = await Promise.all([loadRealAssets(), createTestDatabase()]);
});
beforeEach(async () => {
  await database.pool.query('truncate contacts, conversations, inbox, messages, outbox, statistics cascade');
  clock = fakeClock();
  channel = fakeChannel();
  one = startInstance(database, { clock, channels: [channel], assets, takeTurn });
});
afterAll(() => database.drop());

const end = (): Promise<number> => endWaits({ transact: database.transact, vault: testVault(), clock });

async function hear(person: string, text: string): Promise<readonly string[]> {
  const before = channel.sent.length;
  await one.inbox.accept('telegram', 'default', [message(person, text, { receivedAt: clock.now() })]);
  await one.work();
  return channel.sent.slice(before).map((sent) => sent.text);
}

async function waitMinutes(minutes: number): Promise<readonly string[]> {
  const before = channel.sent.length;
  clock.advance(minutes * MINUTE_MS);
  await end();
  await one.work();
  return channel.sent.slice(before).map((sent) => sent.text);
}

describe('whoever asked for a person and waits', () => {
  it('is told the truth once after a quarter of an hour, with a number', async () => {
    await hear('a', 'gặp người thật');
    // nobody is on duty in this test: the way to leave word comes first
    await hear('a', 'bỏ qua');
    expect(await waitMinutes(14)).toEqual([]);
    const told = await waitMinutes(2);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('Bạn không phải chờ ở đây');
    expect(told[0]).toContain('111');
    expect(await waitMinutes(60)).toEqual([]);
  });

  it('is left in peace when they wrote meanwhile', async () => {
    await hear('a', 'gặp người thật');
    await hear('a', 'bỏ qua');
    clock.advance(14 * MINUTE_MS);
    await hear('a', 'em vẫn chờ');
    expect(await waitMinutes(20)).toEqual([]);
  });

  it('hears nothing of it while a counsellor is there', async () => {
    await hear('a', 'gặp người thật');
    await hear('a', 'bỏ qua');
    await database.pool.query(`update conversations set owner = 'counsellor'`);
    expect(await waitMinutes(20)).toEqual([]);
  });

  it('hears nothing once they blocked us', async () => {
    await hear('a', 'gặp người thật');
    await hear('a', 'bỏ qua');
    await database.pool.query('update contacts set blocked = true');
    expect(await waitMinutes(20)).toEqual([]);
  });
});

it('nobody in danger is written to unasked', async () => {
  await hear('a', 'cứu em với họ nhốt em trong phòng');
  await hear('a', 'gặp người thật');
  await hear('a', 'bỏ qua');
  const waiting = await database.pool.query('select 1 from conversations where wait_until is not null');
  expect(waiting.rows).toEqual([]);
  expect(await waitMinutes(600)).toEqual([]);
});

it('one wait ends once, whoever looks, and also when the same end comes again', async () => {
  for (const person of ['a', 'b', 'c']) {
    await hear(person, 'gặp người thật');
    await hear(person, 'bỏ qua');
  }
  clock.advance(20 * MINUTE_MS);
  const before = channel.sent.length;
  const ended = await Promise.all([end(), end(), end()]);
  expect(ended.reduce((sum, count) => sum + count, 0)).toBe(3);
  await Promise.all([one.work(), end()]);
  await one.work();
  expect(
    channel.sent
      .slice(before)
      .map(({ to }) => to)
      .sort(),
  ).toEqual(['a', 'b', 'c']);
});

describe('where people stand and which ways they take', () => {
  it('is counted by flow, version and question, without anything they wrote', async () => {
    await hear('a', 'xin chào');
    await hear('b', 'xin chào');
    await hear('b', 'Kiểm tra lời mời');
    const version = (flow: string): number => assets.flows.get(flow)?.version ?? 0;
    expect(await listStanding(database.pool)).toEqual([
      { flow: 'check-offer', version: version('check-offer'), node: 'how', people: 1 },
      { flow: 'welcome', version: version('welcome'), node: 'options', people: 1 },
    ]);
    const paths = await listPathCounts(database.pool, 'welcome');
    expect(paths).toContainEqual({
      from: `welcome@${version('welcome')}:options`,
      exit: 'check',
      to: 'check',
      count: 1,
    });
    expect(await listPathCounts(database.pool, 'erase')).toEqual([]);
  });
});
