/** A new embedded server beside what is left of one that was killed. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startEmbedded } from '../../../server/postgres/embedded.ts';

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'ht-left-'));
chmodSync(dataDir, 0o711);
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe('the embedded server', () => {
  it('waits for the last worker of a server that was killed', async () => {
    const first = await startEmbedded({
      ...{ dataDir, durable: true, maxConnections: 5 },
      onProgress: () => {},
    });
    const client = new pg.Client({ connectionString: first.databaseUrl });
    client.on('error', () => undefined);
    await client.connect();
    const found = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const worker = found.rows[0]?.pid ?? 0;
    expect(worker).toBeGreaterThan(0);
    // a worker that does not get round to ending
    process.kill(worker, 'SIGSTOP');
    process.kill(first.processId, 'SIGKILL');
    await first.ended;

    const told: string[] = [];
    const second = await startEmbedded({
      ...{ dataDir, durable: true, maxConnections: 5 },
      onProgress: (line) => {
        told.push(line);
        process.kill(worker, 'SIGCONT');
      },
    });
    expect(told).toEqual(['Parts of an earlier PostgreSQL are still ending; trying again.']);
    await second.stop();
  }, 60_000);
});
