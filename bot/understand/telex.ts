/** Repairs Telex keystrokes that were left in a word when the keyboard was off: "cuwus" → "cứu", "ddi" → "đi". */
import { endsInStop, isSyllable } from './syllables.ts';

const LETTER_PAIRS: readonly (readonly [string, string])[] = [
  ['dd', 'đ'],
  ['uow', 'ươ'],
  ['uuw', 'ưu'],
  ['uwow', 'ươ'],
  ['uwo', 'ươ'],
  ['aa', 'â'],
  ['ee', 'ê'],
  ['oo', 'ô'],
  ['aw', 'ă'],
  ['ow', 'ơ'],
  ['uw', 'ư'],
];

const TONES: Readonly<Record<string, string>> = {
  s: '\u0301',
  f: '\u0300',
  r: '\u0309',
  x: '\u0303',
  j: '\u0323',
};

/** English words that would decode to a Vietnamese syllable by accident. */
const ENGLISH: ReadonlySet<string> = new Set(
  (
    'has his this thus as is us gas bus was yes car bar her per or nor tar chair hair air pair days buys guys says pays ' +
    'tax mix max sex six fix box sos of if dis plus see too bee fee tee soon moon noon room boom seen been teen door poor ' +
    'how now low cow row tow law raw saw down town keeps need deep meet keep boss miss pass loss class chess less mess kiss ' +
    'off cook book look took good food wood add odd row bow own low moor boor beer peer deer hoor bars cars chars tours ' +
    'doors rooms moons teens fees bees sees tees zoo soo hee nee aaa haa ooo eee mee lees doo boo moo coo loo roo toos ' +
    'does docs boats laos lower coats goats loans means seas teas ideas areas canoes toes shoes goes heads dogs ' +
    'ex ax ox or er ar is os as us es xx dex rex tex hex lux mux dax sax lax wax pix nix vis mis tis bis cis lis ' +
    'dr mr er oops ios nas das las pas mas tas ras bas cas gas ohs hus mus pus cus sus thar char thor hour your tour four ' +
    'tor bor sir mir fir cir tier pier hier chef beef reef half ref its thats lets sets pets nets bets lots songs sons ' +
    'vans tips trips chips lips taps laps tops hops chats bits hits hats hots pots tons bans pans tans lungs buns nuns'
  ).split(' '),
);

/** Keys that hardly occur in other languages; without one only a tone key at the very end counts ("lost" is English). */
const STRONG_MARK = /dd|aa|ee|oo|[aou]w/;

/** No English word runs through these. */
const SURE_MARK = /dd|uw/;

const MIN_TELEX_UTF16 = 3;
const MAX_TELEX_UTF16 = 10;

/**
 * Decodes one lower-case word.
 *
 * @returns the Vietnamese word in NFC, or null when the word is not certainly a Telex leftover
 */
export function decodeTelex(word: string): string | null {
  if (word.length < MIN_TELEX_UTF16 || word.length > MAX_TELEX_UTF16) return null;
  if (!/^[a-z]+$/.test(word) || ENGLISH.has(word)) return null;
  if (isSyllable(word) && !isLikelyTyped(word)) return null;
  const toneAt = findToneKey(word);
  const tone = toneAt < 0 ? '' : (TONES[word.charAt(toneAt)] ?? '');
  const bare = toneAt < 0 ? word : word.slice(0, toneAt) + word.slice(toneAt + 1);
  let decoded = bare;
  for (const [keys, letter] of LETTER_PAIRS) decoded = decoded.replace(keys, letter);
  if (decoded.indexOf('w') > 0 && toneAt > 0) decoded = hookEarlierVowel(decoded.replace('w', ''));
  if (decoded === word) return null;
  const folded = decoded
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('đ', 'd');
  if (!isSyllable(folded)) return null;
  if (endsInStop(folded) && tone !== '\u0301' && tone !== '\u0323') return null;
  if (/[ăâ]$/.test(decoded)) return null;
  return tone === '' ? decoded : placeTone(decoded, tone);
}

/** "khoong": the rime -oong is all but only a Telex "ông"; words that really have it are few. */
function isLikelyTyped(word: string): boolean {
  return word.endsWith('oong') && !WITH_OONG.has(word);
}

const WITH_OONG: ReadonlySet<string> = new Set(['xoong', 'boong', 'goong', 'coong', 'toong', 'oong']);

/** A "w" typed late ("nguoiwf") belongs to the last u, o or a before it; "uo" takes it together. */
function hookEarlierVowel(word: string): string {
  if (word.includes('uo')) return word.replace('uo', 'ươ');
  if (word.includes('uu')) return word.replace('uu', 'ưu');
  const at = Math.max(word.lastIndexOf('u'), word.lastIndexOf('o'), word.lastIndexOf('a'));
  const hooked: Readonly<Record<string, string>> = { u: 'ư', o: 'ơ', a: 'ă' };
  return word.slice(0, at) + (hooked[word.charAt(at)] ?? '') + word.slice(at + 1);
}

/** The tone key stands after the vowels, at the end or before the final consonants; -1 when there is none. */
function findToneKey(word: string): number {
  for (let at = word.length - 1; at >= 2; at -= 1) {
    const key = word.charAt(at);
    if (!(key in TONES)) continue;
    if (at < word.length - 1 && !STRONG_MARK.test(word)) continue;
    const after = word.slice(at + 1);
    // "nguwofi": typed early, between two vowels; only where a key of the word can be nothing else
    const isEarly = /^[iuoy]$/.test(after) && SURE_MARK.test(word);
    if ((isEarly || !/[aeiouyw]/.test(after)) && /[a-z]/.test(word.charAt(at - 1))) return at;
  }
  return -1;
}

/** Puts the tone on the vowel that carries it: the marked one, else the first of an open pair, else the last before a final. */
export function placeTone(word: string, tone: string): string {
  const letters = Array.from(word);
  const start = /^(qu|gi(?=[aeiouyâăêôơư]))/.test(word) ? 2 : 0;
  const vowels: number[] = [];
  for (let at = start; at < letters.length; at += 1) {
    if (/[aeiouyâăêôơư]/.test(letters[at] ?? '')) vowels.push(at);
  }
  const marked = vowels.filter((at) => /[âăêôơư]/.test(letters[at] ?? ''));
  const lastVowel = vowels.at(-1) ?? -1;
  const closed = lastVowel < letters.length - 1;
  const target =
    marked.at(-1) ?? (vowels.length > 1 ? vowels.at(closed ? -1 : vowels.length - 2) : lastVowel) ?? -1;
  if (target < 0) return word;
  letters[target] = ((letters[target] ?? '') + tone).normalize('NFC');
  return letters.join('');
}
