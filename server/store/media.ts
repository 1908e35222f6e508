/** Files people sent: what waits to be fetched, how each try ended, and what is stored where. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Db, MediaView, Vault } from '../ports.ts';
import { placeMediaPreview, placeMediaSource } from './places.ts';

export type MediaPlace = 'disk' | 's3';
export type ShownAs = 'picture' | 'voice' | 'video' | 'file';

/** How to get a file from its platform. */
export interface MediaSource {
  ref: string | null;
  url?: string | undefined;
}

export interface NewMedia {
  id: string;
  messageId: string;
  conversationId: string;
  position: number;
  channel: string;
  account: string;
  kind: string;
  keyWrapped: Buffer;
  source: MediaSource;
  fetchBy: Date;
  /** null: to be fetched; else known at once not to be taken */
  refused: string | null;
  createdAt: Date;
}

export async function insertMedia(
  client: PoolClient,
  vault: Vault,
  rows: readonly NewMedia[],
): Promise<void> {
  if (rows.length === 0) return;
  await client.query({
    name: 'insert_media',
    text: `insert into media (id, message_id, conversation_id, position, channel, account, kind, source_enc, fetch_by, reason,
        created_at, state, not_before, done_at)
      select id, message_id, conversation_id, position, channel, account, kind, source_enc, fetch_by, reason, created_at,
        case when reason is null then 'waiting' else 'refused' end, created_at, case when reason is null then null else created_at end
      from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::bytea[],
          $9::timestamptz[], $10::text[], $11::timestamptz[])
        as m(id, message_id, conversation_id, position, channel, account, kind, source_enc, fetch_by, reason, created_at)`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.messageId),
      rows.map((row) => row.conversationId),
      rows.map((row) => row.position),
      rows.map((row) => row.channel),
      rows.map((row) => row.account),
      rows.map((row) => row.kind),
      rows.map((row) =>
        row.refused === null
          ? vault.seal(row.keyWrapped, placeMediaSource(row.id, row.conversationId), row.source)
          : Buffer.alloc(0),
      ),
      rows.map((row) => row.fetchBy),
      rows.map((row) => row.refused),
      rows.map((row) => row.createdAt),
    ],
  });
}

/** The files of messages a person took back go with the words. */
export async function deleteMediaOf(client: PoolClient, messageIds: readonly string[]): Promise<void> {
  await client.query('delete from media where message_id = any($1::uuid[])', [messageIds]);
}

export interface ClaimedMedia {
  id: string;
  conversationId: string;
  channel: string;
  account: string;
  kind: string;
  /** this try counted */
  attempts: number;
  place: MediaPlace;
  /** of the file this try may write, new for every try */
  name: string;
  keyWrapped: Buffer;
  source: MediaSource;
  /** files of the same conversation that are stored */
  stored: number;
}

export interface Claim {
  now: Date;
  leaseOwner: string;
  leaseUntil: Date;
  place: MediaPlace;
  name: string;
}

interface ClaimedRow {
  id: string;
  conversation_id: string;
  channel: string;
  account: string;
  kind: string;
  attempts: number;
  key_wrapped: Buffer;
  source_enc: Buffer;
  stored: number;
}

const SourceSchema = z.object({ ref: z.string().nullable(), url: z.string().optional() });

/**
 * Takes the most urgent file that is due and nobody else has. Whatever an earlier try may have left half written goes to the trash
 * in the same transaction.
 *
 * @returns null when nothing is due; `unreadable` with its id when it cannot be opened
 */
export async function claimMedia(
  client: PoolClient,
  vault: Vault,
  claim: Claim,
): Promise<ClaimedMedia | { unreadable: string } | null> {
  const claimed = await client.query<ClaimedRow>({
    name: 'claim_media',
    text: `with due as (
        select id, place, name from media
        where state = 'waiting' and not_before <= $1 and (lease_until is null or lease_until <= $1)
        order by fetch_by, id limit 1 for update skip locked),
      left_over as (
        insert into media_trash (name, place, due_at) select name, place, $1 from due where name is not null)
      update media m set lease_owner = $2, lease_until = $3, place = $4, name = $5, attempts = m.attempts + 1
      from due, conversations c where m.id = due.id and c.id = m.conversation_id
      returning m.id, m.conversation_id, m.channel, m.account, m.kind, m.attempts, m.source_enc, c.key_wrapped,
        (select count(*)::int from media s where s.conversation_id = m.conversation_id and s.state = 'stored') as stored`,
    values: [claim.now, claim.leaseOwner, claim.leaseUntil, claim.place, claim.name],
  });
  const row = claimed.rows[0];
  if (row === undefined) return null;
  const { id, channel, account, kind, attempts, stored } = row;
  try {
    const opened = vault.open(row.key_wrapped, placeMediaSource(id, row.conversation_id), row.source_enc);
    return {
      ...{ id, channel, account, kind, attempts, stored, place: claim.place, name: claim.name },
      conversationId: row.conversation_id,
      keyWrapped: row.key_wrapped,
      source: SourceSchema.parse(opened),
    };
  } catch {
    return { unreadable: id };
  }
}

/** How a try ended. */
export type MediaOutcome =
  | {
      state: 'stored';
      shownAs: ShownAs;
      mediaType: string;
      sizeBytes: number;
      durationMs: number | null;
      /** sealed; null = nothing to see beforehand */
      preview: Buffer | null;
    }
  | { state: 'refused' | 'failed' | 'gone'; reason: string }
  | { state: 'waiting'; notBefore: Date; counts: boolean };

/**
 * Writes how a try ended, if it is still ours: the person may have erased everything meanwhile, or the lease ran out.
 * What this try wrote and is not kept goes to the trash with the same commit.
 *
 * @returns false when it was not ours any more
 */
export async function finishMedia(
  client: PoolClient,
  claim: Claim,
  id: string,
  outcome: MediaOutcome,
  now: Date,
): Promise<boolean> {
  const stored = outcome.state === 'stored' ? outcome : null;
  const finished = await client.query({
    name: 'finish_media',
    text: `update media set state = $4, reason = $5, lease_owner = null, lease_until = null,
        not_before = coalesce($6, not_before), attempts = attempts - $7,
        name = case when $4 = 'stored' then name end, place = case when $4 = 'stored' then place end,
        source_enc = case when $4 = 'waiting' then source_enc else '' end,
        shown_as = $8, media_type = $9, size_bytes = $10, duration_ms = $11, preview_enc = $12,
        done_at = case when $4 = 'waiting' then null else $13::timestamptz end
      where id = $1 and lease_owner = $2 and name = $3 and state = 'waiting'`,
    values: [
      ...[id, claim.leaseOwner, claim.name, outcome.state, 'reason' in outcome ? outcome.reason : null],
      outcome.state === 'waiting' ? outcome.notBefore : null,
      outcome.state === 'waiting' && !outcome.counts ? 1 : 0,
      ...[stored?.shownAs, stored?.mediaType, stored?.sizeBytes, stored?.durationMs, stored?.preview],
      now,
    ],
  });
  const isOurs = (finished.rowCount ?? 0) > 0;
  if (!isOurs || stored === null) await throwAway(client, claim, now);
  return isOurs;
}

async function throwAway(client: PoolClient, { name, place }: Claim, now: Date): Promise<void> {
  await client.query(
    `insert into media_trash (name, place, due_at) values ($1, $2, $3)
     on conflict (name) do update set due_at = least(media_trash.due_at, excluded.due_at)`,
    [name, place, now],
  );
}

interface ViewRow {
  message_id: string;
  position: number;
  id: string;
  state: MediaView['state'];
  reason: string | null;
  shown_as: MediaView['shownAs'];
  media_type: string | null;
  size_bytes: number | null;
  duration_ms: number | null;
}

/** @returns by message id, each with its position among the attachments */
export async function listMedia(
  db: Db,
  messageIds: readonly string[],
): Promise<ReadonlyMap<string, readonly { position: number; view: MediaView }[]>> {
  const found = await db.query<ViewRow>({
    name: 'list_media',
    text: `select message_id, position, id, state, reason, shown_as, media_type, size_bytes, duration_ms
      from media where message_id = any($1::uuid[]) order by message_id, position`,
    values: [messageIds],
  });
  const byMessage = new Map<string, { position: number; view: MediaView }[]>();
  for (const row of found.rows) {
    const { id, state, reason } = row;
    const view = {
      ...{ id, state, reason, shownAs: row.shown_as, mediaType: row.media_type },
      ...{ sizeBytes: row.size_bytes, durationMs: row.duration_ms },
    };
    byMessage.set(row.message_id, [
      ...(byMessage.get(row.message_id) ?? []),
      { position: row.position, view },
    ]);
  }
  return byMessage;
}

/** A stored file, and what opens it. */
export interface StoredMedia {
  id: string;
  conversationId: string;
  kind: string;
  place: MediaPlace;
  name: string;
  shownAs: ShownAs;
  mediaType: string;
  sizeBytes: number;
  keyWrapped: Buffer;
}

interface StoredRow {
  id: string;
  conversation_id: string;
  kind: string;
  place: MediaPlace;
  name: string;
  shown_as: ShownAs;
  media_type: string;
  size_bytes: number;
  key_wrapped: Buffer;
  preview_enc: Buffer | null;
}

/** @returns null when there is no such file in this conversation, or it is not stored */
export async function readStoredMedia(
  db: Db,
  vault: Vault,
  conversationId: string,
  id: string,
): Promise<(StoredMedia & { preview: Buffer | null }) | null> {
  const found = await db.query<StoredRow>({
    name: 'read_stored_media',
    text: `select m.id, m.conversation_id, m.kind, m.place, m.name, m.shown_as, m.media_type, m.size_bytes, m.preview_enc, c.key_wrapped
      from media m join conversations c on c.id = m.conversation_id
      where m.id = $1 and m.conversation_id = $2 and m.state = 'stored'`,
    values: [id, conversationId],
  });
  const row = found.rows[0];
  if (row === undefined) return null;
  const { kind, place, name } = row;
  return {
    ...{ id, conversationId, kind, place, name },
    shownAs: row.shown_as,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    keyWrapped: row.key_wrapped,
    preview: row.preview_enc === null ? null : openPreview(vault, row),
  };
}

function openPreview(vault: Vault, row: StoredRow): Buffer {
  const opened = vault.open(
    row.key_wrapped,
    placeMediaPreview(row.id, row.conversation_id),
    row.preview_enc ?? Buffer.alloc(0),
  );
  return Buffer.from(z.string().parse(opened), 'base64');
}

/** Small enough to lie in the row: a few hundred bytes. */
export function sealPreview(
  vault: Vault,
  { keyWrapped, id, conversationId }: Pick<ClaimedMedia, 'keyWrapped' | 'id' | 'conversationId'>,
  preview: Buffer,
): Buffer {
  return vault.seal(keyWrapped, placeMediaPreview(id, conversationId), preview.toString('base64'));
}
