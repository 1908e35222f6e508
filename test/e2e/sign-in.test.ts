/** Second factor, step-up, second person and audit in a real browser, on a desk and on a telephone. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { CDPSession, Page } from 'playwright-core';
import { ensureConsoleBuilt } from '../../server/console/build.ts';
import { createConsoleRouter } from '../../server/console/serve.ts';
import { createPasswords } from '../../server/api/passwords.ts';
import { totpCode } from '../../server/api/totp.ts';
import type { Role } from '../../server/api/contract.ts';
import { adoptTotpDraft, saveTotpDraft } from '../../server/store/second-factors.ts';
import { insertUser } from '../../server/store/users.ts';
import { DESKTOP, PHONE, useDeskBrowser } from '../support/desk-browser.ts';
import { startDesk } from '../support/desk.ts';
import type { Desk } from '../support/desk.ts';
import { readSecret, setUpApp } from '../support/second-factor.ts';

const PASSWORD = 'bốn con mèo ngủ trên mái';
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const SCREENS = [
  { screen: 'a desk', viewport: DESKTOP },
  { screen: 'a telephone', viewport: PHONE },
];

// two cores shared with other tests, and an accessibility scan takes about two seconds
jest.setTimeout(120_000);

let desk: Desk;
let passwordHash = '';

const { open, shoot, expectAccessible } = useDeskBrowser(() => desk);

beforeAll(async () => {
  const build = await ensureConsoleBuilt({ log: () => undefined });
  desk = await startDesk({
    // passkeys are bound to a name, and an address is none
    ...{ clock: 'real', host: 'localhost' },
    extend: (app) => void app.use('/console', createConsoleRouter(build)),
  });
  passwordHash = await createPasswords().hash(PASSWORD);
});
afterAll(() => desk.stop());

/** Nothing to mend for anybody, and nothing to scroll sideways for. */
async function expectFit(page: Page, name: string): Promise<void> {
  const screen = page.viewportSize()?.width ?? 0;
  await shoot(page, `${name}-${String(screen)}`);
  await expectAccessible(page, name);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(screen);
}

let made = 0;
/** Somebody with a password, and with an app when `SECRET` is to open the account. */
async function addAccount(
  role: Role,
  displayName: string,
  withApp = true,
): Promise<{ email: string; userId: string }> {
  made += 1;
  const userId = desk.deps.newId();
  const email = `${role}-${String(made)}@example.org`;
  await desk.database.transact(async (client) => {
    const user = { id: userId, email, displayName, passwordHash, role, uiLanguage: 'vi' as const };
    await insertUser(client, { ...user, createdAt: desk.clock.now() });
    if (!withApp) return;
    await saveTotpDraft(client, desk.deps.vault, { userId, secret: SECRET, now: desk.clock.now() });
    await adoptTotpDraft(client, userId, 0);
  });
  return { email, userId };
}

/** The server's clock goes on by itself and by `clock.move`; a code works once. */
const code = (): string => totpCode(SECRET, desk.clock.now());

async function givePassword(page: Page, email: string): Promise<void> {
  await page.goto(`${desk.publicUrl}/console`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
}

async function showCode(page: Page, given: string): Promise<void> {
  await page.getByLabel('Mã 6 số').fill(given);
  await page.getByRole('button', { name: 'Xác nhận', exact: true }).click();
}

async function signIn(page: Page, email: string): Promise<void> {
  await givePassword(page, email);
  await showCode(page, code());
  await page.getByRole('navigation').waitFor();
}

/** An authenticator inside the browser that always finds the right finger. */
async function addAuthenticator(page: Page): Promise<{ session: CDPSession; id: string }> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  return { session, id: authenticatorId };
}

describe.each(SCREENS)('on $screen', ({ viewport }) => {
  it('whoever comes for the first time is told of no session that ended', async () => {
    const page = await open({ viewport });
    await page.goto(`${desk.publicUrl}/console`);
    await page.getByLabel('E-mail').waitFor();
    // whatever the first refusal leads to has happened
    await page.waitForLoadState('networkidle');
    expect(await page.getByText('Phiên đã kết thúc').count()).toBe(0);
    await expectFit(page, 'sign-in');
  });

  it('takes what is pasted in every field, and tells a password manager which is which', async () => {
    const page = await open({ viewport });
    await page.goto(`${desk.publicUrl}/console`);
    const [email, password] = [page.getByLabel('E-mail'), page.getByLabel('Mật khẩu', { exact: true })];
    await email.waitFor();
    expect(await email.getAttribute('autocomplete')).toBe('username');
    expect(await password.getAttribute('autocomplete')).toBe('current-password');
    // cut out of one field, pasted into the other, as from a manager
    await email.fill('câu dài 🐈 từ sổ mật khẩu');
    await email.press('Control+a');
    await email.press('Control+x');
    expect(await email.inputValue()).toBe('');
    await password.press('Control+v');
    expect(await password.inputValue()).toBe('câu dài 🐈 từ sổ mật khẩu');
    await email.press('Control+v');
    expect(await email.inputValue()).toBe('câu dài 🐈 từ sổ mật khẩu');
  });

  it('the first sign-in sets an app up, shows ten codes once, and only then opens the desk', async () => {
    const { email } = await addAccount('counsellor', 'Mai', false);
    const page = await open({ viewport });
    await givePassword(page, email);
    await page.getByRole('heading', { name: 'Thêm lớp bảo vệ thứ hai' }).waitFor();
    await readSecret(page);
    await expectFit(page, 'factor-setup');
    // nothing behind it can be reached
    await page.goto(`${desk.publicUrl}/console/account`);
    await page.getByRole('heading', { name: 'Thêm lớp bảo vệ thứ hai' }).waitFor();
    await page.getByLabel('Mã 6 số').fill('000000');
    await page.getByRole('button', { name: 'Xong, bật lớp thứ hai' }).click();
    await page.getByText('Mã chưa đúng').waitFor();
    const secret = await readSecret(page);
    await page.getByLabel('Mã 6 số').fill(totpCode(secret, desk.clock.now()));
    await page.getByRole('button', { name: 'Xong, bật lớp thứ hai' }).click();
    await page.getByRole('heading', { name: 'Cất mười mã dự phòng này' }).waitFor();
    const codes = await page.locator('.codes code').allInnerTexts();
    expect(codes).toHaveLength(10);
    await expectFit(page, 'recovery-codes');
    await page.getByLabel('Tôi đã cất ở nơi khác điện thoại').check();
    await page.getByRole('button', { name: 'Tiếp tục' }).click();
    await page.getByText('Không ai đang chờ').waitFor();
    const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])');
    expect(kept).not.toContain(secret);

    // the telephone is gone: a recovery code opens, once
    const other = await open({ viewport });
    await givePassword(other, email);
    await other.getByRole('heading', { name: 'Xác nhận là bạn' }).waitFor();
    await expectFit(other, 'factor-asked');
    await other.getByRole('button', { name: 'Không có điện thoại? Dùng mã dự phòng' }).click();
    await other.getByLabel('Mã dự phòng').fill(codes[3] ?? '');
    await other.getByRole('button', { name: 'Xác nhận', exact: true }).click();
    await other.getByText('Không ai đang chờ').waitFor();
    await other.goto(`${desk.publicUrl}/console/account`);
    await other.getByText('Còn 9 mã').waitFor();
    await expectFit(other, 'account');
  });

  it('a passkey is made at the first sign-in and opens the next one; what it signed does not open twice', async () => {
    const { email } = await addAccount('counsellor', 'Hoa', false);
    const page = await open({ viewport });
    await addAuthenticator(page);
    await givePassword(page, email);
    await page.getByText('Khóa truy cập').click();
    await expectFit(page, 'passkey-setup');
    await page.getByRole('button', { name: 'Tạo khóa truy cập' }).click();
    await page.getByRole('heading', { name: 'Cất mười mã dự phòng này' }).waitFor();
    await page.getByLabel('Tôi đã cất ở nơi khác điện thoại').check();
    await page.getByRole('button', { name: 'Tiếp tục' }).click();
    await page.getByText('Không ai đang chờ').waitFor();
    await page.getByRole('button', { name: 'Hoa' }).click();
    await page.getByRole('menuitem', { name: 'Đăng xuất' }).click();
    await page.getByRole('heading', { name: 'Đăng nhập' }).waitFor();

    await givePassword(page, email);
    const sent = page.waitForRequest('**/api/me/factor/passkey');
    await page.getByRole('button', { name: 'Dùng khóa truy cập' }).click();
    await page.getByText('Không ai đang chờ').waitFor();
    const body = (await sent).postData() ?? '';
    const again = await desk.call('POST', '/sign-in', { body: { email, password: PASSWORD } });
    const cookie = /console=[\w-]{43}/.exec(again.headers.get('set-cookie') ?? '')?.[0] ?? '';
    await desk.call('POST', '/me/factor/passkey/begin', { cookie });
    const replayed = await desk.call('POST', '/me/factor/passkey', { cookie, body });
    expect([replayed.status, replayed.body]).toEqual([
      401,
      { error: { code: 'passkey_failed', fields: ['code'] } },
    ]);
    // and not without a challenge either
    expect((await desk.call('POST', '/me/factor/passkey', { cookie, body })).status).toBe(401);
  });

  it('what is weighty asks again after five minutes, then goes on by itself', async () => {
    const { email } = await addAccount('counsellor', 'Lan');
    const page = await open({ viewport });
    await signIn(page, email);
    await page.goto(`${desk.publicUrl}/console/account`);
    desk.clock.move(6 * 60_000);
    await page.getByRole('button', { name: 'Tạo mã mới' }).click();
    const dialog = page.getByRole('dialog', { name: 'Vẫn là bạn chứ?' });
    await dialog.waitFor();
    await expectFit(page, 'step-up');
    await page.keyboard.press('Escape');
    await page.getByText('Chưa xác nhận, nên chưa làm gì.').waitFor();
    await page.getByRole('button', { name: 'Tạo mã mới' }).click();
    await dialog.getByLabel('Mã 6 số').fill(code());
    await dialog.getByRole('button', { name: 'Xác nhận', exact: true }).click();
    await page.getByRole('dialog', { name: 'Cất mười mã dự phòng này' }).waitFor();
    expect(await page.locator('.codes code').count()).toBe(10);
  });

  it('a lost factor is reset by a supervisor once an administrator agrees', async () => {
    const [chief, admin] = [await addAccount('supervisor', 'Thu'), await addAccount('admin', 'Bình')];
    const lost = await addAccount('counsellor', `Nga ${String(viewport.width)}`);
    const name = `Nga ${String(viewport.width)}`;
    const [first, second, third] = [
      await open({ viewport }),
      await open({ viewport }),
      await open({ viewport }),
    ];
    await signIn(third, lost.email);
    await signIn(first, chief.email);
    await first.getByRole('link', { name: 'Nhóm' }).click();
    await first.getByRole('button', { name: `Việc: ${name}` }).click();
    await first.getByRole('menuitem', { name: 'Đặt lại lớp thứ hai…' }).click();
    await first.getByLabel('Lý do').fill('rơi điện thoại, đã gọi lại số quen');
    await expectFit(first, 'reset-dialog');
    await first.getByRole('button', { name: 'Đặt lại', exact: true }).click();
    await first.getByText('Đang chờ một quản trị viên khác đồng ý.').waitFor();

    await signIn(second, admin.email);
    await second.getByRole('link', { name: 'Nhóm' }).click();
    await second.getByText('rơi điện thoại, đã gọi lại số quen').first().waitFor();
    await expectFit(second, 'team');
    await second.getByRole('button', { name: `Đồng ý: Đặt lại lớp thứ hai của ${name}` }).click();
    await second.getByText('Đã đồng ý, việc đã được làm.').waitFor();

    await third.getByRole('heading', { name: 'Đăng nhập' }).waitFor();
    await givePassword(third, lost.email);
    await setUpApp(third, desk.clock.now());
    await third.getByText('Không ai đang chờ').waitFor();
  });

  it('an administrator changes a role and sees what follows', async () => {
    const admin = await addAccount('admin', 'Bình');
    const name = `Yến ${String(viewport.width)}`;
    const { userId } = await addAccount('counsellor', name);
    const page = await open({ viewport });
    await signIn(page, admin.email);
    await page.getByRole('link', { name: 'Nhóm' }).click();
    await page.getByRole('button', { name: `Việc: ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Đổi vai trò…' }).click();
    const dialog = page.getByRole('dialog', { name: `Vai trò của ${name}` });
    await dialog.getByLabel('Kiểm soát viên').check();
    await expectFit(page, 'role-dialog');
    await dialog.getByRole('button', { name: 'Đổi vai trò' }).click();
    await page.getByText(`Đã đổi vai trò của ${name}.`).waitFor();
    const role = await desk.database.pool.query('select role from users where id = $1', [userId]);
    expect(role.rows).toEqual([{ role: 'auditor' }]);
  });

  it('an auditor reads who did what, and sees a conversation without its words', async () => {
    const auditor = await addAccount('auditor', 'Vy');
    const reader = await desk.addStaff('counsellor', 'Lan');
    const { conversationId, code: conversation } = await desk.addWaiting({
      ...{ risk: 'high', waitingSince: desk.clock.now() },
      messages: [{ author: 'person', text: 'CANARY giúp em' }],
    });
    await desk.call('GET', `/conversations/${conversationId}`, { cookie: reader.cookie });
    const page = await open({ viewport });
    await signIn(page, auditor.email);
    await page.getByText('Vai trò của bạn chỉ theo dõi').waitFor();
    await page.getByRole('link', { name: new RegExp(conversation) }).click();
    await page.getByText('Nội dung được che.').waitFor();
    expect(await page.content()).not.toContain('CANARY');
    expect(await page.getByRole('button', { name: 'Nhận cuộc này' }).count()).toBe(0);
    await expectFit(page, 'masked');
    await page.getByRole('link', { name: 'Nhật ký' }).click();
    await page.getByLabel('Về', { exact: true }).fill(conversation);
    await page.getByRole('button', { name: 'Xem', exact: true }).click();
    await page.getByText('2 dòng').waitFor();
    const rows = await page.locator('.audit tbody tr').allInnerTexts();
    expect(rows).toEqual([
      expect.stringMatching(/Vy\s+Xem cuộc trò chuyện/),
      expect.stringMatching(/Lan\s+Xem cuộc trò chuyện/),
    ]);
    await expectFit(page, 'audit');
    await desk.database.pool.query(`update handovers set state = 'closed'`);
  });

  it('a changed password ends the other sessions', async () => {
    const { email } = await addAccount('counsellor', 'Lan');
    const [page, other] = [await open({ viewport }), await open({ viewport })];
    await signIn(page, email);
    desk.clock.move(30_000);
    await signIn(other, email);
    await page.goto(`${desk.publicUrl}/console/account`);
    await page.getByLabel('Mật khẩu hiện tại').fill('không phải cái này');
    await page.getByLabel('Mật khẩu mới').fill('năm con vịt bơi ngoài ao');
    await page.getByRole('button', { name: 'Đổi mật khẩu' }).click();
    await page.getByText('Mật khẩu hiện tại chưa đúng.').waitFor();
    await page.getByLabel('Mật khẩu hiện tại').fill(PASSWORD);
    await page.getByRole('button', { name: 'Đổi mật khẩu' }).click();
    await page.getByText('Đã đổi mật khẩu.').waitFor();
    await other.getByRole('heading', { name: 'Đăng nhập' }).waitFor();
  });
});
