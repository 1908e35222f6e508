/** Who is on duty, over a real database with the real engine: what people are told changes with the calendar and the clock. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { takeTurn } from '../../../bot/index.ts';
import { type DutyState, readDutyState } from '../../../server/store/duty-state.ts';
import { loadRealAssets } from '../../support/assets.ts';
import { type Desk, startDesk } from '../../support/desk.ts';
import { fakeChannel, type Instance, message, startInstance } from '../../support/turns.ts';

jest.setTimeout(30_000);

const HOUR_MS = 3_600_000;
/** of content/desk.yaml */
const GRACE_MS = 120_000;
const channel = fakeChannel();
let desk: Desk;
let duty: DutyState;
let one: Instance;
let boss: Awaited<ReturnType<Desk['addStaff']>>;
let lan: Awaited<ReturnType<Desk['addStaff']>>;
beforeAll(async () => {
  desk = await startDesk();
  boss = await desk.addStaff('supervisor', 'Hoa');
  lan = await desk.addStaff('counsellor', 'Lan');
  one = startInstance(desk.database, {
    ...{
      clock: desk.clock,
      channels: [channel],
      assets: await loadRealAssets(),
      takeTurn,
      vault: desk.vault,
    },
    duty: { isStaffed: () => duty.isStaffed, plannedShifts: () => duty.next },
  });
});
beforeEach(() => desk.database.pool.query('truncate shifts, shift_changes'));
afterAll(() => desk.stop());

/** Friday, 20 November in Vietnam, or some days later. */
function goTo(clock: string, days = 0): void {
  const at = new Date(`2026-11-20T${clock}:00+07:00`).getTime() + days * 24 * HOUR_MS;
  desk.clock.move(at - desk.clock.now().getTime());
}

/** Lan's page is open, whatever the hour. */
const seeLan = (): Promise<unknown> =>
  desk.database.pool.query('update user_sessions set last_seen_at = $2, expires_at = $3 where user_id = $1', [
    lan.userId,
    desk.clock.now(),
    new Date(desk.clock.now().getTime() + HOUR_MS),
  ]);

/** In a session made now, since a session lives for one shift. */
async function plan(path: string, body: object): Promise<void> {
  const { cookie } = await desk.addStaff('supervisor', 'Kim');
  expect(await desk.call('POST', path, { cookie, body })).toMatchObject({ status: 200 });
}
const everyFriday = { weekdays: [5], languages: [], firstDay: '2026-11-01', lastDay: null };

let people = 0;
/** Somebody new asks for a person. */
async function ask(): Promise<string> {
  duty = await readDutyState(desk.database.pool, desk.clock.now(), GRACE_MS);
  const before = channel.sent.length;
  const heard = message(`p${String((people += 1))}`, 'gặp người thật', { receivedAt: desk.clock.now() });
  await one.inbox.accept('telegram', 'default', [heard]);
  await one.work();
  return channel.sent
    .slice(before)
    .map(({ text }) => text)
    .join('\n');
}

describe('the bot', () => {
  it('does not count whoever is on a break', async () => {
    goTo('11:30');
    await seeLan();
    const rest = `insert into desk_settings (user_id, on_break_since, updated_at) select id, $1, $1 from users`;
    await desk.database.pool.query(rest, [desk.clock.now()]);
    expect(await ask()).toContain('chưa có người tư vấn trực');
    await desk.database.pool.query('delete from desk_settings');
    expect(await ask()).toContain('Mình đã báo người tư vấn');
  });

  it('says that somebody is there while a page is open, when no calendar is kept', async () => {
    goTo('12:30');
    await seeLan();
    expect(await ask()).toContain('Mình đã báo người tư vấn');
    goTo('12:33');
    const alone = await ask();
    expect(alone).toContain('chưa có người tư vấn trực');
    expect(alone).not.toContain('Theo lịch');
  });

  it('counts a page that only keeps listening, and does not count one that fell silent two minutes ago', async () => {
    goTo('12:40');
    await seeLan();
    const listen = (): Promise<unknown> =>
      desk.database.pool.query('update user_sessions set present_at = $2 where user_id = $1', [
        lan.userId,
        desk.clock.now(),
      ]);
    goTo('12:50');
    await listen();
    expect(await ask()).toContain('Mình đã báo người tư vấn');
    goTo('12:53');
    expect(await ask()).toContain('chưa có người tư vấn trực');
    await desk.database.pool.query('update user_sessions set present_at = null');
  });

  it('calls nobody on duty outside the shifts, whoever left a page open, and says when the next begins', async () => {
    await plan('/shifts', { userId: lan.userId, starts: '13:00', ends: '17:00', ...everyFriday });
    goTo('10:00');
    await seeLan();
    const morning = await ask();
    expect(morning).toContain('Theo lịch, có người trực từ 13:00 hôm nay (giờ Việt Nam)');
    expect(morning).toContain('111');
    goTo('13:00');
    await seeLan();
    expect(await ask()).toContain('Mình đã báo người tư vấn');
    goTo('17:00');
    await seeLan();
    expect(await ask()).toContain('từ 13:00 ngày 27/11');
    goTo('17:00', 6);
    await seeLan();
    expect(await ask()).toContain('từ 13:00 ngày mai');
  });

  it('does not call somebody on duty because a shift is planned: they must be seen', async () => {
    await plan('/shifts', { userId: lan.userId, starts: '13:00', ends: '17:00', ...everyFriday });
    goTo('14:00', 7);
    const nobody = await ask();
    expect(nobody).toContain('chưa có người tư vấn trực');
    expect(nobody).toContain('từ 13:00 ngày 4/12');
  });

  it('follows exceptions: a day off for all, a shift more', async () => {
    await plan('/shifts', { userId: lan.userId, starts: '13:00', ends: '17:00', ...everyFriday });
    const off = { kind: 'off', userId: null, day: '2026-12-04', starts: null, ends: null, languages: [] };
    await plan('/shift-changes', off);
    goTo('14:00', 14);
    await seeLan();
    expect(await ask()).toContain('từ 13:00 ngày 11/12');
    const extra = { kind: 'extra', userId: boss.userId, day: '2026-12-04', starts: '13:30', ends: '15:00' };
    await plan('/shift-changes', { ...extra, languages: ['en'] });
    expect(await ask()).toContain('Mình đã báo người tư vấn');
    goTo('13:05', 14);
    // whoever writes Vietnamese is not told of a shift in which English is spoken
    expect(await ask()).toContain('từ 13:00 ngày 11/12');
  });

  it('counts no shift of somebody whose account is closed', async () => {
    await plan('/shifts', { userId: lan.userId, starts: '13:00', ends: '17:00', ...everyFriday });
    await desk.database.pool.query('update users set disabled_at = now() where id = $1', [lan.userId]);
    goTo('10:00', 21);
    expect(await ask()).not.toContain('Theo lịch');
    await desk.database.pool.query('update users set disabled_at = null where id = $1', [lan.userId]);
    expect(await ask()).toContain('từ 13:00 hôm nay');
  });
});
