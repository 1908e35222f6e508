/** Repairs VNI keystrokes that were left in a word when the keyboard was off: "nguo72i" → "người", "d9i" → "đi". */
import { endsInStop, isSyllable } from './syllables.ts';
import { placeTone } from './telex.ts';

const TONES: Readonly<Record<string, string>> = {
  '1': '\u0301',
  '2': '\u0300',
  '3': '\u0309',
  '4': '\u0303',
  '5': '\u0323',
};
/** Key → the letters it may change, the last one in the word first. */
const SHAPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '6': { a: 'â', e: 'ê', o: 'ô' },
  '7': { o: 'ơ', u: 'ư' },
  '8': { a: 'ă' },
  '9': { d: 'đ' },
};

const MIN_VNI_UTF16 = 3;
const MAX_VNI_UTF16 = 10;
const SHAPE = /^[a-z]+(?:[1-9][a-z]*){1,4}$/;
/** A key before a letter or another key, or đ at the start: nobody writes a number like that. */
const CERTAIN = /[1-9][a-z1-9]|^d9/;

export interface VniWord {
  /** in NFC */
  text: string;
  /** false for "toi6" or "bi5", which may as well be "tới 6" or "bị 5": believe it beside a certain one */
  certain: boolean;
}

/**
 * Decodes one lower-case word.
 *
 * @returns null when the word cannot be one Vietnamese syllable typed with VNI keys
 */
export function decodeVni(word: string): VniWord | null {
  if (word.length < MIN_VNI_UTF16 || word.length > MAX_VNI_UTF16 || !SHAPE.test(word)) return null;
  const keys = word.replace(/[a-z]/g, '').split('');
  const tones = keys.filter((key) => key in TONES);
  if (tones.length > 1) return null;
  let letters: string | null = word.replace(/\d/g, '');
  if (!isSyllable(letters)) return null;
  const bare = letters;
  for (const key of keys) if (!(key in TONES)) letters = letters === null ? null : reshape(letters, key);
  if (letters === null || /[ăâ]$|[âêô][aeo]/.test(letters)) return null;
  const tone = TONES[tones[0] ?? ''];
  if (endsInStop(bare) && tone !== undefined && tone !== TONES['1'] && tone !== TONES['5']) return null;
  const text = tone === undefined ? letters : placeTone(letters, tone);
  return { text: text.normalize('NFC'), certain: CERTAIN.test(word) };
}

function reshape(letters: string, key: string): string | null {
  const changes = SHAPES[key];
  if (changes === undefined) return null;
  if (key === '7' && letters.includes('uo')) return letters.replace('uo', 'ươ');
  if (key === '7' && letters.includes('uu')) return letters.replace('uu', 'ưu');
  for (let at = letters.length - 1; at >= 0; at -= 1) {
    const changed = changes[letters.charAt(at)];
    if (changed !== undefined) return letters.slice(0, at) + changed + letters.slice(at + 1);
  }
  return null;
}
