/** Builds the browser code of a page when it is missing or older than its sources. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(import.meta.dirname, '..');
const DIST = path.join(ROOT, 'dist');
/** the libraries count as sources: an update rebuilds */
const LOCK_FILE = path.join(ROOT, 'package-lock.json');
const STAMP = '.sources.sha256';
const run = promisify(execFile);

export interface PageSources {
  /** folder under dist/, e.g. `console` */
  name: string;
  /** what is said before a build and when it fails, e.g. `the console` */
  title: string;
  /** folder with vite.config.ts */
  folder: string;
  /** files and folders of `folder` that the bundle is made from */
  bundled: readonly string[];
}

/**
 * Makes sure that dist/<name> holds the build of exactly these sources and libraries. It is built beside its place and
 * renamed, so that a process that starts meanwhile never sees half of it.
 *
 * @param log told once before a build (one to three seconds)
 * @returns absolute path of the built folder
 * @throws Error with the builder's words when the sources do not build
 */
export async function ensurePageBuilt(sources: PageSources, log: (line: string) => void): Promise<string> {
  const built = path.join(DIST, sources.name);
  const wanted = await hashSources(sources);
  if ((await readStamp(built)) === wanted) return built;
  log(`building ${sources.title}`);
  const draft = path.join(DIST, `.${sources.name}-${String(process.pid)}-${randomBytes(4).toString('hex')}`);
  await mkdir(DIST, { recursive: true });
  try {
    await runVite(sources, draft);
    await writeFile(path.join(draft, STAMP), wanted);
    await swapIn(draft, built, wanted);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return built;
}

/** A process of its own: the builder's memory and native parts never enter the server. */
async function runVite({ folder, title }: PageSources, outFolder: string): Promise<void> {
  const require = createRequire(import.meta.url);
  const vite = path.join(path.dirname(require.resolve('vite/package.json')), 'bin', 'vite.js');
  const config = path.join(folder, 'vite.config.ts');
  const args = [vite, 'build', '--config', config, '--outDir', outFolder, '--logLevel', 'error'];
  try {
    await run(process.execPath, args, {
      cwd: folder,
      env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
    });
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`${title} does not build. ${words}`, { cause: error });
  }
}

async function swapIn(draft: string, built: string, wanted: string): Promise<void> {
  const old = `${draft}-old`;
  await rename(built, old).catch(() => undefined);
  try {
    await rename(draft, built);
  } catch (error) {
    // another process was faster; its build is as good if it has the same sources
    if ((await readStamp(built)) !== wanted) throw error;
  } finally {
    await rm(old, { recursive: true, force: true });
  }
}

async function readStamp(built: string): Promise<string | null> {
  return readFile(path.join(built, STAMP), 'utf8').catch(() => null);
}

async function hashSources({ folder, bundled }: PageSources): Promise<string> {
  const hash = createHash('sha256');
  const own = await Promise.all(bundled.map((name) => listFiles(path.join(folder, name))));
  for (const file of [...own.flat(), LOCK_FILE].sort()) {
    hash
      .update(`${path.relative(ROOT, file)}\0`)
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('hex');
}

async function listFiles(place: string): Promise<string[]> {
  if ((await stat(place)).isFile()) return [place];
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}
