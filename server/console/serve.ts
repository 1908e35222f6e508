/** Serves the built console at /console: one page for all its addresses, with a fresh nonce in a strict policy. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
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
  // names are made from the content: they never change, and hold nothing about anyone
  const files = express.static(path.join(build.folder, 'assets'), {
    index: false,
    redirect: false,
    immutable: true,
    maxAge: '1y',
    dotfiles: 'ignore',
  });
  router.use('/assets', files, (_request, response) => {
    response.status(404).type('text/plain').send('Not found');
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
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}
