/** For tools that work beside a running server: its database, and the key that goes with it. */
import path from 'node:path';
import type { Pool } from 'pg';
import { readConfig } from '../config.ts';
import { readKeys } from '../key-file.ts';
import type { Transact, Vault } from '../ports.ts';
import { findRunningDatabase } from '../postgres/running.ts';
import { createPool, createTransact } from '../store/pool.ts';
import { createVault } from '../vault.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');

export interface ToolAnswer {
  lines: readonly string[];
  /** 1: what was asked is not so, or was not done. 2: the command cannot be carried out as it was given */
  exitCode: 0 | 1 | 2;
}

export interface ToolParts {
  pool: Pool;
  transact: Transact;
  vault: Vault;
  now: () => Date;
}

/** Says what is missing instead of making anything. */
export async function withRunningDatabase(
  work: (parts: ToolParts) => Promise<ToolAnswer>,
): Promise<ToolAnswer> {
  const result = readConfig(process.env, ROOT);
  if (!result.ok) return { lines: result.faults, exitCode: 2 };
  const { config } = result;
  const url = config.databaseUrl ?? findRunningDatabase(config.dataDir);
  if (url === null) {
    const line = 'No database is running: start the server (npm start), or set DATABASE_URL.';
    return { lines: [line], exitCode: 2 };
  }
  const keys = config.encryptionKeys ?? readKeys(config.dataDir);
  if (keys === null) {
    const line = 'The key is not there: set ENCRYPTION_KEYS, or DATA_DIR to the folder that holds it.';
    return { lines: [line], exitCode: 2 };
  }
  const pool = createPool({ databaseUrl: url, maxConnections: 2, onError: () => undefined });
  try {
    return await work({
      pool,
      transact: createTransact(pool),
      vault: createVault(keys),
      now: () => new Date(),
    });
  } finally {
    await pool.end();
  }
}
