/** What a linear model sees of a text: words, word pairs and letter groups without diacritics, as numbers. */
import type { Normalised, Token } from './text.ts';

/** The two views; each is scaled to length one, so that many letter groups do not drown few words. */
const WORDS = 0;
const LETTERS = 1;

export interface TextFeatures {
  /** one 32-bit number per feature and view, each once */
  views: readonly [words: Int32Array, letters: Int32Array];
}

export interface FeatureOptions {
  /** names of ideas found in the text by other means; they count as words */
  extra?: readonly string[];
}

/** Longer texts are stories: their beginning is what the model reads, so that any message costs about the same. */
export const MAX_TOKENS = 120;
const MAX_LETTERS = 600;
const SHORTEST_GROUP = 2;
const LONGEST_GROUP = 5;

/** A feature with its place: `from`/`to` are offsets into the folded words joined by spaces, end exclusive. */
export type Visit = (view: 0 | 1, hash: number, from: number, to: number) => void;

/** The features of a text, each once. */
export function featuresOf(text: Normalised, options: FeatureOptions = {}): TextFeatures {
  const words = createSet(16 + text.tokens.length * 4);
  const letters = createSet(16 + Math.min(MAX_LETTERS, text.folded.length + 2) * 4);
  visitFeatures(text.tokens, (view, hash) => (view === WORDS ? words : letters).add(hash));
  for (const name of options.extra ?? []) words.add(hashOf(`@${name}`));
  return { views: [words.values(), letters.values()] };
}

/**
 * Calls `visit` for every feature, repeated ones too: single words, pairs, pairs with a word between, the first and the last
 * word, and groups of two to five letters that run over word borders.
 */
export function visitFeatures(tokens: readonly Token[], visit: Visit): void {
  const read = tokens.length > MAX_TOKENS ? tokens.slice(0, MAX_TOKENS) : tokens;
  visitWords(read, visit);
  visitLetters(read, visit);
}

/** The folded words as `visitFeatures` joins them, and where each begins. */
export function joinWords(tokens: readonly Token[]): { joined: string; starts: readonly number[] } {
  const starts: number[] = [];
  let joined = '';
  for (const token of tokens.slice(0, MAX_TOKENS)) {
    if (joined !== '') joined += ' ';
    starts.push(joined.length);
    joined += shown(token);
  }
  return { joined, starts };
}

const PRIME = 0x01000193;
const SEED = 0x811c9dc5 | 0;

/** FNV-1a; two features of one model meet on the same number about once in eighty thousand. */
function hashOf(text: string): number {
  let hash = SEED;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return hash;
}

function joinHashes(first: number, second: number, kind: number): number {
  const mixed = Math.imul(first ^ Math.imul(second, 0x9e3779b1) ^ kind, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

const PAIR = 1;
const SKIP = 2;
const FIRST = 3;
const LAST = 4;

/** A number is a number, whichever it is. */
function shown(token: Token): string {
  const first = token.folded.charCodeAt(0);
  return first >= 48 && first <= 57 ? '#' : token.folded;
}

function visitWords(tokens: readonly Token[], visit: Visit): void {
  let from = 0;
  let before: { hash: number; from: number } | null = null;
  let twoBack: { hash: number; from: number } | null = null;
  for (const token of tokens) {
    const text = shown(token);
    const hash = hashOf(text);
    const to = from + text.length;
    visit(WORDS, hash, from, to);
    if (before === null) visit(WORDS, joinHashes(hash, 0, FIRST), from, to);
    else visit(WORDS, joinHashes(before.hash, hash, PAIR), before.from, to);
    if (twoBack !== null) visit(WORDS, joinHashes(twoBack.hash, hash, SKIP), twoBack.from, to);
    twoBack = before;
    before = { hash, from };
    from = to + 1;
  }
  if (before !== null) visit(WORDS, joinHashes(before.hash, 0, LAST), before.from, from - 1);
}

function visitLetters(tokens: readonly Token[], visit: Visit): void {
  const { joined } = joinWords(tokens);
  const text = ` ${joined.slice(0, MAX_LETTERS)} `;
  for (let start = 0; start < text.length - 1; start += 1) {
    let hash = SEED;
    const end = Math.min(text.length, start + LONGEST_GROUP);
    for (let at = start; at < end; at += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
      const length = at - start + 1;
      // minus one: the joined words have no space in front
      if (length >= SHORTEST_GROUP) visit(LETTERS, hash, start - 1, at);
    }
  }
}

interface HashSet {
  add: (hash: number) => void;
  values: () => Int32Array;
}

/** Numbers in the order they came, each once; a plain `Set` is four times slower here. */
function createSet(expected: number): HashSet {
  let size = 32;
  while (size < expected * 2) size *= 2;
  const places = new Int32Array(size);
  const kept = new Int32Array(size / 2 + 1);
  const mask = size - 1;
  let count = 0;
  return {
    add: (hash) => {
      let at = (hash ^ (hash >>> 15)) & mask;
      for (let place = places[at] ?? 0; place !== 0; place = places[at] ?? 0) {
        if (kept[place - 1] === hash) return;
        at = (at + 1) & mask;
      }
      // full: what comes later is left out rather than slow
      if (count >= size / 2) return;
      kept[count] = hash;
      count += 1;
      places[at] = count;
    },
    values: () => kept.slice(0, count),
  };
}
