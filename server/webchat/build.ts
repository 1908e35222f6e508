/** Builds the page's script and style when they are missing or older than their sources, and serves them. */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { ensurePageBuilt } from '../page-build.ts';

export interface WebchatBuild {
  /** absolute path of dist/webchat */
  folder: string;
  /** addresses on our own host */
  script: string;
  style: string;
  /** of `/declaration` */
  draft: { script: string; style: string };
  /** what is served, by its address */
  files: ReadonlyMap<string, BuiltFile>;
}

export interface BuiltFile {
  raw: Buffer;
  /** null: would not get smaller */
  gzip: Buffer | null;
}

const WIDGET = 'widget.js';
/** what the bundle is made from; the rest of this folder runs on the server */
const BUNDLED = ['page', 'shared', '../fonts', 'vite.config.ts'];

const ManifestSchema = z.record(
  z.string(),
  z.looseObject({
    file: z.string(),
    css: z.array(z.string()).optional(),
    assets: z.array(z.string()).optional(),
  }),
);

/** @throws Error with the builder's words when the sources do not build */
export async function ensureWebchatBuilt(options: { log: (line: string) => void }): Promise<WebchatBuild> {
  const sources = {
    name: 'webchat',
    title: 'the web chat page',
    folder: import.meta.dirname,
    bundled: BUNDLED,
  };
  return readBuild(await ensurePageBuilt(sources, options.log));
}

/**
 * Serves the built files from memory, compressed when the browser takes it: two small files that everybody needs at once, and fonts that few do.
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
    response.type(extname(request.path));
    // a font is compressed by itself
    if (file.gzip === null) response.send(file.raw);
    else sendCompressed(request, response, { raw: file.raw, gzip: file.gzip });
  };
}

/** Sends bytes, gzipped when the browser takes it. Not for pages that hold both a secret and words from outside. */
export function sendCompressed(
  request: Request,
  response: Response,
  file: { raw: Buffer; gzip: Buffer },
): void {
  response.vary('accept-encoding');
  if (request.acceptsEncodings('gzip') === 'gzip') {
    response.set('content-encoding', 'gzip').send(file.gzip);
  } else {
    response.send(file.raw);
  }
}

async function readBuild(folder: string): Promise<WebchatBuild> {
  const manifest = ManifestSchema.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
  const [page, draft] = [manifest['page/main.ts'], manifest['page/draft.ts']];
  const [style, draftStyle] = [page?.css?.[0], draft?.css?.[0]];
  if (page === undefined || style === undefined || draft === undefined || draftStyle === undefined)
    throw new Error('The build of the web chat page has no script or no style.');
  const files = await Promise.all(
    [page.file, style, draft.file, draftStyle, WIDGET, ...(page.assets ?? [])].map(async (name) => {
      const raw = await readFile(join(folder, name));
      const gzip = name.endsWith('.woff2') ? null : gzipSync(raw, { level: 9 });
      return [`/${name}`, { raw, gzip }] as const;
    }),
  );
  return {
    folder,
    script: `/${page.file}`,
    style: `/${style}`,
    draft: { script: `/${draft.file}`, style: `/${draftStyle}` },
    files: new Map(files),
  };
}
