/** One conversation in a real browser: notes, drafts that outlive everything, canned answers, a colleague beside one, folded talk, the tour. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { listCanned } from '../../bot/index.ts';
import { ensureConsoleBuilt } from '../../server/console/build.ts';
import { createConsoleRouter } from '../../server/console/serve.ts';
import { setTourDone } from '../../server/store/tour.ts';
import { createUserSession, hashToken, raiseUserSession } from '../../server/store/user-sessions.ts';
import { loadRealAssets } from '../support/assets.ts';
import { DESKTOP, PHONE, useDeskBrowser } from '../support/desk-browser.ts';
import { startDesk } from '../support/desk.ts';
import type { Desk, Waiting } from '../support/desk.ts';

// two cores shared with other tests, and an accessibility scan takes about two seconds
jest.setTimeout(120_000);

/** script, formula, right-to-left override, zero width, braces: all of it stays what it is, letters */
const HOSTILE = '=1+1 <img src=x onerror=alert(1)> \u202Eabc\u200Bd\u2066e\u2069 {name} [[vn-111]]';

let desk: Desk;
let lan: Awaited<ReturnType<Desk['addStaff']>>;
let boss: Awaited<ReturnType<Desk['addStaff']>>;
const { open, shoot, expectAccessible } = useDeskBrowser(() => desk);

beforeAll(async () => {
  const build = await ensureConsoleBuilt({ log: () => undefined });
  const assets = await loadRealAssets();
  desk = await startDesk({
    clock: 'real',
    extend: (app) => void app.use('/console', createConsoleRouter(build)),
    cannedAnswers: ({ language, uiLanguage, counsellor }) =>
      listCanned(assets, { language, titles: uiLanguage, counsellor, now: new Date() }),
  });
});
afterAll(() => desk.stop());
beforeEach(async () => {
  await desk.database.pool.query(`update handovers set state = 'closed', ended_at = now()`);
  lan = await desk.addStaff('counsellor', 'Lan');
  boss = await desk.addStaff('supervisor', 'Hoa');
});

async function addTaken(more: Partial<Waiting> = {}): Promise<{ id: string; code: string }> {
  const { conversationId: id, code } = await desk.addWaiting({
    ...{ risk: 'high', waitingSince: new Date(Date.now() - 60_000) },
    messages: [{ author: 'person', text: 'chị ơi em cần hỏi' }],
    ...more,
  });
  await desk.call('POST', `/conversations/${id}/take`, { cookie: lan.cookie, body: {} });
  return { id, code };
}
async function openAt(id: string, who = lan, viewport = DESKTOP): Promise<Page> {
  const page = await open({ cookie: who.cookie, viewport });
  await page.goto(`${desk.publicUrl}/console/c/${id}`);
  await page.getByRole('heading', { name: /Cuộc trò chuyện/ }).waitFor();
  return page;
}
const replyBox = (page: Page) => page.getByRole('textbox', { name: 'Trả lời' });
const noteBox = (page: Page) => page.getByRole('textbox', { name: 'Ghi chú riêng cho đồng nghiệp' });
const count = async (table: 'notes' | 'outbox' | 'drafts' | 'messages', id: string): Promise<number> =>
  (await desk.database.pool.query(`select from ${table} where conversation_id = $1`, [id])).rowCount ?? 0;
/** What a browser keeps beyond the page. */
const stored = (page: Page): Promise<unknown> =>
  page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])');
/** Until the server has it. */
async function kept(id: string, drafts = 1): Promise<void> {
  for (let tries = 0; (await count('drafts', id)) !== drafts; tries += 1) {
    if (tries > 100) throw new Error(`there are not ${String(drafts)} drafts`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.each([
  { size: 'on a screen', viewport: DESKTOP },
  { size: 'on a telephone', viewport: PHONE },
])('a private note $size', ({ viewport }) => {
  it('is written in another box, stands in the log unlike a reply, and goes nowhere', async () => {
    const { id } = await addTaken();
    const page = await openAt(id, lan, viewport);
    await replyBox(page).fill('lời cho người nhắn');
    await page.keyboard.press('Alt+p');
    await noteBox(page).waitFor();
    expect(await noteBox(page).inputValue()).toBe('');
    expect(await replyBox(page).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Gửi', exact: true }).count()).toBe(0);
    await noteBox(page).fill(HOSTILE);
    await expectAccessible(page, 'writing a note');
    await shoot(page, `note-${String(viewport.width)}`);
    await page.getByRole('button', { name: 'Lưu ghi chú' }).click();
    const note = page.getByRole('article').filter({ hasText: 'Ghi chú riêng của Lan' });
    await note.waitFor();
    expect(await note.locator('.bubble-text').textContent()).toBe(HOSTILE);
    expect(await note.locator('img').count()).toBe(0);
    const ground = (selector: string): Promise<string> =>
      page.evaluate(`getComputedStyle(document.querySelector("${selector}")).backgroundColor`);
    expect(await ground('.bubble.note')).toMatch(/^rgb/);
    expect(await ground('.bubble.note')).not.toBe(await ground(".bubble[data-author='person']"));
    expect([await count('notes', id), await count('outbox', id), await count('messages', id)]).toEqual([
      1, 0, 1,
    ]);
    await page.keyboard.press('Alt+l');
    expect(await replyBox(page).inputValue()).toBe('lời cho người nhắn');
    await expectAccessible(page, 'a note in the log');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width);
  });
});

describe('an address in what somebody wrote', () => {
  it('stays words: nothing to press, in messages and notes alike, so that nobody is told where we read', async () => {
    const text = 'xem https://example.org/viec-lam và www.example.org, mailto:a@example.org';
    const { id } = await addTaken({ messages: [{ author: 'person', text }] });
    const page = await openAt(id);
    await page.getByText(text).waitFor();
    await page.keyboard.press('Alt+p');
    await noteBox(page).fill(`họ gửi ${text}`);
    await page.getByRole('button', { name: 'Lưu ghi chú' }).click();
    await page
      .getByRole('article')
      .filter({ hasText: `họ gửi ${text}` })
      .waitFor();
    expect(await page.locator('.log a').count()).toBe(0);
    expect(await page.locator('a[href*="example.org"]').count()).toBe(0);
    // what we link to ourselves stays here and takes nothing along
    const outside = page.locator('a[href^="http"]');
    expect(await outside.count()).toBe(0);
  });
});

describe('a draft', () => {
  it('comes back after a reload, in another browser and after signing out, and nothing of it stays here', async () => {
    const { id, code } = await addTaken();
    const page = await openAt(id);
    await replyBox(page).fill(HOSTILE);
    await page.keyboard.press('Alt+p');
    await noteBox(page).fill('dở cho đồng nghiệp');
    await kept(id, 2);
    expect(await stored(page)).not.toMatch(/onerror|dở/);
    await page.reload();
    await replyBox(page).waitFor();
    await page.waitForFunction(`document.getElementById('reply').value !== ''`);
    expect(await replyBox(page).inputValue()).toBe(HOSTILE);
    await page.keyboard.press('Alt+p');
    expect(await noteBox(page).inputValue()).toBe('dở cho đồng nghiệp');
    // typed and signed out at once: no time for any pause
    await noteBox(page).fill('dở tới phút cuối');
    await page.getByRole('button', { name: 'Lan', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Đăng xuất' }).click();
    await page.getByRole('heading', { name: 'Đăng nhập' }).waitFor();
    expect(await page.content()).not.toContain('dở tới');
    lan = { ...lan, cookie: await signInAgain(lan.userId) };
    const other = await open({ cookie: lan.cookie });
    await other.goto(`${desk.publicUrl}/console`);
    await other.getByRole('tab', { name: /Của tôi/ }).click();
    await other
      .getByRole('link', { name: new RegExp(code) })
      .getByText('Nháp')
      .waitFor();
    await other.getByRole('link', { name: new RegExp(code) }).click();
    await replyBox(other).waitFor();
    expect(await replyBox(other).inputValue()).toBe(HOSTILE);
    await other.keyboard.press('Alt+p');
    expect(await noteBox(other).inputValue()).toBe('dở tới phút cuối');
  });

  it('is on the server when the browser dies, and gone there once it is sent', async () => {
    const { id } = await addTaken();
    const page = await openAt(id);
    await replyBox(page).fill('viết dở');
    await kept(id);
    await page.context().close();
    const again = await openAt(id);
    await again.waitForFunction(`document.getElementById('reply')?.value === 'viết dở'`);
    await replyBox(again).press('End');
    // an input method in the middle of a letter: Enter chooses the letter, and sends nothing
    const choosing = { key: 'Enter', isComposing: true, bubbles: true, cancelable: true };
    await replyBox(again).dispatchEvent('keydown', choosing);
    const session = await again.context().newCDPSession(again);
    await session.send('Input.imeSetComposition', { text: ' ơ', selectionStart: 2, selectionEnd: 2 });
    await replyBox(again).press('Enter');
    expect(await count('messages', id)).toBe(1);
    await session.send('Input.insertText', { text: ' ơi' });
    await again.getByRole('button', { name: 'Gửi', exact: true }).click();
    await again.getByText('Đang chờ gửi').waitFor();
    await kept(id, 0);
    await again.reload();
    await replyBox(again).waitFor();
    expect(await replyBox(again).inputValue()).toBe('');
  });

  it('typed and sent without a connection goes out once, by itself, when the line is back', async () => {
    const { id } = await addTaken();
    const page = await openAt(id);
    await page.context().setOffline(true);
    desk.dropConnections();
    await page.getByText('Mất kết nối.').waitFor();
    await replyBox(page).fill('em cứ viết nhé');
    await replyBox(page).press('Enter');
    await page.getByText('Chưa gửi được, chưa tới máy chủ').waitFor();
    await replyBox(page).fill('câu sau');
    await page.getByText('Nháp chưa lưu được').waitFor();
    await shoot(page, 'offline');
    await page.context().setOffline(false);
    await page.getByText('Đang chờ gửi').waitFor();
    await page.getByText('Chưa gửi được').waitFor({ state: 'hidden' });
    expect(await count('messages', id)).toBe(2);
    expect(await replyBox(page).inputValue()).toBe('câu sau');
    await kept(id);
  });

  it('that left the box and did not arrive is there after a reload, to be sent by hand', async () => {
    const { id } = await addTaken();
    const page = await openAt(id);
    await page.route('**/reply', (route) => route.abort());
    await replyBox(page).fill('mất giữa đường');
    await replyBox(page).press('Enter');
    await page.getByText('Chưa gửi được, chưa tới máy chủ').waitFor();
    await kept(id);
    await page.reload();
    await page.getByText('Lời này viết từ lần trước').waitFor();
    await page.unroute('**/reply');
    await page.getByRole('button', { name: 'Gửi lại' }).click();
    await page.getByText('Đang chờ gửi').waitFor();
    expect(await count('messages', id)).toBe(2);
    await kept(id, 0);
  });

  it('keeps its words and says why when the time to answer ends while one types', async () => {
    const { id } = await addTaken({
      channel: 'messenger',
      lastInboundAt: new Date(Date.now() - 6.9 * 86_400_000),
    });
    const page = await openAt(id);
    await replyBox(page).fill('đang viết thì hết giờ');
    await desk.database.pool.query(
      `update conversations set last_inbound_at = now() - interval '8 days' where id = $1`,
      [id],
    );
    await replyBox(page).press('Enter');
    await page.getByText('Bây giờ chưa gửi được').waitFor();
    await page.waitForFunction(`document.getElementById('reply').value !== ''`);
    expect(await replyBox(page).inputValue()).toBe('đang viết thì hết giờ');
    expect(await count('messages', id)).toBe(1);
    await expectAccessible(page, 'window closed');
    await shoot(page, 'window-closed');
  });
});

/** A new session for the same person. */
async function signInAgain(userId: string): Promise<string> {
  const token = await desk.database.transact(async (client) => {
    const opened = await createUserSession(client, userId, new Date());
    return (await raiseUserSession(client, hashToken(opened), new Date())) ?? '';
  });
  return `console=${token}`;
}

describe.each([
  { size: 'on a screen', viewport: DESKTOP },
  { size: 'on a telephone', viewport: PHONE },
])('canned answers $size', ({ viewport }) => {
  it('open with a slash, are found by code or words, read in the language of the person, and can be changed', async () => {
    const { id } = await addTaken({ language: 'en' });
    const page = await openAt(id, lan, viewport);
    await replyBox(page).press('/');
    const search = page.getByRole('combobox', { name: 'Tìm mẫu câu' });
    await page.getByRole('option').first().waitFor();
    expect(await page.getByRole('option').count()).toBeGreaterThanOrEqual(15);
    await expectAccessible(page, 'canned answers');
    await shoot(page, `canned-${String(viewport.width)}`);
    await search.fill('giay to');
    expect(await page.getByRole('option').allTextContents()).toContain('/giayto Giữ lấy giấy tờ');
    await search.fill('chao');
    await page.getByText('Hello, I am Lan').waitFor();
    expect(await page.locator('.canned-preview .bubble-text').getAttribute('lang')).toBe('en');
    await search.press('Enter');
    await search.waitFor({ state: 'hidden' });
    expect(await replyBox(page).inputValue()).toMatch(/^Hello, I am Lan, a counsellor here\./);
    await replyBox(page).press('End');
    await page.keyboard.type(' Take your time.');
    expect(await replyBox(page).inputValue()).toMatch(/no hurry\. Take your time\.$/);
    expect(await count('messages', id)).toBe(1);
  });
});

describe('canned answers', () => {
  it('give the slash back, leave dates alone, and close with Esc', async () => {
    const { id } = await addTaken();
    const page = await openAt(id);
    await replyBox(page).focus();
    await page.keyboard.type('hẹn 20/11');
    expect(await page.getByRole('combobox').count()).toBe(0);
    await page.keyboard.type(' /');
    await page.getByRole('combobox').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('combobox').waitFor({ state: 'hidden' });
    expect(await replyBox(page).inputValue()).toBe('hẹn 20/11 ');
    await page.waitForFunction(`document.activeElement.id === 'reply'`);
    await page.keyboard.type('/');
    await page.getByRole('combobox').waitFor();
    await page.keyboard.type('/');
    await page.getByRole('combobox').waitFor({ state: 'hidden' });
    expect(await replyBox(page).inputValue()).toBe('hẹn 20/11 /');
  });

  it('are only those that give nothing away while somebody may be reading along', async () => {
    const { id } = await addTaken();
    await desk.database.pool.query('update conversations set quiet = true where id = $1', [id]);
    const page = await openAt(id);
    await replyBox(page).press('/');
    await page.getByRole('option').first().waitFor();
    const codes = (await page.locator('.canned-code').allTextContents()).join(' ');
    expect(codes).toContain('/chao');
    expect(codes).not.toMatch(/111|113|giayto|baoho/);
    await page.keyboard.press('Enter');
    await page.waitForFunction(`document.getElementById('reply').value === 'Chào bạn.'`);
  });
});

describe('a colleague', () => {
  it('who reads or writes in the same conversation is named, and no longer when they leave', async () => {
    const { id } = await addTaken();
    const [mine, theirs] = [await openAt(id), await openAt(id, boss)];
    await mine.getByText('Hoa đang đọc').waitFor();
    await theirs.getByText('Lan đang đọc').waitFor();
    await replyBox(mine).focus();
    await mine.keyboard.type('em');
    await theirs.getByText('Lan đang viết…').waitFor();
    await expectAccessible(theirs, 'somebody else is here');
    await shoot(theirs, 'presence');
    await theirs.getByRole('link', { name: 'Bàn trực' }).click();
    await mine.getByText('Hoa đang đọc').waitFor({ state: 'hidden' });
    // and beside the row, for whoever looks at the queue
    await theirs.getByRole('tab', { name: 'Đồng nghiệp' }).click();
    await mine.keyboard.type('m');
    await theirs.locator('.row .tag').getByText('Lan đang viết', { exact: true }).waitFor();
    await expectAccessible(theirs, 'presence in the queue');
    await shoot(theirs, 'presence-queue');
  });

  it('who answered while one wrote is read first; a second press sends', async () => {
    const { id } = await addTaken();
    const page = await openAt(id);
    await replyBox(page).fill('lời của mình');
    await desk.database.transact((client) =>
      desk.addMessage(client, id, {
        ...{ id: randomUUID(), author: 'counsellor', text: `đã trả lời ${HOSTILE}` },
        ...{ delivery: 'sent', userId: boss.userId },
      }),
    );
    await replyBox(page).press('Enter');
    const alert = page.getByRole('alert').filter({ hasText: 'Hoa đã trả lời trong lúc bạn viết' });
    await alert.waitFor();
    expect(await alert.locator('blockquote').textContent()).toBe(`đã trả lời ${HOSTILE}`);
    await page.waitForFunction(`document.getElementById('reply').value === 'lời của mình'`);
    expect(await count('messages', id)).toBe(2);
    await expectAccessible(page, 'collision');
    await shoot(page, 'collision');
    await replyBox(page).press('Enter');
    await page.getByText('Đang chờ gửi').waitFor();
    await alert.waitFor({ state: 'hidden' });
    expect(await count('messages', id)).toBe(3);
  });
});

describe('the log', () => {
  const TALK = ['bot', 'person', 'bot', 'person', 'bot', 'person'] as const;

  it('folds what the bot asked and heard, keeps the reason in sight, and shows the earlier times', async () => {
    const { id } = await addTaken({
      messages: [
        ...TALK.map((author, n) => ({ author, text: `chuyện cũ ${String(n + 1)}` })),
        { author: 'bot', text: 'Lời mời này giống những cách hay dùng.', key: 'offer.level.danger' },
        { author: 'person', text: 'họ giữ hộ chiếu của em' },
        { author: 'bot', text: 'Mình báo người tư vấn.' },
        { author: 'person', text: 'dạ' },
        { author: 'person', text: 'em chờ' },
      ],
      reasons: [
        { rule: 'passport-kept', reasonKey: 'danger.passport-kept', messageSeq: 8, start: 3, end: 22 },
      ],
    });
    await desk.call('POST', `/conversations/${id}/close`, {
      cookie: lan.cookie,
      body: { outcome: 'advised' },
    });
    const page = await openAt(id);
    const fold = page.getByRole('button', { name: 'Bot viết 3 tin, người ấy trả lời 3 tin' });
    await fold.waitFor();
    await page.getByText('họ giữ hộ chiếu của em').waitFor();
    await page.getByText('Kết quả kiểm tra lời mời: Nguy hiểm').waitFor();
    await page.getByText(/Lan kết thúc lúc .*: Đã tư vấn/).waitFor();
    expect(await page.getByText('chuyện cũ 1').count()).toBe(0);
    await shoot(page, 'folded');
    await fold.press('Enter');
    await page.getByText('chuyện cũ 1').waitFor();
    expect(await fold.getAttribute('aria-expanded')).toBe('true');
    await expectAccessible(page, 'unfolded');
  });

  it('goes back to the first message, a page at a time, and stays where one reads', async () => {
    const { id } = await addTaken({
      messages: Array.from({ length: 620 }, (_, n) => ({
        author: 'person' as const,
        text: `tin số ${String(n + 1)}.`,
      })),
    });
    const page = await openAt(id);
    await page.getByText('tin số 620.').waitFor();
    await page.getByRole('button', { name: 'Xem tin cũ hơn' }).click();
    await page.getByText('tin số 1.', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Xem tin cũ hơn' }).waitFor({ state: 'hidden' });
    expect(await page.locator('.bubble').count()).toBe(620);
    expect(await page.evaluate(`document.querySelector('.log').scrollTop`)).toBeGreaterThan(1_000);
  });
});

describe('help', () => {
  it.each([DESKTOP, PHONE])('begins with a tour that covers nothing and comes once', async (viewport) => {
    await addTaken();
    await desk.database.transact((client) => setTourDone(client, lan.userId, null));
    const page = await open({ cookie: lan.cookie, viewport });
    await page.goto(`${desk.publicUrl}/console`);
    await page.getByRole('region', { name: 'Làm quen với bàn trực (1/5)' }).waitFor();
    await expectAccessible(page, 'tour');
    await shoot(page, `tour-${String(viewport.width)}`);
    // the desk works meanwhile
    await page.getByRole('tab', { name: /Của tôi/ }).click();
    for (let step = 2; step <= 5; step += 1) {
      await page.getByRole('button', { name: 'Tiếp', exact: true }).click();
      await page.getByText(`Làm quen với bàn trực (${String(step)}/5)`).waitFor();
    }
    // a reload would cut it off on its way
    const kept = page.waitForResponse(
      (answer) => answer.url().endsWith('/api/me/tour') && answer.request().method() === 'POST',
    );
    await page.getByRole('button', { name: 'Xong' }).click();
    await kept;
    await page.getByText('Làm quen với bàn trực').waitFor({ state: 'hidden' });
    await page.reload();
    await page.getByRole('tab', { name: /Của tôi/ }).waitFor();
    await page.waitForLoadState('networkidle').catch(() => undefined);
    expect(await page.getByText('Làm quen với bàn trực').count()).toBe(0);
  });

  it('lists the keys with ?, which sleeps in a box and can be switched off', async () => {
    const { id } = await addTaken();
    const page = await openAt(id);
    await replyBox(page).focus();
    await page.keyboard.type('thật à?');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await replyBox(page).inputValue()).toBe('thật à?');
    await page.getByRole('heading', { name: /Cuộc trò chuyện/ }).focus();
    await page.keyboard.press('Shift+?');
    const dialog = page.getByRole('dialog', { name: 'Phím tắt' });
    await dialog.waitFor();
    await expectAccessible(page, 'shortcuts');
    await shoot(page, 'shortcuts');
    await page.getByLabel('Phím ? mở bảng này').uncheck();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await page.keyboard.press('Shift+?');
    expect(await dialog.count()).toBe(0);
    await page.keyboard.press('Control+/');
    await dialog.waitFor();
    await page.getByRole('button', { name: 'Xem lại hướng dẫn lần đầu' }).click();
    await page.getByText('Làm quen với bàn trực (1/5)').waitFor();
  });
});
