/** The day it is in Vietnam: UTC+7, no summer time. */

/** @returns `2026-11-25` */
export function vietnamDay(now: Date): string {
  return new Date(now.getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
}
