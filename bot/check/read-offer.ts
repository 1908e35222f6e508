/** Reads from an offer what it says about place, work, pay, fee, contact, licence and age; every finding has its place. */
import { fold } from '../understand/normalise.ts';
import type { Normalised, Span, Token } from '../understand/text.ts';
import type { Hit } from './lexicon.ts';
import { monthlyVnd, readMoney, roughVnd } from './read-money.ts';
import type { Money } from './read-money.ts';
import { readDetails } from './read-details.ts';
import type { OfferDetails } from './read-details.ts';
import type { SignalSet } from './signals.ts';

/** A place of work named in the text. */
export interface PlaceFound {
  /** ISO 3166-1 alpha-2, `XX` = abroad */
  country: string;
  tags: readonly string[];
  hit: Hit;
}

export interface OfferReading {
  places: readonly PlaceFound[];
  money: readonly Money[];
  /** job centre licences (SLĐTBXH) are no licence to send people abroad */
  licence: { span: Span; isJobCentre: boolean } | null;
  contact: Span | null;
  work: Span | null;
  pay: Money | null;
  fee: Money | null;
  minorAges: readonly Hit[];
  details: OfferDetails;
}

/**
 * Pure: the same text gives the same reading.
 *
 * @param hits all concepts found in the text (`findConcepts`)
 */
export function readOffer(
  text: Normalised,
  hits: ReadonlyMap<string, readonly Hit[]>,
  now: Date,
): OfferReading {
  const money = readMoney(text);
  const plain = foldInPlace(text.raw);
  const jobHit = firstHit(hits.get('job') ?? []);
  return {
    places: readPlaces(text.tokens, hits),
    money,
    licence: readLicence(plain),
    contact: readContact(plain, text.tokens),
    work: jobHit === null ? null : spanOf(text.tokens, jobHit),
    pay:
      money.find((amount) => amount.role === 'pay') ??
      money.find((amount) => amount.role === 'unknown') ??
      null,
    fee: money.find((amount) => amount.role === 'fee') ?? null,
    minorAges: readMinorAges(text.tokens, now),
    details: readDetails(plain),
  };
}

/** Token range → offsets in the raw text. */
export function spanOf(tokens: readonly Token[], hit: { from: number; to: number }): Span {
  return { start: tokens[hit.from]?.start ?? 0, end: tokens[hit.to - 1]?.end ?? 0 };
}

/** Longest names first; a decoy ("sinh nhật") swallows the name inside it. */
function readPlaces(tokens: readonly Token[], hits: ReadonlyMap<string, readonly Hit[]>): PlaceFound[] {
  const candidates: PlaceFound[] = [];
  for (const [concept, found] of hits) {
    if (!concept.startsWith('place:')) continue;
    const [, country = '', tags = ''] = concept.split(':');
    for (const hit of found) candidates.push({ country, tags: tags === '' ? [] : tags.split(','), hit });
  }
  candidates.sort(
    (a, b) =>
      b.hit.to - b.hit.from - (a.hit.to - a.hit.from) ||
      tieRank(a.country) - tieRank(b.country) ||
      a.hit.from - b.hit.from,
  );
  const taken = new Set<number>();
  const places: PlaceFound[] = [];
  for (const place of candidates) {
    const positions = Array.from(
      { length: place.hit.to - place.hit.from },
      (_, offset) => place.hit.from + offset,
    );
    if (positions.some((at) => taken.has(at))) continue;
    for (const at of positions) taken.add(at);
    if (place.country !== '') places.push(place);
  }
  places.sort((a, b) => a.hit.from - b.hit.from);
  const isDomestic = places.some((place) => place.tags.includes('in-vietnam'));
  return places.filter(
    (place) =>
      !place.hit.negated && !namesASkill(tokens, place) && !(isDomestic && namesTheOwner(tokens, place)),
  );
}

/** "ở Thái Nguyên": the town at home beats the country whose name it starts with. */
function tieRank(country: string): number {
  return country === '' ? 0 : country === 'VN' ? 1 : 2;
}

const OWNER_BEFORE = new Set([
  'ty',
  'may',
  'xuong',
  'hang',
  'do',
  'quan',
  'mon',
  'chu',
  'von',
  'doan',
  'tieng',
  'nguoi',
  'khach',
  'sep',
  'khau',
  'chuan',
  'nghiep',
  'kieu',
  'boi',
  'si',
  'pham',
  'lau',
  'tour',
  'shop',
]);

/** "nhà máy Hàn Quốc ở Bắc Ninh", "quán Nhật": the owner is foreign, the work is here. */
function namesTheOwner(tokens: readonly Token[], place: PlaceFound): boolean {
  if (place.country === 'VN' || place.country === 'XX') return false;
  const before = tokens[place.hit.from - 1]?.folded ?? '';
  const first = tokens[place.hit.from]?.folded ?? '';
  return OWNER_BEFORE.has(before) || first === 'tieng';
}

/** "biết tiếng Hàn", "dịch phim tiếng Nhật": a language somebody speaks is no place to go to. */
const SKILL_BEFORE = new Set('biet gioi noi dich phim truyen day tiep lop thao de gia'.split(' '));

function namesASkill(tokens: readonly Token[], place: PlaceFound): boolean {
  return (
    tokens[place.hit.from]?.folded === 'tieng' && SKILL_BEFORE.has(tokens[place.hit.from - 1]?.folded ?? '')
  );
}

const LICENCE = /\d{1,4}\s*\/\s*(?:\d{4}\s*\/\s*)?(s?)\s?(?:ldtbxh|bnv|bldtbxh|lđtbxh|snv)\s*[-–]?\s*gp/u;

function readLicence(plain: string): { span: Span; isJobCentre: boolean } | null {
  const match = LICENCE.exec(plain);
  if (match === null) return null;
  return { span: { start: match.index, end: match.index + match[0].length }, isJobCentre: match[1] === 's' };
}

const PHONE = /(?<![\d.,])(?:\+?84|0|o)(?:[\s.-]?[\do]){8,10}(?!\d)/u;
const CHANNEL = /\b(?:zalo|telegram|tele|viber|wechat|whatsapp|messenger|fanpage|facebook|page|inbox|ib)\b/u;

/** A number with spaces, dots or the letter o for zero; else the channel that is named. */
function readContact(plain: string, tokens: readonly Token[]): Span | null {
  const phone = PHONE.exec(plain);
  if (phone !== null && /\d/u.test(phone[0]))
    return { start: phone.index, end: phone.index + phone[0].length };
  const channel = CHANNEL.exec(plain);
  if (channel !== null) return { start: channel.index, end: channel.index + channel[0].length };
  const named = tokens.find((token) => token.folded === 'telegram' || token.folded === 'facebook');
  return named === undefined ? null : { start: named.start, end: named.end };
}

/** Folded letter by letter, so that offsets stay those of the raw text (marks typed apart become spaces). */
function foldInPlace(raw: string): string {
  let plain = '';
  for (let at = 0; at < raw.length; at += 1) {
    const char = raw.charAt(at);
    const folded = char < '\u0080' ? char.toLowerCase() : fold(char);
    plain += folded.length === 1 ? folded : ' ';
  }
  return plain;
}

const MINOR_MIN = 10;
const ADULT_AT = 18;
const CARE_BEFORE = new Set(['day', 'trong', 'cham', 'su', 'giu', 'be', 'con', 'cho', 'tre', 'kem', 'nuoi']);
const CARE_VERBS = new Set(['day', 'trong', 'cham', 'giu', 'kem', 'nuoi']);
const AGE_PERSON = new Set([
  'em',
  'sinh',
  'sn',
  'gai',
  'nu',
  'ban',
  'nam',
  'chau',
  'minh',
  'tuyen',
  'be',
  'tu',
  'tim',
  'dua',
  'ns',
]);

/** "16 tuổi", "15t", "17-25 tuổi", "sn 2010", "2k9" (from `now`): ages under 18 of the person invited. */
function readMinorAges(tokens: readonly Token[], now: Date): Hit[] {
  const year = now.getUTCFullYear();
  const found: Hit[] = [];
  tokens.forEach((token, at) => {
    const before = tokens[at - 1]?.folded ?? '';
    const next = tokens[at + 1]?.folded ?? '';
    const short = /^(1[0-7])(t|tuoi)?$/u.exec(token.folded);
    if (short !== null) {
      const isAge =
        short[2] === 'tuoi' ||
        next === 'tuoi' ||
        isEnglishAge(tokens, at) ||
        (short[2] === 't' && before !== 'luong') ||
        isAgeRange(tokens, at);
      const isCare =
        teachesOrMinds(tokens, at) ||
        (CARE_BEFORE.has(before) && !AGE_PERSON.has(before)) ||
        CARE_VERBS.has(tokens[at - 2]?.folded ?? '');
      if (isAge && !isCare && before !== 'tren' && Number(short[1]) >= MINOR_MIN) {
        found.push({ from: at, to: next === 'tuoi' ? at + 2 : at + 1, negated: false });
      }
      return;
    }
    const born = /^(?:2k(\d{1,2})|(20\d\d))$/u.exec(token.folded);
    if (born === null) return;
    const birthYear = born[1] === undefined ? Number(born[2]) : 2000 + Number(born[1]);
    const age = year - birthYear;
    if (age < MINOR_MIN || age >= ADULT_AT) return;
    if (
      born[1] !== undefined ||
      before === 'sn' ||
      before === 'ns' ||
      (before === 'nam' && tokens[at - 2]?.folded === 'sinh') ||
      before === 'sinh'
    ) {
      found.push({ from: at, to: at + 1, negated: false });
    }
  });
  return found;
}

/** "gia sư lớp 8 cho bé 13 tuổi": the child is taught or minded, not invited. */
function teachesOrMinds(tokens: readonly Token[], at: number): boolean {
  if (!/^(?:be|chau|con|tre|em)$/u.test(tokens[at - 1]?.folded ?? '')) return false;
  const before = tokens.slice(Math.max(0, at - WORDS_TO_THE_CARE), at).map((token) => token.folded);
  return / (?:gia su|day kem|giu tre|trong tre|trong be|bao mau) /u.test(` ${before.join(' ')} `);
}

const WORDS_TO_THE_CARE = 10;

/** "16 years old", "16-year-old", "aged 16"; "15 years of experience" and "16 years contract" are none. */
function isEnglishAge(tokens: readonly Token[], at: number): boolean {
  const [next, after] = [tokens[at + 1]?.folded ?? '', tokens[at + 2]?.folded ?? ''];
  if (/^(?:yo|yrs?)$/u.test(next)) return after !== 'of';
  return (/^years?$/u.test(next) && after === 'old') || /^(?:aged|age)$/u.test(tokens[at - 1]?.folded ?? '');
}

/** "16 17 tuổi", "16-25 tuổi", "từ 15 đến 25 tuổi". */
function isAgeRange(tokens: readonly Token[], at: number): boolean {
  for (let next = at + 1; next <= at + 3; next += 1) {
    const token = tokens[next];
    if (token === undefined) return false;
    if (/^\d{2}(?:t|tuoi)$/u.test(token.folded)) return true;
    if (/^\d{2}$/u.test(token.folded))
      return tokens[next + 1]?.folded === 'tuoi' || tokens[next + 1]?.folded === 't';
    if (!/^(?:den|toi)$/u.test(token.folded)) return false;
  }
  return false;
}

function firstHit(hits: readonly Hit[]): Hit | null {
  return [...hits].filter((hit) => !hit.negated).sort((a, b) => a.from - b.from || b.to - a.to)[0] ?? null;
}

/**
 * Adds what the reader found as concepts, so that editors can write `@abroad`, `@pay-20m`, `@minor-age`.
 *
 * @returns concepts that hold without a place in the text
 */
export function addReadConcepts(
  set: SignalSet,
  reading: OfferReading,
  hits: Map<string, Hit[]>,
  countryAnswered: string | undefined,
): Set<string> {
  const flags = new Set<string>();
  const add = (concept: string, hit: { from: number; to: number }) => {
    hits.set(concept, [...(hits.get(concept) ?? []), { from: hit.from, to: hit.to, negated: false }]);
  };
  for (const place of reading.places) {
    for (const tag of place.tags) add(tag, place.hit);
    if (place.country !== 'VN') add('abroad', place.hit);
  }
  if (countryAnswered !== undefined && countryAnswered !== 'VN') flags.add('abroad');
  for (const tag of set.tagsOfCountry.get(countryAnswered ?? '') ?? []) flags.add(tag);
  if (!flags.has('abroad') && !hits.has('abroad')) flags.add('not-abroad');
  for (const age of reading.minorAges) add('minor-age', age);
  addMoneyConcepts(set, reading, hits, flags, add);
  return flags;
}

const HIGH_PAY_VND = 20_000_000;

function addMoneyConcepts(
  set: SignalSet,
  reading: OfferReading,
  hits: ReadonlyMap<string, readonly Hit[]>,
  flags: ReadonlySet<string>,
  add: (concept: string, hit: { from: number; to: number }) => void,
): void {
  const holds = (concept: string) =>
    flags.has(concept) || (hits.get(concept) ?? []).some((hit) => !hit.negated);
  const market = holds('rich-market') ? 'rich' : 'other';
  const wage = reading.pay === null || reading.pay.role !== 'pay' ? null : monthlyVnd(reading.pay);
  for (const money of reading.money) {
    add('money', money);
    if (money.role === 'fee') {
      add('fee-money', money);
      const cap = wage !== null && wage > 0 ? wage * set.limits.feeMonths : set.limits.feeVnd;
      if (roughVnd(money) > Math.min(cap, wage === null ? cap : Infinity)) add('fee-too-high', money);
    }
    const monthly = monthlyVnd(money);
    if (monthly === null || (money.role === 'unknown' && roughVnd(money) > 300_000_000)) continue;
    add('pay-money', money);
    if (monthly >= HIGH_PAY_VND && market === 'other') add('pay-20m', money);
    const tooHigh = set.limits.pay.some(
      (limit) => limit.market === market && monthly >= limit.monthVnd && holds(limit.work),
    );
    if (tooHigh && !set.limits.exempt.some(holds)) add('pay-too-high', money);
  }
}
