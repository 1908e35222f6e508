/** Which modules of the course somebody finished, and how many people finished each; never who did better. */
import type { PoolClient } from 'pg';
import type { Db } from '../ports.ts';

/** @returns module → day in Vietnam, `2026-11-25` */
export async function listFinished(db: Db, userId: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.query<{ module: string; day: string }>(
    `select module, to_char(finished_on, 'YYYY-MM-DD') as day from course_progress where user_id = $1`,
    [userId],
  );
  return new Map(rows.map(({ module, day }) => [module, day]));
}

/** @returns false: it was finished before, and the first day stays */
export async function addFinished(
  client: PoolClient,
  userId: string,
  module: string,
  day: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into course_progress (user_id, module, finished_on) values ($1, $2, $3)
     on conflict (user_id, module) do nothing`,
    [userId, module, day],
  );
  return rowCount === 1;
}

/** @returns module → how many people finished it; without those whose account is disabled */
export async function countPeople(db: Db): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{ module: string; people: number }>(
    `select p.module, count(*)::int as people
     from course_progress p join users u on u.id = p.user_id
     where u.disabled_at is null
     group by p.module`,
  );
  return new Map(rows.map(({ module, people }) => [module, people]));
}
