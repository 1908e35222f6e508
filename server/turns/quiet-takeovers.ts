/** Conversations answered at the platform come back to the bot when nothing was heard from there for the time the rules say. */
import type { Clock, Transact } from '../ports.ts';
import { appendAudits } from '../store/audit.ts';
import { lockQuietAtPlatform, returnFromPlatform } from '../store/desk.ts';
import { insertLiveEvents } from '../store/live-events.ts';

/** Conversations of one transaction; the rest is taken in the next round. */
const BATCH = 50;

/** @returns how many came back */
export async function returnQuietTakeovers(deps: {
  transact: Transact;
  clock: Clock;
  quietMinutes: number;
}): Promise<number> {
  const now = deps.clock.now();
  return deps.transact(async (client) => {
    const before = new Date(now.getTime() - deps.quietMinutes * 60_000);
    const ids = await lockQuietAtPlatform(client, before, BATCH);
    for (const id of ids) {
      await returnFromPlatform(client, id, now);
      await insertLiveEvents(client, [
        { kind: 'conversation_changed', conversationId: id, userId: null },
        { kind: 'queue_changed', conversationId: id, userId: null },
      ]);
    }
    await appendAudits(
      client,
      ids.map((id) => ({
        ...{ at: now, userId: null, action: 'platform_fell_quiet' },
        ...{ objectKind: 'conversation', objectId: id },
      })),
    );
    return ids.length;
  });
}
