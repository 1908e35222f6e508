/** When somebody is on duty again, as far as it is planned: what a text may say of it, and when it says nothing. */
import type { MessageArgs } from './messages.ts';

/** A shift of the duty calendar. A plan, no promise: texts that use it say so. */
export interface PlannedShift {
  startsAt: Date;
  /** BCP 47, what is spoken then; empty = not said, so anybody may count on it */
  languages: readonly string[];
}

/** Vietnam is seven hours ahead of UTC the whole year. */
const VIETNAM_OFFSET_MS = 7 * 3_600_000;
const DAY_MS = 86_400_000;

/**
 * @returns values for `system.next-shift`: `day` (`today`, `tomorrow`, `later`), `date` (`30/11`) and `time` (`08:00`), Vietnam
 *   time; null when no shift is planned in which this language is spoken
 */
export function nextShiftArgs(
  shifts: readonly PlannedShift[],
  language: string,
  now: Date,
): MessageArgs | null {
  const starts = shifts
    .filter(({ languages }) => languages.length === 0 || languages.includes(language))
    .map(({ startsAt }) => startsAt.getTime())
    .filter((at) => at > now.getTime());
  if (starts.length === 0) return null;
  const [date = '', clock = ''] = inVietnam(Math.min(...starts)).split('T');
  const today = dayOf(now.getTime());
  const tomorrow = dayOf(now.getTime() + DAY_MS);
  return {
    day: date === today ? 'today' : date === tomorrow ? 'tomorrow' : 'later',
    date: `${String(Number(date.slice(8, 10)))}/${String(Number(date.slice(5, 7)))}`,
    time: clock.slice(0, 5),
  };
}

const inVietnam = (at: number): string => new Date(at + VIETNAM_OFFSET_MS).toISOString();
const dayOf = (at: number): string => inVietnam(at).slice(0, 10);
