/** `npm run flow -- people | paths`: who stands where, which ways are taken; from the database, counts only. */
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import type { Db } from '../ports.ts';
import { findRunningDatabase } from '../postgres/running.ts';
import { listPathCounts, listStanding } from '../store/places-of-people.ts';
import { createPool } from '../store/pool.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** @throws Error with a message for the operator when no database can be asked */
export async function listPeople(): Promise<readonly string[]> {
  const rows = await ask(listStanding);
  if (rows.length === 0) return ['Nobody stands at a question.'];
  return table(
    ['flow', 'version', 'node', 'people'],
    rows.map(({ flow, version, node, people }) => [flow, String(version), node, String(people)]),
  );
}

export async function listPaths(args: readonly string[]): Promise<readonly string[]> {
  const rows = await ask((db) => listPathCounts(db, args[0] ?? null));
  if (rows.length === 0) return ['No way was taken yet.'];
  return table(
    ['from', 'exit', 'to', 'times'],
    rows.map(({ from, exit, to, count }) => [from, exit, to === '' ? '(end)' : to, String(count)]),
  );
}

async function ask<T>(work: (db: Db) => Promise<T>): Promise<T> {
  const result = readConfig(process.env, ROOT);
  if (!result.ok) throw new Error(result.faults.join('\n'));
  const url = result.config.databaseUrl ?? findRunningDatabase(result.config.dataDir);
  if (url === null)
    throw new Error('No database is running: start the server (npm start), or set DATABASE_URL.');
  const pool = createPool({ databaseUrl: url, maxConnections: 1, onError: () => undefined });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
