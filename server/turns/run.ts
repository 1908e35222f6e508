/** The workers: claim conversations, take their turns in memory, write everything in one transaction, hand over to the sender. */
import type { PoolClient } from 'pg';
import { AppError, isDatabaseAway } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Clock, Transact, Vault } from '../ports.ts';
import { type Draft, sumCounts } from './draft.ts';
import { claimConversations, claimOne, loadConversations } from './load.ts';
import type { OutboxRow } from './outbox-rows.ts';
import type { Signal } from './signal.ts';
import { takeConversation, type TakeDeps } from './take.ts';
import { writeDrafts } from './write.ts';

export interface RunnerDeps extends Omit<TakeDeps, 'onTurnError'> {
  transact: Transact;
  vault: Vault;
  clock: Clock;
  log: Log;
  /** lease owner of what this instance writes: a uuid, new for every start */
  instanceId: string;
  /** is a counsellor on duty? Must answer at once (from memory). */
  isStaffed: () => boolean;
  /** gets the written rows after commit */
  onQueued: (rows: readonly OutboxRow[]) => void;
  /** called after commit when something changed that consoles show */
  onCommitted: () => void;
  /** figures of a committed batch: seconds from claim to commit, turns by channel and outcome */
  onBatch?: (batch: BatchFigures) => void;
}

export interface BatchFigures {
  seconds: number;
  turns: readonly { channel: string; outcome: 'taken' | 'failed'; count: number }[];
}

export interface Runner {
  /** Takes what waits now, at most one batch. @returns events processed */
  runOnce: () => Promise<number>;
  /** one worker, relieved when it hangs, until `stop` */
  start: (signal: Signal) => void;
  /** lets running batches finish */
  stop: () => Promise<void>;
}

const BATCH_CONVERSATIONS = 64;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
/**
 * One worker takes what gathers while its last batch commits: a batch costs about the same however many share it, and a second
 * worker only halves them. It is relieved when a batch takes longer than this (a lock, a slow disk), so that nobody waits for it.
 */
const RELIEF_MS = 250;
const RELIEF_LOOK_MS = 100;
const POLL_MS = 1_000;
const SOON_MS = 25;
const SOON_LOOKS = 1;
export const LEASE_MS = 10_000;
/** tries to write the turns of one conversation before the person gets the safe message instead */
const MAX_ATTEMPTS = 5;
/** tries before its events are set aside unanswered; never seen, but nothing may block the others */
const HOPELESS_ATTEMPTS = 10;

export function createRunner(deps: RunnerDeps): Runner {
  const state: {
    stopping: boolean;
    loop: Promise<void>;
    signal: Signal | null;
    /** when the worker began what it is doing, in ms of the process; null = it waits */
    busySince: number | null;
    relief: Promise<void> | null;
    reliefTimer: NodeJS.Timeout | null;
    /** the next round begins behind this conversation */
    claimedLast: string;
  } = {
    stopping: false,
    loop: Promise.resolve(),
    signal: null,
    busySince: null,
    relief: null,
    reliefTimer: null,
    claimedLast: FIRST_ID,
  };
  const takeDeps: TakeDeps = {
    ...deps,
    onTurnError: (conversationId, error) => deps.log.error({ event: 'turn_failed', conversationId, error }),
  };

  async function runOnce(): Promise<number> {
    const claimed: string[] = [];
    try {
      return await runBatch(async (client) => {
        const ids = await claimConversations(
          client,
          state.claimedLast,
          deps.clock.now(),
          BATCH_CONVERSATIONS,
        );
        claimed.push(...ids);
        state.claimedLast = ids.at(-1) ?? state.claimedLast;
        return ids;
      });
    } catch (error) {
      if (isAway(error)) throw error;
      deps.log.error({ event: 'batch_failed', count: claimed.length, error });
      return await runSingly(claimed);
    }
  }

  /** One conversation spoils a whole batch: each gets its own transaction, so that only that one waits. */
  async function runSingly(ids: readonly string[]): Promise<number> {
    let done = 0;
    for (const id of ids) {
      try {
        done += await runBatch((client) => claimOne(client, id));
      } catch (error) {
        if (isAway(error)) throw error;
        deps.log.error({ event: 'conversation_failed', conversationId: id, error });
        await recordFailure(id);
      }
    }
    return done;
  }

  async function runBatch(claim: (client: PoolClient) => Promise<string[]>): Promise<number> {
    const began = performance.now();
    const result = await deps.transact(async (client, finish) => {
      const ids = await claim(client);
      if (ids.length === 0) return { rows: [], events: 0, drafts: [] };
      const waiting = await loadConversations(client, deps.vault, ids);
      if (waiting.length === 0) return { rows: [], events: 0, drafts: [] };
      const now = deps.clock.now();
      const staffed = deps.isStaffed();
      const drafts: Draft[] = waiting.map(({ loaded, events }) =>
        takeConversation(takeDeps, loaded, events, { now, staffed, skip: loaded.attempts >= MAX_ATTEMPTS }),
      );
      const leaseUntil = new Date(now.getTime() + LEASE_MS);
      const context = { vault: deps.vault, now, leaseOwner: deps.instanceId, leaseUntil };
      const rows = await writeDrafts(client, drafts, context, finish);
      return { rows, drafts, events: drafts.reduce((sum, draft) => sum + draft.processedIds.length, 0) };
    });
    if (result.rows.length > 0) deps.onQueued(result.rows);
    if (result.events > 0) deps.onCommitted();
    if (result.drafts.length > 0) deps.onBatch?.(describeBatch(result.drafts, performance.now() - began));
    return result.events;
  }

  async function recordFailure(id: string): Promise<void> {
    const now = deps.clock.now();
    await deps.transact(async (client) => {
      const updated = await client.query<{ inbox_attempts: number }>(
        `update conversations set inbox_attempts = inbox_attempts + 1,
           inbox_not_before = $2::timestamptz + make_interval(secs => least(300, 2 ^ inbox_attempts)) where id = $1
         returning inbox_attempts`,
        [id, now],
      );
      if ((updated.rows[0]?.inbox_attempts ?? 0) < HOPELESS_ATTEMPTS) return;
      await client.query(
        'update inbox set processed_at = $2 where conversation_id = $1 and processed_at is null',
        [id, now],
      );
      deps.log.error({ event: 'events_set_aside', conversationId: id });
    });
  }

  async function loop(signal: Signal): Promise<void> {
    let looks = 0;
    while (!state.stopping) {
      state.busySince = performance.now();
      try {
        const events = await runOnce();
        // what came for a conversation that somebody else held just now is found by looking again, soon and then seldom
        looks = events > 0 ? 0 : looks + 1;
        if (events >= BATCH_CONVERSATIONS) continue;
      } catch (error) {
        deps.log.error({ event: 'worker_failed', error });
      }
      state.busySince = null;
      await signal.wait(looks <= SOON_LOOKS ? SOON_MS : POLL_MS);
    }
  }

  function relieve(): void {
    const { busySince } = state;
    if (state.relief !== null || busySince === null || performance.now() - busySince < RELIEF_MS) return;
    state.relief = runOnce()
      .then(
        () => undefined,
        (error: unknown) => deps.log.error({ event: 'worker_failed', error }),
      )
      .finally(() => (state.relief = null));
  }

  return {
    runOnce,
    start: (signal) => {
      state.signal = signal;
      state.loop = loop(signal);
      state.reliefTimer = setInterval(relieve, RELIEF_LOOK_MS);
    },
    stop: async () => {
      state.stopping = true;
      if (state.reliefTimer !== null) clearInterval(state.reliefTimer);
      state.signal?.close();
      await state.loop;
      await state.relief;
    },
  };
}

function describeBatch(drafts: readonly Draft[], ms: number): BatchFigures {
  const turns = drafts.flatMap((draft) => {
    const { channel } = draft.loaded;
    const failed = sumCounts(draft, 'turn_failed');
    const taken = sumCounts(draft, 'turn') - failed;
    return [
      { channel, outcome: 'taken' as const, count: Math.max(0, taken) },
      { channel, outcome: 'failed' as const, count: failed },
    ];
  });
  return { seconds: ms / 1000, turns: turns.filter((one) => one.count > 0) };
}

function isAway(error: unknown): boolean {
  return (error instanceof AppError && error.code === 'database_unavailable') || isDatabaseAway(error);
}
