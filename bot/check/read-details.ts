/** Reads the small print of an offer: site, bank account, age and sex asked, date, visa, papers; each as a place in the text. */
import type { Span } from '../understand/text.ts';

export interface OfferDetails {
  site: Span | null;
  account: Span | null;
  age: Span | null;
  sex: Span | null;
  date: Span | null;
  visa: Span | null;
  papers: Span | null;
}

/** Bounded everywhere: no pattern reads on over a whole text of 10,000 characters. */
const PATTERNS: Readonly<Record<keyof OfferDetails, RegExp>> = {
  site: /(?<![a-z0-9@.-])(?:https?:\/\/)?(?:[a-z0-9-]{1,40}\.){1,4}(?:com|vn|net|org|info|xyz|top|site|online|me|jp|tw|kr|cc|shop|vip)(?:\/[^\s]{0,80})?(?![a-z0-9])/u,
  account:
    /\b(?:stk|so tai khoan|tai khoan|tk|vietcombank|vcb|techcombank|mb|mbbank|bidv|agribank|vietinbank|acb|sacombank|tpbank|momo)\b[^\d\n]{0,20}\d[\d .]{5,20}\d/u,
  age: /\b(?:tu |age |aged )?\d{2}\s?(?:-|–|den|toi|to)\s?\d{2}\s?(?:tuoi|t|years old)\b|\b(?:duoi|tren|under|over) \d{2} ?(?:tuoi|t|years old)?\b|\b\d{2} ?(?:tuoi|years old)\b/u,
  sex: /\b(?:nam nu|nam va nu|nam, nu|ca nam lan nu|men and women|(?:tuyen|can|nhan|tim|\d{1,4})\s(?:gap\s)?(?:ban |lao dong |nguoi |em )?(?:nam|nu)\b|women|men|female|male)\b/u,
  date: /\b(?:ngay |mung )?\d{1,2}\/\d{1,2}(?:\/\d{2,4})?(?![\d/])|\b(?:ngay|mung) \d{1,2}(?:-\d{1,2})?(?!\d)|\b(?:hom nay|toi nay|dem nay|sang mai|chieu nay|ngay mai|tuan nay|tuan sau|thang sau|cuoi thang|trong \d{1,2} ngay|\d{1,2} (?:ngay|tuan) (?:la )?(?:bay|di)|tonight|tomorrow|next week|this week)\b/u,
  visa: /\b(?:visa (?:lao dong|lam viec|du lich|tham than|cong tac|du hoc|ky su|dac dinh|thuc tap|[a-z]\d(?:-\d)?)|thi thuc [a-z]{2,10}|(?:work|tourist|student|visit) visa|dien (?:du lich|tham than|du hoc))\b/u,
  papers:
    /\b(?:giu|cam|nop|dua|gui|thu|cat|keep|hold)\b[^\n]{0,25}\b(?:ho chieu|passport|can cuoc|cccd|cmnd|giay to|bang goc)\b|\b(?:khong|chua) (?:ai )?giu giay to\b/u,
};

/**
 * @param plain the text folded letter by letter, so that offsets are those of the raw text
 * @returns the first place of each; null where the text says nothing
 */
export function readDetails(plain: string): OfferDetails {
  const find = (name: keyof OfferDetails): Span | null => {
    const match = PATTERNS[name].exec(plain);
    return match === null ? null : { start: match.index, end: match.index + match[0].length };
  };
  return {
    site: find('site'),
    account: find('account'),
    age: find('age'),
    sex: find('sex'),
    date: find('date'),
    visa: find('visa'),
    papers: find('papers'),
  };
}
