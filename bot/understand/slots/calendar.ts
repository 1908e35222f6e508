/** Days of the calendar as plain numbers, so that no time zone of the machine can shift one. Vietnam is UTC+7 all year. */

/** Days since 1970-01-01. */
export type Day = number;

const DAY_MS = 86_400_000;
const VIETNAM_MS = 7 * 3_600_000;
/** 29 February comes back within eight years, also around 2100. */
const YEARS_AHEAD = 8;
const FIRST_YEAR = 1900;
const LAST_YEAR = 2100;

/** The day it is in Vietnam at `now`; null when `now` is no valid time. */
export function dayInVietnam(now: Date): Day | null {
  const day = Math.floor((now.getTime() + VIETNAM_MS) / DAY_MS);
  return Number.isFinite(day) ? day : null;
}

/** null for a day that does not exist (31 February) or lies outside 1900 to 2100; `month` counts from 1. */
export function dayOf(year: number, month: number, date: number): Day | null {
  if (!Number.isInteger(year) || year < FIRST_YEAR || year > LAST_YEAR) return null;
  if (!Number.isInteger(month) || month < 1 || month > 12 || !Number.isInteger(date) || date < 1) return null;
  return date > daysIn(year, month) ? null : Date.UTC(year, month - 1, date) / DAY_MS;
}

export function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

export function partsOf(day: Day): { year: number; month: number; date: number } {
  const time = new Date(day * DAY_MS);
  return { year: time.getUTCFullYear(), month: time.getUTCMonth() + 1, date: time.getUTCDate() };
}

/** 0 is Monday, 6 Sunday. */
export function weekdayOf(day: Day): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** "2026-12-05" */
export function isoOf(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The year and month `count` months after the one of `day`. */
export function monthAfter(day: Day, count: number): { year: number; month: number } {
  const { year, month } = partsOf(day);
  const index = year * 12 + (month - 1) + count;
  return { year: Math.floor(index / 12), month: (((index % 12) + 12) % 12) + 1 };
}

/** `count` months later, on the last day of the month when it is shorter. */
export function addMonths(day: Day, count: number): Day | null {
  const { year, month } = monthAfter(day, count);
  return dayOf(year, month, Math.min(partsOf(day).date, daysIn(year, month)));
}

/** The first such date on or after `from`. */
export function nextDate(from: Day, month: number, date: number): Day | null {
  const { year } = partsOf(from);
  for (let ahead = 0; ahead <= YEARS_AHEAD; ahead += 1) {
    const day = dayOf(year + ahead, month, date);
    if (day !== null && day >= from) return day;
  }
  return null;
}

/** The first day with this number in its month, on or after `from`: from 2027-02-01 the 31st is 2027-03-31. */
export function nextDayOfMonth(from: Day, date: number): Day | null {
  for (let ahead = 0; ahead <= 12; ahead += 1) {
    const { year, month } = monthAfter(from, ahead);
    const day = dayOf(year, month, date);
    if (day !== null && day >= from) return day;
  }
  return null;
}
