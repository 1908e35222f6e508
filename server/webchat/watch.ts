/** Waits until something changes in one conversation, by live events; no polling loops. */
import type { LiveHub } from '../ports.ts';

export interface Watch {
  /** @returns true when something changed since the last call (or now), false after `limitMs` or when aborted */
  next: (limitMs: number) => Promise<boolean>;
  stop: () => void;
}

/** Follows one conversation from now on. Subscribe first, then read: what happens in between is not missed. */
export async function watchConversation(
  live: Pick<LiveHub, 'subscribe'>,
  conversationId: string,
  signal: AbortSignal,
): Promise<Watch> {
  let changed = false;
  let wake: (() => void) | null = null;
  const ring = (): void => {
    changed = true;
    wake?.();
  };
  const unsubscribe = await live.subscribe(null, (heard) => {
    if (heard.type === 'reset' || heard.event.conversationId === conversationId) ring();
  });

  const next = async (limitMs: number): Promise<boolean> => {
    if (!changed && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limitMs);
        const finish = (): void => {
          clearTimeout(timer);
          resolve();
        };
        wake = finish;
        signal.addEventListener('abort', finish, { once: true });
      });
      wake = null;
    }
    const happened = changed && !signal.aborted;
    changed = false;
    return happened;
  };
  return { next, stop: unsubscribe };
}

/** Looks now and after every change until `look` gives something other than null. @returns null after `limitMs` or when aborted */
export async function waitFor<T>(
  watch: Watch,
  look: () => Promise<T | null>,
  limitMs: number,
  now: () => number,
): Promise<T | null> {
  const deadline = now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    const left = deadline - now();
    if (left <= 0 || !(await watch.next(left))) return null;
  }
}
