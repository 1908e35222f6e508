/** Finds the phrases editors write (words, @concepts and gaps) in a normalised text, by one walk through a word trie. */
import { fold, normalise } from '../understand/normalise.ts';
import type { Normalised, Token } from '../understand/text.ts';

/** A stretch of tokens, end exclusive, where a concept or phrase stands. */
export interface Hit {
  from: number;
  to: number;
  /** "không giữ hộ chiếu", "có cọc không?": written, but not said to be so */
  negated: boolean;
}

/** One phrase, ready to search: concepts in order, each after at most `gap` other words. */
export type Sequence = readonly { concept: string; gap: number }[];

/** All concepts as a trie over words; made by `createLexicon`, filled by `addPhrase`. */
export interface Lexicon {
  root: TrieNode;
  /** literal phrases stand for themselves: `"lương cao"` → concept `=lương cao` */
  names: Set<string>;
}

interface TrieNode {
  concepts: string[];
  /** folded word → (spelling with marks → next node) */
  next: Map<string, Map<string, TrieNode>>;
}

/** Where every concept of the lexicon stands in one text. */
export interface Hits {
  tokens: readonly Token[];
  of: ReadonlyMap<string, readonly Hit[]>;
  /** true without a place in the text: the country of an answer, a money amount above a limit */
  flags: ReadonlySet<string>;
}

export const NEGATION = 'negation';
export const NEGATION_FILLER = 'negation-filler';
/** "cung ứng" is no "ứng": what stands inside such words and is shorter than they are does not count. */
const DECOY = 'decoy';
const PLACE = 'place:';
const MAX_NEGATION_FILLERS = 3;
/** "có giữ hộ chiếu của em không?": from the verb to the question word. */
const WORDS_TO_THE_QUESTION = 4;
const NEEDS_MARKS = '!';
const WORDS_IN_A_GAP = 4;

export function createLexicon(): Lexicon {
  return { root: { concepts: [], next: new Map() }, names: new Set() };
}

/**
 * Adds one literal phrase to a concept. Spelled as an editor types it; abbreviations are read as in a message.
 * "!dì" matches only with its marks typed, because the bare "di" is another word.
 */
export function addPhrase(lexicon: Lexicon, concept: string, phrase: string): void {
  lexicon.names.add(concept);
  let node = lexicon.root;
  const needsMarks = phrase.startsWith(NEEDS_MARKS) ? NEEDS_MARKS : '';
  for (const token of normalise(phrase.slice(needsMarks.length)).tokens) {
    const spellings = node.next.get(token.folded) ?? new Map<string, TrieNode>();
    node.next.set(token.folded, spellings);
    const spelling = token.text === token.folded ? token.text : needsMarks + token.text;
    const child = spellings.get(spelling) ?? { concepts: [], next: new Map() };
    spellings.set(spelling, child);
    node = child;
  }
  if (node !== lexicon.root && !node.concepts.includes(concept)) node.concepts.push(concept);
}

/**
 * Reads "giữ .. @passport": words, `@concept`, `..` for up to four words inside one clause.
 * Runs of plain words become a concept of their own.
 *
 * @throws Error when the phrase is empty, starts or ends with `..`, or names an unknown concept
 */
export function compileSequence(
  lexicon: Lexicon,
  phrase: string,
  isKnown: (concept: string) => boolean,
): Sequence {
  const steps: { concept: string; gap: number }[] = [];
  let words: string[] = [];
  let gap = 0;
  const push = (concept: string) => {
    steps.push({ concept, gap });
    gap = 0;
  };
  const closeWords = () => {
    if (words.length === 0) return;
    const literal = words.join(' ');
    addPhrase(lexicon, `=${literal}`, literal);
    push(`=${literal}`);
    words = [];
  };
  for (const part of phrase.trim().split(/\s+/u)) {
    if (part === '..') {
      closeWords();
      gap = WORDS_IN_A_GAP;
    } else if (part.startsWith('@')) {
      closeWords();
      const concept = part.slice(1);
      if (!isKnown(concept)) throw new Error(`unknown concept @${concept}`);
      push(concept);
    } else words.push(part);
  }
  closeWords();
  if (steps.length === 0 || gap > 0 || (steps[0]?.gap ?? 0) > 0)
    throw new Error(`no words at one end of "${phrase}"`);
  return steps;
}

/**
 * Walks the text once and notes every concept. A word typed without marks matches every spelling of its fold;
 * in a text whose other words carry their marks it is itself ("lao" is not "lào").
 */
export function findConcepts(lexicon: Lexicon, text: Normalised): Map<string, Hit[]> {
  const found = new Map<string, Hit[]>();
  const tokens = text.tokens;
  const hasMarks = isWrittenWithMarks(text);
  for (let from = 0; from < tokens.length; from += 1) {
    let nodes: TrieNode[] = [lexicon.root];
    for (let at = from; at < tokens.length && nodes.length > 0; at += 1) {
      const token = tokens[at];
      if (token === undefined || (at > from && token.breakBefore)) break;
      nodes = nodes.flatMap((node) => nextNodes(node, token, hasMarks));
      for (const node of nodes) for (const concept of node.concepts) noteHit(found, concept, from, at + 1);
    }
  }
  dropDecoys(found);
  dropVietnameseNo(found, tokens);
  markNegated(found, tokens);
  return found;
}

/** Places have decoys of their own, with other words (`readOffer`). */
function dropDecoys(found: Map<string, Hit[]>): void {
  const decoys = found.get(DECOY);
  if (decoys === undefined) return;
  for (const [concept, hits] of found) {
    if (concept === DECOY || concept.startsWith(PLACE)) continue;
    const left = hits.filter((hit) => !decoys.some((decoy) => isInside(hit, decoy)));
    if (left.length === hits.length) continue;
    if (left.length === 0) found.delete(concept);
    else found.set(concept, left);
  }
}

const ENGLISH_WORDS = new Set(
  'the a an to you your need needed is are for and of with in on from we they my contract job work'.split(
    ' ',
  ),
);

/** "no giu ho chieu" is "nó giữ hộ chiếu": the English "no" negates only in an English text. */
function dropVietnameseNo(found: Map<string, Hit[]>, tokens: readonly Token[]): void {
  const negations = found.get(NEGATION);
  if (negations?.some((hit) => tokens[hit.from]?.text === 'no') !== true) return;
  const english = tokens.filter((token) => ENGLISH_WORDS.has(token.text)).length;
  if (english * 8 >= tokens.length) return;
  found.set(
    NEGATION,
    negations.filter((hit) => hit.to - hit.from > 1 || tokens[hit.from]?.text !== 'no'),
  );
}

function isInside(hit: Hit, whole: Hit): boolean {
  return hit.from >= whole.from && hit.to <= whole.to && hit.to - hit.from < whole.to - whole.from;
}

/** About three Vietnamese words in four carry marks; half is enough to tell. */
function isWrittenWithMarks(text: Normalised): boolean {
  let marked = 0;
  let words = 0;
  for (const token of text.tokens) {
    if (/\d/u.test(token.text)) continue;
    words += 1;
    if (fold(text.raw.slice(token.start, token.end)) !== text.raw.slice(token.start, token.end).toLowerCase())
      marked += 1;
  }
  return marked > 2 && marked * 2 >= words;
}

function nextNodes(node: TrieNode, token: Token, hasMarks: boolean): TrieNode[] {
  const spellings = node.next.get(token.folded);
  if (spellings === undefined) return [];
  const nodes: TrieNode[] = [];
  for (const [spelling, child] of spellings) {
    const isPlain = token.text === token.folded && !hasMarks;
    const matches = isPlain
      ? !spelling.startsWith(NEEDS_MARKS)
      : spelling === token.text || spelling === NEEDS_MARKS + token.text;
    if (matches) nodes.push(child);
  }
  return nodes;
}

function noteHit(found: Map<string, Hit[]>, concept: string, from: number, to: number): void {
  const hits = found.get(concept);
  if (hits === undefined) found.set(concept, [{ from, to, negated: false }]);
  else if (!hits.some((hit) => hit.from === from && hit.to === to)) hits.push({ from, to, negated: false });
}

function markNegated(found: Map<string, Hit[]>, tokens: readonly Token[]): void {
  const endsNegation = new Set((found.get(NEGATION) ?? []).map((hit) => hit.to));
  const startsNegation = new Set((found.get(NEGATION) ?? []).map((hit) => hit.from));
  const fillerEnds = new Map((found.get(NEGATION_FILLER) ?? []).map((hit) => [hit.to, hit.from] as const));
  for (const [concept, hits] of found) {
    if (concept === NEGATION || concept === NEGATION_FILLER) continue;
    for (const hit of hits) {
      if (startsNegation.has(hit.from)) continue;
      hit.negated = isNegatedAt(hit.from, tokens, endsNegation, fillerEnds) || isAsked(hit, tokens);
    }
  }
}

function isNegatedAt(
  from: number,
  tokens: readonly Token[],
  endsNegation: ReadonlySet<number>,
  fillerEnds: ReadonlyMap<number, number>,
): boolean {
  let at = from;
  for (let fillers = 0; fillers <= MAX_NEGATION_FILLERS; fillers += 1) {
    if (tokens[at]?.breakBefore === true) return false;
    if (endsNegation.has(at)) return true;
    const filler = fillerEnds.get(at);
    if (filler === undefined) return false;
    at = filler;
  }
  return false;
}

/** "có giữ hộ chiếu không?" asks; it does not say that they do. */
function isAsked(hit: Hit, tokens: readonly Token[]): boolean {
  if (tokens[hit.from - 1]?.folded !== 'co') return false;
  for (let at = hit.to; at <= hit.to + WORDS_TO_THE_QUESTION; at += 1) {
    const after = tokens[at];
    if (after === undefined || after.breakBefore) return false;
    if (fold(after.text) === 'khong')
      return tokens[at + 1] === undefined || tokens[at + 1]?.breakBefore === true;
  }
  return false;
}

/** Every place where the steps stand in order; negated steps do not count. */
export function findSequence(hits: Hits, sequence: Sequence): Hit[] {
  const [first, ...rest] = sequence;
  if (first === undefined) return [];
  const found: Hit[] = [];
  for (const hit of hits.of.get(first.concept) ?? []) {
    if (hit.negated) continue;
    const to = followSteps(hits, rest, 0, hit.to);
    if (to !== null) found.push({ from: hit.from, to, negated: false });
  }
  return found;
}

function followSteps(hits: Hits, steps: Sequence, index: number, at: number): number | null {
  const step = steps[index];
  if (step === undefined) return at;
  for (const hit of hits.of.get(step.concept) ?? []) {
    if (hit.from < at || hit.from > at + step.gap) continue;
    if (hasBreak(hits.tokens, at, hit.from)) continue;
    const to = followSteps(hits, steps, index + 1, hit.to);
    if (to !== null) return to;
  }
  return null;
}

function hasBreak(tokens: readonly Token[], from: number, to: number): boolean {
  for (let at = from; at <= to; at += 1) if (tokens[at]?.breakBefore === true) return true;
  return false;
}
