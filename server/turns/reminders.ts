/** Whoever waits for a counsellor is told again how things stand, with a number: at the intervals of content/desk.yaml. */
import type { DeskRules } from '../desk-rules.ts';
import type { Clock, Transact, Vault } from '../ports.ts';
import { storeOwnEvents, tellEvent } from './desk-events.ts';

/** People told in one transaction; the rest is taken in the next round. */
const BATCH = 100;

interface DueRow {
  id: string;
  handoverId: string;
  key: Buffer;
  reminders: number;
  due: number;
  isSpokenTo: boolean;
}

/**
 * Only to people whom the bot may write to unasked: not in danger, not in quiet mode, not erased, not gone. The turn looks again
 * at all of it, and the sender at windows, quotas and the night. A row is claimed by one instance, and the key of the event
 * makes a second telling of the same moment a no-op. After an outage what was missed is said once, not many times.
 *
 * @returns how many are told
 */
export async function remindWaiting(deps: {
  transact: Transact;
  vault: Vault;
  clock: Clock;
  rules: DeskRules['still_waiting'];
}): Promise<number> {
  const { say, after_minutes: steps, gap_minutes: gap } = deps.rules;
  const now = deps.clock.now();
  return deps.transact(async (client) => {
    const found = await client.query<DueRow>(
      `select c.id, h.id as "handoverId", c.key_wrapped as key, h.reminders,
         (select count(*)::int from unnest($2::float8[]) as step
          where h.waiting_since + step * interval '1 minute' <= $1) as due,
         c.last_outbound_at > $1::timestamptz - $3::float8 * interval '1 minute' as "isSpokenTo"
       from handovers h join conversations c on c.id = h.conversation_id join contacts ct on ct.id = c.contact_id
       where h.state = 'waiting' and h.risk_rank < 2 and c.risk in ('none', 'concern') and c.owner = 'bot' and not c.quiet
         and not ct.blocked and c.erase_requested_at is null and h.reminders < cardinality($2::float8[])
         and h.waiting_since + ($2::float8[])[h.reminders + 1] * interval '1 minute' <= $1
       order by h.waiting_since limit $4 for update of h skip locked`,
      [now, steps, gap, BATCH],
    );
    const told = found.rows.filter(({ isSpokenTo }) => !isSpokenTo);
    await client.query(
      `update handovers h set reminders = d.due from unnest($1::uuid[], $2::int[]) as d(id, due) where h.id = d.id`,
      [found.rows.map(({ handoverId }) => handoverId), found.rows.map(({ due }) => due)],
    );
    await storeOwnEvents(
      client,
      deps.vault,
      told.map(({ id, key, handoverId, due }) => ({
        ...{ id, key },
        event: tellEvent(`${handoverId}:${String(due)}`, say, now),
      })),
      now,
    );
    return told.length;
  });
}
