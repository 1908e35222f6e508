/** `/declaration` in a real browser: what is typed there is printed, and is nowhere else: not sent, not stored, gone on leaving. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { render } from '../../bot/index.ts';
import { createCaseRegisters } from '../../server/case-registers.ts';
import { ensureWebchatBuilt } from '../../server/webchat/build.ts';
import { DRAFT_POINTS } from '../../server/webchat/pages/draft-page.ts';
import { openSite } from '../server/webchat/site.ts';
import type { Site } from '../server/webchat/site.ts';
import { loadRealAssets } from '../support/assets.ts';
import { launchBrowser } from '../support/browser.ts';

jest.setTimeout(120_000);

const CANARY = 'CANARY-ngõ-Sen';
const EXIT = 'https://neutral.example.org/';
const SHOTS = process.env['CONSOLE_SCREENSHOTS'];
/** local, session, database, cache, cookies. Runs in the browser. */
const KEPT = `(async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
  (await caches.keys()).length, document.cookie.length])()`;

/** Boxes that hide some of their lines. Runs in the browser. */
const CUT = `[...document.querySelectorAll('.box')].filter((box) => box.scrollHeight > box.clientHeight + 1).map((box) => box.id)`;

let browser: Browser;
let site: Site;
const contexts: BrowserContext[] = [];
beforeAll(async () => {
  const assets = await loadRealAssets();
  const now = new Date('2026-11-26T03:00:00Z');
  const registers = createCaseRegisters(assets);
  browser = await launchBrowser();
  site = await openSite({
    build: await ensureWebchatBuilt({ log: () => undefined }),
    exitUrl: EXIT,
    draftTexts: (language) => ({
      formName: registers.fact('declaration-form-name', language, now),
      point: (point) => render(assets, `declaration-form.${point}`, language, now).text,
    }),
  });
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

async function open(width: number, height: number): Promise<{ page: Page; sent: string[] }> {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'vi-VN' });
  contexts.push(context);
  await context.route(EXIT, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<title>ok</title>' }),
  );
  const sent: string[] = [];
  context.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  await page.goto(`${site.url}/declaration`);
  return { page, sent };
}

const shoot = async (page: Page, name: string): Promise<void> => {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
};
const boxes = (page: Page) => page.getByRole('textbox');
const typeEverywhere = async (page: Page): Promise<void> => {
  for (const box of await boxes(page).all()) {
    await box.click();
    await page.keyboard.type(CANARY);
  }
};

describe.each([
  { size: 'desktop', width: 1280, height: 800 },
  { size: 'phone', width: 390, height: 844 },
])('the draft at $size size', ({ size, width, height }) => {
  it('explains each point, is accessible, and says nothing in its title', async () => {
    const { page } = await open(width, height);
    expect(await boxes(page).count()).toBe(DRAFT_POINTS.length);
    await page.getByRole('textbox', { name: '1. Tên và ngày sinh' }).waitFor();
    expect(await page.title()).toBe('Bản nháp');
    await boxes(page).first().fill('Nguyễn Thị Mẫu');
    await shoot(page, `draft-${size}`);
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual(
      [],
    );
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });

  it('sends and stores nothing of what is typed, and loses it on leaving, reloading and going back', async () => {
    const { page, sent } = await open(width, height);
    await page.getByRole('button', { name: 'In' }).waitFor();
    const before = sent.length;
    await typeEverywhere(page);
    expect(await page.locator('main').innerText()).toContain(CANARY);
    expect(await page.evaluate(KEPT)).toEqual([0, 0, 0, 0, 0]);
    expect(sent.slice(before)).toEqual([]);
    const tried = await page.evaluate(
      `fetch('/api/chat/start', { method: 'POST' }).then(() => 'sent', () => 'held')`,
    );
    expect(tried).toBe('held');
    await page.reload();
    expect(await page.content()).not.toContain(CANARY);
    await typeEverywhere(page);
    await page.getByRole('link', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Draft' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Bản nháp' }).waitFor();
    expect(await page.content()).not.toContain(CANARY);
    await typeEverywhere(page);
    await page.getByRole('button', { name: 'Xóa hết' }).click();
    expect(await page.content()).not.toContain(CANARY);
    await typeEverywhere(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.waitForURL(EXIT);
    expect(sent.filter((one) => decodeURI(one).includes(CANARY))).toEqual([]);
  });
});

it('prints every line of what was written, without buttons and notices', async () => {
  const { page } = await open(1280, 800);
  const box = boxes(page).first();
  await box.click();
  for (let line = 1; line <= 12; line++) {
    await page.keyboard.type(`dòng ${String(line)}`);
    await page.keyboard.press('Enter');
  }
  await page.emulateMedia({ media: 'print' });
  expect(await page.getByRole('button').count()).toBe(0);
  expect(await page.getByText('Điều bạn viết chỉ nằm trên màn hình này').isVisible()).toBe(false);
  expect(await page.evaluate(CUT)).toEqual([]);
  expect(await box.innerText()).toContain('dòng 12');
  await shoot(page, 'draft-print');
});
