/** A colleague named in a private note, in two real browsers: chosen by keyboard, told at once, listed until seen. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { ensureConsoleBuilt } from '../../server/console/build.ts';
import { createConsoleRouter } from '../../server/console/serve.ts';
import { DESKTOP, PHONE, useDeskBrowser } from '../support/desk-browser.ts';
import { startDesk } from '../support/desk.ts';
import type { Desk } from '../support/desk.ts';

// two cores shared with other tests, and an accessibility scan takes about two seconds
jest.setTimeout(120_000);

let desk: Desk;
let lan: Awaited<ReturnType<Desk['addStaff']>>;
let boss: Awaited<ReturnType<Desk['addStaff']>>;
const { open, shoot, expectAccessible } = useDeskBrowser(() => desk);

beforeAll(async () => {
  const build = await ensureConsoleBuilt({ log: () => undefined });
  desk = await startDesk({
    clock: 'real',
    extend: (app) => void app.use('/console', createConsoleRouter(build)),
  });
});
afterAll(() => desk.stop());
beforeEach(async () => {
  await desk.database.pool.query(`update handovers set state = 'closed', ended_at = now()`);
  await desk.database.pool.query(`update users set disabled_at = now()`);
  lan = await desk.addStaff('counsellor', 'Lan');
  await desk.addStaff('counsellor', 'Mai');
  boss = await desk.addStaff('supervisor', 'Hoà Ngọc');
});

async function addTaken(): Promise<{ id: string; code: string }> {
  const { conversationId: id, code } = await desk.addWaiting({
    ...{ risk: 'high', waitingSince: new Date(Date.now() - 60_000) },
    messages: [{ author: 'person', text: 'chị ơi em cần hỏi' }],
  });
  await desk.call('POST', `/conversations/${id}/take`, { cookie: lan.cookie, body: {} });
  return { id, code };
}
const noteBox = (page: Page) => page.getByRole('textbox', { name: 'Ghi chú riêng cho đồng nghiệp' });
const search = (page: Page) => page.getByRole('combobox', { name: 'Tìm đồng nghiệp theo tên' });
async function openNote(id: string, viewport = DESKTOP): Promise<Page> {
  const page = await open({ cookie: lan.cookie, viewport });
  await page.goto(`${desk.publicUrl}/console/c/${id}`);
  await page.getByRole('textbox', { name: 'Trả lời' }).waitFor();
  await page.keyboard.press('Alt+p');
  await noteBox(page).waitFor();
  return page;
}

describe.each([
  { size: 'on a screen', viewport: DESKTOP },
  { size: 'on a telephone', viewport: PHONE },
])('naming a colleague $size', ({ viewport }) => {
  it('is done by keyboard, told to them live, kept over a reload, and seen once the conversation is open', async () => {
    const { id, code } = await addTaken();
    const theirs = await open({ cookie: boss.cookie, viewport });
    await theirs.goto(`${desk.publicUrl}/console/`);
    await theirs.getByRole('button', { name: 'Nhắc đến bạn: không có gì mới' }).waitFor();
    await theirs.locator('.connection[data-status="open"]').waitFor({ state: 'attached' });

    const page = await openNote(id, viewport);
    await noteBox(page).fill('Nhờ ');
    await page.keyboard.press('End');
    await page.keyboard.type('@');
    await search(page).waitFor();
    // without diacritics, as one types in a hurry
    await page.keyboard.type('hoa');
    const option = page.getByRole('option', { name: /Hoà Ngọc/ });
    await option.waitFor();
    expect(await option.getAttribute('aria-selected')).toBe('true');
    await expectAccessible(page, 'choosing a colleague');
    await shoot(page, `mention-list-${String(viewport.width)}`);
    await page.keyboard.press('Enter');
    await page.locator('#note:focus').waitFor();
    expect(await noteBox(page).inputValue()).toBe('Nhờ @Hoà Ngọc ');
    await page.keyboard.type('xem giúp');
    await page.keyboard.press('Enter');
    const note = page.getByRole('article').filter({ hasText: 'Ghi chú riêng của Lan' });
    await note.waitFor();
    expect(await note.locator('.bubble-text b').textContent()).toBe('@Hoà Ngọc');

    await theirs.getByText(`Lan nhắc bạn trong cuộc ${code}`).waitFor();
    expect(await theirs.locator('body').textContent()).not.toContain('xem giúp');
    await theirs.reload();
    const button = theirs.getByRole('button', { name: 'Nhắc đến bạn: 1 chưa xem' });
    await button.focus();
    await theirs.keyboard.press('Enter');
    const item = theirs.getByRole('dialog').getByRole('button', { name: new RegExp(`${code}.*chưa xem`) });
    await item.waitFor();
    await expectAccessible(theirs, 'the list of mentions');
    await shoot(theirs, `mentions-${String(viewport.width)}`);
    expect(await theirs.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
    await item.focus();
    await theirs.keyboard.press('Enter');
    await theirs.waitForURL(`**/c/${id}`);
    await theirs.getByRole('button', { name: 'Nhắc đến bạn: không có gì mới' }).waitFor();
    await theirs.getByText('xem giúp').waitFor();
  });
});

describe('the list of colleagues', () => {
  it('shows who cannot read the conversation and does not offer them; typed by hand, they are refused and the note stays', async () => {
    const { id } = await addTaken();
    const page = await openNote(id);
    await page.keyboard.type('@');
    await search(page).waitFor();
    const mai = page.getByRole('option', { name: /Mai.*không đọc được cuộc này/ });
    await mai.waitFor();
    // a press on it changes nothing
    await mai.dispatchEvent('click');
    expect(await mai.getAttribute('aria-disabled')).toBe('true');
    expect(await search(page).count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.locator('#note:focus').waitFor();
    expect(await noteBox(page).inputValue()).toBe('');
    await noteBox(page).fill('@Mai xem giúp nhé');
    await page.getByRole('button', { name: 'Lưu ghi chú' }).click();
    await page.getByText('Mai không đọc được cuộc này nên không thấy lời nhắc.').waitFor();
    expect(await noteBox(page).inputValue()).toBe('@Mai xem giúp nhé');
    await expectAccessible(page, 'a refused mention');
  });

  it('leaves an input method alone, and opens behind a space only', async () => {
    const { id } = await addTaken();
    const page = await openNote(id);
    await page.keyboard.type('thu');
    await page.keyboard.type('@');
    expect(await noteBox(page).inputValue()).toBe('thu@');
    await noteBox(page).fill('');
    const composing = (target: string, key: string): Promise<unknown> =>
      page.evaluate(
        `document.querySelector('${target}').dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', bubbles: true, cancelable: true, isComposing: true }))`,
      );
    // true: nobody took the key away from the input method
    expect(await composing('#note', '@')).toBe(true);
    expect(await search(page).count()).toBe(0);
    await page.keyboard.type('@');
    await search(page).waitFor();
    await page.getByRole('option', { name: /Hoà Ngọc/ }).waitFor();
    expect(await composing('.canned-search', 'Enter')).toBe(true);
    expect(await search(page).count()).toBe(1);
  });
});
