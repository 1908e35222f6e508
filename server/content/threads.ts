/** A thread for work on contents that would hold up the people who write: one request after the other, ended when nobody asks. */
import { Worker } from 'node:worker_threads';
import { AppError, type ErrorCode } from '../errors.ts';

export interface ThreadOptions {
  script: URL;
  /** code of the error when it ended without an answer */
  failure: ErrorCode;
  /** its copy of the content costs some tens of megabytes */
  idleMs?: number;
  /** far longer than the slowest machine needs */
  longestMs?: number;
  mostWaiting?: number;
}

export interface Thread<Request extends object> {
  /**
   * Sends the request with an `id`; the thread answers with an object that has the same one.
   * @throws AppError `too_many_requests` when enough wait already, `failure` when the thread ended
   */
  ask: (request: Request) => Promise<object>;
  close: () => Promise<void>;
}

interface Waiting {
  resolve: (answer: object) => void;
  reject: (error: AppError) => void;
  timer: NodeJS.Timeout;
}

export function createThread<Request extends object>(options: ThreadOptions): Thread<Request> {
  const { script, failure, idleMs = 10 * 60_000, longestMs = 300_000, mostWaiting = 8 } = options;
  const waiting = new Map<number, Waiting>();
  const state: { worker: Worker | null; idle: NodeJS.Timeout | null; nextId: number } = {
    ...{ worker: null, idle: null, nextId: 1 },
  };

  async function end(): Promise<void> {
    const { worker } = state;
    state.worker = null;
    if (state.idle !== null) clearTimeout(state.idle);
    state.idle = null;
    for (const { reject, timer } of waiting.values()) {
      clearTimeout(timer);
      reject(new AppError(failure));
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
    worker.on('message', answer);
    worker.on('error', failIfMine);
    worker.on('exit', failIfMine);
    worker.unref();
    state.worker = worker;
    return worker;
  }

  function answer(message: unknown): void {
    if (typeof message !== 'object' || message === null || !('id' in message)) return;
    const one = typeof message.id === 'number' ? waiting.get(message.id) : undefined;
    if (one === undefined || typeof message.id !== 'number') return;
    waiting.delete(message.id);
    clearTimeout(one.timer);
    one.resolve(message);
    if (waiting.size === 0 && state.worker !== null) {
      state.idle = setTimeout(() => void end(), idleMs);
      state.idle.unref();
    }
  }

  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        if (waiting.size >= mostWaiting) {
          reject(new AppError('too_many_requests'));
          return;
        }
        if (state.idle !== null) clearTimeout(state.idle);
        const worker = open();
        const id = state.nextId;
        state.nextId += 1;
        waiting.set(id, { resolve, reject, timer: setTimeout(() => void end(), longestMs) });
        worker.postMessage({ ...request, id });
      }),
    close: end,
  };
}
