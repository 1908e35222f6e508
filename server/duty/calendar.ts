/** The duty calendar without a database: which shifts a pattern and its exceptions give, what they cover, what looks wrong. */

/** Minutes of a day in Vietnam; `lengthMin` may reach past midnight, up to a whole day. */
interface Hours {
  startsMin: number;
  lengthMin: number;
}

export interface WeeklyShift extends Hours {
  id: string;
  userId: string;
  /** ISO: Monday is 1 */
  weekday: number;
  languages: readonly string[];
  /** `2026-11-25`; null = without an end */
  firstDay: string;
  lastDay: string | null;
}

export type DatedChange =
  | { kind: 'off'; id: string; /** null: everybody */ userId: string | null; day: string }
  | ({ kind: 'extra'; id: string; userId: string; day: string; languages: readonly string[] } & Hours);

export interface Plan {
  weekly: readonly WeeklyShift[];
  changes: readonly DatedChange[];
}

/** One shift that takes place. */
export interface Shift {
  /** of the weekly shift or the change it comes from */
  id: string;
  userId: string;
  /** the day it begins */
  day: string;
  startsAt: Date;
  endsAt: Date;
  languages: readonly string[];
  isExtra: boolean;
}

export interface Stretch {
  from: Date;
  to: Date;
}

/** Vietnam is seven hours ahead of UTC the whole year. */
const VIETNAM_OFFSET_MS = 7 * 3_600_000;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export function dayOf(at: Date): string {
  return new Date(at.getTime() + VIETNAM_OFFSET_MS).toISOString().slice(0, 10);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The midnight in Vietnam with which a day begins. */
export function startOfDay(day: string): Date {
  return new Date(Date.parse(`${day}T00:00:00Z`) - VIETNAM_OFFSET_MS);
}

/** ISO: Monday is 1. */
function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}

/** Shifts that begin on one of `days` days from `firstDay` on, soonest first. */
export function listShifts(plan: Plan, firstDay: string, days: number): readonly Shift[] {
  const shifts = Array.from({ length: days }, (_, index) => addDays(firstDay, index)).flatMap((day) => {
    const changes = plan.changes.filter((change) => change.day === day);
    const isOff = (userId: string): boolean =>
      changes.some((one) => one.kind === 'off' && (one.userId === null || one.userId === userId));
    const weekly = plan.weekly.filter(
      (one) =>
        one.weekday === weekdayOf(day) &&
        one.firstDay <= day &&
        (one.lastDay === null || day <= one.lastDay) &&
        !isOff(one.userId),
    );
    const extra = changes.flatMap((one) => (one.kind === 'extra' ? [one] : []));
    return [
      ...weekly.map((one) => takePlace(one, day, false)),
      ...extra.map((one) => takePlace(one, day, true)),
    ];
  });
  return shifts.sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime() || compare(a.id, b.id));
}

function takePlace(
  one: { id: string; userId: string; languages: readonly string[] } & Hours,
  day: string,
  isExtra: boolean,
): Shift {
  const startsAt = new Date(startOfDay(day).getTime() + one.startsMin * MINUTE_MS);
  const endsAt = new Date(startsAt.getTime() + one.lengthMin * MINUTE_MS);
  const { id, userId, languages } = one;
  return { id, userId, day, startsAt, endsAt, languages, isExtra };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * A calendar speaks from the first to the last day that was planned: before and after it, whoever is seen is on duty, as in a
 * hotline that keeps none.
 */
export function isInForce(plan: Plan, now: Date): boolean {
  const today = dayOf(now);
  const extra = plan.changes.flatMap((one) => (one.kind === 'extra' ? [one.day] : []));
  const begins = [...plan.weekly.map(({ firstDay }) => firstDay), ...extra];
  // a shift of yesterday may still be running
  const ends = [
    ...plan.weekly.map(({ lastDay }) => (lastDay === null ? null : addDays(lastDay, 1))),
    ...extra.map((day) => addDays(day, 1)),
  ];
  return begins.some((day) => day <= today) && ends.some((day) => day === null || today <= day);
}

/** Shifts that are going on. */
export function shiftsAt(plan: Plan, now: Date): readonly Shift[] {
  return listShifts(plan, addDays(dayOf(now), -1), 2).filter(
    ({ startsAt, endsAt }) => startsAt <= now && now < endsAt,
  );
}

/** Shifts that begin after `now`, within `days` days. */
export function shiftsAfter(plan: Plan, now: Date, days: number): readonly Shift[] {
  const until = now.getTime() + days * DAY_MS;
  return listShifts(plan, dayOf(now), days + 1).filter(
    ({ startsAt }) => startsAt > now && startsAt.getTime() <= until,
  );
}

/** What no shift covers between two moments, in order. */
export function findGaps(shifts: readonly Shift[], from: Date, to: Date): readonly Stretch[] {
  const gaps: Stretch[] = [];
  let covered = from.getTime();
  const sorted = [...shifts].sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
  for (const { startsAt, endsAt } of sorted) {
    const begins = Math.min(startsAt.getTime(), to.getTime());
    if (begins > covered) gaps.push({ from: new Date(covered), to: new Date(begins) });
    covered = Math.max(covered, endsAt.getTime());
  }
  if (covered < to.getTime()) gaps.push({ from: new Date(covered), to });
  return gaps;
}

export type Warning =
  /** the same person twice at once */
  | { kind: 'overlap'; userId: string; day: string; from: Date; to: Date }
  /** as meant or a slip: it ends on the next day */
  | { kind: 'over_midnight'; userId: string; day: string; from: Date; to: Date }
  /** no shift begins on that day and none reaches into it */
  | { kind: 'empty_day'; day: string };

/** What a planner should look at in `days` days from `firstDay` on. Gaps are told for themselves (`findGaps`). */
export function findWarnings(plan: Plan, firstDay: string, days: number): readonly Warning[] {
  const shifts = listShifts(plan, addDays(firstDay, -1), days + 1);
  const own = shifts.filter(({ day }) => day >= firstDay);
  const overlaps = own.flatMap((one) =>
    shifts
      .filter(
        (other) =>
          other !== one &&
          other.userId === one.userId &&
          (other.startsAt < one.startsAt || (other.startsAt <= one.startsAt && other.id < one.id)) &&
          one.startsAt < other.endsAt,
      )
      .map((other): Warning => ({
        ...{ kind: 'overlap', userId: one.userId, day: one.day, from: one.startsAt },
        to: one.endsAt < other.endsAt ? one.endsAt : other.endsAt,
      })),
  );
  const late = own
    .filter(({ day, endsAt }) => endsAt > startOfDay(addDays(day, 1)))
    .map(({ userId, day, startsAt, endsAt }): Warning => ({
      ...{ kind: 'over_midnight', userId, day, from: startsAt, to: endsAt },
    }));
  const empty = Array.from({ length: days }, (_, index) => addDays(firstDay, index))
    .filter((day) => {
      const [begins, ends] = [startOfDay(day), startOfDay(addDays(day, 1))];
      return !shifts.some(({ startsAt, endsAt }) => startsAt < ends && endsAt > begins);
    })
    .map((day): Warning => ({ kind: 'empty_day', day }));
  return [...empty, ...overlaps, ...late];
}
