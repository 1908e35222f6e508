/** Names of files to delete: filled by a trigger when rows go, and by tries that ended without a file worth keeping. */
import type { PoolClient } from 'pg';
import type { MediaPlace } from './media.ts';

export interface TrashedFile {
  name: string;
  place: MediaPlace;
}

/** Files to delete now; the rows stay locked until the transaction ends. */
export async function claimTrash(
  client: PoolClient,
  now: Date,
  limit: number,
): Promise<readonly TrashedFile[]> {
  const found = await client.query<TrashedFile>(
    'select name, place from media_trash where due_at <= $1 order by due_at limit $2 for update skip locked',
    [now, limit],
  );
  return found.rows;
}

export async function forgetTrash(client: PoolClient, names: readonly string[]): Promise<void> {
  await client.query('delete from media_trash where name = any($1::text[])', [names]);
}

/** Tried again later: after a minute, two, four … at most six hours. */
export async function postponeTrash(client: PoolClient, names: readonly string[], now: Date): Promise<void> {
  await client.query(
    `update media_trash set attempts = attempts + 1,
       due_at = $2::timestamptz + make_interval(mins => least(360, 2 ^ least(attempts, 12))::int) where name = any($1::text[])`,
    [names, now],
  );
}
