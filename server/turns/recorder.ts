/** Writes down what became of messages: whatever is known at one moment in one go, and only then does the next one go out. */
import { setImmediate as nextBreath } from 'node:timers/promises';
import type { Pool } from 'pg';
import { isDatabaseAway } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Clock } from '../ports.ts';
import { type Outcome, recordOutcomes } from './outbox-rows.ts';
import type { StartTimer } from './patience.ts';

/** before what the database did not take is tried again; two sweeps without it would do no harm, `take` knows what is held */
const AGAIN_MS = 500;

export interface RecorderDeps {
  instanceId: string;
  pool: Pool;
  clock: Clock;
  log: Log;
  /** called after what was sent or failed is recorded: consoles show it */
  onRecorded: () => void;
  countOutcome?: (channel: string, account: string, outcome: string) => void;
  onDone: (outcome: Outcome) => void;
  /** could not be recorded: whoever sweeps when its lease has run out sends it again */
  onLost: (outcome: Outcome) => void;
  /** nothing is left to record */
  onIdle: () => void;
  /** `setTimeout` unless told */
  startTimer?: StartTimer;
}

export interface Recorder {
  /** Together, so that they are recorded together: the next message is never taken for unsent in between. */
  conclude: (...done: readonly Outcome[]) => void;
  isIdle: () => boolean;
  /** what cannot be recorded from now on is given up */
  stop: () => void;
}

export function createRecorder(deps: RecorderDeps): Recorder {
  let outcomes: Outcome[] = [];
  const state: { isRecording: boolean; isStopping: boolean; wake: (() => void) | null } = {
    isRecording: false,
    isStopping: false,
    wake: null,
  };
  const startTimer: StartTimer = deps.startTimer ?? ((ms, fire) => void setTimeout(fire, ms));

  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      state.wake = resolve;
      startTimer(AGAIN_MS, resolve);
    });

  async function write(batch: readonly Outcome[]): Promise<void> {
    await recordOutcomes(deps.pool, batch, { owner: deps.instanceId, now: deps.clock.now() });
    deps.onRecorded();
    for (const outcome of batch) deps.onDone(outcome);
  }

  /** The platform has it: forgotten here, it would be said a second time. */
  async function keepForLater(batch: readonly Outcome[]): Promise<void> {
    if (state.isStopping) {
      batch.forEach(deps.onLost);
      return;
    }
    outcomes = [...batch, ...outcomes];
    await pause();
  }

  async function writeAlone(outcome: Outcome): Promise<void> {
    try {
      await write([outcome]);
    } catch (error) {
      if (isDatabaseAway(error)) await keepForLater([outcome]);
      else deps.onLost(outcome);
    }
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
        await write(batch);
        continue;
      } catch (error) {
        deps.log.error({ event: 'send_not_recorded', count: batch.length, error });
        if (isDatabaseAway(error)) {
          await keepForLater(batch);
          continue;
        }
      }
      // one of them spoils the batch: alone, each is judged for itself
      for (const outcome of batch) await writeAlone(outcome);
    }
    state.isRecording = false;
    deps.onIdle();
  }

  return {
    conclude: (...done) => {
      outcomes.push(...done);
      for (const { row, ...outcome } of done) {
        const label = outcome.kind === 'failed' ? outcome.class : outcome.kind;
        deps.countOutcome?.(row.channel, row.account, label);
      }
      void record();
    },
    isIdle: () => !state.isRecording && outcomes.length === 0,
    stop: () => {
      state.isStopping = true;
      state.wake?.();
    },
  };
}
