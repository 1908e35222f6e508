/** On duty or not, and from when on: whoever is seen at the desk, and what the calendar says of this hour. */
import { isInForce, type Shift, shiftsAfter, shiftsAt } from '../duty/calendar.ts';
import type { Db } from '../ports.ts';
import { isSomebodyOnDuty } from './duty.ts';
import { readPlan } from './shifts.ts';

/** Further away than this nobody is told of a shift: plans change. */
const AHEAD_DAYS = 7;

export interface DutyState {
  /** somebody who may answer was seen just now, and it is an hour in which somebody is planned to be there, if anything is */
  isStaffed: boolean;
  isSeen: boolean;
  /** a calendar speaks for today */
  hasCalendar: boolean;
  /** shifts going on */
  now: readonly Shift[];
  /** shifts that begin within a week, soonest first */
  next: readonly Shift[];
}

/** @param graceMs how long a silent browser still counts (desk-rules.ts: gone_after_seconds) */
export async function readDutyState(db: Db, now: Date, graceMs: number): Promise<DutyState> {
  const isSeen = await isSomebodyOnDuty(db, now, graceMs);
  const plan = await readPlan(db, now);
  const hasCalendar = isInForce(plan, now);
  const shifts = shiftsAt(plan, now);
  return {
    ...{ isSeen, hasCalendar, now: shifts },
    isStaffed: isSeen && (!hasCalendar || shifts.length > 0),
    next: shiftsAfter(plan, now, AHEAD_DAYS),
  };
}
