/** Second factors in a browser: sets the app up as a person would, and shows its codes afterwards. */
import type { Page } from 'playwright-core';
import { totpCode } from '../../server/api/totp.ts';

/** On the page that asks for a first factor. @param now the server's time. @returns the secret, for later codes */
export async function setUpApp(page: Page, now: Date = new Date()): Promise<string> {
  await page.getByRole('heading', { name: 'Thêm lớp bảo vệ thứ hai' }).waitFor();
  const secret = await readSecret(page);
  await page.getByLabel('Mã 6 số').fill(totpCode(secret, now));
  await page.getByRole('button', { name: 'Xong, bật lớp thứ hai' }).click();
  await page.getByRole('heading', { name: 'Cất mười mã dự phòng này' }).waitFor();
  await page.getByLabel('Tôi đã cất ở nơi khác điện thoại').check();
  await page.getByRole('button', { name: 'Tiếp tục' }).click();
  return secret;
}

/** The letters beside the picture. */
export async function readSecret(page: Page): Promise<string> {
  return (await page.locator('.secret').innerText()).replaceAll(' ', '');
}

/** A code works once: this is the one of the next half minute, which is taken already. */
export async function showNextCode(page: Page, secret: string): Promise<void> {
  await page.getByLabel('Mã 6 số').fill(totpCode(secret, new Date(Date.now() + 30_000)));
  await page.getByRole('button', { name: 'Xác nhận' }).click();
}
