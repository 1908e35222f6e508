/** Days counted from today: "ngày mai", "hôm qua", "3 ngày nữa", "in two weeks". */
import { addMonths, type Day } from './calendar.ts';
import type { DateRead, DateWord } from './date-words.ts';

const SPOILT = { kind: 'spoilt' } as const;
/** Ten years; a larger count is a slip. */
const MAX_DAYS = 3660;

const DAYS_BY_UNIT: ReadonlyMap<string, number> = new Map([
  ['ngay', 1],
  ['hom', 1],
  ['bua', 1],
  ['day', 1],
  ['days', 1],
  ['tuan', 7],
  ['week', 7],
  ['weeks', 7],
]);
const MONTHS_BY_UNIT: ReadonlyMap<string, number> = new Map([
  ['thang', 1],
  ['month', 1],
  ['months', 1],
  ['nam', 12],
  ['year', 12],
  ['years', 12],
]);

/** "3 ngày nữa", "sau 2 tuần", "nửa tháng nữa", "3 ngày trước", "cách đây 3 ngày", "in 3 days", "a week from now". */
export function readRelative(words: readonly DateWord[], at: number, now: Day): DateRead | null {
  const count = words[at]?.number ?? (words[at]?.text === 'a' ? 1 : null);
  if (count === null) return null;
  const unit = words[at + 1]?.folded ?? '';
  if (!DAYS_BY_UNIT.has(unit) && !MONTHS_BY_UNIT.has(unit)) return null;
  const direction = directionOf(words, at);
  if (direction === null) return null;
  // "2 3 ngày nữa", "2 tháng 3 ngày nữa"
  const isSecond = isNumber(words[at - 1]) || isNumber(words[at - 2]);
  const day = isSecond ? null : shifted(now, count, unit, direction.sign);
  return day === null ? SPOILT : { kind: 'day', day, to: direction.to };
}

function isNumber(word: DateWord | undefined): boolean {
  return word?.number !== null && word?.number !== undefined;
}

function directionOf(words: readonly DateWord[], at: number): { sign: 1 | -1; to: number } | null {
  const [before, after, second] = [words[at - 1]?.folded, words[at + 2]?.folded, words[at + 3]?.folded];
  if (after === 'nua' || after === 'sau' || after === 'later') return { sign: 1, to: at + 3 };
  if (after === 'from' && (second === 'now' || second === 'today')) return { sign: 1, to: at + 4 };
  if (after === 'truoc' || after === 'ago') return { sign: -1, to: at + 3 };
  if (before === 'day' && words[at - 2]?.folded === 'cach') return { sign: -1, to: at + 2 };
  return before === 'sau' || before === 'in' ? { sign: 1, to: at + 2 } : null;
}

function shifted(now: Day, count: number, unit: string, sign: 1 | -1): Day | null {
  const days = DAYS_BY_UNIT.get(unit);
  if (days !== undefined) {
    const total = count * days;
    return Number.isInteger(total) && total <= MAX_DAYS ? now + sign * total : null;
  }
  // half a month is fifteen days
  if (count === 0.5 && unit === 'thang') return now + sign * 15;
  const months = count * (MONTHS_BY_UNIT.get(unit) ?? 0);
  return Number.isInteger(months) && months <= MAX_DAYS / 30 ? addMonths(now, sign * months) : null;
}

const PART_OF_DAY = /^(?:hom|bua|ngay|sang|trua|chieu|toi|dem|khuya|som)$/u;

/** "hôm nay", "tối nay", "mai", "sáng mai", "mốt", "ngày kia", "hôm qua", "tomorrow". */
export function readDayWord(words: readonly DateWord[], at: number, now: Day): DateRead | null {
  const word = words[at];
  if (word === undefined) return null;
  const after = words[at + 1]?.folded ?? '';
  const before = words[at - 1]?.folded ?? '';
  const hasPart = PART_OF_DAY.test(before);
  const day = (shift: number, to = at + 1): DateRead => ({ kind: 'day', day: now + shift, to });
  switch (word.text) {
    case 'nay':
      return (hasPart && before !== 'ngay') || words.length === 1 ? day(0) : null;
    case 'mai':
      return readMai(word, after, hasPart) ? day(1) : isSomeDay(after) ? SPOILT : null;
    case 'mốt':
      return isNumber(words[at - 1]) ? null : day(2);
    case 'kia':
      return before === 'ngay' ? day(2) : before === 'hom' ? day(-2) : null;
    case 'kìa':
      return before === 'ngày' || before === 'ngay' ? day(3) : null;
    case 'qua':
      return hasPart && before !== 'ngay' ? day(-1) : null;
    case 'today':
    case 'tonight':
      return day(0);
    case 'tomorrow':
    case 'tmr':
    case 'tmrw':
    case 'tomorow':
      return day(before === 'after' && words[at - 2]?.folded === 'day' ? 2 : 1);
    case 'yesterday':
      return day(before === 'before' && words[at - 2]?.folded === 'day' ? -2 : -1);
    default:
      return null;
  }
}

/** "mai mốt", "mai kia", "mai sau": some day. */
function isSomeDay(after: string): boolean {
  return after === 'mot' || after === 'kia' || after === 'sau' || after === 'nay';
}

/** "mai" is also a name: "chị Mai". */
function readMai(word: DateWord, after: string, hasPart: boolean): boolean {
  return !isSomeDay(after) && (hasPart || !word.isName);
}
