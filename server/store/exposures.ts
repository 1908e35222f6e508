/** Who was near what: which conversations a counsellor had, how much that weighs, and whether somebody talked with them about it. */
import type { PoolClient } from 'pg';
import type { Db } from '../ports.ts';
import { IS_THERE, presenceValues } from './colleagues.ts';
import type { Risk } from './desk-item.ts';

/** The conversation is locked and taken: whoever has it now was near it, also when it is handed on later. */
export async function noteExposure(
  client: PoolClient,
  conversationId: string,
  userId: string,
  now: Date,
): Promise<void> {
  await client.query(
    `insert into exposures (handover_id, user_id, since)
     select id, $2, $3 from handovers where conversation_id = $1 and state = 'taken' on conflict do nothing`,
    [conversationId, userId, now],
  );
}

/** The conversation is taken by them: they would like to talk about it. Asked for before the handover ends. */
export async function askForTalk(
  client: PoolClient,
  conversationId: string,
  userId: string,
  now: Date,
): Promise<void> {
  await client.query(
    `update exposures set asked_at = $3 where user_id = $2 and asked_at is null
       and handover_id = (select id from handovers where conversation_id = $1 and state = 'taken' and taken_by = $2)`,
    [conversationId, userId, now],
  );
}

export interface Working {
  id: string;
  displayName: string;
  isPresent: boolean;
  onBreakSince: Date | null;
  /** at the desk without a break since then; null: not there, or on a break */
  workingSince: Date | null;
}

/**
 * Everybody who may answer, by name. Whoever signed out or was signed out for doing nothing had a pause: the clock begins with the
 * oldest session that is in use, or with the end of the last break.
 *
 * @param graceMs how long a silent browser still counts
 * @param userId only this one
 */
export async function listWorking(
  db: Db,
  now: Date,
  graceMs: number,
  userId: string | null = null,
): Promise<readonly Working[]> {
  const found = await db.query<Omit<Working, 'workingSince'> & { since: Date | null }>(
    `select u.id, u.display_name as "displayName", ${IS_THERE} as "isPresent", d.on_break_since as "onBreakSince",
        greatest(d.break_ended_at, (select min(s.created_at) from user_sessions s where s.user_id = u.id and s.ended_at is null
          and s.aal >= 2 and s.expires_at > $1 and s.last_seen_at > $3 and greatest(s.last_seen_at, s.present_at) > $2)) as since
     from users u left join desk_settings d on d.user_id = u.id
     where u.disabled_at is null and u.role in ('counsellor', 'supervisor', 'admin') and ($4::uuid is null or u.id = $4)
     order by lower(u.display_name), u.id limit 500`,
    [...presenceValues(now, graceMs), userId],
  );
  return found.rows.map(({ since, ...one }) => ({
    ...one,
    workingSince: one.isPresent && one.onBreakSince === null ? since : null,
  }));
}

export interface Handled {
  userId: string;
  risk: Risk;
  /** conversations begun since `since`, or still held */
  lately: number;
  /** of these, begun since the start of the shift, or still held */
  onShift: number;
}

/** @param people with the start of their last shift; null: none, and nothing counts for it */
export async function countHandled(
  db: Db,
  people: readonly { id: string; shiftFrom: Date | null }[],
  since: Date,
): Promise<readonly Handled[]> {
  const found = await db.query<Handled>(
    `select p.id as "userId", h.risk, count(*)::int as lately,
        (count(*) filter (where p.shift_from is not null
          and (e.since >= p.shift_from or (h.state = 'taken' and h.taken_by = e.user_id))))::int as "onShift"
     from unnest($1::uuid[], $2::timestamptz[]) as p(id, shift_from)
       join exposures e on e.user_id = p.id join handovers h on h.id = e.handover_id
     where e.since >= $3 or (h.state = 'taken' and h.taken_by = e.user_id)
     group by p.id, h.risk`,
    [people.map(({ id }) => id), people.map(({ shiftFrom }) => shiftFrom), since],
  );
  return found.rows;
}

export interface Debrief {
  handoverId: string;
  userId: string;
  displayName: string;
  conversationId: string;
  code: string;
  risk: Risk;
  outcome: string | null;
  since: Date;
  /** they asked for it themselves */
  isAsked: boolean;
}

/** Who was near something hard and has not had a talk yet, the longest ago first. */
export async function listDebriefs(
  db: Db,
  { risks, since, limit }: { risks: readonly Risk[]; since: Date; limit: number },
): Promise<readonly Debrief[]> {
  const found = await db.query<Debrief>(
    `select e.handover_id as "handoverId", u.id as "userId", u.display_name as "displayName", c.id as "conversationId", c.code,
        h.risk, h.outcome, e.since, e.asked_at is not null as "isAsked"
     from exposures e join users u on u.id = e.user_id join handovers h on h.id = e.handover_id
       join conversations c on c.id = h.conversation_id
     where e.talked_at is null and u.disabled_at is null and coalesce(e.asked_at, e.since) >= $2
       and (e.asked_at is not null or h.risk = any($1) or (h.outcome = 'abusive' and h.taken_by = e.user_id))
     order by e.since, e.handover_id limit $3`,
    [risks, since, limit],
  );
  return found.rows;
}

/** @returns how many of them had none before */
export async function markTalked(
  client: PoolClient,
  userId: string,
  handoverIds: readonly string[],
  { by, now }: { by: string; now: Date },
): Promise<number> {
  const marked = await client.query(
    `update exposures set talked_at = $3, talked_by = $4
     where user_id = $1 and handover_id = any($2) and talked_at is null`,
    [userId, handoverIds, now, by],
  );
  return marked.rowCount ?? 0;
}

export interface AbusiveClose {
  conversationId: string;
  code: string;
  by: { id: string; displayName: string };
  at: Date;
}

/** Conversations that were closed as abusive, newest first. */
export async function listAbusive(db: Db, since: Date, limit: number): Promise<readonly AbusiveClose[]> {
  const found = await db.query<{
    conversationId: string;
    code: string;
    id: string;
    displayName: string;
    at: Date;
  }>(
    `select c.id as "conversationId", c.code, u.id, u.display_name as "displayName", h.ended_at as at
     from handovers h join conversations c on c.id = h.conversation_id join users u on u.id = h.taken_by
     where h.outcome = 'abusive' and h.ended_at >= $1 order by h.ended_at desc, h.id limit $2`,
    [since, limit],
  );
  return found.rows.map(({ id, displayName, ...one }) => ({ ...one, by: { id, displayName } }));
}
