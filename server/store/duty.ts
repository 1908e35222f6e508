/** Is anybody there to answer? Decides which "a person will answer" text is honest. */
import type { Db } from '../ports.ts';

/** A console that is open reports at least this often. */
const PRESENT_FOR = '5 minutes';

/** @returns true while somebody who may answer people is signed in, was seen just now, and is not on a break */
export async function isSomebodyOnDuty(db: Db, now: Date): Promise<boolean> {
  const found = await db.query<{ present: boolean }>({
    name: 'is_somebody_on_duty',
    text: `select exists (
        select 1 from user_sessions s join users u on u.id = s.user_id
        where s.ended_at is null and s.aal >= 2 and s.expires_at > $1 and s.last_seen_at > $1::timestamptz - interval '${PRESENT_FOR}'
          and u.disabled_at is null and u.role in ('counsellor', 'supervisor', 'admin')
          and not exists (select from desk_settings d where d.user_id = u.id and d.on_break_since is not null)) as present`,
    values: [now],
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
