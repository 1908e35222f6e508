/** What every answer of the server carries, whoever asks for what: the page of the desk, its API, errors, and what is not there. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Router } from 'express';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createApp } from '../../server/app.ts';
import { ensureConsoleBuilt } from '../../server/console/build.ts';
import { createConsoleRouter } from '../../server/console/serve.ts';
import { createLog } from '../../server/log.ts';
import { createMetrics } from '../../server/metrics.ts';

// the console is built when it is missing
jest.setTimeout(120_000);

let server: Server;
let url = '';
beforeAll(async () => {
  const build = await ensureConsoleBuilt({ log: () => undefined });
  const app = createApp({
    ...{ log: createLog({ level: 'silent' }), metrics: createMetrics(), trustedProxies: 1 },
    readiness: () => Promise.resolve(null),
    routers: [Router().use('/console', createConsoleRouter(build))],
  });
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${String(typeof address === 'object' && address !== null ? address.port : 0)}`;
});
afterAll(async () => {
  server.close();
  await once(server, 'close');
});

describe('every answer', () => {
  it.each(['/console', '/console/c/x', '/healthz', '/nothing', '/console/assets/nothing.js'])(
    '%s comes with HSTS, nosniff, no referrer, no sensors and no foreign frames',
    async (path) => {
      const { headers } = await fetch(`${url}${path}`);
      expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      for (const sensor of ['camera=()', 'microphone=()', 'geolocation=()'])
        expect(headers.get('permissions-policy')).toContain(sensor);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-powered-by')).toBeNull();
    },
  );

  it.each([
    '/.env',
    '/.git/config',
    '/package.json',
    '/server/main.ts',
    '/console/.sources.sha256',
    '/console/index.html.map',
    '/console/..%2f..%2fpackage.json',
    '/console/assets/..%2f..%2f..%2fpackage.json',
  ])('%s shows no file of ours', async (path) => {
    const answer = await fetch(`${url}${path}`);
    const text = await answer.text();
    // the desk's own page, which answers for every address below /console, or nothing
    expect(text).toMatch(/^<!doctype html>|^\{"error":"|^Not found$/i);
    expect(text).not.toMatch(/"mappings"|"dependencies"|createApp|\[core\]|^[0-9a-f]{64}$/m);
  });
});

describe('the scripts of the desk', () => {
  it('name no source map, and there is none', async () => {
    const html = await (await fetch(`${url}/console`)).text();
    const script = /src="([^"]+)"/.exec(html)?.[1] ?? '';
    const code = await (await fetch(`${url}${script}`)).text();
    expect(code.length).toBeGreaterThan(100_000);
    expect(code).not.toContain('sourceMappingURL');
    expect((await fetch(`${url}${script}.map`)).status).toBe(404);
  });
});
