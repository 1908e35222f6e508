/** From when on somebody has waited too long for a counsellor. */
import type { Risk } from '../store/desk.ts';

/** Minutes. One who is in danger now is to be answered before they have to hide the telephone again. */
export const ANSWER_WITHIN_MINUTES: Readonly<Record<Risk, number>> = {
  imminent: 2,
  high: 5,
  concern: 20,
  none: 40,
};
