/** What to do about a PostgreSQL that an earlier run left behind in the same data folder. */
import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../errors.ts';

const POLL_MS = 50;
/** a server that is "ready" this long is not on its way out */
const READY_PATIENCE_MS = 3_000;
/** a fast shutdown writes a checkpoint; give a slow disk its time */
const STOP_PATIENCE_MS = 60_000;

export interface PostmasterFile {
  pid: number;
  /** `starting`, `ready`, `stopping`, or '' */
  status: string;
}

/** Reads `postmaster.pid`: line 1 is the process, line 8 the status. Source: PostgreSQL, miscadmin.h (LOCK_FILE_LINE_*). */
export function readPostmasterFile(cluster: string): PostmasterFile | null {
  const file = path.join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const lines = readFileSync(file, 'utf8').split('\n');
  return { pid: Number(lines[0]), status: lines[7]?.trim() ?? '' };
}

/**
 * Returns when no server works in this data folder, and clears a stale `postmaster.pid`.
 * A server whose watcher died is asked to stop; one whose watcher lives belongs to a running app.
 *
 * @throws AppError `data_dir_in_use`, or `postgres_failed` when an orphan does not stop
 */
export async function waitUntilFree(
  cluster: string,
  watcherFile: string,
  onProgress: (line: string) => void,
): Promise<void> {
  const begun = performance.now();
  let asked = false;
  for (;;) {
    const found = readPostmasterFile(cluster);
    if (found === null) return;
    if (!worksIn(found.pid, cluster)) {
      rmSync(path.join(cluster, 'postmaster.pid'), { force: true });
      return;
    }
    const waitedMs = performance.now() - begun;
    if (!asked && waitedMs > POLL_MS && isOrphan(found.pid, watcherFile)) {
      onProgress('An earlier run left its PostgreSQL running; stopping it.');
      process.kill(found.pid, 'SIGINT');
      asked = true;
    }
    if (!asked && found.status === 'ready' && waitedMs > READY_PATIENCE_MS) {
      throw new AppError('data_dir_in_use', `(process ${found.pid} in ${cluster})`);
    }
    if (waitedMs > STOP_PATIENCE_MS) {
      throw new AppError('postgres_failed', `An earlier server (process ${found.pid}) does not stop.`);
    }
    await sleep(POLL_MS);
  }
}

/** Is this process alive and is the data folder its working folder? Process numbers are used again after a restart. */
function worksIn(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false;
  const cwd = readWorkingFolder(pid);
  return cwd === null || cwd === realpathSync(cluster);
}

function isOrphan(pid: number, watcherFile: string): boolean {
  const watcher = existsSync(watcherFile) ? Number(readFileSync(watcherFile, 'utf8')) : 0;
  return !isAlive(watcher) || readParent(pid) !== watcher;
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function readWorkingFolder(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

function readParent(pid: number): number {
  try {
    return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }).trim());
  } catch {
    // no `ps`: Linux tells it in field 4 of /proc/<pid>/stat, after the name in brackets
    const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : '';
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  }
}
