/** The register of agencies: reading it, and telling a name that is in it from one that only looks like it. */
import { z } from 'zod';
import { fold } from '../understand/normalise.ts';
import { findCandidates, indexNames } from './agency-index.ts';
import type { AgencyIndex } from './agency-index.ts';
import { isFreeDescriptor, readLicenceNumber, splitName, toWords } from './agency-names.ts';
import type { NameParts } from './agency-names.ts';
import { similarity } from './agency-similarity.ts';
import type { AgencyContact, AgencyMatch, AgencyRow } from './offer.ts';

/** One way to write a row's name, taken apart. `code` is true for the short trading name. */
export interface AgencyName {
  row: AgencyRow;
  parts: NameParts;
  code: boolean;
}

/** The register, ready for matching. Made by `parseAgencies`. */
export interface AgencyRegister {
  rows: readonly AgencyRow[];
  names: readonly AgencyName[];
  /** joined code or joined full name → rows, for a first exact look */
  byJoined: ReadonlyMap<string, readonly AgencyName[]>;
  /** distinctive words of a name without spaces → names with exactly these */
  byCore: ReadonlyMap<string, readonly AgencyName[]>;
  /** licence number in one spelling ("12/ldtbxh-gp") → rows; empty while the register has none */
  byLicence: ReadonlyMap<string, readonly AgencyRow[]>;
  /** for names that are only alike */
  index: AgencyIndex;
  /** rarity of a word over the register: rare words tell names apart */
  weightOf: ReadonlyMap<string, number>;
  /** neighbouring words of all names: "binh minh" */
  pairs: ReadonlySet<string>;
  /** every generic word of a row's names, by row id */
  genericOf: ReadonlyMap<string, ReadonlySet<string>>;
  /** newest `source_date` of the copied list, `YYYY-MM-DD` */
  registerDate: string;
}

const NO_CONTACT: AgencyContact = { kind: 'unknown', call: null, site: null };
const MAX_SIMILAR = 3;
/** Measured on test/fixtures/agencies.dev.jsonl: below it, unrelated names begin to show. */
const MIN_SIMILARITY = 0.5;
/** A second or third name is listed only when it is nearly as close as the first. */
const WORTH_LISTING = 0.8;
const REGISTER_OLD_AFTER_MS = 30 * 24 * 3600 * 1000;

const cell = z.string().transform((text) => (text.trim() === '' ? null : text.trim()));

const RowSchema = z
  .object({
    id: z.string().regex(/^AG\d{4,}$/, 'must look like AG0001'),
    record_type: z.string().min(1),
    name_vi: cell,
    name_trading: cell,
    short_name: cell,
    status: z.enum([
      'active_unconfirmed',
      'active',
      'revoked',
      'suspended',
      'sanctioned',
      'unlicensed',
      'fake',
    ]),
    status_as_of: z.string(),
    markets: cell,
    address: cell,
    website: cell,
    phone: cell.optional(),
    phone_flag: cell.optional(),
    licence_number: cell.optional(),
    source: z.string().min(1),
    source_date: z.string().min(4),
    confidence: z.string(),
    note: cell,
  })
  .refine((row) => row.name_vi !== null || row.name_trading !== null, {
    path: ['name_vi'],
    message: 'name_vi and name_trading are both empty',
  });

/**
 * Validates the rows of content/registers/agencies.csv and prepares them for matching.
 *
 * @param rows one object per line, by column name
 * @throws Error naming every faulty row (counted from 2, as in a spreadsheet) and column
 */
export function parseAgencies(rows: readonly Readonly<Record<string, string>>[]): AgencyRegister {
  const faults: string[] = [];
  const seen = new Set<string>();
  const parsed: AgencyRow[] = [];
  rows.forEach((raw, index) => {
    const result = RowSchema.safeParse(raw);
    if (!result.success) {
      for (const issue of result.error.issues) {
        faults.push(`agencies row ${index + 2}, column ${issue.path.join('.')}: ${issue.message}`);
      }
      return;
    }
    if (seen.has(result.data.id))
      faults.push(`agencies row ${index + 2}, column id: ${result.data.id} stands twice`);
    seen.add(result.data.id);
    parsed.push(toRow(result.data));
  });
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return indexRows(parsed);
}

/**
 * Looks one company name up.
 * `exact` only for the same name or code after folding; anything that adds, drops or changes a distinctive
 * word is `similar`, so that an imitation is never reported as found.
 */
export function matchAgency(register: AgencyRegister, mention: string, now: Date): AgencyMatch {
  const about = {
    registerDate: register.registerDate,
    registerIsOld: now.getTime() - new Date(register.registerDate).getTime() > REGISTER_OLD_AFTER_MS,
    contact: NO_CONTACT,
  };
  const trimmed = mention.trim();
  if (trimmed === '') return { kind: 'not_given', mention: null, rows: [], ...about };
  const licensed = rowsOfLicence(register, trimmed);
  if (licensed !== null) return { ...licensed, mention: trimmed, ...about };
  const exact = findExactRows(register, trimmed);
  if (exact.length > 0) return { kind: 'exact', mention: trimmed, rows: exact, ...about };
  const { whole, outside, inside } = splitBrackets(trimmed);
  const similar = findSimilar(
    register,
    [whole, outside, inside].filter((parts) => parts.joined !== ''),
  );
  return { kind: similar.length > 0 ? 'similar' : 'none', mention: trimmed, rows: similar, ...about };
}

/**
 * A licence number the register has names its firm, unless another name stands beside it. Null when there is no number,
 * or none the register knows: then the name alone is looked up, and the number proves nothing.
 */
function rowsOfLicence(
  register: AgencyRegister,
  mention: string,
): { kind: 'exact' | 'similar'; rows: AgencyRow[] } | null {
  const number = readLicenceNumber(mention);
  const rows = number === null ? undefined : register.byLicence.get(number);
  if (rows === undefined) return null;
  const { whole } = splitBrackets(mention);
  if (whole.core.length === 0) return { kind: 'exact', rows: [...rows] };
  const named = findExactRows(register, mention).filter((row) => rows.includes(row));
  return named.length > 0 ? { kind: 'exact', rows: named } : { kind: 'similar', rows: [...rows] };
}

/** Rows whose name or code the mention is; several when names coincide. Cheap: two look-ups, no comparing. */
export function findExactRows(register: AgencyRegister, mention: string): AgencyRow[] {
  const { whole, outside, inside } = splitBrackets(mention);
  return findWholeOrBracketed(register, whole, outside, inside).filter(
    (row) => !contradictsSpelling(mention, whole, row),
  );
}

function findExact(register: AgencyRegister, parts: NameParts): AgencyRow[] {
  if (parts.joined === '') return [];
  const same = register.byJoined.get(parts.joined);
  if (same !== undefined) return uniqueRows(same);
  // "SU LE CO": a code in pieces, one of which looks like a legal form
  const pieces = register.byJoined.get(parts.spelled)?.filter((name) => name.parts.words.length === 1);
  if (pieces !== undefined && pieces.length > 0) return uniqueRows(pieces);
  if (parts.coreJoined === '') return [];
  return uniqueRows(
    (register.byCore.get(parts.coreJoined) ?? []).filter((name) =>
      parts.generic.every((phrase) => isFreeDescriptor(phrase) || hasPhrase(register, name.row.id, phrase)),
    ),
  );
}

/** "Thăng Lợi" is not "Thắng Lợi": where the person typed marks on a distinctive word, they have to be the same. */
function contradictsSpelling(mention: string, parts: NameParts, row: AgencyRow): boolean {
  const known = spellingsOf(row.nameVi);
  for (const [word, typed] of spellingsOf(mention)) {
    const spellings = known.get(word);
    if (spellings === undefined || !parts.core.includes(word) || typed.has(word)) continue;
    if (![...typed].some((spelling) => spellings.has(spelling))) return true;
  }
  return false;
}

/** Folded word → the ways it is written, letters and marks sorted, so that tone placement does not count. */
function spellingsOf(text: string): Map<string, Set<string>> {
  const spellings = new Map<string, Set<string>>();
  for (const word of text.toLowerCase().split(/[^\p{L}\p{M}]+/u)) {
    const folded = fold(word);
    const marks = folded === word ? word : Array.from(word.normalize('NFD')).sort().join('');
    spellings.set(folded, (spellings.get(folded) ?? new Set()).add(marks));
  }
  return spellings;
}

function hasPhrase(register: AgencyRegister, id: string, phrase: string): boolean {
  const known = register.genericOf.get(id);
  return known !== undefined && phrase.split(' ').every((word) => known.has(word));
}

function findSimilar(register: AgencyRegister, spellings: readonly NameParts[]): AgencyRow[] {
  const best = new Map<string, { row: AgencyRow; score: number }>();
  for (const parts of spellings) {
    for (const name of findCandidates(register.index, parts, register.weightOf)) {
      const score = similarity(parts, name.parts, register.weightOf);
      if (score < MIN_SIMILARITY || score <= (best.get(name.row.id)?.score ?? 0)) continue;
      best.set(name.row.id, { row: name.row, score });
    }
  }
  const ranked = [...best.values()].sort((a, b) => b.score - a.score || a.row.id.localeCompare(b.row.id));
  const top = ranked[0]?.score ?? 0;
  return ranked
    .filter((found) => found.score >= top * WORTH_LISTING)
    .slice(0, MAX_SIMILAR)
    .map((found) => found.row);
}

function uniqueRows(names: readonly AgencyName[]): AgencyRow[] {
  return [...new Set(names.map((name) => name.row))];
}

const NO_NAME: NameParts = { words: [], core: [], generic: [], joined: '', spelled: '', coreJoined: '' };

/** A mention may carry its code in brackets: "Công ty … (LABCOOP JSC)". Parts are empty where nothing is written. */
function splitBrackets(name: string): { whole: NameParts; outside: NameParts; inside: NameParts } {
  const whole = splitName(name);
  if (!name.includes('(')) return { whole, outside: NO_NAME, inside: NO_NAME };
  const [, before = name, inside = '', after = ''] = /^(.*?)\(([^)]*)\)(.*)$/u.exec(name) ?? [];
  return { whole, outside: splitName(`${before} ${after}`), inside: splitName(inside) };
}

/** A code in brackets is believed only when the name in front of it says the same, or nothing of its own. */
function findWholeOrBracketed(
  register: AgencyRegister,
  whole: NameParts,
  outside: NameParts,
  inside: NameParts,
): AgencyRow[] {
  const exact = findExact(register, whole);
  if (exact.length > 0 || inside.joined === '') return exact;
  const byName = findExact(register, outside);
  const byCode = findExact(register, inside);
  return outside.core.length === 0
    ? byCode
    : byName.filter((row) => byCode.length === 0 || byCode.includes(row));
}

function toRow(data: z.infer<typeof RowSchema>): AgencyRow {
  return {
    id: data.id,
    recordType: data.record_type,
    nameVi: data.name_vi ?? data.name_trading ?? '',
    nameTrading: data.name_trading,
    shortName: data.short_name,
    status: data.status,
    statusAsOf: data.status_as_of,
    markets: data.markets,
    address: data.address,
    website: data.website,
    phone: data.phone ?? null,
    phoneFlag: data.phone_flag ?? null,
    licenceNumber: data.licence_number ?? null,
    source: data.source,
    sourceDate: data.source_date,
    confidence: data.confidence,
    note: data.note,
  };
}

function indexRows(rows: readonly AgencyRow[]): AgencyRegister {
  const names = rows.flatMap(toNames);
  const byJoined = new Map<string, AgencyName[]>();
  const byCore = new Map<string, AgencyName[]>();
  const rowsWithWord = new Map<string, Set<string>>();
  const genericOf = new Map<string, Set<string>>();
  const pairs = new Set<string>();
  for (const name of names) {
    listAt(byJoined, name.parts.joined).push(name);
    listAt(byCore, name.parts.coreJoined).push(name);
    const generic = genericOf.get(name.row.id) ?? new Set<string>();
    for (const phrase of name.parts.generic) for (const word of phrase.split(' ')) generic.add(word);
    genericOf.set(name.row.id, generic);
    name.parts.words.forEach((word, at) => {
      const ids = rowsWithWord.get(word) ?? new Set();
      rowsWithWord.set(word, ids.add(name.row.id));
      const next = name.parts.words[at + 1];
      if (next !== undefined) pairs.add(`${word} ${next}`);
    });
  }
  const weightOf = new Map<string, number>();
  for (const [word, ids] of rowsWithWord) weightOf.set(word, Math.log(1 + rows.length / ids.size));
  const index = indexNames(names, weightOf);
  const registerDate = newestListDate(rows);
  const byLicence = new Map<string, AgencyRow[]>();
  for (const row of rows) {
    const number = readLicenceNumber(row.licenceNumber ?? '');
    if (number !== null) listAt(byLicence, number).push(row);
  }
  return { rows, names, byJoined, byCore, byLicence, index, weightOf, genericOf, pairs, registerDate };
}

function listAt<T>(map: Map<string, T[]>, key: string): T[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}

function newestListDate(rows: readonly AgencyRow[]): string {
  const dates = rows.filter((row) => row.recordType === 'licensed_list').map((row) => row.sourceDate);
  return (
    dates.sort().at(-1) ??
    rows
      .map((row) => row.sourceDate)
      .sort()
      .at(-1) ??
    '1970-01-01'
  );
}

/** A placeholder the source itself carries in place of a trading name. */
const NOT_A_NAME = new Set(['ten giao dich']);

function toNames(row: AgencyRow): AgencyName[] {
  const texts = row.recordType === 'impersonation_warning' ? imitatedNames(row.nameVi) : writtenNames(row);
  const seen = new Set<string>();
  const names: AgencyName[] = [];
  for (const { text, code } of texts) {
    const parts = splitName(text);
    if (parts.joined === '' || seen.has(parts.joined) || NOT_A_NAME.has(toWords(text).join(' '))) continue;
    seen.add(parts.joined);
    names.push({ row, parts, code });
  }
  return names;
}

function writtenNames(row: AgencyRow): { text: string; code: boolean }[] {
  const texts = [row.nameVi, row.nameTrading ?? ''].flatMap((name) => [
    ...name.split(/ hay /u),
    name.replace(/\([^)]*\).*$/u, ''),
    ...[...name.matchAll(/\(([^)]*)\)/gu)].map((match) => match[1] ?? ''),
    name.split(/ - (?:only|Bộ) /u)[0] ?? '',
  ]);
  return [...texts.map((text) => ({ text, code: false })), { text: row.shortName ?? '', code: true }];
}

/** Warnings describe what imitates ("Fanpage "X" (not a body)"): only the quoted name or the site is matched. */
function imitatedNames(text: string): { text: string; code: boolean }[] {
  const quoted = [...text.matchAll(/"([^"]+)"/gu)].map((match) => match[1] ?? '');
  const sites = [...fold(text.toLowerCase()).matchAll(/\b(?:[a-z0-9-]+\.)+[a-z]{2,}\b/gu)].map(
    (match) => match[0],
  );
  return [...quoted, ...sites].map((name) => ({ text: name, code: false }));
}
