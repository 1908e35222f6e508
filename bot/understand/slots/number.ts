/** Reads one number out of an answer: an age, a count of people, hours, years. */
import { normalise } from '../normalise.ts';
import type { Normalised, Token } from '../text.ts';
import { findSpelled } from './number-words.ts';
import { MAX_ANSWER_UTF16, NOT_READ, onlyOne, type SlotRead } from './slot-read.ts';

/** Nothing a person counts is larger; a longer row of digits is a telephone number or an identity card. */
export const MAX_NUMBER = 1e9;

/**
 * "20", "hai mươi", "20 nguoi", "1.200", "1,5", "nửa", "khoảng 15", "16t", "mười sáu tuổi", "sixteen", "20k".
 * "hơn 20" and "gần 20" are read as 20. Not read: two numbers, ranges ("15-17", "2,3 người"), limits ("trên 18"),
 * negative ones, more than `MAX_NUMBER`, and a bare "không", which is "no" more often than zero.
 *
 * @param text as the person wrote it; never throws, linear in the length
 */
export function readNumber(text: string): SlotRead<number> {
  if (text.length > MAX_ANSWER_UTF16) return NOT_READ;
  const normalised = normalise(text);
  const spelled = spelledNumbers(normalised);
  const taken = new Set(
    spelled.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at)),
  );
  const found = [...digitNumbers(normalised).filter(({ from }) => !taken.has(from)), ...spelled];
  const counted = withoutPer(normalised.tokens, dropArticles(found));
  if (counted.some((number) => number.value === null || isLimited(normalised, number))) return NOT_READ;
  return onlyOne(counted.flatMap(({ value }) => (value === null || value > MAX_NUMBER ? [] : [value])));
}

interface Found {
  from: number;
  to: number;
  /** null: several numbers at once, or one below zero */
  value: number | null;
  isSpelled: boolean;
}

const WRITTEN = /^(\d+(?:[.,]\d+)*)(tr|[a-zđăâêôơưạảãàáộổỗồốựửữừứờớởỡợềếểễệ]{0,5})(\d?)$/u;
const MAX_WRITTEN_UTF16 = 16;
/** Units people glue to a number: "16t", "20ng", "12h". */
const GLUED_UNITS: ReadonlySet<string> = new Set(
  'tuoi tuổi t ng nguoi người h g tieng tiếng ngay ngày thang tháng nam năm yo kg'.split(' '),
);
const GLUED_SCALES: ReadonlyMap<string, number> = new Map([
  ['k', 1e3],
  ['tr', 1e6],
]);
const SCALE_WORDS: ReadonlyMap<string, number> = new Map([
  ['chuc', 10],
  ['tram', 100],
  ['hundred', 100],
  ['nghin', 1e3],
  ['ngan', 1e3],
  ['thousand', 1e3],
  ['k', 1e3],
  ['trieu', 1e6],
  ['million', 1e6],
  ['ty', 1e9],
]);

function digitNumbers(text: Normalised): readonly Found[] {
  const { tokens } = text;
  return tokens.flatMap((token, at): Found[] => {
    const written = parseWritten(token.text);
    if (written === undefined) return [];
    const next = tokens[at + 1]?.breakBefore === true ? '' : (tokens[at + 1]?.folded ?? '');
    if (token.text === '1' && NOT_ONE.has(next)) return [];
    const word = SCALE_WORDS.get(next);
    const to = at + (word === undefined ? 1 : 2);
    const isOff = tokens[to]?.folded === 'may' || isNegative(text, at) || text.raw.charAt(token.end) === '+';
    if (written === null || isOff) return [{ from: at, to, value: null, isSpelled: false }];
    const scale = (word ?? 1) * written.scale;
    return [
      { from: at, to, value: exact((written.value + halfAfter(tokens, to)) * scale), isSpelled: false },
    ];
  });
}

/** Floating point would make 1.2 * 1e6 a crooked number. */
function exact(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** "2 rưỡi", "2 năm rưỡi" are two and a half. */
function halfAfter(tokens: readonly Token[], at: number): number {
  const isUnit = COUNTED.has(tokens[at]?.folded ?? '') && tokens[at]?.breakBefore === false;
  return /^r[uư][oơỡ]i$/u.test(tokens[isUnit ? at + 1 : at]?.text ?? '') ? 0.5 : 0;
}

/** undefined: no number ("b52", "2k8"); null: "2,3" are two or three */
function parseWritten(text: string): { value: number; scale: number } | null | undefined {
  if (text.length > MAX_WRITTEN_UTF16) return /^\d/u.test(text) ? null : undefined;
  const match = WRITTEN.exec(text);
  if (match === null) return undefined;
  const [, digits = '', unit = '', rest = ''] = match;
  const scale = unit === '' || GLUED_UNITS.has(unit) ? 1 : GLUED_SCALES.get(unit);
  if (scale === undefined || (rest !== '' && unit !== 'tr')) return undefined;
  if (/^0\d{5,}$/u.test(digits)) return undefined;
  if (/^\d{1,3}(?:\.\d{3})+$|^\d{1,3}(?:,\d{3})+$/u.test(digits))
    return { value: Number(digits.replace(/[.,]/gu, '')), scale };
  const pair = /^(\d),(\d)$/u.exec(digits);
  if (pair !== null && Number(pair[2]) === Number(pair[1]) + 1 && pair[1] !== '0') return null;
  if (!/^\d+(?:[.,]\d+)?$/u.test(digits)) return undefined;
  return { value: Number(digits.replace(',', '.')) + Number(`0.${rest || '0'}`), scale };
}

const MINUS: ReadonlySet<string> = new Set(['âm', 'trừ', 'minus', 'negative']);

/** "-5", "âm 5", "minus three"; the hyphen of "15-17" and of a list ("- 5") is none. */
function isNegative(text: Normalised, at: number): boolean {
  const [before, token] = [text.tokens[at - 1], text.tokens[at]];
  if (token === undefined) return false;
  if (before !== undefined && MINUS.has(before.text) && !token.breakBefore) return true;
  const isSigned = /^[-−]$/u.test(text.raw.charAt(token.start - 1));
  return isSigned && !/[\p{L}\p{N}]/u.test(text.raw.charAt(token.start - 2));
}

/** After one of these a single word such as "ba" or "nam" counts; they are never the word that is counted. */
const COUNTED: ReadonlySet<string> = new Set(
  (
    'tuoi nguoi dua nam thang ngay gio tieng tuan lan cai con hom phut years year people persons person ' +
    'months days hours weeks kids children'
  ).split(' '),
);
/** "tu nam sau", "bay gio": no number in spite of the next word. */
const NO_COUNT: ReadonlySet<string> = new Set([
  'bay gio',
  'nam ngoai',
  'sau lan',
  'ba em',
  'tam ngay',
  'mot ban',
  'mot em',
]);
/** "một mình", "một số": no count. */
const NOT_ONE: ReadonlySet<string> = new Set('minh it so vai chut muc cach lat hoi phan khi'.split(' '));
/** Words of courtesy before and after an answer that is nothing but the number; "ba em" is a father. */
const AFTER: ReadonlySet<string> = new Set('a ah nha nhe thoi do roi only'.split(' '));
const AROUND: ReadonlySet<string> = new Set(
  'da vang thua em toi minh con chau a ah co chi anh la thi khoang tam chung do co i am im about around just'.split(
    ' ',
  ),
);

function spelledNumbers(text: Normalised): readonly Found[] {
  const spelled = findSpelled(text, true);
  const ends = new Set(spelled.map(({ to }) => to));
  return spelled.flatMap(({ from, to, value, isCertain }) => {
    const [word, next] = [text.tokens[from], text.tokens[to]];
    const isLoneOne = to - from === 1 && word?.folded === 'mot' && NOT_ONE.has(next?.folded ?? '');
    const isNoOne = word?.text === 'one' && text.tokens[from - 1]?.text === 'no';
    const isYear =
      word?.folded === 'nam' && to - from === 1 && /^(?:nay|ngoai|sau|toi|\d+)$/u.test(next?.folded ?? '');
    // "hai năm rưỡi": the "năm" after a number are years
    const isAfterOne =
      word?.text === 'năm' && (ends.has(from) || /^\d/u.test(text.tokens[from - 1]?.text ?? ''));
    if (isLoneOne || isNoOne || isYear || isAfterOne) return [];
    const isMeant = isCertain || isCounted(text.tokens, from, to) || isAlone(text.tokens, from, to);
    if (!isMeant) return [];
    const isOff = value === null || isNegative(text, from);
    return [{ from, to, value: isOff ? null : value + halfAfter(text.tokens, to), isSpelled: true }];
  });
}

function isCounted(tokens: readonly Token[], from: number, to: number): boolean {
  const next = tokens[to];
  if (next === undefined || next.breakBefore || !COUNTED.has(next.folded)) return false;
  return !NO_COUNT.has(`${tokens[from]?.folded ?? ''} ${next.folded}`);
}

function isAlone(tokens: readonly Token[], from: number, to: number): boolean {
  return tokens.every((token, at) => {
    if (at >= from && at < to) return true;
    return (at < from ? AROUND : AFTER).has(token.folded);
  });
}

/** "một người 17 tuổi": beside another number a spelled one is an article. */
function dropArticles(found: readonly Found[]): readonly Found[] {
  const others = found.filter((number) => !(number.isSpelled && number.value === 1));
  return others.length > 0 ? others : found;
}

const PERIODS: ReadonlySet<string> = new Set(
  'ngay thang tuan nam gio buoi day month week year hour'.split(' '),
);

/** "12 tiếng 1 ngày": beside another number "1 ngày" only says per day. */
function withoutPer(tokens: readonly Token[], found: readonly Found[]): readonly Found[] {
  const others = found.filter(
    (number) => !(number.value === 1 && PERIODS.has(tokens[number.to]?.folded ?? '')),
  );
  return others.length > 0 ? others : found;
}

const LIMIT_WORDS: ReadonlySet<string> = new Set(['duoi', 'tren', 'under', 'over', 'below', 'above']);
const LIMIT_PAIRS: ReadonlySet<string> = new Set([
  'it nhat',
  'toi thieu',
  'toi da',
  'chua toi',
  'chua den',
  'chua du',
  'khong toi',
  'khong den',
  'khong phai',
  'at least',
  'at most',
  'less than',
  'more than',
  'not yet',
]);

/** "trên 18", "dưới 16", "18 trở lên": a limit is no number; "trên dưới 20" is about twenty. */
function isLimited(text: Normalised, { from, to }: Found): boolean {
  const word = (at: number): string => text.tokens[at]?.folded ?? '';
  const before = word(from - 1);
  const pair = `${word(from - 2)} ${before}`;
  if (pair === 'tren duoi') return false;
  if (LIMIT_WORDS.has(before) || LIMIT_PAIRS.has(pair)) return true;
  return [to, to + 1].some((at) =>
    /^(?:tro len|tro xuong|or more|or less)$/u.test(`${word(at)} ${word(at + 1)}`),
  );
}
