/** Builds the console when it is missing or older than its sources. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';

const HERE = import.meta.dirname;
const ROOT = path.join(HERE, '..', '..');
const DIST = path.join(ROOT, 'dist');
const BUILT = path.join(DIST, 'console');
const STAMP = '.sources.sha256';
const run = promisify(execFile);

export interface ConsoleBuild {
  /** absolute path of dist/console */
  folder: string;
}

/**
 * Makes sure that dist/console holds the build of exactly these sources and libraries (about three seconds when not).
 * It is built beside its place and renamed, so that nobody who starts meanwhile sees half of it.
 *
 * @throws Error with the builder's words when the sources do not build
 */
export async function ensureConsoleBuilt(options: { log: (line: string) => void }): Promise<ConsoleBuild> {
  const wanted = await hashSources();
  if ((await readStamp()) === wanted) return { folder: BUILT };
  options.log('building the console');
  const draft = path.join(DIST, `.console-${String(process.pid)}-${randomBytes(4).toString('hex')}`);
  await mkdir(DIST, { recursive: true });
  try {
    await runVite(draft);
    await writeFile(path.join(draft, STAMP), wanted);
    await swapIn(draft, wanted);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return { folder: BUILT };
}

/** A process of its own: the builder's memory and native parts never enter the server. */
async function runVite(outFolder: string): Promise<void> {
  const require = createRequire(import.meta.url);
  const vite = path.join(path.dirname(require.resolve('vite/package.json')), 'bin', 'vite.js');
  const config = path.join(HERE, 'vite.config.ts');
  const args = [vite, 'build', '--config', config, '--outDir', outFolder, '--logLevel', 'error'];
  try {
    await run(process.execPath, args, {
      cwd: HERE,
      env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
    });
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`The console does not build. ${words}`, { cause: error });
  }
}

async function swapIn(draft: string, wanted: string): Promise<void> {
  const old = `${draft}-old`;
  await rename(BUILT, old).catch(() => undefined);
  try {
    await rename(draft, BUILT);
  } catch (error) {
    // another process was faster; its build is as good if it has the same sources
    if ((await readStamp()) !== wanted) throw error;
  } finally {
    await rm(old, { recursive: true, force: true });
  }
}

async function readStamp(): Promise<string | null> {
  return readFile(path.join(BUILT, STAMP), 'utf8').catch(() => null);
}

async function hashSources(): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(path.join(HERE, 'src'), { recursive: true, withFileTypes: true });
  const sources = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const others = ['index.html', 'vite.config.ts', '../../package-lock.json'].map((name) =>
    path.join(HERE, name),
  );
  for (const file of [...sources, ...others].sort()) {
    hash
      .update(`${path.relative(HERE, file)}\0`)
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('hex');
}
