/** Who is named in a private note: kept by id, told to them, and seen or not. */
import type { PoolClient } from 'pg';
import type { Db } from '../ports.ts';

export interface Named {
  id: string;
  displayName: string;
}

/** The note is there already. */
export async function addMentions(
  client: PoolClient,
  noteId: string,
  userIds: readonly string[],
  now: Date,
): Promise<void> {
  await client.query(
    'insert into mentions (note_id, user_id, created_at) select $1, unnest($2::uuid[]), $3 on conflict do nothing',
    [noteId, userIds, now],
  );
}

/** @returns who is named in which note, under the name of today; notes that name nobody are missing */
export async function listNamed(
  db: Db,
  noteIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Named[]>> {
  const found = await db.query<Named & { noteId: string }>(
    `select m.note_id as "noteId", u.id, u.display_name as "displayName"
     from mentions m join users u on u.id = m.user_id where m.note_id = any($1) order by u.display_name, u.id`,
    [noteIds],
  );
  const named = new Map<string, Named[]>();
  for (const { noteId, ...one } of found.rows) named.set(noteId, [...(named.get(noteId) ?? []), one]);
  return named;
}

export interface Mention {
  noteId: string;
  conversationId: string;
  code: string;
  by: Named;
  at: Date;
  seenAt: Date | null;
}

/** Notes that name this colleague, newest first; whether they may still read the conversation is not asked here. */
export async function listMentions(
  db: Db,
  userId: string,
  { after, limit }: { after: Date; limit: number },
): Promise<readonly Mention[]> {
  const found = await db.query<Omit<Mention, 'by'> & { byId: string; byName: string }>(
    `select m.note_id as "noteId", n.conversation_id as "conversationId", c.code, m.created_at as at, m.seen_at as "seenAt",
        u.id as "byId", u.display_name as "byName"
     from mentions m join notes n on n.id = m.note_id join conversations c on c.id = n.conversation_id
       join users u on u.id = n.user_id
     where m.user_id = $1 and m.created_at > $2 order by m.created_at desc, m.note_id limit $3`,
    [userId, after, limit],
  );
  return found.rows.map(({ byId, byName, ...row }) => ({ ...row, by: { id: byId, displayName: byName } }));
}

/** @returns how many were not seen before */
export async function markMentionsSeen(
  client: PoolClient,
  userId: string,
  noteIds: readonly string[],
  now: Date,
): Promise<number> {
  const marked = await client.query(
    'update mentions set seen_at = $3 where user_id = $1 and note_id = any($2) and seen_at is null',
    [userId, noteIds, now],
  );
  return marked.rowCount ?? 0;
}
