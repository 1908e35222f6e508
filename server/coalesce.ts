/** Many requests for the same work become few: one runs, at most one more waits. */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @param restMs pause after each run, in which requests gather
 * @returns a function that runs `work` now, or once more after the run in progress
 */
export function coalesce(
  work: () => Promise<void>,
  onError: (error: unknown) => void,
  restMs = 0,
): () => void {
  const state = { isRunning: false, isWanted: false };
  const run = async (): Promise<void> => {
    state.isRunning = true;
    while (state.isWanted) {
      state.isWanted = false;
      try {
        await work();
      } catch (error) {
        onError(error);
      }
      if (restMs > 0) await sleep(restMs, undefined, { ref: false });
    }
    state.isRunning = false;
  };
  return () => {
    state.isWanted = true;
    if (!state.isRunning) void run();
  };
}
