/** In which language the bot answers: taken from the first words, later offered once with one tap, never forced. */
import { choiceText } from '../content/render.ts';
import type { OfferedChoice } from '../understand/choices.ts';
import { type LanguageReading, readLanguage } from '../understand/language.ts';
import { type Draft, say } from './draft.ts';
import type { Choice } from './events.ts';

export const OFFER_LANGUAGE = 'system.offer-language';
const PREFIX = 'language.';
/** The way out: everything stays as it is. */
const KEEP = 'language.keep';

/** The language a text is surely in, when the bot has reviewed texts in it; else null. */
export function servedLanguage({ assets }: Draft, reading: LanguageReading): string | null {
  return reading.kind === 'sure' && assets.languages.includes(reading.language) ? reading.language : null;
}

/** True when a text is surely in a language the bot has no texts in. */
export function isUnserved({ assets }: Draft, text: string): boolean {
  const reading = readLanguage(assets.languageSet, text);
  if (reading.kind === 'one-of') return true;
  if (reading.kind !== 'sure') return false;
  return !assets.languages.some((tag) => tag.split('-')[0] === reading.language);
}

/**
 * The first words that leave no doubt decide, as nobody has chosen yet: whoever writes English is answered in English. A
 * pasted offer or a name says nothing about the person.
 */
export function learnLanguage(draft: Draft, reading: LanguageReading, isOfOthers: boolean): void {
  const language = servedLanguage(draft, reading);
  if (language === null || isOfOthers || draft.session.languageKnown) return;
  takeLanguage(draft, language);
}

export function takeLanguage(draft: Draft, language: string): void {
  const { session } = draft;
  session.languageKnown = true;
  if (language === session.language) return;
  session.language = language;
  draft.events.push({ type: 'language_changed', language });
}

/**
 * Offers the language somebody went over to, in that language, once. Nothing changes until it is tapped, and nothing is
 * offered beside another question about what was meant.
 */
export function offerLanguage(draft: Draft, reading: LanguageReading): void {
  const { session } = draft;
  const language = servedLanguage(draft, reading);
  const offered = session.languagesOffered ?? [];
  if (language === null || language === session.language || session.mode !== 'normal') return;
  if (session.meant !== undefined || offered.includes(language)) return;
  session.languagesOffered = [...offered, language];
  session.meant = [PREFIX + language, KEEP];
  const current = session.language;
  session.language = language;
  say(draft, OFFER_LANGUAGE, {}, offerButtons(draft, language));
  session.language = current;
}

function offerButtons(draft: Draft, language: string): readonly Choice[] {
  return [PREFIX + language, KEEP].map((id) => ({ id, label: labelOf(draft, language, id).label }));
}

function labelOf(
  { assets }: Draft,
  language: string,
  id: string,
): { label: string; typed: readonly string[] } {
  return choiceText(assets, language, OFFER_LANGUAGE, id === KEEP ? 'keep' : 'use');
}

export function isLanguageChoice(id: string): boolean {
  return id.startsWith(PREFIX);
}

/** What may be typed instead of tapping; the language offered stands first. */
export function languageChoices(draft: Draft, ids: readonly string[]): readonly OfferedChoice[] {
  const language = ids[0]?.slice(PREFIX.length) ?? '';
  if (!draft.assets.languages.includes(language)) return [];
  return ids.filter(isLanguageChoice).map((id) => ({ id, ...labelOf(draft, language, id) }));
}

/** Takes the language of a tapped button, also of an old one. */
export function chooseLanguage(draft: Draft, id: string): void {
  const language = id.slice(PREFIX.length);
  if (draft.assets.languages.includes(language)) takeLanguage(draft, language);
}
