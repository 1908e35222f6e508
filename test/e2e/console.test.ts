/** The desk in a real browser: first administrator, two counsellors, a take seen without reload, reply, give back. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ensureConsoleBuilt } from '../../server/console/build.ts';
import { createConsoleRouter } from '../../server/console/serve.ts';
import { createFirstAdminLink } from '../../server/store/setup-tokens.ts';
import { setUpApp, showNextCode } from '../support/second-factor.ts';
import { PHONE, useDeskBrowser } from '../support/desk-browser.ts';
import { startDesk } from '../support/desk.ts';
import type { Desk } from '../support/desk.ts';

const PASSWORD = 'bốn con mèo ngủ trên mái';

// two cores shared with other tests, and an accessibility scan takes about two seconds
jest.setTimeout(120_000);

let desk: Desk;
let maiSecret = '';

const { open: openBrowser, shoot, expectAccessible } = useDeskBrowser(() => desk);

beforeAll(async () => {
  const build = await ensureConsoleBuilt({ log: () => undefined });
  desk = await startDesk({
    clock: 'real',
    extend: (app) => void app.use('/console', createConsoleRouter(build)),
  });
});
afterAll(() => desk.stop());

const minutesAgo = (n: number): Date => new Date(Date.now() - n * 60_000);
const addBeaten = () =>
  desk.addWaiting({
    ...{ risk: 'imminent' as const, waitingSince: minutesAgo(2), channel: 'telegram' },
    messages: [
      { author: 'person', text: 'chị ơi' },
      { author: 'bot', text: 'Chào bạn. Mình là trợ lý tự động. Bây giờ bạn viết ở đây có an toàn không?' },
      {
        author: 'person',
        text: 'em ở campuchia, họ giữ hộ chiếu của em với đánh em, đòi 70 triệu mới cho về',
      },
      {
        author: 'bot',
        text: 'Mình đã báo cho tư vấn viên. Nếu đang bị đe dọa, gọi công an nơi bạn đang ở nếu gọi được.',
      },
    ],
    reasons: [
      { rule: 'beaten', reasonKey: 'danger.beaten', messageSeq: 3, start: 43, end: 50 },
      { rule: 'passport-kept', reasonKey: 'danger.passport-kept', messageSeq: 3, start: 19, end: 38 },
      { rule: 'ransom', reasonKey: 'danger.ransom', messageSeq: 3, start: 52, end: 75 },
    ],
  });
const addCalm = () =>
  desk.addWaiting({
    ...{ risk: 'none' as const, waitingSince: minutesAgo(14) },
    messages: [{ author: 'person', text: 'cho mình gặp người thật với' }],
  });

describe('from a fresh installation', () => {
  it('makes the first administrator, who invites a second person; the link leaves the address and works once', async () => {
    const token = await createFirstAdminLink(desk.database.pool);
    const page = await openBrowser();
    await page.goto(`${desk.publicUrl}/console/setup#${token ?? ''}`);
    await page.getByRole('heading', { name: 'Tạo quản trị viên đầu tiên' }).waitFor();
    expect(page.url()).toBe(`${desk.publicUrl}/console/setup`);
    await page.getByLabel('Tên hiển thị').fill('Lan Anh');
    await page.getByLabel('E-mail').fill('lan@example.org');
    await page.getByLabel('Mật khẩu', { exact: true }).fill('matkhau123456');
    await page.getByRole('button', { name: 'Tạo tài khoản' }).click();
    await page.getByText('Mật khẩu này dễ đoán').waitFor();
    await shoot(page, 'setup');
    await expectAccessible(page, 'setup');
    await page.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Tạo tài khoản' }).click();
    await setUpApp(page);
    await page.getByText('Không ai đang chờ').waitFor();
    await shoot(page, 'desk-empty');
    await expectAccessible(page, 'empty desk');
    expect(await page.title()).toBe('Bàn trực');

    await page.getByRole('link', { name: 'Nhóm' }).click();
    await page.getByRole('button', { name: 'Tạo liên kết mời' }).click();
    const link = await page.getByLabel('Liên kết mời (Tư vấn viên)').inputValue();
    await shoot(page, 'team');
    await expectAccessible(page, 'team');
    expect(await page.title()).toBe('Nhóm · Bàn trực');

    const second = await openBrowser({ viewport: PHONE });
    await second.goto(link);
    await second.getByLabel('Tên hiển thị').fill('Mai');
    await second.getByLabel('E-mail').fill('mai@example.org');
    await second.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
    await second.getByRole('button', { name: 'Tạo tài khoản' }).click();
    maiSecret = await setUpApp(second);
    await second.getByText('Không ai đang chờ').waitFor();
    await shoot(second, 'phone-empty');
    const third = await openBrowser();
    await third.goto(link);
    await third.getByRole('heading', { name: 'Liên kết này không còn dùng được' }).waitFor();
    await expectAccessible(third, 'dead link');
  });

  it('signs in and out; afterwards Back shows nothing of the desk', async () => {
    const { code } = await addCalm();
    const page = await openBrowser();
    await page.goto(`${desk.publicUrl}/console`);
    await page.getByRole('heading', { name: 'Đăng nhập' }).waitFor();
    await shoot(page, 'sign-in');
    await expectAccessible(page, 'sign-in');
    await page.getByLabel('E-mail').fill('mai@example.org');
    await page.getByLabel('Mật khẩu', { exact: true }).fill('không phải mật khẩu');
    await page.getByRole('button', { name: 'Đăng nhập' }).click();
    await page.getByText('E-mail hoặc mật khẩu chưa đúng.').waitFor();
    await page.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Đăng nhập' }).click();
    await page.getByRole('heading', { name: 'Xác nhận là bạn' }).waitFor();
    await showNextCode(page, maiSecret);
    await page.getByText(code).first().waitFor();
    await page.getByRole('link', { name: new RegExp(code) }).click();
    await page.getByText('cho mình gặp người thật với').waitFor();
    const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])');
    expect(kept).not.toMatch(/gặp người|Mai|example|[\w-]{43}/);
    await page.getByRole('button', { name: 'Mai' }).click();
    await page.getByRole('menuitem', { name: 'Đăng xuất' }).click();
    await page.getByRole('heading', { name: 'Đăng nhập' }).waitFor();
    await page.goBack().catch(() => undefined);
    expect(await page.content()).not.toContain('gặp người thật');
    await desk.database.pool.query(`update handovers set state = 'closed'`);
  });
});

describe('two at the desk', () => {
  it('see a person appear, one takes, the other sees it without reload; reply, give back', async () => {
    const [lan, mai] = [await desk.addStaff('counsellor', 'Lan'), await desk.addStaff('counsellor', 'Mai')];
    const [first, second] = [await openBrowser(lan), await openBrowser(mai)];
    for (const page of [first, second]) {
      await page.goto(`${desk.publicUrl}/console`);
      await page.getByText('Không ai đang chờ').waitFor();
    }
    const calm = await addCalm();
    const beaten = await addBeaten();
    for (const page of [first, second])
      await page.getByRole('link', { name: new RegExp(beaten.code) }).waitFor();
    const rows = await second.locator('.row').all();
    const order = await Promise.all(rows.map((row) => row.getAttribute('data-conversation')));
    expect(order).toEqual([beaten.conversationId, calm.conversationId]);
    await second.getByText('Bị đánh · Bị giữ hộ chiếu +1').waitFor();

    // both look; one takes
    await second.getByRole('link', { name: new RegExp(beaten.code) }).click();
    await second.getByRole('button', { name: 'Nhận cuộc này' }).waitFor();
    await shoot(second, 'waiting');
    await expectAccessible(second, 'a waiting conversation');
    await first.keyboard.press('Alt+n');
    await first.getByRole('heading', { name: `Cuộc trò chuyện ${beaten.code}` }).waitFor();
    await first.getByRole('textbox', { name: 'Trả lời' }).waitFor();
    await second.getByText('Lan đang trả lời người này.', { exact: true }).waitFor();
    await shoot(second, 'taken-by-colleague');
    expect(await second.content()).not.toContain('70 triệu');

    // the reasons mark the very words
    expect((await first.locator('mark').allTextContents()).join('|')).toBe(
      'giữ hộ chiếu của em|đánh em|đòi 70 triệu mới cho về',
    );
    const box = first.getByRole('textbox', { name: 'Trả lời' });
    await box.fill('Chào em, chị là Lan.');
    await shoot(first, 'answering');
    await expectAccessible(first, 'answering');
    await box.press('Shift+Enter');
    await box.press('Enter');
    await first.getByText('Đang chờ gửi').waitFor();
    expect(await box.inputValue()).toBe('');
    const stored = await desk.database.pool.query(
      `select delivery from messages where conversation_id = $1 and author = 'counsellor'`,
      [beaten.conversationId],
    );
    expect(stored.rows).toEqual([{ delivery: 'queued' }]);

    await first.getByRole('button', { name: 'Trả lại cho bot' }).click();
    await first.getByText(`Đã trả ${beaten.code} lại cho bot`).waitFor();
    await shoot(first, 'returned');
    const owner = await desk.database.pool.query('select owner from conversations where id = $1', [
      beaten.conversationId,
    ]);
    expect(owner.rows).toEqual([{ owner: 'bot' }]);

    // a tie: the slower one is told who was faster
    await second.getByRole('link', { name: new RegExp(calm.code) }).click();
    await second.getByRole('button', { name: 'Nhận cuộc này' }).waitFor();
    await second.route('**/api/queue', (route) => route.abort());
    await desk.call('POST', `/conversations/${calm.conversationId}/take`, { cookie: lan.cookie, body: {} });
    await second
      .getByRole('button', { name: 'Nhận cuộc này' })
      .click()
      .catch(() => undefined);
    await second
      .getByText(/Lan vừa nhận người này trước bạn|Bạn không xem được cuộc này/)
      .first()
      .waitFor();
  });

  it('keeps the list still under the pointer and tells how many are new', async () => {
    await desk.database.pool.query(`update handovers set state = 'closed'`);
    const { cookie } = await desk.addStaff('counsellor', 'Mai');
    const page = await openBrowser({ cookie });
    const calm = await addCalm();
    await page.goto(`${desk.publicUrl}/console`);
    await page.getByRole('link', { name: new RegExp(calm.code) }).hover();
    const urgent = await addBeaten();
    await page.getByRole('button', { name: '1 mới, xem' }).waitFor();
    expect(await page.locator('.row').count()).toBe(1);
    await page
      .getByRole('alert')
      .filter({ hasText: 'Có người đang nguy cấp' })
      .waitFor({ state: 'attached' });
    await shoot(page, 'held');
    await page.getByRole('button', { name: '1 mới, xem' }).click();
    expect(await page.locator('.row').first().getAttribute('data-conversation')).toBe(urgent.conversationId);
  });

  it('keeps drafts apart, never sends while composing, and keeps what did not arrive', async () => {
    await desk.database.pool.query(`update handovers set state = 'closed'`);
    const { cookie } = await desk.addStaff('counsellor', 'Mai');
    const [one, two] = [await addCalm(), await addBeaten()];
    for (const { conversationId } of [one, two]) {
      await desk.call('POST', `/conversations/${conversationId}/take`, { cookie, body: {} });
    }
    const page = await openBrowser({ cookie });
    await page.goto(`${desk.publicUrl}/console/c/${one.conversationId}`);
    const box = page.getByRole('textbox', { name: 'Trả lời' });
    await box.fill('nháp một');
    await page.getByRole('tab', { name: /Của tôi/ }).click();
    await page.getByRole('link', { name: new RegExp(two.code) }).click();
    await page.getByRole('heading', { name: new RegExp(two.code) }).waitFor();
    expect(await box.inputValue()).toBe('');
    await page
      .getByRole('link', { name: new RegExp(one.code) })
      .getByText('Nháp')
      .waitFor();
    await page.getByRole('link', { name: new RegExp(one.code) }).click();
    await page.getByRole('heading', { name: new RegExp(one.code) }).waitFor();
    expect(await box.inputValue()).toBe('nháp một');

    await box.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true });
    expect(await box.inputValue()).toBe('nháp một');

    await page.route('**/reply', (route) => route.abort());
    await box.press('Enter');
    await page.getByText('Chưa gửi được, chưa tới máy chủ').waitFor();
    await shoot(page, 'unsent');
    await expectAccessible(page, 'unsent');
    await page.unroute('**/reply');
    await page.getByRole('button', { name: 'Gửi lại' }).click();
    await page.getByText('Đang chờ gửi').waitFor();
    const stored = await desk.database.pool.query(
      `select from messages where conversation_id = $1 and author = 'counsellor'`,
      [one.conversationId],
    );
    expect(stored.rowCount).toBe(1);

    await page.keyboard.press('Alt+e');
    await page.getByRole('dialog').waitFor();
    await page.getByLabel('Đã tư vấn').check();
    await shoot(page, 'close-dialog');
    await expectAccessible(page, 'close dialog');
    await page.getByRole('button', { name: 'Kết thúc', exact: true }).click();
    await page.getByText(`Đã kết thúc ${one.code}`).waitFor();
  });

  it('shows one pane at a time on a phone, without sideways scrolling', async () => {
    await desk.database.pool.query(`update handovers set state = 'closed'`);
    const { cookie } = await desk.addStaff('counsellor', 'Mai');
    const [, beaten] = [await addCalm(), await addBeaten()];
    const page = await openBrowser({ cookie, viewport: PHONE });
    await page.goto(`${desk.publicUrl}/console`);
    await page.getByRole('link', { name: new RegExp(beaten.code) }).waitFor();
    await shoot(page, 'phone-queue');
    await expectAccessible(page, 'phone queue');
    await page.getByRole('link', { name: new RegExp(beaten.code) }).click();
    await page.getByRole('button', { name: 'Nhận cuộc này' }).click();
    await page.getByRole('textbox', { name: 'Trả lời' }).fill('Chào em');
    await shoot(page, 'phone-conversation');
    await expectAccessible(page, 'phone conversation');
    await page.getByRole('button', { name: 'Chi tiết' }).click();
    await page.getByRole('heading', { name: 'Vì sao người này ở đây' }).waitFor();
    await shoot(page, 'phone-context');
    await expectAccessible(page, 'phone context');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width);
  });

  it('speaks English in the dark, with the reasons too', async () => {
    await desk.database.pool.query(`update handovers set state = 'closed'`);
    const { cookie } = await desk.addStaff('supervisor', 'Hoa');
    const beaten = await addBeaten();
    await addCalm();
    const page = await openBrowser({ cookie, colorScheme: 'dark' });
    await page.goto(`${desk.publicUrl}/console/c/${beaten.conversationId}`);
    await page.getByRole('heading', { name: /Cuộc trò chuyện/ }).waitFor();
    // the reasons come from the server, which has to know first
    const saved = page.waitForResponse(
      (answer) => answer.request().method() === 'PATCH' && answer.url().endsWith('/api/me'),
    );
    await page.getByRole('button', { name: 'Ngôn ngữ: English' }).click();
    expect((await saved).status()).toBe(200);
    await page.getByText('Passport is being kept').first().waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.keyboard.press('Control+/');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await expectAccessible(page, 'shortcuts');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await shoot(page, 'dark-english');
    await expectAccessible(page, 'dark desk');
    await page.getByRole('button', { name: 'Hoa' }).click();
    await page.getByRole('menuitem', { name: 'Account' }).click();
    await page.getByRole('heading', { name: 'Where you are signed in' }).waitFor();
    await page.getByRole('menu').waitFor({ state: 'hidden' });
    await shoot(page, 'account');
    await expectAccessible(page, 'account');
  });
});

describe('the language of the interface', () => {
  it('is kept although the line fails at first; what stays unsaved is said and can be tried again', async () => {
    const { cookie, userId } = await desk.addStaff('supervisor', 'Hoa');
    const page = await openBrowser({ cookie });
    let failing = 1;
    await page.route('**/api/me', async (route) => {
      if (route.request().method() !== 'PATCH' || failing === 0) return route.continue();
      failing -= 1;
      return route.abort('connectionreset');
    });
    await page.goto(`${desk.publicUrl}/console`);
    const keptFor = async (): Promise<string | undefined> => {
      const { rows } = await desk.database.pool.query<{ ui_language: string }>(
        'select ui_language from users where id = $1',
        [userId],
      );
      return rows[0]?.ui_language;
    };
    const arrives = () =>
      page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.status() === 200);
    const first = arrives();
    await page.getByRole('button', { name: 'Ngôn ngữ: English' }).click();
    await first;
    expect(await keptFor()).toBe('en');
    failing = 4;
    await page.getByRole('button', { name: 'Language: Tiếng Việt' }).click();
    const notice = page.getByRole('alert').filter({ hasText: 'máy chủ chưa ghi lại' });
    await notice.waitFor();
    expect(await keptFor()).toBe('en');
    await expectAccessible(page, 'a language that was not kept');
    const again = arrives();
    await notice.getByRole('button', { name: 'Thử lại' }).click();
    await again;
    expect(await keptFor()).toBe('vi');
    await notice.waitFor({ state: 'hidden' });
  });
});

describe('the connection', () => {
  it('is one stream for eight tabs, and each tab still loads and hears', async () => {
    await desk.database.pool.query(`update handovers set state = 'closed'`);
    const { cookie } = await desk.addStaff('counsellor', 'Mai');
    const first = await openBrowser({ cookie });
    const before = desk.live.streams();
    const pages = [first];
    for (let n = 1; n < 8; n += 1) pages.push(await first.context().newPage());
    for (const page of pages) {
      await page.goto(`${desk.publicUrl}/console`);
      await page.getByText('Không ai đang chờ').waitFor();
    }
    expect(desk.live.streams()).toBe(before + 1);
    const { code } = await addCalm();
    for (const page of pages) await page.getByText(code).first().waitFor();
    // the listening tab closes: another takes over and misses nothing
    await first.close();
    const { code: later } = await addBeaten();
    for (const page of pages.slice(1)) await page.getByText(later).first().waitFor();
  });

  it('tells when it is lost, and catches up when it is back', async () => {
    await desk.database.pool.query(`update handovers set state = 'closed'`);
    const { cookie } = await desk.addStaff('counsellor', 'Mai');
    const page = await openBrowser({ cookie });
    await page.goto(`${desk.publicUrl}/console`);
    await page.getByText('Không ai đang chờ').waitFor();
    await page.context().setOffline(true);
    desk.dropConnections();
    await page.getByText('Mất kết nối.').waitFor();
    await shoot(page, 'lost');
    const { code } = await addCalm();
    await page.context().setOffline(false);
    await page.getByText(code).first().waitFor();
    await page.getByText('Mất kết nối.').waitFor({ state: 'hidden' });
  });

  it('takes the page to the sign-in when the account is disabled, within seconds and without the texts', async () => {
    await desk.database.pool.query(`update handovers set state = 'closed'`);
    const [admin, mai] = [await desk.addStaff('admin'), await desk.addStaff('counsellor', 'Mai')];
    const calm = await addCalm();
    const page = await openBrowser(mai);
    await page.goto(`${desk.publicUrl}/console/c/${calm.conversationId}`);
    await page.getByText('cho mình gặp người thật với').waitFor();
    await desk.call('POST', `/users/${mai.userId}/disable`, { cookie: admin.cookie });
    await page.getByText('Phiên đã kết thúc').waitFor({ timeout: 5_000 });
    expect(await page.content()).not.toContain('gặp người thật');
  });
});

describe('the page itself', () => {
  it('loads less than 250 kB for the desk, compressed', async () => {
    const { cookie } = await desk.addStaff('counsellor', 'Mai');
    const page = await openBrowser({ cookie });
    const sizes: Promise<number>[] = [];
    page.on('requestfinished', (request) => {
      if (request.url().includes('/assets/'))
        sizes.push(request.sizes().then((size) => size.responseBodySize));
    });
    await page.goto(`${desk.publicUrl}/console`);
    await page.getByRole('button', { name: 'Nhận người kế tiếp' }).waitFor();
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(250_000);
  });

  it('has a strict policy with a new nonce each time, and no secret files', async () => {
    const read = async () => {
      const answer = await fetch(`${desk.publicUrl}/console/c/x`);
      return {
        policy: answer.headers.get('content-security-policy') ?? '',
        answer,
        html: await answer.text(),
      };
    };
    const [one, two] = [await read(), await read()];
    const nonceOf = (policy: string): string => /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    expect(one.policy).toBe(
      `default-src 'none'; script-src 'self' 'nonce-${nonceOf(one.policy)}'; style-src 'self' 'nonce-${nonceOf(one.policy)}'; ` +
        `img-src 'self' data: blob:; media-src blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
    );
    expect(nonceOf(one.policy)).not.toBe(nonceOf(two.policy));
    expect(one.html).toContain(`nonce="${nonceOf(one.policy)}"`);
    expect(one.html).not.toContain('__NONCE__');
    expect(one.answer.headers.get('cache-control')).toBe('no-store');
    expect(one.answer.headers.get('referrer-policy')).toBe('no-referrer');
    const script = /src="([^"]+)"/.exec(one.html)?.[1] ?? '';
    const asset = await fetch(`${desk.publicUrl}${script}`);
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(asset.headers.get('content-encoding')).toBe('gzip');
    expect(asset.headers.get('content-type')).toMatch(/^text\/javascript/);
    for (const secret of [
      'assets/../.sources.sha256',
      '.sources.sha256',
      'assets/x.js',
      'assets/index.js.map',
    ]) {
      const answer = await fetch(`${desk.publicUrl}/console/${secret}`);
      expect(await answer.text()).not.toMatch(/^[0-9a-f]{64}$|"mappings"/);
    }
  });
});
