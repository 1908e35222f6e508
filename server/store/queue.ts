/** The lists of the desk: in which order, for whom, of whom; and the next one. */
import type { PoolClient } from 'pg';
import type { Db, Vault } from '../ports.ts';
import { ADDRESSEES, type DeskItem, type DeskRow, ITEM, openItem } from './desk-item.ts';

/** What brings somebody forward beside risk and waiting: a window that closes soon. */
export interface DeskOrder {
  /** hours after the person's last message in which a counsellor may answer; a channel without an end is not in it */
  windows: readonly { channel: string; hours: number }[];
  soonMinutes: number;
  now: Date;
}

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

export type QueueTab = 'waiting' | 'mine' | 'others' | 'offers';

/** Missing = all. */
export interface QueueFilter {
  risk?: readonly string[] | undefined;
  channel?: readonly string[] | undefined;
  language?: readonly string[] | undefined;
}

/** $5 who asks, $6 to $8 the filter */
const FILTER = `($6::text[] is null or h.risk = any($6)) and ($7::text[] is null or c.channel = any($7))
  and ($8::text[] is null or c.language = any($8))`;
const TABS: Readonly<Record<QueueTab, string>> = {
  waiting: `h.state = 'waiting' and $5::uuid is not null`,
  mine: `h.state = 'taken' and h.taken_by = $5::uuid`,
  others: `h.state = 'taken' and h.taken_by is distinct from $5::uuid`,
  offers: `t.id is not null and $5::uuid in ${ADDRESSEES}`,
};

function filterValues(userId: string, { risk, channel, language }: QueueFilter): unknown[] {
  return [userId, risk ?? null, channel ?? null, language ?? null];
}

export interface QueuePage {
  tab: QueueTab;
  userId: string;
  filter: QueueFilter;
  order: DeskOrder;
  limit: number;
  offset: number;
}

/** One list of the desk: the most dangerous first, then whose window is about to close, then whoever waits longest. */
export async function listQueue(db: Db, vault: Vault, page: QueuePage): Promise<readonly DeskItem[]> {
  const found = await db.query<DeskRow>(
    `${ITEM} ${WINDOWS} where ${TABS[page.tab]} and ${FILTER} order by ${ORDER} limit $9 offset $10`,
    [...orderValues(page.order), ...filterValues(page.userId, page.filter), ...[page.limit, page.offset]],
  );
  return found.rows.map((row) => openItem(vault, row));
}

export interface QueueCounts {
  waiting: number;
  mine: number;
  others: number;
}

export async function countQueue(db: Db, userId: string, filter: QueueFilter = {}): Promise<QueueCounts> {
  const found = await db.query<QueueCounts>(
    `select count(*) filter (where h.state = 'waiting')::int as waiting,
            count(*) filter (where h.state = 'taken' and h.taken_by = $1)::int as mine,
            count(*) filter (where h.state = 'taken' and h.taken_by is distinct from $1)::int as others
     from handovers h join conversations c on c.id = h.conversation_id
     where h.state in ('waiting', 'taken') and ($2::text[] is null or h.risk = any($2))
       and ($3::text[] is null or c.channel = any($3)) and ($4::text[] is null or c.language = any($4))`,
    filterValues(userId, filter),
  );
  return found.rows[0] ?? { waiting: 0, mine: 0, others: 0 };
}

/** @returns the conversation that waits first and that nobody else is taking at this moment; it is locked now */
export async function lockNextWaiting(
  client: PoolClient,
  order: DeskOrder,
  userId: string,
  filter: QueueFilter = {},
): Promise<string | null> {
  const found = await client.query<{ id: string }>(
    `select c.id from handovers h join conversations c on c.id = h.conversation_id ${WINDOWS}
     where ${TABS.waiting} and ${FILTER} order by ${ORDER} limit 1 for update of c skip locked`,
    [...orderValues(order), ...filterValues(userId, filter)],
  );
  return found.rows[0]?.id ?? null;
}
