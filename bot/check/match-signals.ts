/** Decides whether a compiled pattern of a warning sign holds in a text, and where. */
import { findSequence } from './lexicon.ts';
import type { Hit, Hits, Sequence } from './lexicon.ts';
import type { CompiledPattern } from './signals.ts';

/** A pattern part that holds by an answer, without words in the text, has no place: `from === to === -1`. */
const NOWHERE: Hit = { from: -1, to: -1, negated: false };

/** The words that prove the pattern, or null. `from === to` when only answers prove it. */
export function findEvidence(hits: Hits, pattern: CompiledPattern): { from: number; to: number } | null {
  const parts: Hit[][] = [];
  for (const alternatives of pattern.all) {
    const found = alternatives.flatMap((sequence) => findOrFlag(hits, sequence));
    if (found.length === 0) return null;
    parts.push(found);
  }
  if (!holdsAll(hits, pattern.with, pattern.unless)) return null;
  return closest(parts, pattern.within);
}

/** Every condition holds somewhere, and no exception does. */
export function holdsAll(
  hits: Hits,
  conditions: readonly (readonly Sequence[])[],
  exceptions: readonly Sequence[],
): boolean {
  return (
    conditions.every((alternatives) =>
      alternatives.some((sequence) => findOrFlag(hits, sequence).length > 0),
    ) && !exceptions.some((sequence) => findOrFlag(hits, sequence).length > 0)
  );
}

function findOrFlag(hits: Hits, sequence: Sequence): Hit[] {
  const found = findSequence(hits, sequence);
  const [only] = sequence;
  if (found.length === 0 && sequence.length === 1 && only !== undefined && hits.flags.has(only.concept))
    return [NOWHERE];
  return found;
}

/** The first choice of one hit per part that fits the window; parts may not share all their words. */
function closest(parts: readonly (readonly Hit[])[], within: number): { from: number; to: number } | null {
  const [first = [], ...rest] = parts;
  for (const hit of first) {
    const range = extend(hit, [hit], rest, within);
    if (range !== null) return range;
  }
  return null;
}

function extend(
  range: { from: number; to: number },
  used: readonly Hit[],
  parts: readonly (readonly Hit[])[],
  within: number,
): { from: number; to: number } | null {
  const [next, ...rest] = parts;
  if (next === undefined) return range;
  for (const hit of next) {
    if (used.some((other) => other.from <= hit.from && other.to >= hit.to && hit.from >= 0)) continue;
    const wider = join(range, hit);
    if (wider.to - wider.from > within) continue;
    const found = extend(wider, [...used, hit], rest, within);
    if (found !== null) return found;
  }
  return null;
}

function join(
  a: { from: number; to: number },
  b: { from: number; to: number },
): { from: number; to: number } {
  if (a.from < 0) return { from: b.from, to: b.to };
  if (b.from < 0) return { from: a.from, to: a.to };
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}
