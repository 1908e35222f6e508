/** Finds the phrases of the safety lexicon in a text: a trie over words that honours the diacritics a person typed. */
import { fold, normalise } from '../understand/normalise.ts';
import type { Token } from '../understand/text.ts';

/** A word of the text with what the matcher needs to know about it. */
export interface ScanToken extends Token {
  /** index of the text it comes from */
  textIndex: number;
  /** spelling with hỏi and ngã taken as one, because half the country writes them alike */
  key: string;
  /** the person typed no diacritics in this word although it may need some */
  bare: boolean;
  /** a phrase may not run over from the word before */
  closed: boolean;
}

/** One phrase found: words `from`..`to`, end exclusive. */
export interface Hit {
  concept: string;
  from: number;
  to: number;
  /** words of the text that stand where the phrase says `..` */
  skipped?: readonly number[];
}

export interface Lexicon {
  readonly root: LexiconNode;
}

interface Edge {
  key: string;
  /** matches only when the person typed the diacritics */
  spelt: boolean;
  node: LexiconNode;
}

interface LexiconNode {
  next: Map<string, Edge[]>;
  numbers: LexiconNode[];
  gaps: LexiconNode[];
  /** what has been found when the walk arrives here */
  concepts: string[];
}

/** While building: where a part of a phrase leads from a node. Phrases that begin alike share their way. */
type Parts = Map<LexiconNode, Map<string, LexiconNode>>;

export interface Phrase {
  concept: string;
  text: string;
  spelt: boolean;
}

/** Words that may stand where a phrase says `..` */
const MAX_GAP_WORDS = 3;
/** A phrase with more `..` than this fits nearly any text. */
const MAX_GAPS = 5;
/** Each doubles the ways to read a phrase: with twelve, 100,000 letters took nine seconds. */
const MAX_OPTIONAL = 3;

/**
 * Builds the trie. In a phrase `a|b` means either word, `<name>` any entry of the set, `..` up to three other words,
 * `<n>` a number, `_` joins the words of one alternative.
 *
 * @throws Error naming the phrase when it names an unknown set, could match no word, or has more than five `..` or three `?`
 */
export function compileLexicon(
  phrases: readonly Phrase[],
  sets: Readonly<Record<string, readonly string[]>>,
): Lexicon {
  const root = emptyNode();
  const parts: Parts = new Map();
  const source: Source = { sets, cleaned: new Map() };
  for (const phrase of phrases) insert(root, phrase, source, parts);
  return { root };
}

/** The shortest finding of each concept at each place, in order of the first word. */
export function findPhrases(lexicon: Lexicon, tokens: readonly ScanToken[]): Hit[] {
  const hits: Hit[] = [];
  const { root } = lexicon;
  const isOpen = root.numbers.length + root.gaps.length > 0;
  for (let at = 0; at < tokens.length; at += 1) {
    // most words begin no phrase
    if (!isOpen && !root.next.has(tokens[at]?.folded ?? '')) continue;
    const fromHere: Hit[] = [];
    walk(root, tokens, at, { at, skipped: NONE, seen: new Map() }, fromHere);
    for (const hit of fromHere) {
      if (!fromHere.some((other) => other.concept === hit.concept && other.to < hit.to)) hits.push(hit);
    }
  }
  return hits;
}

/** hỏi and ngã as one, so that "giử" and "giữ" agree. */
export function spellingKey(text: string): string {
  return TILDE.test(text) ? text.normalize('NFD').replaceAll('\u0303', '\u0309').normalize('NFC') : text;
}

/** The letters with a ngã, composed as words of a text are. */
const TILDE = /[ãẵẫẽễĩõỗỡũữỹñ\u0303]/;

interface Way {
  /** the next word to be read */
  at: number;
  skipped: readonly number[];
  /** after a gap: which words were tried at which node, so that "a .. a .. a" stays cheap on a text of a's */
  seen: Map<LexiconNode, Set<number>>;
}

const NONE: readonly number[] = [];

function walk(node: LexiconNode, tokens: readonly ScanToken[], from: number, way: Way, hits: Hit[]): void {
  const { at, skipped, seen } = way;
  for (const concept of node.concepts) {
    if (!hits.some((hit) => hit.concept === concept && hit.to === at))
      hits.push(skipped === NONE ? { concept, from, to: at } : { concept, from, to: at, skipped });
  }
  const token = tokens[at];
  if (token === undefined || (at > from && token.closed)) return;
  const onward = { at: at + 1, skipped, seen };
  for (const edge of node.next.get(token.folded) ?? []) {
    if (fits(edge, token)) walk(edge.node, tokens, from, onward, hits);
  }
  if (node.numbers.length > 0 && /^\d/.test(token.text))
    for (const next of node.numbers) walk(next, tokens, from, onward, hits);
  for (const next of node.gaps) {
    const isOpen = next.concepts.length + next.numbers.length + next.gaps.length > 0;
    for (let skip = 0; skip <= MAX_GAP_WORDS; skip += 1) {
      if (skip > 1 && tokens[at + skip - 1]?.closed !== false) break;
      // nearly always the phrase does not go on with this word
      if (!isOpen && !next.next.has(tokens[at + skip]?.folded ?? '')) continue;
      const tried = seen.get(next) ?? new Set();
      seen.set(next, tried);
      if (tried.has(at + skip)) continue;
      tried.add(at + skip);
      const passed = skip === 0 ? skipped : [...skipped, ...placesFrom(at, skip)];
      walk(next, tokens, from, { at: at + skip, skipped: passed, seen }, hits);
    }
  }
}

function placesFrom(at: number, count: number): number[] {
  return Array.from({ length: count }, (_, step) => at + step);
}

function fits(edge: Edge, token: ScanToken): boolean {
  if (token.key === edge.key) return true;
  return token.bare && !edge.spelt && edge.key !== token.folded;
}

/** What phrases name, and what was cleaned already: the same words stand in many of them. */
interface Source {
  sets: Readonly<Record<string, readonly string[]>>;
  cleaned: Map<string, readonly string[]>;
}

/** The readings of one alternative meet again in one node. */
function insert(root: LexiconNode, phrase: Phrase, source: Source, built: Parts): void {
  const parts = phrase.text.trim().split(/\s+/);
  if (parts.filter((part) => part === '..').length > MAX_GAPS)
    throw new Error(`phrase "${phrase.text}" has more than ${MAX_GAPS} times "..": split it in two`);
  if (parts.filter((part) => part.endsWith('?')).length > MAX_OPTIONAL)
    throw new Error(`phrase "${phrase.text}" has more than ${MAX_OPTIONAL} words with "?": write it as two`);
  let ends: LexiconNode[] = [root];
  for (const part of parts) {
    const [only] = ends;
    const key = `${part} ${phrase.spelt ? 'spelt' : ''}`;
    const shared = ends.length === 1 && only !== undefined ? partsOf(built, only) : null;
    const known = shared?.get(key);
    const isOptional = part.endsWith('?');
    const meeting = known ?? emptyNode();
    if (known === undefined) {
      connect(ends, isOptional ? part.slice(0, -1) : part, meeting, phrase, source);
      shared?.set(key, meeting);
    }
    ends = isOptional ? [...ends, meeting] : [meeting];
  }
  if (ends.includes(root)) throw new Error(`phrase "${phrase.text}" has a reading without words`);
  for (const end of ends) if (!end.concepts.includes(phrase.concept)) end.concepts.push(phrase.concept);
}

function connect(
  ends: readonly LexiconNode[],
  part: string,
  meeting: LexiconNode,
  phrase: Phrase,
  source: Source,
): void {
  if (part === '..') {
    for (const end of ends) end.gaps.push(meeting);
    return;
  }
  const alternatives = part.split('|');
  if (alternatives.includes('<n>')) for (const end of ends) end.numbers.push(meeting);
  const choices = choicesOf(
    alternatives.filter((choice) => choice !== '<n>'),
    source,
    phrase.text,
  );
  for (const end of ends) for (const words of choices) addPath(end, words, meeting, phrase.spelt);
}

function addPath(from: LexiconNode, words: readonly string[], to: LexiconNode, spelt: boolean): void {
  let node = from;
  words.forEach((word, at) => {
    const next = at === words.length - 1 ? to : emptyNode();
    const folded = fold(word);
    const edges = node.next.get(folded) ?? [];
    edges.push({ key: spellingKey(word), spelt, node: next });
    node.next.set(folded, edges);
    node = next;
  });
}

function emptyNode(): LexiconNode {
  return { next: new Map(), numbers: [], gaps: [], concepts: [] };
}

function partsOf(built: Parts, node: LexiconNode): Map<string, LexiconNode> {
  const parts = built.get(node) ?? new Map<string, LexiconNode>();
  built.set(node, parts);
  return parts;
}

function choicesOf(
  alternatives: readonly string[],
  { sets, cleaned }: Source,
  phrase: string,
): (readonly string[])[] {
  const clean = (text: string): readonly string[] => {
    const words = cleaned.get(text) ?? wordsOf(text);
    cleaned.set(text, words);
    return words;
  };
  return alternatives.flatMap((choice) => {
    const name = /^<([a-z-]+)>$/.exec(choice)?.[1];
    if (name === undefined) return [clean(choice.replaceAll('_', ' '))];
    const entries = Object.hasOwn(sets, name) ? sets[name] : undefined;
    if (entries === undefined) throw new Error(`phrase "${phrase}" names the unknown set <${name}>`);
    return entries.map(clean);
  });
}

/** Cleans a phrase the way texts are cleaned, so that spelling habits agree; abbreviations of the lexicon stay as written. */
function wordsOf(text: string): string[] {
  return text.split(' ').flatMap((word) => {
    const cleaned = normalise(`. ${word}`).tokens;
    return cleaned.length === 1 ? cleaned.map((token) => token.text) : [word.normalize('NFC').toLowerCase()];
  });
}
