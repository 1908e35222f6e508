/** Every letter of the languages of Vietnam, on a system that has none of them: the browser draws it from the fonts we serve. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import express from 'express';
import type { Browser, Page } from 'playwright-core';
import { parse } from 'yaml';
import { z } from 'zod';
import { ensureConsoleBuilt } from '../../server/console/build.ts';
import { createConsoleRouter } from '../../server/console/serve.ts';
import { ensureWebchatBuilt } from '../../server/webchat/build.ts';
import { openSite } from '../server/webchat/site.ts';
import type { Site } from '../server/webchat/site.ts';
import { launchBrowser } from '../support/browser.ts';
import { repositoryRoot } from '../support/assets.ts';

jest.setTimeout(60_000);

const LanguagesSchema = z.object({
  languages: z.array(z.object({ tag: z.string(), letters: z.string().optional() })),
});
const { languages } = LanguagesSchema.parse(
  parse(readFileSync(join(repositoryRoot, 'content/languages.yaml'), 'utf8')),
);
const lettersOf = (tag: string): string => languages.find((language) => language.tag === tag)?.letters ?? '';
/** every assigned letter and sign of a block; signs stand on the first letter */
function block(from: number, to: number): string {
  const points = Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index));
  const letters = points.filter((one) => /\p{L}|\p{N}/u.test(one));
  const signs = points.filter((one) => /\p{M}/u.test(one)).map((sign) => `${letters[0] ?? ''}${sign}`);
  return [...letters, ...signs].join(' ');
}
const upper = (text: string): string => `${text} ${text.toUpperCase()}`;

/** The alphabets of Mông, Tày, Nùng and Dao have no letter that Vietnamese lacks, and every phone sold here has those. */
const SAMPLES: readonly (readonly [string, string])[] = [
  ['rad-Latn-VN', upper(lettersOf('rad-Latn-VN'))],
  ['jra-Latn-VN', upper(lettersOf('jra-Latn-VN'))],
  ['bdq-Latn-VN', upper(lettersOf('bdq-Latn-VN'))],
  ['km-VN', block(0x1780, 0x17f9)],
  ['blt-Tavt-VN', block(0xaa80, 0xaadf)],
  ['cjm-Cham-VN', block(0xaa00, 0xaa5f)],
];

const folder = mkdtempSync(join(tmpdir(), 'ht-fonts-'));
let browser: Browser;
let site: Site;
let consoleServer: ReturnType<typeof createServer>;
let consoleUrl = '';

beforeAll(async () => {
  const fonts = join(repositoryRoot, 'test/fixtures/fonts');
  const config = join(folder, 'fonts.conf');
  writeFileSync(
    config,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${fonts}</dir><cachedir>${folder}</cachedir></fontconfig>`,
  );
  browser = await launchBrowser([], { FONTCONFIG_FILE: config, FONTCONFIG_PATH: folder });
  const build = await ensureWebchatBuilt({ log: () => undefined });
  site = await openSite({ build });
  const app = express().use(
    '/console',
    createConsoleRouter(await ensureConsoleBuilt({ log: () => undefined })),
  );
  consoleServer = createServer(app).listen(0, '127.0.0.1');
  await once(consoleServer, 'listening');
  const address = consoleServer.address();
  consoleUrl = `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}/console/sign-in`;
});
afterAll(async () => {
  await browser.close();
  await site.close();
  consoleServer.close();
  rmSync(folder, { recursive: true });
});

interface Drawn {
  familyName: string;
  isCustomFont: boolean;
  glyphCount: number;
}

/** Puts a line into the page as any text of it, and asks the browser which fonts drew it. */
async function draw(page: Page, language: string, text: string): Promise<Drawn[]> {
  await page.evaluate(`(async () => {
    document.querySelector('#sample')?.remove();
    const line = document.createElement('p');
    line.id = 'sample';
    line.lang = ${JSON.stringify(language)};
    line.textContent = ${JSON.stringify(text)};
    document.body.prepend(line);
    // drawn once, so that the browser knows which fonts it lacks
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    await document.fonts.ready;
  })()`);
  const session = await page.context().newCDPSession(page);
  await session.send('DOM.enable');
  await session.send('CSS.enable');
  const { root } = await session.send('DOM.getDocument');
  const { nodeId } = await session.send('DOM.querySelector', { nodeId: root.nodeId, selector: '#sample' });
  const { fonts } = await session.send('CSS.getPlatformFontsForNode', { nodeId });
  await session.detach();
  return fonts;
}

describe.each([
  ['the web chat', () => site.url],
  ['the console', () => consoleUrl],
])('%s', (_name, url) => {
  it.each(SAMPLES)('draws %s from our own fonts: %s', async (language, text) => {
    const page = await browser.newPage();
    await page.goto(url());
    const fonts = await draw(page, language, text.replaceAll(' ', ''));
    expect(text.length).toBeGreaterThan(20);
    expect(fonts.filter(({ isCustomFont }) => !isCustomFont)).toEqual([]);
    const drawn = fonts.reduce((sum, { glyphCount }) => sum + glyphCount, 0);
    expect(drawn).toBeGreaterThan(10);
    await page.close();
  });

  it('draws with the system what the system has', async () => {
    const page = await browser.newPage();
    await page.goto(url());
    const fonts = await draw(page, 'en', 'Plain words');
    expect(fonts.map(({ isCustomFont }) => isCustomFont)).toEqual([false]);
    await page.close();
  });
});
