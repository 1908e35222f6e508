/** A first, careful guess between Vietnamese and English: only a plain case decides, anything else stays as it was. */
import { plain } from './choices.ts';
import { fold } from './normalise.ts';
import { languageByScript } from './script.ts';
import { isSyllable } from './syllables.ts';

/** Everyday English words that are no Vietnamese syllable even without diacritics. */
const ENGLISH = new Set(
  `the is are was were my you your they them their there this that what where when how with from have has does did not
  please help job work offer company money passport police need want hello thanks about which who will would can could
  should abroad salary pay paid someone my me and for it i am he she his her friend sister brother of or by all any every
  everyone right such other without because money after before into been being had its our us also more some only just very
  if know think tell said while these those between through freedom shall person people life law working family`.split(
    /\s+/,
  ),
);

/** Vietnamese syllables that are no English word, as typed without diacritics. */
const VIETNAMESE = new Set(
  `khong toi minh ban em chi anh co cong ty viec lam luong di duoc nguoi nhu gi nao giup cho voi muon hoi ho chieu tien
  trieu nuoc ngoai tuyen dung nha duong dien thoai dc ko bi roi nay sao la va`.split(/\s+/),
);

const VIETNAMESE_LETTERS = /[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]/iu;

/** The language of a text by its script, else by plain words; null when neither says. Latin script: only Vietnamese and English. */
export function detectLanguage(text: string): string | null {
  const found = languageByScript(text) ?? guessLanguage(text);
  return found ?? (readsLikeVietnamese(text) ? 'vi' : null);
}

/** Other languages in Latin script hardly ever run through three words that could all be Vietnamese. */
const FEWEST_WORDS = 3;
const LEAST_SYLLABLES = 0.85;

function readsLikeVietnamese(text: string): boolean {
  const words = plain(fold(text))
    .split(' ')
    .filter((word) => /^[a-z]+$/.test(word));
  const syllables = words.filter((word) => isSyllable(word)).length;
  return words.length >= FEWEST_WORDS && syllables >= words.length * LEAST_SYLLABLES;
}

/** `vi`, `en`, or null when the text does not say. */
export function guessLanguage(text: string): 'vi' | 'en' | null {
  if (VIETNAMESE_LETTERS.test(text.normalize('NFC'))) return 'vi';
  const words = plain(fold(text)).split(' ');
  const english = words.filter((word) => ENGLISH.has(word)).length;
  const vietnamese = words.filter((word) => VIETNAMESE.has(word)).length;
  if (english >= 2 && english > vietnamese * 2) return 'en';
  return vietnamese >= 1 && vietnamese >= english ? 'vi' : null;
}
