/** Safe contact and cases in a real browser: agree, be held to it, override; open, refer, unmask, hand over; both sizes. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { OpenedCaseSchema } from '../../server/api/case-contract.ts';
import { ensureConsoleBuilt } from '../../server/console/build.ts';
import { createConsoleRouter } from '../../server/console/serve.ts';
import { DESKTOP, PHONE, useDeskBrowser } from '../support/desk-browser.ts';
import { startDesk } from '../support/desk.ts';
import type { Desk } from '../support/desk.ts';

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
afterAll(() => desk.stop());

const HOSTILE = '<img src=x onerror=alert(1)> =1+1';
type Staff = Awaited<ReturnType<Desk['addStaff']>>;

/** somebody who wrote an hour ago, in `who`'s hands */
async function taken(who: Staff): Promise<{ conversationId: string; code: string }> {
  const one = await desk.addWaiting({
    ...{ risk: 'high' as const, waitingSince: new Date(Date.now() - 3_600_000) },
    messages: [{ author: 'person', text: 'họ giữ hộ chiếu của em' }],
  });
  await desk.call('POST', `/conversations/${one.conversationId}/take`, { cookie: who.cookie, body: {} });
  return one;
}
const goTo = async (page: Page, path: string): Promise<void> => {
  await page.goto(`${desk.publicUrl}/console${path}`);
};
const noSideways = async (page: Page, width: number): Promise<void> =>
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
const dialog = (page: Page) => page.getByRole('dialog');

describe.each([
  { size: 'desktop', viewport: DESKTOP },
  { size: 'phone', viewport: PHONE },
])('at $size size', ({ size, viewport }) => {
  it('a plan is agreed, shown, kept to, and overridden for a reason', async () => {
    const lan = await desk.addStaff('counsellor', 'Lan');
    const { conversationId } = await taken(lan);
    const page = await open({ ...lan, viewport });
    await goTo(page, `/c/${conversationId}`);
    await page.getByRole('textbox', { name: 'Trả lời' }).waitFor();
    if (size === 'phone') await page.getByRole('button', { name: 'Chi tiết' }).click();
    await page.getByText('Chưa hẹn gì với người này.').waitFor();
    await page.getByRole('button', { name: 'Hẹn cách liên lạc' }).click();
    await dialog(page).getByLabel('Người khác đọc điện thoại của họ.').check();
    await dialog(page).getByLabel('Có thể viết trước, theo giờ và kênh đã hẹn.').check();
    await dialog(page).getByRole('button', { name: 'Thêm giờ' }).click();
    await dialog(page).getByLabel('Nếu ai hỏi, đây là chuyện gì?').fill('Lớp tiếng Anh');
    await dialog(page).getByLabel('Từ an toàn').fill('hoa sen');
    await dialog(page).getByLabel('Điều người trực sau cần biết').fill(HOSTILE);
    await shoot(page, `plan-dialog-${size}`);
    await expectAccessible(page, 'plan dialog');
    await noSideways(page, viewport.width);
    await dialog(page).getByLabel('Không viết trước; chỉ trả lời khi họ vừa viết.').check();
    await dialog(page).getByRole('button', { name: 'Lưu' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    const pane = page.getByRole('region', { name: 'Liên lạc an toàn và hồ sơ' });
    await pane.getByText('hoa sen').waitFor();
    await pane.getByText(HOSTILE).waitFor();
    await shoot(page, `plan-${size}`);
    await expectAccessible(page, 'plan in the context pane');
    if (size === 'phone') await page.getByRole('button', { name: /Tin nhắn/ }).click();

    await page.getByText('Đã hẹn không viết trước cho người này; chỉ trả lời khi họ vừa viết.').waitFor();
    const box = page.getByRole('textbox', { name: 'Trả lời' });
    await box.fill('em ơi');
    expect(await page.getByRole('button', { name: 'Gửi', exact: true }).isDisabled()).toBe(true);
    await shoot(page, `plan-held-${size}`);
    await expectAccessible(page, 'held reply');
    await page.getByRole('button', { name: 'Viết ngoài hẹn' }).click();
    await dialog(page).getByLabel('Vì sao?').fill('bệnh viện gọi');
    await expectAccessible(page, 'override dialog');
    await dialog(page).getByRole('button', { name: 'Cho viết' }).click();
    await page.getByText(/Bạn viết được ngoài hẹn đến/).waitFor();
    await page.getByRole('button', { name: 'Gửi', exact: true }).click();
    await page.getByText('Đang chờ gửi').waitFor();
    await noSideways(page, viewport.width);
  });

  it('a case is opened with consent, worked on, unmasked, closed; the sheet names nobody', async () => {
    const lan = await desk.addStaff('counsellor', 'Lan');
    const { conversationId, code } = await taken(lan);
    const page = await open({ ...lan, viewport });
    await goTo(page, `/c/${conversationId}`);
    await page.getByRole('textbox', { name: 'Trả lời' }).waitFor();
    if (size === 'phone') await page.getByRole('button', { name: 'Chi tiết' }).click();
    await page.getByRole('button', { name: 'Mở hồ sơ' }).click();
    const confirm = dialog(page).getByRole('button', { name: 'Mở hồ sơ' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog(page)
      .getByLabel(/^Có tên/)
      .check();
    await dialog(page)
      .getByLabel(/giới thiệu tới nơi khác giúp/)
      .check();
    expect(await confirm.isDisabled()).toBe(true);
    await dialog(page)
      .getByLabel(/Mình đã đọc lời trên/)
      .check();
    await shoot(page, `case-open-${size}`);
    await expectAccessible(page, 'open a case');
    await confirm.click();
    await page.getByRole('heading', { name: /^Hồ sơ V-/ }).waitFor();

    await page.getByRole('button', { name: 'Ghi: Tên' }).click();
    await dialog(page).getByLabel('Tên', { exact: true }).fill(HOSTILE);
    await dialog(page).getByRole('button', { name: 'Lưu' }).click();
    await dialog(page).waitFor({ state: 'hidden' });
    await page.getByText('••• (có ghi)').waitFor();
    expect(await page.content()).not.toContain('onerror');
    await page.getByRole('button', { name: 'Xem thông tin cá nhân' }).click();
    await dialog(page).getByLabel('Vì sao?').fill('gọi theo hẹn');
    await expectAccessible(page, 'reason dialog');
    await dialog(page).getByRole('button', { name: 'Xem thông tin cá nhân' }).click();
    await dialog(page).getByText(HOSTILE).waitFor();
    await expectAccessible(page, 'unmasked');
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'hidden' });
    await page.getByText('gọi theo hẹn').waitFor();

    await page.getByRole('button', { name: 'Thêm các bước sau khi trở về' }).click();
    await page.getByText('[office-support] và [office-province-police] xác minh ban đầu').waitFor();
    await page.getByLabel(/^Trình báo ở/).click();
    await page.getByText('xong', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Giới thiệu tới nơi giúp…' }).click();
    await dialog(page).getByLabel('Nơi giúp').selectOption('service-shelter');
    await dialog(page).getByText('Chưa đủ nguồn xác nhận').waitFor();
    await dialog(page).getByLabel('Tỉnh, thành').selectOption('son-la');
    await dialog(page).getByLabel('chuyện gì xảy ra, không tên').check();
    await shoot(page, `case-refer-${size}`);
    await expectAccessible(page, 'refer');
    await dialog(page).getByRole('button', { name: 'Giới thiệu', exact: true }).click();
    await page.getByLabel('Nhà tạm lánh: tới đâu rồi?').waitFor();
    await page.getByText('Hỏi xem họ đã đến nơi được giới thiệu chưa').waitFor();
    await page.getByLabel('Tuổi').selectOption('16_17');
    await page.getByLabel('ép lừa đảo qua mạng').check();
    await page.getByRole('button', { name: 'Lưu' }).click();
    await page.getByText('Sửa điều đã biết').waitFor();
    await page.getByLabel('Ghi chú').fill(HOSTILE);
    await page.getByRole('button', { name: 'Thêm ghi chú' }).click();
    await page.locator('.timeline').getByText(HOSTILE).waitFor();
    await shoot(page, `case-${size}`);
    await expectAccessible(page, 'case');
    await noSideways(page, viewport.width);

    await goTo(page, '/handover');
    await page.getByRole('rowheader', { name: code }).waitFor();
    await shoot(page, `sheet-${size}`);
    await expectAccessible(page, 'sheet');
    expect(await page.content()).not.toMatch(/onerror|gọi theo hẹn/);
    await noSideways(page, viewport.width);

    await goTo(page, '/cases');
    await page.getByRole('link', { name: /^V-/ }).waitFor();
    await shoot(page, `cases-${size}`);
    await expectAccessible(page, 'cases');
    await page.getByRole('link', { name: 'Có việc quá hạn' }).click();
    await page.getByText('Không có hồ sơ nào').waitFor();
    expect(page.url()).toContain('show=overdue');
    await page.goBack();
    await page.getByRole('link', { name: /^V-/ }).click();
    await page.getByLabel('Kết quả', { exact: true }).selectOption('safe');
    await page.getByRole('button', { name: 'Đóng hồ sơ' }).click();
    await page.getByRole('button', { name: 'Mở lại hồ sơ' }).waitFor();
    await expectAccessible(page, 'closed case');
  });

  it('consent is taken back and recorded anew, the case is given on, and deleted once a second person agrees', async () => {
    const lan = await desk.addStaff('counsellor', 'Lan');
    const boss = await desk.addStaff('supervisor', 'Hoa');
    const next = await desk.addStaff('counsellor', `Mai ${size}`);
    const { conversationId } = await taken(lan);
    const agreed = { level: 'named', purposes: ['support'], language: 'vi', channel: 'web' };
    const answer = await desk.call('POST', `/conversations/${conversationId}/case`, {
      cookie: lan.cookie,
      body: { consent: agreed, exception: null },
    });
    const { caseId } = OpenedCaseSchema.parse(answer.body);
    const page = await open({ ...lan, viewport });
    await goTo(page, `/cases/${caseId}`);
    await page.getByRole('button', { name: 'Người ấy rút lại' }).click();
    await expectAccessible(page, 'withdraw');
    await dialog(page).getByRole('button', { name: 'Người ấy rút lại' }).click();
    await page.getByText(/Đã rút lại lúc/).waitFor();
    await page.getByRole('button', { name: 'Ghi sự đồng ý', exact: true }).click();
    const record = dialog(page).getByRole('button', { name: 'Ghi', exact: true });
    expect(await record.isDisabled()).toBe(true);
    await dialog(page).getByLabel(/^Kín/).check();
    await dialog(page)
      .getByLabel(/Mình đã đọc lời trên/)
      .check();
    await shoot(page, `case-consent-${size}`);
    await expectAccessible(page, 'record consent');
    await record.click();
    await dialog(page).waitFor({ state: 'hidden' });
    await page.getByText(/Đã rút lại lúc/).waitFor({ state: 'hidden' });

    await page.getByRole('button', { name: 'Xin xóa hồ sơ' }).click();
    await dialog(page).getByLabel('Vì sao?').fill('người ấy xin');
    await dialog(page).getByRole('button', { name: 'Xin xóa hồ sơ' }).click();
    await page.getByRole('button', { name: 'Rút yêu cầu xóa' }).waitFor();
    await shoot(page, `case-wish-${size}`);
    await expectAccessible(page, 'wish to delete');
    await noSideways(page, viewport.width);
    await page.getByRole('button', { name: 'Giao cho đồng nghiệp…' }).click();
    await dialog(page).getByLabel('Ai sẽ phụ trách?').selectOption(next.userId);
    await expectAccessible(page, 'give');
    await dialog(page).getByRole('button', { name: 'Giao hồ sơ' }).click();
    await page.getByText(`Đã giao hồ sơ cho Mai ${size}.`).waitFor();

    const second = await open({ ...boss, viewport });
    await goTo(second, `/cases/${caseId}`);
    await second.getByText(`Mai ${size}`).first().waitFor();
    await second.getByText('Lý do: người ấy xin').waitFor();
    await second.getByRole('button', { name: 'Đồng ý xóa hẳn' }).click();
    await expectAccessible(second, 'agree to delete');
    await dialog(second).getByRole('button', { name: 'Đồng ý xóa hẳn' }).click();
    await second.getByText('Đã xóa hồ sơ.').waitFor();
    expect((await desk.call('GET', `/cases/${caseId}`, { cookie: boss.cookie })).status).toBe(404);
  });
});
