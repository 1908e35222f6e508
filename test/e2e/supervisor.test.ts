/** What supervisors and counsellors do about the desk itself, in a real browser on a desktop and on a telephone. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ensureConsoleBuilt } from '../../server/console/build.ts';
import { createConsoleRouter } from '../../server/console/serve.ts';
import { loadPractice } from '../../server/practice/load.ts';
import { loadRealAssets, repositoryRoot } from '../support/assets.ts';
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
    practice: await loadPractice(repositoryRoot, await loadRealAssets(), new Date()),
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

describe('practice', () => {
  const counts = (): Promise<unknown[]> =>
    desk.database.pool
      .query<Record<string, unknown>>(
        `select (select count(*) from conversations) as conversations, (select count(*) from messages) as messages,
           (select count(*) from outbox) as outbox, (select count(*) from handovers) as handovers,
           (select count(*) from statistics) as statistics, (select count(*) from live_events) as live`,
      )
      .then(({ rows }) => rows);

  it.each(SIZES)(
    'is talked through and reviewed, and leaves nothing behind, on %s',
    async (title, viewport, colorScheme) => {
      const before = await counts();
      const page = await browser.open({ viewport, colorScheme, cookie: lan.cookie });
      await page.goto(`${desk.publicUrl}/console/practice`);
      await page.getByRole('heading', { name: 'Luyện tập' }).waitFor();
      await browser.expectAccessible(page, 'choice');
      await page.getByRole('button', { name: /^Bắt đầu: Cô gái bị giữ/ }).click();
      await page.getByText('em bị giữ ở quán karaoke').waitFor();
      const reply = page.getByLabel('Bạn trả lời');
      await reply.fill('Em ở đâu?');
      await reply.press('Enter');
      await page.getByText('bà chủ đang đứng đây').waitFor();
      await reply.fill('Viết bây giờ có an toàn không? Gọi 111 nhé');
      await reply.press('Enter');
      await page.getByText('giờ thì được một chút').waitFor();
      await browser.expectAccessible(page, 'talk');
      await page.getByRole('button', { name: 'Xem nhận xét' }).click();
      await page.getByText('Bạn viết: “Em ở đâu?”').first().waitFor();
      const findings = await page.locator('.findings li').allInnerTexts();
      expect(findings.map((text) => text.slice(0, text.indexOf(':')))).toEqual([
        ...['Còn thiếu', 'Cần tránh', 'Tốt', 'Tốt', 'Tốt', 'Tốt', 'Còn thiếu'],
      ]);
      await browser.expectAccessible(page, 'review');
      await browser.shoot(page, `practice ${title}`);
      await page.getByRole('button', { name: 'Luyện lại' }).click();
      await page.getByText('giờ thì được một chút').waitFor({ state: 'detached' });
      expect(await counts()).toEqual(before);
      const rows = await desk.database.pool.query(
        `select object_id, detail from audit where action = 'practice_finished' and user_id = $1`,
        [lan.userId],
      );
      // that it was practised, not how well
      expect(rows.rows).toEqual([{ object_id: 'held-in-karaoke', detail: {} }]);
    },
  );
});

describe('the review of conversations', () => {
  it.each(SIZES)(
    'is drawn, filled in, and read by the counsellor, on %s',
    async (title, viewport, colorScheme) => {
      const { conversationId, code } = await desk.addWaiting({ risk: 'high', waitingSince: minutesAgo(9) });
      const move = (path: string, body: object) =>
        desk.call('POST', `/conversations/${conversationId}/${path}`, { cookie: lan.cookie, body });
      await move('take', {});
      await move('close', { outcome: 'advised' });
      await desk.database.pool.query(`update handovers set ended_at = ended_at - interval '7 days'`);
      const page = await browser.open({ viewport, colorScheme, cookie: boss.cookie });
      await page.goto(`${desk.publicUrl}/console/quality`);
      await page.getByRole('button', { name: 'Rút', exact: true }).click();
      await page.getByText('Đã rút 1 cuộc.').waitFor();
      await page.getByRole('button', { name: `Nhận xét: ${code}` }).click();
      const dialog = page.getByRole('dialog', { name: `Nhận xét cuộc ${code}` });
      const save = dialog.getByRole('button', { name: 'Lưu' });
      await dialog.getByRole('radio', { name: 'Có' }).first().waitFor();
      expect(await save.isDisabled()).toBe(true);
      for (const radio of await dialog.getByRole('radio', { name: 'Có' }).all()) await radio.check();
      await dialog.getByLabel('Ghi chú cho người trực').fill('CANARY hỏi an toàn rất sớm, tốt');
      await browser.expectAccessible(page, 'form of a review');
      await browser.shoot(page, `review ${title}`);
      await save.click();
      await page.getByText('đã nhận xét, chưa đọc').waitFor();
      await browser.expectAccessible(page, 'reviews');
      const kept = await desk.database.pool.query<{ row: string }>(
        'select q::text as row from quality_reviews q',
      );
      expect(kept.rows[0]?.row).not.toContain('CANARY');

      const own = await browser.open({ viewport, colorScheme, cookie: lan.cookie });
      await own.goto(`${desk.publicUrl}/console/quality`);
      await own.getByRole('button', { name: `Mở: ${code}` }).click();
      await own.getByText('CANARY hỏi an toàn rất sớm, tốt').waitFor();
      await browser.expectAccessible(own, 'own review');
      await own.keyboard.press('Escape');
      await own.getByText('đã đọc').waitFor();
      expect(await own.getByRole('heading', { name: 'Rút mẫu' }).count()).toBe(0);
    },
  );
});

describe('reading along', () => {
  it.each(SIZES)(
    'is shown to the counsellor, who alone hears a whisper; taking over needs a reason, on %s',
    async (title, viewport, colorScheme) => {
      const { conversationId } = await desk.addWaiting({
        ...{ risk: 'high' as const, waitingSince: minutesAgo(3) },
        messages: [{ author: 'person', text: 'em không đi được' }],
      });
      await desk.call('POST', `/conversations/${conversationId}/take`, { cookie: lan.cookie, body: {} });
      const address = `${desk.publicUrl}/console/c/${conversationId}`;
      const counsellor = await browser.open({ viewport, colorScheme, cookie: lan.cookie });
      await counsellor.goto(address);
      await counsellor.getByRole('textbox', { name: 'Trả lời' }).waitFor();
      const supervisor = await browser.open({ viewport, colorScheme, cookie: boss.cookie });
      await supervisor.goto(address);
      await counsellor.getByText(/Hoa đang đọc/).waitFor();

      await supervisor.getByRole('button', { name: 'Viết ghi chú riêng' }).click();
      await supervisor
        .getByRole('textbox', { name: 'Ghi chú riêng cho đồng nghiệp' })
        .fill('hỏi có ai ở bên không');
      await supervisor.getByLabel('Chỉ Lan đọc được').check();
      await browser.expectAccessible(supervisor, 'whisper');
      await browser.shoot(supervisor, `whisper ${title}`);
      await supervisor.getByRole('button', { name: 'Lưu ghi chú' }).click();
      await counsellor.getByText('hỏi có ai ở bên không').waitFor();
      await counsellor.getByText('Hoa nói riêng').waitFor();
      await browser.expectAccessible(counsellor, 'heard whisper');
      await browser.shoot(counsellor, `whisper heard ${title}`);

      await supervisor.getByRole('button', { name: 'Nhận thay Lan' }).click();
      const dialog = supervisor.getByRole('dialog', { name: 'Nhận thay Lan' });
      const confirm = dialog.getByRole('button', { name: 'Nhận thay Lan' });
      expect(await confirm.isDisabled()).toBe(true);
      await dialog.getByLabel('Vì sao?').fill('hết ca');
      await browser.expectAccessible(supervisor, 'taking over');
      await confirm.click();
      await supervisor.getByRole('textbox', { name: 'Trả lời' }).waitFor();
      await supervisor.getByText('hết ca').waitFor();
    },
  );
});
