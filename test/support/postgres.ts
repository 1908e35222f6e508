/** Databases for tests: each test file clones the migrated template (≈ 65 ms) and drops its clone at the end. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createPool, createTransact } from '../../server/store/pool.ts';
import { migrate } from '../../server/store/migrate.ts';
import type { Transact } from '../../server/ports.ts';

export interface TestDatabase {
  url: string;
  pool: pg.Pool;
  transact: Transact;
  /** closes the pool and drops the database; call it in `afterAll` */
  drop: () => Promise<void>;
}

/** A fresh, migrated, empty database of its own. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = readEnvironment('TEST_POSTGRES_URL');
  const template = readEnvironment('TEST_TEMPLATE');
  const name = `t_${randomBytes(8).toString('hex')}`;
  await runAsAdmin(adminUrl, `create database ${name} template ${template}`);
  const url = withDatabase(adminUrl, name);
  const pool = createPool({ databaseUrl: url, maxConnections: 20, byKey: true, onError: () => undefined });
  const drop = async (): Promise<void> => {
    await pool.end();
    await runAsAdmin(adminUrl, `drop database if exists ${name} with (force)`);
  };
  return { url, pool, transact: createTransact(pool), drop };
}

/** An empty database without any table, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const adminUrl = readEnvironment('TEST_POSTGRES_URL');
  const name = `t_${randomBytes(8).toString('hex')}`;
  await runAsAdmin(adminUrl, `create database ${name} template template0`);
  const url = withDatabase(adminUrl, name);
  const pool = createPool({ databaseUrl: url, maxConnections: 5, onError: () => undefined });
  const drop = async (): Promise<void> => {
    await pool.end();
    await runAsAdmin(adminUrl, `drop database if exists ${name} with (force)`);
  };
  return { url, pool, transact: createTransact(pool), drop };
}

/** Called once per run by the global setup. @returns the template's name */
export async function prepareTemplate(adminUrl: string): Promise<string> {
  const template = `template_${process.pid}_${randomBytes(4).toString('hex')}`;
  await runAsAdmin(adminUrl, `create database ${template} template template0`);
  const pool = createPool({
    databaseUrl: withDatabase(adminUrl, template),
    maxConnections: 1,
    onError: () => undefined,
  });
  const client = await pool.connect();
  await migrate(client);
  client.release();
  await pool.end();
  return template;
}

async function runAsAdmin(adminUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

function readEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is unset: is test/support/postgres-setup.ts the global setup?`);
  return value;
}
