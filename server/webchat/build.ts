/** Builds the page's script and style when they are missing or older than their sources, and serves them. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';

export interface WebchatBuild {
  /** absolute path of dist/webchat */
  folder: string;
  /** addresses on our own host */
  script: string;
  style: string;
  /** what is served, by its address */
  files: ReadonlyMap<string, BuiltFile>;
}

export interface BuiltFile {
  raw: Buffer;
  gzip: Buffer;
}

const SOURCES = fileURLToPath(new URL('.', import.meta.url));
const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const BUILT = join(DIST, 'webchat');
const WIDGET = 'widget.js';
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

/**
 * Serves the built files from memory, compressed when the browser takes it: two small files that everybody needs at once.
 * Hashed names never change their content and are cached for a year; `/widget.js` keeps its name and is cached for an hour.
 */
export function serveWebchatFiles(build: WebchatBuild): RequestHandler {
  return (request, response, next) => {
    const file = build.files.get(request.path);
    if (file === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) {
      next();
      return;
    }
    const isHashed = request.path.startsWith('/static/');
    response.set({
      // said outright: whoever mounts this may have forbidden storing for everything before
      'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
      'cross-origin-resource-policy': isHashed ? 'same-origin' : 'cross-origin',
      'x-content-type-options': 'nosniff',
    });
    response.type(request.path.endsWith('.css') ? 'css' : 'js');
    sendCompressed(request, response, file);
  };
}

/** Sends bytes, gzipped when the browser takes it. Not for pages that hold both a secret and words from outside. */
export function sendCompressed(request: Request, response: Response, file: BuiltFile): void {
  response.vary('accept-encoding');
  if (request.acceptsEncodings('gzip') === 'gzip') {
    response.set('content-encoding', 'gzip').send(file.gzip);
  } else {
    response.send(file.raw);
  }
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
  const files = await Promise.all(
    [page.file, style, WIDGET].map(async (name) => {
      const raw = await readFile(join(BUILT, name));
      return [`/${name}`, { raw, gzip: gzipSync(raw, { level: 9 }) }] as const;
    }),
  );
  return { folder: BUILT, script: `/${page.file}`, style: `/${style}`, files: new Map(files) };
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
