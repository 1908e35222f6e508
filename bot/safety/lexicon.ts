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
  number: LexiconNode | null;
  gap: LexiconNode | null;
  concepts: string[];
}

export interface Phrase {
  concept: string;
  text: string;
  spelt: boolean;
}

/** Words that may stand where a phrase says `..` */
const MAX_GAP_WORDS = 3;
const MAX_EXPANSIONS = 600;

/**
 * Builds the trie. In a phrase `a|b` means either word, `<name>` any entry of the set, `..` up to three other words,
 * `#` a number, `_` joins the words of one alternative.
 *
 * @throws Error naming the phrase when a set is unknown or the phrase stands for too many others
 */
export function compileLexicon(
  phrases: readonly Phrase[],
  sets: Readonly<Record<string, readonly string[]>>,
): Lexicon {
  const root = emptyNode();
  for (const phrase of phrases) {
    for (const sequence of expandPhrase(phrase.text, sets)) insert(root, sequence, phrase);
  }
  return { root };
}

/** All phrases found, also overlapping ones, in order of their first word. */
export function findPhrases(lexicon: Lexicon, tokens: readonly ScanToken[]): Hit[] {
  const hits: Hit[] = [];
  for (let at = 0; at < tokens.length; at += 1) walk(lexicon.root, tokens, at, at, hits);
  return hits;
}

/** hỏi and ngã as one, so that "giử" and "giữ" agree. */
export function spellingKey(text: string): string {
  return /^[ -~]*$/.test(text) ? text : text.normalize('NFD').replaceAll('\u0303', '\u0309').normalize('NFC');
}

function walk(node: LexiconNode, tokens: readonly ScanToken[], from: number, at: number, hits: Hit[]): void {
  for (const concept of node.concepts) hits.push({ concept, from, to: at });
  const token = tokens[at];
  if (token === undefined || (at > from && token.closed)) return;
  for (const edge of node.next.get(token.folded) ?? []) {
    if (fits(edge, token)) walk(edge.node, tokens, from, at + 1, hits);
  }
  if (node.number !== null && /^\d/.test(token.text)) walk(node.number, tokens, from, at + 1, hits);
  if (node.gap === null) return;
  for (let skip = 0; skip <= MAX_GAP_WORDS; skip += 1) {
    if (skip > 0 && tokens[at + skip - 1]?.closed !== false && at + skip - 1 > from) break;
    walk(node.gap, tokens, from, at + skip, hits);
  }
}

function fits(edge: Edge, token: ScanToken): boolean {
  if (token.key === edge.key) return true;
  return token.bare && !edge.spelt && edge.key !== token.folded;
}

function insert(root: LexiconNode, sequence: readonly string[], phrase: Phrase): void {
  let node = root;
  for (const word of sequence) {
    if (word === '..') node = node.gap ??= emptyNode();
    else if (word === '#') node = node.number ??= emptyNode();
    else node = childOf(node, word, phrase.spelt);
  }
  if (!node.concepts.includes(phrase.concept)) node.concepts.push(phrase.concept);
}

function childOf(node: LexiconNode, word: string, spelt: boolean): LexiconNode {
  const folded = fold(word);
  const key = spellingKey(word);
  const edges = node.next.get(folded) ?? [];
  node.next.set(folded, edges);
  const known = edges.find((edge) => edge.key === key && edge.spelt === spelt);
  if (known !== undefined) return known.node;
  const created = { key, spelt, node: emptyNode() };
  edges.push(created);
  return created.node;
}

function emptyNode(): LexiconNode {
  return { next: new Map(), number: null, gap: null, concepts: [] };
}

function expandPhrase(text: string, sets: Readonly<Record<string, readonly string[]>>): string[][] {
  let sequences: string[][] = [[]];
  for (const part of text.trim().split(/\s+/)) {
    const choices = choicesOf(part, sets, text);
    sequences = sequences.flatMap((sequence) => choices.map((choice) => [...sequence, ...choice]));
    if (sequences.length > MAX_EXPANSIONS)
      throw new Error(`phrase "${text}" stands for more than ${MAX_EXPANSIONS} phrases`);
  }
  if (sequences.some((sequence) => sequence.length === 0))
    throw new Error(`phrase "${text}" has a reading without words`);
  return sequences;
}

function choicesOf(
  part: string,
  sets: Readonly<Record<string, readonly string[]>>,
  phrase: string,
): string[][] {
  if (part === '..' || part === '#') return [[part]];
  const optional = part.endsWith('?');
  const body = optional ? part.slice(0, -1) : part;
  const choices = body.split('|').flatMap((choice) => {
    const name = /^<([a-z-]+)>$/.exec(choice)?.[1];
    if (name === undefined) return [wordsOf(choice.replaceAll('_', ' '))];
    const entries = Object.hasOwn(sets, name) ? sets[name] : undefined;
    if (entries === undefined) throw new Error(`phrase "${phrase}" names the unknown set <${name}>`);
    return entries.map(wordsOf);
  });
  return optional ? [[], ...choices] : choices;
}

/** Cleans a phrase the way texts are cleaned, so that spelling habits agree; abbreviations of the lexicon stay as written. */
function wordsOf(text: string): string[] {
  return text.split(' ').flatMap((word) => {
    const cleaned = normalise(`. ${word}`).tokens;
    return cleaned.length === 1 ? cleaned.map((token) => token.text) : [word.normalize('NFC').toLowerCase()];
  });
}
