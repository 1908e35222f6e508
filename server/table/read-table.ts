/** Reads a CSV or XLSX file into a header and rows of text; refuses what is too large, hostile, or no table. */
import { strFromU8, unzipSync } from 'fflate';
import Papa from 'papaparse';
import { readSheet } from 'read-excel-file/universal';

export interface Table {
  header: readonly string[];
  /** cells by position; `line` is the row as a spreadsheet counts it, the header being 1 */
  rows: readonly { line: number; cells: readonly string[] }[];
}
export type TableRead = { ok: true; table: Table } | { ok: false; faults: readonly string[] };

/** The real register has about 500 firms, the tests go to 5,000; everything beyond is another file by mistake. */
export const MAX_ROWS = 20_000;
const MAX_COLUMNS = 60;
const MAX_CELL_UTF16 = 2000;

export interface TableLimits {
  /** characters of the longest cell */
  cellUtf16: number;
}
export const MAX_FILE_BYTES = 20 * 1024 * 1024;
/** Unpacked, a register of 20,000 rows stays below 30 MB. */
const MAX_UNPACKED_BYTES = 60 * 1024 * 1024;
const MAX_PARTS = 200;
const MAX_RATIO = 200;

/**
 * @param name only its ending counts: `.csv` or `.xlsx`
 * @returns never throws for what is in the file: every fault says where it is and what to do
 */
export async function readTable(
  name: string,
  bytes: Uint8Array,
  limits: TableLimits = { cellUtf16: MAX_CELL_UTF16 },
): Promise<TableRead> {
  if (bytes.length > MAX_FILE_BYTES)
    return refused(
      `the file has more than ${MAX_FILE_BYTES / 1024 / 1024} MB: keep only the sheet that matters`,
    );
  if (/\.xlsx$/iu.test(name)) return readXlsx(bytes, limits);
  if (/\.csv$/iu.test(name)) return readCsv(bytes, limits);
  return refused('the file must end in .csv or .xlsx: save it as one of these');
}

function refused(...faults: string[]): TableRead {
  return { ok: false, faults };
}

function readCsv(bytes: Uint8Array, limits: TableLimits): TableRead {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refused('the file is not UTF-8: save it as "CSV UTF-8"');
  }
  if (text.includes('\0')) return refused('the file holds zero bytes: it is no CSV, save it again');
  const parsed = Papa.parse<string[]>(text, { skipEmptyLines: false, preview: MAX_ROWS + 3 });
  const fault = parsed.errors.find((error) => error.code !== 'UndetectableDelimiter');
  if (fault !== undefined) return refused(`row ${(fault.row ?? 0) + 1}: ${fault.message}`);
  return toTable(parsed.data, limits);
}

async function readXlsx(bytes: Uint8Array, limits: TableLimits): Promise<TableRead> {
  const fault = hostilePart(bytes);
  if (fault !== null) return refused(fault);
  try {
    const rows = await readSheet(Uint8Array.from(bytes).buffer);
    return toTable(
      rows.map((row) => row.map(cellText)),
      limits,
    );
  } catch {
    return refused('the file cannot be read as XLSX: open it in a spreadsheet and save it again');
  }
}

/** Looks into the archive before anything is unpacked: how much it says it holds, and whether its XML declares a DOCTYPE. */
function hostilePart(bytes: Uint8Array): string | null {
  const said = { parts: 0, unpacked: 0, tooMuch: false };
  try {
    const xml = unzipSync(bytes, {
      filter: (part) => {
        said.parts += 1;
        said.unpacked += part.originalSize;
        said.tooMuch ||= said.parts > MAX_PARTS || said.unpacked > MAX_UNPACKED_BYTES;
        said.tooMuch ||=
          part.originalSize > 1024 * 1024 && part.originalSize > MAX_RATIO * Math.max(1, part.size);
        return !said.tooMuch && /\.(?:xml|rels)$/iu.test(part.name);
      },
    });
    if (said.tooMuch) return 'the file unpacks to far more than it needs: keep only the sheet that matters';
    for (const content of Object.values(xml)) {
      // a document type can hold entities that grow without end or read other files
      if (/<!(?:DOCTYPE|ENTITY)/iu.test(strFromU8(content)))
        return 'the file declares a DOCTYPE: open it in a spreadsheet and save it again';
    }
    return null;
  } catch {
    return 'the file is no XLSX archive: open it in a spreadsheet and save it again';
  }
}

/** The value a spreadsheet kept for the cell; a formula itself is never looked at. */
function cellText(cell: unknown): string {
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  return typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'boolean'
    ? String(cell)
    : '';
}

function toTable(lines: readonly (readonly string[])[], limits: TableLimits): TableRead {
  const [first = [], ...body] = lines;
  const header = first.map((cell) =>
    cell
      .normalize('NFC')
      .replace(/^\uFEFF/u, '')
      .trim(),
  );
  if (header.every((cell) => cell === ''))
    return refused('row 1 is empty: it must hold the names of the columns');
  if (header.length > MAX_COLUMNS)
    return refused(`row 1 has more than ${MAX_COLUMNS} columns: keep only those that matter`);
  const rows = body
    .map((cells, index) => ({ line: index + 2, cells: cells.map((cell) => cell.normalize('NFC').trim()) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  if (rows.length > MAX_ROWS) return refused(`more than ${MAX_ROWS} rows: this is another file`);
  const faults = rows.flatMap(({ line, cells }) =>
    cells.flatMap((cell, at) => {
      const fault = cellFault(cell, limits);
      return fault === null ? [] : [`row ${line}, column ${header[at] ?? at + 1}: ${fault}`];
    }),
  );
  return faults.length > 0 ? refused(...faults) : { ok: true, table: { header, rows } };
}

function cellFault(cell: string, { cellUtf16 }: TableLimits): string | null {
  if (cell.length > cellUtf16) return `longer than ${cellUtf16} characters`;
  if (/^(?:=|[+@-][A-Za-z(])/u.test(cell)) return 'begins like a formula: put the value there';
  // a line break inside a cell is ordinary, other control characters are not
  return /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/u.test(cell) ? 'holds a control character' : null;
}
