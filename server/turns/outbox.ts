/** The sender: one chain per conversation, in order; checks again before sending; records in batches; sweeps what was left. */
import type { Pool } from 'pg';
import type { Adapter, SendResult } from '../channels/adapter.ts';
import type { ChannelRules } from '../channels/rules.ts';
import type { Quota } from '../channels/windows.ts';
import { coalesce } from '../coalesce.ts';
import { newUuid } from '../ids.ts';
import type { Log } from '../log.ts';
import type { Clock, Transact, Vault } from '../ports.ts';
import type { FindRecording } from '../recordings.ts';
import { eraseDue } from '../store/erase.ts';
import { createLeases, LEASE_MS } from './leases.ts';
import {
  checkHeads,
  type HeadState,
  listCountingChannels,
  type Outcome,
  type OutboxRow,
} from './outbox-rows.ts';
import { createPatience, type StartTimer } from './patience.ts';
import { createRecorder } from './recorder.ts';
import { callAdapter, listTurn } from './send-call.ts';
import { openPlan } from '../store/safe-contact.ts';
import { type Allowed, checkBeforeSend, judgeResult, type OpenedPlan } from './verdict.ts';

export interface SenderDeps {
  pool: Pool;
  transact: Transact;
  vault: Vault;
  clock: Clock;
  log: Log;
  instanceId: string;
  findAdapter: (channel: string, account: string) => Adapter | null;
  /** where platforms can fetch recordings of texts; absent = nowhere, and texts go alone */
  findRecording?: FindRecording;
  rules: ChannelRules;
  /** a word that would show what a text is about, or null; for people who agreed on neutral words */
  findBetrayal: (language: string, text: string) => string | null;
  /** of this month, as far as known; must answer at once (from memory) */
  quotaOf: (channel: string, account: string) => Quota | null;
  /** 0 ≤ r < 1 */
  random: () => number;
  /** called after what was sent or failed is recorded: consoles show it */
  onRecorded: () => void;
  countOutcome?: (channel: string, account: string, outcome: string) => void;
  /** `setTimeout` unless told */
  startTimer?: StartTimer;
  /** messages that counted against an account's quota */
  onCharged?: (channel: string, account: string, count: number) => void;
}

export interface Sender {
  /**
   * rows this instance just wrote and owns the lease of, in order
   * @param heads by outbox id, how the first of a conversation stood a moment ago: those need no second look
   */
  take: (rows: readonly OutboxRow[], heads?: ReadonlyMap<number, HeadState>) => void;
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
/** What was written longer ago is looked at again before it is sent: the process may have stood still since. */
const TRUSTED_MS = LEASE_MS / 2;
/** between two sweeps that somebody asked for: under load every batch of turns asks */
const WAKE_REST_MS = 200;

export function createSender(deps: SenderDeps): Sender {
  /** messages of a conversation that wait or are being sent, oldest first */
  const chains = new Map<string, OutboxRow[]>();
  const ready = new Set<string>();
  const pausedUntil = new Map<string, Date>();
  const idle: (() => void)[] = [];
  const state = { inFlight: 0, isPumping: false, isStopping: false };
  const leases = createLeases({ ...deps, onTaken: take });
  const recorder = createRecorder({
    ...deps,
    onDone: advance,
    onLost: ({ row }) => drop(row.conversationId, []),
    onIdle: () => void pump(),
  });
  /** Every message of staff wakes: at once for the first, then in steps. */
  const wake = coalesce(
    async () => {
      await leases.sweep();
    },
    (error) => deps.log.warn({ event: 'sweep_failed', error }),
    WAKE_REST_MS,
  );
  const patience = createPatience((conversationId) => {
    ready.add(conversationId);
    void pump();
  }, deps.startTimer);
  const timers: NodeJS.Timeout[] = [];
  const countingChannels = listCountingChannels(deps.rules);

  function take(rows: readonly OutboxRow[], heads: ReadonlyMap<number, HeadState> = new Map()): void {
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
      const head = heads.get(row.id);
      const isRecent = now.getTime() - row.createdAt.getTime() < TRUSTED_MS;
      if (head !== undefined && isRecent && maySendMore()) judgeHead(row, head, now);
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
      const lease = { owner: deps.instanceId, now: deps.clock.now() };
      const states = await checkHeads(deps.pool, ids, lease, countingChannels);
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
      if (state.isStopping || !patience.wait(head.conversationId))
        drop(head.conversationId, chains.get(head.conversationId) ?? []);
      return;
    }
    patience.forget(head.conversationId);
    const adapter = deps.findAdapter(head.channel, head.account);
    const quota = deps.quotaOf(head.channel, head.account);
    const opened = { ...found, plan: openHeadPlan(head, found) };
    consider(head, checkBeforeSend(head, opened, adapter, now, deps.rules, quota), now);
  }

  function openHeadPlan({ conversationId, message }: OutboxRow, { plan }: HeadState): OpenedPlan | null {
    if (plan === null) return null;
    const { language, text } = message;
    return {
      plan: openPlan(deps.vault, conversationId, plan),
      overrideUntil: plan.overrideUntil,
      hasBetrayingWords: deps.findBetrayal(language, text) !== null,
    };
  }

  function consider(row: OutboxRow, verdict: Outcome | Allowed, now: Date): void {
    if (verdict.kind !== 'allowed') {
      recorder.conclude(verdict);
      return;
    }
    const paused = pausedUntil.get(accountOf(row));
    if (paused !== undefined && paused > now) {
      recorder.conclude({
        kind: 'later',
        row,
        notBefore: paused,
        attempts: row.attempts,
        sentParts: row.sentParts,
      });
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
      recorder.conclude(...sent);
      return;
    }
    const judged = judgeResult(row, head, now, deps.random());
    if (judged.pauseUntil !== null) pausedUntil.set(accountOf(row), judged.pauseUntil);
    reportFailure(deps.log, row, head);
    recorder.conclude(judged.outcome);
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
    if (release.length > 0) void leases.release(release.map((row) => row.id)).then(announceIdle);
  }

  async function giveBack(): Promise<void> {
    const ids = [...ready].flatMap((id) => chains.get(id) ?? []).map((row) => row.id);
    for (const id of ready) chains.delete(id);
    ready.clear();
    if (ids.length > 0) await leases.release(ids);
  }

  async function sweepAndErase(): Promise<number> {
    const taken = await leases.sweep();
    const erased = await deps.transact((client) => eraseDue(client, deps.vault, deps.clock.now()));
    if (erased > 0) deps.onRecorded();
    return taken;
  }

  function tidy(): void {
    sweepAndErase().catch((error: unknown) => deps.log.warn({ event: 'sweep_failed', error }));
  }

  function renew(): void {
    leases.renew([...chains.values()].flat().map((row) => row.id));
  }

  const isIdle = (): boolean =>
    chains.size === 0 && leases.isIdle() && recorder.isIdle() && !state.isPumping && state.inFlight === 0;

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
      recorder.stop();
      await leases.settle();
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
