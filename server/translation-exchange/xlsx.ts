/** A spreadsheet for whoever has no other program: one row per text, the header and the Vietnamese frozen. */
import writeXlsxFile from 'write-excel-file/universal';
import { readTable } from '../table/read-table.ts';
import {
  ExchangeFault,
  readMark,
  type ReturnedSheet,
  type Sheet,
  type UnitState,
  writeMark,
} from './unit.ts';

/** the longest Vietnamese text has 2,400 */
const MAX_TEXT_UTF16 = 10_000;

const COLUMNS = [
  { name: 'Khóa', width: 28 },
  { name: 'Tiếng Việt', width: 60 },
  { name: 'Bản dịch', width: 60 },
  { name: 'Tình trạng', width: 14 },
  { name: 'Lời nhắc', width: 50 },
  { name: 'Dấu (đừng sửa)', width: 28 },
] as const;
const [KEY, , TARGET, , , MARK] = COLUMNS.map(({ name }) => name);
const STATES: Readonly<Record<UnitState, string>> = {
  missing: 'chưa có',
  stale: 'câu gốc đã đổi',
  draft: 'chưa duyệt',
  reviewed: 'đã duyệt',
};

export async function writeXlsx({ language, units }: Sheet): Promise<Uint8Array> {
  // every cell is text: what looks like a formula or a number stays what it is
  const cell = (value: string, more: object = {}) => ({ value, type: String, wrap: true, ...more });
  const rows = units.map((unit) => [
    cell(unit.key, { textColor: '#4c5f67' }),
    cell(unit.source),
    unit.target === '' ? null : cell(unit.target),
    cell(STATES[unit.state]),
    cell(unit.note),
    cell(writeMark(unit), { textColor: '#4c5f67' }),
  ]);
  const header = COLUMNS.map(({ name }) => cell(name, { fontWeight: 'bold' as const }));
  const file = writeXlsxFile([header, ...rows], {
    sheet: language,
    columns: COLUMNS.map(({ width }) => ({ width })),
    stickyRowsCount: 1,
    stickyColumnsCount: 2,
  });
  return new Uint8Array(await (await file.toBlob()).arrayBuffer());
}

/** @throws ExchangeFault when it is no spreadsheet, a hostile one, or lacks a column */
export async function readXlsx(bytes: Uint8Array): Promise<ReturnedSheet> {
  const read = await readTable('texts.xlsx', bytes, { cellUtf16: MAX_TEXT_UTF16 });
  if (!read.ok) throw new ExchangeFault(read.faults.join('\n'));
  const { header, rows } = read.table;
  const at = (name: string | undefined): number => {
    const index = header.indexOf(name ?? '');
    if (index === -1)
      throw new ExchangeFault(`row 1 has no column "${name ?? ''}": keep the columns as they were exported`);
    return index;
  };
  const [key, target, mark] = [at(KEY), at(TARGET), at(MARK)];
  return {
    language: null,
    rows: rows.map(({ line, cells }) => ({
      key: cells[key] ?? '',
      target: cells[target] ?? '',
      mark: readMark(cells[mark] ?? ''),
      where: `row ${line}`,
    })),
  };
}
