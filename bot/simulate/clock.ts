/** Times as people type them in the simulator: "02:00", "2026-12-24 02:00", "15m". Vietnam time, the whole year UTC+7. */

const VIETNAM_OFFSET_MS = 7 * 3_600_000;
const DAY_MS = 86_400_000;

/**
 * @param text `02:00` (the next such time from `now`) or `2026-12-24 02:00`
 * @returns null when it is neither
 */
export function readMoment(text: string, now: Date): Date | null {
  const whole = /^(\d{4}-\d{2}-\d{2})[ T](\d{1,2}):(\d{2})$/.exec(text.trim());
  if (whole !== null) return dateOf(whole[1] ?? '', Number(whole[2]), Number(whole[3]));
  const time = /^(\d{1,2}):(\d{2})$/.exec(text.trim());
  if (time === null) return null;
  const today = new Date(now.getTime() + VIETNAM_OFFSET_MS).toISOString().slice(0, 10);
  const moment = dateOf(today, Number(time[1]), Number(time[2]));
  if (moment === null) return null;
  return moment.getTime() >= now.getTime() ? moment : new Date(moment.getTime() + DAY_MS);
}

function dateOf(day: string, hour: number, minute: number): Date | null {
  if (hour > 23 || minute > 59) return null;
  const midnight = new Date(`${day}T00:00:00Z`).getTime();
  if (Number.isNaN(midnight)) return null;
  return new Date(midnight + hour * 3_600_000 + minute * 60_000 - VIETNAM_OFFSET_MS);
}

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: DAY_MS };

/** `15m`, `2h`, `1d` → milliseconds; null when it is none. */
export function readDuration(text: string): number | null {
  const [, count, unit] = /^(\d{1,3})([mhd])$/.exec(text.trim()) ?? [];
  const unitMs = UNITS_MS[unit ?? ''];
  return count === undefined || unitMs === undefined ? null : Number(count) * unitMs;
}

/** `2026-11-25 15:04` in Vietnam. */
export function showMoment(now: Date): string {
  return new Date(now.getTime() + VIETNAM_OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ');
}
