/** What a text says about age and place of the person concerned. */
import type { Hit, ScanToken } from './lexicon.ts';

const ADULT_AGE = 18;
const YEAR_WORDS: ReadonlySet<string> = new Set(['tuoi', 't', 'years', 'year', 'yo', 'yrs']);
const NOT_AN_AGE: ReadonlySet<string> = new Set(['tu', 'tren', 'hon', 'du', 'duoi', 'under', 'over', 'cach']);
const LAST_SCHOOL_YEAR = 12;

/** Words that give an age under 18: "15 tuổi", "14t", "2k10", "lớp 8". Ranges and limits ("từ 16 tuổi") do not count. */
export function findMinorAges(tokens: readonly ScanToken[], minorBornFrom: number): Hit[] {
  const hits: Hit[] = [];
  tokens.forEach((token, at) => {
    const length = lengthOfMinorAge(tokens, at, minorBornFrom);
    if (length > 0) hits.push({ concept: 'MINOR', from: at, to: at + length });
    else if (token.folded === 'lop' && isBelow(tokens[at + 1]?.text, LAST_SCHOOL_YEAR + 1)) {
      hits.push({ concept: 'MINOR', from: at, to: at + 2 });
    }
  });
  return hits;
}

function lengthOfMinorAge(tokens: readonly ScanToken[], at: number, minorBornFrom: number): number {
  const token = tokens[at];
  if (token === undefined || !/^\d/.test(token.text)) return 0;
  if (NOT_AN_AGE.has(tokens[at - 1]?.folded ?? '')) return 0;
  const born = /^2k(\d{1,2})$/.exec(token.text)?.[1];
  if (born !== undefined) return 2000 + Number(born) >= minorBornFrom ? 1 : 0;
  if (/^\d{1,2}(?:t|tuổi|tuoi|yo)$/.test(token.text))
    return Number.parseInt(token.text, 10) < ADULT_AGE ? 1 : 0;
  if (/^20\d\d$/.test(token.text) && tokens[at - 1]?.folded === 'nam' && tokens[at - 2]?.folded === 'sinh') {
    return Number(token.text) >= minorBornFrom ? 1 : 0;
  }
  const next = tokens[at + 1];
  if (next === undefined || !YEAR_WORDS.has(next.folded) || next.closed) return 0;
  if (!isBelow(token.text, ADULT_AGE)) return 0;
  // "16 - 25 tuổi" is a range; "17 years ago" is no age
  return tokens[at + 2]?.folded === 'ago' || /^\d+$/.test(tokens[at - 1]?.text ?? '') ? 0 : 2;
}

function isBelow(text: string | undefined, limit: number): boolean {
  return text !== undefined && /^\d{1,2}$/.test(text) && Number(text) < limit && Number(text) > 0;
}

const PLACE_PREFIX = 'place:';
const AT_WORDS: ReadonlySet<string> = new Set([
  'ở',
  'tại',
  'bên',
  'trong',
  'o',
  'tai',
  'ben',
  'in',
  'at',
  'đây',
  'day',
]);
const BROUGHT_WORDS: ReadonlySet<string> = new Set(['sang', 'qua', 'to', 'vào']);
const FUTURE_WORDS: ReadonlySet<string> = new Set([
  'sap',
  'dinh',
  'tuyen',
  'se',
  'ru',
  'moi',
  'tinh',
  'muon',
  'mai',
]);
const LOOK_BACK_WORDS = 6;

/**
 * ISO 3166-1 alpha-2 of the country the person is in, or null.
 *
 * @param isSelf tells whether the word at an index names the writer or a relative
 * @param isUrgent in danger "bên Campuchia" and "bị bán sang Campuchia" are places too, not only "em đang ở"
 */
export function findCountry(
  tokens: readonly ScanToken[],
  hits: readonly Hit[],
  isSelf: (at: number) => boolean,
  isUrgent: boolean,
): string | null {
  for (const hit of hits) {
    if (!hit.concept.startsWith(PLACE_PREFIX)) continue;
    const before = tokens.slice(Math.max(0, hit.from - LOOK_BACK_WORDS), hit.from);
    const near = before.slice(-2).map((token) => token.text);
    const isAt = near.some((word) => AT_WORDS.has(word));
    const isBrought = isUrgent && near.some((word) => BROUGHT_WORDS.has(word));
    if (!isAt && !isBrought) continue;
    if (before.some((token) => FUTURE_WORDS.has(token.folded))) continue;
    const hasPerson = before.some(
      (token, offset) => token.folded === 'dang' || isSelf(hit.from - before.length + offset),
    );
    if (hasPerson || isUrgent) return hit.concept.slice(PLACE_PREFIX.length);
  }
  return null;
}
