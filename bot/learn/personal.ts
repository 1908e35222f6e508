/** Finds names of people, places below the province, firms and children in a text whose numbers are already gone. Pure. */
import { fold } from '../understand/normalise.ts';
import { MARKS } from './mask.ts';
import {
  AFTER_NAME_WORD,
  CALLED,
  CHILD_PHRASES,
  CLEAR_FAMILY_NAMES,
  FAMILY_NAMES,
  FIRM_PAIRS,
  FIRM_WORDS,
  GIVEN_NAMES,
  KINSHIP,
  MIDDLE_NAMES,
  NO_FIRMS,
  NO_NAMES,
  NO_PLACES,
  PLACE_PAIRS,
  PLACE_WORDS,
} from './personal-words.ts';

interface Word {
  /** as written */
  raw: string;
  folded: string;
  hasCapital: boolean;
  /** begins the text or a sentence: its capital says nothing */
  isFirst: boolean;
  /** a number, money, a link … that was taken out */
  isMark: boolean;
}

type Finder = (words: readonly Word[], at: number) => boolean;

/** True when the text names, or may name, one of that kind. */
export function findPersonal(text: string, kind: 'name' | 'place' | 'firm' | 'child'): boolean {
  if (kind === 'child') return CHILD_PHRASES.test(fold(text));
  const words = wordsOf(text);
  const finder: Finder = { name: isName, place: isPlace, firm: isFirm }[kind];
  return words.some((word, at) => !word.isMark && finder(words, at));
}

/**
 * Puts `[tên]` for names that are certain: a family name or a word of kinship and capital letters after it. What is less certain
 * stays, and `findPersonal` drops the text.
 */
export function maskNames(text: string): string {
  if (isWithoutCase(text)) return text;
  const name = '(?:\\p{Lu}[\\p{Ll}\\p{M}]+)';
  const kin = '(?:anh|chị|chi|em|cô|chú|bác|ông|bà|cậu|mợ|dì|dượng|thầy|bạn|tên|tên là|tên em là)';
  return text
    .replace(
      new RegExp(`(?<![\\p{L}])(${kin})\\s+${name}(?:\\s+${name}){0,3}(?![\\p{L}])`, 'gu'),
      `$1 ${MARKS.name}`,
    )
    .replace(new RegExp(`(?<![\\p{L}])(${name})(?:\\s+${name}){1,4}(?![\\p{L}])`, 'gu'), (found: string) =>
      FAMILY_NAMES.has(fold(found.split(/\s+/u)[0] ?? '')) ? MARKS.name : found,
    );
}

function wordsOf(text: string): readonly Word[] {
  const noCase = isWithoutCase(text);
  let isFirst = true;
  return (text.match(/\[[^\]]+\]|[\p{L}\p{M}'’]+|[.!?\n]/gu) ?? []).flatMap((raw) => {
    if (/^[.!?\n]$/u.test(raw)) {
      isFirst = true;
      return [];
    }
    const word: Word = {
      raw,
      folded: fold(raw),
      hasCapital: !noCase && /^\p{Lu}/u.test(raw),
      isFirst,
      isMark: raw.startsWith('['),
    };
    isFirst = false;
    return [word];
  });
}

/** All capitals, or every word with one: the letters then say nothing about names, and the lists alone decide. */
function isWithoutCase(text: string): boolean {
  const written = text.replace(/\[[^\]]+\]/gu, '').match(/[\p{L}\p{M}]+/gu) ?? [];
  const shouted = written.filter((word) => word.length > 1 && word === word.toUpperCase()).length;
  return written.length > 2 && shouted / written.length > 0.6;
}

/** Everybody's names: platforms, peoples, countries. Folded. */
const PUBLIC_NAMES: ReadonlySet<string> = new Set(
  `zalo facebook messenger telegram line tiktok google viet nam vn campuchia cambodia lao thai lan trung quoc dai loan han
   nhat ban myanmar malaysia singapore my uc anh phap duc nga ba nhi ky dubai phil philippines bo cong an hai quan uy dang
   i visa usdt xkld cccd cmnd tv vietnam china japan korea taiwan`.split(/\s+/u),
);

function isName(words: readonly Word[], at: number): boolean {
  const word = words[at];
  if (word === undefined) return false;
  const next = words[at + 1];
  // inside a sentence a capital names something
  if (word.hasCapital && !word.isFirst && !PUBLIC_NAMES.has(word.folded)) return true;
  if (CLEAR_FAMILY_NAMES.has(word.folded) && next !== undefined && !next.isMark) return true;
  if (FAMILY_NAMES.has(word.folded) && MIDDLE_NAMES.has(next?.folded ?? '') && words[at + 2] !== undefined)
    return true;
  const isNameWord = /^(?:tên|ten)$/iu.test(word.raw.normalize('NFC'));
  if (isNameWord && !isGeneric(next, AFTER_NAME_WORD)) return true;
  if (next?.folded === 'oi' && !CALLED.has(word.folded)) return true;
  if (!introducesName(word) || next === undefined || next.isMark) return false;
  const after = words[at + 2]?.folded ?? '';
  return GIVEN_NAMES.has(next.folded) && !NO_NAMES.has(`${next.folded}_${after}`);
}

/** "bán hàng" is no "bạn Hằng": a word with its marks typed must have those of the word of kinship. */
function introducesName({ raw, folded }: Word): boolean {
  const typed = raw.toLowerCase().normalize('NFC');
  return typed === folded ? KINSHIP.has(folded) || folded === 'la' : MARKED_KINSHIP.has(typed);
}

const MARKED_KINSHIP: ReadonlySet<string> = new Set(
  'chị cô chú bác ông bà cậu mợ dì dượng bố mẹ má cháu thầy giáo bạn người chồng vợ tên là'.split(' '),
);

function isGeneric(word: Word | undefined, generic: ReadonlySet<string>): boolean {
  return word === undefined || word.isMark || generic.has(word.folded);
}

function isPlace(words: readonly Word[], at: number): boolean {
  const [word, next, after] = [words[at], words[at + 1], words[at + 2]];
  if (word === undefined || next === undefined) return false;
  const pair = `${word.folded}_${next.folded}`;
  if (PLACE_PAIRS.has(pair)) return after !== undefined && !NO_FIRMS.has(after.folded);
  return PLACE_WORDS.has(word.folded) && !NO_PLACES.has(pair) && !isPlainWord(word, next);
}

/** With its marks typed a word is what it is: "sợ", "chợ", "cho" fold to one. Without marks it may be the place. */
function isPlainWord(word: Word, next: Word): boolean {
  const marked = word.raw.toLowerCase().normalize('NFC');
  if (NEVER_PLACES.has(marked)) return true;
  return MAYBE_PLACES.has(word.folded) && !next.hasCapital && !next.isMark && marked === word.folded;
}

const NEVER_PLACES: ReadonlySet<string> = new Set(
  'xa bán bạn quán quần quân lãng lặng làm chờ cho tăng tặng phóng phòng tỏa cấu cậu câu bên bền gà ngà ngã đường_dây phó tô tớ tỏ hèm ngờ ngỡ dưỡng dượng trường_hợp phương'.split(
    ' ',
  ),
);
/** Unmarked letters that are far more often another word than the place. */
const MAYBE_PLACES: ReadonlySet<string> = new Set(
  'xa ban cho to ben quan cau phong tang ga nga toa'.split(' '),
);

function isFirm(words: readonly Word[], at: number): boolean {
  const [word, next, after, third] = [words[at], words[at + 1], words[at + 2], words[at + 3]];
  if (word === undefined) return false;
  const pair = `${word.folded}_${next?.folded ?? ''}`;
  // a legal form is never the end of it
  if (
    pair === 'co_phan' ||
    (pair === 'cong_ty' && `${after?.folded ?? ''}_${third?.folded ?? ''}` === 'co_phan')
  )
    return true;
  if (FIRM_PAIRS.has(pair)) return after !== undefined && !NO_FIRMS.has(after.folded);
  return FIRM_WORDS.has(word.folded) && next !== undefined && !next.isMark && !NO_FIRMS.has(next.folded);
}
