/** What the desk's queue page loads first, and when it answers: in a real browser, cold, on a slow processor and line. */
import type { Browser, Page } from 'playwright-core';
import { ensureConsoleBuilt } from '../server/console/build.ts';
import { createConsoleRouter } from '../server/console/serve.ts';
import { launchBrowser } from '../test/support/browser.ts';
import setUpPostgres from '../test/support/postgres-setup.ts';
import { type Desk, startDesk } from '../test/support/desk.ts';
import type { Figure } from './figure.ts';

const RUNS = 5;
/** The profile Lighthouse calls "slow 4G", with a processor a quarter as fast. */
const SLOW = { rttMs: 150, downBitsPerS: 1_638_400, upBitsPerS: 750_000, cpuTimesSlower: 4 } as const;

interface Load {
  /** gzip, scripts and styles until the queue is shown */
  bytes: number;
  shownMs: number;
  /** a press on a tab has been answered */
  answersMs: number;
}

export async function measureConsole(): Promise<readonly Figure[]> {
  await setUpPostgres();
  const build = await ensureConsoleBuilt({ log: () => undefined });
  const desk = await startDesk({
    clock: 'real',
    extend: (app) => void app.use('/console', createConsoleRouter(build)),
  });
  const browser = await launchBrowser();
  try {
    await addPeople(desk, 20);
    const { token } = await desk.addStaff('counsellor', 'Lan');
    const plain = await loadOften(browser, desk, token, false);
    const slow = await loadOften(browser, desk, token, true);
    const seconds = (ms: number): number => ms / 1000;
    const figure = (name: string, value: number, unit: string, target: number | null): Figure => ({
      ...{ name, value, unit, target, reference: null },
    });
    return [
      figure('console, first load of the queue (gzip)', plain.bytes / 1000, 'kB', 250),
      figure('console, queue shown, this machine', seconds(plain.shownMs), 's', null),
      figure('console, queue answers, this machine', seconds(plain.answersMs), 's', null),
      figure('console, queue shown, CPU ÷4, slow 4G', seconds(slow.shownMs), 's', null),
      figure('console, queue answers, CPU ÷4, slow 4G', seconds(slow.answersMs), 's', null),
    ];
  } finally {
    await browser.close();
    await desk.stop();
  }
}

/** So that the queue has something to draw. */
async function addPeople(desk: Desk, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1)
    await desk.addWaiting({
      ...{ risk: at % 5 === 0 ? 'high' : 'concern', waitingSince: new Date(Date.now() - at * 30_000) },
      messages: [{ author: 'person', text: 'cho em hỏi một chút' }],
    });
}

/** Each with a browser that has seen nothing yet; the median of each figure. */
async function loadOften(browser: Browser, desk: Desk, token: string, isSlow: boolean): Promise<Load> {
  const loads: Load[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const context = await browser.newContext({ locale: 'vi-VN', viewport: { width: 1280, height: 800 } });
    await context.addCookies([{ name: 'console', value: token, url: desk.publicUrl }]);
    const page = await context.newPage();
    if (isSlow) await slowDown(page);
    loads.push(await loadOnce(page, desk));
    await context.close();
  }
  const median = (of: keyof Load): number =>
    loads.map((load) => load[of]).sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0;
  return { bytes: median('bytes'), shownMs: median('shownMs'), answersMs: median('answersMs') };
}

async function loadOnce(page: Page, desk: Desk): Promise<Load> {
  const sizes: Promise<number>[] = [];
  page.on('requestfinished', (request) => {
    if (request.url().includes('/assets/'))
      sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  const began = performance.now();
  await page.goto(`${desk.publicUrl}/console`, { waitUntil: 'commit' });
  await page.locator('.queue .row').first().waitFor();
  const shownMs = performance.now() - began;
  const loaded = [...sizes];
  await page.getByRole('tab').nth(1).click();
  await page.locator('[role="tab"]:nth-of-type(2)[aria-selected="true"]').waitFor();
  const answersMs = performance.now() - began;
  const bytes = (await Promise.all(loaded)).reduce((sum, size) => sum + size, 0);
  return { bytes, shownMs, answersMs };
}

async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: SLOW.rttMs },
    ...{ downloadThroughput: SLOW.downBitsPerS / 8, uploadThroughput: SLOW.upBitsPerS / 8 },
  });
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOW.cpuTimesSlower });
}
