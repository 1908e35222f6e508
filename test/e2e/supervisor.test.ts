/** What supervisors and counsellors do about the desk itself, in a real browser on a desktop and on a telephone. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ensureConsoleBuilt } from '../../server/console/build.ts';
import { createConsoleRouter } from '../../server/console/serve.ts';
import { DESKTOP, PHONE, useDeskBrowser } from '../support/desk-browser.ts';
import { type Desk, startDesk } from '../support/desk.ts';

jest.setTimeout(120_000);

const SIZES = [
  ['a desktop', DESKTOP, 'light'],
  ['a telephone, in the dark', PHONE, 'dark'],
] as const;

let desk: Desk;
let boss: Awaited<ReturnType<Desk['addStaff']>>;
let lan: Awaited<ReturnType<Desk['addStaff']>>;
beforeAll(async () => {
  const build = await ensureConsoleBuilt({ log: () => undefined });
  desk = await startDesk({
    clock: 'real',
    extend: (app) => void app.use('/console', createConsoleRouter(build)),
  });
}, 120_000);
beforeEach(async () => {
  await desk.database.pool.query(
    'truncate contacts, conversations, users, user_sessions, shifts, shift_changes cascade',
  );
  boss = await desk.addStaff('supervisor', 'Hoa');
  lan = await desk.addStaff('counsellor', 'Lan');
});
afterAll(() => desk.stop());
const browser = useDeskBrowser(() => desk);
const minutesAgo = (n: number): Date => new Date(desk.clock.now().getTime() - n * 60_000);

describe('the calendar', () => {
  it.each(SIZES)(
    'is planned, changed and emptied by keyboard on %s',
    async (title, viewport, colorScheme) => {
      const page = await browser.open({ viewport, colorScheme, cookie: boss.cookie });
      await page.goto(`${desk.publicUrl}/console/shifts`);
      await page.getByText('Chưa xếp lịch').waitFor();
      await browser.expectAccessible(page, 'empty calendar');

      const monday = page.getByRole('button', { name: 'Thêm ca cho Lan, Thứ Hai' });
      await monday.focus();
      await page.keyboard.press('ArrowRight');
      expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Thêm ca cho Lan, Thứ Ba');
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Thêm ca cho Lan' });
      await dialog.getByLabel('Thứ Tư').check();
      await dialog.getByLabel('Bắt đầu').fill('22:00');
      await dialog.getByLabel('Kết thúc').fill('06:00');
      await dialog.getByText('Ca này qua nửa đêm').waitFor();
      await browser.expectAccessible(page, 'dialog of a shift');
      await browser.shoot(page, `shift-dialog ${title}`);
      await dialog.getByRole('button', { name: 'Lưu' }).press('Enter');
      await dialog.waitFor({ state: 'detached' });

      const tuesday = page.getByRole('button', { name: /Sửa ca của Lan, Thứ Ba, 22:00–06:00 hôm sau/ });
      await tuesday.waitFor();
      await page.getByText('không có ai trực cả ngày').first().waitFor();
      await browser.expectAccessible(page, 'calendar with warnings');
      await browser.shoot(page, `shifts ${title}`);
      await tuesday.press('Enter');
      await page.getByRole('button', { name: 'Bỏ ca này' }).press('Enter');
      await tuesday.waitFor({ state: 'detached' });

      await page.getByRole('button', { name: 'Thêm ngày nghỉ' }).press('Enter');
      await browser.expectAccessible(page, 'dialog of a day off');
      await page.getByRole('dialog').getByRole('button', { name: 'Lưu' }).press('Enter');
      await page.getByRole('button', { name: /^Bỏ: .*Tất cả mọi người nghỉ/ }).waitFor();
    },
  );

  it('is read by a counsellor, who finds nothing to change it with', async () => {
    const page = await browser.open({ cookie: lan.cookie });
    await page.goto(`${desk.publicUrl}/console/`);
    await page.getByRole('link', { name: 'Ca trực' }).click();
    await page.getByRole('heading', { name: 'Lịch trực' }).waitFor();
    await page.getByText('Trưởng ca là người xếp lịch').waitFor();
    expect(await page.getByRole('button', { name: /Thêm/ }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Toàn cảnh' }).count()).toBe(0);
  });
});

describe('the wall', () => {
  it.each(SIZES)(
    'follows by itself and hands several on at once, on %s',
    async (title, viewport, colorScheme) => {
      const text = 'CANARY em bị giữ giấy tờ';
      const messages = [{ author: 'person', text }] as const;
      const first = await desk.addWaiting({ risk: 'high', waitingSince: minutesAgo(9), messages });
      const page = await browser.open({ viewport, colorScheme, cookie: boss.cookie });
      await page.goto(`${desk.publicUrl}/console/wall`);
      await page.getByRole('heading', { name: 'Toàn cảnh bàn trực' }).waitFor();
      await page.getByText('quá hạn', { exact: true }).waitFor();
      // nobody presses anything: the stream tells of the second
      const second = await desk.addWaiting({ risk: 'imminent', waitingSince: minutesAgo(0), messages });
      const box = (code: string) => page.getByRole('checkbox', { name: `Chọn ${code}` });
      await box(second.code).check();
      await box(first.code).check();
      await page.getByText('Đã chọn 2 cuộc').waitFor();
      await page.getByLabel('Giao cho').selectOption({ label: 'Lan' });
      await browser.expectAccessible(page, 'wall');
      await browser.shoot(page, `wall ${title}`);
      await page.getByRole('button', { name: 'Giao', exact: true }).click();
      await page.getByText('Đã giao 2 cuộc.').waitFor();
      await page.getByText('Đã chọn', { exact: false }).waitFor({ state: 'detached' });
      await browser.expectAccessible(page, 'wall with a note');
      const row = page.getByRole('row', { name: /^Lan Có ở bàn/ });
      expect(await row.innerText()).toMatch(/2\s+2/);
      expect(await page.content()).not.toContain('CANARY');
    },
  );
});
