/** Reads numbers spelled out in Vietnamese or English: "hai mươi lăm", "muoi sau", "một trăm linh năm", "twenty-five". */
import { fold } from '../normalise.ts';
import type { Normalised, Token } from '../text.ts';

/** A spelled number; tokens `from` to `to`, end exclusive. */
export interface SpelledNumber {
  from: number;
  to: number;
  /** null: "hai ba", "mười mấy" name several numbers at once */
  value: number | null;
  /** false for one word that is more often another word: "ba" (father), "năm" (year), "sau" (after), "ten" (name) */
  isCertain: boolean;
}

/** Words a number may start with. "tư", "mốt", "lăm" only close one. */
const FIRST: ReadonlyMap<string, number> = new Map([
  ['một', 1],
  ['hai', 2],
  ['ba', 3],
  ['bốn', 4],
  ['năm', 5],
  ['sáu', 6],
  ['bảy', 7],
  ['bẩy', 7],
  ['tám', 8],
  ['chín', 9],
]);
/** Words that end a number after tens. "năm" is missing: "hai mươi năm" are twenty years. */
const LAST: ReadonlyMap<string, number> = new Map([
  ['một', 1],
  ['mốt', 1],
  ['hai', 2],
  ['ba', 3],
  ['bốn', 4],
  ['tư', 4],
  ['lăm', 5],
  ['nhăm', 5],
  ['sáu', 6],
  ['bảy', 7],
  ['bẩy', 7],
  ['tám', 8],
  ['chín', 9],
]);
/** "hai lăm", "ba tư", "hai mốt": tens without "mươi". */
const CLOSING: ReadonlySet<string> = new Set(['mốt', 'tư', 'lăm', 'nhăm']);
const SCALES: ReadonlyMap<string, number> = new Map([
  ['nghìn', 1e3],
  ['ngàn', 1e3],
  ['thousand', 1e3],
  ['triệu', 1e6],
  ['million', 1e6],
  ['tỷ', 1e9],
  ['tỉ', 1e9],
]);
/** Marked on purpose in `FIRST`, but spelled like everyday words even with their marks. */
const EVERYDAY: ReadonlySet<string> = new Set(['hai', 'ba', 'năm', 'one', 'ten', 'half', 'nửa']);

const ENGLISH_ONES: ReadonlyMap<string, number> = new Map(
  (
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen ' +
    'eighteen nineteen'
  )
    .split(' ')
    .map((word, value) => [word, value] as const),
);
const ENGLISH_TENS: ReadonlyMap<string, number> = new Map(
  'twenty thirty forty fifty sixty seventy eighty ninety'
    .split(' ')
    .map((word, at) => [word, (at + 2) * 10] as const),
);
/** "mười mấy", "hai mươi mấy": somewhere in between. */
const VAGUE: ReadonlySet<string> = new Set(['may', 'hon', 'odd']);

/** All spelled numbers of the text, in order, not overlapping. With `scales` also thousands and millions. */
export function findSpelled(text: Normalised, scales: boolean): readonly SpelledNumber[] {
  const words = wordsOf(text);
  const found: SpelledNumber[] = [];
  for (let at = 0; at < words.length;) {
    const number = readVietnamese(words, at, scales) ?? readEnglish(words, at, scales);
    if (number !== null) found.push(number);
    at = number?.to ?? at + 1;
  }
  return found;
}

/**
 * The same text with spelled numbers below a thousand as digits: "hai mươi triệu" → "20 triệu".
 *
 * @param isMeant asked for a single word that is more often another word
 */
export function withDigits(text: Normalised, isMeant: (number: SpelledNumber) => boolean): Normalised {
  const tokens: Token[] = [];
  let at = 0;
  for (const number of findSpelled(text, false)) {
    if (number.value === null || (!number.isCertain && !isMeant(number))) continue;
    tokens.push(...text.tokens.slice(at, number.from));
    const [first, last] = [text.tokens[number.from], text.tokens[number.to - 1]];
    if (first === undefined || last === undefined) continue;
    const digits = String(number.value);
    tokens.push({ ...first, text: digits, folded: digits, end: last.end });
    at = number.to;
  }
  tokens.push(...text.tokens.slice(at));
  return { raw: text.raw, tokens, folded: tokens.map((token) => token.folded).join(' ') };
}

/** True when somebody typed at least one diacritic: then a bare "sau" is "after" and not six. */
export function isMarked(raw: string): boolean {
  return fold(raw) !== raw.normalize('NFC').toLowerCase();
}

/** A word as it would be written with marks, or as it stands. */
interface NumberWord {
  first: number | null;
  last: number | null;
  name: string;
  hasMarks: boolean;
  digit: number | null;
}

function foldedTable(table: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...table].map(([word, value]) => [fold(word), value]));
}
const FIRST_FOLDED = foldedTable(FIRST);
const LAST_FOLDED = foldedTable(LAST);
const NAMES = 'mười chục trăm linh lẻ rưỡi nửa nghìn ngàn triệu tỷ mốt tư lăm nhăm'.split(' ');
const NAMES_FOLDED: ReadonlyMap<string, string> = new Map(NAMES.map((name) => [fold(name), name]));

function wordsOf(text: Normalised): readonly NumberWord[] {
  const marked = isMarked(text.raw);
  return text.tokens.map((token) => {
    const isBare = token.text === token.folded && !marked;
    const digit = /^[1-9]$/u.test(token.text) ? Number(token.text) : null;
    return {
      first: FIRST.get(token.text) ?? (isBare ? (FIRST_FOLDED.get(token.folded) ?? null) : null),
      last: LAST.get(token.text) ?? (isBare ? (LAST_FOLDED.get(token.folded) ?? null) : null),
      name: isBare ? (NAMES_FOLDED.get(token.folded) ?? token.text) : token.text,
      hasMarks: token.text !== token.folded,
      digit,
    };
  });
}

interface Part {
  value: number | null;
  to: number;
}

function readVietnamese(words: readonly NumberWord[], from: number, scales: boolean): SpelledNumber | null {
  let total = 0;
  let cap = Number.POSITIVE_INFINITY;
  let at = from;
  while (at < words.length) {
    const part = readBelowThousand(words, at);
    if (part === null) {
      const closing = total > 0 ? closingDigit(words[at]) : null;
      if (closing === null) break;
      return finish(words, from, at + 1, total + (closing * cap) / 10);
    }
    if (part.value === null) return { from, to: part.to, value: null, isCertain: true };
    const scale = scales ? SCALES.get(words[part.to]?.name ?? '') : undefined;
    if (scale === undefined || scale >= cap) {
      if (part.value < cap) {
        // "hai triệu tư" are 2.4 million
        total += part.value < 10 && total > 0 ? (part.value * cap) / 10 : part.value;
        at = part.to;
      }
      break;
    }
    total += part.value * scale;
    cap = scale;
    at = part.to + 1;
    if (words[at]?.name === 'rưỡi') return finish(words, from, at + 1, total + scale / 2);
  }
  if (at === from) return null;
  const isHalf = words[at]?.name === 'rưỡi' && total < 1000 && cap === Number.POSITIVE_INFINITY;
  if (isHalf) return finish(words, from, at + 1, total + 0.5);
  return finish(words, from, at, total);
}

function finish(words: readonly NumberWord[], from: number, to: number, value: number): SpelledNumber | null {
  const [word, only] = [words[from], to - from === 1];
  if (word === undefined || (only && word.digit !== null)) return null;
  if (VAGUE.has(words[to]?.name ?? '') || words[to]?.name === 'mấy')
    return { from, to: to + 1, value: null, isCertain: true };
  const isPlain = word.hasMarks || ENGLISH_ONES.has(word.name) || ENGLISH_TENS.has(word.name);
  return { from, to, value, isCertain: !only || (isPlain && !EVERYDAY.has(word.name)) };
}

function readBelowThousand(words: readonly NumberWord[], at: number): Part | null {
  const hundreds = words[at]?.first ?? words[at]?.digit ?? null;
  if (hundreds === null || words[at + 1]?.name !== 'trăm') return readTens(words, at);
  const base = hundreds * 100;
  const next = words[at + 2];
  if (next?.name === 'rưỡi') return { value: base + 50, to: at + 3 };
  if (next?.name === 'linh' || next?.name === 'lẻ') {
    const one = words[at + 3]?.first ?? null;
    return one === null ? { value: base, to: at + 2 } : { value: base + one, to: at + 4 };
  }
  const tens = next?.name === 'năm' ? null : readTens(words, at + 2);
  const closing = closingDigit(next);
  if (closing !== null) return { value: base + closing * 10, to: at + 3 };
  if (tens?.value === undefined || tens.value === null) return { value: base, to: at + 2 };
  // "hai trăm tư" are 240
  return { value: base + (tens.value < 10 ? tens.value * 10 : tens.value), to: tens.to };
}

/** "hai triệu tư", "ba trăm tư": the last word stands for tenths of the unit before it. */
function closingDigit(word: NumberWord | undefined): number | null {
  return word !== undefined && CLOSING.has(word.name) ? word.last : null;
}

function readTens(words: readonly NumberWord[], at: number): Part | null {
  const word = words[at];
  if (word === undefined) return null;
  if (word.name === 'mười') return closeTens(words, at + 1, 10);
  if (word.name === 'nửa') return { value: 0.5, to: at + 1 };
  const unit = word.first ?? word.digit;
  if (unit === null) return null;
  const next = words[at + 1];
  const isTen = next?.name === 'mươi' || (next?.name === 'mười' && !next.hasMarks);
  if (isTen) return closeTens(words, at + 2, unit * 10);
  if (next?.name === 'chục') return { value: unit * 10, to: at + 2 };
  if (word.first === null || next === undefined) return { value: unit, to: at + 1 };
  if (CLOSING.has(next.name)) return { value: unit * 10 + (LAST.get(next.name) ?? 0), to: at + 2 };
  const isPair = next.first !== null && next.name !== 'năm' && next.name !== 'nam' && next.name !== 'sau';
  if (isPair) return { value: null, to: at + 2 };
  return { value: unit, to: at + 1 };
}

function closeTens(words: readonly NumberWord[], at: number, tens: number): Part {
  const word = words[at];
  const last = word?.last ?? word?.digit ?? null;
  return last === null ? { value: tens, to: at } : { value: tens + last, to: at + 1 };
}

function readEnglish(words: readonly NumberWord[], from: number, scales: boolean): SpelledNumber | null {
  let [total, current, at, lastKind] = [0, 0, from, ''];
  for (; at < words.length; at += 1) {
    const name = words[at]?.name ?? '';
    const isJoined = name === 'and' && lastKind === 'hundred' && ENGLISH_ONES.has(words[at + 1]?.name ?? '');
    if (isJoined) continue;
    const [one, tens, scale] = [
      ENGLISH_ONES.get(name),
      ENGLISH_TENS.get(name),
      scales ? SCALES.get(name) : undefined,
    ];
    if (one !== undefined) {
      if (lastKind === 'one' || (lastKind === 'tens' && one > 9))
        return { from, to: at + 1, value: null, isCertain: true };
      current += one;
      lastKind = 'one';
    } else if (tens !== undefined && lastKind !== 'one' && lastKind !== 'tens') {
      current += tens;
      lastKind = 'tens';
    } else if (name === 'hundred' && current < 10) {
      current = Math.max(1, current) * 100;
      lastKind = 'hundred';
    } else if (scale !== undefined && /^[a-z]+$/u.test(name) && at > from) {
      total += Math.max(1, current) * scale;
      current = 0;
      lastKind = 'hundred';
    } else break;
  }
  if (at === from) return readHalf(words, from);
  const hasHalf = ['and', 'a', 'half'].every((name, part) => words[at + part]?.name === name);
  if (hasHalf) return { from, to: at + 3, value: total + current + 0.5, isCertain: true };
  return finish(words, from, at, total + current);
}

function readHalf(words: readonly NumberWord[], at: number): SpelledNumber | null {
  return words[at]?.name === 'half' ? { from: at, to: at + 1, value: 0.5, isCertain: false } : null;
}
