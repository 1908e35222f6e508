/** Which language a message is in: by its script, by letters only some languages write, by letter groups; Vietnamese unless sure. */
import { NO_PROFILES, type ProfileSet, type Ranked, rankLanguages, wordsOf } from './profiles.ts';
import { languageByScript } from './script.ts';

/** What is known about languages: profiles of letter groups, and the letters that give some away. */
export interface LanguageSet {
  readonly profiles: ProfileSet;
  /** ISO 639 code → letters with their marks that Vietnamese does not write */
  readonly letters: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * `sure`: no other language fits nearly as well. `likely`: the best guess, too little to act on. `one-of`: letters that only
 * these languages write. `unknown`: nothing to go by.
 */
export type LanguageReading =
  | { kind: 'sure'; language: string }
  | { kind: 'likely'; language: string }
  | { kind: 'one-of'; languages: readonly string[] }
  | { kind: 'unknown' };

export const NO_LANGUAGES: LanguageSet = {
  profiles: NO_PROFILES,
  letters: new Map(),
};

/** What people write in unless they plainly do not. */
const USUAL = 'vi';
// In natural logarithms, measured on test/data/language/held.jsonl; figures in docs/understanding.md.
/** How much better another language must fit than Vietnamese, and than the next one. */
const LEAD = { overUsual: 14, overNext: 4 } as const;
/** Two words may be loanwords ("oke bye"): only what is hardly ever Vietnamese ("help me") is sure. One word never is. */
const LEAD_OF_TWO_WORDS = { overUsual: 28, overNext: 12 } as const;
const LEAD_OF_USUAL = 10;
/** In a mixed message the loanwords stand among Vietnamese ones: that many words must fit the other language better. */
const LEAST_OTHER_WORDS = 0.7;
/** A language without a profile fits none well: then it is not called by the name of the least bad. */
const LEAST_FIT_PER_GROUP = -6.7;

/** The language of a message. Never throws; the time grows with the first 400 characters only. */
export function readLanguage(set: LanguageSet, text: string): LanguageReading {
  const byScript = languageByScript(text);
  if (byScript !== null) return { kind: 'sure', language: byScript };
  const words = wordsOf(text);
  const byLetters = languagesByLetters(set, words);
  if (byLetters.length > 0) return { kind: 'one-of', languages: byLetters };
  const { ranked, groups } = rankLanguages(set.profiles, words);
  const [first] = ranked;
  if (first === undefined) return { kind: 'unknown' };
  const { language, score } = first;
  if (language === USUAL) return { kind: leadOf(ranked) >= LEAD_OF_USUAL ? 'sure' : 'likely', language };
  const least = words.length === 2 ? LEAD_OF_TWO_WORDS : LEAD;
  const isSure =
    words.length > 1 &&
    score >= groups * LEAST_FIT_PER_GROUP &&
    leadOf(ranked) >= least.overNext &&
    leadOf(ranked, USUAL) >= least.overUsual &&
    shareOfWords(set, words, language) >= LEAST_OTHER_WORDS;
  return { kind: isSure ? 'sure' : 'likely', language };
}

/**
 * Languages other than the one a conversation is in that somebody surely wrote: a hint for whoever answers, the latest first.
 * @param texts what the person wrote, oldest first
 */
export function languagesWritten(
  set: LanguageSet,
  texts: readonly string[],
  inLanguage: string,
): readonly string[] {
  const found = texts.toReversed().flatMap((text) => {
    const reading = readLanguage(set, text);
    if (reading.kind === 'one-of') return reading.languages;
    return reading.kind === 'sure' ? [reading.language] : [];
  });
  return [...new Set(found)].filter((language) => language !== inLanguage.split('-')[0]);
}

/** How much better the first fits than another, or than the second. */
function leadOf(ranked: readonly Ranked[], other = ranked[1]?.language): number {
  const against = ranked.find(({ language }) => language === other);
  return (ranked[0]?.score ?? 0) - (against?.score ?? 0);
}

/** Share of the words that fit a language better than Vietnamese. */
function shareOfWords(set: LanguageSet, words: readonly string[], language: string): number {
  const fits = words.filter((word) => {
    const { ranked } = rankLanguages(set.profiles, [word]);
    const scoreOf = (wanted: string) => ranked.find((one) => one.language === wanted)?.score ?? 0;
    return scoreOf(language) > scoreOf(USUAL);
  });
  return fits.length / words.length;
}

/** One such letter may be a slip of the finger or a name. */
const FEWEST_LETTERS = 2;
/** The combining breve stands after ê, ô, ơ and ư, for which there is no letter in one piece. */
const LETTER_WITH_MARKS = /\p{L}\p{M}*/gu;

/** The languages that write all the letters in a text that Vietnamese does not; none when there are hardly any. */
function languagesByLetters({ letters }: LanguageSet, words: readonly string[]): readonly string[] {
  const known = new Set([...letters.values()].flatMap((own) => [...own]));
  const found = words.flatMap((word) => word.match(LETTER_WITH_MARKS) ?? []).filter((one) => known.has(one));
  if (found.length < FEWEST_LETTERS) return [];
  return [...letters].filter(([, own]) => found.every((one) => own.has(one))).map(([language]) => language);
}
