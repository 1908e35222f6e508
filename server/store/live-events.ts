/** Live events: ids only, written in the transaction of the change they tell of. */
import type { PoolClient } from 'pg';
import type { LiveKind } from '../ports.ts';

export interface LiveChange {
  kind: LiveKind;
  conversationId: string | null;
  userId: string | null;
}

/** Without waking anybody: for writers that notify once after many commits (see live.ts `announce` for single changes). */
export async function insertLiveEvents(client: PoolClient, changes: readonly LiveChange[]): Promise<void> {
  if (changes.length === 0) return;
  await client.query({
    name: 'insert_live_events',
    text: `insert into live_events (kind, conversation_id, user_id)
      select * from unnest($1::text[], $2::uuid[], $3::uuid[])`,
    values: [
      changes.map((change) => change.kind),
      changes.map((change) => change.conversationId),
      changes.map((change) => change.userId),
    ],
  });
}
