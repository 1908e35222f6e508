/** The duty calendar: everybody at the desk reads it, a supervisor keeps it. What it says decides what the bot says. */
import {
  addDays,
  dayOf,
  findGaps,
  findWarnings,
  listShifts,
  startOfDay,
  type DatedChange,
  type Plan,
} from '../duty/calendar.ts';
import { readDutyState } from '../store/duty-state.ts';
import {
  changeShift,
  insertShift,
  insertShiftChange,
  listWhoAnswers,
  mayHaveShifts,
  readPlan,
  removeShift,
  removeShiftChange,
} from '../store/shifts.ts';
import { DoneSchema, EmptySchema, IdParamsSchema } from './contract.ts';
import { auditedRoute, done, readRoute, refused } from './route.ts';
import type { Route } from './route.ts';
import {
  ShiftChangeNewSchema,
  ShiftIdsSchema,
  ShiftNewSchema,
  ShiftPatchSchema,
  ShiftsSchema,
  type ShiftChangeView,
  type ShiftWarning,
  type WeeklyShiftView,
} from './shifts-contract.ts';

const DAYS_SHOWN = 7;
const DAY_MIN = 1440;

export const shiftRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/shifts',
    permission: 'desk',
    summary:
      'The duty calendar: the weekly pattern, its exceptions, the next seven days, and what looks wrong.',
    params: EmptySchema,
    body: EmptySchema,
    output: ShiftsSchema,
    handle: async ({ db, tools }) => {
      const now = tools.clock.now();
      const today = dayOf(now);
      const [plan, people, duty] = await Promise.all([
        readPlan(db, now),
        listWhoAnswers(db),
        readDutyState(db, now, tools.deskRules.gone_after_seconds * 1000),
      ]);
      const shifts = listShifts(plan, today, DAYS_SHOWN);
      return done({
        ...{ now: now.toISOString(), today, people: [...people] },
        weekly: plan.weekly.map(
          ({ id, userId, weekday, firstDay, lastDay, languages, startsMin, lengthMin }): WeeklyShiftView => ({
            ...{ id, userId, weekday, firstDay, lastDay, languages: [...languages] },
            ...showHours(startsMin, lengthMin),
          }),
        ),
        changes: plan.changes.filter(({ day }) => day >= today).map(showChange),
        days: Array.from({ length: DAYS_SHOWN }, (_, index) => addDays(today, index)).map((day) => ({
          day,
          shifts: shifts
            .filter((shift) => shift.day === day)
            .map(({ userId, startsAt, endsAt, languages, isExtra }) => ({
              ...{ userId, isExtra, languages: [...languages] },
              ...{ startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() },
            })),
        })),
        warnings: [...describeWarnings(plan, today, now)],
        duty: {
          ...{ isStaffed: duty.isStaffed, isSeen: duty.isSeen, hasCalendar: duty.hasCalendar },
          nextAt: duty.next[0]?.startsAt.toISOString() ?? null,
        },
      });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/shifts',
    permission: 'supervise',
    summary: 'Plan a shift on one or more days of each week.',
    params: EmptySchema,
    body: ShiftNewSchema,
    output: ShiftIdsSchema,
    refusals: ['not_found'],
    audit: { action: 'shift_planned', object: 'user' },
    handle: async ({ body, client, now, tools }) => {
      const { userId, weekdays, starts, ends, languages, firstDay, lastDay } = body;
      if (!(await mayHaveShifts(client, userId))) return refused('not_found');
      const ids: string[] = [];
      for (const weekday of weekdays) {
        const id = tools.newId();
        ids.push(id);
        const term = { languages, firstDay, lastDay };
        await insertShift(client, { id, userId, weekday, ...readHours(starts, ends), ...term }, now);
      }
      const detail = { starts, ends, weekdays: weekdays.join(',') };
      return done({ ids }, { objectId: userId, detail });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/shifts/:id/change',
    permission: 'supervise',
    summary: 'Other hours, languages or days from when to when, for one shift of the weekly pattern.',
    params: IdParamsSchema,
    body: ShiftPatchSchema,
    output: DoneSchema,
    refusals: ['not_found'],
    audit: { action: 'shift_changed', object: 'shift' },
    handle: async ({ params, body, client }) => {
      const { starts, ends, ...term } = body;
      const isThere = await changeShift(client, params.id, { ...readHours(starts, ends), ...term });
      if (!isThere) return refused('not_found');
      return done({ done: true }, { objectId: params.id, detail: { starts, ends } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/shifts/:id/remove',
    permission: 'supervise',
    summary: 'Take one shift out of the weekly pattern.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: DoneSchema,
    refusals: ['not_found'],
    audit: { action: 'shift_removed', object: 'user' },
    handle: async ({ params, client }) => {
      const userId = await removeShift(client, params.id);
      return userId === null ? refused('not_found') : done({ done: true }, { objectId: userId });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/shift-changes',
    permission: 'supervise',
    summary: 'One day that is otherwise: somebody or everybody is off, or there is a shift more.',
    params: EmptySchema,
    body: ShiftChangeNewSchema,
    output: ShiftIdsSchema,
    refusals: ['not_found'],
    audit: { action: 'shift_exception_added', object: 'user' },
    handle: async ({ body, client, now, tools }) => {
      const { kind, userId, day, starts, ends, languages } = body;
      if (userId !== null && !(await mayHaveShifts(client, userId))) return refused('not_found');
      const id = tools.newId();
      const isExtra = kind === 'extra' && userId !== null && starts !== null && ends !== null;
      const change: DatedChange = isExtra
        ? { kind, id, userId, day, languages, ...readHours(starts, ends) }
        : { kind: 'off', id, userId, day };
      await insertShiftChange(client, change, now);
      return done({ ids: [id] }, { objectId: userId, detail: { kind, day } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/shift-changes/:id/remove',
    permission: 'supervise',
    summary: 'Take an exception back: the day is as the weekly pattern says.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: DoneSchema,
    refusals: ['not_found'],
    audit: { action: 'shift_exception_removed', object: 'shift_change' },
    handle: async ({ params, client }) => {
      const day = await removeShiftChange(client, params.id);
      return day === null
        ? refused('not_found')
        : done({ done: true }, { objectId: params.id, detail: { day } });
    },
  }),
];

/** `22:00` to `06:00` is eight hours; the same time twice is a whole day. */
function readHours(starts: string, ends: string): { startsMin: number; lengthMin: number } {
  const startsMin = minutesOf(starts);
  return { startsMin, lengthMin: (minutesOf(ends) - startsMin + DAY_MIN) % DAY_MIN || DAY_MIN };
}

function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));
}

function showHours(startsMin: number, lengthMin: number): { starts: string; ends: string } {
  return { starts: showClock(startsMin), ends: showClock((startsMin + lengthMin) % DAY_MIN) };
}

function showClock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function showChange(change: DatedChange): ShiftChangeView {
  const { id, kind, userId, day } = change;
  return change.kind === 'off'
    ? { ...{ id, kind, userId, day }, starts: null, ends: null, languages: [] }
    : {
        ...{ id, kind, userId, day, languages: [...change.languages] },
        ...showHours(change.startsMin, change.lengthMin),
      };
}

/** Warnings speak of a calendar that is kept: one that is empty has no gaps. */
function describeWarnings(plan: Plan, today: string, now: Date): readonly ShiftWarning[] {
  if (plan.weekly.length === 0 && plan.changes.length === 0) return [];
  const until = startOfDay(addDays(today, DAYS_SHOWN));
  const gaps = findGaps(listShifts(plan, addDays(today, -1), DAYS_SHOWN + 1), now, until);
  const others = findWarnings(plan, today, DAYS_SHOWN).map((one): ShiftWarning =>
    one.kind === 'empty_day'
      ? { ...one, userId: null, from: null, to: null }
      : { ...one, from: one.from.toISOString(), to: one.to.toISOString() },
  );
  return [
    ...others.filter(({ kind }) => kind !== 'over_midnight'),
    ...gaps.map(({ from, to }): ShiftWarning => ({
      ...{ kind: 'gap', userId: null, day: dayOf(from) },
      ...{ from: from.toISOString(), to: to.toISOString() },
    })),
    ...others.filter(({ kind }) => kind === 'over_midnight'),
  ];
}
