/** What may be left of a message for an editor's list: no person, place, firm or number in it; in doubt nothing at all. Pure. */
import type { Province } from '../content/provinces.ts';
import { findPhones } from '../understand/slots/phone.ts';
import { findProvinces } from '../understand/slots/province.ts';
import { fold, normalise } from '../understand/normalise.ts';
import { isSyllable } from '../understand/syllables.ts';
import { MARKS, maskForms } from './mask.ts';
import { findPersonal, maskNames } from './personal.ts';

export interface RedactRegisters {
  provinces: readonly Province[];
  /** folded words of the content's own phrases and texts: what everybody may say */
  vocabulary: ReadonlySet<string>;
  /** is this the name of a firm of the register? */
  isFirm: (text: string) => boolean;
}

export type Redacted =
  /** `key`: the same for texts that differ in marks, case, signs and abbreviations only */
  { kind: 'kept'; text: string; key: string } | { kind: 'dropped'; reason: DropReason };

export type DropReason =
  'empty' | 'long' | 'script' | 'spelled' | 'child' | 'name' | 'place' | 'firm' | 'unknown_word' | 'marks';

/** A wish fits into this; what is longer tells a story, and a story can be recognised. */
export const MAX_LEARNT_WORDS = 16;
const MAX_LEARNT_UTF16 = 160;
/** More of it taken out than this and nothing can be learnt from the rest. */
const MAX_MARKED_SHARE = 0.4;

/**
 * The wording of a message without what is personal in it: small letters, abbreviations written out, signs and marks of style gone,
 * `[số]`, `[tiền]`, `[ngày]` … where something was taken out. Deterministic, linear in the length, never throws.
 */
export function redact(raw: string, registers: RedactRegisters): Redacted {
  const dropped = (reason: DropReason): Redacted => ({ kind: 'dropped', reason });
  if (raw.length > MAX_LEARNT_UTF16) return dropped('long');
  const forms = maskForms(raw);
  if (hasOtherScript(forms)) return dropped('script');
  if (spellsAnAddress(forms) || spellsFigures(forms) || findPhones(unmarked(forms)).length > 0)
    return dropped('spelled');
  if (CHILD_AGE.test(raw) || findPersonal(raw, 'child')) return dropped('child');
  const named = maskNames(maskProvinces(forms, registers.provinces));
  for (const reason of ['name', 'place', 'firm'] as const)
    if (findPersonal(named, reason)) return dropped(reason);
  const rest = unmarked(named);
  if (findProvinces(registers.provinces, rest).length > 0) return dropped('place');
  if (registers.isFirm(rest)) return dropped('firm');
  const words = wordsOf(named);
  const own = words.filter((word) => !word.startsWith('['));
  if (own.length === 0) return dropped('empty');
  if (words.length > MAX_LEARNT_WORDS) return dropped('long');
  if (1 - own.length / words.length > MAX_MARKED_SHARE) return dropped('marks');
  if (own.some((word) => !isKnown(word, registers))) return dropped('unknown_word');
  const text = words.join(' ');
  return { kind: 'kept', text, key: fold(text) };
}

/** "15t", "năm nay em 16 tuổi": who says so may be a child. */
const CHILD_AGE = /(?<!\d)(?:[5-9]|1[0-7])\s*(?:tuổi|tuoi|t)(?![\p{L}\d])/iu;

function hasOtherScript(text: string): boolean {
  return /[\p{L}--\p{Script=Latin}]/v.test(text);
}

/** "a còng", "chấm com": addresses for eyes that read aloud. */
function spellsAnAddress(text: string): boolean {
  return / (?:a cong|@|cham (?:com|vn|net|me)|gach duoi|dot com)(?: |$)/u.test(` ${fold(text)} `);
}

const FIGURES =
  'khong|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin|linh|le|zero|one|two|three|four|five|six|seven|eight|nine';
const FIGURE_ROW = new RegExp(`(?:^| )(?:(?:${FIGURES}) ){3,}(?:${FIGURES})(?: |$)`, 'u');

function spellsFigures(text: string): boolean {
  return FIGURE_ROW.test(fold(text).replace(/[^\p{L}\p{N}]+/gu, ' '));
}

function unmarked(text: string): string {
  return text.replace(/\[[^\]]+\]/gu, ' ');
}

/** Whole provinces only; towns and districts, which lead to a province too, are left and make the text drop. */
function maskProvinces(text: string, provinces: readonly Province[]): string {
  const names = provinces.flatMap(({ name, formerly }) => [name.vi, name.en, ...formerly]);
  return names.reduce((rest, name) => {
    const find = new RegExp(`(?<![\\p{L}])${escape(name)}(?![\\p{L}])`, 'giu');
    return rest.replace(find, MARKS.province);
  }, text);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
}

function wordsOf(text: string): readonly string[] {
  return text.split(/(\[[^\]]+\])/u).flatMap((part, at) => {
    if (at % 2 === 1) return [part];
    return normalise(part).tokens.map((token) => token.text);
  });
}

/** A word of no language we know may be the name of anything. */
function isKnown(word: string, { vocabulary }: RedactRegisters): boolean {
  const folded = fold(word);
  return vocabulary.has(folded) || isSyllable(word) || isSyllable(folded) || /^11[1-5]$/u.test(word);
}
