/** The workers: claim conversations, take their turns in memory, write everything in one transaction, hand over to the sender. */
import { randomUUID } from 'node:crypto';
import type { PlannedShift } from '../../bot/index.ts';
import type { ChannelRules } from '../channels/rules.ts';
import { AppError, isDatabaseAway } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Clock, Transact, Vault } from '../ports.ts';
import { type Draft, sumCounts } from './draft.ts';
import type { FreshEvents } from './fresh-events.ts';
import { type Claim, claimAndLoad, claimConversations, claimOne } from './load.ts';
import { LEASE_MS } from './leases.ts';
import { settleMarks } from './marks.ts';
import { type HeadState, listCountingChannels, type OutboxRow } from './outbox-rows.ts';
import { createSignal, type Signal } from './signal.ts';
import { takeConversation, type TakeDeps } from './take.ts';
import { writeDrafts } from './write.ts';

export interface RunnerDeps extends Omit<TakeDeps, 'onTurnError'> {
  transact: Transact;
  vault: Vault;
  /** of the inbox of this process */
  fresh: FreshEvents;
  clock: Clock;
  log: Log;
  rules: ChannelRules;
  /** lease owner of what this instance writes: a uuid, new for every start */
  instanceId: string;
  /** is a counsellor on duty? Must answer at once (from memory). */
  isStaffed: () => boolean;
  /** from when on somebody is planned to be there, from memory like `isStaffed`; missing = nothing is planned */
  plannedShifts?: () => readonly PlannedShift[];
  /** gets the written rows after commit, and by their ids those that need no second look (write.ts) */
  onQueued: (rows: readonly OutboxRow[], heads: ReadonlyMap<number, HeadState>) => void;
  /** called after commit when something changed that consoles show */
  onCommitted: () => void;
  /** called after commit with texts that meant nothing to the bot; must return at once and never throw */
  onUnheard?: (unheard: readonly { conversationId: string; text: string }[]) => void;
  /** called after commit with conversations in which danger was raised just now; must return at once and never throw */
  onDanger?: (conversationIds: readonly string[]) => void;
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
  /** works until `stop`; `signal` is woken when something was stored */
  start: (signal: Signal) => void;
  /** lets running batches finish */
  stop: () => Promise<void>;
}

const NO_HEADS: ReadonlyMap<number, HeadState> = new Map();
const BATCH_CONVERSATIONS = 64;
const POLL_MS = 1_000;
const SOON_MS = 25;
const SOON_LOOKS = 1;
/** tries to write the turns of one conversation before the person gets the safe message instead */
const MAX_ATTEMPTS = 5;
/** tries before its events are set aside unanswered; never seen, but nothing may block the others */
const HOPELESS_ATTEMPTS = 10;

export function createRunner(deps: RunnerDeps): Runner {
  const state: { stopping: boolean; loops: Promise<void>[]; signals: Signal[]; after: string } = {
    stopping: false,
    loops: [],
    signals: [],
    // instances begin at different places of the circle
    after: randomUUID(),
  };
  const countingChannels = listCountingChannels(deps.rules);
  const takeDeps: TakeDeps = {
    ...deps,
    onTurnError: (conversationId, error) => deps.log.error({ event: 'turn_failed', conversationId, error }),
  };

  async function runOnce(onClaimed: (count: number) => void = () => undefined): Promise<number> {
    const claimed: string[] = [];
    try {
      const claim = claimConversations(state.after, deps.clock.now(), BATCH_CONVERSATIONS);
      return await runBatch(claim, (ids) => {
        claimed.push(...ids);
        state.after = ids.at(-1) ?? state.after;
        onClaimed(ids.length);
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
        done += await runBatch(claimOne(id));
      } catch (error) {
        if (isAway(error)) throw error;
        deps.log.error({ event: 'conversation_failed', conversationId: id, error });
        await recordFailure(id);
      }
    }
    return done;
  }

  async function runBatch(
    claim: Claim,
    onClaimed: (ids: readonly string[]) => void = () => undefined,
  ): Promise<number> {
    const began = performance.now();
    const result = await deps.transact(async (client, commit) => {
      const now = deps.clock.now();
      deps.fresh.forgetOld(now);
      const loaded = await claimAndLoad(client, deps, claim, now, onClaimed);
      const { waiting, settled } = await settleMarks(client, deps.vault, loaded, now);
      if (waiting.length === 0) return { rows: [], heads: NO_HEADS, events: settled, drafts: [] };
      const staffed = deps.isStaffed();
      const shifts = deps.plannedShifts?.() ?? [];
      const drafts: Draft[] = waiting.map(({ loaded, events }) =>
        takeConversation(takeDeps, loaded, events, {
          ...{ now, staffed, shifts },
          skip: loaded.attempts >= MAX_ATTEMPTS,
        }),
      );
      const written = await writeDrafts(client, drafts, {
        vault: deps.vault,
        now,
        leaseOwner: deps.instanceId,
        leaseUntil: new Date(now.getTime() + LEASE_MS),
        countingChannels,
        commit,
      });
      return {
        ...written,
        drafts,
        events: drafts.reduce((sum, draft) => sum + draft.processedIds.length, settled),
      };
    });
    if (result.rows.length > 0) deps.onQueued(result.rows, result.heads);
    if (result.events > 0) deps.onCommitted();
    if (result.drafts.length > 0) deps.onBatch?.(describeBatch(result.drafts, performance.now() - began));
    const endangered = result.drafts.filter((draft) => sumCounts(draft, 'danger_raised') > 0);
    if (endangered.length > 0) deps.onDanger?.(endangered.map(({ loaded }) => loaded.id));
    const unheard = result.drafts.flatMap(({ loaded, unheard: texts }) =>
      texts.map((text) => ({ conversationId: loaded.id, text })),
    );
    if (unheard.length > 0) deps.onUnheard?.(unheard);
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

  /** One batch, whatever happens. @returns events processed */
  async function runSafely(onFull: () => void): Promise<number> {
    try {
      return await runOnce((count) => {
        if (count === BATCH_CONVERSATIONS) onFull();
      });
    } catch (error) {
      deps.log.error({ event: 'worker_failed', error });
      return 0;
    }
  }

  /**
   * Takes what there is: whatever arrives while it is busy makes the next batch larger, and larger batches cost less for each
   * message.
   */
  async function work(signal: Signal, help: Signal): Promise<void> {
    let looks = 0;
    const onFull = (): void => {
      help.wake();
      signal.wake();
    };
    while (!state.stopping) {
      const events = await runSafely(onFull);
      // what came for a conversation that somebody else held just now is found by looking again, soon and then seldom
      looks = events > 0 ? 0 : looks + 1;
      await signal.wait(looks <= SOON_LOOKS ? SOON_MS : POLL_MS);
    }
  }

  /** Takes one batch beside the other worker when that has a full one, and each second in case the other is stuck. */
  async function assist(help: Signal): Promise<void> {
    while (!state.stopping) {
      await help.wait(POLL_MS);
      await runSafely(help.wake);
    }
  }

  return {
    runOnce: () => runOnce(),
    start: (signal) => {
      const help = createSignal();
      state.signals = [signal, help];
      state.loops = [work(signal, help), assist(help)];
    },
    stop: async () => {
      state.stopping = true;
      for (const signal of state.signals) signal.close();
      await Promise.all(state.loops);
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
