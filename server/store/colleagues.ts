/** Which colleagues are really there: a session that may work at the desk, and a browser that gave a sign of life just now. */
import type { PoolClient } from 'pg';
import type { Db } from '../ports.ts';
import { IDLE_LIMIT_MS } from './user-sessions.ts';

/** A browser that is open is heard at least this often. */
export const PRESENT_EVERY_MS = 20_000;

/** Roles that answer people; the permission `desk` of api/policies.ts. */
const AT_DESK = `('counsellor', 'supervisor', 'admin')`;

/** `u` is a user; $1 now, $2 the oldest sign that counts, $3 the idle limit of sessions. */
export const IS_THERE = `(u.disabled_at is null and u.role in ${AT_DESK} and exists (
  select from user_sessions s where s.user_id = u.id and s.ended_at is null and s.aal >= 2 and s.expires_at > $1
    and s.last_seen_at > $3 and greatest(s.last_seen_at, s.present_at) > $2))`;

export function presenceValues(now: Date, graceMs: number): Date[] {
  return [now, new Date(now.getTime() - graceMs), new Date(now.getTime() - IDLE_LIMIT_MS)];
}

/** This browser is still there. Does not move the idle clock. */
export async function markPresent(db: Db, tokenHash: Buffer, now: Date): Promise<void> {
  await db.query('update user_sessions set present_at = $2 where token_hash = $1 and ended_at is null', [
    tokenHash,
    now,
  ]);
}

/** May they be handed somebody now? @param graceMs how long a silent browser still counts */
export async function isColleagueThere(db: Db, userId: string, now: Date, graceMs: number): Promise<boolean> {
  const found = await db.query(`select from users u where u.id = $4 and ${IS_THERE}`, [
    ...presenceValues(now, graceMs),
    userId,
  ]);
  return found.rowCount === 1;
}

export interface Colleague {
  id: string;
  displayName: string;
  role: string;
  /** seen within the grace, and may work at the desk */
  isThere: boolean;
  isOnBreak: boolean;
  /** BCP 47 */
  languages: readonly string[];
  /** how many people they are answering */
  load: number;
}

/** Everybody who may work at the desk, by name. @param graceMs how long a silent browser still counts */
export async function listColleagues(db: Db, now: Date, graceMs: number): Promise<readonly Colleague[]> {
  const found = await db.query<Colleague>(
    `select u.id, u.display_name as "displayName", u.role, ${IS_THERE} as "isThere",
        d.on_break_since is not null as "isOnBreak", coalesce(d.languages, '{}') as languages,
        (select count(*)::int from handovers h where h.state = 'taken' and h.taken_by = u.id) as load
     from users u left join desk_settings d on d.user_id = u.id
     where u.disabled_at is null and u.role in ${AT_DESK} order by u.display_name, u.id limit 500`,
    presenceValues(now, graceMs),
  );
  return found.rows;
}

/**
 * Conversations of counsellors from whom nothing was heard for the grace, or who may not answer any more; locked.
 *
 * @returns ids of conversation and counsellor
 */
export async function lockLeftBehind(
  client: PoolClient,
  now: Date,
  graceMs: number,
  limit: number,
): Promise<readonly { id: string; userId: string }[]> {
  const found = await client.query<{ id: string; userId: string }>(
    `select c.id, u.id as "userId" from conversations c join users u on u.id = c.owner_user_id
     where c.owner = 'counsellor' and not ${IS_THERE} order by c.id limit $4 for update of c skip locked`,
    [...presenceValues(now, graceMs), limit],
  );
  return found.rows;
}

/** Conversations with an open offer that nobody who is there and not on a break could accept; locked. */
export async function lockUnheardOffers(
  client: PoolClient,
  now: Date,
  graceMs: number,
  limit: number,
): Promise<readonly string[]> {
  const found = await client.query<{ id: string }>(
    `select c.id from conversations c join transfers t on t.conversation_id = c.id and t.state = 'offered'
     where not exists (
       select from users u left join desk_settings d on d.user_id = u.id
       where ${isAddressee('t')} and d.on_break_since is null and ${IS_THERE})
     order by c.id limit $4 for update of c skip locked`,
    [...presenceValues(now, graceMs), limit],
  );
  return found.rows.map((row) => row.id);
}

/** Whom an offer is for, in a statement where `u` is a user and `d` what they chose at the desk. */
export function isAddressee(transfer: 't'): string {
  return `(u.disabled_at is null and u.role in ${AT_DESK} and u.id <> ${transfer}.from_user and case ${transfer}.to_kind
    when 'person' then u.id = ${transfer}.to_user
    when 'language' then ${transfer}.to_language = any(d.languages)
    else u.role in ('supervisor', 'admin') end)`;
}
