/** Runs trials in a thread of their own, so that the server goes on answering; the thread ends when nobody teaches any more. */
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { type Proposal, type Trial, TRIAL_TASKS } from '../../bot/index.ts';
import { AppError } from '../errors.ts';

export interface Trials {
  /** @throws AppError `too_many_requests` when enough wait already, `trial_failed` when it cannot be run */
  run: (proposal: Proposal) => Promise<Trial>;
  close: () => Promise<void>;
}

/** Its copy of the content costs some tens of megabytes. */
const IDLE_MS = 5 * 60_000;
const MOST_WAITING = 4;
/** Far longer than the slowest machine needs. */
const LONGEST_MS = 300_000;

const ChangedSchema = z.object({
  task: z.enum(TRIAL_TASKS),
  text: z.string(),
  expected: z.string(),
  before: z.string(),
  after: z.string(),
});
const AnswerSchema = z.object({
  id: z.number(),
  trial: z
    .object({
      tasks: z.array(
        z.object({
          task: z.enum(TRIAL_TASKS),
          n: z.number(),
          rightBefore: z.number(),
          rightAfter: z.number(),
        }),
      ),
      broken: z.array(ChangedSchema),
      mended: z.array(ChangedSchema),
      danger: z.array(ChangedSchema),
      otherwise: z.number(),
    })
    .nullable(),
});

interface Waiting {
  resolve: (trial: Trial) => void;
  reject: (error: AppError) => void;
  timer: NodeJS.Timeout;
}

export function createTrials(script: URL = new URL('trial-worker.ts', import.meta.url)): Trials {
  const waiting = new Map<number, Waiting>();
  const state: { worker: Worker | null; idle: NodeJS.Timeout | null; nextId: number } = {
    worker: null,
    idle: null,
    nextId: 1,
  };

  async function end(): Promise<void> {
    const { worker } = state;
    state.worker = null;
    if (state.idle !== null) clearTimeout(state.idle);
    state.idle = null;
    for (const { reject, timer } of waiting.values()) {
      clearTimeout(timer);
      reject(new AppError('trial_failed'));
    }
    waiting.clear();
    await worker?.terminate();
  }

  function open(): Worker {
    if (state.worker !== null) return state.worker;
    // the environment holds secrets, and it needs none
    const worker = new Worker(script, { env: {}, stdout: true, stderr: true });
    const failIfMine = (): void => {
      if (state.worker === worker) void end();
    };
    worker.on('message', (message: unknown) => answer(AnswerSchema.parse(message)));
    worker.on('error', failIfMine);
    worker.on('exit', failIfMine);
    worker.unref();
    state.worker = worker;
    return worker;
  }

  function answer({ id, trial }: z.infer<typeof AnswerSchema>): void {
    const one = waiting.get(id);
    if (one === undefined) return;
    waiting.delete(id);
    clearTimeout(one.timer);
    if (trial === null) {
      one.reject(new AppError('trial_failed'));
      // what could not be prepared is prepared anew the next time
      void end();
    } else one.resolve(trial);
    if (waiting.size === 0 && state.worker !== null) {
      state.idle = setTimeout(() => void end(), IDLE_MS);
      state.idle.unref();
    }
  }

  return {
    run: (proposal) =>
      new Promise((resolve, reject) => {
        if (waiting.size >= MOST_WAITING) {
          reject(new AppError('too_many_requests'));
          return;
        }
        if (state.idle !== null) clearTimeout(state.idle);
        const worker = open();
        const id = state.nextId;
        state.nextId += 1;
        waiting.set(id, { resolve, reject, timer: setTimeout(() => void end(), LONGEST_MS) });
        worker.postMessage({ id, proposal });
      }),
    close: end,
  };
}
