/** Texts that are not sent yet, one of each kind for one counsellor in one conversation: they outlive page, browser and session. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Db, Vault } from '../ports.ts';
import { placeDraft } from './places.ts';

export type DraftKind = 'reply' | 'note';

const BodySchema = z.object({
  text: z.string(),
  /** left the box, and did not reach us as a message yet */
  unsent: z.array(z.object({ clientMessageId: z.string(), text: z.string() })),
  /** newest message when its first letter was typed; null: nothing is typed */
  seenSeq: z.number().int().nullable(),
});
export type DraftBody = z.infer<typeof BodySchema>;

export interface DraftView extends DraftBody {
  conversationId: string;
  kind: DraftKind;
}

/** More drafts than anybody has in one shift. */
const LIST_LIMIT = 100;

/** Replaces what was there. @returns false when the conversation is gone */
export async function saveDraft(
  client: PoolClient,
  vault: Vault,
  { conversationId, kind, ...body }: DraftView,
  { userId, now }: { userId: string; now: Date },
): Promise<boolean> {
  const found = await client.query<{ key_wrapped: Buffer }>(
    'select key_wrapped from conversations where id = $1 for key share',
    [conversationId],
  );
  const key = found.rows[0]?.key_wrapped;
  if (key === undefined) return false;
  const sealed = vault.seal(key, placeDraft(userId, kind, conversationId), body);
  await client.query(
    `insert into drafts (conversation_id, user_id, kind, body_enc, updated_at) values ($1, $2, $3, $4, $5)
     on conflict (user_id, conversation_id, kind) do update set body_enc = excluded.body_enc, updated_at = excluded.updated_at`,
    [conversationId, userId, kind, sealed, now],
  );
  return true;
}

/** Written, sent or thrown away: nothing of it stays. */
export async function deleteDraft(
  db: Db,
  conversationId: string,
  userId: string,
  kind: DraftKind,
): Promise<void> {
  await db.query('delete from drafts where conversation_id = $1 and user_id = $2 and kind = $3', [
    conversationId,
    userId,
    kind,
  ]);
}

/** The conversation is over: everybody's texts in it go. */
export async function deleteDrafts(client: PoolClient, conversationId: string): Promise<void> {
  await client.query('delete from drafts where conversation_id = $1', [conversationId]);
}

/**
 * One counsellor's own texts, newest first. What was sent after all (the answer to the browser got lost) is left out of `unsent`.
 * @throws AppError `sealed_value_unreadable` when a row was tampered with
 */
export async function listDrafts(db: Db, vault: Vault, userId: string): Promise<readonly DraftView[]> {
  const found = await db.query<{
    conversation_id: string;
    kind: DraftKind;
    body_enc: Buffer;
    key_wrapped: Buffer;
  }>(
    `select d.conversation_id, d.kind, d.body_enc, c.key_wrapped
     from drafts d join conversations c on c.id = d.conversation_id
     where d.user_id = $1 order by d.updated_at desc limit ${LIST_LIMIT}`,
    [userId],
  );
  const drafts = found.rows.map(({ conversation_id: conversationId, kind, body_enc, key_wrapped }) => ({
    conversationId,
    kind,
    ...BodySchema.parse(vault.open(key_wrapped, placeDraft(userId, kind, conversationId), body_enc)),
  }));
  const ids = drafts.flatMap(({ unsent }) => unsent.map(({ clientMessageId }) => clientMessageId));
  const arrived = await db.query<{ id: string }>(
    `select id from messages where id = any($1::uuid[]) union all select id from notes where id = any($1::uuid[])`,
    [ids],
  );
  const known = new Set(arrived.rows.map(({ id }) => id));
  return drafts
    .map((draft) => ({
      ...draft,
      unsent: draft.unsent.filter(({ clientMessageId }) => !known.has(clientMessageId)),
    }))
    .filter(({ text, unsent }) => text !== '' || unsent.length > 0);
}
