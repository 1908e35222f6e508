/**
 * Applies the SQL files of `migrations/` once, in order. Written here instead of taking `node-pg-migrate` or `postgrator`:
 * what is needed is an advisory lock, one transaction per file and a hash, and those runners bring a command line and templates.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { PoolClient } from 'pg';
import { AppError } from '../errors.ts';

export interface Migration {
  /** `0001_conversations.sql` */
  name: string;
  sql: string;
}

export const MIGRATIONS_FOLDER = path.join(import.meta.dirname, 'migrations');

/** Any fixed number: whoever migrates holds this lock. */
const LOCK_ID = 7_214_001;

const AppliedSchema = z.array(z.object({ name: z.string(), hash: z.string() }));

export function readMigrations(folder: string = MIGRATIONS_FOLDER): readonly Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}_[a-z0-9-]+\.sql$/.test(name))
    .sort()
    .map((name) => ({ name, sql: readFileSync(path.join(folder, name), 'utf8') }));
}

/**
 * Forward only. Several instances may start at once: one applies, the others wait and find nothing to do.
 *
 * @returns names of the files applied now
 * @throws AppError `migration_changed` when an applied file differs or is gone, `migration_failed` with the file's name
 */
export async function migrate(
  client: PoolClient,
  migrations: readonly Migration[] = readMigrations(),
): Promise<string[]> {
  await client.query('set lock_timeout = 0; set statement_timeout = 0');
  await client.query('select pg_advisory_lock($1)', [LOCK_ID]);
  try {
    await client.query(
      'create table if not exists migrations (name text primary key, hash text not null, applied_at timestamptz not null default now())',
    );
    const applied = AppliedSchema.parse(
      (await client.query('select name, hash from migrations order by name')).rows,
    );
    refuseChanges(migrations, applied);
    const done = new Set(applied.map((row) => row.name));
    const fresh = migrations.filter((migration) => !done.has(migration.name));
    for (const migration of fresh) await applyOne(client, migration);
    return fresh.map((migration) => migration.name);
  } finally {
    await client.query('select pg_advisory_unlock($1)', [LOCK_ID]);
    await client.query('reset lock_timeout; reset statement_timeout');
  }
}

function hashOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}

function refuseChanges(migrations: readonly Migration[], applied: z.infer<typeof AppliedSchema>): void {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of applied) {
    const migration = byName.get(row.name);
    if (migration === undefined)
      throw new AppError('migration_changed', `(${row.name} is missing: is this an older release?)`);
    if (hashOf(migration) !== row.hash) throw new AppError('migration_changed', `(${row.name})`);
  }
}

async function applyOne(client: PoolClient, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.sql);
    await client.query('insert into migrations (name, hash) values ($1, $2)', [
      migration.name,
      hashOf(migration),
    ]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    const reason = cause instanceof Error ? cause.message : 'unknown';
    throw new AppError('migration_failed', `(${migration.name}: ${reason})`, { cause });
  }
}
