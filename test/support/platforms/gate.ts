/** Holds calls back until a test lets them through: latency without waiting. */

export interface Gate {
  shut: () => void;
  open: () => void;
  /** forgets the calls that wait: the platform never acts on them, their connections break */
  drop: () => void;
  /** resolves at once while open */
  pass: () => Promise<void>;
  /** resolves when that many calls stand before the shut gate */
  waitForHeld: (count: number) => Promise<void>;
}

export function createGate(): Gate {
  let held: { release: () => void; drop: (reason: Error) => void }[] = [];
  let isShut = false;
  let watchers: { count: number; resolve: () => void }[] = [];
  const tell = (): void => {
    for (const { count, resolve } of watchers) if (held.length >= count) resolve();
    watchers = watchers.filter(({ count }) => held.length < count);
  };
  return {
    shut: () => {
      isShut = true;
    },
    open: () => {
      isShut = false;
      const released = held;
      held = [];
      for (const { release } of released) release();
    },
    drop: () => {
      for (const { drop } of held.splice(0)) drop(new Error('dropped'));
    },
    pass: () => {
      if (!isShut) return Promise.resolve();
      return new Promise((resolve, reject) => {
        held.push({ release: resolve, drop: reject });
        tell();
      });
    },
    waitForHeld: (count) =>
      new Promise((resolve) => {
        watchers.push({ count, resolve });
        tell();
      }),
  };
}
