/** The channels in a real browser: a hand at the platform, a send that is refused, and the page of the accounts. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { ensureConsoleBuilt } from '../../server/console/build.ts';
import { createConsoleRouter } from '../../server/console/serve.ts';
import { announce } from '../../server/live.ts';
import type { ChannelView } from '../../server/ports.ts';
import { DESKTOP, PHONE, useDeskBrowser } from '../support/desk-browser.ts';
import { startDesk } from '../support/desk.ts';
import type { Desk } from '../support/desk.ts';

// two cores shared with other tests, and an accessibility scan takes about two seconds
jest.setTimeout(120_000);

const HOUR = 3_600_000;

let desk: Desk;

const inBrowser = useDeskBrowser(() => desk);

beforeAll(async () => {
  const build = await ensureConsoleBuilt({ log: () => undefined });
  desk = await startDesk({
    clock: 'real',
    extend: (app) => void app.use('/console', createConsoleRouter(build)),
  });
});
beforeEach(async () => {
  // not truncate: its locks meet those of a request of the page before that is still being answered
  await desk.database.pool.query('delete from contacts');
  desk.channels.now = [];
});
afterAll(() => desk.stop());

async function open(cookie: string, address: string, viewport = DESKTOP): Promise<Page> {
  const page = await inBrowser.open({ viewport, cookie });
  await page.goto(`${desk.publicUrl}/console${address}`);
  return page;
}

async function look(page: Page, name: string): Promise<void> {
  await inBrowser.shoot(page, name);
  await inBrowser.expectAccessible(page, name);
}

const ago = (ms: number): Date => new Date(desk.clock.now().getTime() - ms);

describe('somebody at the page inbox', () => {
  it('shows in the row and above the messages, and the bot is given the conversation back', async () => {
    const { conversationId, code } = await desk.addWaiting({
      ...{ risk: 'none', waitingSince: ago(4 * 60_000), channel: 'messenger', atPlatform: true },
      messages: [
        { author: 'person', text: 'em hỏi về việc làm bên Hàn' },
        { author: 'platform', text: 'Chào em, chị là Hà ở trang', delivery: 'sent' },
      ],
    });
    const { cookie } = await desk.addStaff('counsellor', 'Mai');
    const page = await open(cookie, `/c/${conversationId}`);
    await page.getByText('Có người đang trả lời trên Messenger.').waitFor();
    await page.getByText('Người trả lời trên Messenger').waitFor();
    await page.getByRole('tab', { name: /Đồng nghiệp/ }).click();
    const row = page.getByRole('link', { name: new RegExp(code) });
    await row.getByText('Đang trả lời trên Messenger').waitFor();
    await look(page, 'at-platform');
    await page.getByRole('status').getByRole('button', { name: 'Trả lại cho bot' }).click();
    await page.getByText(`Đã trả ${code} lại cho bot`).waitFor();
    const owner = await desk.database.pool.query('select owner from conversations');
    expect(owner.rows).toEqual([{ owner: 'bot' }]);
  });
});

describe('a send that the channel does not allow', () => {
  it('is refused when it is pressed, with the reason; the words stay in the box', async () => {
    const { conversationId } = await desk.addWaiting({
      ...{ risk: 'concern', waitingSince: ago(60_000), channel: 'zalo', lastInboundAt: ago(167 * HOUR) },
      messages: [{ author: 'person', text: 'chị ơi em nhắn lại sau nhé' }],
    });
    const { cookie } = await desk.addStaff('counsellor', 'Mai');
    const page = await open(cookie, `/c/${conversationId}`);
    await page
      .getByText(/Trả lời được đến \d\d:\d\d/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Nhận cuộc này' }).click();
    const box = page.getByRole('textbox', { name: 'Trả lời' });
    await box.fill('Chào em, chị vẫn ở đây');
    await look(page, 'window-closes-soon');
    // the window closes while the counsellor writes
    await desk.database.pool.query('update conversations set last_inbound_at = $1', [ago(169 * HOUR)]);
    await page.getByRole('button', { name: 'Gửi', exact: true }).click();
    await page.getByText('Đã hết thời gian kênh này cho phép trả lời.').first().waitFor();
    expect(await box.inputValue()).toBe('Chào em, chị vẫn ở đây');
    expect(await page.getByRole('button', { name: 'Gửi', exact: true }).isDisabled()).toBe(true);
    expect((await desk.database.pool.query('select from outbox')).rowCount).toBe(0);
    await look(page, 'send-refused');
    // they write again: the same words go out
    await desk.database.transact(async (client) => {
      await client.query('update conversations set last_inbound_at = $1', [desk.clock.now()]);
      await announce(client, [{ kind: 'message_added', conversationId, userId: null }]);
    });
    await page.getByText('Bây giờ chưa gửi được').waitFor({ state: 'hidden' });
    // the page shows the words before the server has them
    const stored = page.waitForResponse((answer) => answer.request().method() === 'POST' && answer.ok());
    await page.getByRole('button', { name: 'Gửi', exact: true }).click();
    await page.getByRole('log').getByText('Chào em, chị vẫn ở đây').waitFor();
    await stored;
    expect((await desk.database.pool.query('select from outbox')).rowCount).toBe(1);
  });
});

describe('the page of the channels', () => {
  const fine: ChannelView = {
    ...{ channel: 'line', account: 'default', alarm: null, alarmSince: null, ok: true, code: 'ok' },
    ...{ checkedAt: new Date(), tokenAt: null, lastHookAt: new Date(Date.now() - 5 * 60_000) },
    ...{ normalUntil: new Date(Date.now() + 3 * HOUR), sent: 40, failed: 2 },
    ...{ quota: { limit: 200, used: 150 }, ruleExpired: false },
  };
  const silent: ChannelView = {
    ...{ ...fine, channel: 'zalo', alarm: 'silent', alarmSince: new Date(), quota: null, ruleExpired: true },
    ...{ tokenAt: new Date(Date.now() - 5 * HOUR), lastHookAt: new Date(Date.now() - 9 * HOUR) },
    ...{ normalUntil: new Date(Date.now() - HOUR), sent: 0, failed: 0 },
  };

  it.each([
    ['wide', DESKTOP],
    ['on a phone', PHONE],
  ])('says what is wrong and what to do, %s', async (what, viewport) => {
    desk.channels.now = [fine, silent];
    const { cookie } = await desk.addStaff('editor', 'Hoa');
    const page = await open(cookie, '/channels', viewport);
    await page.getByRole('heading', { name: 'Kênh', exact: true }).waitFor();
    await page.getByText('Còn 50 trên 200').waitFor();
    await page.getByText('2 trên 42 tin bị lỗi (5 %)').waitFor();
    await page.getByText('Bạn hãy tự nhắn thử vào kênh').waitFor();
    await look(page, `channels ${what}`);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
  });

  it('is announced on every page at once when an account falls silent, without reloading', async () => {
    desk.channels.now = [fine];
    const { cookie } = await desk.addStaff('counsellor', 'Mai');
    const page = await open(cookie, '/');
    await page.getByText('Không ai đang chờ').waitFor();
    desk.channels.now = [fine, silent];
    await desk.database.transact((client) =>
      announce(client, [{ kind: 'channels_changed', conversationId: null, userId: null }]),
    );
    await page.getByText('không có gì đến từ kênh này lâu hơn bình thường.').waitFor();
    await look(page, 'alarm');
    await page.getByRole('status').getByRole('link', { name: 'Xem' }).click();
    await page.getByRole('heading', { name: 'Kênh', exact: true }).waitFor();
  });
});
