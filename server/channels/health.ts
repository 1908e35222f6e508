/** How an account is: what its silence, its token and its quota mean. Pure; the figures come from server/channel-watch.ts. */

/** Webhooks of one hour, counted in full hours of UTC. */
export interface HourCount {
  /** beginning of the hour */
  at: Date;
  hooks: number;
}

export interface SilenceQuestion {
  /** when the account was first seen here; silence before is nobody's */
  firstSeenAt: Date;
  lastHookAt: Date | null;
  /** of the last weeks; hours without any webhook may be missing */
  hours: readonly HourCount[];
  now: Date;
}

/** Alarms name what to do first; `silent` says that nothing comes any more although it should. */
export type Alarm = 'silent' | 'token_lost' | 'token_missing' | 'token_refused';

const HOUR_MS = 3_600_000;
/** What is learnt from: four weeks carry each hour of the day 28 times, and an outage in one of them weighs little. */
export const LEARNT_FROM_DAYS = 28;
/** Before a week is over there is no "normal": no alarm about silence. */
const LEARNING_DAYS = 7;
/** Whatever was learnt, shorter silence is never an alarm: platforms deliver again after up to an hour. */
const FLOOR_HOURS = 2;
/** Silence counts as not normal when it would come by chance once in a thousand times. */
const CHANCE = 0.001;
/** Even an hour of the day in which somebody wrote every day may once be empty. */
const MOST_LIKELY = 0.95;
/** An account that hardly anybody writes to: nothing is said about its silence. */
const LONGEST_HOURS = 7 * 24;

/**
 * How long silence may last from the last webhook on before it is not normal. Learnt from on how many days somebody wrote in each
 * hour of the day: the hours are taken as independent, and the chance that all of them stay empty is multiplied.
 *
 * @returns null while too little is known, or when the account is normally silent for a week
 */
export function findNormalUntil({ firstSeenAt, lastHookAt, hours, now }: SilenceQuestion): Date | null {
  const days = Math.min(LEARNT_FROM_DAYS, (now.getTime() - firstSeenAt.getTime()) / (24 * HOUR_MS));
  if (lastHookAt === null || days < LEARNING_DAYS) return null;
  const active = countActiveDays(hours);
  let chance = 1;
  for (let silent = 1; silent <= LONGEST_HOURS; silent += 1) {
    const end = new Date(lastHookAt.getTime() + silent * HOUR_MS);
    const share = (active[end.getUTCHours()] ?? 0) / days;
    chance *= 1 - Math.min(MOST_LIKELY, share);
    if (silent >= FLOOR_HOURS && chance < CHANCE) return end;
  }
  return null;
}

/** @returns for each hour of the day (UTC) on how many days it had a webhook */
function countActiveDays(hours: readonly HourCount[]): readonly number[] {
  const days = Array.from({ length: 24 }, () => 0);
  for (const { at, hooks } of hours) {
    const hour = at.getUTCHours();
    if (hooks > 0) days[hour] = (days[hour] ?? 0) + 1;
  }
  return days;
}

/** A lost token first: it explains the silence too. */
export function findAlarm(state: { code: string | null; normalUntil: Date | null; now: Date }): Alarm | null {
  const { code, normalUntil, now } = state;
  if (code === 'token_lost' || code === 'token_missing' || code === 'token_refused') return code;
  return normalUntil !== null && now > normalUntil ? 'silent' : null;
}
