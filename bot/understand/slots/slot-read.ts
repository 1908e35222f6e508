/** What every reader of a typed answer gives back, and how long an answer may be. */

/** An answer that cannot be read for sure is an expected outcome: the flow asks again. */
export type SlotRead<T> = { kind: 'read'; value: T } | { kind: 'not_read' };

export const NOT_READ = { kind: 'not_read' } as const;

/** The longest message a channel lets through is shorter; a longer text is no answer to a short question. */
export const MAX_ANSWER_UTF16 = 8000;

export function read<T>(value: T): SlotRead<T> {
  return { kind: 'read', value };
}

/** The value when all candidates agree; none, or two different ones, cannot be read. */
export function onlyOne<T>(values: readonly T[]): SlotRead<T> {
  const [first, ...rest] = new Set(values);
  return first === undefined || rest.length > 0 ? NOT_READ : read(first);
}
