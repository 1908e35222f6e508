/** The sender: one chain per conversation, in order; checks again before sending; records in batches; sweeps what was left. */
import { setImmediate as nextBreath } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Adapter, SendResult } from '../channels/adapter.ts';
import type { ChannelRules } from '../channels/rules.ts';
import type { Quota } from '../channels/windows.ts';
import { coalesce } from '../coalesce.ts';
import { newUuid } from '../ids.ts';
import type { Log } from '../log.ts';
import type { Clock, Transact, Vault } from '../ports.ts';
import { eraseDue } from '../store/erase.ts';
import {
  checkHeads,
  type HeadState,
  listCountingChannels,
  type Outcome,
  type OutboxRow,
  recordOutcomes,
  releaseLeases,
  renewLeases,
  sweepOutbox,
} from './outbox-rows.ts';
import { LEASE_MS } from './run.ts';
import { callAdapter, listTurn } from './send-call.ts';
import { type Allowed, checkBeforeSend, judgeResult } from './verdict.ts';

export interface SenderDeps {
  pool: Pool;
  transact: Transact;
  vault: Vault;
  clock: Clock;
  log: Log;
  instanceId: string;
  findAdapter: (channel: string, account: string) => Adapter | null;
  rules: ChannelRules;
  /** of this month, as far as known; must answer at once (from memory) */
  quotaOf: (channel: string, account: string) => Quota | null;
  /** 0 ≤ r < 1 */
  random: () => number;
  /** called after what was sent or failed is recorded: consoles show it */
  onRecorded: () => void;
  countOutcome?: (channel: string, account: string, outcome: string) => void;
  /** messages that counted against an account's quota */
  onCharged?: (channel: string, account: string, count: number) => void;
}

export interface Sender {
  /**
   * rows this instance just wrote and owns the lease of, in order
   * @param heads how the first of each conversation stood a moment ago, if somebody looked: those need no second look
   */
  take: (rows: readonly OutboxRow[], heads?: ReadonlyMap<number, HeadState> | null) => void;
  /** takes over what is due and in nobody's hands. @returns rows taken */
  sweep: () => Promise<number>;
  /** resolves when everything taken was sent, failed or put back */
  settle: () => Promise<void>;
  /** sweeps each second and whenever woken, renews leases */
  start: () => void;
  wake: () => void;
  /** lets running calls finish and gives back the rest */
  stop: () => Promise<void>;
}

const MAX_IN_FLIGHT = 256;
const CHECK_BATCH = 200;
const SWEEP_MS = 1_000;
const RENEW_MS = 3_000;
/** between two sweeps that somebody asked for: under load every batch of turns asks */
const WAKE_REST_MS = 200;

export function createSender(deps: SenderDeps): Sender {
  /** messages of a conversation that wait or are being sent, oldest first */
  const chains = new Map<string, OutboxRow[]>();
  const ready = new Set<string>();
  const pausedUntil = new Map<string, Date>();
  const idle: (() => void)[] = [];
  /** leases being given back: a sweep that overtook them would have its own taken away */
  const releasing = new Set<Promise<void>>();
  let outcomes: Outcome[] = [];
  const state = {
    inFlight: 0,
    isPumping: false,
    isRecording: false,
    isStopping: false,
    sweeping: Promise.resolve(0),
  };
  /** Every message of the bot wakes, too: at once for the first, then in steps. */
  const wake = coalesce(
    async () => {
      await sweepInTurn();
    },
    (error) => deps.log.warn({ event: 'sweep_failed', error }),
    WAKE_REST_MS,
  );
  const timers: NodeJS.Timeout[] = [];
  const countingChannels = listCountingChannels(deps.rules);

  function take(rows: readonly OutboxRow[], heads: ReadonlyMap<number, HeadState> | null = null): void {
    const fresh: OutboxRow[] = [];
    for (const row of rows) {
      const chain = chains.get(row.conversationId);
      if (chain === undefined) {
        chains.set(row.conversationId, [row]);
        fresh.push(row);
      } else if (!chain.some((known) => known.id === row.id)) {
        chain.push(row);
      }
    }
    // only now: some channels take the messages of a turn together
    const now = deps.clock.now();
    for (const row of fresh) {
      const head = heads?.get(row.id);
      if (head !== undefined && maySendMore()) judgeHead(row, head, now);
      else ready.add(row.conversationId);
    }
    void pump();
  }

  const maySendMore = (): boolean => state.inFlight < MAX_IN_FLIGHT && !state.isStopping;

  async function pump(): Promise<void> {
    if (state.isPumping) return;
    state.isPumping = true;
    while (ready.size > 0 && maySendMore()) {
      const heads = [...ready].slice(0, CHECK_BATCH).flatMap((id) => chains.get(id)?.[0] ?? []);
      for (const head of heads) ready.delete(head.conversationId);
      await dispatch(heads);
    }
    state.isPumping = false;
    if (state.isStopping) await giveBack();
    announceIdle();
  }

  async function dispatch(heads: readonly OutboxRow[]): Promise<void> {
    try {
      const ids = heads.map((head) => head.messageId);
      const states = await checkHeads(deps.pool, ids, deps.instanceId, countingChannels);
      const now = deps.clock.now();
      for (const head of heads) judgeHead(head, states.get(head.id), now);
    } catch (error) {
      // the leases run out and whoever can reach the database sweeps
      deps.log.warn({ event: 'send_check_failed', error });
      for (const head of heads) chains.delete(head.conversationId);
    }
  }

  function judgeHead(head: OutboxRow, found: HeadState | undefined, now: Date): void {
    if (found === undefined) {
      drop(head.conversationId, []);
      return;
    }
    if (found.isBehind) {
      drop(head.conversationId, chains.get(head.conversationId) ?? []);
      return;
    }
    const adapter = deps.findAdapter(head.channel, head.account);
    const quota = deps.quotaOf(head.channel, head.account);
    consider(head, checkBeforeSend(head, found, adapter, now, deps.rules, quota), now);
  }

  function consider(row: OutboxRow, verdict: Outcome | Allowed, now: Date): void {
    if (verdict.kind !== 'allowed') {
      conclude(verdict);
      return;
    }
    const paused = pausedUntil.get(accountOf(row));
    if (paused !== undefined && paused > now) {
      conclude({ kind: 'later', row, notBefore: paused, attempts: row.attempts, sentParts: row.sentParts });
      return;
    }
    void send(row, verdict.outsideWindow);
  }

  async function send(row: OutboxRow, outsideWindow: boolean): Promise<void> {
    state.inFlight += 1;
    const { sent, head } = await callAdapter(deps, listTurn(row, chains), outsideWindow);
    state.inFlight -= 1;
    const now = deps.clock.now();
    for (const one of sent) if (one.charged > 0) deps.onCharged?.(row.channel, row.account, one.charged);
    if (head === null) {
      conclude(...sent);
      return;
    }
    const judged = judgeResult(row, head, now, deps.random());
    if (judged.pauseUntil !== null) pausedUntil.set(accountOf(row), judged.pauseUntil);
    reportFailure(deps.log, row, head);
    conclude(judged.outcome);
  }

  /** Together, so that they are recorded together: the next message is never taken for unsent in between. */
  function conclude(...done: readonly Outcome[]): void {
    outcomes.push(...done);
    for (const { row, ...outcome } of done) {
      const label = outcome.kind === 'failed' ? outcome.class : outcome.kind;
      deps.countOutcome?.(row.channel, row.account, label);
    }
    void record();
  }

  /** The next message of a conversation goes out only when the last one is recorded: a crash repeats one at most. */
  async function record(): Promise<void> {
    if (state.isRecording) return;
    state.isRecording = true;
    while (outcomes.length > 0) {
      // answers read in the same breath of the event loop are recorded together; this waits for no clock
      await nextBreath();
      const batch = outcomes;
      outcomes = [];
      try {
        await recordOutcomes(deps.pool, batch, deps.clock.now());
        deps.onRecorded();
        for (const outcome of batch) advance(outcome);
      } catch (error) {
        deps.log.error({ event: 'send_not_recorded', count: batch.length, error });
        for (const { row } of batch) chains.delete(row.conversationId);
      }
    }
    state.isRecording = false;
    void pump();
  }

  function advance({ kind, row }: Outcome): void {
    const chain = chains.get(row.conversationId) ?? [];
    if (kind === 'later') {
      // the head is already given back; those behind it wait with it
      drop(row.conversationId, chain.slice(1));
      return;
    }
    chain.shift();
    if (chain.length > 0) {
      ready.add(row.conversationId);
      return;
    }
    chains.delete(row.conversationId);
    // several may have gone together, and the first of them made it ready
    ready.delete(row.conversationId);
  }

  /** Forgets a chain; `release` are rows whose lease must not run on. */
  function drop(conversationId: string, release: readonly OutboxRow[]): void {
    chains.delete(conversationId);
    if (release.length === 0) return;
    const ids = release.map((row) => row.id);
    const released = releaseLeases(deps.pool, ids, deps.instanceId)
      .catch((error: unknown) => deps.log.warn({ event: 'lease_not_released', error }))
      .finally(() => {
        releasing.delete(released);
        announceIdle();
      });
    releasing.add(released);
  }

  async function giveBack(): Promise<void> {
    const ids = [...ready].flatMap((id) => chains.get(id) ?? []).map((row) => row.id);
    for (const id of ready) chains.delete(id);
    ready.clear();
    if (ids.length > 0) await releaseLeases(deps.pool, ids, deps.instanceId).catch(() => undefined);
  }

  async function sweep(): Promise<number> {
    // a release that came after the sweep would take away what was just claimed
    await Promise.all(releasing);
    const now = deps.clock.now();
    const until = new Date(now.getTime() + LEASE_MS);
    const rows = await deps.transact((client) =>
      sweepOutbox(client, deps.vault, { owner: deps.instanceId, until, now }),
    );
    take(rows);
    return rows.length;
  }

  /** One at a time: the second would find what the first has just taken. */
  function sweepInTurn(): Promise<number> {
    const next = state.sweeping.then(sweep);
    state.sweeping = next.catch(() => 0);
    return next;
  }

  async function sweepAndErase(): Promise<number> {
    const taken = await sweepInTurn();
    const erased = await deps.transact((client) => eraseDue(client, deps.clock.now()));
    if (erased > 0) deps.onRecorded();
    return taken;
  }

  function tidy(): void {
    sweepAndErase().catch((error: unknown) => deps.log.warn({ event: 'sweep_failed', error }));
  }

  function renew(): void {
    const ids = [...chains.values()].flat().map((row) => row.id);
    if (ids.length === 0) return;
    renewLeases(deps.pool, ids, deps.instanceId, new Date(deps.clock.now().getTime() + LEASE_MS)).catch(
      (error: unknown) => deps.log.warn({ event: 'lease_not_renewed', error }),
    );
  }

  const isIdle = (): boolean =>
    chains.size === 0 &&
    releasing.size === 0 &&
    !state.isPumping &&
    !state.isRecording &&
    state.inFlight === 0 &&
    outcomes.length === 0;

  function announceIdle(): void {
    if (!isIdle()) return;
    for (const resolve of idle.splice(0)) resolve();
  }

  function settle(): Promise<void> {
    return isIdle() ? Promise.resolve() : new Promise((resolve) => idle.push(resolve));
  }

  return {
    take,
    sweep: sweepAndErase,
    settle,
    wake,
    start: () => {
      timers.push(setInterval(tidy, SWEEP_MS), setInterval(renew, RENEW_MS));
      tidy();
    },
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      state.isStopping = true;
      await state.sweeping;
      void pump();
      await settle();
    },
  };
}

function reportFailure(log: Log, row: OutboxRow, result: Extract<SendResult, { ok: false }>): void {
  const entry = {
    event: 'send_failed',
    channel: row.channel,
    account: row.account,
    messageId: row.messageId,
  };
  log.warn({ ...entry, class: result.class, code: result.code, attempts: row.attempts });
}

function accountOf(row: OutboxRow): string {
  return `${row.channel}/${row.account}`;
}

/** A new one for every start: what an earlier run left behind is not taken for our own. */
export function newInstanceId(): string {
  return newUuid();
}
