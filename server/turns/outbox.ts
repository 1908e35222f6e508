/** The sender: one chain per conversation, in order; checks again before sending; records in batches; sweeps what was left. */
import { setImmediate as nextBreath } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Adapter, SendResult } from '../channels/adapter.ts';
import { newUuid } from '../ids.ts';
import type { Log } from '../log.ts';
import type { Clock, Transact, Vault } from '../ports.ts';
import { eraseDue } from '../store/erase.ts';
import {
  checkHeads,
  type Outcome,
  type OutboxRow,
  recordOutcomes,
  releaseLeases,
  renewLeases,
  sweepOutbox,
} from './outbox-rows.ts';
import { LEASE_MS } from './run.ts';
import { checkBeforeSend, judgeResult } from './verdict.ts';

export interface SenderDeps {
  pool: Pool;
  transact: Transact;
  vault: Vault;
  clock: Clock;
  log: Log;
  instanceId: string;
  findAdapter: (channel: string, account: string) => Adapter | null;
  /** 0 ≤ r < 1 */
  random: () => number;
  /** called after what was sent or failed is recorded: consoles show it */
  onRecorded: () => void;
  countOutcome?: (channel: string, outcome: string) => void;
}

export interface Sender {
  /** rows this instance just wrote and owns the lease of, in order */
  take: (rows: readonly OutboxRow[]) => void;
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
/** longer than any adapter's own limit */
const SEND_TIMEOUT_MS = 30_000;
const SWEEP_MS = 1_000;
const RENEW_MS = 3_000;

export function createSender(deps: SenderDeps): Sender {
  /** messages of a conversation that wait or are being sent, oldest first */
  const chains = new Map<string, OutboxRow[]>();
  const ready = new Set<string>();
  const pausedUntil = new Map<string, Date>();
  const idle: (() => void)[] = [];
  let outcomes: Outcome[] = [];
  const state = {
    inFlight: 0,
    isPumping: false,
    isRecording: false,
    isStopping: false,
    isSweepWaiting: false,
    sweeping: Promise.resolve(0),
  };
  const timers: NodeJS.Timeout[] = [];

  function take(rows: readonly OutboxRow[]): void {
    for (const row of rows) {
      const chain = chains.get(row.conversationId);
      if (chain === undefined) {
        chains.set(row.conversationId, [row]);
        if (!sendFresh(row)) ready.add(row.conversationId);
      } else if (!chain.some((known) => known.id === row.id)) {
        chain.push(row);
      }
    }
    void pump();
  }

  /**
   * What was committed a moment ago was checked in its own transaction, under the lock a counsellor needs to take the conversation:
   * asking again before the next breath could not find anything else, and costs a round trip. Whatever has to wait is asked about.
   */
  function sendFresh(row: OutboxRow): boolean {
    if (row.seen === null || row.seen.isBehind || state.isStopping || state.inFlight >= MAX_IN_FLIGHT)
      return false;
    const now = deps.clock.now();
    consider(row, checkBeforeSend(row, row.seen, deps.findAdapter(row.channel, row.account), now), now);
    return true;
  }

  async function pump(): Promise<void> {
    if (state.isPumping) return;
    state.isPumping = true;
    while (ready.size > 0 && state.inFlight < MAX_IN_FLIGHT && !state.isStopping) {
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
      const states = await checkHeads(
        deps.pool,
        heads.map((head) => head.id),
        deps.instanceId,
      );
      const now = deps.clock.now();
      for (const head of heads) {
        const found = states.get(head.id);
        if (found === undefined) drop(head.conversationId, []);
        else if (found.isBehind) drop(head.conversationId, chains.get(head.conversationId) ?? []);
        else
          consider(
            head,
            checkBeforeSend(head, found, deps.findAdapter(head.channel, head.account), now),
            now,
          );
      }
    } catch (error) {
      // the leases run out and whoever can reach the database sweeps
      deps.log.warn({ event: 'send_check_failed', error });
      for (const head of heads) chains.delete(head.conversationId);
    }
  }

  function consider(row: OutboxRow, verdict: Outcome | null, now: Date): void {
    if (verdict !== null) {
      conclude(verdict);
      return;
    }
    const paused = pausedUntil.get(accountOf(row));
    if (paused !== undefined && paused > now) {
      conclude({ kind: 'later', row, notBefore: paused, attempts: row.attempts, sentParts: row.sentParts });
      return;
    }
    void send(row);
  }

  async function send(row: OutboxRow): Promise<void> {
    state.inFlight += 1;
    const result = await callAdapter(deps, row);
    state.inFlight -= 1;
    const judged = judgeResult(row, result, deps.clock.now(), deps.random());
    if (judged.pauseUntil !== null) pausedUntil.set(accountOf(row), judged.pauseUntil);
    if (!result.ok) reportFailure(deps.log, row, result);
    conclude(judged.outcome);
  }

  function conclude(outcome: Outcome): void {
    outcomes.push(outcome);
    deps.countOutcome?.(outcome.row.channel, outcome.kind === 'failed' ? outcome.class : outcome.kind);
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
    if (chain.length === 0) chains.delete(row.conversationId);
    else ready.add(row.conversationId);
  }

  /** Forgets a chain; `release` are rows whose lease must not run on. */
  function drop(conversationId: string, release: readonly OutboxRow[]): void {
    chains.delete(conversationId);
    if (release.length === 0) return;
    releaseLeases(
      deps.pool,
      release.map((row) => row.id),
      deps.instanceId,
    ).catch((error: unknown) => deps.log.warn({ event: 'lease_not_released', error }));
  }

  async function giveBack(): Promise<void> {
    const ids = [...ready].flatMap((id) => chains.get(id) ?? []).map((row) => row.id);
    for (const id of ready) chains.delete(id);
    ready.clear();
    if (ids.length > 0) await releaseLeases(deps.pool, ids, deps.instanceId).catch(() => undefined);
  }

  async function sweep(): Promise<number> {
    const now = deps.clock.now();
    const until = new Date(now.getTime() + LEASE_MS);
    const rows = await deps.transact((client) =>
      sweepOutbox(client, deps.vault, { owner: deps.instanceId, until, now }),
    );
    take(rows);
    const erased = await deps.transact((client) => eraseDue(client, now));
    if (erased > 0) deps.onRecorded();
    return rows.length;
  }

  /** At most one sweep runs and one waits: every change in a conversation may wake us. */
  function sweepSafely(): void {
    if (state.isSweepWaiting) return;
    state.isSweepWaiting = true;
    const next = (): Promise<number> => {
      state.isSweepWaiting = false;
      return sweep();
    };
    state.sweeping = state.sweeping.then(next).catch((error: unknown) => {
      deps.log.warn({ event: 'sweep_failed', error });
      return 0;
    });
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
    sweep,
    settle,
    wake: sweepSafely,
    start: () => {
      timers.push(setInterval(sweepSafely, SWEEP_MS), setInterval(renew, RENEW_MS));
      sweepSafely();
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

/** An adapter must not throw; if one does, it is as if the platform had not answered. */
async function callAdapter(deps: SenderDeps, row: OutboxRow): Promise<SendResult> {
  const adapter = deps.findAdapter(row.channel, row.account);
  if (adapter === null)
    return { ok: false, class: 'permission', retryAfterMs: null, sentParts: 0, code: 'account_missing' };
  // not AbortSignal.timeout: that one lives its 30 s to the end, and under load there would be thousands of them
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), SEND_TIMEOUT_MS);
  try {
    return await adapter.send({ conversationId: row.platformId, replyHandle: row.replyHandle }, row.message, {
      idempotencyKey: row.messageId,
      skipParts: row.sentParts,
      signal: giveUp.signal,
    });
  } catch (error) {
    deps.log.error({ event: 'adapter_threw', channel: row.channel, messageId: row.messageId, error });
    return { ok: false, class: 'retry', retryAfterMs: null, sentParts: 0, code: 'adapter_threw' };
  } finally {
    clearTimeout(timer);
  }
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
