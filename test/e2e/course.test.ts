/** The course in a real browser: a module played to its end, the table of what changed, the certificate; on a desktop and a telephone. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import type { Assets } from '../../bot/index.ts';
import { straightWay } from '../../bot/content/stories.ts';
import { ensureConsoleBuilt } from '../../server/console/build.ts';
import { createConsoleRouter } from '../../server/console/serve.ts';
import { createCourse } from '../../server/course/course.ts';
import { loadRealAssets } from '../support/assets.ts';
import { launchBrowser } from '../support/browser.ts';
import { startDesk, type Desk } from '../support/desk.ts';

jest.setTimeout(120_000);

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

let assets: Assets;
let browser: Browser;
let desk: Desk;
const pages: Page[] = [];
const faults: string[] = [];
beforeAll(async () => {
  const build = await ensureConsoleBuilt({ log: () => undefined });
  assets = await loadRealAssets();
  browser = await launchBrowser();
  desk = await startDesk({
    clock: 'real',
    extend: (app) => void app.use('/console', createConsoleRouter(build)),
    learning: { course: createCourse(assets) },
  });
}, 180_000);
afterAll(async () => {
  await browser.close();
  await desk.stop();
});
afterEach(async () => {
  for (const page of pages.splice(0)) await page.context().close();
  await desk.database.pool.query('delete from course_progress');
  expect(faults.splice(0)).toEqual([]);
  expect(desk.failures).toEqual([]);
});

async function open(
  role: 'officer' | 'supervisor' | 'reviewer',
  path: string,
  viewport = DESKTOP,
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

async function expectAccessible(page: Page): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id} ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`),
  ).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
  // only the pane scrolls: nothing hidden makes the page itself longer
  expect(await page.evaluate('document.documentElement.scrollHeight <= window.innerHeight')).toBe(true);
}

const choose = (page: Page, label: string): Promise<void> =>
  page.getByRole('button', { name: label, exact: true }).click();
/** Kept where SHOTS names a folder, for whoever looks at them. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env['SHOTS'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

describe('an officer', () => {
  it.each([
    ['on a desktop', 'officer', DESKTOP, 'light'],
    ['on a telephone, in the dark', 'reviewer', PHONE, 'dark'],
  ] as const)(
    'plays a module to its end and prints a certificate %s',
    async (title, role, viewport, scheme) => {
      const page = await open(role, '/course', viewport, scheme);
      await page.getByText('Bạn đã xong 0 trên 9 bài.').waitFor();
      await expectAccessible(page);
      await shoot(page, `course-list-${title.slice(5, 8)}`);
      await page.getByRole('link', { name: /^Giữ thông tin/ }).click();
      await choose(page, 'Hỏi thêm trong nhóm');
      await page.getByText('Mình quay lại lúc đó nhé.').waitFor();
      await choose(page, 'Nhắn riêng, nhờ gỡ');
      await page.getByText(/Một người gọi tới/).waitFor();
      await expectAccessible(page);
      await choose(page, 'Kể, không nêu tên');
      await choose(page, 'Báo người phụ trách');
      await choose(page, 'Không nói có hay không');
      // what would call a counsellor in the bot is not taken, and says so
      const own = page.getByLabel('Câu trả lời của bạn');
      await own.fill('người');
      await choose(page, 'Gửi');
      await page.getByText(/Câu này bot sẽ coi là/).waitFor();
      await shoot(page, `course-own-${title.slice(5, 8)}`);
      await expectAccessible(page);
      await own.fill('em làm mất hôm qua ạ');
      await choose(page, 'Gửi');
      await choose(page, 'Tự nói, biết rõ việc');
      await choose(page, 'Tiếng mẹ đẻ, chỗ ở');
      await choose(page, 'Báo, rồi ghi lý do');
      await page.getByRole('heading', { name: 'Bạn đã xong bài này' }).waitFor();
      await page.getByText('consent-how').waitFor();
      await expectAccessible(page);
      await shoot(page, `course-end-${title.slice(5, 8)}`);
      await page.getByRole('link', { name: 'Xem giấy chứng nhận' }).click();
      await page.getByText(/đã học xong 1 trên 9 bài/).waitFor();
      await page.getByLabel('Tên in trên giấy').fill('Hà Văn Thử');
      await expectAccessible(page);
      await page.emulateMedia({ media: 'print' });
      expect(await page.getByRole('button', { name: 'In' }).isVisible()).toBe(false);
      expect(await page.getByRole('article').innerText()).toContain('Hà Văn Thử');
      await shoot(page, `course-paper-${title.slice(5, 8)}`);
      // the name is nowhere but on this page
      const { rows } = await desk.database.pool.query('select * from course_progress');
      expect(JSON.stringify(rows)).not.toContain('Thử');
      expect(page.url()).not.toMatch(/Th|%/);
    },
  );

  it('steps back, and looks up an old province', async () => {
    const page = await open('officer', '/course/what-changed', PHONE);
    await choose(page, 'Cơ quan cũ, mới');
    await page.getByText(/không còn từ tháng 3\/2025/).waitFor();
    await choose(page, 'Quay lại một bước');
    await page.getByText(/không còn từ tháng 3\/2025/).waitFor({ state: 'detached' });
    await choose(page, 'Tỉnh cũ thuộc đâu');
    await page.getByLabel('Tên tỉnh, thành phố').fill('Bắc Kạn');
    await choose(page, 'Gửi');
    await page.getByText(/Nơi bạn viết nay thuộc Thái Nguyên/).waitFor();
    expect(await page.getByRole('row').count()).toBe(35);
    await expectAccessible(page);
    await shoot(page, 'course-table');
  });

  it('finds it in the menu of the account and plays by keyboard, the newest screen having the focus', async () => {
    const page = await open('officer', '/');
    await page.getByRole('button', { name: 'officer', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Khóa học' }).click();
    await page.getByRole('link', { name: /^Giữ sức mình/ }).click();
    await page.getByRole('button', { name: 'Tắt máy, kể với ai đó' }).press('Enter');
    await page.getByText(/Huy cùng ca gắt/).waitFor();
    const focused = await page.evaluate(`document.activeElement?.textContent ?? ''`);
    expect(focused).toContain('Huy cùng ca gắt');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText(/Dạo này em ngủ được không/).waitFor();
  });
});

it('shows a supervisor numbers without names, and an officer none', async () => {
  const supervisor = await open('supervisor', '/course');
  await supervisor.getByRole('heading', { name: 'Số người đã xong từng bài' }).waitFor();
  expect(await supervisor.getByRole('row').count()).toBe(10);
  await expectAccessible(supervisor);
  const officer = await open('officer', '/course');
  await officer.getByText('Bạn đã xong 0 trên 9 bài.').waitFor();
  expect(await officer.getByRole('table').count()).toBe(0);
});

it('leads by the safe choices to the end of each module, on a telephone, with nothing wider than the screen', async () => {
  const page = await open('officer', '/course', PHONE);
  const modules = [...assets.lessons.values()].filter((lesson) => lesson.for === 'officers');
  for (const { id, story, questions, texts } of modules) {
    await page.goto(`${desk.publicUrl}/console/course/${id}`);
    const label = (heading: string): string => texts.get('vi')?.sections.get(heading) ?? heading;
    for (const moment of straightWay(story))
      await choose(page, label(moment.heading(`option ${moment.safe}`)));
    for (const question of questions) await choose(page, label(question.heading(`option ${question.right}`)));
    await page.getByRole('heading', { name: 'Bạn đã xong bài này' }).waitFor();
    await expectAccessible(page);
    await shoot(page, id);
  }
  await page.goto(`${desk.publicUrl}/console/course`);
  await page.getByText('Bạn đã xong 9 trên 9 bài.').waitFor();
});
