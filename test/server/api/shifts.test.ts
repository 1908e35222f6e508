/** The duty calendar over the API: planned, changed, removed, and what looks wrong in it. Who may is in access.test.ts. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Shifts, ShiftsSchema } from '../../../server/api/shifts-contract.ts';
import { type Desk, startDesk } from '../../support/desk.ts';

let desk: Desk;
let boss: Awaited<ReturnType<Desk['addStaff']>>;
let lan: Awaited<ReturnType<Desk['addStaff']>>;
beforeAll(async () => {
  // Friday, 20 November 2026, 12:00 in Vietnam
  desk = await startDesk();
  boss = await desk.addStaff('supervisor', 'Hoa');
  lan = await desk.addStaff('counsellor', 'Lan');
});
beforeEach(() => desk.database.pool.query('truncate shifts, shift_changes'));
afterAll(() => desk.stop());

const post = (path: string, body: object = {}) => desk.call('POST', path, { cookie: boss.cookie, body });
const read = async (): Promise<Shifts> =>
  ShiftsSchema.parse((await desk.call('GET', '/shifts', { cookie: lan.cookie })).body);
const whole = { languages: [], firstDay: '2026-11-20', lastDay: null };
const idsOf = ({ body }: { body: unknown }): string[] =>
  z.object({ ids: z.array(z.string()) }).parse(body).ids;

describe('the calendar', () => {
  it('shows a counsellor who works when, and what the bot says now', async () => {
    expect((await read()).duty).toEqual({ isStaffed: true, isSeen: true, hasCalendar: false, nextAt: null });
    const shift = { userId: lan.userId, weekdays: [5, 6], starts: '22:00', ends: '06:00', ...whole };
    expect(idsOf(await post('/shifts', { ...shift, languages: ['vi', 'km'] }))).toHaveLength(2);
    const { weekly, days, duty, people } = await read();
    expect(people.map(({ displayName }) => displayName)).toEqual(['Hoa', 'Lan']);
    expect(weekly.map(({ weekday, starts, ends }) => [weekday, starts, ends])).toEqual([
      [5, '22:00', '06:00'],
      [6, '22:00', '06:00'],
    ]);
    expect(days.map(({ day, shifts }) => [day, shifts.length])).toEqual([
      ['2026-11-20', 1],
      ['2026-11-21', 1],
      ...['2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26'].map((day) => [day, 0]),
    ]);
    expect(days[0]?.shifts[0]).toEqual({
      ...{ userId: lan.userId, languages: ['vi', 'km'], isExtra: false },
      ...{ startsAt: '2026-11-20T15:00:00.000Z', endsAt: '2026-11-20T23:00:00.000Z' },
    });
    expect(duty).toEqual({
      ...{ isStaffed: false, isSeen: true, hasCalendar: true, nextAt: '2026-11-20T15:00:00.000Z' },
    });
  });

  it('warns of days without anybody, of overlaps, of gaps and of shifts over midnight', async () => {
    expect((await read()).warnings).toEqual([]);
    await post('/shifts', { userId: lan.userId, weekdays: [5], starts: '22:00', ends: '06:00', ...whole });
    await post('/shifts', { userId: lan.userId, weekdays: [6], starts: '05:00', ends: '09:00', ...whole });
    const { warnings } = await read();
    const told = warnings.map(({ kind, day }) => `${kind} ${day}`);
    expect(told).toEqual([
      ...[22, 23, 24, 25, 26].map((day) => `empty_day 2026-11-${String(day)}`),
      'overlap 2026-11-21',
      // from now to the night, and from Saturday morning to the end of what is shown
      'gap 2026-11-20',
      'gap 2026-11-21',
      'over_midnight 2026-11-20',
    ]);
    expect(warnings.filter(({ kind }) => kind === 'gap').map(({ from, to }) => [from, to])).toEqual([
      ['2026-11-20T05:00:00.000Z', '2026-11-20T15:00:00.000Z'],
      ['2026-11-21T02:00:00.000Z', '2026-11-26T17:00:00.000Z'],
    ]);
  });

  it('is changed and emptied, and each step leaves its row in the audit', async () => {
    const [id = ''] = idsOf(
      await post('/shifts', { userId: lan.userId, weekdays: [5], starts: '08:00', ends: '16:00', ...whole }),
    );
    expect((await post(`/shifts/${id}/change`, { starts: '09:00', ends: '09:00', ...whole })).status).toBe(
      200,
    );
    expect((await read()).weekly).toMatchObject([{ starts: '09:00', ends: '09:00' }]);
    const [changeId = ''] = idsOf(
      await post('/shift-changes', {
        ...{ kind: 'off', userId: lan.userId, day: '2026-11-20', starts: null, ends: null, languages: [] },
      }),
    );
    const { changes, days } = await read();
    expect(changes).toMatchObject([{ id: changeId, kind: 'off', day: '2026-11-20' }]);
    expect(days[0]?.shifts).toEqual([]);
    expect((await post(`/shift-changes/${changeId}/remove`)).status).toBe(200);
    expect((await post(`/shift-changes/${changeId}/remove`)).status).toBe(404);
    expect((await post(`/shifts/${id}/remove`)).status).toBe(200);
    expect((await post(`/shifts/${id}/remove`)).status).toBe(404);
    expect((await post(`/shifts/${id}/change`, { starts: '09:00', ends: '10:00', ...whole })).status).toBe(
      404,
    );
    const rows = await desk.database.pool.query<{ action: string }>(
      `select action from audit where action like 'shift_%' and (object_id = any($1) or detail ->> 'day' = '2026-11-20')
       order by id desc limit 5`,
      [[id, changeId, lan.userId]],
    );
    expect(rows.rows.map(({ action }) => action)).toEqual([
      ...[
        'shift_removed',
        'shift_exception_removed',
        'shift_exception_added',
        'shift_changed',
        'shift_planned',
      ],
    ]);
  });
});

describe('what cannot be', () => {
  const good = () => ({ userId: lan.userId, weekdays: [1], starts: '08:00', ends: '16:00', ...whole });
  it.each([
    ['an hour that does not exist', { starts: '24:00' }, ['starts']],
    ['a weekday that does not exist', { weekdays: [8] }, ['weekdays']],
    ['the same weekday twice', { weekdays: [1, 1] }, ['weekdays']],
    ['an end before the beginning', { lastDay: '2026-11-01' }, ['lastDay']],
    ['a day that does not exist', { firstDay: '2026-02-30' }, ['firstDay']],
    ['something hostile as a language', { languages: ["vi'; drop table shifts"] }, ['languages']],
  ])('%s is refused', async (_title, over, fields) => {
    expect(await post('/shifts', { ...good(), ...over })).toMatchObject({
      ...{ status: 400, body: { error: { code: 'bad_request', fields } } },
    });
  });

  it('a shift for somebody who does not answer people, or is not there', async () => {
    const editor = await desk.addStaff('editor');
    for (const userId of [editor.userId, randomUUID()])
      expect((await post('/shifts', { ...good(), userId })).status).toBe(404);
  });

  it.each([
    ['a shift more without hours', { kind: 'extra', starts: null, ends: null }],
    ['a shift more for nobody', { kind: 'extra', userId: null, starts: '08:00', ends: '09:00' }],
    ['a day off with hours', { kind: 'off', starts: '08:00', ends: '09:00' }],
  ])('%s', async (_title, over) => {
    const body = { userId: lan.userId, day: '2026-11-21', languages: [], ...over };
    expect((await post('/shift-changes', body)).status).toBe(400);
  });
});
