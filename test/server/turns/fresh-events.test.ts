import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createFreshEvents } from '../../../server/turns/fresh-events.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { fakeChannel, fakeClock, message, startInstance, testVault } from '../../support/turns.ts';

describe('events kept for the worker', () => {
  const clock = fakeClock();
  const hello = message('a', 'hello');

  it('are given once', () => {
    const fresh = createFreshEvents();
    fresh.keep(hello, clock.now());
    expect([fresh.take(hello.dedupeKey), fresh.take(hello.dedupeKey)]).toEqual([hello, null]);
  });

  it('are forgotten after five seconds when another instance took them', () => {
    const fresh = createFreshEvents();
    const [early, late] = [message('a', 'early'), message('b', 'late')];
    fresh.keep(early, clock.now());
    clock.advance(1);
    fresh.keep(late, clock.now());
    clock.advance(4_999);
    fresh.forgetOld(clock.now());
    expect([fresh.take(early.dedupeKey), fresh.take(late.dedupeKey)]).toEqual([null, late]);
  });

  it('are no more than 512, however many wait', () => {
    const fresh = createFreshEvents();
    const events = Array.from({ length: 513 }, (_, index) => message('a', `m${index}`));
    for (const event of events) fresh.keep(event, clock.now());
    expect(events.filter(({ dedupeKey }) => fresh.take(dedupeKey) !== null)).toHaveLength(512);
  });
});

describe('a worker', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('takes the first delivery for the message, and says the same to whoever only finds it sealed', async () => {
    const channel = fakeChannel();
    const clock = fakeClock();
    const opened: string[] = [];
    const vault = testVault();
    const counting = {
      ...vault,
      open: (...sealed: Parameters<typeof vault.open>): unknown => {
        if (sealed[1].startsWith('inbox')) opened.push(sealed[1]);
        return vault.open(...sealed);
      },
    };
    const one = startInstance(database, { clock, channels: [channel], vault: counting });
    const first = message('a', 'first', { dedupeKey: 'same' });
    await one.inbox.accept('telegram', 'default', [first]);
    await one.inbox.accept('telegram', 'default', [{ ...first, text: 'another' }]);
    await one.work();
    expect(opened).toEqual([]);
    await one.inbox.accept('telegram', 'default', [message('a', 'second')]);
    clock.advance(5_000);
    await one.work();
    expect(opened).toHaveLength(1);
    expect(channel.sent.map(({ text }) => text)).toEqual(['1:first', '2:second']);
  });
});
