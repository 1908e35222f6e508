/** Reads one day out of an answer: "mùng 5 tới", "5/12", "ngày mai", "thứ 6 tuần sau", "3 ngày nữa", "Dec 5". */
import {
  type Day,
  dayInVietnam,
  dayOf,
  daysIn,
  isoOf,
  monthAfter,
  nextDate,
  nextDayOfMonth,
  weekdayOf,
} from './calendar.ts';
import { readRelative, readDayWord } from './date-relative.ts';
import { type DateRead, type DateWord, dateWords, readFigures } from './date-words.ts';
import { MAX_ANSWER_UTF16, NOT_READ, read, type SlotRead } from './slot-read.ts';

/**
 * The day an answer names, as it is counted in Vietnam.
 *
 * - Day before month: "5/12" is 5 December. Without a year it is the next such date on or after today; so is "mùng 5",
 *   "ngày 20" in this or the next month. "tới" and "sau" mean after today.
 * - "thứ 6", "thứ 6 này", "this friday": the first on or after today; "thứ 6 tới", "next friday": the first after
 *   today, because too early does less harm than a week too late; "tuần sau" counts weeks from Monday.
 * - All dates are solar. "mùng 5 tới" is the 5th of a solar month, although near Tết many mean the moon; with a word that
 *   says so ("âm lịch", "tết", "rằm", "tháng giêng", "tháng chạp") nothing is read.
 * - Not read: days that do not exist, days gone by without their year ("hôm 20", "5/12 vừa rồi"), two different days, vague words ("cuối tuần", "tháng sau", "vài ngày nữa").
 *
 * @param text as the person wrote it; never throws, linear in the length
 * @param today any instant of the day; Vietnam is seven hours ahead of UTC
 * @returns "2026-12-05"
 */
export function readDate(text: string, today: Date): SlotRead<string> {
  const now = dayInVietnam(today);
  if (now === null || text.length > MAX_ANSWER_UTF16) return NOT_READ;
  const figures = readFigures(text.normalize('NFC'), now);
  if (figures.kind === 'impossible') return NOT_READ;
  const words = dateWords(figures.rest);
  if (words.some(isLunar)) return NOT_READ;
  const days = new Set(figures.days);
  const weekdays = new Set<number>();
  for (let at = 0; at < words.length;) {
    const found = readAt(words, at, now);
    if (found?.kind === 'spoilt') return NOT_READ;
    if (found?.kind === 'day') days.add(found.day);
    if (found?.kind === 'weekday') weekdays.add(found.weekday);
    at = found?.to ?? at + 1;
  }
  if (days.size === 0) for (const weekday of weekdays) days.add(nextWeekday(now, weekday));
  const [day, ...others] = days;
  if (day === undefined || others.length > 0) return NOT_READ;
  // "thứ 6 ngày 5/12" where the 5th is a Saturday: one of the two is wrong
  return [...weekdays].some((weekday) => weekdayOf(day) !== weekday) ? NOT_READ : read(isoOf(day));
}

function readAt(words: readonly DateWord[], at: number, now: Day): DateRead | null {
  return (
    readDayAndMonth(words, at, now) ??
    readEnglishMonth(words, at, now) ??
    readRelative(words, at, now) ??
    readEndOfMonth(words, at, now) ??
    readDayWord(words, at, now) ??
    readWeekday(words, at, now) ??
    readPast(words, at)
  );
}

/** "ngày 20 vừa rồi", "5/12 năm ngoái": a date without a year is taken for the next one, so nothing is read. */
function readPast(words: readonly DateWord[], at: number): DateRead | null {
  const pair = `${words[at]?.folded ?? ''} ${words[at + 1]?.folded ?? ''}`;
  return /^(?:vua (?:roi|qua)|nam (?:ngoai|truoc)|thang truoc|last (?:month|year))$/u.test(pair)
    ? SPOILT
    : null;
}

const LUNAR_WORDS: ReadonlySet<string> = new Set(['ram', 'tet', 'gieng', 'chap', 'lunar']);

function isLunar(word: DateWord, at: number, words: readonly DateWord[]): boolean {
  if (word.folded === 'am' || word.text === 'âl' || word.text === 'al')
    return words[at + 1]?.folded === 'lich' || word.text !== word.folded || words.length === at + 1;
  return LUNAR_WORDS.has(word.folded);
}

const SPOILT = { kind: 'spoilt' } as const;
const NEXT: ReadonlySet<string> = new Set(['sau', 'toi', 'tiep', 'ke']);
const THIS: ReadonlySet<string> = new Set(['nay']);

function asDay(day: Day | null, to: number): DateRead {
  return day === null ? SPOILT : { kind: 'day', day, to };
}

/** "ngày 5 tháng 12 năm 2026", "mùng 5 tháng sau", "mùng 5 tới", "ngày 20", "5 tháng 12", "5 t12". */
function readDayAndMonth(words: readonly DateWord[], at: number, now: Day): DateRead | null {
  const isFirstTen = /^(?:mùng|mồng|mung|mong)$/u.test(words[at]?.text ?? '');
  const isPast = words[at]?.folded === 'hom';
  const hasLead = isFirstTen || isPast || words[at]?.folded === 'ngay';
  if (hasLead && isWhole(words[at - 1]?.number)) return null;
  const dayAt = hasLead ? at + 1 : at;
  const date = words[dayAt]?.number;
  if (!isWhole(date) || (at < dayAt && words[dayAt]?.breakBefore === true)) return null;
  if (isFirstTen && date > 10) return SPOILT;
  const month = readMonth(words, dayAt + 1, now, hasLead);
  if (month !== null) return inMonth(words, date, month, now);
  // "hôm 20" is a day gone by
  if (!hasLead || isPast || isCount(words, dayAt + 1)) return null;
  const after = words[dayAt + 1];
  if (NEXT.has(after?.folded ?? '')) return asDay(nextDayOfMonth(now + 1, date), dayAt + 2);
  return asDay(nextDayOfMonth(now, date), dayAt + (THIS.has(after?.folded ?? '') ? 2 : 1));
}

function isWhole(number: number | null | undefined): number is number {
  return typeof number === 'number' && Number.isInteger(number);
}

/** "ngày 5 tiếng", "ngày 8 giờ": how long, not which day. */
function isCount(words: readonly DateWord[], at: number): boolean {
  return /^(?:tieng|gio|h|lan|ca|nguoi|bua|k|tr|trieu|nghin)$/u.test(words[at]?.folded ?? '');
}

interface Month {
  month: number;
  /** null: the next one that has such a day */
  year: number | null;
  to: number;
}

function readMonth(words: readonly DateWord[], at: number, now: Day, hasLead: boolean): Month | null {
  const glued = /^(?:t|th)(\d{1,2})$/u.exec(words[at]?.text ?? '');
  if (glued !== null) return withYear(words, Number(glued[1]), at + 1, now);
  if (words[at]?.folded !== 'thang') return null;
  const next = words[at + 1];
  if (isWhole(next?.number)) return withYear(words, next.number, at + 2, now);
  // "5 tháng sau" without "ngày" is five months later
  if (!hasLead) return null;
  if (NEXT.has(next?.folded ?? '')) return { ...monthAfter(now, 1), to: at + 2 };
  return THIS.has(next?.folded ?? '') ? { ...monthAfter(now, 0), to: at + 2 } : null;
}

function withYear(words: readonly DateWord[], month: number, at: number, now: Day): Month {
  const hasWord = words[at]?.folded === 'nam';
  const next = words[hasWord ? at + 1 : at];
  const { year } = monthAfter(now, 0);
  if (isWhole(next?.number) && next.number >= 1000)
    return { month, year: next.number, to: at + (hasWord ? 2 : 1) };
  if (hasWord && NEXT.has(next?.folded ?? '')) return { month, year: year + 1, to: at + 2 };
  if (hasWord && THIS.has(next?.folded ?? '')) return { month, year, to: at + 2 };
  return { month, year: null, to: at };
}

function inMonth(words: readonly DateWord[], date: number, { month, year, to }: Month, now: Day): DateRead {
  // "2 tháng 3 ngày nữa"
  if (/^(?:ngay|tuan|hom)$/u.test(words[to]?.folded ?? '') && words[to + 1]?.folded === 'nua') return SPOILT;
  return asDay(year === null ? nextDate(now, month, date) : dayOf(year, month, date), to);
}

const MONTH_NAMES =
  'january february march april may june july august september october november december'.split(' ');

function monthNamed(word: string | undefined): number | null {
  if (word === undefined || word.length < 3) return null;
  const at = MONTH_NAMES.findIndex((name) => name === word || name.slice(0, 3) === word);
  return at === -1 ? (word === 'sept' ? 9 : null) : at + 1;
}

/** "Dec 5", "5 December 2026", "the 5th of Dec". */
function readEnglishMonth(words: readonly DateWord[], at: number, now: Day): DateRead | null {
  const named = monthNamed(words[at]?.folded);
  const first = words[at]?.number;
  const numberAt = named === null ? at : at + 1;
  const date = words[numberAt]?.number;
  if (!isWhole(date) || date > 31) return null;
  if (named !== null) return inMonth(words, date, withYear(words, named, numberAt + 1, now), now);
  if (!isWhole(first)) return null;
  const monthAt = words[at + 1]?.folded === 'of' ? at + 2 : at + 1;
  const month = monthNamed(words[monthAt]?.folded);
  return month === null ? null : inMonth(words, date, withYear(words, month, monthAt + 1, now), now);
}

/** "cuối tháng", "cuối tháng 12", "end of next month": its last day. "đầu tháng sau": its first. */
function readEndOfMonth(words: readonly DateWord[], at: number, now: Day): DateRead | null {
  const word = words[at]?.folded ?? '';
  if (word === 'end' && words[at + 1]?.folded === 'of') {
    const isNext = words[at + 2]?.folded === 'next';
    const monthAt = /^(?:the|this|next)$/u.test(words[at + 2]?.folded ?? '') ? at + 3 : at + 2;
    const named = monthNamed(words[monthAt]?.folded);
    if (named !== null) return edgeOf(withYear(words, named, monthAt + 1, now), true, now);
    return words[monthAt]?.folded === 'month'
      ? edgeOf({ ...monthAfter(now, isNext ? 1 : 0), to: monthAt + 1 }, true, now)
      : null;
  }
  if ((word !== 'cuoi' && word !== 'dau') || !/^(?:thang|t\d{1,2})$/u.test(words[at + 1]?.folded ?? ''))
    return null;
  const month = readMonth(words, at + 1, now, true);
  if (month !== null) return edgeOf(month, word === 'cuoi', now);
  // "đầu tháng" alone may be this one or the next
  return word === 'dau' ? null : edgeOf({ ...monthAfter(now, 0), to: at + 2 }, true, now);
}

function edgeOf({ month, year, to }: Month, isLast: boolean, now: Day): DateRead {
  const { year: thisYear, month: thisMonth } = monthAfter(now, 0);
  const inYear = year ?? (month < thisMonth ? thisYear + 1 : thisYear);
  return asDay(dayOf(inYear, month, isLast && month >= 1 && month <= 12 ? daysIn(inYear, month) : 1), to);
}

const ENGLISH_WEEKDAYS = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');
const SHORT_WEEKDAYS: ReadonlyMap<string, number> = new Map(
  [...ENGLISH_WEEKDAYS, 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'tues', 'thurs'].map((name) => [
    name,
    ENGLISH_WEEKDAYS.findIndex((full) => full.startsWith(name)),
  ]),
);
/** After these "thứ 2" is the second: "lần thứ 2", "con thứ 2". */
const ORDINAL_BEFORE: ReadonlySet<string> = new Set(['lan', 'con', 'dua', 'nguoi', 'chau', 'be', 'em']);
const EVERY: ReadonlySet<string> = new Set(['moi', 'every', 'hang', 'cac']);

function readWeekday(words: readonly DateWord[], at: number, now: Day): DateRead | null {
  const found = weekdayAt(words, at);
  if (found === null) return null;
  const before = words[at - 1]?.folded ?? '';
  // "hôm thứ 6" is most often the last one
  if (EVERY.has(before) || before === 'hom') return SPOILT;
  const { weekday, to } = found;
  const inWeek = (weeks: number): Day => now - weekdayOf(now) + weeks * 7 + weekday;
  if (before === 'next' || before === 'coming') return asDay(nextWeekday(now + 1, weekday), to);
  if (before === 'last') return asDay(nextWeekday(now - 7, weekday), to);
  const after = words[to]?.folded ?? '';
  if (after === 'hang') return SPOILT;
  if (after === 'tuan' || after === 'week')
    return ofWeek(words, to, inWeek) ?? { kind: 'weekday', weekday, to };
  if (after === 'next' && words[to + 1]?.folded === 'week') return asDay(inWeek(1), to + 2);
  if (NEXT.has(after)) return asDay(nextWeekday(now + 1, weekday), to + 1);
  if (/^(?:truoc|roi|vua)$/u.test(after))
    return asDay(nextWeekday(now - 7, weekday), to + (after === 'vua' ? 2 : 1));
  return { kind: 'weekday', weekday, to: to + (THIS.has(after) ? 1 : 0) };
}

/** "tuần sau", "tuần này", "tuần trước" after a day of the week. */
function ofWeek(words: readonly DateWord[], at: number, inWeek: (weeks: number) => Day): DateRead | null {
  const which = words[at + 1]?.folded ?? '';
  if (NEXT.has(which)) return asDay(inWeek(1), at + 2);
  if (THIS.has(which)) return asDay(inWeek(0), at + 2);
  return /^(?:truoc|roi|qua)$/u.test(which) ? asDay(inWeek(-1), at + 2) : null;
}

function weekdayAt(words: readonly DateWord[], at: number): { weekday: number; to: number } | null {
  const [word, next] = [words[at], words[at + 1]];
  if (word === undefined) return null;
  const isThu = word.folded === 'thu' && (word.text === 'thứ' || word.text === 'thu');
  const number = isThu ? next?.number : Number(/^t([2-7])$/u.exec(word.text)?.[1] ?? Number.NaN);
  if (isWhole(number) && number >= 2 && number <= 7) {
    if (isThu && ORDINAL_BEFORE.has(words[at - 1]?.folded ?? '')) return null;
    return { weekday: number - 2, to: at + (isThu ? 2 : 1) };
  }
  const isSunday = (word.folded === 'chu' || word.folded === 'chua') && next?.folded === 'nhat';
  if (isSunday) return { weekday: 6, to: at + 2 };
  if (word.text === 'cn') return { weekday: 6, to: at + 1 };
  const named = SHORT_WEEKDAYS.get(word.text);
  return named === undefined || (word.text === 'thu' && next !== undefined)
    ? null
    : { weekday: named, to: at + 1 };
}

/** The first such day of the week on or after `from`. */
function nextWeekday(from: Day, weekday: number): Day {
  return from + ((weekday - weekdayOf(from) + 7) % 7);
}
