/** Reads one telephone number out of an answer and writes it the international way. */
import { fold } from '../normalise.ts';
import { MAX_ANSWER_UTF16, NOT_READ, onlyOne, type SlotRead } from './slot-read.ts';

/**
 * "0900 000 101", "84900000101", "+84 (0)900 000 101", "o9oo000l01", "không chín không…", "024 3000 0101",
 * "+855 12 000 101". Vietnamese mobile numbers of eleven digits are written as they are since 2018 (0121 → 079).
 * Not read: short codes (111), 1800 and 1900 lines, landlines with an area code from before 2017, foreign numbers
 * without + or 00, identity cards, and answers with two different numbers.
 *
 * @param text as the person wrote it; never throws, linear in the length
 * @returns E.164: "+84900000101"
 */
export function readPhone(text: string): SlotRead<string> {
  if (text.length > MAX_ANSWER_UTF16) return NOT_READ;
  return onlyOne(findRuns(text).flatMap(numbersOf));
}

/** Every telephone number of a longer text, in order, each once; the same rules as `readPhone`. */
export function findPhones(text: string): readonly string[] {
  return [...new Set(findRuns(text.slice(0, MAX_TEXT_UTF16)).flatMap(numbersOf))];
}

const MAX_TEXT_UTF16 = 10_000;

/** Digits that stand together, in the groups the person wrote. */
interface Run {
  hasPlus: boolean;
  groups: readonly string[];
}

/** Longest number in the world, with "00" and "(0)". */
const MAX_DIGITS = 18;
const MAX_SEPARATORS = 3;

/** A run ends at a word, a slash, a comma, a line break or after more than three separators. */
function findRuns(text: string): readonly Run[] {
  const runs: Run[] = [];
  let groups: string[] = [];
  let hasPlus = false;
  let separators = 0;
  const close = (): void => {
    if (groups.length > 0) runs.push({ hasPlus, groups });
    groups = [];
    hasPlus = false;
  };
  for (const piece of spelledAsDigits(text).match(/\+|\d+|[\s.()\-_]|[^\s.()\-_+\d]+/gu) ?? []) {
    if (/^\d/u.test(piece)) {
      groups.push(piece);
      separators = 0;
    } else if (piece === '+') {
      close();
      hasPlus = true;
      separators = 0;
    } else if (/^[ \t\u00a0.()\-_]$/u.test(piece) && separators < MAX_SEPARATORS) separators += 1;
    else close();
  }
  close();
  return runs;
}

const SPELLED: ReadonlyMap<string, string> = new Map([
  ['khong', '0'],
  ['mot', '1'],
  ['hai', '2'],
  ['ba', '3'],
  ['bon', '4'],
  ['nam', '5'],
  ['sau', '6'],
  ['bay', '7'],
  ['tam', '8'],
  ['chin', '9'],
  ['zero', '0'],
  ['oh', '0'],
  ['one', '1'],
  ['two', '2'],
  ['three', '3'],
  ['four', '4'],
  ['five', '5'],
  ['six', '6'],
  ['seven', '7'],
  ['eight', '8'],
  ['nine', '9'],
]);
/** A spelled digit counts beside this many others at least: "ba" and "năm" are everyday words. */
const MIN_SPELLED = 3;

/** "không chín không 1…" → "090 1…", "o9o1" → "0901". Full-width and keycap digits become plain ones. */
function spelledAsDigits(text: string): string {
  const clean = text.normalize('NFKC').replace(/[\ufe0f\u20e3\u200b-\u200f\u202a-\u202e\u2060-\u2064]/gu, '');
  const pieces = clean.match(/[\p{L}\p{M}\d]+|[^\p{L}\p{M}\d]+/gu) ?? [];
  const digits = pieces.map((piece) => (/^[\p{L}\p{M}\d]/u.test(piece) ? digitsOf(piece) : null));
  let out = '';
  for (let at = 0; at < pieces.length;) {
    let end = at;
    let spelled = '';
    // words stand at every second place, one blank or sign between them
    while (end < pieces.length) {
      const digit = digits[end];
      const isJoint = digit === null && spelled !== '' && /^[ .\-]{1,2}$/u.test(pieces[end] ?? '');
      if (digit?.isSpelled === true) spelled += digit.digits;
      else if (!isJoint || digits[end + 1]?.isSpelled !== true) break;
      end += 1;
    }
    const isRow = spelled.length >= MIN_SPELLED || (spelled !== '' && touchesDigits(digits, at, end));
    if (isRow) out += spelled;
    else if (spelled === '') out += digits[at]?.digits ?? pieces[at] ?? '';
    else out += pieces.slice(at, end).join('');
    at = Math.max(end, at + 1);
  }
  return out;
}

/** "0 chín 1 hai": single spelled digits between single figures. */
function touchesDigits(
  digits: readonly ({ digits: string; isSpelled: boolean } | null)[],
  at: number,
  end: number,
) {
  return [digits[at - 2], digits[end + 1]].some(
    (near) => near?.isSpelled === false && near.digits.length === 1,
  );
}

function digitsOf(word: string): { digits: string; isSpelled: boolean } | null {
  const plain = fold(word);
  const spelled = SPELLED.get(plain);
  if (spelled !== undefined) return { digits: spelled, isSpelled: true };
  if (/^\d+$/u.test(plain)) return { digits: plain, isSpelled: false };
  // only a word made of figures and their look-alikes, with more than one figure
  if (!/^[\doli]{2,18}$/u.test(plain) || (plain.match(/\d/gu) ?? []).length * 2 < plain.length) return null;
  return { digits: plain.replace(/o/gu, '0').replace(/[li]/gu, '1'), isSpelled: false };
}

/** The run as one number; else, when it is none ("17 0900000101"), the groups that are one by themselves. */
function numbersOf({ hasPlus, groups }: Run): readonly string[] {
  const whole = toE164(groups.join(''), hasPlus, groups.length > 1);
  if (whole !== null) return [whole];
  return groups.flatMap((group, at) => toE164(group, hasPlus && at === 0, false) ?? []);
}

/** Length of an identity card; it also starts with 0, often with 00. */
const IDENTITY_CARD_DIGITS = 12;

function toE164(digits: string, hasPlus: boolean, isGrouped: boolean): string | null {
  if (digits.length > MAX_DIGITS) return null;
  if (hasPlus) return international(digits.replace(/^00/u, ''));
  if (digits.startsWith('00'))
    return digits.length === IDENTITY_CARD_DIGITS && !isGrouped ? null : international(digits.slice(2));
  if (digits.startsWith('0')) return vietnamese(digits.slice(1));
  return digits.startsWith('84') ? vietnamese(digits.slice(2).replace(/^0/u, '')) : null;
}

function international(digits: string): string | null {
  if (digits.startsWith('84')) return vietnamese(digits.slice(2).replace(/^0/u, ''));
  return /^[1-9]\d{7,14}$/u.test(digits) ? `+${digits}` : null;
}

/**
 * Eleven-digit mobile prefixes and what they became from 2018-09-15 on, both without the leading 0. Source: the plan of
 * the Ministry of Information and Communications of 2018-05-29 as printed by kynguyenso.plo.vn (article 773007) and
 * gsm.vn (thue-bao-di-dong-11-so-doi-thanh-10-so).
 */
const SINCE_2018: ReadonlyMap<string, string> = new Map([
  ['120', '70'],
  ['121', '79'],
  ['122', '77'],
  ['123', '83'],
  ['124', '84'],
  ['125', '85'],
  ['126', '76'],
  ['127', '81'],
  ['128', '78'],
  ['129', '82'],
  ['162', '32'],
  ['163', '33'],
  ['164', '34'],
  ['165', '35'],
  ['166', '36'],
  ['167', '37'],
  ['168', '38'],
  ['169', '39'],
  ['186', '56'],
  ['188', '58'],
  ['199', '59'],
]);

/** @param digits without country code and leading 0 */
function vietnamese(digits: string): string | null {
  const isMobile = /^[35789]\d{8}$/u.test(digits);
  const isLandline = /^2\d{9}$/u.test(digits);
  if (isMobile || isLandline) return `+84${digits}`;
  const prefix = digits.length === 10 ? SINCE_2018.get(digits.slice(0, 3)) : undefined;
  return prefix === undefined ? null : `+84${prefix}${digits.slice(3)}`;
}
