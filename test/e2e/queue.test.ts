/** The queue and handing over, in a real browser at both sizes: transfer, filters, risk by hand, breaks, clocks, ten thousand rows. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ensureConsoleBuilt } from '../../server/console/build.ts';
import { createConsoleRouter } from '../../server/console/serve.ts';
import { addCrowd } from '../support/desk-crowd.ts';
import { DESKTOP, PHONE, useDeskBrowser } from '../support/desk-browser.ts';
import { startDesk } from '../support/desk.ts';
import type { Desk, Waiting } from '../support/desk.ts';

jest.setTimeout(180_000);

let desk: Desk;
const { open, shoot, expectAccessible } = useDeskBrowser(() => desk);

beforeAll(async () => {
  const build = await ensureConsoleBuilt({ log: () => undefined });
  desk = await startDesk({
    clock: 'real',
    extend: (app) => void app.use('/console', createConsoleRouter(build)),
  });
});
beforeEach(() => desk.database.pool.query('truncate handovers, desk_settings, user_sessions cascade'));
afterAll(() => desk.stop());

const SIZES = [
  ['1280×800', DESKTOP],
  ['390×844', PHONE],
] as const;
const minutesAgo = (n: number): Date => new Date(Date.now() - n * 60_000);
const add = (over: Partial<Waiting> = {}) =>
  desk.addWaiting({
    ...{ risk: 'none', waitingSince: minutesAgo(1) },
    messages: [{ author: 'person', text: 'cho mình gặp người thật với' }],
    ...over,
  });
const consoleUrl = (rest = ''): string => `${desk.publicUrl}/console${rest}`;

describe.each(SIZES)('handing over at %s', (size, viewport) => {
  it('asks a colleague with a note, who sees it, accepts, and answers; the sender is locked meanwhile', async () => {
    const [lan, mai] = [await desk.addStaff('counsellor', 'Lan'), await desk.addStaff('counsellor', 'Mai')];
    const { conversationId, code } = await add({ risk: 'high' });
    await desk.call('POST', `/conversations/${conversationId}/take`, { cookie: lan.cookie, body: {} });
    const [first, second] = [await open({ ...lan, viewport }), await open({ ...mai, viewport })];
    await second.goto(consoleUrl());
    await second.getByRole('button', { name: 'Bộ lọc' }).waitFor();
    await first.goto(consoleUrl(`/c/${conversationId}`));
    await first.getByRole('button', { name: 'Việc khác' }).click();
    await first.getByRole('menuitem', { name: 'Chuyển cho đồng nghiệp…' }).click();
    const dialog = first.getByRole('dialog', { name: `Chuyển ${code}` });
    await dialog.getByLabel('Ghi chú cho người nhận').fill('Em ấy sợ gọi điện. <b>Đừng</b> hỏi lại tên.');
    await dialog.getByLabel('Đồng nghiệp', { exact: true }).selectOption({ label: 'Mai (đang rảnh)' });
    await shoot(first, `transfer-${size}`);
    await expectAccessible(first, 'transfer dialog');
    await dialog.getByRole('button', { name: 'Hỏi chuyển' }).click();
    await first.getByText('Đang hỏi Mai. Cuộc này vẫn là của bạn.').waitFor();
    await first.getByText('Chờ đồng nghiệp trả lời, chưa viết được.').waitFor();
    expect(await first.getByRole('textbox', { name: 'Trả lời' }).count()).toBe(0);
    await shoot(first, `transfer-waiting-${size}`);
    await expectAccessible(first, 'transfer waiting');

    await second.getByRole('link', { name: `Lan nhờ bạn nhận ${code}` }).click();
    await second.getByText('Lan nhờ bạn nhận cuộc này.').waitFor();
    // as text, not as markup
    await second.getByText('Em ấy sợ gọi điện. <b>Đừng</b> hỏi lại tên.').waitFor();
    await shoot(second, `transfer-asked-${size}`);
    await expectAccessible(second, 'asked to take over');
    await second.getByRole('button', { name: 'Nhận', exact: true }).click();
    await second.getByText(`Bạn đã nhận ${code}. Người ấy được báo là đổi tư vấn viên.`).waitFor();
    await second.getByRole('textbox', { name: 'Trả lời' }).waitFor();
    await second.getByText('desk.changed (vi)').waitFor();
    // the sender sees it without a reload
    await first.getByText('Mai đang trả lời người này.').first().waitFor();
    await shoot(second, `transfer-accepted-${size}`);
  });

  it('is refused with a reason that the sender reads, and taken back when the sender must write', async () => {
    const [lan, mai] = [await desk.addStaff('counsellor', 'Lan'), await desk.addStaff('supervisor', 'Mai')];
    const { conversationId, code } = await add();
    const post = (path: string, body: object) => desk.call('POST', path, { cookie: lan.cookie, body });
    await desk.call('GET', '/queue', { cookie: mai.cookie });
    await post(`/conversations/${conversationId}/take`, {});
    const body = { to: { kind: 'supervisors' }, note: 'cần trưởng ca xem' };
    await post(`/conversations/${conversationId}/transfer`, body);
    const [first, second] = [await open({ ...lan, viewport }), await open({ ...mai, viewport })];
    await first.goto(consoleUrl(`/c/${conversationId}`));
    await first.getByText('Đang hỏi trưởng ca.').waitFor();
    await second.goto(consoleUrl(`/c/${conversationId}`));
    await second.getByRole('button', { name: 'Từ chối…' }).click();
    await second
      .getByRole('textbox', { name: 'Vì sao bạn không nhận được?' })
      .fill('Mình đang giữ ba ca nặng');
    await shoot(second, `refuse-${size}`);
    await expectAccessible(second, 'refuse dialog');
    await second.getByRole('button', { name: 'Gửi và từ chối' }).click();
    await second.getByText('Đã từ chối.').waitFor();
    await first.getByRole('textbox', { name: 'Trả lời' }).waitFor();
    await first.getByText('Đồng nghiệp ghi lại (1)').click();
    await first.getByText('Mai từ chối: Mình đang giữ ba ca nặng').waitFor();
    await shoot(first, `refused-${size}`);
    await expectAccessible(first, 'refused');

    await post(`/conversations/${conversationId}/transfer`, body);
    await first.getByRole('button', { name: 'Rút lại' }).click();
    await first.getByText('Đã rút lại, bạn viết tiếp được.').waitFor();
    await first.getByRole('textbox', { name: 'Trả lời' }).waitFor();

    await first.getByRole('button', { name: 'Việc khác' }).click();
    await first.getByRole('menuitem', { name: 'Trả bot, chọn chỗ bắt đầu…' }).click();
    const dialog = first.getByRole('dialog', { name: `Trả ${code} lại cho bot` });
    await dialog.getByLabel('Kiểm tra một lời mời').check();
    await shoot(first, `return-${size}`);
    await expectAccessible(first, 'return dialog');
    await dialog.getByRole('button', { name: 'Trả lại' }).click();
    await first.getByText(`Đã trả ${code} lại cho bot`).waitFor();
  });

  it('says clearly that a colleague has just left, and keeps what was written', async () => {
    const [lan, mai] = [await desk.addStaff('counsellor', 'Lan'), await desk.addStaff('counsellor', 'Mai')];
    const { conversationId } = await add();
    await desk.call('GET', '/queue', { cookie: mai.cookie });
    await desk.call('POST', `/conversations/${conversationId}/take`, { cookie: lan.cookie, body: {} });
    const page = await open({ ...lan, viewport });
    await page.goto(consoleUrl(`/c/${conversationId}`));
    await page.getByRole('button', { name: 'Việc khác' }).click();
    await page.getByRole('menuitem', { name: 'Chuyển cho đồng nghiệp…' }).click();
    await page.getByLabel('Ghi chú cho người nhận').fill('ghi chú còn đây');
    await desk.call('POST', '/sign-out', { cookie: mai.cookie, body: {} });
    await page.getByRole('button', { name: 'Hỏi chuyển' }).click();
    await page.getByText('Mai vừa rời bàn trực hoặc đang nghỉ. Cuộc này vẫn là của bạn.').waitFor();
    await shoot(page, `left-${size}`);
    await expectAccessible(page, 'colleague left');
    expect(await page.getByLabel('Ghi chú cho người nhận').inputValue()).toBe('ghi chú còn đây');
  });
});

describe.each(SIZES)('the queue at %s', (size, viewport) => {
  it('is narrowed by the address, which holds codes only; views are kept', async () => {
    const lan = await desk.addStaff('counsellor', 'Lan');
    const [zalo, khmer] = [await add({ channel: 'zalo', risk: 'concern' }), await add({ language: 'km' })];
    const page = await open({ ...lan, viewport });
    await page.goto(consoleUrl());
    await page.getByRole('link', { name: new RegExp(khmer.code) }).waitFor();
    await page.getByRole('button', { name: 'Bộ lọc' }).click();
    const dialog = page.getByRole('dialog', { name: 'Bộ lọc hàng chờ' });
    await dialog.getByLabel('Zalo').check();
    await dialog.getByText('1 người khớp').waitFor();
    await dialog.getByLabel('Tên bộ lọc').fill('Chỉ Zalo');
    await dialog.getByRole('button', { name: 'Lưu bộ lọc này' }).click();
    await dialog.getByRole('button', { name: 'Dùng “Chỉ Zalo”' }).waitFor();
    await shoot(page, `filter-${size}`);
    await expectAccessible(page, 'filter dialog');
    await dialog.getByRole('button', { name: 'Xong' }).click();
    await page.getByRole('link', { name: new RegExp(khmer.code) }).waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?channel=zalo');
    expect(await page.getByRole('tab', { name: /Đang chờ/ }).textContent()).toContain('1');
    await page.reload();
    await page.getByRole('link', { name: new RegExp(zalo.code) }).waitFor();
    expect(await page.locator('.row').count()).toBe(1);
    await shoot(page, `filtered-${size}`);
    await expectAccessible(page, 'filtered queue');
    await page.getByRole('button', { name: 'Nhận kế tiếp, theo bộ lọc' }).click();
    await page.getByRole('heading', { name: new RegExp(zalo.code) }).waitFor();
    expect(new URL(page.url()).searchParams.get('channel')).toBe('zalo');

    await page.goto(consoleUrl('/?risk=imminent,dire&language=km%27--&phone=0912345678'));
    await page.getByText('Không ai khớp bộ lọc').waitFor();
    await page.getByRole('button', { name: 'Bỏ lọc' }).click();
    await page.getByRole('link', { name: new RegExp(khmer.code) }).waitFor();
    expect(new URL(page.url()).search).toBe('');
    await page.getByRole('button', { name: 'Bộ lọc' }).click();
    await page.getByRole('button', { name: 'Dùng “Chỉ Zalo”' }).waitFor();
  });

  it('follows a risk that a person sets, with the reason for colleagues', async () => {
    const [lan, mai] = [await desk.addStaff('counsellor', 'Lan'), await desk.addStaff('counsellor', 'Mai')];
    const [high, calm] = [await add({ risk: 'high' }), await add()];
    const [first, second] = [await open({ ...lan, viewport }), await open({ ...mai, viewport })];
    await second.goto(consoleUrl());
    await second.getByRole('link', { name: new RegExp(calm.code) }).waitFor();
    await first.goto(consoleUrl(`/c/${calm.conversationId}`));
    await first.getByRole('button', { name: 'Đổi mức nguy cơ' }).click();
    const dialog = first.getByRole('dialog', { name: `Đổi mức nguy cơ của ${calm.code}` });
    await dialog.getByLabel('Nguy cấp').check();
    await dialog.getByLabel('Vì sao?').fill('Giọng khác hẳn, có người đọc hộ');
    await shoot(first, `risk-${size}`);
    await expectAccessible(first, 'risk dialog');
    await dialog.getByRole('button', { name: 'Đặt mức này' }).click();
    await first.getByText('Đã đổi mức nguy cơ.').waitFor();
    await second
      .getByRole('link', { name: new RegExp(calm.code) })
      .getByText('Đặt tay')
      .waitFor();
    const rows = await second.locator('.row').all();
    expect(await Promise.all(rows.map((row) => row.getAttribute('data-conversation')))).toEqual([
      calm.conversationId,
      high.conversationId,
    ]);
    await shoot(second, `risk-queue-${size}`);
    await expectAccessible(second, 'queue with a risk by hand');
    await second.getByRole('link', { name: new RegExp(calm.code) }).click();
    await second.getByText('Đồng nghiệp ghi lại (1)').click();
    await second.getByText('Giọng khác hẳn, có người đọc hộ').waitFor();
    await second.getByText(/Lan đổi “Chưa thấy nguy cơ” thành “Nguy cấp”/).waitFor();
  });

  it('says in words, colour and a bar how long is left, and alarms once when it is over', async () => {
    const lan = await desk.addStaff('counsellor', 'Lan');
    const page = await open({ ...lan, viewport });
    const due = await add({ risk: 'high', waitingSince: minutesAgo(0) });
    const amber = await add({ risk: 'high', waitingSince: minutesAgo(4) });
    await page.goto(consoleUrl());
    await page
      .getByRole('link', { name: new RegExp(amber.code) })
      .getByText(/Sắp quá giờ: còn 1 phút/)
      .waitFor();
    await page
      .getByRole('link', { name: new RegExp(due.code) })
      .getByText(/^Còn [45] phút/)
      .waitFor();
    const alarm = page.getByRole('alert').filter({ hasText: 'đã chờ quá giờ' });
    expect(await alarm.count()).toBe(0);
    const red = await add({ risk: 'imminent', waitingSince: minutesAgo(3) });
    await page
      .getByRole('link', { name: new RegExp(red.code) })
      .getByText(/Quá giờ 1 phút/)
      .waitFor();
    await alarm.waitFor({ state: 'attached' });
    expect(await alarm.textContent()).toBe('1 người đã chờ quá giờ');
    await shoot(page, `clocks-${size}`);
    await expectAccessible(page, 'clocks');
  });

  it('leaves nobody when a counsellor goes on a break', async () => {
    const [lan, mai] = [await desk.addStaff('counsellor', 'Lan'), await desk.addStaff('counsellor', 'Mai')];
    const { conversationId, code } = await add({ waitingSince: minutesAgo(7) });
    await desk.call('POST', `/conversations/${conversationId}/take`, { cookie: lan.cookie, body: {} });
    const [page, other] = [await open({ ...lan, viewport }), await open({ ...mai, viewport })];
    await other.goto(consoleUrl());
    await page.goto(consoleUrl());
    await page.getByRole('button', { name: 'Ca của tôi' }).click();
    await page.getByLabel('Trả về hàng chờ, đúng chỗ cũ, cho đồng nghiệp').check();
    await shoot(page, `break-${size}`);
    await expectAccessible(page, 'break dialog');
    await page.getByRole('button', { name: 'Bắt đầu nghỉ' }).click();
    await page.getByText('Bạn đang nghỉ: không ai mới tới bạn.').waitFor();
    expect(await page.getByRole('button', { name: 'Nhận người kế tiếp' }).isDisabled()).toBe(true);
    await other.getByRole('link', { name: new RegExp(code) }).waitFor();
    await page.getByRole('button', { name: 'Ca của tôi' }).click();
    await page.getByRole('button', { name: 'Làm lại' }).click();
    await page.getByText('Chào bạn trở lại.').waitFor();
  });

  it('shows who is there wherever it is scrolled to, with ten thousand people', async () => {
    const lan = await desk.addStaff('counsellor', 'Lan');
    await addCrowd(desk, 10_000);
    const page = await open({ ...lan, viewport });
    await page.goto(consoleUrl());
    await page.getByText('10000').or(page.getByText('10.000')).first().waitFor();
    await page.locator('.long-list .row[data-conversation]').first().waitFor();
    await shoot(page, `crowd-${size}`);
    await expectAccessible(page, 'ten thousand');
    // from the jump to rows with people in them
    const jump = (share: number): Promise<number> =>
      page.evaluate(
        `new Promise((done) => {
          const box = document.querySelector('.queue-scroll');
          const began = performance.now();
          box.scrollTop = box.scrollHeight * ${String(share)};
          const look = () => {
            const top = box.getBoundingClientRect().top;
            const bottom = box.getBoundingClientRect().bottom;
            const rows = [...box.querySelectorAll('.row')].filter((row) => {
              const { top: from, bottom: to } = row.getBoundingClientRect();
              return to > top && from < bottom;
            });
            const isThere = rows.length > 3 && rows.every((row) => row.hasAttribute('data-conversation'));
            if (isThere) done(performance.now() - began);
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        })`,
      );
    const times: number[] = [];
    for (const share of [0.2, 0.9, 0.5, 0.7, 0.35]) times.push(await jump(share));
    // a figure, no test: how long it takes says as much of what else the machine does
    if (process.env['SHOW_FIGURES'] !== undefined)
      process.stderr.write(`${size} ${JSON.stringify(times.map(Math.round))}\n`);
    expect(times).toHaveLength(5);
    expect(await page.locator('.row').count()).toBeLessThan(60);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
  });
});
