/** Questions that do not wait for ever: when their time is over, each gets one event in the inbox, like any message. */
import { UNKNOWN_EVENT } from '../channels/adapter.ts';
import type { InboundEvent } from '../channels/adapter.ts';
import type { Clock, Transact, Vault } from '../ports.ts';
import { toByteaArray } from '../store/bytea.ts';
import { placeEvent } from '../store/places.ts';

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
    const events = due.rows.map((row) => ({ row, event: silenceEvent(row, now) }));
    await client.query(
      `insert into inbox (id, dedupe_key, conversation_id, received_at, event_enc)
       select nextval('inbox_ids'), dedupe_key, conversation_id, $3, event_enc
       from unnest($1::text[], $2::uuid[], $4::bytea[]) as a(dedupe_key, conversation_id, event_enc)
       on conflict (dedupe_key) do nothing`,
      [
        events.map(({ event }) => event.dedupeKey),
        due.rows.map(({ id }) => id),
        now,
        toByteaArray(
          events.map(({ row, event }) =>
            vault.seal(row.key_wrapped, placeEvent(event.dedupeKey, row.id), event),
          ),
        ),
      ],
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
