/** Lets a loop sleep until someone wakes it or a poll is due. */

export interface Signal {
  /** wakes one waiting loop; when none waits, the next wait returns at once */
  wake: () => void;
  /** resolves when woken or after `timeoutMs` */
  wait: (timeoutMs: number) => Promise<void>;
  /** wakes all, for good */
  close: () => void;
}

export function createSignal(): Signal {
  const waiting: (() => void)[] = [];
  const state = { pending: false, closed: false };
  return {
    wake: () => {
      const first = waiting.shift();
      if (first === undefined) state.pending = true;
      else first();
    },
    wait: (timeoutMs) => {
      if (state.closed || state.pending) {
        state.pending = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          const index = waiting.indexOf(finish);
          if (index >= 0) waiting.splice(index, 1);
          resolve();
        };
        const timer = setTimeout(finish, timeoutMs);
        waiting.push(finish);
      });
    },
    close: () => {
      state.closed = true;
      for (const finish of [...waiting]) finish();
    },
  };
}
