/** Parts of the content as one object that always shows the release of now, and things made of it once per release. */

/**
 * For dated rules that many parts keep a reference to: each look at a property reads it from what is current then. Not for the
 * engine's assets, which one turn reads thousands of times.
 */
export function liveView<T extends object>(current: () => T): T {
  return new Proxy(current(), {
    get: (_first, key): unknown => Reflect.get(current(), key),
    has: (_first, key) => Reflect.has(current(), key),
  });
}

/** Makes it anew only when the input is another object. */
export function memoLast<Input extends object, Output>(
  make: (input: Input) => Output,
): (input: Input) => Output {
  let last: { input: Input; output: Output } | null = null;
  return (input) => {
    if (last?.input !== input) last = { input, output: make(input) };
    return last.output;
  };
}
