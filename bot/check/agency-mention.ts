/** Finds the company a long advertisement speaks of: names after "công ty", "cty", "bên" …, and codes of the register. */
import { isSyllable } from '../understand/syllables.ts';
import type { Normalised, Span, Token } from '../understand/text.ts';
import { findExactRows, matchAgency } from './agencies.ts';
import type { AgencyRegister } from './agencies.ts';
import { splitName } from './agency-names.ts';
import {
  ACTS,
  AFTER_A_NAME,
  ALSO_IN_NAMES,
  CITIES,
  CUES,
  DESCRIPTIONS,
  EVERYDAY_CODES,
  FIRM_ACTS,
  LOOSE_CUES,
  NEVER_BARE,
  STOPS,
} from './agency-words.ts';
import type { AgencyMatch } from './offer.ts';

export interface MentionFound {
  span: Span;
  match: AgencyMatch;
  /** a name of the register with something added: "Traenco Nghệ An" */
  isExtended: boolean;
}

const MAX_NAME_WORDS = 14;
const MIN_BARE_CODE = 4;

/** @returns the company named: one of the register first, else the first that looks like a name; or null */
export function findAgencyMention(
  register: AgencyRegister,
  text: Normalised,
  now: Date,
): MentionFound | null {
  const tokens = text.tokens;
  const mentions: MentionFound[] = [];
  const site = readSite(register, text, now);
  if (site !== null) return site;
  for (let at = 0; at < tokens.length; at += 1) {
    const cue = cueAt(tokens, at);
    const mention =
      cue === null ? readBareCode(register, text, at, now) : readName(register, text, at, cue, now);
    if (mention?.match.kind === 'exact') return mention;
    if (mention !== null) mentions.push(mention);
  }
  return mentions[0] ?? readEnglishName(register, text, now) ?? readSubject(register, text, now);
}

function cueAt(tokens: readonly Token[], at: number): string | null {
  return (
    CUES.find((cue) => cue.split(' ').every((word, offset) => tokens[at + offset]?.folded === word)) ?? null
  );
}

function readName(
  register: AgencyRegister,
  text: Normalised,
  at: number,
  cue: string,
  now: Date,
): MentionFound | null {
  const start = at + cue.split(' ').length;
  const end = nameEnd(register, text, start);
  const exact = longestExact(register, text, at, start, end, now);
  if (exact !== null) return exact;
  if (end === start || LOOSE_CUES.has(cue) || !isRealName(text, start, end)) return null;
  return found(register, text, at, end, now);
}

/** One unknown word that acts like a firm and looks like a name of the register: "Suleko tuyển …". */
function readSubject(register: AgencyRegister, text: Normalised, now: Date): MentionFound | null {
  const [subject, verb] = text.tokens;
  if (subject === undefined || verb === undefined || subject.folded.length < MIN_BARE_CODE + 1) return null;
  if (!ACTS.has(verb.folded) || subject.text !== subject.folded) return null;
  const mention = found(register, text, 0, 1, now);
  return mention.match.kind === 'similar' ? { ...mention, isExtended: true } : null;
}

function nameEnd(register: AgencyRegister, text: Normalised, start: number): number {
  const tokens = text.tokens;
  let end = start;
  while (end < tokens.length && end - start < MAX_NAME_WORDS) {
    const token = tokens[end];
    if (token === undefined || token.breakBefore || /^\d+$/u.test(token.text)) break;
    if (STOPS.has(token.text) && !belongsToAName(register, text, start, end)) break;
    if (token.folded === 'bao' && /^(?:an|o|phi|dau|tro|ve|het)$/u.test(tokens[end + 1]?.folded ?? '')) break;
    end += 1;
  }
  return end;
}

/** "Bình Minh", "nhan luc": a word that ends other names, but not where the register has it beside its neighbour. */
function belongsToAName(register: AgencyRegister, text: Normalised, start: number, at: number): boolean {
  const [before, token, next] = [text.tokens[at - 1], text.tokens[at], text.tokens[at + 1]];
  if (token === undefined) return false;
  if (at > start && before !== undefined && register.pairs.has(`${before.folded} ${token.folded}`))
    return true;
  if (next?.breakBefore === false && register.pairs.has(`${token.folded} ${next.folded}`)) return true;
  return at > start && ALSO_IN_NAMES.has(token.text) && isCased(text.raw) && startsWithCapital(text, token);
}

const SITE = /(?<![\p{L}\p{N}@.-])(?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,12}(?![\p{L}\p{N}])/giu;

/** A site the register warns of is a name too. */
function readSite(register: AgencyRegister, text: Normalised, now: Date): MentionFound | null {
  for (const site of text.raw.matchAll(SITE)) {
    const match = matchAgency(register, site[0], now);
    if (match.kind !== 'exact' || match.rows.every((row) => row.status !== 'fake')) continue;
    return { span: { start: site.index, end: site.index + site[0].length }, match, isExtended: false };
  }
  return null;
}

/** "Golden Bamboo Manpower Company recruits": English puts what a firm is behind its name. */
function readEnglishName(register: AgencyRegister, text: Normalised, now: Date): MentionFound | null {
  if (!isCased(text.raw)) return null;
  const at = text.tokens.findIndex(
    (token, index) => AFTER_A_NAME.has(token.folded) && index > 0 && startsWithCapital(text, token),
  );
  if (at < 0) return null;
  let from = at;
  for (let before = at - 1; before >= 0 && at - before <= MAX_ENGLISH_WORDS; before -= 1) {
    const token = text.tokens[before];
    if (token === undefined || !startsWithCapital(text, token) || ENGLISH_ARTICLES.has(token.folded)) break;
    from = before;
    if (token.breakBefore) break;
  }
  if (from === at || splitName(sliceOf(text, from, at)).core.length === 0) return null;
  let to = at + 1;
  while (to < text.tokens.length && AFTER_A_NAME.has(text.tokens[to]?.folded ?? '')) to += 1;
  return found(register, text, from, to, now);
}

const MAX_ENGLISH_WORDS = 5;
const ENGLISH_ARTICLES = new Set(['the', 'a', 'an', 'this', 'our', 'their']);

/** The longest stretch that is a name of the register, unless a place or a capital follows: then it is another name. */
function longestExact(
  register: AgencyRegister,
  text: Normalised,
  cue: number,
  start: number,
  end: number,
  now: Date,
): MentionFound | null {
  const furthest = Math.min(text.tokens.length, Math.max(end, start + MAX_NAME_WORDS));
  for (let to = furthest; to > start; to -= 1) {
    if (!endsLikeAName(register, text.tokens[to - 1])) continue;
    for (const from of cue === start ? [start] : [cue, start]) {
      if (findExactRows(register, sliceOf(text, from, to)).length === 0) continue;
      const mention = found(register, text, from, to, now);
      if (to > end && to - from < 5) continue;
      if (to < end && goesOn(text, to)) return { ...found(register, text, from, end, now), isExtended: true };
      return mention;
    }
  }
  return null;
}

/** Every name of the register ends in one of its words; a cheap look before the exact one. */
function endsLikeAName(register: AgencyRegister, token: Token | undefined): boolean {
  return token !== undefined && (register.weightOf.has(token.folded) || register.byJoined.has(token.folded));
}

function goesOn(text: Normalised, at: number): boolean {
  const [next, after] = [text.tokens[at], text.tokens[at + 1]];
  if (next === undefined) return false;
  if (CITIES.has(`${next.folded} ${after?.folded ?? ''}`)) return true;
  return isCased(text.raw) && startsWithCapital(text, next);
}

/** A code standing alone: long enough, no everyday word; others only in capitals in a text that has small letters. */
function readBareCode(
  register: AgencyRegister,
  text: Normalised,
  at: number,
  now: Date,
): MentionFound | null {
  const token = text.tokens[at];
  if (token === undefined) return null;
  const words = readBareWords(register, text, at, now);
  if (words !== null) return words;
  const written = text.raw.slice(token.start, token.end);
  const isShouted = isCased(text.raw) && written === written.toUpperCase() && /[A-Z]/u.test(written);
  const isFirm =
    isShouted &&
    (FIRM_ACTS.has(text.tokens[at + 1]?.folded ?? '') ||
      BEFORE_A_FIRM.has(text.tokens[at - 1]?.folded ?? ''));
  if (EVERYDAY_CODES.has(token.folded) && (!isFirm || NEVER_BARE.has(token.folded))) return null;
  const known = register.byJoined.get(token.folded);
  if (known === undefined || !known.some((name) => name.parts.joined.length >= 2)) return null;
  const isShort = token.folded.length < MIN_BARE_CODE;
  const isSubject = at === 0 && ACTS.has(text.tokens[1]?.folded ?? '');
  if (isShort && !isSubject && !isShouted) return null;
  if (!isShort && token.text !== token.folded) return null;
  const end = nameEnd(register, text, at);
  return longestExact(register, text, at, at, Math.max(end, at + 1), now);
}

const BEFORE_A_FIRM = new Set(['cua', 'ben', 'tu', 'voi', 'thay']);
const MAX_BARE_WORDS = 4;

/**
 * "SD Group tuyển": two to four words with capitals in front of what firms do, and the register has them. One of them
 * is no Vietnamese syllable: "Hải Dương tuyển" is a province.
 */
function readBareWords(
  register: AgencyRegister,
  text: Normalised,
  at: number,
  now: Date,
): MentionFound | null {
  const before = text.tokens[at - 1];
  if (!isCased(text.raw)) return null;
  if (before !== undefined && startsWithCapital(text, before) && text.tokens[at]?.breakBefore !== true)
    return null;
  let to = at;
  while (to < at + MAX_BARE_WORDS) {
    const token = text.tokens[to];
    if (token === undefined || (to > at && token.breakBefore) || !startsWithCapital(text, token)) break;
    if (to > at && FIRM_ACTS.has(token.folded)) break;
    to += 1;
  }
  if (to - at < 2 || !FIRM_ACTS.has(text.tokens[to]?.folded ?? '')) return null;
  if (text.tokens.slice(at, to).every((token) => isSyllable(token.folded))) return null;
  if (findExactRows(register, sliceOf(text, at, to)).length === 0) return null;
  return found(register, text, at, to, now);
}

function found(
  register: AgencyRegister,
  text: Normalised,
  from: number,
  to: number,
  now: Date,
): MentionFound {
  const span = { start: text.tokens[from]?.start ?? 0, end: text.tokens[to - 1]?.end ?? 0 };
  return { span, match: matchAgency(register, text.raw.slice(span.start, span.end), now), isExtended: false };
}

function sliceOf(text: Normalised, from: number, to: number): string {
  return text.raw.slice(text.tokens[from]?.start ?? 0, text.tokens[to - 1]?.end ?? 0);
}

/** In a text with capitals a name has one; in small letters it has words nobody uses to describe a company. */
function isRealName(text: Normalised, start: number, end: number): boolean {
  const tokens = text.tokens.slice(start, end);
  if (isCased(text.raw)) {
    return tokens.some(
      (token) =>
        startsWithCapital(text, token) &&
        splitName(token.folded).core.length > 0 &&
        !DESCRIPTIONS.has(token.folded),
    );
  }
  const parts = splitName(tokens.map((token) => token.folded).join(' '));
  return parts.core.some((word) => !DESCRIPTIONS.has(word) && word.length > 1 && !/^\d/u.test(word));
}

function startsWithCapital(text: Normalised, token: Token): boolean {
  const first = text.raw.charAt(token.start);
  return first !== first.toLowerCase();
}

function isCased(raw: string): boolean {
  return /\p{Lu}/u.test(raw.slice(1)) && /\p{Ll}/u.test(raw);
}
