/** Erasure: everything of a person goes, with the key that opened it. Figures without texts stay. */
import type { PoolClient } from 'pg';
import type { Vault } from '../ports.ts';
import { appendAudits } from './audit.ts';
import { eraseCaseOf } from './case-erase.ts';
import { forgetPhrasesOf } from './heard-phrases.ts';
import { insertLiveEvents } from './live-events.ts';

/** The web page fetches the goodbye itself: it gets this long before the conversation is gone. */
const WEB_GRACE = '2 minutes';
/** A goodbye that cannot be delivered does not keep the rest alive. */
const LONGEST = '1 hour';

/**
 * Deletes the contact and, by cascade, conversation and key, messages, session, handovers, inbox, outbox and web chats; and what
 * live events say about it; and the case (case-erase.ts). Audit rows keep the random id only.
 */
export async function eraseConversation(client: PoolClient, id: string, now = new Date()): Promise<void> {
  await eraseCaseOf(client, id, now);
  await client.query('delete from live_events where conversation_id = $1', [id]);
  await client.query('delete from contacts where id = (select contact_id from conversations where id = $1)', [
    id,
  ]);
}

/**
 * Erases whoever asked for it and has been told goodbye.
 * @returns how many
 */
export async function eraseDue(client: PoolClient, vault: Vault, now: Date): Promise<number> {
  const due = await client.query<{ id: string }>({
    name: 'erase_due',
    text: `select c.id from conversations c where c.erase_requested_at is not null
        and (c.erase_requested_at <= $1::timestamptz - interval '${LONGEST}'
          or (not exists (select 1 from outbox o where o.conversation_id = c.id and o.state = 'queued')
            and (c.channel <> 'web' or c.erase_requested_at <= $1::timestamptz - interval '${WEB_GRACE}')))
      limit 50 for update skip locked`,
    values: [now],
  });
  for (const { id } of due.rows) {
    await forgetPhrasesOf(client, vault, id);
    await eraseConversation(client, id, now);
  }
  if (due.rows.length === 0) return 0;
  await insertLiveEvents(client, [{ kind: 'queue_changed', conversationId: null, userId: null }]);
  await appendAudits(
    client,
    due.rows.map(({ id }) => ({
      ...{ at: now, userId: null, action: 'conversation_erased' },
      ...{ objectKind: 'conversation', objectId: id },
    })),
  );
  return due.rows.length;
}
