/** Turns what a person typed into comparable tokens that still point back into the original text. */
import { ABBREVIATIONS, READINGS, type Reading } from './abbreviations.ts';
import { DISTRESS_ONLY, type Emoji, type EmojiSet } from './emoji.ts';
import { asLatin } from './look-alikes.ts';
import { isSyllable } from './syllables.ts';
import { decodeTelex } from './telex.ts';
import type { Normalised, Token } from './text.ts';
import { decodeVni } from './vni.ts';

/** Removes diacritics and capitals: "Đánh" → "danh". Keeps everything else, also spaces and punctuation. */
export function fold(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return text.normalize('NFD').replace(MARKS, '').toLowerCase().replace(D_WITH_STROKE, 'd').normalize('NFC');
}

/**
 * Splits a text into words with their offsets in `raw`; understands NFD, full-width and mathematical letters, stretched
 * letters, look-alikes, chat abbreviations, Telex and VNI leftovers, and pictures that say something. Tone marks stand where the older spelling puts them ("khoá" → "khóa").
 * A number keeps its inner dots and commas and its unit: "165.000", "20tr". Never throws; linear in the length.
 *
 * @param emoji what pictures say; only the distress sign when left out
 */
export function normalise(raw: string, emoji: EmojiSet = DISTRESS_ONLY): Normalised {
  const words = repairVni(splitWords(raw, emoji).map(cleanWord));
  const tokens: Token[] = [];
  words.forEach((word, at) => {
    expandWord(words, at).forEach((text, part) => {
      tokens.push({
        text,
        folded: text === word.text ? word.folded : fold(text),
        start: word.start,
        end: word.end,
        breakBefore: part === 0 && word.breakBefore,
      });
    });
  });
  return { raw, tokens, folded: tokens.map((token) => token.folded).join(' ') };
}

interface Word {
  text: string;
  folded: string;
  start: number;
  end: number;
  breakBefore: boolean;
}

type Kind = 'letter' | 'ignored' | 'break' | 'space';

const MARKS = /[\u0300-\u036f]/g;
const D_WITH_STROKE = /[đð\u0256]/g;
const IGNORED = /[\p{Cc}\p{Cf}\p{Cs}\uFE00-\uFE0F\u034F]/u;
/** Letters in circles and squares, which Unicode counts as signs. */
const CIRCLED = /[\u24b6-\u24e9\u{1F130}-\u{1F149}]/u;
const LETTER = /[\p{L}\p{N}\p{M}]/u;
const BREAK = /[.,;:!?…()[\]{}"«»“”„–—|\n\r\u2028\u2029。、，！？。៖។]/u;
const MAX_MARKS_PER_LETTER = 3;

function splitWords(raw: string, emoji: EmojiSet): Word[] {
  const words: Word[] = [];
  const pictures: Picture[] = [];
  let text = '';
  let start = 0;
  let end = 0;
  let pendingBreak = false;
  const close = () => {
    if (text === '') return;
    words.push({ text: asLatin(text.normalize('NFC')), folded: '', start, end, breakBefore: pendingBreak });
    text = '';
    pendingBreak = false;
  };
  let marks = 0;
  for (let at = 0; at < raw.length;) {
    const char = String.fromCodePoint(raw.codePointAt(at) ?? 0);
    const next = at + char.length;
    const isMark = char >= '\u0300' && char <= '\u036f' && char !== '\u034f';
    if (isMark) {
      marks += 1;
      if (text !== '' && marks <= MAX_MARKS_PER_LETTER) text += char;
      if (text !== '') end = next;
      at = next;
      continue;
    }
    const picture = char.length === 1 && char < PICTURES_FROM ? undefined : emoji.bySign.get(char);
    if (picture !== undefined) {
      close();
      pictures.push({ words: picture, start: at, end: next, at: words.length });
      pendingBreak = true;
      marks = 0;
      at = next;
      continue;
    }
    const kind = kindOf(char);
    if (kind !== 'ignored') marks = 0;
    if (kind === 'letter') {
      if (text === '') start = at;
      text += toPlainLetters(char);
      end = next;
    } else if (kind === 'break' && !(isInsideNumber(raw, at) && text !== '')) {
      close();
      pendingBreak = true;
    } else if (kind === 'break') {
      text += char;
    } else if (kind === 'space' && !isApostropheInside(raw, at, text)) close();
    at = next;
  }
  close();
  return pictures.length === 0 ? words : withPictures(words, pictures);
}

/** The first sign that may be a picture. */
const PICTURES_FROM = '\u203c';

interface Picture {
  words: Emoji;
  start: number;
  end: number;
  /** stands before the word with this index */
  at: number;
}

/** Each picture once, as its words; those that only add to words are left out where there are none. */
function withPictures(words: readonly Word[], pictures: readonly Picture[]): Word[] {
  const said = new Set<string>();
  const read: Word[] = [...words];
  let shift = 0;
  for (const { words: emoji, start, end, at } of pictures) {
    if (said.has(emoji.says) || !emoji.danger) continue;
    if (emoji.weight === 'beside' && words.length === 0) continue;
    said.add(emoji.says);
    const parts = emoji.says
      .split(' ')
      .map((text, part) => ({ text, folded: '', start, end, breakBefore: part === 0 }));
    read.splice(at + shift, 0, ...parts);
    shift += parts.length;
  }
  return read;
}

/** "toi6" is believed beside a word that can only be VNI. */
function repairVni(words: readonly Word[]): readonly Word[] {
  const decoded = words.map(({ text }) => decodeVni(text));
  if (!decoded.some((word) => word?.certain === true)) return words;
  return words.map((word, at) => {
    const text = decoded[at]?.text;
    return text === undefined ? word : { ...word, text: placeToneAsBefore(text), folded: fold(text) };
  });
}

function kindOf(char: string): Kind {
  const code = char.charCodeAt(0);
  if (code < 128) {
    if (isAsciiLetterOrDigit(code)) return 'letter';
    if (code === 32 || code === 9) return 'space';
    if (code === 10 || code === 13) return 'break';
    if (code < 32 || code === 127) return 'ignored';
    return BREAK.test(char) ? 'break' : 'space';
  }
  if (IGNORED.test(char)) return 'ignored';
  if (LETTER.test(char) || CIRCLED.test(char)) return 'letter';
  return BREAK.test(char) ? 'break' : 'space';
}

function isAsciiLetterOrDigit(code: number): boolean {
  return (code > 96 && code < 123) || (code > 47 && code < 58) || (code > 64 && code < 91);
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false;
  return true;
}

/** Full-width, circled and mathematical letters become plain ones; Icelandic and African d with stroke become đ. */
function toPlainLetters(char: string): string {
  if (char.charCodeAt(0) < 128) return char.toLowerCase();
  const plain = char.normalize('NFKC').toLowerCase();
  return plain === 'ð' || plain === '\u0256' ? 'đ' : plain;
}

/** "165.000", "1,5": a dot or comma between two digits belongs to the number. */
function isInsideNumber(raw: string, at: number): boolean {
  return /^[.,]$/.test(raw.charAt(at)) && /\d/.test(raw.charAt(at - 1)) && /\d/.test(raw.charAt(at + 1));
}

/** "don't" stays one word: "dont". */
function isApostropheInside(raw: string, at: number, text: string): boolean {
  return text !== '' && /['’ʼ]/.test(raw.charAt(at)) && /[a-z]/i.test(raw.charAt(at + 1));
}

function cleanWord(word: Word): Word {
  const isKnown = ABBREVIATIONS.has(word.text) || Object.hasOwn(READINGS, word.text);
  const text = isKnown ? word.text : placeToneAsBefore(dropZeroForO(collapseLetters(word.text)));
  return { ...word, text, folded: fold(text) };
}

const STRETCHED = /(\p{L})\1+/gu;
const HAS_STRETCHED = /(\p{L})\1/u;
const VOWEL_AND_ITS_ECHO = /([áàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụýỳỷỹỵăâêôơ])([aeiouy])$/u;

/** "cứuuuu" → "cứu", "khônggg" → "không", "cuuu" → "cuu" (a real ending without diacritics); "need" and "hello" stay. */
function collapseLetters(text: string): string {
  if (!HAS_STRETCHED.test(text)) return dropEcho(text);
  const hasDiacritics = !isAscii(text);
  const collapsed = text.replace(STRETCHED, (run: string, letter: string, at: number) => {
    if (run.length === 2 && !hasDiacritics) return run;
    const isOpenEnd = at + run.length === text.length;
    const endsLikeCuu = letter === 'u' && isOpenEnd && /^(?:c|h|l|m|s|t|b|ng|kh|tr)$/.test(text.slice(0, at));
    return endsLikeCuu && !hasDiacritics ? 'uu' : letter;
  });
  const once = dropEcho(collapsed);
  if (hasDiacritics || isSyllable(once) || ABBREVIATIONS.has(once)) return once;
  const single = once.replace(STRETCHED, '$1');
  return single.length > 2 && isSyllable(single) && /([bcghmnptvy])\1$/.test(once) ? single : once;
}

/** "chúuu" leaves "chúu": the echo of a marked vowel at the end is no letter of its own ("cứu" keeps its u). */
function dropEcho(text: string): string {
  const echo = VOWEL_AND_ITS_ECHO.exec(text);
  if (echo === null || fold(echo[1] ?? '') !== echo[2]) return text;
  return text.slice(0, -1);
}

/** "kh0ng" → "không" by way of "khong"; numbers and codes such as "20tr" or "b52" stay. */
function dropZeroForO(text: string): string {
  if (!text.includes('0') || !/^\p{L}+0+\p{L}*$/u.test(text)) return text;
  const spelled = text.replace(/0+/g, 'o');
  return ABBREVIATIONS.has(spelled) || (spelled.length > 2 && isSyllable(fold(spelled))) ? spelled : text;
}

const NEWER_TONE = /^(.*[^q]|)([ou])([áàảãạéèẻẽẹýỳỷỹỵ])$/u;

function placeToneAsBefore(text: string): string {
  if (isAscii(text)) return text;
  const newer = NEWER_TONE.exec(text);
  if (newer === null) return text;
  const [, before = '', first = '', second = ''] = newer;
  const [vowel = '', tone = ''] = Array.from(second.normalize('NFD'));
  if ((first === 'u' && vowel !== 'y') || (first === 'o' && vowel === 'y')) return text;
  return before + (first + tone).normalize('NFC') + vowel;
}

function expandWord(words: readonly Word[], at: number): readonly string[] {
  const text = words[at]?.text ?? '';
  const whole = ABBREVIATIONS.get(text);
  if (whole !== undefined) return whole;
  if (Object.hasOwn(READINGS, text)) {
    const reading = READINGS[text]?.find((candidate) => readingFits(candidate, words, at));
    return reading === undefined ? [text] : reading.to.split(' ');
  }
  const decoded = decodeTelex(text);
  return [decoded === null ? text : placeToneAsBefore(decoded)];
}

function readingFits(reading: Reading, words: readonly Word[], at: number): boolean {
  const prev = words[at - 1];
  const next = words[at + 1];
  if (prev === undefined && next === undefined) return reading.alone === true;
  if (reading.afterNumber !== true && prev !== undefined && /\d$/.test(prev.text)) return false;
  if (reading.last === true && !(next === undefined || next.breakBefore)) return false;
  if (!isListed(reading.prev, [prev]) || !isListed(reading.next, [next])) return false;
  if (!isListed(reading.near, [words[at - 2], prev, next, words[at + 2]])) return false;
  if (reading.notNext !== undefined && next !== undefined && reading.notNext.split(' ').includes(next.folded))
    return false;
  if (reading.notPrev !== undefined && prev !== undefined && reading.notPrev.split(' ').includes(prev.text))
    return false;
  return looksVietnamese(prev) || looksVietnamese(next) || reading.afterNumber === true;
}

function isListed(list: string | undefined, neighbours: readonly (Word | undefined)[]): boolean {
  if (list === undefined) return true;
  const forms = list.split(' ');
  return neighbours.some((word) => word !== undefined && forms.includes(word.folded));
}

const ENGLISH_ALIKE: ReadonlySet<string> = new Set(
  'am an as at be by can do go he i in is it me man men my no of on or so the to too up us we not has had have was him her a m'.split(
    ' ',
  ),
);

function looksVietnamese(word: Word | undefined): boolean {
  if (word === undefined || ENGLISH_ALIKE.has(word.text)) return false;
  return isSyllable(word.folded) || ABBREVIATIONS.has(word.text) || Object.hasOwn(READINGS, word.text);
}
