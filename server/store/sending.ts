/** What the rules of writing to somebody ask of the database: when they wrote, what we sent since, what the account has left. */
import type { PoolClient } from 'pg';
import type { Db } from '../ports.ts';
import { SEALED_PLAN, type SealedPlanRow } from './safe-contact.ts';

/**
 * How often the platform was called with something of ours since the person's last message: parts of a long one count each,
 * messages that went out as one text count once. `o` or `c` name the conversation in the statement around it.
 */
export const SENT_SINCE = `(select count(distinct coalesce(call.id, s.id::text))::int
  from messages s left join unnest(s.platform_ids) as call(id) on true where s.conversation_id = c.id
  and s.author in ('bot', 'counsellor', 'platform') and s.delivery in ('sent', 'delivered', 'read')
  and s.created_at >= c.last_inbound_at)`;

export interface SendingFacts extends SealedPlanRow {
  channel: string;
  account: string;
  language: string;
  blocked: boolean;
  lastInboundAt: Date | null;
  sentSince: number;
}

/** @returns null when the conversation does not exist */
export async function readSendingFacts(db: Db, conversationId: string): Promise<SendingFacts | null> {
  const found = await db.query<SendingFacts>({
    name: 'read_sending_facts',
    text: `select c.channel, c.account, c.language, ct.blocked, c.last_inbound_at as "lastInboundAt", ${SENT_SINCE} as "sentSince", ${SEALED_PLAN}
      from conversations c join contacts ct on ct.id = c.contact_id where c.id = $1`,
    values: [conversationId],
  });
  return found.rows[0] ?? null;
}

export interface Usage {
  channel: string;
  account: string;
  /** first day of the month, `2026-11-01` */
  month: string;
  sent: number;
}

/** Adds to what accounts sent this month against their quota. */
export async function addUsage(db: Db, rows: readonly Usage[]): Promise<void> {
  if (rows.length === 0) return;
  await db.query(
    `insert into channel_usage as u (channel, account, month, sent)
     select * from unnest($1::text[], $2::text[], $3::date[], $4::int[])
     on conflict (channel, account, month) do update set sent = u.sent + excluded.sent`,
    [
      rows.map((row) => row.channel),
      rows.map((row) => row.account),
      rows.map((row) => row.month),
      rows.map((row) => row.sent),
    ],
  );
}

/** The newest two months of every account. */
export async function listUsage(db: Db): Promise<readonly Usage[]> {
  const found = await db.query<Usage>(
    `select channel, account, to_char(month, 'YYYY-MM-DD') as month, sent from channel_usage
     where month > current_date - interval '70 days'`,
  );
  return found.rows;
}

/**
 * Somebody else answers from now on: what the bot had decided and not yet sent is not sent any more, however soon the conversation
 * is given back. Rows that a sender holds stay until it has looked: one of them may be on its way right now, is then recorded as
 * sent, and what the person in front writes goes out behind it.
 */
export async function holdBackBot(
  client: PoolClient,
  conversationIds: readonly string[],
  now: Date,
): Promise<void> {
  await client.query(
    `with held as (
       update messages m set delivery = 'suppressed' from outbox o
       where o.conversation_id = any($1::uuid[]) and o.author = 'bot' and o.state = 'queued'
         and m.id = o.message_id and m.delivery = 'queued'
       returning o.id)
     delete from outbox o using held
     where o.id = held.id and (o.lease_until is null or o.lease_until <= $2)`,
    [conversationIds, now],
  );
}
