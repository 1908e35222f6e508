/** Letters of other alphabets that look like Latin ones, used to slip past filters or left by a wrong keyboard. */

/** Only small letters: words are put in lower case first. Chosen by their shape. */
const LATIN_BY_LOOK: Readonly<Record<string, string>> = {
  // Cyrillic
  ...{
    а: 'a',
    в: 'b',
    с: 'c',
    ԁ: 'd',
    е: 'e',
    ё: 'e',
    һ: 'h',
    і: 'i',
    ї: 'i',
    ј: 'j',
    к: 'k',
    ӏ: 'l',
    м: 'm',
  },
  ...{ п: 'n', о: 'o', р: 'p', ԛ: 'q', г: 'r', ѕ: 's', т: 't', и: 'u', ѵ: 'v', ԝ: 'w', х: 'x', у: 'y' },
  // Greek
  ...{
    α: 'a',
    β: 'b',
    ε: 'e',
    η: 'n',
    ι: 'i',
    κ: 'k',
    μ: 'u',
    ν: 'v',
    ο: 'o',
    ρ: 'p',
    τ: 't',
    υ: 'u',
    χ: 'x',
  },
  // Latin of other languages and phonetics
  ...{
    ı: 'i',
    ɑ: 'a',
    ɡ: 'g',
    ɩ: 'i',
    ᴏ: 'o',
    ʋ: 'v',
    ɴ: 'n',
    ʜ: 'h',
    ɪ: 'i',
    ᴄ: 'c',
    ᴜ: 'u',
    ᴀ: 'a',
    ᴇ: 'e',
  },
};

const NOT_LATIN = /[\u0131\u0250-\u03ff\u0400-\u052f\u1d00-\u1d7f]/;
const LATIN = /[a-z\u00e0-\u024f\u1e00-\u1eff]/;
const MARKS = /[\u0300-\u036f]/;

/**
 * Puts Latin letters for look-alikes where they stand among Latin ones or Vietnamese marks; a word in another alphabet stays
 * as it is. Length in UTF-16 units does not change.
 */
export function asLatin(word: string): string {
  if (!NOT_LATIN.test(word)) return word;
  const letters = word.split('');
  const replaced = letters.map((letter) => LATIN_BY_LOOK[letter] ?? letter);
  const isForeign = replaced.some((letter) => NOT_LATIN.test(letter));
  const isMixed = LATIN.test(word) || MARKS.test(word.normalize('NFD'));
  return isForeign || !isMixed ? word : replaced.join('');
}
