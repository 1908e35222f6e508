/** The desk: who waits, who is being answered by whom, and the moves between bot and counsellor. */
import type { PoolClient } from 'pg';
import type { Db, Vault } from '../ports.ts';
import { type DeskItem, type DeskRow, ITEM, openItem } from './desk-item.ts';
import { noteExposure } from './exposures.ts';
import { holdBackBot } from './sending.ts';

export type { DeskItem, HandoverCause, Risk, StoredReason } from './desk-item.ts';

/**
 * The newest handover of a conversation. Whoever only ever talked to the bot is not at the desk.
 *
 * @returns null when the conversation does not exist or was never handed over
 */
export async function readDeskItem(db: Db, vault: Vault, conversationId: string): Promise<DeskItem | null> {
  const found = await db.query<DeskRow>(
    `${ITEM} where h.conversation_id = $1 order by (h.state in ('waiting', 'taken')) desc, h.created_at desc limit 1`,
    [conversationId],
  );
  const row = found.rows[0];
  return row === undefined ? null : openItem(vault, row);
}

export interface ConversationFacts {
  createdAt: Date;
  handovers: number;
  campaignRef: string | null;
  lastSeq: number;
  /** how often it was offered to somebody else, or its risk set by hand */
  handlings: number;
}

/** What else a reader of one conversation is shown. `lastSeq`: number of its newest message, 0 = none. */
export async function readConversationFacts(
  db: Db,
  conversationId: string,
): Promise<ConversationFacts | null> {
  const found = await db.query<ConversationFacts>(
    `select created_at as "createdAt", campaign_ref as "campaignRef", next_seq - 1 as "lastSeq",
            (select count(*)::int from handovers where conversation_id = $1) as handovers,
            (select count(*)::int from transfers where conversation_id = $1)
              + (select count(*)::int from risk_overrides where conversation_id = $1) as handlings
     from conversations where id = $1`,
    [conversationId],
  );
  return found.rows[0] ?? null;
}

/** Locks the conversation, as every turn does, so that the order of locks is the same everywhere. */
export async function lockConversation(client: PoolClient, conversationId: string): Promise<boolean> {
  const found = await client.query('select from conversations where id = $1 for update', [conversationId]);
  return found.rowCount === 1;
}

/** The conversation is locked. @returns false when nobody waits in it (any more), and nobody answers at the platform only */
export async function takeConversation(
  client: PoolClient,
  conversationId: string,
  userId: string,
  now: Date,
): Promise<boolean> {
  const taken = await client.query(
    `update handovers set state = 'taken', taken_by = $2, taken_at = $3 where conversation_id = $1 and state in ('waiting', 'taken') and taken_by is null`,
    [conversationId, userId, now],
  );
  if (taken.rowCount !== 1) return false;
  await noteExposure(client, conversationId, userId, now);
  await setOwner(client, conversationId, userId, now);
  await holdBackBot(client, [conversationId], now);
  return true;
}

/** The conversation is locked and taken: another counsellor answers from now on. */
export async function reassignConversation(
  client: PoolClient,
  conversationId: string,
  userId: string,
  now: Date,
): Promise<void> {
  await client.query(
    `update handovers set taken_by = $2, taken_at = $3 where conversation_id = $1 and state = 'taken'`,
    [conversationId, userId, now],
  );
  await noteExposure(client, conversationId, userId, now);
  await setOwner(client, conversationId, userId, now);
}

/**
 * The conversation is locked: it waits again at its old place, and the bot speaks meanwhile.
 *
 * @param of only if this counsellor still has it
 * @returns false when nobody, or somebody else, has it
 */
export async function releaseConversation(
  client: PoolClient,
  conversationId: string,
  now: Date,
  of: string | null = null,
): Promise<boolean> {
  const released = await client.query(
    `update handovers set state = 'waiting', taken_by = null, taken_at = null
     where conversation_id = $1 and state = 'taken' and ($2::uuid is null or taken_by = $2)`,
    [conversationId, of],
  );
  if (released.rowCount !== 1) return false;
  await setOwner(client, conversationId, null, now);
  return true;
}

/** The conversation is locked and taken: the person was told that it ends if it goes on like this. */
export async function markWarned(client: PoolClient, conversationId: string, now: Date): Promise<void> {
  await client.query(`update handovers set warned_at = $2 where conversation_id = $1 and state = 'taken'`, [
    ...[conversationId, now],
  ]);
}

/** @returns ids, in the order in which they are to be locked */
export async function listMine(client: PoolClient, userId: string): Promise<readonly string[]> {
  const found = await client.query<{ id: string }>(
    `select conversation_id as id from handovers where state = 'taken' and taken_by = $1 order by 1`,
    [userId],
  );
  return found.rows.map((row) => row.id);
}

/** The conversation is locked and taken: its handover ends and the bot answers what comes next. */
export async function endHandover(
  client: PoolClient,
  conversationId: string,
  end: { state: 'returned' | 'closed'; outcome: string | null; now: Date },
): Promise<void> {
  await client.query(
    `update handovers set state = $2, outcome = $3, ended_at = $4 where conversation_id = $1 and state = 'taken'`,
    [conversationId, end.state, end.outcome, end.now],
  );
  await setOwner(client, conversationId, null, end.now);
}

/**
 * The conversation is locked and answered at the platform: the bot answers what comes next. Whoever waits at the desk goes on
 * waiting; what only kept the conversation in sight ends.
 */
export async function returnFromPlatform(
  client: PoolClient,
  conversationId: string,
  now: Date,
): Promise<void> {
  await client.query(
    `update handovers set state = 'returned', ended_at = $2
     where conversation_id = $1 and state = 'taken' and taken_by is null`,
    [conversationId, now],
  );
  await setOwner(client, conversationId, null, now);
}

/** Conversations at the platform from which nothing was heard since `before`; locked. */
export async function lockQuietAtPlatform(
  client: PoolClient,
  before: Date,
  limit: number,
): Promise<string[]> {
  const found = await client.query<{ id: string }>(
    `select id from conversations where owner = 'platform' and platform_at <= $1
     order by platform_at limit $2 for update skip locked`,
    [before, limit],
  );
  return found.rows.map((row) => row.id);
}

async function setOwner(
  client: PoolClient,
  conversationId: string,
  userId: string | null,
  now: Date,
): Promise<void> {
  await client.query(
    'update conversations set owner = $2, owner_user_id = $3, updated_at = $4 where id = $1',
    [conversationId, userId === null ? 'bot' : 'counsellor', userId, now],
  );
}
