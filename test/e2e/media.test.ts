/** Files at the desk in a real browser: hidden until asked for, heard in place, saved after a warning, missing with a reason. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { z } from 'zod';
import { ensureConsoleBuilt } from '../../server/console/build.ts';
import { createConsoleRouter } from '../../server/console/serve.ts';
import { addMedia } from '../support/desk-media.ts';
import { DESKTOP, PHONE, useDeskBrowser } from '../support/desk-browser.ts';
import { type Desk, startDesk } from '../support/desk.ts';
import { oggVoice, PDF } from '../support/media-samples.ts';

// two cores shared with other tests, and an accessibility scan takes about two seconds
jest.setTimeout(120_000);

let desk: Desk;
let conversationId: string;
let cookie: string;

const { open, shoot, expectAccessible } = useDeskBrowser(() => desk);

beforeAll(async () => {
  const build = await ensureConsoleBuilt({ log: () => undefined });
  desk = await startDesk({
    clock: 'real',
    extend: (app) => void app.use('/console', createConsoleRouter(build)),
  });
  ({ cookie } = await desk.addStaff('counsellor', 'Lan'));
  const waiting = await desk.addWaiting({
    ...{ risk: 'high' as const, waitingSince: new Date(Date.now() - 60_000), channel: 'telegram' },
    messages: [{ author: 'person', text: 'chị xem giúp em tờ này với ạ' }],
  });
  conversationId = waiting.conversationId;
  await addMedia(desk, conversationId, { kind: 'image', bytes: await paperOnTable() });
  await addMedia(desk, conversationId, { kind: 'voice', bytes: await oggVoice() });
  await addMedia(desk, conversationId, { kind: 'file', bytes: PDF });
  await addMedia(desk, conversationId, { kind: 'video', state: 'refused', reason: 'too_large' });
  await addMedia(desk, conversationId, { kind: 'image', state: 'waiting', reason: null });
});
afterAll(() => desk.stop());

/** Something with lines like writing, upright. Of plain areas: drawings are no picture the product ever reads. */
function paperOnTable(): Promise<Buffer> {
  const area = (width: number, height: number, background: string) => ({
    create: { width, height, channels: 3 as const, background },
  });
  const lines = Array.from({ length: 14 }, (_one, index) => ({
    input: area(300 + ((index * 37) % 120), 12, '#333333'),
    left: 70,
    top: 150 + index * 36,
  }));
  return sharp(area(600, 800, '#8a6a4a'))
    .composite([{ input: area(520, 680, '#f4f1e8'), left: 40, top: 60 }, ...lines])
    .jpeg()
    .toBuffer();
}

async function openConversation(
  viewport: typeof DESKTOP,
  { as = cookie, shows = 'chị xem giúp em tờ này' } = {},
): Promise<Page> {
  const page = await open({ viewport, cookie: as });
  await page.goto(`${desk.publicUrl}/console/c/${conversationId}`);
  await page.getByText(shows).first().waitFor();
  return page;
}

/** In pixels of the file, once it is drawn. */
async function widthOf(page: Page, selector: string): Promise<number> {
  await page.locator(selector).waitFor();
  return page.evaluate<number>(
    `document.querySelector('${selector}').decode().then(() => document.querySelector('${selector}').naturalWidth)`,
  );
}

async function countOpenings(): Promise<number> {
  const found = await desk.database.pool.query(`select 1 from audit where action = 'media_opened'`);
  return found.rowCount ?? 0;
}

describe.each([
  ['a telephone', PHONE],
  ['a desk', DESKTOP],
] as const)('on %s', (name, viewport) => {
  const shot = (step: string): string => `media-${viewport === PHONE ? 'phone' : 'desk'}-${step}`;

  it(`a picture is hidden until it is asked for, each time written down, and hidden again (${name})`, async () => {
    const page = await openConversation(viewport);
    const before = await countOpenings();
    const show = page.getByRole('button', { name: 'Xem ảnh' });
    await show.scrollIntoViewIfNeeded();
    expect(await widthOf(page, '.media-veil img')).toBe(18);
    await shoot(page, shot('hidden'));
    await expectAccessible(page, 'files');
    expect(await countOpenings()).toBe(before);

    await show.click();
    const picture = page.getByRole('img', { name: 'Ảnh người này gửi' });
    await picture.waitFor();
    expect(await widthOf(page, '.media-picture')).toBe(600);
    await shoot(page, shot('shown'));
    await expectAccessible(page, 'files');
    expect(await countOpenings()).toBe(before + 1);

    await page.getByRole('button', { name: 'Che lại' }).click();
    await picture.waitFor({ state: 'detached' });
    await show.waitFor();
  });

  it(`a voice is loaded when asked for and waits for its play button (${name})`, async () => {
    const page = await openConversation(viewport);
    await page.getByText('tin thoại · 0:02').scrollIntoViewIfNeeded();
    await page.getByRole('button', { name: 'Nghe' }).click();
    await page.locator('audio').waitFor();
    await page.evaluate(
      `new Promise((done) => { const player = document.querySelector('audio'); if (player.readyState > 0) done(); else player.addEventListener('loadedmetadata', done) }).then(() => null)`,
    );
    const [length, isPaused] = z
      .tuple([z.number(), z.boolean()])
      .parse(
        await page.evaluate(
          `[document.querySelector('audio').duration, document.querySelector('audio').paused]`,
        ),
      );
    expect(length).toBeCloseTo(2, 1);
    expect(isPaused).toBe(true);
    await shoot(page, shot('voice'));
    await expectAccessible(page, 'files');
  });

  it(`whoever only looks on sees that something came, and nothing of it (${name})`, async () => {
    const officer = await desk.addStaff('officer', 'Bình');
    const page = await openConversation(viewport, { as: officer.cookie, shows: 'Nội dung được che.' });
    expect(await page.locator('.bubble').count()).toBe(6);
    expect(await page.locator('.bubble img, .bubble button, .media-missing').count()).toBe(0);
    await shoot(page, shot('masked'));
    await expectAccessible(page, 'files');
  });
});

describe('on a desk', () => {
  it('a paper is saved after a warning, and not when the warning is heeded', async () => {
    const page = await openConversation(DESKTOP);
    const before = await countOpenings();
    await page.getByRole('button', { name: 'Mở tệp…' }).click();
    await page.getByText('có thể chứa mã độc').waitFor();
    await shoot(page, 'media-desk-warning');
    await expectAccessible(page, 'files');
    await page.getByRole('button', { name: 'Thôi' }).click();
    expect(await countOpenings()).toBe(before);

    await page.getByRole('button', { name: 'Mở tệp…' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Lưu về máy' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^tep-[0-9a-f]{8}\.pdf$/);
    expect(await readFile(await download.path())).toEqual(PDF);
    expect(await countOpenings()).toBe(before + 1);
  });

  it('what is missing says why and what to do, and what is awaited says so', async () => {
    const page = await openConversation(DESKTOP);
    await page.getByText('Tệp quá lớn nên không nhận. Nhờ người ấy gửi lại nhỏ hơn').waitFor();
    await page.getByText('Đang tải ảnh về máy chủ…').waitFor();
  });

  it('a file whose store is away says so and can be asked for again', async () => {
    const page = await openConversation(DESKTOP);
    await page.route('**/content', (route) =>
      route.fulfill({ status: 503, json: { error: { code: 'media_store_failed' } } }),
    );
    await page.getByRole('button', { name: 'Xem ảnh' }).click();
    await page.getByText('Kho tệp đang không trả lời').waitFor();
    await page.unroute('**/content');
    await page.getByRole('button', { name: 'Xem ảnh' }).click();
    await page.getByRole('img', { name: 'Ảnh người này gửi' }).waitFor();
  });
});
