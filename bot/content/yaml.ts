/** Reads YAML 1.2 and remembers on which line each value stands, so that every fault can name its place. */
import { type Document, isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { AssetSource, Problem } from './assets.ts';

/** A larger file is a mistake (a paste, a bomb), not content. */
export const MAX_FILE_UTF16 = 2_000_000;

export interface YamlFile {
  path: string;
  data: unknown;
  /** 1-based line of the value at `path` inside the document; the nearest parent's when it does not exist */
  lineOf: (path: readonly PropertyKey[]) => number | null;
}

export type YamlResult = { ok: true; file: YamlFile } | { ok: false; problems: readonly Problem[] };

/** Parses one file. Duplicate keys, tabs, unknown tags and alias bombs are faults with a line, never an exception. */
export function readYaml(source: AssetSource): YamlResult {
  if (source.text.length > MAX_FILE_UTF16) {
    return { ok: false, problems: [fault(source.path, null, 'the file is larger than 2 MB', 'split it')] };
  }
  const lines = new LineCounter();
  const document = parseDocument(source.text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) =>
      fault(source.path, lines.linePos(error.pos[0]).line, firstLine(error.message), yamlMend(error.code)),
    );
    return { ok: false, problems };
  }
  try {
    const data: unknown = document.toJS({ maxAliasCount: 50 });
    return { ok: true, file: { path: source.path, data, lineOf: (path) => findLine(document, lines, path) } };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'cannot be read';
    return {
      ok: false,
      problems: [
        fault(source.path, null, firstLine(message), 'write the values out instead of using aliases'),
      ],
    };
  }
}

/** Checks data against a schema; each issue becomes a problem with its line. */
export function checkShape<T>(
  file: YamlFile,
  schema: z.ZodType<T>,
  data: unknown = file.data,
  at: readonly PropertyKey[] = [],
): { ok: true; value: T } | { ok: false; problems: readonly Problem[] } {
  const parsed = schema.safeParse(data);
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems = parsed.error.issues.map((issue) => {
    const where = [...at, ...issue.path];
    return fault(
      file.path,
      file.lineOf(where),
      `${where.map(String).join('.') || 'file'}: ${issue.message}`,
      'correct this value',
    );
  });
  return { ok: false, problems };
}

export function fault(path: string, line: number | null, message: string, mend: string): Problem {
  return { severity: 'error', path, line, message, mend };
}

export function warning(path: string, line: number | null, message: string, mend: string): Problem {
  return { severity: 'warning', path, line, message, mend };
}

function findLine(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | null {
  for (let length = path.length; length > 0; length -= 1) {
    const part = path.slice(0, length);
    const parent = length === 1 ? document.contents : document.getIn(part.slice(0, -1), true);
    const last = part[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === last);
      const offset = pair !== undefined && isScalar(pair.key) ? pair.key.range?.[0] : undefined;
      if (offset !== undefined) return lines.linePos(offset).line;
    }
    const offset = rangeStart(document.getIn(part, true));
    if (offset !== null) return lines.linePos(offset).line;
  }
  return path.length === 0 ? null : 1;
}

function rangeStart(node: unknown): number | null {
  if (typeof node !== 'object' || node === null || !('range' in node)) return null;
  const range: unknown = node.range;
  const start: unknown = Array.isArray(range) ? range[0] : null;
  return typeof start === 'number' ? start : null;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}

function yamlMend(code: string): string {
  if (code === 'TAB_AS_INDENT') return 'indent with spaces, not tabs';
  if (code === 'DUPLICATE_KEY') return 'keep one of the two entries';
  return 'check the indentation, quotes and colons around this line';
}
