/** The SQL of the outbox: claiming, checking before sending, recording what became of a message. */
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import type { FailureClass, OutboundMessage } from '../channels/adapter.ts';
import type { Vault } from '../ports.ts';
import { placeBody, placePlatformId } from '../store/places.ts';

/** One outgoing message as the sender holds it, opened. */
export interface OutboxRow {
  id: number;
  messageId: string;
  conversationId: string;
  seq: number;
  author: 'bot' | 'counsellor';
  channel: string;
  account: string;
  platformId: string;
  replyHandle: string | null;
  message: OutboundMessage;
  /** failed tries so far, not counting "slow down" */
  attempts: number;
  /** parts of a split message that did go out */
  sentParts: number;
  createdAt: Date;
  /**
   * What a check would have found in the transaction that wrote this row, under the lock of its conversation. Good only for sending
   * at the very moment that transaction is known to be committed; null = look again.
   */
  seen: HeadState | null;
}

/** What to write about one row. */
export type Outcome =
  | { kind: 'sent'; row: OutboxRow; platformIds: readonly string[] }
  | { kind: 'suppressed'; row: OutboxRow }
  | { kind: 'failed'; row: OutboxRow; class: FailureClass; code: string; sentParts: number }
  /** back to the queue, for whoever sweeps after `notBefore` */
  | { kind: 'later'; row: OutboxRow; notBefore: Date; attempts: number; sentParts: number };

export interface HeadState {
  owner: 'bot' | 'counsellor';
  blocked: boolean;
  lastInboundAt: Date | null;
  /** an older message of the conversation is still unsent (another instance has it, or it waits to be tried again) */
  isBehind: boolean;
}

/** Checked right before sending. A row that is missing here is no longer ours to send. */
export async function checkHeads(
  pool: Pool,
  ids: readonly number[],
  leaseOwner: string,
): Promise<Map<number, HeadState>> {
  const found = await pool.query<{
    id: number;
    owner: 'bot' | 'counsellor';
    blocked: boolean;
    last_inbound_at: Date | null;
    is_behind: boolean;
  }>({
    name: 'check_heads',
    text: `select o.id, c.owner, ct.blocked, c.last_inbound_at,
        exists (select 1 from outbox p where p.conversation_id = o.conversation_id and p.state = 'queued' and p.seq < o.seq)
          as is_behind
      from outbox o join conversations c on c.id = o.conversation_id join contacts ct on ct.id = c.contact_id
      where o.id = any($1::bigint[]) and o.state = 'queued' and o.lease_owner = $2`,
    values: [ids, leaseOwner],
  });
  return new Map(
    found.rows.map((row) => [
      row.id,
      { owner: row.owner, blocked: row.blocked, lastInboundAt: row.last_inbound_at, isBehind: row.is_behind },
    ]),
  );
}

/**
 * One statement for all that is done, one for all that waits: each is a transaction of its own, so that recording costs one round
 * trip. Consoles are told once per conversation.
 */
export async function recordOutcomes(pool: Pool, outcomes: readonly Outcome[], now: Date): Promise<void> {
  const blocked = outcomes.filter((outcome) => outcome.kind === 'failed' && outcome.class === 'blocked');
  await Promise.all([
    recordDone(
      pool,
      outcomes.filter((outcome) => outcome.kind !== 'later'),
      now,
    ),
    recordLater(
      pool,
      outcomes.filter((outcome) => outcome.kind === 'later'),
    ),
    blocked.length === 0
      ? null
      : pool.query(
          `update contacts set blocked = true where id in (select contact_id from conversations where id = any($1::uuid[]))`,
          [blocked.map(({ row }) => row.conversationId)],
        ),
  ]);
}

async function recordDone(
  pool: Pool,
  done: readonly Exclude<Outcome, { kind: 'later' }>[],
  now: Date,
): Promise<void> {
  if (done.length === 0) return;
  await pool.query({
    name: 'record_done',
    text: `with d as materialized (
        select * from unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[])
          as d(id, message_id, conversation_id, state, sent_parts, class, code, ids)),
      told as (
        insert into live_events (kind, conversation_id)
        select distinct 'delivery_changed', d.conversation_id from d join conversations c on c.id = d.conversation_id),
      marked as (
        update messages m set delivery = d.state, failure_class = d.class, failure_code = d.code,
          platform_ids = case when d.ids = '' then '{}' else string_to_array(d.ids, E'\\n') end
        from d where m.id = d.message_id)
      update outbox o set state = d.state, sent_parts = d.sent_parts, done_at = $9, lease_owner = null, lease_until = null
      from d where o.id = d.id`,
    values: [
      done.map(({ row }) => row.id),
      done.map(({ row }) => row.messageId),
      done.map(({ row }) => row.conversationId),
      done.map(({ kind }) => kind),
      done.map((one) => (one.kind === 'failed' ? one.sentParts : one.row.sentParts)),
      done.map((one) => (one.kind === 'failed' ? one.class : null)),
      done.map((one) => (one.kind === 'failed' ? one.code : null)),
      // arrays of arrays must be rectangular, so the ids of one message travel as lines
      done.map((one) => (one.kind === 'sent' ? one.platformIds.join('\n') : '')),
      now,
    ],
  });
}

async function recordLater(pool: Pool, later: readonly Extract<Outcome, { kind: 'later' }>[]): Promise<void> {
  if (later.length === 0) return;
  await pool.query({
    name: 'record_later',
    text: `update outbox o set not_before = d.not_before, attempts = d.attempts, sent_parts = d.sent_parts, lease_owner = null,
        lease_until = null
      from unnest($1::bigint[], $2::timestamptz[], $3::int[], $4::int[]) as d(id, not_before, attempts, sent_parts)
      where o.id = d.id`,
    values: [
      later.map(({ row }) => row.id),
      later.map(({ notBefore }) => notBefore),
      later.map(({ attempts }) => attempts),
      later.map(({ sentParts }) => sentParts),
    ],
  });
}

export async function renewLeases(
  pool: Pool,
  ids: readonly number[],
  leaseOwner: string,
  until: Date,
): Promise<void> {
  await pool.query(
    `update outbox set lease_until = $3 where id = any($1::bigint[]) and lease_owner = $2 and state = 'queued'`,
    [ids, leaseOwner, until],
  );
}

export async function releaseLeases(pool: Pool, ids: readonly number[], leaseOwner: string): Promise<void> {
  await pool.query(
    `update outbox set lease_owner = null, lease_until = null where id = any($1::bigint[]) and lease_owner = $2 and state = 'queued'`,
    [ids, leaseOwner],
  );
}

/** Any fixed number: one sweeper at a time over all instances. */
const SWEEP_LOCK = 7_214_002;
const SWEEP_CONVERSATIONS = 200;

interface SweptRow {
  id: number;
  message_id: string;
  conversation_id: string;
  seq: number;
  author: 'bot' | 'counsellor';
  channel: string;
  account: string;
  reply_handle: string | null;
  attempts: number;
  sent_parts: number;
  created_at: Date;
  body_enc: Buffer;
  key_wrapped: Buffer;
  contact_id: string;
  platform_id_enc: Buffer;
  language: string;
}

/**
 * Takes over conversations whose oldest unsent message is due and in nobody's hands: that message and all behind it.
 * @returns the rows in order; empty when another instance is sweeping
 */
export async function sweepOutbox(
  client: PoolClient,
  vault: Vault,
  lease: { owner: string; until: Date; now: Date },
): Promise<OutboxRow[]> {
  const lock = await client.query<{ got: boolean }>('select pg_try_advisory_xact_lock($1) as got', [
    SWEEP_LOCK,
  ]);
  if (lock.rows[0]?.got !== true) return [];
  const taken = await client.query<SweptRow>({
    name: 'sweep_outbox',
    text: `with due as (
        select o.conversation_id from outbox o
        where o.state = 'queued' and o.not_before <= $1 and (o.lease_until is null or o.lease_until <= $1)
          and not exists (
            select 1 from outbox p where p.conversation_id = o.conversation_id and p.state = 'queued' and p.seq < o.seq)
        order by o.not_before limit ${SWEEP_CONVERSATIONS}),
      taken as (
        update outbox o set lease_owner = $2, lease_until = $3
        from due where o.conversation_id = due.conversation_id and o.state = 'queued' returning o.*)
      select t.id, t.message_id, t.conversation_id, t.seq, t.author, t.channel, t.account, t.reply_handle, t.attempts,
        t.sent_parts, t.created_at, m.body_enc, c.key_wrapped, c.contact_id, ct.platform_id_enc, c.language
      from taken t join messages m on m.id = t.message_id join conversations c on c.id = t.conversation_id
      join contacts ct on ct.id = c.contact_id order by t.conversation_id, t.seq`,
    values: [lease.now, lease.owner, lease.until],
  });
  return taken.rows.map((row) => openRow(vault, row));
}

const BodySchema = z.object({
  text: z.string(),
  choices: z.array(z.object({ id: z.string(), label: z.string() })).default([]),
  language: z.string().optional(),
});

function openRow(vault: Vault, row: SweptRow): OutboxRow {
  const body = BodySchema.parse(
    vault.open(row.key_wrapped, placeBody(row.message_id, row.conversation_id), row.body_enc),
  );
  const place = placePlatformId(row.contact_id, row.conversation_id);
  return {
    id: row.id,
    messageId: row.message_id,
    conversationId: row.conversation_id,
    seq: row.seq,
    author: row.author,
    channel: row.channel,
    account: row.account,
    platformId: z.string().parse(vault.open(row.key_wrapped, place, row.platform_id_enc)),
    replyHandle: row.reply_handle,
    message: { text: body.text, choices: body.choices, language: body.language ?? row.language },
    attempts: row.attempts,
    sentParts: row.sent_parts,
    createdAt: row.created_at,
    seen: null,
  };
}
