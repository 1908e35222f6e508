/** Writes the drafts of many conversations with one statement per table. */
import { randomInt } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Vault } from '../ports.ts';
import { appendAudits } from '../store/audit.ts';
import { sendTogether } from '../store/pool.ts';
import { insertLiveEvents, type LiveChange } from '../store/live-events.ts';
import type { Draft, NewMessage } from './draft.ts';
import { placeBody, placeReasons, placeSession } from '../store/places.ts';
import type { OutboxRow } from './outbox-rows.ts';
import { endHandovers, hideUnsent, writeOwners } from './write-hands.ts';

export interface WriteContext {
  vault: Vault;
  now: Date;
  /** who sends what is written now, and until when nobody else does */
  leaseOwner: string;
  leaseUntil: Date;
}

const STATISTICS_SHARDS = 16;

/** All statements go out together; the first failure fails the transaction. @returns the outbox rows, ready to be sent */
export async function writeDrafts(
  client: PoolClient,
  drafts: readonly Draft[],
  context: WriteContext,
): Promise<OutboxRow[]> {
  const erased = drafts.filter(
    (draft) => draft.eraseRequestedAt !== null && draft.loaded.eraseRequestedAt === null,
  );
  const outgoing = drafts.flatMap((draft) =>
    draft.messages.filter((message) => message.author === 'bot').map((message) => ({ draft, message })),
  );
  const results = await sendTogether(client, () =>
    Promise.all([
      insertOutboxAfterMessages(client, drafts, outgoing, context, erased),
      writeSessions(client, drafts, context),
      endHandovers(client, drafts, context.now),
      writeHandovers(client, drafts, context),
      writeOwners(client, drafts, context.now),
      hideUnsent(client, drafts, context.vault),
      writeConversations(client, drafts, context),
      writeContacts(client, drafts),
      markProcessed(client, drafts, context.now),
      writeStatistics(client, drafts, context.now),
      insertLiveEvents(client, listChanges(drafts)),
    ]),
  );
  await appendAudits(
    client,
    drafts.flatMap((draft) =>
      draft.audit.map(({ action, detail }) => ({
        ...{ at: context.now, userId: null, action, detail },
        ...{ objectKind: 'conversation', objectId: draft.loaded.id },
      })),
    ),
  );
  return results[0];
}

type Outgoing = readonly { draft: Draft; message: NewMessage }[];

async function insertOutboxAfterMessages(
  client: PoolClient,
  drafts: readonly Draft[],
  outgoing: Outgoing,
  context: WriteContext,
  erased: readonly Draft[],
): Promise<OutboxRow[]> {
  const [, , rows] = await Promise.all([
    eraseTexts(client, erased),
    insertMessages(client, drafts, context),
    insertOutbox(client, outgoing, context),
  ]);
  return rows;
}

/** At once what the person wants gone; the address and the goodbye go when that was sent (store/erase.ts). */
async function eraseTexts(client: PoolClient, erased: readonly Draft[]): Promise<void> {
  if (erased.length === 0) return;
  const ids = erased.map((draft) => draft.loaded.id);
  await Promise.all(
    [
      `delete from messages where conversation_id = any($1::uuid[])`,
      `delete from handovers where conversation_id = any($1::uuid[])`,
    ].map((text) => client.query(text, [ids])),
  );
}

async function insertMessages(
  client: PoolClient,
  drafts: readonly Draft[],
  { vault }: WriteContext,
): Promise<void> {
  const rows = drafts.flatMap((draft) =>
    draft.messages.map((message) => ({
      ...message,
      conversationId: draft.loaded.id,
      sealed: vault.seal(draft.loaded.keyWrapped, placeBody(message.id, draft.loaded.id), message.body),
    })),
  );
  if (rows.length === 0) return;
  await client.query({
    name: 'insert_messages',
    text: `insert into messages (id, conversation_id, seq, author, body_enc, created_at, delivery, platform_ids)
      select id, conversation_id, seq, author, body_enc, created_at, case author when 'person' then 'received' when 'platform' then 'sent' else 'queued' end,
        case when platform_id is null then '{}' else array[platform_id] end
      from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::bytea[], $6::timestamptz[], $7::text[])
        as m(id, conversation_id, seq, author, body_enc, created_at, platform_id)`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.conversationId),
      rows.map((row) => row.seq),
      rows.map((row) => row.author),
      rows.map((row) => row.sealed),
      rows.map((row) => row.createdAt),
      rows.map((row) => row.platformId),
    ],
  });
}

async function insertOutbox(
  client: PoolClient,
  outgoing: Outgoing,
  context: WriteContext,
): Promise<OutboxRow[]> {
  if (outgoing.length === 0) return [];
  const inserted = await client.query<{ id: number; message_id: string }>({
    name: 'insert_outbox',
    text: `insert into outbox (message_id, conversation_id, seq, author, channel, account, reply_handle, lease_owner, lease_until,
        not_before, created_at, unasked)
      select message_id, conversation_id, seq, 'bot', channel, account, reply_handle, $7, $8, $9, $9, unasked
      from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $10::boolean[])
        as o(message_id, conversation_id, seq, channel, account, reply_handle, unasked)
      returning id, message_id`,
    values: [
      outgoing.map(({ message }) => message.id),
      outgoing.map(({ draft }) => draft.loaded.id),
      outgoing.map(({ message }) => message.seq),
      outgoing.map(({ draft }) => draft.loaded.channel),
      outgoing.map(({ draft }) => draft.loaded.account),
      outgoing.map(({ message }) => message.replyHandle),
      context.leaseOwner,
      context.leaseUntil,
      context.now,
      outgoing.map(({ message }) => message.unasked ?? false),
    ],
  });
  const ids = new Map(inserted.rows.map((row) => [row.message_id, row.id]));
  return outgoing.map(({ draft, message }) => ({
    id: ids.get(message.id) ?? 0,
    messageId: message.id,
    conversationId: draft.loaded.id,
    seq: message.seq,
    author: 'bot',
    channel: draft.loaded.channel,
    account: draft.loaded.account,
    platformId: draft.loaded.platformId,
    replyHandle: message.replyHandle,
    message: {
      text: message.body.text,
      choices: message.body.choices,
      language: message.body.language ?? draft.loaded.language,
    },
    attempts: 0,
    sentParts: 0,
    createdAt: message.createdAt,
    unasked: message.unasked ?? false,
  }));
}

async function writeSessions(
  client: PoolClient,
  drafts: readonly Draft[],
  { vault, now }: WriteContext,
): Promise<void> {
  const rows = drafts.map((draft) => {
    const place = draft.session.place.at(-1);
    const value = { session: draft.session, lastChoices: draft.lastChoices, recentSeqs: draft.recentSeqs };
    const { id, keyWrapped } = draft.loaded;
    return {
      id,
      flow: place?.flow ?? '',
      node: place?.node ?? '',
      flowVersion: place?.version ?? 1,
      sealed: vault.seal(keyWrapped, placeSession(id), value),
    };
  });
  await client.query({
    name: 'write_sessions',
    text: `insert into sessions (conversation_id, flow, node, version, session_enc, updated_at, flow_version)
      select id, flow, node, $5, sealed, $6, flow_version
      from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $7::int[]) as s(id, flow, node, sealed, flow_version)
      on conflict (conversation_id) do update set flow = excluded.flow, node = excluded.node, version = excluded.version,
        flow_version = excluded.flow_version, session_enc = excluded.session_enc, updated_at = excluded.updated_at`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.flow),
      rows.map((row) => row.node),
      rows.map((row) => row.sealed),
      drafts[0]?.session.version ?? 1,
      now,
      rows.map((row) => row.flowVersion),
    ],
  });
}

async function writeHandovers(
  client: PoolClient,
  drafts: readonly Draft[],
  { vault, now }: WriteContext,
): Promise<void> {
  const rows = drafts.flatMap(({ loaded, handover, handoverChanged }) =>
    handover === null || !handoverChanged
      ? []
      : [
          {
            ...handover,
            conversationId: loaded.id,
            sealed: vault.seal(loaded.keyWrapped, placeReasons(handover.id, loaded.id), handover.reasons),
          },
        ],
  );
  if (rows.length === 0) return;
  await client.query({
    name: 'write_handovers',
    text: `insert into handovers (id, conversation_id, state, risk, cause, reasons_enc, waiting_since, created_at, ended_at, outcome)
      select id, conversation_id, state, risk, cause, sealed, coalesce(waiting_since, $7), $7, case when state = 'closed' then $7::timestamptz end,
        case when state = 'closed' then 'withdrawn' end
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bytea[], $8::timestamptz[])
        as h(id, conversation_id, state, risk, cause, sealed, waiting_since)
      on conflict (id) do update set state = excluded.state, risk = excluded.risk, reasons_enc = excluded.reasons_enc,
        ended_at = excluded.ended_at, outcome = excluded.outcome`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.conversationId),
      rows.map((row) => row.state),
      rows.map((row) => row.risk),
      rows.map((row) => row.cause),
      rows.map((row) => row.sealed),
      now,
      rows.map((row) => row.waitingSince),
    ],
  });
}

async function writeConversations(
  client: PoolClient,
  drafts: readonly Draft[],
  { now }: WriteContext,
): Promise<void> {
  await client.query({
    name: 'write_conversations',
    text: `update conversations c set language = d.language, risk = d.risk, quiet = d.quiet, next_seq = d.next_seq,
        last_inbound_at = coalesce(d.last_inbound_at, c.last_inbound_at), campaign_ref = d.campaign_ref,
        erase_requested_at = d.erase_requested_at, inbox_attempts = 0,
        last_outbound_at = coalesce(d.last_outbound_at, c.last_outbound_at), inbox_not_before = null, updated_at = $10,
        wait_until = d.wait_until
      from unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $5::bigint[], $6::timestamptz[], $7::text[], $8::timestamptz[], $9::timestamptz[], $11::timestamptz[])
        as d(id, language, risk, quiet, next_seq, last_inbound_at, campaign_ref, erase_requested_at, last_outbound_at, wait_until)
      where c.id = d.id`,
    values: [
      drafts.map((draft) => draft.loaded.id),
      drafts.map((draft) => draft.session.language),
      drafts.map((draft) => draft.session.risk),
      drafts.map((draft) => draft.session.mode === 'quiet'),
      drafts.map((draft) => draft.nextSeq),
      drafts.map((draft) => draft.lastInboundAt),
      drafts.map((draft) => draft.campaignRef),
      drafts.map((draft) => draft.eraseRequestedAt),
      drafts.map((draft) => (draft.messages.some((message) => message.author !== 'person') ? now : null)),
      now,
      drafts.map((draft) => draft.session.waiting),
    ],
  });
}

async function writeContacts(client: PoolClient, drafts: readonly Draft[]): Promise<void> {
  const changed = drafts.filter((draft) => draft.blocked !== draft.loaded.blocked);
  if (changed.length === 0) return;
  await client.query(
    `update contacts c set blocked = d.blocked from unnest($1::uuid[], $2::boolean[]) as d(id, blocked) where c.id = d.id`,
    [changed.map((draft) => draft.loaded.contactId), changed.map((draft) => draft.blocked)],
  );
}

async function markProcessed(client: PoolClient, drafts: readonly Draft[], now: Date): Promise<void> {
  await client.query({
    name: 'mark_processed',
    text: `update inbox set processed_at = $2, event_enc = '' where id = any($1::bigint[])`,
    values: [drafts.flatMap((draft) => draft.processedIds), now],
  });
}

async function writeStatistics(client: PoolClient, drafts: readonly Draft[], now: Date): Promise<void> {
  const sums = new Map<string, number>();
  for (const draft of drafts) {
    for (const [key, times] of draft.counts) {
      const name = `${draft.loaded.channel}|${key}`;
      sums.set(name, (sums.get(name) ?? 0) + times);
    }
  }
  if (sums.size === 0) return;
  // sorted, so that two workers on one shard never wait in a circle
  const rows = [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, times]) => ({ parts: name.split('|'), times }));
  await client.query({
    name: 'write_statistics',
    text: `insert into statistics as s (day, shard, channel, metric, label, count)
      select $5::date, $6, channel, metric, label, times
      from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as a(channel, metric, label, times)
      on conflict (day, channel, metric, label, shard) do update set count = s.count + excluded.count`,
    values: [
      rows.map((row) => row.parts[0]),
      rows.map((row) => row.parts[1]),
      rows.map((row) => row.parts.slice(2).join('|')),
      rows.map((row) => row.times),
      vietnamDay(now),
      randomInt(STATISTICS_SHARDS),
    ],
  });
}

/** Days of the figures are days in Vietnam (UTC+7, no summer time). */
function vietnamDay(now: Date): string {
  return new Date(now.getTime() + 7 * 3_600_000).toISOString().slice(0, 10);
}

function listChanges(drafts: readonly Draft[]): LiveChange[] {
  return drafts.flatMap((draft) =>
    [...draft.live].map((kind) => ({ kind, conversationId: draft.loaded.id, userId: null })),
  );
}
