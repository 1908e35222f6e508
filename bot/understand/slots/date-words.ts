/** Prepares an answer for the date reader: dates in figures, and words of which the spelled numbers became numbers. */
import { normalise } from '../normalise.ts';
import type { Normalised } from '../text.ts';
import { type Day, dayOf, nextDate } from './calendar.ts';
import { isMarked, type SpelledNumber, withDigits } from './number-words.ts';

export interface DateWord {
  /** as written, lower case, NFC */
  text: string;
  folded: string;
  /** "5", "05", "năm" after "tháng", "5th"; else null */
  number: number | null;
  breakBefore: boolean;
  /** starts with a capital letter inside a sentence: a name ("chị Mai") */
  isName: boolean;
}

/**
 * What a rule made of the words from `at`: a day, a day of the week that still needs its week, or a wording that spoils
 * the answer ("mai mốt": some day).
 */
export type DateRead =
  | { kind: 'day'; day: Day; to: number }
  | { kind: 'weekday'; weekday: number; to: number }
  | { kind: 'spoilt' };

/** `impossible`: "31/2", "12/25", "5-7 ngày": figures that are no date spoil the whole answer. */
export type Figures = { kind: 'figures'; days: readonly Day[]; rest: string } | { kind: 'impossible' };

const FIGURES =
  /(?<![\d]|\d[-/.])(\d{1,4})\s?([-/.])\s?(\d{1,2})(?:\s?\2\s?(\d{1,4}))?(?!\d|[-/.]\d|[a-zđ])/giu;
const UNIT_AFTER =
  /^\s*(?:ng[aà]y|h[oô]m|b[uữ]a|tu[aầ]n|th[aá]ng|n[aă]m(?!\s*\d{4})|ti[eế]ng|gi[oờ]|tu[oổ]i|ng[uư][oờ]i|tr|ngh[iì]n|k\b|c[uủ]\b|days?|weeks?|months?|years?|hours?|people)/iu;
const YEAR_AFTER = /^\s*,?\s*n[aă]m\s*(\d{4})(?!\d)/iu;

/** Dates in figures: "5/12", "05-12-2026", "5.12.26", "2026-12-05". Day before month; without a year the next one. */
export function readFigures(text: string, today: Day): Figures {
  const days: Day[] = [];
  let rest = '';
  let end = 0;
  for (const match of text.matchAll(FIGURES)) {
    const after = text.slice(match.index + match[0].length, match.index + match[0].length + 16);
    const year = match[4] ?? YEAR_AFTER.exec(after)?.[1];
    const day = UNIT_AFTER.test(after) ? null : dayFrom(match[1] ?? '', match[3] ?? '', year, today);
    if (day === null) return { kind: 'impossible' };
    days.push(day);
    rest += `${text.slice(end, match.index)} ; `;
    end =
      match.index +
      match[0].length +
      (match[4] === undefined ? (YEAR_AFTER.exec(after)?.[0].length ?? 0) : 0);
  }
  return { kind: 'figures', days, rest: rest + text.slice(end) };
}

function dayFrom(first: string, second: string, third: string | undefined, today: Day): Day | null {
  if (first.length === 4)
    return third === undefined ? null : dayOf(Number(first), Number(second), Number(third));
  if (first.length > 2) return null;
  if (third === undefined) return nextDate(today, Number(second), Number(first));
  const year = fullYear(third);
  return year === null ? null : dayOf(year, Number(second), Number(first));
}

/** "26" → 2026, "99" → 1999; three digits are no year. */
function fullYear(digits: string): number | null {
  if (digits.length === 4) return Number(digits);
  if (digits.length !== 2) return null;
  const short = Number(digits);
  return short <= 68 ? 2000 + short : 1900 + short;
}

/** The words of what is left once the figures are taken out. */
export function dateWords(text: string): readonly DateWord[] {
  const normalised = normalise(text);
  const digits = withDigits(normalised, isMeantAsDate(normalised));
  const isShouted = text === text.toUpperCase();
  return digits.tokens.map((token, at) => ({
    text: token.text,
    folded: token.folded,
    number: isFour(token.text, digits.tokens[at - 1]?.folded) ? 4 : numberOf(token.folded),
    breakBefore: token.breakBefore,
    isName: at > 0 && /^\p{Lu}/u.test(text.slice(token.start, token.start + 2)) && !isShouted,
  }));
}

function numberOf(word: string): number | null {
  const match = /^(\d{1,4}(?:[.,]5)?)(?:st|nd|rd|th)?$/u.exec(word);
  return match === null ? null : Number((match[1] ?? '').replace(',', '.'));
}

/** "tháng tư", "thứ tư"; elsewhere "tư" only closes a larger number. */
function isFour(word: string, before: string | undefined): boolean {
  return (word === 'tư' || word === 'tu') && (before === 'thang' || before === 'thu');
}

const NUMBER_FOLLOWS: ReadonlySet<string> = new Set([
  'mung',
  'mong',
  'thang',
  'thu',
  'hom',
  'ngay',
  'sau',
  'in',
]);
const UNIT_FOLLOWS: ReadonlySet<string> = new Set(
  'ngay hom tuan thang nam bua day days week weeks month months'.split(' '),
);

/** "tháng năm", "ba ngày nữa" are numbers; "tháng sau", "năm sau", "ngày mốt" are not. */
function isMeantAsDate(text: Normalised): (number: SpelledNumber) => boolean {
  const marked = isMarked(text.raw);
  return ({ from, to }) => {
    const [before, word, next] = [text.tokens[from - 1], text.tokens[from], text.tokens[to]];
    const previous = before?.folded ?? '';
    // without marks "thang sau" is next month as a rule, "thu sau" is Friday
    if (!marked && word?.folded === 'sau' && previous !== 'thu')
      return next !== undefined && isUnit(next.folded, '');
    if (!marked && word?.folded === 'mot' && previous === 'ngay') return false;
    if (NUMBER_FOLLOWS.has(previous) && before?.text !== 'sâu') return true;
    return next !== undefined && isUnit(next.folded, previous);
  };
}

/** "năm ngày nữa": not after a number, where "năm" are years. */
function isUnit(word: string, before: string): boolean {
  return UNIT_FOLLOWS.has(word) && !/^\d+$/u.test(before);
}
