/** The editors' page in a real browser: a wording is seen, tried, saved and ignored; by mouse, by keyboard, on a telephone. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import type { Trial } from '../../bot/index.ts';
import { ensureConsoleBuilt } from '../../server/console/build.ts';
import { createConsoleRouter } from '../../server/console/serve.ts';
import { addHeardPhrase } from '../../server/store/heard-phrases.ts';
import { launchBrowser } from '../support/browser.ts';
import { startDesk, type Desk } from '../support/desk.ts';

jest.setTimeout(120_000);

const TRIAL: Trial = {
  tasks: [
    { task: 'intents', n: 600, rightBefore: 440, rightAfter: 442 },
    { task: 'risk', n: 2477, rightBefore: 2372, rightAfter: 2371 },
  ],
  broken: [],
  mended: [
    {
      task: 'intents',
      text: 'coi giùm chỗ mời',
      expected: 'check_offer',
      before: 'none',
      after: 'asks:check_offer',
    },
  ],
  danger: [
    {
      task: 'risk',
      text: 'nó không cho em về',
      expected: 'high',
      before: 'asked',
      after: 'flow:numbers.where',
    },
  ],
  otherwise: 1,
};

let browser: Browser;
let desk: Desk;
const pages: Page[] = [];
const faults: string[] = [];
beforeAll(async () => {
  const build = await ensureConsoleBuilt({ log: () => undefined });
  browser = await launchBrowser();
  desk = await startDesk({
    clock: 'real',
    extend: (app) => void app.use('/console', createConsoleRouter(build)),
    learning: {
      learningPurpose: 'Bot hiểu thêm cách nói của người viết.',
      runTrial: () => Promise.resolve(TRIAL),
      teacher: {
        guess: () => [{ intent: 'check_offer', score: 0.41 }],
        intents: [
          { id: 'check_offer', title: { vi: 'Kiểm tra lời mời', en: 'Check an offer' }, group: 'checking' },
        ],
        flows: ['numbers'],
        faultOf: () => null,
      },
    },
  });
}, 120_000);
afterAll(async () => {
  await browser.close();
  await desk.stop();
});
afterEach(async () => {
  for (const page of pages.splice(0)) await page.context().close();
  await desk.database.pool.query('truncate heard_phrases, phrase_proposals');
  expect(faults.splice(0)).toEqual([]);
  expect(desk.failures).toEqual([]);
});

async function open(
  role: 'editor' | 'counsellor',
  path: string,
  viewport = { width: 1280, height: 900 },
  colorScheme: 'light' | 'dark' = 'light',
): Promise<Page> {
  const { token } = await desk.addStaff(role);
  const context = await browser.newContext({
    viewport,
    colorScheme,
    locale: 'vi-VN',
    reducedMotion: 'reduce',
  });
  await context.addCookies([
    { name: 'console', value: token, url: desk.publicUrl, httpOnly: true, sameSite: 'Strict' },
  ]);
  const page = await context.newPage();
  pages.push(page);
  page.setDefaultTimeout(45_000);
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) faults.push(message.text());
  });
  await page.goto(`${desk.publicUrl}/console${path}`);
  return page;
}

const hear = async (text: string): Promise<void> => {
  for (const conversationId of ['a', 'b'])
    await desk.database.transact((client) =>
      addHeardPhrase(client, desk.vault, { text, key: text, conversationId }, '2026-11-20'),
    );
};

async function expectAccessible(page: Page): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id} ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`),
  ).toEqual([]);
}

describe('an editor', () => {
  it.each([
    ['on a desktop', { width: 1280, height: 900 }, 'light'],
    ['on a telephone, in the dark', { width: 360, height: 740 }, 'dark'],
  ] as const)(
    'tries a phrase, reads what changes about danger, and saves it %s',
    async (_title, viewport, scheme) => {
      await hear('coi hộ [số] chỗ mời');
      const page = await open('editor', '/', viewport, scheme);
      await page.getByRole('link', { name: 'Xem những gì bot chưa hiểu' }).click();
      await page.getByText('Bot đoán: Kiểm tra lời mời 41 %').waitFor();
      await expectAccessible(page);
      await page.getByRole('button', { name: /^Thuộc về ý muốn/ }).click();
      expect(await page.getByLabel('Câu', { exact: true }).inputValue()).toBe('coi hộ chỗ mời');
      await page.getByLabel('Ý muốn nào').selectOption('check_offer');
      await page.getByRole('button', { name: 'Xem sẽ thay đổi gì' }).click();
      await page.getByText('nó không cho em về').waitFor();
      await expectAccessible(page);
      const save = page.getByRole('button', { name: 'Lưu thành đề xuất' });
      expect(await save.isDisabled()).toBe(true);
      await page.getByLabel('Tôi đã đọc các câu về nguy hiểm và vẫn muốn lưu').check();
      await save.click();
      await page.getByRole('heading', { name: 'Đề xuất' }).waitFor();
      await page.getByText('Hiện chưa có gì để học').waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
      expect(page.url()).not.toMatch(/coi|%/);
    },
  );

  it('goes from wording to wording and ignores one by keyboard alone', async () => {
    await hear('câu một');
    await hear('câu hai');
    const page = await open('editor', '/phrases');
    await page.getByText('câu một').waitFor();
    await page.keyboard.press('Alt+KeyJ');
    await page.keyboard.press('Alt+KeyJ');
    const focused = async (): Promise<string> =>
      String(await page.evaluate(`document.activeElement?.getAttribute('aria-label')`));
    const text = (await focused()).split(': ')[1] ?? '';
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe(`Bỏ qua: ${text}`);
    await page.keyboard.press('Enter');
    await page.getByText(text, { exact: true }).waitFor({ state: 'detached' });
    expect(await page.locator('.phrases > li').count()).toBe(1);
  });
});

it('shows a counsellor neither the link nor the list', async () => {
  await hear('câu một');
  const page = await open('counsellor', '/phrases');
  await page.getByText('Vai trò của bạn không làm được việc này.').waitFor();
  expect(await page.getByRole('link', { name: 'Từ mới' }).count()).toBe(0);
  expect(await page.getByText('câu một').count()).toBe(0);
});
