/** Texts out to a translator's program and back: identical in every format, and nothing stale or broken is ever taken. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { exportTexts, importTexts } from '../../../server/tools/languages-exchange.ts';
import { readWorkList } from '../../../server/tools/languages-prepare.ts';
import { compareSheets } from '../../../server/translation-exchange/compare.ts';
import { readJson, writeJson } from '../../../server/translation-exchange/json.ts';
import { readPo, writePo } from '../../../server/translation-exchange/po.ts';
import { findTargetFault } from '../../../server/translation-exchange/target-fault.ts';
import {
  type ReturnedSheet,
  type Sheet,
  type Unit,
  writeMark,
} from '../../../server/translation-exchange/unit.ts';
import { readXliff, writeXliff } from '../../../server/translation-exchange/xliff.ts';
import { readXlsx, writeXlsx } from '../../../server/translation-exchange/xlsx.ts';
import { repositoryRoot } from '../../support/assets.ts';

/** each command reads the whole content */
jest.setTimeout(120_000);

const NOW = new Date('2026-11-25T08:00:00Z');
const unit = (key: string, more: Partial<Unit> = {}): Unit => ({
  ...{ key, source: `Câu gốc ${key}`, sourcePrint: '0123456789ab', target: '', note: '', state: 'missing' },
  ...more,
});
/** what formats stumble over: quotes, line breaks, marks that stand alone, signs of XML, a leading zero, blanks of ours */
const HARD: Sheet = {
  language: 'rad-Latn-VN',
  units: [
    unit('a.plain', { target: 'ê̆ ô̆ ơ̆ ư̆ ƀ ñ č', state: 'draft' }),
    unit('a.lines', { source: 'Một\n• hai\n• ba “bốn”', target: '1\n• 2\n• "3"\\n', state: 'reviewed' }),
    unit('a.xml', { source: '<b>&amp;</b> ]]> {n}', target: '<i>&lt;</i> ]]> {n}', state: 'draft' }),
    unit('a.number', { source: '0912', target: '007', state: 'draft' }),
    unit('a.khmer', { target: 'ក ខ គ', state: 'stale', note: 'thu trước · giữ nguyên: {n}' }),
    unit('a.tai-viet', { target: 'ꪀ ꪁ', state: 'draft' }),
    unit('a.empty'),
  ],
};

const FORMATS: readonly (readonly [string, (sheet: Sheet) => Promise<ReturnedSheet>])[] = [
  ['PO', (sheet) => Promise.resolve(readPo(writePo(sheet, NOW).toString('utf8')))],
  ['XLIFF', async (sheet) => readXliff(await writeXliff(sheet))],
  ['JSON', (sheet) => Promise.resolve(readJson(writeJson(sheet)))],
  ['XLSX', async (sheet) => readXlsx(await writeXlsx(sheet))],
];

describe.each(FORMATS)('a round trip through %s', (name, roundTrip) => {
  it('changes nothing', async () => {
    const back = await roundTrip(HARD);
    const isFuzzyFormat = name === 'PO';
    expect(back.rows.map(({ key, target }) => [key, target])).toEqual(
      HARD.units.map(({ key, target, state }) => [key, isFuzzyFormat && state === 'stale' ? '' : target]),
    );
    expect(compareSheets(HARD, back).map(({ verdict }) => verdict)).toEqual(
      HARD.units.map(() => 'unchanged'),
    );
  });

  it('keeps the mark of every text', async () => {
    const back = await roundTrip(HARD);
    expect(
      back.rows.map(({ mark }) => (mark === null ? null : `${mark.sourcePrint}.${mark.targetPrint}`)),
    ).toEqual(HARD.units.map(writeMark));
  });
});

describe('comparing', () => {
  const sheet: Sheet = { language: 'x', units: Array.from({ length: 30 }, (_, at) => unit(`k.${at}`)) };
  const written = (from: Sheet, change: (key: string, at: number) => string): ReturnedSheet => {
    const back = readJson(writeJson(from));
    return { ...back, rows: back.rows.map((row, at) => ({ ...row, target: change(row.key, at) })) };
  };

  it('takes seventeen and refuses three whose Vietnamese text has changed meanwhile', () => {
    const back = written(sheet, (_key, at) => (at < 20 ? `bản ${at}` : ''));
    const now: Sheet = {
      ...sheet,
      units: sheet.units.map((one, at) => (at < 3 ? { ...one, sourcePrint: 'ba9876543210' } : one)),
    };
    const verdicts = compareSheets(now, back).map(({ verdict }) => verdict);
    const count = (verdict: string): number => verdicts.filter((one) => one === verdict).length;
    expect([count('new'), count('stale'), count('unchanged')]).toEqual([17, 3, 10]);
  });

  it('refuses to write over what somebody else wrote meanwhile', () => {
    const back = written(sheet, (_key, at) => (at === 0 ? 'của tôi' : ''));
    const now = {
      ...sheet,
      units: sheet.units.map((one, at) => (at === 0 ? { ...one, target: 'của bạn' } : one)),
    };
    expect(compareSheets(now, back)[0]?.verdict).toBe('conflict');
  });

  it('never takes a text away for an empty cell', () => {
    const full = { ...sheet, units: sheet.units.map((one) => ({ ...one, target: 'có' })) };
    expect(
      new Set(
        compareSheets(
          full,
          written(full, () => ''),
        ).map(({ verdict }) => verdict),
      ),
    ).toEqual(new Set(['unchanged']));
  });

  it('names a key that is gone, one that stands twice, and a mark that was edited', () => {
    const [row] = readJson(writeJson(sheet)).rows;
    if (row === undefined) throw new Error('no row');
    const rows = [
      { ...row, key: 'gone.key', target: 'a' },
      { ...row, target: 'a' },
      { ...row, target: 'b' },
      { ...row, key: 'k.1', target: 'a', mark: null },
    ];
    expect(compareSheets(sheet, { language: null, rows }).map(({ verdict }) => verdict)).toEqual([
      'unknown',
      'new',
      'faulty',
      'faulty',
    ]);
  });
});

describe('a translation', () => {
  const source = 'Gọi [[vn-111]] nhé {name}. {staffed, select, yes {Có {n} người} other {Chưa}}';
  const sound = 'x [[vn-111]] {name} {staffed, select, yes {{n} y} other {z}}';
  it('that keeps all blanks and facts is sound', () => {
    expect(findTargetFault(source, sound)).toBeNull();
  });
  it.each([
    ['a lost fact', sound.replace('[[vn-111]]', ''), 'lacks [[vn-111]]'],
    ['a lost blank', sound.replace('{name}', ''), 'lacks {name}'],
    ['a blank lost inside a branch', sound.replace('{n} y', 'y'), 'lacks {n}'],
    ['a foreign blank', `${sound} {phone}`, 'has {phone}'],
    ['a foreign fact', `${sound} [[vn-113]]`, 'has [[vn-113]]'],
    ['an open brace', `${sound} {`, 'ICU'],
    ['half a fact', `${sound} [[vn`, 'alone'],
    ['a number typed by hand', `${sound} 18001567`, 'number typed by hand'],
    ['a sign that turns the direction', `${sound}\u202e`, 'direction sign'],
  ])('with %s is refused', (_name, target, why) => {
    expect(findTargetFault(source, target)).toContain(why);
  });
});

describe('files that are none', () => {
  it.each([
    ['PO', () => readPo('msgid "a\nmsgstr'), 'no PO file'],
    ['XLIFF', () => readXliff('<html/>'), 'no XLIFF'],
    ['XLIFF with a document type', () => readXliff('<!DOCTYPE x [<!ENTITY a "b">]><xliff/>'), 'DOCTYPE'],
    ['JSON', () => readJson('{'), 'no JSON'],
    ['JSON that is nested', () => readJson('{"a":{"b":{"c":"d"}}}'), 'flat'],
    ['XLSX', () => readXlsx(strToU8('PK no')), 'no XLSX archive'],
    [
      'XLSX that unpacks without end',
      () => readXlsx(zipSync({ 'xl/big.xml': new Uint8Array(80_000_000) }, { level: 9 })),
      'unpacks to far more',
    ],
  ])('%s: told what to do', async (_name, read, why) => {
    await expect((async () => read())()).rejects.toThrow(why);
  });
});

describe('the commands', () => {
  const root = mkdtempSync(join(tmpdir(), 'ht-exchange-'));
  const file = join(root, 'out', 'texts.po');
  const tag = 'rad-Latn-VN';
  const list = () =>
    readWorkList('list', readFileSync(join(root, 'translations', `${tag}.yaml`), 'utf8')).texts;
  beforeAll(() => {
    for (const folder of ['content', 'flows', 'translations'])
      cpSync(join(repositoryRoot, folder), join(root, folder), { recursive: true });
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('write a file, show what would change, and write it only when asked', async () => {
    await exportTexts(root, [tag, file]);
    const filled = readFileSync(file, 'utf8').replace(
      /(msgctxt "welcome\.hello"\nmsgid [^]*?\nmsgstr )""/,
      '$1"xin thử"',
    );
    writeFileSync(file, filled);
    expect(await importTexts(root, [tag, file])).toContain(
      '1 would be written: the same again with --write --writer NAME',
    );
    expect(list()['welcome.hello']).toBeNull();
    await importTexts(root, [tag, file, '--write', '--writer', 'H']);
    expect(list()['welcome.hello']).toMatchObject({ text: 'xin thử', writer: 'H', reviewer: null });
    expect(await importTexts(root, [tag, file])).toContain('nothing to write');
  });

  it('refuse a language without a work list, a file of another language, and a nameless writer', async () => {
    await expect(exportTexts(root, ['xx', file])).rejects.toThrow('rad-Latn-VN');
    await expect(importTexts(root, ['jra-Latn-VN', file])).rejects.toThrow('is in rad-Latn-VN');
    await expect(importTexts(root, [tag, file, '--write'])).rejects.toThrow('--writer');
    await expect(exportTexts(root, [tag, 'texts.doc'])).rejects.toThrow('must end in');
  });
});
