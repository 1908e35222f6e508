/** Chats of the web page: which browser token (by its hash) stands for which conversation, and whether it still does. */
import type { Db } from '../ports.ts';

export interface WebChat {
  conversationId: string;
  /** null while open */
  endedAt: Date | null;
}

/**
 * Ties a token to the conversation of the contact with this `platform_hash` (channel web, account default).
 * Repeating it changes nothing. @returns false when there is no such conversation
 */
export async function openWebChat(
  db: Db,
  chat: { tokenHash: Buffer; platformHash: Buffer; now: Date },
): Promise<boolean> {
  const result = await db.query(
    `with opened as (
       insert into web_chats (token_hash, conversation_id, platform_id_hash, created_at, last_seen_at)
       select $1, conversations.id, contacts.platform_hash, $3, $3
       from contacts join conversations on conversations.contact_id = contacts.id
       where contacts.channel = 'web' and contacts.account = 'default' and contacts.platform_hash = $2
       on conflict (token_hash) do nothing
       returning 1
     )
     select 1 from opened union all select 1 from web_chats where token_hash = $1`,
    [chat.tokenHash, chat.platformHash, chat.now],
  );
  return (result.rowCount ?? 0) > 0;
}

export async function findWebChat(db: Db, tokenHash: Buffer): Promise<WebChat | null> {
  const result = await db.query<{ conversation_id: string; ended_at: Date | null }>(
    `select conversation_id, ended_at from web_chats where token_hash = $1`,
    [tokenHash],
  );
  const row = result.rows[0];
  return row === undefined ? null : { conversationId: row.conversation_id, endedAt: row.ended_at };
}

/** Notes that the page is still there; at most one write per half minute and chat. */
export async function touchWebChat(db: Db, tokenHash: Buffer, now: Date): Promise<void> {
  await db.query(
    `update web_chats set last_seen_at = $2
     where token_hash = $1 and ended_at is null and last_seen_at < $2::timestamptz - interval '30 seconds'`,
    [tokenHash, now],
  );
}

/** Unties the token: the browser that held it reads and writes nothing any more. @returns the conversation, null when it was not open */
export async function endWebChat(db: Db, tokenHash: Buffer, now: Date): Promise<string | null> {
  const result = await db.query<{ conversation_id: string }>(
    `update web_chats set ended_at = $2 where token_hash = $1 and ended_at is null returning conversation_id`,
    [tokenHash, now],
  );
  return result.rows[0]?.conversation_id ?? null;
}

/** For when the page's last word was lost: ends what was not seen since `idleSince`. @returns the conversations */
export async function endIdleWebChats(db: Db, idleSince: Date, now: Date): Promise<string[]> {
  const result = await db.query<{ conversation_id: string }>(
    `update web_chats set ended_at = $2 where ended_at is null and last_seen_at < $1 returning conversation_id`,
    [idleSince, now],
  );
  return result.rows.map((row) => row.conversation_id);
}
