/** `npm run flow -- import` and `export`: what is written where, and what never is. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Content, exportToFile, importFile, loadContent } from '../../../server/tools/flow-exchange.ts';

const FIXTURE = join(
  import.meta.dirname,
  '..',
  'flow-exchange',
  'fixtures',
  'rapidpro',
  'goflow-two-questions.json',
);
const ROOT = join(import.meta.dirname, '..', '..', '..');
let folder = '';
let content: Content;
const load = (): Promise<Content> => Promise.resolve(content);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-exchange-'));
  content = await loadContent(ROOT);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const listFiles = async (path: string): Promise<readonly string[]> =>
  (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();

describe('import', () => {
  it('prints a summary and the notes, and writes nothing without --out', async () => {
    const lines = await importFile([FIXTURE], load);
    expect(lines[0]).toMatch(/^RapidPro: 1 flows, texts in en, fr, \d+ notes$/);
    expect(lines.join('\n')).toContain(
      'node cefd2817-38a8-4ddb-af97-34fffac7e6db, call_webhook: flows call nobody',
    );
    expect(await listFiles(folder)).toEqual([]);
  });

  it('writes flows, texts and notes, and never over a file that is there', async () => {
    const out = join(folder, 'import');
    await importFile([FIXTURE, '--out', out], load);
    expect(await listFiles(out)).toEqual([
      'en.additions.yaml',
      'fr.additions.yaml',
      'import-notes.txt',
      'two-questions.yaml',
    ]);
    const path = join(out, 'flows', 'two-questions.yaml');
    await writeFile(path, 'mine\n');
    await expect(importFile([FIXTURE, '--out', out], load)).rejects.toThrow(
      /Nothing was written: .*two-questions\.yaml.*--force/,
    );
    expect(await readFile(path, 'utf8')).toBe('mine\n');
    await importFile([FIXTURE, '--out', out, '--force'], load);
    expect(await readFile(path, 'utf8')).toContain('id: two-questions');
  });

  it.each<[string, readonly string[], RegExp]>([
    ['no file', [], /Name one file/],
    ['two files', ['a.json', 'b.json'], /Name one file/],
    ['a file that is not there', ['nothing.json'], /nothing\.json: there is no such file/],
    ['a folder', [ROOT], /there is no such file/],
    ['an unknown option', [FIXTURE, '--overwrite'], /--overwrite/],
  ])('refuses %s', async (_title, args, message) => {
    await expect(importFile(args, load)).rejects.toThrow(message);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['what is not text', new Uint8Array([0x50, 0x4b, 0x03, 0x04, 0xff, 0xfe]), /not UTF-8 text\. Unpack it/],
    [
      'what is not JSON',
      new TextEncoder().encode('hello'),
      /Nothing was read from .*\nline 1, column 1: this is not JSON/,
    ],
  ])('refuses %s', async (_title, bytes, message) => {
    const path = join(folder, 'bad.json');
    await writeFile(path, bytes);
    await expect(importFile([path], load)).rejects.toThrow(message);
  });
});

describe('export', () => {
  it('writes the named flows, and import reads them back without a note', async () => {
    const path = join(folder, 'out.json');
    const lines = await exportToFile(['thanks', 'privacy', '--out', path], load);
    expect(lines[0]).toMatch(/^2 flows, \d+ notes$/);
    await expect(exportToFile(['thanks', '--out', path], load)).rejects.toThrow(/there already/);
    const back = await importFile([path], load);
    expect(back).toEqual([
      'FLOIP: 2 flows, texts in vi, en, 0 notes',
      'flows/thanks.yaml',
      'flows/privacy.yaml',
    ]);
  });

  it('prints one container when no file is named', async () => {
    const lines = await exportToFile(['thanks'], load, () => new Date('2026-11-25T00:00:00Z'));
    const data: unknown = JSON.parse(lines.join('\n'));
    expect(data).toMatchObject({ specification_version: '1.0.0-rc4', flows: [{ name: 'thanks' }] });
  });

  it('says which flows there are when a name is none', async () => {
    await expect(exportToFile(['nothing'], load)).rejects.toThrow(
      /No such flow: nothing\. There are: .*welcome/,
    );
  });
});
