/** Writes what is said: the transcript and what waits to be sent, one statement each for all drafts. */
import type { PoolClient } from 'pg';
import { toByteaArray } from '../store/bytea.ts';
import { placeBody } from '../store/places.ts';
import type { Draft, NewMessage } from './draft.ts';
import type { OutboxRow } from './outbox-rows.ts';
import type { WriteContext } from './write.ts';

export type Outgoing = readonly { draft: Draft; message: NewMessage }[];

export async function writeMessages(
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
      `delete from notes where conversation_id = any($1::uuid[])`,
      `delete from drafts where conversation_id = any($1::uuid[])`,
      // with the plan goes what its author wrote into it; the goodbye needs none
      `delete from safe_contact_changes where conversation_id = any($1::uuid[])`,
      `delete from safe_contact_plans where conversation_id = any($1::uuid[])`,
      `update conversations set plan_wording = null where id = any($1::uuid[])`,
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
      toByteaArray(rows.map((row) => row.sealed)),
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
      ...(message.body.audio !== undefined && { audio: message.body.audio }),
    },
    attempts: 0,
    sentParts: 0,
    createdAt: message.createdAt,
    unasked: message.unasked ?? false,
  }));
}
