/** The transcript of a conversation, opened. */
import { z } from 'zod';
import type { Db, MessageView, Vault } from '../ports.ts';
import { placeBody } from './places.ts';

const BodySchema = z.object({
  text: z.string(),
  key: z.string().optional(),
  choices: z.array(z.object({ id: z.string(), label: z.string() })).default([]),
  attachments: z
    .array(z.object({ type: z.string(), latitude: z.number().optional(), longitude: z.number().optional() }))
    .default([]),
  audio: z.string().optional(),
  unsent: z.boolean().default(false),
});

interface MessageRow {
  id: string;
  seq: number;
  author: MessageView['author'];
  user_id: string | null;
  body_enc: Buffer;
  created_at: Date;
  delivery: MessageView['delivery'];
  failure_class: string | null;
  failure_code: string | null;
  key_wrapped: Buffer;
}

/**
 * Messages with `seq > afterSeq`, oldest first, at most `limit`.
 * @throws AppError `sealed_value_unreadable` when a row was tampered with
 */
export async function listMessages(
  db: Db,
  vault: Vault,
  conversationId: string,
  afterSeq: number,
  limit: number,
): Promise<readonly MessageView[]> {
  const found = await db.query<MessageRow>({
    name: 'list_messages',
    text: `select m.id, m.seq, m.author, m.user_id, m.body_enc, m.created_at, m.delivery, m.failure_class, m.failure_code,
        c.key_wrapped
      from messages m join conversations c on c.id = m.conversation_id
      where m.conversation_id = $1 and m.seq > $2 order by m.seq limit $3`,
    values: [conversationId, afterSeq, limit],
  });
  return found.rows.map((row) => {
    const body = BodySchema.parse(
      vault.open(row.key_wrapped, placeBody(row.id, conversationId), row.body_enc),
    );
    return {
      id: row.id,
      seq: row.seq,
      author: row.author,
      userId: row.user_id,
      ...body,
      createdAt: row.created_at,
      delivery: row.delivery,
      failureClass: row.failure_class,
      failureCode: row.failure_code,
    };
  });
}
