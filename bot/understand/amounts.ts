/** Finds amounts of money as people type them in Vietnam: "20tr", "30-35 triệu", "1tr2", "900$", "18 man", "70k/giờ". */
import type { Normalised, Token } from './text.ts';

export const CURRENCIES = ['VND', 'USD', 'JPY', 'TWD', 'CNY', 'KRW', 'EUR', 'GBP', 'AUD', 'THB'] as const;
export type Currency = (typeof CURRENCIES)[number];

export interface Amount {
  /** token range, end exclusive */
  from: number;
  to: number;
  /** lower and upper amount in `currency`; equal unless a range was written */
  least: number;
  most: number;
  currency: Currency;
  per: 'hour' | 'day' | 'month' | 'year' | null;
}

const MULTIPLIERS: Readonly<Record<string, number>> = {
  k: 1e3,
  ng: 1e3,
  nghìn: 1e3,
  nghin: 1e3,
  ngàn: 1e3,
  ngan: 1e3,
  tr: 1e6,
  triệu: 1e6,
  trieu: 1e6,
  củ: 1e6,
  cu: 1e6,
  chai: 1e6,
  m: 1e6,
  tỷ: 1e9,
  tỉ: 1e9,
  ty: 1e9,
  ti: 1e9,
  lít: 1e5,
  lit: 1e5,
  man: 1e4,
  vạn: 1e4,
  van: 1e4,
};

const CURRENCY_WORDS: Readonly<Record<string, Currency>> = {
  đô: 'USD',
  do: 'USD',
  usd: 'USD',
  dollar: 'USD',
  dollars: 'USD',
  đ: 'VND',
  đồng: 'VND',
  vnd: 'VND',
  vnđ: 'VND',
  yên: 'JPY',
  yen: 'JPY',
  jpy: 'JPY',
  tệ: 'CNY',
  te: 'CNY',
  rmb: 'CNY',
  cny: 'CNY',
  ntd: 'TWD',
  twd: 'TWD',
  won: 'KRW',
  krw: 'KRW',
  euro: 'EUR',
  eur: 'EUR',
  bảng: 'GBP',
  pound: 'GBP',
  pounds: 'GBP',
  gbp: 'GBP',
  aud: 'AUD',
  baht: 'THB',
  bath: 'THB',
};

const SIGNS: Readonly<Record<string, Currency>> = {
  $: 'USD',
  '¥': 'JPY',
  '€': 'EUR',
  '£': 'GBP',
  '₫': 'VND',
};

/** "20", "1.500", "1,5", with a unit glued on and digits after it: "20tr", "1tr2", "2k5". */
const AMOUNT =
  /^(\d+(?:[.,]\d+)*)([a-zđàáảãạâăèéẻẽẹêìíỉĩịòóỏõọôơùúủũụưỳýỷỹỵầấẩẫậằắẳẵặềếểễệồốổỗộờớởỡợừứửữự$]*)(\d*)$/u;

/** All amounts of the text, in order. A bare number without unit, currency or sign is none. */
export function findAmounts(text: Normalised): Amount[] {
  const found: Amount[] = [];
  for (let at = 0; at < text.tokens.length; at += 1) {
    const amount = readAt(text, at);
    if (amount === null) continue;
    const before = found.at(-1);
    if (before !== undefined && before.to > at) continue;
    found.push(amount);
  }
  return found;
}

function readAt(text: Normalised, at: number): Amount | null {
  const tokens = text.tokens;
  const first = parseAmount(tokens[at]);
  if (first === null) return null;
  const second = isRange(text, at) ? parseAmount(tokens[at + 1]) : null;
  const last = second ?? first;
  let to = at + (second === null ? 1 : 2);
  let factor = last.factor;
  if (factor === null) {
    const word = multiplierAt(tokens, to);
    if (word !== null && tokens[to]?.breakBefore !== true) {
      factor = word;
      to += 1;
      const rest = /^\d{1,3}$/.exec(tokens[to]?.text ?? '');
      if (
        rest !== null &&
        factor >= 1e6 &&
        tokens[to]?.breakBefore !== true &&
        !/^(?:tháng|ngày|giờ|năm|người)$/u.test(tokens[to + 1]?.text ?? '') &&
        multiplierAt(tokens, to + 1) === null
      ) {
        const extra = Number(`0.${rest[0]}`);
        return finish(text, at, to + 1, {
          least: (last.value + extra) * factor,
          most: (last.value + extra) * factor,
        });
      }
    }
  }
  const currency = currencyAt(text, at, to);
  if (factor === null && currency === null) return null;
  if (factor === 1e4 && currency === null && !/^(?:man|van|vạn)$/u.test(tokens[to - 1]?.text ?? ''))
    return null;
  const scale = factor ?? 1;
  return finish(text, at, to, { least: first.value * (first.factor ?? scale), most: last.value * scale });
}

function finish(text: Normalised, from: number, at: number, amount: { least: number; most: number }): Amount {
  const found = currencyAt(text, from, at);
  const isMan = /man$/u.test(text.tokens[at - 1]?.text ?? '');
  const to = at + (found?.words ?? 0);
  const currency = found?.currency ?? (isMan ? 'JPY' : 'VND');
  const per = periodAround(text.tokens, from, to);
  return { from, to, ...amount, currency, per };
}

function parseAmount(token: Token | undefined): { value: number; factor: number | null } | null {
  const match = token === undefined ? null : AMOUNT.exec(token.text);
  if (match === null) return null;
  const [, digits = '', unit = '', rest = ''] = match;
  const factor = unit === '' ? null : (MULTIPLIERS[unit] ?? null);
  if (unit !== '' && factor === null && CURRENCY_WORDS[unit] === undefined) return null;
  if (rest !== '' && factor === null) return null;
  if (unit === 'k' && /^2k\d{1,2}$/u.test(token?.text ?? '') && rest !== '5') return null;
  const value = toNumber(digits) + (rest === '' ? 0 : Number(`0.${rest}`));
  return Number.isFinite(value) ? { value, factor } : null;
}

/** "165.000" and "1,500" group thousands; "1,5" and "2.5" are fractions. */
function toNumber(digits: string): number {
  if (/^\d{1,3}(?:[.,]\d{3})+$/u.test(digits)) return Number(digits.replace(/[.,]/gu, ''));
  return Number(digits.replace(',', '.'));
}

function isRange(text: Normalised, at: number): boolean {
  const [left, right] = [text.tokens[at], text.tokens[at + 1]];
  if (left === undefined || right === undefined) return false;
  return /^\s*(?:-|–|~|đến|tới)\s*$/u.test(text.raw.slice(left.end, right.start));
}

function multiplierAt(tokens: readonly Token[], at: number): number | null {
  const word = tokens[at]?.text;
  return word !== undefined && Object.hasOwn(MULTIPLIERS, word) ? (MULTIPLIERS[word] ?? null) : null;
}

function currencyAt(
  text: Normalised,
  from: number,
  to: number,
): { currency: Currency; words: number } | null {
  const tokens = text.tokens;
  const next = tokens[to];
  const word = next?.breakBefore === true ? undefined : next?.text;
  const after = tokens[to + 1]?.text;
  if (word === 'đài' && (after === 'tệ' || after === 'te')) return { currency: 'TWD', words: 2 };
  if (next?.folded === 'dai' && tokens[to + 1]?.folded === 'te') return { currency: 'TWD', words: 2 };
  if (word === 'tệ' && after === 'đài') return { currency: 'TWD', words: 2 };
  if (word === 'đô' && after === 'úc') return { currency: 'AUD', words: 2 };
  if (word !== undefined && Object.hasOwn(CURRENCY_WORDS, word)) {
    const currency = CURRENCY_WORDS[word];
    if (currency !== undefined) return { currency, words: 1 };
  }
  const glued = /[a-zđê]+$/u.exec(tokens[to - 1]?.text ?? '')?.[0];
  if (glued !== undefined && Object.hasOwn(CURRENCY_WORDS, glued)) {
    return { currency: CURRENCY_WORDS[glued] ?? 'VND', words: 0 };
  }
  const signs = [text.raw.charAt((tokens[from]?.start ?? 0) - 1), text.raw.charAt(tokens[to - 1]?.end ?? 0)];
  const sign = signs.find((char) => Object.hasOwn(SIGNS, char));
  return sign === undefined ? null : { currency: SIGNS[sign] ?? 'USD', words: 0 };
}

const PERIODS: Readonly<Record<string, Amount['per']>> = {
  tháng: 'month',
  thang: 'month',
  th: 'month',
  month: 'month',
  ngày: 'day',
  ngay: 'day',
  công: 'day',
  day: 'day',
  hôm: 'day',
  buổi: 'day',
  ca: 'day',
  giờ: 'hour',
  gio: 'hour',
  h: 'hour',
  tiếng: 'hour',
  hour: 'hour',
  năm: 'year',
  nam: 'year',
  year: 'year',
};

function periodAround(tokens: readonly Token[], from: number, to: number): Amount['per'] {
  for (let at = to; at < to + 3; at += 1) {
    const token = tokens[at];
    if (token === undefined || token.breakBefore) break;
    const per = PERIODS[token.text];
    if (per !== undefined) return per;
    if (!/^(?:1|một|mot|mỗi|moi|mot|per|a|\/)$/u.test(token.text)) break;
  }
  for (let at = from - 1; at >= from - 3; at -= 1) {
    const token = tokens[at];
    if (token === undefined) break;
    const per = PERIODS[token.text];
    if (per !== undefined && !/^\d/u.test(tokens[at - 1]?.text ?? '')) return per;
    if (token.breakBefore || !/^(?:được|duoc|trả|tra|công|kiếm|kiem|lương|luong|cũng|là)$/u.test(token.text))
      break;
  }
  return null;
}
