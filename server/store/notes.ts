/** Notes that counsellors write for each other. They are no messages: nothing here knows the outbox. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Db, Vault } from '../ports.ts';
import { placeNote } from './places.ts';

const BodySchema = z.object({ text: z.string() });

export interface NoteView {
  id: string;
  /** the newest message when it was written */
  afterSeq: number;
  userId: string;
  text: string;
  /** only its author and one counsellor read it */
  isWhisper: boolean;
  createdAt: Date;
}

export interface NewNote {
  /** chosen by the browser */
  id: string;
  conversationId: string;
  userId: string;
  text: string;
  /** who alone may read it; null: whoever may read the conversation */
  onlyFor?: string | null | undefined;
  now: Date;
}

/**
 * The conversation is locked. The same id by the same author gives the first note again.
 *
 * @returns where it stands; null when the id is taken by something else
 */
export async function addNote(
  client: PoolClient,
  vault: Vault,
  { id, conversationId, userId, text, onlyFor = null, now }: NewNote,
): Promise<{ afterSeq: number; isNew: boolean } | null> {
  const known = await client.query<{ after_seq: number; conversation_id: string; user_id: string }>(
    'select after_seq, conversation_id, user_id from notes where id = $1',
    [id],
  );
  const first = known.rows[0];
  if (first !== undefined) {
    const isSame = first.conversation_id === conversationId && first.user_id === userId;
    return isSame ? { afterSeq: first.after_seq, isNew: false } : null;
  }
  const found = await client.query<{ key_wrapped: Buffer; last: number }>(
    'select key_wrapped, next_seq - 1 as last from conversations where id = $1',
    [conversationId],
  );
  const conversation = found.rows[0];
  if (conversation === undefined) return null;
  const body = vault.seal(conversation.key_wrapped, placeNote(id, conversationId), { text });
  await client.query(
    `insert into notes (id, conversation_id, user_id, after_seq, body_enc, created_at, only_for)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [id, conversationId, userId, conversation.last, body, now, onlyFor],
  );
  return { afterSeq: conversation.last, isNew: true };
}

/**
 * The newest notes of a conversation that this colleague may read, oldest first.
 * @throws AppError `sealed_value_unreadable` when a row was tampered with
 */
export async function listNotes(
  db: Db,
  vault: Vault,
  conversationId: string,
  { readerId, limit }: { readerId: string; limit: number },
): Promise<readonly NoteView[]> {
  const found = await db.query<{
    id: string;
    user_id: string;
    after_seq: number;
    body_enc: Buffer;
    whisper: boolean;
    created_at: Date;
    key_wrapped: Buffer;
  }>(
    `select n.id, n.user_id, n.after_seq, n.body_enc, n.only_for is not null as whisper, n.created_at, c.key_wrapped
     from notes n join conversations c on c.id = n.conversation_id
     where n.conversation_id = $1 and (n.only_for is null or n.only_for = $3 or n.user_id = $3)
     order by n.created_at desc, n.id limit $2`,
    [conversationId, limit, readerId],
  );
  return found.rows.reverse().map((row) => ({
    id: row.id,
    afterSeq: row.after_seq,
    userId: row.user_id,
    text: BodySchema.parse(vault.open(row.key_wrapped, placeNote(row.id, conversationId), row.body_enc)).text,
    isWhisper: row.whisper,
    createdAt: row.created_at,
  }));
}
