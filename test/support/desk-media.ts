/** Puts a file somebody sent in front of a test's desk, sealed and stored as the fetcher would. */
import { randomUUID } from 'node:crypto';
import type { MediaKind } from '../../server/channels/media-rules.ts';
import { cleanInProcess } from '../../server/media/cleaner.ts';
import { newFileName } from '../../server/media/files.ts';
import { sealPreview } from '../../server/store/media.ts';
import { placeBody, placeMediaFile } from '../../server/store/places.ts';
import type { Desk } from './desk.ts';

export type Sent =
  { kind: MediaKind; bytes: Buffer } | { kind: MediaKind; state: string; reason: string | null };

/** @returns the id of the file */
export async function addMedia(desk: Desk, conversationId: string, sent: Sent): Promise<string> {
  const { pool } = desk.database;
  const { vault } = desk.deps;
  const [id, messageId] = [randomUUID(), randomUUID()];
  const keys = await pool.query<{ key_wrapped: Buffer; seq: number }>(
    'update conversations set next_seq = next_seq + 1 where id = $1 returning key_wrapped, next_seq - 1 as seq',
    [conversationId],
  );
  const { key_wrapped: keyWrapped, seq } = keys.rows[0] ?? { key_wrapped: Buffer.alloc(0), seq: 0 };
  const body = { text: '', choices: [], attachments: [{ type: sent.kind }] };
  await pool.query(
    `insert into messages (id, conversation_id, seq, author, body_enc, created_at, delivery)
     values ($1, $2, $3, 'person', $4, $5, 'received')`,
    [
      messageId,
      conversationId,
      seq,
      vault.seal(keyWrapped, placeBody(messageId, conversationId), body),
      desk.clock.now(),
    ],
  );
  const base = [id, messageId, conversationId, sent.kind, desk.clock.now()];
  if ('state' in sent) {
    await pool.query(
      `insert into media (id, message_id, conversation_id, position, channel, account, kind, state, reason, source_enc, fetch_by,
         not_before, created_at)
       values ($1, $2, $3, 0, 'telegram', 'default', $4, $6, $7, '', $5, $5, $5)`,
      [...base, sent.state, sent.reason],
    );
    return id;
  }
  const cleaned = await cleanInProcess(sent.bytes, sent.kind);
  if (cleaned.kind !== 'kept') throw new Error(`not kept: ${JSON.stringify(cleaned)}`);
  const name = newFileName();
  await desk.files[0].put(
    name,
    vault.sealBytes(keyWrapped, placeMediaFile(id, conversationId), cleaned.content),
  );
  const { preview, content } = cleaned;
  await pool.query(
    `insert into media (id, message_id, conversation_id, position, channel, account, kind, state, source_enc, fetch_by, not_before,
       created_at, done_at, place, name, shown_as, media_type, size_bytes, duration_ms, preview_enc)
     values ($1, $2, $3, 0, 'telegram', 'default', $4, 'stored', '', $5, $5, $5, $5, 'disk', $6, $7, $8, $9, $10, $11)`,
    [
      ...base,
      ...[name, cleaned.shownAs, cleaned.mediaType, content.length, cleaned.durationMs],
      preview === null ? null : sealPreview(vault, { id, conversationId, keyWrapped }, preview),
    ],
  );
  return id;
}
