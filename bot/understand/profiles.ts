/** Tells languages written in the same letters apart by how often groups of one to three letters occur in them. */
import { z } from 'zod';

/** What stands in every profile: whose text it was counted from, and that it may be used. */
const OriginSchema = z.strictObject({
  /** ISO 639 code, as `readLanguage` gives it */
  language: z.string().regex(/^[a-z]{2,3}$/, 'an ISO 639 code in small letters'),
  source: z.string().min(1),
  rights: z.string().min(1),
});

/** Counted by `npm run languages -- count`, or a text an editor brought, counted when it is loaded. */
export const ProfileFileSchema = z.union([
  OriginSchema.extend({
    /** letter groups counted in all */
    counted: z.int().positive(),
    /** the commonest first: group, space, count; `_` is the edge of a word */
    groups: z.string().min(1),
  }),
  OriginSchema.extend({
    /** sentences as people write them */
    text: z.string().min(1),
  }),
]);
export type ProfileFile = z.infer<typeof ProfileFileSchema>;

export interface ProfileSet {
  readonly languages: readonly string[];
  /** a letter's number in group keys, by UTF-16 unit; 0 = in no profile */
  readonly letters: Uint8Array;
  /** group key → its row of `weights` */
  readonly rows: ReadonlyMap<number, number>;
  /** how likely a group is in each language, as a logarithm, in the order of `languages` */
  readonly weights: Float32Array;
}

export const NO_PROFILES: ProfileSet = {
  languages: [],
  letters: new Uint8Array(0),
  rows: new Map(),
  weights: new Float32Array(0),
};

export interface Ranked {
  language: string;
  /** how likely the text is in this language: a natural logarithm, summed over its letter groups */
  score: number;
}

export interface Ranking {
  /** all languages, the likeliest first */
  ranked: readonly Ranked[];
  /** letter groups read */
  groups: number;
}

const LONGEST_GROUP = 3;
const EDGE = '_';
/** A group that never occurred: rarer than the rarest that is kept. */
const UNSEEN = Math.log(1e-5);
/** Groups kept for one profile; with 6,000 nothing was told apart better. */
export const GROUPS_KEPT = 3000;
/** As much of a message is enough; longer ones cost no more. */
const MOST_READ_UTF16 = 400;
/** A text of fewer letters says more about its subject than about its language. */
export const FEWEST_LETTERS_OF_A_PROFILE = 1000;

/** Words of a text as profiles see them: small letters, NFC, marks and apostrophes kept, no digits, stretched letters cut to two. */
export function wordsOf(text: string): readonly string[] {
  const small = text.slice(0, MOST_READ_UTF16).normalize('NFC').toLowerCase();
  return (small.match(WORD) ?? []).map((word) => word.replace(STRETCHED, '$1$1'));
}

const WORD = /\p{Script=Latin}[\p{Script=Latin}\u0300-\u036f'’ʼ]*/gu;
const STRETCHED = /(.)\1{2,}/gu;

/** Calls `visit` for every group of one to three letters of every word, its edges included. */
function visitGroups(words: readonly string[], visit: (group: string) => void): void {
  for (const word of words) {
    const padded = EDGE + word + EDGE;
    for (let start = 0; start < padded.length; start += 1) {
      if (start > 0 && start < padded.length - 1) visit(padded.charAt(start));
      for (let end = start + 2; end <= padded.length && end <= start + LONGEST_GROUP; end += 1)
        visit(padded.slice(start, end));
    }
  }
}

/** Counts the letter groups of texts: what a profile file holds. The same texts give the same profile. */
export function countGroups(
  texts: Iterable<string>,
  most = GROUPS_KEPT,
): { counted: number; groups: string } {
  const { counted, counts } = count(texts);
  const kept = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, most);
  return { counted, groups: kept.map(([group, times]) => `${group} ${times}`).join('\n') };
}

function count(texts: Iterable<string>): { counted: number; counts: ReadonlyMap<string, number> } {
  const counts = new Map<string, number>();
  let counted = 0;
  const add = (group: string): void => {
    counts.set(group, (counts.get(group) ?? 0) + 1);
    counted += 1;
  };
  for (const text of texts)
    for (let at = 0; at < text.length; at += MOST_READ_UTF16) visitGroups(wordsOf(text.slice(at)), add);
  return { counted, counts };
}

/**
 * Profiles of all languages as one table.
 * @throws RangeError when a language has two profiles, a text is too short to be one, or a line is no group with its count
 */
export function compileProfiles(files: readonly ProfileFile[]): ProfileSet {
  const languages = files.map(({ language }) => language);
  const counts = files.map((file, at) => {
    if (languages.indexOf(file.language) !== at) throw new RangeError(`${file.language} has two profiles`);
    return 'text' in file ? countText(file) : readCounts(file);
  });
  const groups = [...new Set(counts.flatMap((one) => [...one.counts.keys()]))];
  const letters = numberLetters(groups);
  const weights = new Float32Array(groups.length * files.length).fill(UNSEEN);
  const rows = new Map<number, number>();
  groups.forEach((group, row) => {
    rows.set(keyOf(letters, group), row);
    counts.forEach((one, at) => {
      const times = one.counts.get(group) ?? 0;
      if (times > 0) weights[row * files.length + at] = Math.max(UNSEEN, Math.log(times / one.counted));
    });
  });
  return { languages, letters, rows, weights };
}

/** Two hundred and more letters with and without marks is what all profiles together need. */
const MOST_LETTERS = 255;

function numberLetters(groups: readonly string[]): Uint8Array {
  const units = [...new Set(groups.flatMap((group) => group.replaceAll(EDGE, '').split('')))].sort();
  if (units.length >= MOST_LETTERS)
    throw new RangeError(`the profiles use ${units.length} letters: leave out rare groups`);
  const letters = new Uint8Array(Math.max(0, ...units.map((unit) => unit.charCodeAt(0))) + 1);
  units.forEach((unit, at) => (letters[unit.charCodeAt(0)] = EDGE_NUMBER + 1 + at));
  return letters;
}

function keyOf(letters: Uint8Array, group: string): number {
  return group
    .split('')
    .reduce(
      (key, unit) => (key << BITS) | (unit === EDGE ? EDGE_NUMBER : (letters[unit.charCodeAt(0)] ?? 0)),
      0,
    );
}

function countText({ language, text }: { language: string; text: string }) {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  if (letters < FEWEST_LETTERS_OF_A_PROFILE)
    throw new RangeError(
      `the text of ${language} has ${letters} letters; bring at least ${FEWEST_LETTERS_OF_A_PROFILE}, better five times as many`,
    );
  return count([text]);
}

function readCounts({ language, counted, groups }: { language: string; counted: number; groups: string }) {
  const counts = new Map<string, number>();
  for (const line of groups.trim().split('\n')) {
    const [group = '', times = ''] = line.trim().split(' ');
    if (group === '' || !/^[1-9]\d*$/.test(times))
      throw new RangeError(`"${line.slice(0, 40)}" of ${language} is no letter group with its count`);
    counts.set(group, Number(times));
  }
  return { counted, counts };
}

/** How well each language fits. Nothing is ranked when there is no word in Latin letters, or no profile. */
export function rankLanguages(set: ProfileSet, words: readonly string[]): Ranking {
  const width = set.languages.length;
  if (words.length === 0 || width === 0) return { ranked: [], groups: 0 };
  const sums = new Float64Array(width);
  let unseen = 0;
  let groups = 0;
  const add = (key: number): void => {
    groups += 1;
    const row = key < 0 ? undefined : set.rows.get(key);
    if (row === undefined) unseen += 1;
    else
      for (let at = 0; at < width; at += 1) sums[at] = (sums[at] ?? 0) + (set.weights[row * width + at] ?? 0);
  };
  for (const word of words) visitKeys(set.letters, word, add);
  const ranked = set.languages.map((language, at) => ({
    language,
    score: (sums[at] ?? 0) + unseen * UNSEEN,
  }));
  return { ranked: ranked.sort((a, b) => b.score - a.score), groups };
}

const EDGE_NUMBER = 1;
const BITS = 8;

/** The groups of `visitGroups` as numbers, because thousands of short strings cost more than everything else; -1 = in no profile. */
function visitKeys(letters: Uint8Array, word: string, visit: (key: number) => void): void {
  const last = word.length + 1;
  const numberAt = (at: number): number =>
    at === 0 || at === last ? EDGE_NUMBER : (letters[word.charCodeAt(at - 1)] ?? 0);
  for (let start = 0; start <= last; start += 1) {
    let key = 0;
    for (let at = start; at <= last && at < start + LONGEST_GROUP; at += 1) {
      const number = numberAt(at);
      key = number === 0 || key < 0 ? -1 : (key << BITS) | number;
      if (at > start || (start > 0 && start < last)) visit(key);
    }
  }
}
