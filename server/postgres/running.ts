/** Finds the embedded PostgreSQL of a server that is running now, so that a tool can work beside it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SHARED_ROOT } from './binaries.ts';
import { DATABASE, socketUrl } from './embedded.ts';
import { readPostmasterFile } from './leftover.ts';

/** @returns the address of the product's database; null when no server works with this data folder */
export function findRunningDatabase(dataDir: string): string | null {
  const absolute = path.resolve(dataDir);
  // where a server puts its data when the user it runs PostgreSQL as cannot reach the folder
  const short = createHash('sha256').update(absolute).digest('hex').slice(0, 12);
  const clusters = [absolute, path.join(SHARED_ROOT, short)].map((home) => path.join(home, 'postgres'));
  const running = clusters.find((cluster) => readPostmasterFile(cluster)?.status === 'ready');
  const socketFolder = running === undefined ? '' : readSocketFolder(running);
  return existsSync(path.join(socketFolder, '.s.PGSQL.5432')) ? socketUrl(socketFolder, DATABASE) : null;
}

/** Line 5 of `postmaster.pid`. Source: PostgreSQL, miscadmin.h (LOCK_FILE_LINE_SOCKET_DIR). */
function readSocketFolder(cluster: string): string {
  return readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n')[4]?.trim() ?? '';
}
