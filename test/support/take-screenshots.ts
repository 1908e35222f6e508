/** `npm run screenshots`: starts the demo and takes the pictures of the README from the real pages. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from '../../server/demo.ts';
import { repositoryRoot } from './assets.ts';
import { launchBrowser } from './browser.ts';
import { startServer } from './server-process.ts';

const IMAGES = join(repositoryRoot, 'docs', 'images');
const OFFER =
  'Tuyển gấp nam nữ làm chăm sóc khách hàng ở Campuchia, lương 20tr/tháng bao ăn ở, không cần bằng cấp, công ty giữ hộ chiếu giùm';

const dataDir = await mkdtemp(join(tmpdir(), 'hoi-truoc-pictures-'));
const server = await startServer({ env: { DATA_DIR: join(dataDir, 'data') }, args: ['--demo'] });
const browser = await launchBrowser();
try {
  await pictureWebChat(browser);
  await pictureConsole(browser);
} finally {
  await browser.close();
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
}

async function pictureWebChat(from: Browser): Promise<void> {
  const page = await open(from, { width: 360, height: 640 }, 2);
  await page.goto(server.url);
  await page.getByText('mình là Hỏi Trước').waitFor();
  await page.screenshot({ path: join(IMAGES, 'web-chat-welcome.png') });
  await page.getByRole('textbox').fill(OFFER);
  await page.getByRole('button', { name: 'Gửi', exact: true }).click();
  await page.getByText('Mức “nguy hiểm”').waitFor();
  await page.getByText('Mình nghĩ bạn nên nói chuyện').waitFor();
  await page.getByText('Mức “nguy hiểm”').scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(IMAGES, 'web-chat.png') });
}

async function pictureConsole(from: Browser): Promise<void> {
  const page = await open(from, { width: 1280, height: 800 });
  await page.goto(`${server.url}/console`);
  const account = DEMO_ACCOUNTS.find(({ role }) => role === 'counsellor');
  await page.getByLabel('E-mail').fill(account?.email ?? '');
  await page.getByLabel('Mật khẩu', { exact: true }).fill(DEMO_PASSWORD);
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
  await page.getByLabel('Mã 6 số').fill(await codeFor(account?.email ?? ''));
  await page.getByRole('button', { name: 'Xác nhận' }).click();
  await page.getByText('Làm quen với bàn trực').waitFor();
  await page.screenshot({ path: join(IMAGES, 'shift-first-day.png') });
  await page.getByRole('button', { name: 'Bỏ qua' }).click();
  const first = page.getByRole('link', { name: /Nguy cấp/ }).first();
  await first.click();
  await page.getByText('Lý do').first().waitFor();
  await page.getByRole('log').waitFor();
  await page.screenshot({ path: join(IMAGES, 'console.png') });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: join(IMAGES, 'console-phone.png') });
  await page.setViewportSize({ width: 1280, height: 800 });
  await pictureShift(page);
}

/** The pictures of docs/how-to/work-a-shift.md, in the order of the work. */
async function pictureShift(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Nhận cuộc này' }).click();
  const reply = page.getByRole('textbox', { name: 'Trả lời' });
  await reply.press('/');
  await page.getByRole('option').first().waitFor();
  await page.screenshot({ path: join(IMAGES, 'shift-canned.png') });
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Đóng' }).first().click();
  await page.screenshot({ path: join(IMAGES, 'shift-reply.png') });
  await page.keyboard.press('Alt+p');
  const note = page.getByRole('textbox', { name: 'Ghi chú riêng cho đồng nghiệp' });
  await note.fill('Em ấy viết được sau 22 giờ. Ca sau xin viết ngắn.');
  await note.press('Enter');
  await page.getByText('Ghi chú riêng của').waitFor();
  await page.screenshot({ path: join(IMAGES, 'shift-note.png') });
  await page.keyboard.press('Control+/');
  await page.getByRole('dialog').waitFor();
  await page.screenshot({ path: join(IMAGES, 'shift-keys.png') });
}

/** As somebody reads it in the terminal of the demo. */
async function codeFor(email: string): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const code = new RegExp(`code for ${email}: (\\d{6})`).exec(server.output())?.[1];
    if (code !== undefined) return code;
    // what the server prints may come behind its answer
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the demo printed no code');
}

async function open(
  from: Browser,
  viewport: { width: number; height: number },
  deviceScaleFactor = 1,
): Promise<Page> {
  const context = await from.newContext({
    viewport,
    deviceScaleFactor,
    locale: 'vi-VN',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return page;
}
