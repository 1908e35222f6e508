/** What every evaluation shares: reading rows, ratios, time per row. */
import type { z } from 'zod';

export interface Prediction {
  id?: string;
  text: string;
  expected: unknown;
  predicted: unknown;
  reasons: readonly string[];
}

export interface Evaluation {
  predictions: readonly Prediction[];
  scores: Readonly<Record<string, unknown>>;
  /** for people: tables and the worst errors, printed with `--explain` */
  explain?: () => string;
}

/** A row that cannot be used; the message begins with its line number. */
export class InputFault extends Error {
  constructor(line: number, what: string) {
    super(`${line}: the row ${what}`);
  }
}

/** Extra fields are ignored, a missing one is an error with its line. */
export function checkRows<T>(schema: z.ZodType<T>, rows: readonly unknown[]): readonly T[] {
  return rows.map((row, index) => {
    const parsed = schema.safeParse(row);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new InputFault(index + 1, `is not usable: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
  });
}

/** 0–1, four decimals; null when there is nothing to count. */
export function share<T>(rows: readonly T[], isHit: (row: T) => boolean): number | null {
  if (rows.length === 0) return null;
  return round(rows.filter(isHit).length / rows.length);
}

export function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

/** Runs `work` over the rows; microseconds of wall time per row, after one warm-up pass. */
export function timeEach<T, R>(
  rows: readonly T[],
  work: (row: T) => R,
): { results: readonly R[]; usPerRow: number } {
  for (const row of rows.slice(0, 200)) work(row);
  const began = performance.now();
  const results = rows.map(work);
  return { results, usPerRow: round(((performance.now() - began) * 1000) / Math.max(1, rows.length)) };
}

/** What was expected (rows) against what came out (columns), with counts; the same rows give the same table. */
export function confusion(
  title: string,
  pairs: readonly { expected: string; predicted: string }[],
): readonly string[] {
  const columns = [...new Set(pairs.map(({ predicted }) => predicted))].sort();
  const lines = [...new Set(pairs.map(({ expected }) => expected))].sort();
  const width = Math.max(...lines.map((name) => name.length), title.length);
  const cell = (name: string, value: string) => value.padStart(Math.max(6, name.length + 2));
  return [
    `${title.padEnd(width)}${columns.map((name) => cell(name, name)).join('')}`,
    ...lines.map((line) => {
      const counts = columns.map((column) => {
        const n = pairs.filter((pair) => pair.expected === line && pair.predicted === column).length;
        return cell(column, n === 0 ? '.' : String(n));
      });
      return `${line.padEnd(width)}${counts.join('')}`;
    }),
  ];
}

/** The signs or answers that go wrong most often: name, missed, wrongly found; at most `most`. */
export function worstOf(
  rows: readonly { expected: readonly string[]; found: readonly string[] }[],
  most: number,
): readonly string[] {
  const counts = new Map<string, { missed: number; wrong: number }>();
  const at = (name: string) => counts.get(name) ?? { missed: 0, wrong: 0 };
  for (const { expected, found } of rows) {
    for (const name of expected.filter((one) => !found.includes(one)))
      counts.set(name, { ...at(name), missed: at(name).missed + 1 });
    for (const name of found.filter((one) => !expected.includes(one)))
      counts.set(name, { ...at(name), wrong: at(name).wrong + 1 });
  }
  return [...counts]
    .sort(([a, x], [b, y]) => y.missed + y.wrong - x.missed - x.wrong || a.localeCompare(b))
    .slice(0, most)
    .map(([name, { missed, wrong }]) => `  ${name}: missed ${missed}, wrongly found ${wrong}`);
}
