/** Looks into the database past all broken lines: where a person's conversation is, and what was stored of it. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { readSession, type Session } from '../../bot/index.ts';
import type { ChannelName } from '../../server/channels/adapter.ts';
import type { MessageView, Vault } from '../../server/ports.ts';
import { hashPlatformId } from '../../server/store/contacts.ts';
import { listMessages } from '../../server/store/messages.ts';
import { placeSession } from '../../server/store/places.ts';
import { z } from 'zod';

export interface WhereIs {
  conversationId: string;
  owner: string;
  /** events that had no turn yet */
  unread: number;
}

export interface Look {
  whereIs: (channel: ChannelName, id: string) => Promise<WhereIs | null>;
  transcript: (conversationId: string) => Promise<readonly MessageView[]>;
  /** null = there is none, or it cannot be read */
  session: (conversationId: string) => Promise<Session | null>;
  /** nothing waits for a turn, nothing waits to be sent */
  isQuiet: () => Promise<boolean>;
  /** the person at the desk stays on duty */
  keepOnDuty: () => Promise<void>;
}

const AGAIN_MS = 200;
const PAGE = 500;

export function createLook(pool: Pool, vault: Vault): Look {
  /** The database itself is killed now and then. */
  async function patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (attempt > 100) throw error;
        await sleep(AGAIN_MS);
      }
    }
  }

  return {
    whereIs: (channel, id) =>
      patiently(async () => {
        const found = await pool.query<WhereIs>(
          `select c.id as "conversationId", c.owner,
             (select count(*)::int from inbox where conversation_id = c.id and processed_at is null) as unread
           from conversations c join contacts ct on ct.id = c.contact_id
           where case when $1 = 'web' then c.id = (select conversation_id from web_chats where token_hash = $2)
             else ct.channel = $1 and ct.platform_hash = $2 end`,
          [
            channel,
            channel === 'web'
              ? createHash('sha256').update(id).digest()
              : hashPlatformId(vault, channel, 'default', id),
          ],
        );
        return found.rows[0] ?? null;
      }),
    transcript: (conversationId) => patiently(() => listMessages(pool, vault, conversationId, 0, PAGE)),
    session: (conversationId) =>
      patiently(async () => {
        const found = await pool.query<{ key_wrapped: Buffer; session_enc: Buffer }>(
          `select c.key_wrapped, s.session_enc from sessions s join conversations c on c.id = s.conversation_id
           where c.id = $1`,
          [conversationId],
        );
        const row = found.rows[0];
        if (row === undefined) return null;
        const opened = vault.open(row.key_wrapped, placeSession(conversationId), row.session_enc);
        const read = readSession(z.object({ session: z.unknown() }).parse(opened).session);
        return read.kind === 'session' ? read.session : null;
      }),
    isQuiet: () =>
      patiently(async () => {
        const found = await pool.query<{ quiet: boolean }>(
          `select not exists (select 1 from inbox where processed_at is null)
             and not exists (select 1 from outbox where state = 'queued') as quiet`,
        );
        return found.rows[0]?.quiet === true;
      }),
    keepOnDuty: () =>
      patiently(async () => {
        await pool.query('update user_sessions set last_seen_at = now()');
      }),
  };
}
