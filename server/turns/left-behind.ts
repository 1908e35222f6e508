/** Nobody is dropped when a counsellor's browser dies: what they had waits again, at its old place, and the person is told. */
import type { PoolClient } from 'pg';
import type { DeskRules } from '../desk-rules.ts';
import type { Clock, Transact, Vault } from '../ports.ts';
import { appendAudits } from '../store/audit.ts';
import { releaseConversation } from '../store/desk.ts';
import { insertLiveEvents } from '../store/live-events.ts';
import { lockLeftBehind, lockUnheardOffers } from '../store/colleagues.ts';
import { readKey, returnTransfers } from '../store/transfers.ts';
import { storeOwnEvents, tellEvent } from './desk-events.ts';

/** Conversations of one transaction; the rest is taken in the next round. */
const BATCH = 50;
/** Looks further apart than this have missed signs of life, as have browsers while nobody could hear them. */
const LONGEST_PAUSE_MS = 30_000;

export interface LeftBehindDeps {
  transact: Transact;
  vault: Vault;
  clock: Clock;
  /** a uuid */
  newId: () => string;
  rules: Pick<DeskRules, 'gone_after_seconds' | 'lost'>;
}

export interface LeftBehind {
  /** Call every few seconds. @returns conversations that wait again, and offers that came to nothing */
  look: () => Promise<{ returned: number; offers: number }>;
}

/**
 * While the server was down or the database away no browser could give a sign: then everybody gets the whole grace anew, counted
 * from when this instance can hear them again.
 */
export function createLeftBehind(deps: LeftBehindDeps): LeftBehind {
  const graceMs = deps.rules.gone_after_seconds * 1000;
  const state = { hearingSince: deps.clock.now().getTime(), lookedAt: deps.clock.now().getTime() };

  async function look(): Promise<{ returned: number; offers: number }> {
    const now = deps.clock.now();
    if (now.getTime() - state.lookedAt > LONGEST_PAUSE_MS) state.hearingSince = now.getTime();
    const mayJudge = now.getTime() - state.hearingSince >= graceMs;
    const done = await deps.transact(async (client) => {
      // also shows that the database can be written to, and so could signs of life be
      await client.query('select from handovers where false for update');
      if (!mayJudge) return { returned: 0, offers: 0 };
      return { returned: await returnThem(client, now), offers: await returnOffers(client, now) };
    });
    state.lookedAt = now.getTime();
    return done;
  }

  async function returnThem(client: PoolClient, now: Date): Promise<number> {
    const left = await lockLeftBehind(client, now, graceMs, BATCH);
    if (left.length === 0) return 0;
    const ids = left.map(({ id }) => id);
    await returnTransfers(client, ids, now);
    for (const { id } of left) {
      await releaseConversation(client, id, now);
      const key = await readKey(client, id);
      if (key === null) continue;
      const event = tellEvent(deps.newId(), deps.rules.lost, now);
      await storeOwnEvents(client, deps.vault, [{ id, key, event }], now);
    }
    await tell(client, ids);
    await appendAudits(
      client,
      left.map(({ id, userId }) => ({
        ...{ at: now, userId: null, action: 'counsellor_lost', objectKind: 'conversation', objectId: id },
        detail: { counsellor: userId },
      })),
    );
    return left.length;
  }

  async function returnOffers(client: PoolClient, now: Date): Promise<number> {
    const ids = await lockUnheardOffers(client, now, graceMs, BATCH);
    if (ids.length === 0) return 0;
    await returnTransfers(client, ids, now);
    await tell(client, ids);
    await appendAudits(
      client,
      ids.map((id) => ({
        ...{ at: now, userId: null, action: 'transfer_returned', objectKind: 'conversation', objectId: id },
      })),
    );
    return ids.length;
  }

  return { look };
}

async function tell(client: PoolClient, ids: readonly string[]): Promise<void> {
  await insertLiveEvents(
    client,
    ids.flatMap((conversationId) => [
      { kind: 'conversation_changed' as const, conversationId, userId: null },
      { kind: 'queue_changed' as const, conversationId, userId: null },
    ]),
  );
}
