/** Finds the few names of the register worth comparing with what a person wrote, without looking at every name. */
import type { AgencyName } from './agencies.ts';
import type { NameParts } from './agency-names.ts';

/** Made once from all names; numbers are places in `names`. */
export interface AgencyIndex {
  names: readonly AgencyName[];
  /** two letters of the distinctive words → names, each as often as it holds them */
  byLetters: ReadonlyMap<string, readonly number[]>;
  /** distinctive word → names */
  byWord: ReadonlyMap<string, readonly number[]>;
  /** any word → names that have no distinctive one */
  byGenericWord: ReadonlyMap<string, readonly number[]>;
  /** rarity of the distinctive words of each name, added up */
  coreWeight: Float32Array;
}

/** Rates of all lists of queries in test/ are those of 40; only second and third names that are merely alike differ. */
const MAX_CANDIDATES = 16;
/** Share of letters or words in common below which two names never come out alike (`similarity` ≥ 0.5). */
const MIN_SHARED = 0.25;

export function indexNames(names: readonly AgencyName[], weightOf: ReadonlyMap<string, number>): AgencyIndex {
  const byLetters = new Map<string, number[]>();
  const byWord = new Map<string, number[]>();
  const byGenericWord = new Map<string, number[]>();
  const coreWeight = new Float32Array(names.length);
  names.forEach(({ parts }, at) => {
    for (const pair of letterPairs(parts.coreJoined)) note(byLetters, pair, at);
    for (const word of new Set(parts.core)) note(byWord, word, at);
    if (parts.core.length === 0) for (const word of new Set(parts.words)) note(byGenericWord, word, at);
    coreWeight[at] = parts.core.reduce((sum, word) => sum + (weightOf.get(word) ?? 0), 0);
  });
  return { names, byLetters, byWord, byGenericWord, coreWeight };
}

/**
 * Names that may be like `parts`, closest first by a rough measure, at most 16. Linear in the names that share two
 * letters with it, not in the register.
 */
export function findCandidates(
  index: AgencyIndex,
  parts: NameParts,
  weightOf: ReadonlyMap<string, number>,
): readonly AgencyName[] {
  const scores =
    parts.core.length === 0 ? genericScores(index, parts) : distinctiveScores(index, parts, weightOf);
  const close: { at: number; score: number }[] = [];
  for (let at = 0; at < scores.length; at += 1) {
    const score = scores[at] ?? 0;
    if (score >= MIN_SHARED) close.push({ at, score });
  }
  close.sort((a, b) => b.score - a.score || a.at - b.at);
  return close.slice(0, MAX_CANDIDATES).flatMap(({ at }) => index.names[at] ?? []);
}

function genericScores(index: AgencyIndex, parts: NameParts): Float32Array {
  const scores = new Float32Array(index.names.length);
  for (const word of new Set(parts.words)) {
    for (const at of index.byGenericWord.get(word) ?? []) scores[at] = (scores[at] ?? 0) + 1;
  }
  return scores.map((shared, at) =>
    shared === 0 ? 0 : (2 * shared) / (parts.words.length + (index.names[at]?.parts.words.length ?? 0)),
  );
}

function distinctiveScores(
  index: AgencyIndex,
  parts: NameParts,
  weightOf: ReadonlyMap<string, number>,
): Float32Array {
  const letters = new Float32Array(index.names.length);
  const words = new Float32Array(index.names.length);
  const pairs = letterPairs(parts.coreJoined);
  for (const pair of new Set(pairs)) {
    for (const at of index.byLetters.get(pair) ?? []) letters[at] = (letters[at] ?? 0) + 1;
  }
  let own = 0;
  for (const word of new Set(parts.core)) {
    const weight = weightOf.get(word) ?? 0;
    own += weight;
    for (const at of index.byWord.get(word) ?? []) words[at] = (words[at] ?? 0) + weight;
  }
  return letters.map((shared, at) => {
    const common = words[at] ?? 0;
    if (shared === 0 && common === 0) return 0;
    const length = index.names[at]?.parts.coreJoined.length ?? 0;
    const byLetters = pairs.length === 0 ? 0 : (2 * shared) / Math.max(1, pairs.length + length - 1);
    const byWords = common === 0 ? 0 : (2 * common) / (own + (index.coreWeight[at] ?? 0));
    return Math.max(byLetters, byWords);
  });
}

/** "labcoop" → la ab bc co oo op. */
function letterPairs(text: string): readonly string[] {
  return Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2));
}

function note(map: Map<string, number[]>, key: string, at: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [at]);
  else list.push(at);
}
