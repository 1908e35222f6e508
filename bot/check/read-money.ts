/** Reads amounts of money in an offer and what they are for: pay, a fee, something lent or given. */
import { type Amount, type Currency, findAmounts } from '../understand/amounts.ts';
import type { Normalised, Token } from '../understand/text.ts';

export interface Money extends Amount {
  /** what the words around say it is: pay for work, a payment asked, something lent or given */
  role: 'pay' | 'fee' | 'given' | 'unknown';
}

/** Đồng for one unit; only to compare sizes, never shown. Orders of magnitude of 2026, rounded. */
const ROUGH_VND: Readonly<Record<Currency, number>> = {
  VND: 1,
  USD: 25_000,
  JPY: 170,
  TWD: 800,
  CNY: 3_500,
  KRW: 18,
  EUR: 27_000,
  GBP: 32_000,
  AUD: 16_500,
  THB: 720,
};

/** All amounts of the text, in order. A bare number without unit, currency or sign is none. */
export function readMoney(text: Normalised): Money[] {
  return findAmounts(text).map((amount) => ({
    ...amount,
    role: roleAround(text.tokens, amount.from, amount.to, amount.per),
  }));
}

/** The most this pays in a month, in rough đồng; null when it is no pay. 26 days, 8 hours. */
export function monthlyVnd(money: Money): number | null {
  if (money.role === 'fee' || money.role === 'given') return null;
  const vnd = roughVnd(money);
  switch (money.per) {
    case 'hour':
      return vnd * 8 * 26;
    case 'day':
      return vnd * 26;
    case 'year':
      return vnd / 12;
    case 'month':
    case null:
      return vnd;
  }
}

/** The amount in rough đồng, for comparing sizes only. */
export function roughVnd(money: Money): number {
  return money.most * ROUGH_VND[money.currency];
}

const PAY_WORDS = new Set([
  'luong',
  'lg',
  'nhap',
  'kiem',
  'cong',
  'lanh',
  'salary',
  'income',
  'tuyen',
  'cung',
]);
const FEE_WORDS = new Set(
  'phi coc nop dong chuyen khoan ck het mat goi thu doi nap ky quy fee cost pay deposit asks charge charges phai chi den chuoc'.split(
    ' ',
  ),
);
const GIVEN_WORDS = new Set(
  'ung muon vay dua tro nhan tang bieu thuong gai duoc cho ban gia duong'.split(' '),
);
const WORDS_BACK = 5;

const FEE_OPENERS = new Set(['phi', 'fee', 'cost']);
const WORDS_IN_A_CLAUSE = 12;

/** "Phí trọn gói đi Nhật 3 năm là 200 triệu": the clause begins with what it is about. */
function opensWithFee(tokens: readonly Token[], from: number): boolean {
  for (let at = from; at >= Math.max(0, from - WORDS_IN_A_CLAUSE); at -= 1) {
    const token = tokens[at];
    if (token === undefined) return false;
    if (at < from && FEE_OPENERS.has(token.folded)) return true;
    if (token.breakBefore) return false;
  }
  return false;
}

/** The nearest telling word decides; a wage is also told by its period. */
function roleAround(tokens: readonly Token[], from: number, to: number, per: Money['per']): Money['role'] {
  for (let at = from - 1; at >= Math.max(0, from - WORDS_BACK); at -= 1) {
    const token = tokens[at];
    if (token === undefined) break;
    if (PAY_WORDS.has(token.folded)) return 'pay';
    if (FEE_WORDS.has(token.folded))
      return per !== null && token.folded !== 'phi' && token.folded !== 'nop' ? 'pay' : 'fee';
    if (GIVEN_WORDS.has(token.folded)) return per === null ? 'given' : 'pay';
    if (token.breakBefore) break;
  }
  if (per !== null) return 'pay';
  if (opensWithFee(tokens, from)) return 'fee';
  const next = tokens[to];
  if (next !== undefined && !next.breakBefore && FEE_WORDS.has(next.folded)) return 'fee';
  return 'unknown';
}
