/** A browser at the desk for end-to-end tests: nothing may go to another host, no script or policy may fail, all is accessible. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import type { Desk } from './desk.ts';

/** CSS px */
export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** set to a folder to keep pictures of each step */
const SHOTS = process.env['CONSOLE_SCREENSHOTS'];
/** a page that has not answered by then never will, also on a busy machine */
const PATIENCE_MS = 45_000;

export interface OpenOptions {
  viewport?: typeof DESKTOP;
  /** `name=value` of a session, from `desk.addStaff` */
  cookie?: string;
  colorScheme?: 'light' | 'dark';
}

export interface DeskBrowser {
  /** a browser of its own, without history, cookies or storage of the others */
  open: (options?: OpenOptions) => Promise<Page>;
  shoot: (page: Page, name: string) => Promise<void>;
  expectAccessible: (page: Page, name: string) => Promise<void>;
}

/** Call at the top of a suite: starts the browser before its tests, closes what each test opened, and expects no fault. */
export function useDeskBrowser(desk: () => Desk): DeskBrowser {
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  const faults: string[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    expect(faults.splice(0)).toEqual([]);
    expect(desk().failures).toEqual([]);
  });
  afterAll(() => browser.close());

  async function open({
    viewport = DESKTOP,
    cookie,
    colorScheme = 'light',
  }: OpenOptions = {}): Promise<Page> {
    const { publicUrl } = desk();
    const context = await browser.newContext({
      // nothing moves, so nothing is measured half-way
      ...{ reducedMotion: 'reduce', viewport, colorScheme, locale: 'vi-VN' },
      hasTouch: viewport.width === PHONE.width,
    });
    contexts.push(context);
    if (cookie !== undefined) {
      const [name = '', value = ''] = cookie.split('=');
      await context.addCookies([{ name, value, url: publicUrl, httpOnly: true, sameSite: 'Strict' }]);
    }
    context.on('request', (request) => {
      const isOurs = [publicUrl, 'data:', `blob:${publicUrl}`].some((one) => request.url().startsWith(one));
      if (!isOurs) faults.push(request.url());
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) faults.push(message.text());
    });
    return page;
  }

  return { open, shoot, expectAccessible };
}

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
}

async function expectAccessible(page: Page, name: string): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const told = violations.map(
    (one) => `${name}: ${one.id} ${one.nodes.map((node) => node.target.join(' ')).join(' | ')}`,
  );
  expect(told).toEqual([]);
}
