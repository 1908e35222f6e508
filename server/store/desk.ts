/** The desk: who waits, who is being answered by whom, and the moves between bot and counsellor. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Db, Vault } from '../ports.ts';
import { placeReasons } from './places.ts';
import { holdBackBot } from './sending.ts';

export type Risk = 'none' | 'concern' | 'high' | 'imminent';
export type HandoverCause =
  'danger' | 'person_asked' | 'not_understood' | 'flow' | 'turn_failed' | 'platform';

/** Why someone is in front; `messageSeq`, `start`, `end` point to the words that say so (UTF-16 units). */
export interface StoredReason {
  rule: string;
  reasonKey: string;
  level: Risk;
  messageSeq: number | null;
  start: number;
  end: number;
}

const ReasonsSchema = z.array(
  z.object({
    rule: z.string(),
    reasonKey: z.string(),
    level: z.enum(['none', 'concern', 'high', 'imminent']),
    messageSeq: z.number().int().nullable().default(null),
    start: z.number().int().default(0),
    end: z.number().int().default(0),
  }),
);

export interface DeskItem {
  handoverId: string;
  conversationId: string;
  code: string;
  channel: string;
  language: string;
  quiet: boolean;
  risk: Risk;
  cause: HandoverCause;
  reasons: readonly StoredReason[];
  state: 'waiting' | 'taken' | 'returned' | 'closed';
  outcome: string | null;
  waitingSince: Date;
  takenBy: { id: string; displayName: string } | null;
  takenAt: Date | null;
  endedAt: Date | null;
  lastInboundAt: Date | null;
  lastOutboundAt: Date | null;
  /** `platform`: somebody answers at the platform's own inbox, or another program does */
  owner: 'bot' | 'counsellor' | 'platform';
  /** when a hand at the platform was last seen */
  platformAt: Date | null;
}

/** What brings somebody forward beside risk and waiting: a window that closes soon. */
export interface DeskOrder {
  /** hours after the person's last message in which a counsellor may answer; a channel without an end is not in it */
  windows: readonly { channel: string; hours: number }[];
  soonMinutes: number;
  now: Date;
}

type DeskRow = Omit<DeskItem, 'reasons' | 'takenBy'> & {
  keyWrapped: Buffer;
  reasonsEnc: Buffer;
  takenById: string | null;
  takenByName: string | null;
};

const ITEM = `select h.id as "handoverId", h.conversation_id as "conversationId", c.code, c.channel, c.language, c.quiet,
  h.risk, h.cause, h.state, h.outcome, h.waiting_since as "waitingSince", h.taken_at as "takenAt", h.ended_at as "endedAt",
  c.last_inbound_at as "lastInboundAt", c.last_outbound_at as "lastOutboundAt",
  c.owner, c.platform_at as "platformAt",
  c.key_wrapped as "keyWrapped", h.reasons_enc as "reasonsEnc", h.taken_by as "takenById", u.display_name as "takenByName"
  from handovers h join conversations c on c.id = h.conversation_id left join users u on u.id = h.taken_by`;

/** More rows than a desk can look at; the counts stay true. */
const LIST_LIMIT = 200;

/** Windows by channel: $1 channels, $2 hours, $3 now, $4 until when "soon" reaches. */
const WINDOWS = `left join unnest($1::text[], $2::float8[]) as w(channel, hours) on w.channel = c.channel`;
const CLOSES = `(c.last_inbound_at + w.hours * interval '1 hour')`;
const ORDER = `h.risk_rank desc, case when ${CLOSES} > $3 and ${CLOSES} <= $4 then ${CLOSES} end nulls last, h.waiting_since, h.id`;

function orderValues({ windows, soonMinutes, now }: DeskOrder): unknown[] {
  return [
    windows.map(({ channel }) => channel),
    windows.map(({ hours }) => hours),
    now,
    new Date(now.getTime() + soonMinutes * 60_000),
  ];
}

/** Everyone with an open handover: the most dangerous first, then whose window is about to close, then whoever waits longest. */
export async function listQueue(db: Db, vault: Vault, order: DeskOrder): Promise<readonly DeskItem[]> {
  const found = await db.query<DeskRow>(
    `${ITEM} ${WINDOWS} where h.state in ('waiting', 'taken') order by ${ORDER} limit ${LIST_LIMIT}`,
    orderValues(order),
  );
  return found.rows.map((row) => openItem(vault, row));
}

export interface QueueCounts {
  waiting: number;
  mine: number;
  others: number;
}

export async function countQueue(db: Db, userId: string): Promise<QueueCounts> {
  const found = await db.query<QueueCounts>(
    `select count(*) filter (where state = 'waiting')::int as waiting,
            count(*) filter (where state = 'taken' and taken_by = $1)::int as mine,
            count(*) filter (where state = 'taken' and taken_by is distinct from $1)::int as others
     from handovers where state in ('waiting', 'taken')`,
    [userId],
  );
  return found.rows[0] ?? { waiting: 0, mine: 0, others: 0 };
}

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
}

/** What else a reader of one conversation is shown. `lastSeq`: number of its newest message, 0 = none. */
export async function readConversationFacts(
  db: Db,
  conversationId: string,
): Promise<ConversationFacts | null> {
  const found = await db.query<ConversationFacts>(
    `select created_at as "createdAt", campaign_ref as "campaignRef", next_seq - 1 as "lastSeq",
            (select count(*)::int from handovers where conversation_id = $1) as handovers
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

/** @returns the conversation that waits first and that nobody else is taking at this moment; it is locked now */
export async function lockNextWaiting(client: PoolClient, order: DeskOrder): Promise<string | null> {
  const found = await client.query<{ id: string }>(
    `select c.id from handovers h join conversations c on c.id = h.conversation_id ${WINDOWS}
     where h.state = 'waiting' order by ${ORDER} limit 1 for update of c skip locked`,
    orderValues(order),
  );
  return found.rows[0]?.id ?? null;
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
  await setOwner(client, conversationId, userId, now);
}

/** The conversation is locked and taken: it waits again at its old place, and the bot speaks meanwhile. */
export async function releaseConversation(
  client: PoolClient,
  conversationId: string,
  now: Date,
): Promise<void> {
  await client.query(
    `update handovers set state = 'waiting', taken_by = null, taken_at = null where conversation_id = $1 and state = 'taken'`,
    [conversationId],
  );
  await setOwner(client, conversationId, null, now);
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

function openItem(vault: Vault, row: DeskRow): DeskItem {
  const { keyWrapped, reasonsEnc, takenById, takenByName, ...item } = row;
  const place = placeReasons(row.handoverId, row.conversationId);
  return {
    ...item,
    reasons: ReasonsSchema.parse(vault.open(keyWrapped, place, reasonsEnc)),
    takenBy: takenById === null ? null : { id: takenById, displayName: takenByName ?? '' },
  };
}
