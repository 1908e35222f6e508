/** The SQL of the outbox: claiming, checking before sending, recording what became of a message. */
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import type { FailureClass, OutboundMessage } from '../channels/adapter.ts';
import type { ChannelRules } from '../channels/rules.ts';
import type { Db, Vault } from '../ports.ts';
import { SENT_SINCE } from '../store/sending.ts';
import type { Owner } from './draft.ts';
import { placeBody, placePlatformId } from '../store/places.ts';
import { readSealedPlan, SEALED_PLAN, type SealedPlan, type SealedPlanRow } from '../store/safe-contact.ts';

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
  /** no answer to something written just now */
  unasked: boolean;
}

/** What to write about one row. */
export type Outcome =
  | { kind: 'sent'; row: OutboxRow; platformIds: readonly string[]; charged: number }
  | { kind: 'suppressed'; row: OutboxRow }
  | { kind: 'failed'; row: OutboxRow; class: FailureClass; code: string; sentParts: number }
  /** back to the queue, for whoever sweeps after `notBefore` */
  | { kind: 'later'; row: OutboxRow; notBefore: Date; attempts: number; sentParts: number };

export interface HeadState {
  owner: Owner;
  blocked: boolean;
  lastInboundAt: Date | null;
  /** messages of ours since then; 0 on channels that do not count them */
  sentSince: number;
  /** an older message of the conversation is still unsent (another instance has it, or it waits to be tried again) */
  isBehind: boolean;
  /** somebody took over since it was decided, whoever answers by now */
  isHeldBack: boolean;
  /** how the person may be reached safely, sealed; null = nothing was agreed */
  plan: SealedPlan | null;
}

/** Channels that limit how many messages of ours may follow one of the person's. */
export function listCountingChannels(rules: ChannelRules): readonly string[] {
  return rules.channels.flatMap((rule) => (rule.free === undefined ? [] : [rule.channel]));
}

/** Checked right before sending. @returns by outbox id; a row that is missing is no longer ours to send */
export async function checkHeads(
  db: Db,
  messageIds: readonly string[],
  lease: { owner: string; now: Date },
  countingChannels: readonly string[] = [],
): Promise<Map<number, HeadState>> {
  const found = await db.query<
    {
      id: number;
      owner: Owner;
      blocked: boolean;
      last_inbound_at: Date | null;
      sent_since: number;
      is_behind: boolean;
      is_held_back: boolean;
    } & SealedPlanRow
  >({
    name: 'check_heads',
    text: `select o.id, c.owner, ct.blocked, c.last_inbound_at,
        exists (select 1 from outbox p where p.conversation_id = o.conversation_id and p.state = 'queued' and p.seq < o.seq)
          as is_behind,
        m.delivery = 'suppressed' as is_held_back,
        case when o.channel = any($3::text[]) then ${SENT_SINCE} else 0 end as sent_since, ${SEALED_PLAN}
      from outbox o join messages m on m.id = o.message_id join conversations c on c.id = o.conversation_id
        join contacts ct on ct.id = c.contact_id
      where o.message_id = any($1::uuid[]) and o.state = 'queued' and o.lease_owner = $2 and o.lease_until > $4`,
    values: [messageIds, lease.owner, countingChannels, lease.now],
  });
  return new Map(
    found.rows.map((row) => [
      row.id,
      {
        owner: row.owner,
        blocked: row.blocked,
        lastInboundAt: row.last_inbound_at,
        sentSince: row.sent_since,
        isBehind: row.is_behind,
        isHeldBack: row.is_held_back,
        plan: readSealedPlan(row),
      },
    ]),
  );
}

/**
 * One statement for all that is done, one for all that waits: each is a transaction of its own, so that recording costs one round
 * trip. Consoles are told once per conversation. May be repeated: what somebody else has recorded or taken over since stays.
 */
export async function recordOutcomes(
  pool: Pool,
  outcomes: readonly Outcome[],
  { owner, now }: { owner: string; now: Date },
): Promise<void> {
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
      owner,
    ),
    blocked.length === 0
      ? null
      : pool.query(
          `update contacts set blocked = true where id in (select contact_id from conversations where id = any($1::uuid[]))`,
          [blocked.map(({ row }) => row.conversationId)],
        ),
  ]);
}

/** The message tells what became of it; the row of the outbox goes. */
async function recordDone(
  pool: Pool,
  done: readonly Exclude<Outcome, { kind: 'later' }>[],
  now: Date,
): Promise<void> {
  if (done.length === 0) return;
  await pool.query({
    name: 'record_done',
    text: `with d as materialized (
        select * from unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[])
          as d(id, message_id, conversation_id, state, class, code, ids)),
      done as (delete from outbox where id = any($1::bigint[])),
      told as (
        insert into live_events (kind, conversation_id)
        select distinct 'delivery_changed', d.conversation_id from d join conversations c on c.id = d.conversation_id)
      update messages m set delivery = d.state, sent_at = case d.state when 'sent' then $8::timestamptz end,
        failure_class = d.class, failure_code = d.code,
        platform_ids = case when d.ids = '' then '{}' else string_to_array(d.ids, E'\\n') end
      from d where m.id = d.message_id
        -- held back while it was on its way: it arrived all the same
        and (m.delivery = 'queued' or (m.delivery = 'suppressed' and d.state = 'sent'))`,
    values: [
      done.map(({ row }) => row.id),
      done.map(({ row }) => row.messageId),
      done.map(({ row }) => row.conversationId),
      done.map(({ kind }) => kind),
      done.map((one) => (one.kind === 'failed' ? one.class : null)),
      done.map((one) => (one.kind === 'failed' ? one.code : null)),
      // arrays of arrays must be rectangular, so the ids of one message travel as lines
      done.map((one) => (one.kind === 'sent' ? one.platformIds.join('\n') : '')),
      now,
    ],
  });
}

async function recordLater(
  pool: Pool,
  later: readonly Extract<Outcome, { kind: 'later' }>[],
  owner: string,
): Promise<void> {
  if (later.length === 0) return;
  await pool.query({
    name: 'record_later',
    text: `update outbox o set not_before = d.not_before, attempts = d.attempts, sent_parts = d.sent_parts, lease_owner = null,
        lease_until = null
      from unnest($1::bigint[], $2::timestamptz[], $3::int[], $4::int[]) as d(id, not_before, attempts, sent_parts)
      where o.id = d.id and o.lease_owner = $5`,
    values: [
      later.map(({ row }) => row.id),
      later.map(({ notBefore }) => notBefore),
      later.map(({ attempts }) => attempts),
      later.map(({ sentParts }) => sentParts),
      owner,
    ],
  });
}

/** Whoever holds a row is recording it just now: waiting for one another could go in a circle, so those are left out. */
export async function renewLeases(
  pool: Pool,
  ids: readonly number[],
  leaseOwner: string,
  until: Date,
): Promise<void> {
  await pool.query(
    `update outbox set lease_until = $3 where id in (
       select id from outbox where id = any($1::bigint[]) and lease_owner = $2 and state = 'queued' for update skip locked)`,
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
  unasked: boolean;
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
        t.sent_parts, t.created_at, t.unasked, m.body_enc, c.key_wrapped, c.contact_id, ct.platform_id_enc, c.language
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
  audio: z.string().optional(),
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
    message: {
      ...{ text: body.text, choices: body.choices, language: body.language ?? row.language },
      ...(body.audio !== undefined && { audio: body.audio }),
    },
    attempts: row.attempts,
    sentParts: row.sent_parts,
    createdAt: row.created_at,
    unasked: row.unasked,
  };
}
