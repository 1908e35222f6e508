/** The interface's texts: the same keys and placeholders in each language, and every message is sound ICU. */
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { z } from 'zod';

const SOURCES = path.join(import.meta.dirname, '../../../server/console/src');
type Texts = { [key: string]: string | Texts };
const TextsSchema: z.ZodType<Texts> = z.lazy(() => z.record(z.string(), z.union([z.string(), TextsSchema])));

function flatten(texts: Texts, prefix = ''): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${prefix}${key}`, value]] : flatten(value, `${prefix}${key}.`),
  );
}
const read = (language: string): Map<string, string> => {
  const files = readdirSync(path.join(SOURCES, 'locales'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name === `${language}.json`)
    .map((entry) => path.join(entry.parentPath, entry.name));
  const pairs = files.flatMap((file) => flatten(TextsSchema.parse(JSON.parse(readFileSync(file, 'utf8')))));
  // a page's file is laid over the others: the same key twice would change a text elsewhere
  const keys = pairs.map(([key]) => key);
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  return new Map(pairs);
};
const vi = read('vi');
const en = read('en');
const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)[,}]/g)].map((match) => match[1] ?? '').sort();

describe('texts of the interface', () => {
  it('have the same keys in both languages', () => {
    expect([...en.keys()].sort()).toEqual([...vi.keys()].sort());
  });

  it.each([...vi])('%s', (key, text) => {
    const english = en.get(key) ?? '';
    expect([...new Set(placeholders(english))]).toEqual([...new Set(placeholders(text))]);
    const values = Object.fromEntries(placeholders(text).map((name) => [name, 3]));
    for (const [language, message] of [
      ['vi', text],
      ['en', english],
    ] as const) {
      expect(message.trim()).toBe(message);
      expect(message.normalize('NFC')).toBe(message);
      expect(String(new IntlMessageFormat(message, language).format(values))).not.toMatch(/[{}]|undefined/);
    }
  });

  it('cover every key that the pages ask for by name', () => {
    const files = readdirSync(SOURCES, { recursive: true, withFileTypes: true }).filter((entry) =>
      /\.tsx?$/.test(entry.name),
    );
    const asked = files.flatMap((entry) =>
      [...readFileSync(path.join(entry.parentPath, entry.name), 'utf8').matchAll(/\bt\('([\w.]+)'/g)].map(
        (match) => match[1] ?? '',
      ),
    );
    expect(asked.length).toBeGreaterThan(80);
    expect(asked.filter((key) => !vi.has(key))).toEqual([]);
  });

  it('name everything that leaves a row in the audit', () => {
    const server = path.join(SOURCES, '../..');
    const files = ['api', 'store', 'tools', 'turns'].flatMap((folder) =>
      readdirSync(path.join(server, folder))
        .filter((name) => name.endsWith('.ts'))
        .map((name) => path.join(server, folder, name)),
    );
    const actions = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\b(?:action|audit): '(\w+)'/g)].map((match) => match[1] ?? ''),
    );
    expect(new Set(actions).size).toBeGreaterThan(30);
    expect(actions.filter((action) => !vi.has(`audit.actions.${action}`))).toEqual([]);
  });
});
