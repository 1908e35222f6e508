/** Reads a CSV file of the repository into rows by column name (RFC 4180: quotes, doubled quotes, line breaks inside). */
import { readFileSync } from 'node:fs';

export function readCsv(url: URL): Record<string, string>[] {
  const lines = splitCells(readFileSync(url, 'utf8'));
  const [header = [], ...body] = lines;
  return body.map((cells) => Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ''])));
}

function splitCells(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n\r]*))(,|\r?\n|$)/gu)) {
    const [whole, quoted, plain = '', end] = match;
    if (whole === '' && line.length === 0) break;
    line.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    lines.push(line);
    line = [];
  }
  return lines;
}
