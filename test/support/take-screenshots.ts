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
  await page.getByLabel('Mã 6 số').fill(codeFor(account?.email ?? ''));
  await page.getByRole('button', { name: 'Xác nhận' }).click();
  const first = page.getByRole('link', { name: /Nguy cấp/ }).first();
  await first.click();
  await page.getByText('Lý do').first().waitFor();
  await page.screenshot({ path: join(IMAGES, 'console.png') });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: join(IMAGES, 'console-phone.png') });
}

/** As somebody reads it in the terminal of the demo. */
function codeFor(email: string): string {
  return new RegExp(`code for ${email}: (\\d{6})`).exec(server.output())?.[1] ?? '';
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
