/** What a counsellor writes: stored and queued in the caller's transaction. */
import type { PoolClient } from 'pg';
import { AppError } from '../errors.ts';
import type { Clock, Vault } from '../ports.ts';
import { insertLiveEvents } from '../store/live-events.ts';
import { placeBody } from '../store/places.ts';

interface ConversationRow {
  channel: string;
  account: string;
  language: string;
  key_wrapped: Buffer;
  next_seq: number;
}

/**
 * The same `clientMessageId` (a uuid, used as the message's id) gives the first message again. Who may write is the caller's
 * business; wake the sender after commit.
 *
 * @throws AppError `not_found`; `conflict` when the id is taken in another conversation
 */
export async function queueCounsellorMessage(
  deps: { vault: Vault; clock: Clock; newId: () => string },
  client: PoolClient,
  input: {
    conversationId: string;
    userId: string;
    text: string;
    clientMessageId: string;
    /** `system`: a sentence of ours in the desk's name; it goes out as a counsellor's words do */
    author?: 'counsellor' | 'system';
  },
): Promise<{ messageId: string; seq: number }> {
  const { conversationId, clientMessageId: messageId, author = 'counsellor' } = input;
  const locked = await client.query<ConversationRow>(
    'select channel, account, language, key_wrapped, next_seq from conversations where id = $1 for no key update',
    [conversationId],
  );
  const conversation = locked.rows[0];
  if (conversation === undefined) throw new AppError('not_found');
  const known = await client.query<{ seq: number; conversation_id: string }>(
    'select seq, conversation_id from messages where id = $1',
    [messageId],
  );
  const first = known.rows[0];
  if (first !== undefined) {
    if (first.conversation_id !== conversationId) throw new AppError('conflict');
    return { messageId, seq: first.seq };
  }
  const now = deps.clock.now();
  const { channel, account, language, key_wrapped: key, next_seq: seq } = conversation;
  const body = deps.vault.seal(key, placeBody(messageId, conversationId), {
    text: input.text,
    choices: [],
    language,
  });
  await Promise.all([
    client.query(
      `insert into messages (id, conversation_id, seq, author, user_id, body_enc, created_at, delivery)
       values ($1, $2, $3, $7, $4, $5, $6, 'queued')`,
      [...[messageId, conversationId, seq, author === 'system' ? null : input.userId, body, now], author],
    ),
    client.query(
      `insert into outbox (message_id, conversation_id, seq, author, channel, account, not_before, created_at)
       values ($1, $2, $3, 'counsellor', $4, $5, $6, $6)`,
      [messageId, conversationId, seq, channel, account, now],
    ),
    client.query(
      'update conversations set next_seq = next_seq + 1, last_outbound_at = $2, updated_at = $2 where id = $1',
      [conversationId, now],
    ),
    insertLiveEvents(client, [{ kind: 'message_added', conversationId, userId: input.userId }]),
  ]);
  return { messageId, seq };
}
