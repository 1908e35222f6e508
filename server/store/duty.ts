/** Is anybody there to answer? Decides which "a person will answer" text is honest. */
import type { Db } from '../ports.ts';
import { IS_THERE, presenceValues } from './colleagues.ts';

/**
 * @param graceMs how long a silent browser still counts
 * @returns true while somebody who may answer people is at the desk with a living browser and not on a break
 */
export async function isSomebodyOnDuty(db: Db, now: Date, graceMs: number): Promise<boolean> {
  const found = await db.query<{ present: boolean }>({
    name: 'is_somebody_on_duty',
    text: `select exists (
        select from users u left join desk_settings d on d.user_id = u.id
        where d.on_break_since is null and ${IS_THERE}) as present`,
    values: presenceValues(now, graceMs),
  });
  return found.rows[0]?.present ?? false;
}

/** How many wait for a counsellor, by risk; every risk is there, so that a figure falls back to 0. */
export async function countWaiting(db: Db): Promise<readonly { risk: string; waiting: number }[]> {
  const found = await db.query<{ risk: string; waiting: number }>({
    name: 'count_waiting',
    text: `select r.risk, count(h.id)::int as waiting from unnest(array['none', 'concern', 'high', 'imminent']) as r(risk)
      left join handovers h on h.risk = r.risk and h.state = 'waiting' group by r.risk`,
  });
  return found.rows;
}

/** How many wait longer than promised, by risk; every risk is there. @param red minutes until somebody should have come */
export async function countOverdue(
  db: Db,
  now: Date,
  red: readonly { risk: string; minutes: number }[],
): Promise<readonly { risk: string; overdue: number }[]> {
  const found = await db.query<{ risk: string; overdue: number }>({
    name: 'count_overdue',
    text: `select r.risk, count(h.id)::int as overdue from unnest($1::text[], $2::float8[]) as r(risk, minutes)
      left join handovers h on h.risk = r.risk and h.state = 'waiting'
        and h.waiting_since + r.minutes * interval '1 minute' <= $3 group by r.risk`,
    values: [red.map(({ risk }) => risk), red.map(({ minutes }) => minutes), now],
  });
  return found.rows;
}
