/** Builds the page's script and style when they are missing or older than their sources, and serves them. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import express from 'express';
import type { RequestHandler } from 'express';
import { z } from 'zod';

export interface WebchatBuild {
  /** absolute path of dist/webchat */
  folder: string;
  /** addresses on our own host */
  script: string;
  style: string;
}

const SOURCES = fileURLToPath(new URL('.', import.meta.url));
const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const BUILT = join(DIST, 'webchat');
const STAMP = '.sources.sha256';
/** what the bundle is made from; the rest of this folder runs on the server */
const BUNDLED = ['page', 'shared', 'vite.config.ts'];

const ManifestSchema = z.record(
  z.string(),
  z.looseObject({ file: z.string(), css: z.array(z.string()).optional() }),
);
const run = promisify(execFile);

/**
 * Makes sure that dist/webchat holds the build of exactly these sources.
 * Builds in a folder of its own and renames it into place, so that a process that starts meanwhile never sees half of it.
 *
 * @param options.log told once before a build (about two seconds)
 * @throws Error with the builder's words when the sources do not build
 */
export async function ensureWebchatBuilt(options: { log: (line: string) => void }): Promise<WebchatBuild> {
  const wanted = await hashSources();
  if ((await readStamp()) === wanted) return readBuild();
  options.log('building the web chat page');
  const draft = join(DIST, `.webchat-${String(process.pid)}-${randomBytes(4).toString('hex')}`);
  await mkdir(DIST, { recursive: true });
  try {
    await runVite(draft);
    await writeFile(join(draft, STAMP), wanted);
    await swapIn(draft, wanted);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return readBuild();
}

/** Hashed names never change their content: cached for a year. `/widget.js` keeps its name: cached for an hour. */
export function serveWebchatFiles(build: WebchatBuild): RequestHandler {
  return express.static(join(build.folder, 'static'), {
    index: false,
    immutable: true,
    maxAge: '1y',
    redirect: false,
    setHeaders: (response) => response.set('cross-origin-resource-policy', 'same-origin'),
  });
}

/** A process of its own: the builder's memory and native parts never enter the server. */
async function runVite(outFolder: string): Promise<void> {
  const require = createRequire(import.meta.url);
  const vite = join(dirname(require.resolve('vite/package.json')), 'bin', 'vite.js');
  const config = join(SOURCES, 'vite.config.ts');
  try {
    await run(
      process.execPath,
      [vite, 'build', '--config', config, '--outDir', outFolder, '--logLevel', 'error'],
      {
        cwd: SOURCES,
        env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
      },
    );
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(`The web chat page does not build. ${words}`, { cause: error });
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

async function readBuild(): Promise<WebchatBuild> {
  const manifest = ManifestSchema.parse(JSON.parse(await readFile(join(BUILT, 'manifest.json'), 'utf8')));
  const page = manifest['page/main.ts'];
  const style = page?.css?.[0];
  if (page === undefined || style === undefined)
    throw new Error('The build of the web chat page has no script or no style.');
  return { folder: BUILT, script: `/${page.file}`, style: `/${style}` };
}

async function readStamp(): Promise<string | null> {
  return readFile(join(BUILT, STAMP), 'utf8').catch(() => null);
}

async function hashSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const path of await listFiles()) {
    hash
      .update(`${relative(SOURCES, path)}\0`)
      .update(await readFile(path))
      .update('\0');
  }
  return hash.digest('hex');
}

async function listFiles(): Promise<string[]> {
  const files: string[] = [];
  for (const name of BUNDLED) {
    if (name.includes('.')) {
      files.push(join(SOURCES, name));
      continue;
    }
    const entries = await readdir(join(SOURCES, name), { recursive: true, withFileTypes: true });
    for (const entry of entries) if (entry.isFile()) files.push(join(entry.parentPath, entry.name));
  }
  return files.sort();
}
