/** Keeps the queue still under the pointer: new people are counted, not inserted; who was taken stays in place, marked. */

export interface Held<T> {
  rows: readonly { item: T; gone: boolean }[];
  /** how many wait that are not shown yet */
  fresh: number;
}

/**
 * @param shown what is on the screen now, in its order
 * @param incoming what the server says, in its order
 * @param hold true while someone points at the list or is in it with the keyboard
 */
export function holdOrder<T extends { conversationId: string }>(
  shown: readonly T[],
  incoming: readonly T[],
  hold: boolean,
): Held<T> {
  if (!hold || shown.length === 0) return { rows: incoming.map((item) => ({ item, gone: false })), fresh: 0 };
  const now = new Map(incoming.map((item) => [item.conversationId, item]));
  const rows = shown.map((item) => {
    const current = now.get(item.conversationId);
    return { item: current ?? item, gone: current === undefined };
  });
  const known = new Set(shown.map((item) => item.conversationId));
  return { rows, fresh: incoming.filter((item) => !known.has(item.conversationId)).length };
}
