/** How alike two company names look: rare words first, typing slips forgiven, short codes never. */
import type { NameParts } from './agency-names.ts';

/** Codes of two or three letters differ by one letter from half the register: they count only when equal. */
const MIN_FUZZY_LENGTH = 4;
const CORE_SHARE = 0.8;

/** 0 (nothing in common) to 1 (the same words). Symmetric. */
export function similarity(a: NameParts, b: NameParts, weightOf: ReadonlyMap<string, number>): number {
  if (a.core.length === 0 || b.core.length === 0) {
    if (a.core.length !== b.core.length) return 0;
    return wordOverlap(a.words, b.words, weightOf) * orderedPairs(a.words, b.words);
  }
  const core = Math.max(wordOverlap(a.core, b.core, weightOf), letterOverlap(a.coreJoined, b.coreJoined));
  if (core < 0.4) return 0;
  return CORE_SHARE * core + (1 - CORE_SHARE) * wordOverlap(a.words, b.words, weightOf);
}

function wordOverlap(
  a: readonly string[],
  b: readonly string[],
  weightOf: ReadonlyMap<string, number>,
): number {
  const left = [...b];
  let common = 0;
  let total = 0;
  for (const word of a) {
    const weight = weightOf.get(word) ?? DEFAULT_WEIGHT;
    total += weight;
    const at = left.findIndex((other) => other === word || isSlip(word, other));
    if (at < 0) continue;
    const found = left[at];
    common += (found === word ? 1 : 0.85) * (weight + (weightOf.get(found ?? '') ?? DEFAULT_WEIGHT));
    left.splice(at, 1);
  }
  for (const word of b) total += weightOf.get(word) ?? DEFAULT_WEIGHT;
  return total === 0 ? 0 : common / total;
}

/** Weight of a word the register does not know: as rare as they come. */
const DEFAULT_WEIGHT = 5;

/** Share of neighbouring word pairs in common; names made of generic words only differ by their order. */
function orderedPairs(a: readonly string[], b: readonly string[]): number {
  if (a.length < 2 || b.length < 2) return a.join(' ') === b.join(' ') ? 1 : 0.5;
  const pairs = new Set(b.slice(1).map((word, index) => `${b[index] ?? ''} ${word}`));
  const common = a.slice(1).filter((word, index) => pairs.has(`${a[index] ?? ''} ${word}`)).length;
  return 0.5 + common / (a.length + b.length - 2);
}

/** Dice coefficient over pairs of letters; 0 for short codes. */
function letterOverlap(a: string, b: string): number {
  if (a.length < MIN_FUZZY_LENGTH || b.length < MIN_FUZZY_LENGTH) return a === b ? 1 : 0;
  if (isSlip(a, b)) return 0.9;
  const pairs = new Map<string, number>();
  for (let at = 0; at < a.length - 1; at++) {
    const pair = a.slice(at, at + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  let common = 0;
  for (let at = 0; at < b.length - 1; at++) {
    const left = pairs.get(b.slice(at, at + 2)) ?? 0;
    if (left === 0) continue;
    common += 1;
    pairs.set(b.slice(at, at + 2), left - 1);
  }
  return (2 * common) / (a.length + b.length - 2);
}

/** One letter added, dropped, changed, or two neighbours swapped; never in a short code. */
function isSlip(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < MIN_FUZZY_LENGTH || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let endA = a.length;
  let endB = b.length;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
  }
  if (endA - start <= 1 && endB - start <= 1) return true;
  return endA - start === 2 && endB - start === 2 && a[start] === b[start + 1] && a[start + 1] === b[start];
}
