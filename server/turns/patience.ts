/** Waiting behind a message that another instance has: it is nearly always sent already and being recorded, so look again soon. */

/** pauses before each further look; after the last one the message is left to the sweep */
const PAUSES_MS = [10, 20, 40, 80] as const;

/** Calls `fire` once after `ms`. */
export type StartTimer = (ms: number, fire: () => void) => void;

export interface Patience {
  /** Looks at a conversation again soon. @returns false when that was done often enough */
  wait: (conversationId: string) => boolean;
  /** nothing is in front of it any more */
  forget: (conversationId: string) => void;
}

export function createPatience(
  lookAgain: (conversationId: string) => void,
  startTimer: StartTimer = (ms, fire) => void setTimeout(fire, ms),
): Patience {
  const looks = new Map<string, number>();
  return {
    wait: (conversationId) => {
      const times = looks.get(conversationId) ?? 0;
      const pauseMs = PAUSES_MS[times];
      if (pauseMs === undefined) {
        looks.delete(conversationId);
        return false;
      }
      looks.set(conversationId, times + 1);
      startTimer(pauseMs, () => lookAgain(conversationId));
      return true;
    },
    forget: (conversationId) => void looks.delete(conversationId),
  };
}
