/** Who has a conversation open, and who is writing in it. It holds for seconds and says nothing of what is written. */
import type { PoolClient } from 'pg';
import type { Db } from '../ports.ts';

export type PresenceState = 'reading' | 'typing' | 'away';

/** A browser says it again three times within this; one that died is gone after it. */
export const READING_MS = 30_000;
/** The last key was pressed so long ago that nobody is writing any more. */
export const TYPING_MS = 6_000;

export interface Present {
  user: { id: string; displayName: string };
  state: Exclude<PresenceState, 'away'>;
  /** true until then unless it is said again */
  until: Date;
}

/** @returns true when others should hear of it: somebody came, went, began or stopped writing */
export async function notePresence(
  client: PoolClient,
  {
    conversationId,
    userId,
    state,
    now,
  }: { conversationId: string; userId: string; state: PresenceState; now: Date },
): Promise<boolean> {
  const found = await client.query<{ typing: boolean }>(
    `select coalesce(typing_until > $3, false) as typing from presence
     where conversation_id = $1 and user_id = $2 and reading_until > $3`,
    [conversationId, userId, now],
  );
  const before = found.rows[0] === undefined ? 'away' : found.rows[0].typing ? 'typing' : 'reading';
  if (state === 'away') {
    await client.query('delete from presence where conversation_id = $1 and user_id = $2', [
      conversationId,
      userId,
    ]);
    return before !== 'away';
  }
  const until = (ms: number): Date => new Date(now.getTime() + ms);
  await client.query(
    `with gone as (delete from presence where conversation_id = $1 and user_id <> $2 and reading_until <= $3)
     insert into presence (conversation_id, user_id, reading_until, typing_until) values ($1, $2, $4, $5)
     on conflict (conversation_id, user_id) do update
       set reading_until = excluded.reading_until, typing_until = excluded.typing_until`,
    [conversationId, userId, now, until(READING_MS), state === 'typing' ? until(TYPING_MS) : null],
  );
  return before !== state;
}

/** Everybody else, by name. */
export async function listPresent(
  client: PoolClient,
  conversationId: string,
  exceptUserId: string,
  now: Date,
): Promise<readonly Present[]> {
  const found = await client.query<{ id: string; name: string; reading: Date; typing: Date | null }>(
    `select u.id, u.display_name as name, p.reading_until as reading, p.typing_until as typing
     from presence p join users u on u.id = p.user_id
     where p.conversation_id = $1 and p.user_id <> $2 and p.reading_until > $3
     order by lower(u.display_name), u.id limit 20`,
    [conversationId, exceptUserId, now],
  );
  return found.rows.map(({ id, name, reading, typing }) => {
    const user = { id, displayName: name };
    return typing !== null && typing > now
      ? { user, state: 'typing' as const, until: typing }
      : { user, state: 'reading' as const, until: reading };
  });
}

export interface PresentInQueue {
  conversationId: string;
  user: Present['user'];
  isTyping: boolean;
}

/** Everybody else who has an open conversation of the queue before them, whichever it is; by name. */
export async function listPresentInQueue(
  db: Db,
  exceptUserId: string,
  now: Date,
): Promise<readonly PresentInQueue[]> {
  const found = await db.query<{ conversationId: string; id: string; name: string; isTyping: boolean }>(
    `select p.conversation_id as "conversationId", u.id, u.display_name as name,
        coalesce(p.typing_until > $2, false) as "isTyping"
     from presence p join users u on u.id = p.user_id
     where p.user_id <> $1 and p.reading_until > $2 and exists (
       select from handovers h where h.conversation_id = p.conversation_id and h.state in ('waiting', 'taken'))
     order by lower(u.display_name), u.id limit 500`,
    [exceptUserId, now],
  );
  return found.rows.map(({ conversationId, id, name, isTyping }) => ({
    ...{ conversationId, isTyping },
    user: { id, displayName: name },
  }));
}
