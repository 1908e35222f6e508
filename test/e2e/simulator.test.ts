/** The simulator is pure: in a real browser it plays a conversation event for event as here. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { readSources, repositoryRoot } from '../support/assets.ts';
import { launchBrowser } from '../support/browser.ts';
import { playLines } from './simulator-page/play.ts';

const LINES = [
  '/start',
  '1',
  'tuyển cskh campuchia lương 20tr bao ăn ở, giữ hộ chiếu',
  '2',
  'mung 5 toi em di',
  'gặp người thật',
  '/wait 20m',
  'cuu em voi ho giu ho chieu danh em',
  'không tiện',
  'ok',
  'học',
  '/send voice',
];

let folder: string;
let server: Server;
let browser: Browser;
let sources: string;
let bytes = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ht-simulator-'));
  sources = JSON.stringify(await readSources());
  // in a process of its own, as the server builds its pages: the bundler does not run inside the test's realm
  const vite = join(repositoryRoot, 'node_modules', 'vite', 'bin', 'vite.js');
  const page = join(import.meta.dirname, 'simulator-page');
  await promisify(execFile)(process.execPath, [vite, 'build', page, '--outDir', folder, '--emptyOutDir']);
  server = createServer((request, response) => void answer(request.url ?? '/', response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launchBrowser();
}, 60_000);

afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

async function answer(path: string, response: ServerResponse): Promise<void> {
  if (path === '/sources.json') {
    response.setHeader('content-type', 'application/json').end(sources);
    return;
  }
  const name = path === '/' ? '/index.html' : path;
  try {
    const file = await readFile(join(folder, name));
    if (name.endsWith('.js')) bytes += file.length;
    response.setHeader('content-type', TYPES[extname(name)] ?? 'application/octet-stream').end(file);
  } catch {
    response.writeHead(404).end();
  }
}

it('plays a whole conversation in a browser event for event as here', async () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.waitForFunction('typeof play === "function"');
  const there = await page.evaluate<string>(`play(${JSON.stringify(LINES)})`);
  expect(problems).toEqual([]);
  expect(JSON.parse(there)).toEqual(JSON.parse(playLines(JSON.parse(sources), LINES)));
  expect(bytes).toBeGreaterThan(0);
}, 60_000);
