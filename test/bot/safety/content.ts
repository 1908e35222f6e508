/** Reads content/safety the way the application does, for the tests of this folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface ParsedFile {
  path: string;
  data: unknown;
}

export function readSafetyContent(): ParsedFile[] {
  const folder = new URL('../../../content/safety/', import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => {
      const data: unknown = parse(readFileSync(new URL(name, folder), 'utf8'));
      return { path: `content/safety/${name}`, data };
    });
}
