/** What the offer check takes and gives; see content/signals for the warning signs themselves. */
import type { Span } from '../understand/text.ts';

/** `verify`: nothing suspicious found, still check. `caution`: missing or odd points. `danger`: strong pattern. */
export const OFFER_LEVELS = ['verify', 'caution', 'danger'] as const;
export type OfferLevel = (typeof OFFER_LEVELS)[number];

/**
 * Answers to the questions asked one by one, and the pasted text. Every field may be missing (skipped).
 * Values of choice fields are the ids used in flows/check-offer.yaml.
 */
export interface OfferFacts {
  /** pasted advertisement or message(s), as written; several are joined by line breaks */
  text?: string;
  /** company or agency, as the person wrote it */
  agency?: string;
  /** who made contact: `stranger_online` `acquaintance` `agency` `at_market_or_school` */
  contact?: string;
  /** country of the work: ISO 3166-1 alpha-2, `XX` = abroad but not said */
  country?: string;
  /** the work, free text */
  work?: string;
  /** the pay, free text */
  pay?: string;
  /** what must be paid before: `nothing` `before_contract` `personal_account` `after_contract` */
  payment?: string;
  /** written contract: `read_and_signed` `not_yet` `cannot_read` `none` */
  contract?: string;
  /** papers: `no` `they_keep` `they_ask` */
  papers?: string;
  /** visa: `work` `tourist` `none` `unknown` */
  visa?: string;
  /** `under18` `adult` */
  age?: string;
}

export interface SignalHit {
  /** id in content/signals, e.g. `passport-kept` */
  signal: string;
  weight: number;
  hard: boolean;
  /** key of the sentence shown to the person: `signal.<id>.reason` */
  reasonKey: string;
  /** where in `facts.text` (or null when it comes from an answer); the words are shown back as the evidence */
  span: Span | null;
  /** the answer field it comes from, when it does not come from the text */
  field: keyof OfferFacts | null;
}

/** `exact`: same name after folding or same code. `similar`: looks like, is NOT the same. `none`: not in this copy. */
export interface AgencyMatch {
  kind: 'exact' | 'similar' | 'none' | 'not_given';
  /** what was looked up, as written */
  mention: string | null;
  /** rows found: one for most exact matches, ≤ 3 for similar, several when names coincide */
  rows: readonly AgencyRow[];
  /** date of the register copy, ISO `YYYY-MM-DD`: every answer says it */
  registerDate: string;
  /** true when the copy is older than 30 days on `now` */
  registerIsOld: boolean;
  /** the numbers and sites of the offer beside those the register has for the one firm found */
  contact: AgencyContact;
}

/** `unknown`: nothing to compare, or nothing in the register that was checked. `call` and `site` are the register's. */
export interface AgencyContact {
  kind: 'same' | 'differs' | 'unknown';
  /** a checked number of the firm, as dialled in Vietnam */
  call: string | null;
  site: string | null;
}

/** One row of content/registers/agencies.csv (columns: see the README beside it). Empty cells are null. */
export interface AgencyRow {
  id: string;
  recordType: string;
  nameVi: string;
  nameTrading: string | null;
  shortName: string | null;
  status: 'active_unconfirmed' | 'active' | 'revoked' | 'suspended' | 'sanctioned' | 'unlicensed' | 'fake';
  statusAsOf: string;
  markets: string | null;
  address: string | null;
  website: string | null;
  /** as the source writes it, several numbers possible; shown and compared only when `phoneFlag` is `checked` */
  phone: string | null;
  phoneFlag: string | null;
  /** as the source writes it: "123/LĐTBXH-GP" */
  licenceNumber: string | null;
  source: string;
  sourceDate: string;
  confidence: string;
  note: string | null;
}

export interface OfferResult {
  level: OfferLevel;
  /** strongest first; each true of this very text or answer */
  signals: readonly SignalHit[];
  /** the level is higher than the signs alone say, because the whole text reads like dangerous offers */
  readsLikeDanger: boolean;
  agency: AgencyMatch;
  /** where the work is, as far as text and answers say */
  place: 'home' | 'abroad' | 'unknown';
  /** what kind of offer it is: an id of content/signals/kinds.yaml; null when nothing tells */
  kind: string | null;
  /** what the text itself says, as written */
  extract: {
    country: string | null;
    work: string | null;
    pay: string | null;
    fee: string | null;
    contact: string | null;
    licence: string | null;
    agency: string | null;
    site: string | null;
    account: string | null;
    age: string | null;
    sex: string | null;
    date: string | null;
    visa: string | null;
    /** papers somebody wants to have or keep */
    papers: string | null;
  };
  /** fields worth asking for next, most telling first */
  missing: readonly (keyof OfferFacts)[];
}
