/** Writes where conversations stand after their turns, one statement per table for all drafts. */
import type { PoolClient } from 'pg';
import { toByteaArray } from '../store/bytea.ts';
import { placeReasons, placeSession } from '../store/places.ts';
import type { Draft } from './draft.ts';
import type { WriteContext } from './write.ts';

export async function writeSessions(
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
      toByteaArray(rows.map((row) => row.sealed)),
      drafts[0]?.session.version ?? 1,
      now,
      rows.map((row) => row.flowVersion),
    ],
  });
}

export async function writeHandovers(
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
      toByteaArray(rows.map((row) => row.sealed)),
      now,
      rows.map((row) => row.waitingSince),
    ],
  });
}

export async function writeConversations(
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

export async function writeContacts(client: PoolClient, drafts: readonly Draft[]): Promise<void> {
  const changed = drafts.filter((draft) => draft.blocked !== draft.loaded.blocked);
  if (changed.length === 0) return;
  await client.query(
    `update contacts c set blocked = d.blocked from unnest($1::uuid[], $2::boolean[]) as d(id, blocked) where c.id = d.id`,
    [changed.map((draft) => draft.loaded.contactId), changed.map((draft) => draft.blocked)],
  );
}

/**
 * Somebody with a plan writes: what waited for the hours of the plan is looked at again now, so that it holds back no answer
 * behind it.
 */
export async function freeHeld(client: PoolClient, drafts: readonly Draft[], now: Date): Promise<void> {
  const ids = drafts
    .filter(({ loaded, lastInboundAt }) => loaded.hasPlan && loaded.hasUnsent && lastInboundAt !== null)
    .map(({ loaded }) => loaded.id);
  if (ids.length === 0) return;
  await client.query(
    `update outbox set not_before = $2
     where conversation_id = any($1::uuid[]) and state = 'queued' and attempts = 0 and not_before > $2`,
    [ids, now],
  );
}

export async function markProcessed(client: PoolClient, drafts: readonly Draft[], now: Date): Promise<void> {
  await client.query({
    name: 'mark_processed',
    text: `update inbox set processed_at = $2, event_enc = '' where id = any($1::bigint[])`,
    values: [drafts.flatMap((draft) => draft.processedIds), now],
  });
}
