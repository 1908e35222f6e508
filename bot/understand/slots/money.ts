/** Reads one amount of money out of an answer: what is paid, what was asked for. */
import { type Amount, type Currency, findAmounts } from '../amounts.ts';
import { normalise } from '../normalise.ts';
import type { Normalised } from '../text.ts';
import { isMarked, type SpelledNumber, withDigits } from './number-words.ts';
import { MAX_ANSWER_UTF16, NOT_READ, read, type SlotRead } from './slot-read.ts';

export interface MoneyAnswer {
  /** in whole units of `currency`; the lower end where a range was written */
  amount: number;
  currency: Currency;
  /** what it is paid for; null when the answer does not say */
  per: Amount['per'];
}

/** A thousand billion đồng; nobody is paid or asked for more. */
const MAX_AMOUNT = 1e12;

/**
 * "20tr", "20 củ", "hai mươi triệu", "20.000.000đ", "2k5 usd", "900 man", "1tr2", "25 triệu 1 tháng".
 * A range gives its lower end: "15-20tr" → 15 million. đồng when no currency is named, yen after "man".
 * Not read: a bare number ("20": thousands, millions, dollars?), two different amounts, an upper limit ("dưới 20tr").
 *
 * @param text as the person wrote it; never throws, linear in the length
 */
export function readMoney(text: string): SlotRead<MoneyAnswer> {
  if (text.length > MAX_ANSWER_UTF16) return NOT_READ;
  const normalised = normalise(text);
  const digits = withDigits(normalised, isMeantAsAmount(normalised));
  const [first, ...rest] = findAmounts(digits);
  if (first === undefined || first.least > MAX_AMOUNT) return NOT_READ;
  if (rest.some((other) => other.least !== first.least || other.currency !== first.currency)) return NOT_READ;
  if (isUpperLimit(digits, first)) return NOT_READ;
  const per = first.per ?? rest.find((other) => other.per !== null)?.per ?? null;
  // 1.2 million must not become 1199999.9999999998
  return read({ amount: Math.round(first.least * 100) / 100, currency: first.currency, per });
}

const UNITS: ReadonlySet<string> = new Set(
  'k nghin ngan trieu tr cu chai ty ti lit man van do usd dollar dollars yen te dong won euro dai thousand million'.split(
    ' ',
  ),
);

/** "ba triệu", "một triệu hai": a word that is often another word counts beside a unit. In a text with marks "sau" is "after". */
function isMeantAsAmount(text: Normalised): (number: SpelledNumber) => boolean {
  const marked = isMarked(text.raw);
  return ({ from, to }) => {
    const [before, word, next] = [text.tokens[from - 1], text.tokens[from], text.tokens[to]];
    if (next !== undefined && !next.breakBefore && UNITS.has(next.folded)) return true;
    const isEnd = next === undefined || next.breakBefore;
    const isPlain = marked || word?.folded === 'hai' || word?.folded === 'ba' || word?.folded === 'mot';
    return isEnd && isPlain && word?.text !== 'năm' && /^(?:trieu|ty|ti)$/u.test(before?.folded ?? '');
  };
}

/** "dưới 20tr", "chưa tới 5 triệu", "âm 5 triệu": not the amount itself. */
function isUpperLimit(text: Normalised, { from }: Amount): boolean {
  const before = text.tokens[from - 1]?.folded ?? '';
  const pair = `${text.tokens[from - 2]?.folded ?? ''} ${before}`;
  if (pair === 'tren duoi') return false;
  if (/^(?:duoi|under|below|minus)$/u.test(before) || text.tokens[from - 1]?.text === 'âm') return true;
  return /^(?:chua toi|chua den|khong toi|khong den|toi da|less than|at most|up to|khong phai)$/u.test(pair);
}
