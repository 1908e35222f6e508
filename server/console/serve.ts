/** Serves the built console at /console: one page for all its addresses, with a fresh nonce in a strict policy. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import express from 'express';
import type { Router } from 'express';
import type { ConsoleBuild } from './build.ts';

/** Mount at `/console`. */
export function createConsoleRouter(build: ConsoleBuild): Router {
  const page = readFileSync(path.join(build.folder, 'index.html'), 'utf8');
  const router = express.Router({ caseSensitive: true });
  router.use((_request, response, next) => {
    response.set(HEADERS);
    next();
  });
  const files = readAssets(path.join(build.folder, 'assets'));
  router.use('/assets', (request, response) => {
    const file = files.get(request.path.slice(1));
    if (file === undefined) {
      response.status(404).type('text/plain').send('Not found');
      return;
    }
    // names are made from the content: they never change, and hold nothing about anyone, so they may be kept and compressed
    response
      .type(file.type)
      .vary('accept-encoding')
      .set('cache-control', 'public, max-age=31536000, immutable');
    if (request.acceptsEncodings('gzip') === 'gzip') response.set('content-encoding', 'gzip').send(file.gzip);
    else response.send(file.raw);
  });
  router.get(['/', '/{*path}'], (_request, response) => {
    const nonce = randomBytes(18).toString('base64');
    response
      .set('content-security-policy', describePolicy(nonce))
      .set('cache-control', 'no-store')
      .type('html')
      .send(page.replaceAll('__NONCE__', nonce));
  });
  return router;
}

interface Asset {
  /** file extension */
  type: string;
  raw: Buffer;
  gzip: Buffer;
}

/** About one megabyte, read and compressed once (40 ms): only names that exist can be asked for. */
function readAssets(folder: string): ReadonlyMap<string, Asset> {
  return new Map(
    readdirSync(folder).map((name) => {
      const raw = readFileSync(path.join(folder, name));
      return [name, { type: path.extname(name), raw, gzip: gzipSync(raw) }];
    }),
  );
}

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
  'x-robots-tag': 'noindex, nofollow',
};

/** No `unsafe-inline`, no other host (console.md 2.2). Trusted Types are left out: the component library writes style text. */
function describePolicy(nonce: string): string {
  return [
    `default-src 'none'`,
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    // blob: what somebody asked to see or hear, fetched once and held in memory
    `img-src 'self' data: blob:`,
    `media-src blob:`,
    `font-src 'self'`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}
