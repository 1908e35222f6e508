/** Turns a table into rows of content/registers/agencies.csv, and says what would change; nothing is written here. */
import Papa from 'papaparse';
import { parseAgencies } from '../../bot/index.ts';
import type { Table } from '../table/read-table.ts';

export type Row = Readonly<Record<string, string>>;

export const COLUMNS = [
  'id',
  'record_type',
  'name_vi',
  'name_trading',
  'short_name',
  'licence_number',
  'licence_issue_date',
  'address',
  'phone',
  'website',
  'phone_flag',
  'status',
  'status_as_of',
  'markets',
  'source',
  'source_date',
  'confidence',
  'note',
] as const;

/** How columns are called in lists people are given. */
const ALSO_CALLED: Readonly<Record<string, (typeof COLUMNS)[number]>> = {
  'tên doanh nghiệp': 'name_vi',
  'tên công ty': 'name_vi',
  'tên giao dịch': 'name_trading',
  'tên viết tắt': 'short_name',
  'số giấy phép': 'licence_number',
  'ngày cấp': 'licence_issue_date',
  'địa chỉ': 'address',
  'điện thoại': 'phone',
  website: 'website',
  'thị trường': 'markets',
  'ghi chú': 'note',
};
/** Numbering of rows: read over. */
const IGNORED: ReadonlySet<string> = new Set(['stt', 'tt', 'no', 'no.']);

export interface Origin {
  /** where the list comes from, in words or an address */
  source: string;
  /** the day the list was true, `YYYY-MM-DD` */
  date: string;
}

export interface Change {
  id: string;
  name: string;
  /** columns that differ; what stood there is in the file of before */
  columns: readonly string[];
}

export type Import =
  | {
      ok: true;
      rows: readonly Row[];
      added: readonly Change[];
      changed: readonly Change[];
      removed: readonly Change[];
    }
  | { ok: false; faults: readonly string[] };

/**
 * @param today rows of the register as it is; those that are no `licensed_list` (revoked, fined, warned of) always stay
 * @returns all rows of the new register, or every fault with row and column; nothing in between
 */
export function importAgencies(today: readonly Row[], table: Table, origin: Origin): Import {
  const columns = table.header.map(columnOf);
  const faults = headerFaults(table.header, columns);
  if (!isDate(origin.date)) faults.push('--date must be the day of the list, such as 2026-11-20');
  if (origin.source.trim() === '') faults.push('--source must say where the list comes from');
  if (faults.length > 0) return { ok: false, faults };
  const known = indexToday(today);
  const seen = new Map<string, number>();
  let lastId = Math.max(0, ...today.map((row) => Number(/^AG(\d+)$/u.exec(row['id'] ?? '')?.[1] ?? 0)));
  const kept = new Map<string, Row>();
  const fresh: Row[] = [];
  const added: Change[] = [];
  const changed: Change[] = [];
  for (const { line, cells } of table.rows) {
    const given = rowOf(columns, cells);
    faults.push(...rowFaults(line, given));
    const key = given['id'] ?? keyOf(given);
    const before = seen.get(key);
    if (before !== undefined)
      faults.push(`row ${line}, column name_vi: the same firm stands in row ${before}`);
    seen.set(key, line);
    const old = known.get(given['id'] ?? '') ?? known.get(keyOf(given));
    if (given['id'] !== undefined && old === undefined)
      faults.push(
        `row ${line}, column id: ${given['id']} is not in the register; leave it empty for a new firm`,
      );
    if (old === undefined) lastId += 1;
    const row = fill(old, given, `AG${String(lastId).padStart(4, '0')}`, origin);
    if (old === undefined) {
      fresh.push(row);
      added.push({ id: row['id'] ?? '', name: row['name_vi'] ?? '', columns: [] });
    } else {
      kept.set(row['id'] ?? '', row);
      const differing = COLUMNS.filter(
        (column) => !DATES.has(column) && (old[column] ?? '') !== (row[column] ?? ''),
      );
      if (differing.length > 0)
        changed.push({ id: row['id'] ?? '', name: row['name_vi'] ?? '', columns: differing });
    }
  }
  if (table.rows.length === 0) faults.push('there is no row below the header: the register would be empty');
  if (faults.length > 0) return { ok: false, faults };
  const stays = (row: Row) => kept.has(row['id'] ?? '') || row['record_type'] !== 'licensed_list';
  const removed = today.filter((row) => !stays(row));
  const rows = [...today.filter(stays).map((row) => kept.get(row['id'] ?? '') ?? row), ...fresh];
  try {
    parseAgencies(rows.map(complete));
  } catch (error) {
    return {
      ok: false,
      faults: error instanceof Error ? error.message.split('\n') : ['the rows cannot be read'],
    };
  }
  return {
    ok: true,
    rows,
    added,
    changed,
    removed: removed.map((row) => ({ id: row['id'] ?? '', name: row['name_vi'] ?? '', columns: [] })),
  };
}

/** The text of the new file; every row has every column. */
export function writeRows(rows: readonly Row[]): string {
  return `${Papa.unparse(rows.map(complete), { columns: [...COLUMNS], newline: '\n' })}\n`;
}

function complete(row: Row): Record<string, string> {
  return Object.fromEntries(COLUMNS.map((column) => [column, row[column] ?? '']));
}

/** They change with every list and say nothing about the firm. */
const DATES: ReadonlySet<string> = new Set(['source', 'source_date', 'status_as_of', 'confidence']);

function columnOf(name: string): string | null {
  const plain = name.toLowerCase().replace(/\s+/gu, ' ');
  return COLUMNS.find((column) => column === plain) ?? ALSO_CALLED[plain] ?? null;
}

function headerFaults(header: readonly string[], columns: readonly (string | null)[]): string[] {
  const faults: string[] = [];
  columns.forEach((column, at) => {
    const name = header[at] ?? '';
    if (name === '' || IGNORED.has(name.toLowerCase())) return;
    if (column === null)
      faults.push(
        `row 1: the column "${name.slice(0, 60)}" is unknown; take it out or call it one of ${COLUMNS.join(' ')}`,
      );
    else if (columns.indexOf(column) !== at) faults.push(`row 1: the column ${column} stands twice`);
  });
  if (!columns.includes('name_vi')) faults.push('row 1: the column name_vi ("Tên doanh nghiệp") is missing');
  return faults;
}

function rowOf(columns: readonly (string | null)[], cells: readonly string[]): Row {
  const row: Record<string, string> = {};
  columns.forEach((column, at) => {
    const cell = cells[at] ?? '';
    if (column !== null && cell !== '') row[column] = cell;
  });
  return row;
}

const DATE_COLUMNS = ['licence_issue_date', 'source_date'] as const;

function rowFaults(line: number, row: Row): string[] {
  const faults: string[] = [];
  if ((row['name_vi'] ?? '') === '')
    faults.push(`row ${line}, column name_vi: the name of the firm is missing`);
  for (const column of DATE_COLUMNS) {
    const value = row[column];
    if (value !== undefined && toIso(value) === null)
      faults.push(
        `row ${line}, column ${column}: "${value.slice(0, 20)}" is no date; write 2026-11-20 or 20/11/2026`,
      );
  }
  const site = row['website'];
  if (site !== undefined && !/^(?:https?:\/\/)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?:\/\S*)?$/iu.test(site))
    faults.push(`row ${line}, column website: "${site.slice(0, 40)}" is no address`);
  return faults;
}

/** "20/11/2026" or "2026-11-20" → "2026-11-20"; null for what is on no calendar. */
export function toIso(text: string): string | null {
  const [, day = '', month = '', year = ''] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/u.exec(text) ?? [];
  const iso = year === '' ? text : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDate(iso) ? iso : null;
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function keyOf(row: Row): string {
  return `name:${(row['name_vi'] ?? '').toLowerCase().replace(/\s+/gu, ' ')}`;
}

function indexToday(today: readonly Row[]): ReadonlyMap<string, Row> {
  const known = new Map<string, Row>();
  for (const row of today) {
    known.set(row['id'] ?? '', row);
    // of two entries of one name the list row is meant, not the warning
    if (!known.has(keyOf(row)) || row['record_type'] === 'licensed_list') known.set(keyOf(row), row);
  }
  return known;
}

/** What the new list says, over what was known; status and record type of a warning stay until an editor changes them. */
function fill(old: Row | undefined, given: Row, newId: string, origin: Origin): Row {
  const dates = Object.fromEntries(
    DATE_COLUMNS.flatMap((column) => {
      const iso = toIso(given[column] ?? '');
      return iso === null ? [] : [[column, iso]];
    }),
  );
  const phoneChanged = given['phone'] !== undefined && given['phone'] !== old?.['phone'];
  return {
    record_type: 'licensed_list',
    status: 'active_unconfirmed',
    confidence: 'single_source',
    ...old,
    // a mark belongs to the number it was made for
    ...(phoneChanged ? { phone_flag: 'unverified' } : {}),
    ...given,
    ...dates,
    id: old?.['id'] ?? newId,
    ...(old === undefined || old['record_type'] === 'licensed_list'
      ? {
          source: given['source'] ?? origin.source,
          source_date: dates['source_date'] ?? origin.date,
          status_as_of: origin.date,
        }
      : {}),
  };
}
