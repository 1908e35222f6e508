/** Who has seen the tour of the desk. */
import type { PoolClient } from 'pg';
import type { Db } from '../ports.ts';

export async function isTourDone(db: Db, userId: string): Promise<boolean> {
  const found = await db.query<{ done: boolean }>(
    'select tour_done_at is not null as done from users where id = $1',
    [userId],
  );
  return found.rows[0]?.done ?? false;
}

/** @param at null: it is shown again */
export async function setTourDone(client: PoolClient, userId: string, at: Date | null): Promise<void> {
  await client.query('update users set tour_done_at = $2 where id = $1', [userId, at]);
}
