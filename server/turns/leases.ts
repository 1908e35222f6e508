/** Whose a message is until it was sent: taking over what nobody holds, holding on, giving back. */
import type { Pool } from 'pg';
import type { Log } from '../log.ts';
import type { Clock, Transact, Vault } from '../ports.ts';
import { type OutboxRow, releaseLeases, renewLeases, sweepOutbox } from './outbox-rows.ts';

/** Longer than a pause of the process is likely to be; an instance that died keeps people waiting for so long. */
export const LEASE_MS = 10_000;

export interface LeaseDeps {
  pool: Pool;
  transact: Transact;
  vault: Vault;
  clock: Clock;
  log: Log;
  instanceId: string;
  /** gets what a sweep took over, in order */
  onTaken: (rows: readonly OutboxRow[]) => void;
}

export interface Leases {
  /** Takes over what is due and in nobody's hands; one sweep at a time. @returns rows taken */
  sweep: () => Promise<number>;
  /** Never rejects: a lease that could not be given back runs out by itself. */
  release: (ids: readonly number[]) => Promise<void>;
  renew: (ids: readonly number[]) => void;
  /** nothing is being given back */
  isIdle: () => boolean;
  /** resolves when no sweep runs */
  settle: () => Promise<unknown>;
}

export function createLeases(deps: LeaseDeps): Leases {
  /** being given back: a sweep that overtook them would have its own taken away */
  const releasing = new Set<Promise<void>>();
  const state = { sweeping: Promise.resolve(0) };
  const untilLater = (now: Date): Date => new Date(now.getTime() + LEASE_MS);

  async function sweep(): Promise<number> {
    await Promise.all(releasing);
    const now = deps.clock.now();
    const lease = { owner: deps.instanceId, until: untilLater(now), now };
    const rows = await deps.transact((client) => sweepOutbox(client, deps.vault, lease));
    deps.onTaken(rows);
    return rows.length;
  }

  return {
    sweep: () => {
      // in turn: the second would find what the first has just taken
      const next = state.sweeping.then(sweep);
      state.sweeping = next.catch(() => 0);
      return next;
    },
    release: (ids) => {
      const released = releaseLeases(deps.pool, ids, deps.instanceId)
        .catch((error: unknown) => deps.log.warn({ event: 'lease_not_released', error }))
        .then(() => void releasing.delete(released));
      releasing.add(released);
      return released;
    },
    renew: (ids) => {
      if (ids.length === 0) return;
      renewLeases(deps.pool, ids, deps.instanceId, untilLater(deps.clock.now())).catch((error: unknown) =>
        deps.log.warn({ event: 'lease_not_renewed', error }),
      );
    },
    isIdle: () => releasing.size === 0,
    settle: () => state.sweeping,
  };
}
