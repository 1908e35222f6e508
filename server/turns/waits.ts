/** Questions that do not wait for ever: when their time is over, each gets one event in the inbox, like any message. */
import { UNKNOWN_EVENT } from '../channels/adapter.ts';
import type { InboundEvent } from '../channels/adapter.ts';
import type { Clock, Transact, Vault } from '../ports.ts';
import { storeOwnEvents } from './desk-events.ts';

/** Waits that end in one transaction; the rest is taken in the next round. */
const BATCH = 100;

export interface WaitDeps {
  transact: Transact;
  vault: Vault;
  clock: Clock;
}

interface DueRow {
  id: string;
  key_wrapped: Buffer;
  wait_until: Date;
}

/**
 * Moves waits that are over into the inbox. Several instances may do so at once: a row is claimed by one of them, and the
 * key of the event makes a second one of the same wait a no-op.
 * @returns how many ended
 */
export async function endWaits({ transact, vault, clock }: WaitDeps): Promise<number> {
  const now = clock.now();
  return transact(async (client) => {
    const due = await client.query<DueRow>(
      `update conversations set wait_until = null from (
         select id as due_id, key_wrapped as due_key, wait_until as due_until from conversations
         where wait_until <= $1 order by wait_until limit $2 for no key update skip locked) d
       where id = d.due_id returning id, d.due_key as key_wrapped, d.due_until as wait_until`,
      [now, BATCH],
    );
    if (due.rows.length === 0) return 0;
    await storeOwnEvents(
      client,
      vault,
      due.rows.map((row) => ({ id: row.id, key: row.key_wrapped, event: silenceEvent(row, now) })),
      now,
    );
    return due.rows.length;
  });
}

function silenceEvent(row: DueRow, now: Date): InboundEvent {
  const until = row.wait_until.toISOString();
  return {
    ...UNKNOWN_EVENT,
    kind: 'silence',
    dedupeKey: `silence:${row.id}:${until}`,
    receivedAt: now,
    payload: until,
    botMayReply: true,
  };
}
