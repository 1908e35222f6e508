/** Watching the accounts over PostgreSQL: counts, the platform's own figures, the quota, and alarms told once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChannelHealth } from '../../server/channels/adapter.ts';
import { createChannelWatch, type ChannelWatch } from '../../server/channel-watch.ts';
import { createMetrics } from '../../server/metrics.ts';
import type { ChannelView } from '../../server/ports.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { rules } from '../support/rules.ts';
import { fakeChannel, fakeClock, listeningLog, type SetClock, type Told } from '../support/turns.ts';

const HOUR = 3_600_000;
let database: TestDatabase;
let clock: SetClock;
let told: Told;
let health: ChannelHealth | 'throws';
let asked: number;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query('truncate channel_activity, channel_health, channel_usage, live_events');
  clock = fakeClock();
  told = listeningLog();
  health = { ok: true, code: 'ok' };
  asked = 0;
});
afterAll(() => database.drop());

/** One instance with the web page and a LINE account. */
function start(onView?: (views: readonly ChannelView[]) => void): ChannelWatch {
  const line = fakeChannel('line');
  line.adapter.health = () => {
    asked += 1;
    return health === 'throws' ? Promise.reject(new Error('x')) : Promise.resolve(health);
  };
  return createChannelWatch({
    ...{ pool: database.pool, transact: database.transact, clock, log: told.log, rules },
    adapters: [fakeChannel('web').adapter, line.adapter],
    ...(onView && { onView }),
  });
}
const view = async (watch: ChannelWatch): Promise<ChannelView | undefined> =>
  (await watch.list(database.pool))[0];
const alarms = (): unknown[] =>
  told.entries
    .filter(({ event }) => event.startsWith('channel_alarm'))
    .map(({ event, code }) => [event, code]);
const liveEvents = async (): Promise<number | null> =>
  (await database.pool.query(`select from live_events where kind = 'channels_changed'`)).rowCount;

describe('the watch', () => {
  it('shows every account but our own page, and what it counted', async () => {
    const watch = start();
    watch.countHook('line', 'default');
    watch.countSent('line', 'default', 'sent');
    watch.countSent('line', 'default', 'quota');
    watch.countSent('line', 'default', 'suppressed');
    watch.countSent('line', 'default', 'later');
    await watch.look();
    expect(await watch.list(database.pool)).toEqual([
      expect.objectContaining({
        ...{ channel: 'line', account: 'default', ok: true, code: 'ok', alarm: null },
        ...{ lastHookAt: clock.now(), sent: 1, failed: 1, normalUntil: null },
      }),
    ]);
    clock.advance(HOUR + 1);
    expect(await view(watch)).toMatchObject({ sent: 0, failed: 0 });
  });

  it('adds up what several instances count', async () => {
    const [one, two] = [start(), start()];
    for (const watch of [one, two, two]) watch.countSent('line', 'default', 'sent');
    await Promise.all([one.look(), two.look()]);
    expect(await view(one)).toMatchObject({ sent: 3 });
  });

  it('asks the platform from one instance only, every five minutes', async () => {
    const [one, two] = [start(), start()];
    await one.look();
    await two.look();
    expect(asked).toBe(1);
    clock.advance(5 * 60_000);
    await Promise.all([one.look(), two.look()]);
    expect(asked).toBe(2);
  });

  it('raises an alarm for a lost token once over all instances, and tells when it is over', async () => {
    health = { ok: false, code: 'token_lost', tokenAt: new Date('2026-11-19T08:00:00Z') };
    const [one, two] = [start(), start()];
    await one.look();
    await two.look();
    await one.look();
    expect(alarms()).toEqual([['channel_alarm', 'token_lost']]);
    expect(await liveEvents()).toBe(1);
    expect(await view(two)).toMatchObject({ alarm: 'token_lost', alarmSince: clock.now(), ok: false });
    health = { ok: true, code: 'ok' };
    clock.advance(5 * 60_000);
    await two.look();
    expect(alarms().at(-1)).toEqual(['channel_alarm_over', undefined]);
    expect(await view(one)).toMatchObject({ alarm: null, alarmSince: null });
  });

  it('raises one when nothing comes for longer than the last weeks teach, and lifts it with the next call', async () => {
    const watch = start();
    await watch.look();
    const began = clock.now();
    await database.pool.query(
      `insert into channel_activity (channel, account, at, hooks)
       select 'line', 'default', $1::timestamptz - n * interval '1 hour', 2 from generate_series(1, 672) as n`,
      [began],
    );
    await database.pool.query(
      `update channel_health set first_seen_at = $1::timestamptz - interval '40 days', last_hook_at = $1`,
      [began],
    );
    clock.advance(3 * HOUR);
    await watch.look();
    expect(alarms()).toEqual([]);
    clock.advance(1);
    await watch.look();
    expect(alarms()).toEqual([['channel_alarm', 'silent']]);
    watch.countHook('line', 'default');
    await watch.look();
    expect((await view(watch))?.alarm).toBeNull();
  });

  it('does not fall over an adapter that throws', async () => {
    health = 'throws';
    const watch = start();
    await watch.look();
    expect(await view(watch)).toMatchObject({ ok: false, code: 'health_threw' });
  });

  it('forgets counts after five weeks', async () => {
    const watch = start();
    watch.countSent('line', 'default', 'sent');
    await watch.look();
    clock.advance(36 * 24 * HOUR);
    await watch.look();
    expect((await database.pool.query('select from channel_activity')).rowCount).toBe(0);
  });
});

describe('the quota', () => {
  it('is the platform’s figure and what we sent since, for every instance', async () => {
    health = { ok: true, code: 'ok', quota: { limit: 200, used: 50 } };
    const [one, two] = [start(), start()];
    expect(one.quotaOf('line', 'default')).toBeNull();
    await one.look();
    await two.look();
    expect(one.quotaOf('line', 'default')).toEqual({ limit: 200, used: 50 });
    one.charge('line', 'default', 60);
    // at once here, and in the next round elsewhere
    expect(one.quotaOf('line', 'default')).toEqual({ limit: 200, used: 110 });
    await one.look();
    await two.look();
    expect(two.quotaOf('line', 'default')).toEqual({ limit: 200, used: 110 });
  });

  it('begins again with the month where the platform is', async () => {
    clock = fakeClock('2026-11-30T14:59:00Z');
    health = { ok: true, code: 'ok', quota: { limit: 200, used: 190 } };
    const watch = start();
    watch.charge('line', 'default', 190);
    await watch.look();
    expect(watch.quotaOf('line', 'default')).toEqual({ limit: 200, used: 190 });
    clock.advance(60_000);
    await watch.look();
    expect(watch.quotaOf('line', 'default')).toEqual({ limit: 200, used: 0 });
  });

  it('counts nothing where there is none', async () => {
    const watch = start();
    watch.charge('telegram', 'default', 5);
    await watch.look();
    expect((await database.pool.query('select from channel_usage')).rowCount).toBe(0);
  });
});

describe('the figures', () => {
  it('name account and channel, and leave out what is not known', async () => {
    const metrics = createMetrics();
    health = {
      ok: true,
      code: 'ok',
      tokenAt: new Date(clock.now().getTime() - HOUR),
      quota: { limit: 200, used: 50 },
    };
    const watch = start((views) => metrics.showChannels(views, clock.now()));
    watch.countSent('line', 'default', 'sent');
    watch.countSent('line', 'default', 'invalid');
    await watch.look();
    const text = await metrics.text();
    for (const line of ['ok 1', 'alarm 0', 'token_age_seconds 3600', 'error_rate 0.5', 'quota_left 150']) {
      const [name = '', value = ''] = line.split(' ');
      expect(text).toContain(`hoi_truoc_channel_${name}{channel="line",account="default"} ${value}`);
    }
    expect(text).not.toContain('hoi_truoc_channel_silence_seconds{');
  });
});
