/** Jest global setup: a throwaway PostgreSQL (or the one in DATABASE_URL) with one migrated template database. */
import { mkdtempSync, chmodSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded } from '../../server/postgres/embedded.ts';
import { prepareTemplate } from './postgres.ts';

/** The server stops and its data vanishes when this process ends, however it ends. */
export default async function setUp(): Promise<void> {
  const given = process.env['DATABASE_URL'];
  process.env['TEST_POSTGRES_URL'] = given !== undefined && given !== '' ? given : await startThrowaway();
  process.env['TEST_TEMPLATE'] = await prepareTemplate(process.env['TEST_POSTGRES_URL']);
  // tests that start the real server decide for themselves
  delete process.env['DATABASE_URL'];
}

async function startThrowaway(): Promise<string> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'ht-test-'));
  chmodSync(dataDir, 0o711);
  const server = await startEmbedded({
    dataDir,
    durable: false,
    maxConnections: 200,
    onProgress: () => undefined,
  });
  return server.databaseUrl;
}
