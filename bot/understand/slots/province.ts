/** Reads which province of today an answer names: by its name, an old name, a town or an abbreviation. */
import type { Province } from '../../content/provinces.ts';
import { fold, normalise } from '../normalise.ts';
import { MAX_ANSWER_UTF16, NOT_READ, onlyOne, type SlotRead } from './slot-read.ts';

/**
 * "Sơn La", "son la", "Hà Giang" (→ tuyen-quang), "sg", "tphcm", "q1 sài gòn", "Vinh, Nghệ An". A name typed with marks
 * must have the right ones. Not read: two different provinces, a name that is denied ("không phải Hà Nội").
 *
 * @param provinces the register, content/registers/provinces.yaml
 * @param text as the person wrote it; never throws, linear in the length
 * @returns an id of the register: "son-la"
 */
export function readProvince(provinces: readonly Province[], text: string): SlotRead<string> {
  return text.length > MAX_ANSWER_UTF16 ? NOT_READ : onlyOne(findProvinces(provinces, text));
}

/** Ids of all provinces named, in order; the longest name wins where names overlap. */
export function findProvinces(provinces: readonly Province[], text: string): readonly string[] {
  const names = compileNames(provinces);
  // as typed first: the reading of abbreviations would make "hôm nay" of a bare "hn"
  const typed = findIn(names, typedWords(text), true);
  if (typed.length > 0) return typed;
  return findIn(
    names,
    normalise(text).tokens.map((token) => token.text),
    false,
  );
}

interface Name {
  id: string;
  /** lower case, NFC, tone marks in the older place */
  words: readonly string[];
  needsMarks: boolean;
}

interface Names {
  /** folded words joined by blanks → the names that fold to it */
  byFold: ReadonlyMap<string, readonly Name[]>;
  longest: number;
}

/** Up to this many letters a name is an abbreviation: believed only in a short answer ("hn", not "hn em bận lắm ạ"). */
const ABBREVIATION_LETTERS = 3;
const SHORT_ANSWER_WORDS = 4;

function compileNames(provinces: readonly Province[]): Names {
  const byFold = new Map<string, Name[]>();
  let longest = 0;
  for (const { id, name, formerly, typed } of provinces) {
    for (const written of [name.vi, name.en, ...formerly, ...typed]) {
      const needsMarks = written.startsWith('!');
      const words = typedWords(needsMarks ? written.slice(1) : written);
      const key = fold(words.join(' '));
      byFold.set(key, [...(byFold.get(key) ?? []), { id, words, needsMarks }]);
      longest = Math.max(longest, words.length);
    }
  }
  return { byFold, longest };
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const NEWER_TONE = /(?<!q)(o[áàảãạéèẻẽẹ]|u[ýỳỷỹỵ])$/u;

/** Words as typed, the tone mark where the older spelling puts it: "Hoà Bình" → "hòa", "bình". */
function typedWords(text: string): readonly string[] {
  return (text.normalize('NFKC').toLowerCase().match(WORD) ?? []).map((word) =>
    word.replace(NEWER_TONE, ([first = '', second = '']) => {
      const [vowel = '', tone = ''] = Array.from(second.normalize('NFD'));
      return (first + tone).normalize('NFC') + vowel;
    }),
  );
}

function findIn(names: Names, words: readonly string[], isTyped: boolean): readonly string[] {
  const folded = words.map(fold);
  const found: string[] = [];
  for (let at = 0; at < words.length;) {
    const match = longestAt(names, words, folded, at, isTyped);
    if (match !== null && !isDenied(folded, at)) found.push(match.id);
    at += match?.words.length ?? 1;
  }
  return found;
}

function longestAt(
  names: Names,
  words: readonly string[],
  folded: readonly string[],
  at: number,
  isTyped: boolean,
): Name | null {
  for (let length = Math.min(names.longest, words.length - at); length > 0; length -= 1) {
    const candidates = names.byFold.get(folded.slice(at, at + length).join(' '));
    if (candidates === undefined) continue;
    const given = words.slice(at, at + length);
    const isBare = given.every((word, part) => word === folded[at + part]);
    const isShort = given.join('').length <= ABBREVIATION_LETTERS && !/\d/u.test(given.join(''));
    if (isShort && isTyped && words.length > SHORT_ANSWER_WORDS) continue;
    const match = candidates.find((name) =>
      isBare && !name.needsMarks ? true : name.words.every((word, part) => word === given[part]),
    );
    if (match !== undefined) return match;
  }
  return null;
}

/** "không phải Hà Nội", "không ở Huế", "not Hanoi" */
function isDenied(folded: readonly string[], at: number): boolean {
  const [second, before] = [folded[at - 2], folded[at - 1]];
  if (before === 'not' || before === 'khong') return true;
  return /^(?:khong|ko|k|hong|not|dau)$/u.test(second ?? '') && /^(?:phai|o|in|from|tu)$/u.test(before ?? '');
}
