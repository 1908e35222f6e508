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
  thousand: 1e3,
  million: 1e6,
  billion: 1e9,
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

/** The last word of "1tr2" or "2 triệu rưỡi" and no more: a longer one is a code or a telephone number. */
const MAX_AMOUNT_UTF16 = 24;
/** What follows "20 triệu" in "20 triệu 1 tháng": a count, not 0.1 million more. */
const COUNTED = /^(?:thang|ngay|gio|nam|nguoi|tuan|buoi|ca|h|tieng|lan|month|day|week|year|hour)$/u;

function readAt(text: Normalised, at: number): Amount | null {
  const first = readPart(text, at);
  if (first === null) return null;
  const last = readRangeEnd(text, first) ?? first;
  const currency = currencyAt(text, at, last.to) ?? currencyAt(text, at, first.to);
  if (last.factor === null && currency === null) return null;
  const scale = last.factor ?? 1;
  return finish(text, at, last.to, {
    least: (first.value + first.extra) * (first.factor ?? scale),
    most: (last.value + last.extra) * scale,
  });
}

/** The upper end of "20-25 triệu"; in "20 triệu đến 25/12" there is none. */
function readRangeEnd(text: Normalised, first: Part): Part | null {
  const second = isRange(text, first.to) ? readPart(text, rangeEnd(text, first.to)) : null;
  if (second === null || first.factor === null || second.factor !== null) return second;
  return currencyAt(text, first.to, second.to) === null ? null : second;
}

interface Part {
  value: number;
  /** "1 triệu 2", "2 triệu rưỡi": what is added, in units of `factor` */
  extra: number;
  factor: number | null;
  to: number;
}

/** "20", "20tr", "20 triệu", "1 triệu 2", "2 triệu rưỡi", "1 triệu 200 nghìn". */
function readPart(text: Normalised, at: number): Part | null {
  const tokens = text.tokens;
  const glued = parseAmount(tokens[at]);
  if (glued === null) return null;
  const factor = glued.factor ?? (tokens[at + 1]?.breakBefore === true ? null : multiplierAt(tokens, at + 1));
  const to = at + (glued.factor === null && factor !== null ? 2 : 1);
  const part = { value: glued.value, extra: 0, factor, to };
  if (factor === null || tokens[to]?.breakBefore === true) return part;
  if (/^r[uư][oơỡ]i$/u.test(tokens[to]?.text ?? '')) return { ...part, extra: 0.5, to: to + 1 };
  const smaller = smallerPart(tokens, to, factor);
  if (smaller !== null) return { ...part, ...smaller };
  const rest = /^\d{1,3}$/u.exec(tokens[to]?.text ?? '');
  if (rest === null || factor < 1e6 || glued.factor !== null) return part;
  if (COUNTED.test(tokens[to + 1]?.folded ?? '') || multiplierAt(tokens, to + 1) !== null) return part;
  return { ...part, extra: Number(`0.${rest[0]}`), to: to + 1 };
}

/** "1 triệu 200 nghìn": the second part belongs to the first when its unit is smaller. */
function smallerPart(
  tokens: readonly Token[],
  at: number,
  factor: number,
): { extra: number; to: number } | null {
  const next = parseAmount(tokens[at]);
  if (next === null) return null;
  const unit = next.factor ?? multiplierAt(tokens, at + 1);
  if (unit === null || unit >= factor || next.value * unit >= factor) return null;
  return { extra: (next.value * unit) / factor, to: at + (next.factor === null ? 2 : 1) };
}

function finish(text: Normalised, from: number, at: number, amount: { least: number; most: number }): Amount {
  const found = currencyAt(text, from, at);
  const isMan = /man$/u.test(text.tokens[at - 1]?.text ?? '');
  const to = at + (found?.words ?? 0);
  const currency = found?.currency ?? (isMan ? 'JPY' : 'VND');
  const per = periodAround(text, from, to);
  return { from, to, ...amount, currency, per };
}

function parseAmount(token: Token | undefined): { value: number; factor: number | null } | null {
  const match = token === undefined || token.text.length > MAX_AMOUNT_UTF16 ? null : AMOUNT.exec(token.text);
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

/** "20-25", "20 ~ 25", "từ 20 đến 25 triệu": what stands at `at` is the second end, or the word before it. */
function isRange(text: Normalised, at: number): boolean {
  const [left, right] = [text.tokens[at - 1], text.tokens[at]];
  if (left === undefined || right === undefined || right.breakBefore)
    return /^\s*[–—]\s*$/u.test(between(text, at));
  return /^\s*[-~]\s*$/u.test(between(text, at)) || RANGE_WORDS.has(right.folded);
}

const RANGE_WORDS: ReadonlySet<string> = new Set(['den', 'toi', 'to']);

function rangeEnd(text: Normalised, at: number): number {
  return RANGE_WORDS.has(text.tokens[at]?.folded ?? '') ? at + 1 : at;
}

function between(text: Normalised, at: number): string {
  return text.raw.slice(text.tokens[at - 1]?.end ?? 0, text.tokens[at]?.start ?? 0);
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
  if (word === 'dong' && isThousands(tokens[to - 1])) return { currency: 'VND', words: 1 };
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

/** "500000 dong" is money, "18 dong nghiep" are colleagues. */
function isThousands(token: Token | undefined): boolean {
  const amount = parseAmount(token);
  return amount !== null && (amount.factor !== null || amount.value >= 1000);
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

/** A comma or a line break parts them: "đi trong ngày, 20 củ" is no wage a day; "lương ngày: 300k" is one. */
function periodAround(text: Normalised, from: number, to: number): Amount['per'] {
  const tokens = text.tokens;
  for (let at = to; at < to + 3; at += 1) {
    const token = tokens[at];
    if (token === undefined || token.breakBefore) break;
    const per = PERIODS[token.text];
    if (per !== undefined) return per;
    if (!/^(?:1|một|mot|mỗi|moi|mot|per|a|\/)$/u.test(token.text)) break;
  }
  if (tokens[from]?.breakBefore === true && !between(text, from).includes(':')) return null;
  for (let at = from - 1; at >= from - 3; at -= 1) {
    const token = tokens[at];
    if (token === undefined) break;
    const per = PERIODS[token.text];
    if (per !== undefined && !/^(?:\d{2,}|[2-9])$/u.test(tokens[at - 1]?.text ?? '')) return per;
    if (token.breakBefore || !/^(?:được|duoc|trả|tra|công|kiếm|kiem|lương|luong|cũng|là)$/u.test(token.text))
      break;
  }
  return null;
}
