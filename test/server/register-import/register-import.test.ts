import { describe, expect, it } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import {
  COLUMNS,
  importAgencies,
  type Row,
  toIso,
  writeRows,
} from '../../../server/register-import/agencies.ts';
import { MAX_FILE_BYTES, MAX_ROWS, readTable } from '../../../server/table/read-table.ts';

const origin = { source: 'https://example.org/register', date: '2026-11-20' };
const row = (id: string, name: string, more: Row = {}): Row => ({
  id,
  record_type: 'licensed_list',
  name_vi: name,
  status: 'active_unconfirmed',
  status_as_of: '2024-02-01',
  source: 'example.org',
  source_date: '2024-02-01',
  confidence: 'single_source',
  ...more,
});
const today = [
  row('AG0001', 'Công ty Mẫu Một', { phone: '0900 000 101', phone_flag: 'checked' }),
  row('AG0002', 'Công ty Mẫu Hai'),
  row('AG0003', 'Công ty Mẫu Ba', { record_type: 'revoked', status: 'revoked' }),
];

async function read(csv: string) {
  const result = await readTable('list.csv', strToU8(csv));
  if (!result.ok) throw new Error(result.faults.join('\n'));
  return result.table;
}
async function faultsOf(name: string, content: string | Uint8Array) {
  const result = await readTable(name, typeof content === 'string' ? strToU8(content) : content);
  return result.ok ? [] : result.faults;
}

const SHEET = (cells: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${cells}</sheetData></worksheet>`;
const cell = (at: string, text: string) => `<c r="${at}" t="inlineStr"><is><t>${text}</t></is></c>`;

function xlsx(sheet: string, more: Readonly<Record<string, Uint8Array>> = {}): Uint8Array {
  const type = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const rels = 'http://schemas.openxmlformats.org/package/2006/relationships';
  return zipSync({
    '[Content_Types].xml': strToU8(
      '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
    ),
    '_rels/.rels': strToU8(
      `<?xml version="1.0"?><Relationships xmlns="${rels}"><Relationship Id="rId1" Type="${type}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ),
    'xl/workbook.xml': strToU8(
      `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${type}"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    ),
    'xl/_rels/workbook.xml.rels': strToU8(
      `<?xml version="1.0"?><Relationships xmlns="${rels}"><Relationship Id="rId1" Type="${type}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    ),
    'xl/worksheets/sheet1.xml': strToU8(sheet),
    ...more,
  });
}

describe('readTable', () => {
  it('reads a sheet and takes the value of a formula, not the formula', async () => {
    const sheet = SHEET(
      `<row r="1">${cell('A1', 'Tên doanh nghiệp')}${cell('B1', 'Địa chỉ')}</row><row r="2">${cell('A2', 'Công ty Mẫu Bốn')}<c r="B2" t="str"><f>HYPERLINK("http://example.org")</f><v>Hà Nội</v></c></row>`,
    );
    expect(await readTable('list.xlsx', xlsx(sheet))).toEqual({
      ok: true,
      table: {
        header: ['Tên doanh nghiệp', 'Địa chỉ'],
        rows: [{ line: 2, cells: ['Công ty Mẫu Bốn', 'Hà Nội'] }],
      },
    });
  });

  it.each<[string, string, string | Uint8Array, RegExp]>([
    ['another ending', 'list.pdf', 'x', /must end in \.csv or \.xlsx/u],
    ['no UTF-8', 'list.csv', Uint8Array.of(0x6e, 0xff, 0xfe), /not UTF-8/u],
    ['a formula', 'list.csv', 'name_vi,note\nA,"=cmd|x"', /row 2, column note: begins like a formula/u],
    ['an open quote', 'list.csv', 'name_vi\n"A', /row \d/u],
    ['an empty file', 'list.csv', '', /row 1 is empty/u],
    ['a cell without end', 'list.csv', `name_vi\n${'a'.repeat(2001)}`, /row 2, column name_vi: longer/u],
    [
      '100,000 rows',
      'list.csv',
      `name_vi\n${'A\n'.repeat(100_000)}`,
      new RegExp(`more than ${MAX_ROWS} rows`, 'u'),
    ],
    ['no archive', 'list.xlsx', 'PK nothing', /no XLSX archive/u],
    ['a DOCTYPE', 'list.xlsx', xlsx(`<!DOCTYPE x [<!ENTITY a "b">]>${SHEET('')}`), /declares a DOCTYPE/u],
    [
      'an archive that unpacks without end',
      'list.xlsx',
      xlsx(SHEET(''), { 'xl/media/a.bin': new Uint8Array(30 * 1024 * 1024) }),
      /unpacks to far more/u,
    ],
    ['a file too large', 'list.csv', new Uint8Array(MAX_FILE_BYTES + 1), /more than 20 MB/u],
  ])('refuses %s and says so', async (_what, name, content, fault) => {
    expect((await faultsOf(name, content)).join('\n')).toMatch(fault);
  });
});

describe('importAgencies', () => {
  it('says what is added, changed and removed, and leaves warnings alone', async () => {
    const table = await read('Tên doanh nghiệp,Điện thoại\nCông ty Mẫu Một,0900 000 102\nCông ty Mẫu Bốn,\n');
    const result = importAgencies(today, table, origin);
    if (!result.ok) throw new Error(result.faults.join('\n'));
    expect(result.added).toEqual([{ id: 'AG0004', name: 'Công ty Mẫu Bốn', columns: [] }]);
    expect(result.changed).toEqual([
      { id: 'AG0001', name: 'Công ty Mẫu Một', columns: ['phone', 'phone_flag'] },
    ]);
    expect(result.removed.map(({ id }) => id)).toEqual(['AG0002']);
    expect(result.rows.map((one) => one['id'])).toEqual(['AG0001', 'AG0003', 'AG0004']);
    expect(result.rows[0]).toMatchObject({ phone_flag: 'unverified', source_date: '2026-11-20' });
    expect(writeRows(result.rows).split('\n')[0]).toBe(COLUMNS.join(','));
  });

  it.each([
    ['a column nobody knows', 'name_vi,colour\nA,red', /row 1: the column "colour" is unknown/u],
    ['no column of names', 'address\nHà Nội', /column name_vi .* is missing/u],
    ['a column twice', 'name_vi,Tên công ty\nA,B', /column name_vi stands twice/u],
    ['a firm without a name', 'name_vi,address\n,Hà Nội', /row 2, column name_vi: the name/u],
    [
      'the same firm twice',
      'name_vi\nCông ty A\nCông ty  a',
      /row 3, column name_vi: the same firm stands in row 2/u,
    ],
    [
      'a date that is on no calendar',
      'name_vi,licence_issue_date\nA,31/02/2026',
      /row 2, column licence_issue_date/u,
    ],
    ['an id nobody has', 'id,name_vi\nAG9999,A', /row 2, column id: AG9999 is not in the register/u],
    ['a status nobody knows', 'name_vi,status\nA,good', /column status/u],
    ['no rows', 'name_vi\n', /the register would be empty/u],
  ])('refuses %s', async (_what, csv, fault) => {
    const result = importAgencies(today, await read(csv), origin);
    expect(result.ok ? '' : result.faults.join('\n')).toMatch(fault);
  });

  it('wants to know where the list comes from and of which day it is', async () => {
    const result = importAgencies(today, await read('name_vi\nA'), { source: ' ', date: '2026-13-01' });
    expect(result.ok ? [] : result.faults).toHaveLength(2);
  });
});

describe('toIso', () => {
  it.each([
    ['20/11/2026', '2026-11-20'],
    ['2026-11-20', '2026-11-20'],
    ['31/02/2026', null],
    ['20 Nov', null],
  ])('reads %s as %s', (text, iso) => {
    expect(toIso(text)).toBe(iso);
  });
});
