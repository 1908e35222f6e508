/** Looking after those who answer, in a real browser: a break suggested, a talk that is due, abuse ended after a warning, a tone on request. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { ensureConsoleBuilt } from '../../server/console/build.ts';
import { createConsoleRouter } from '../../server/console/serve.ts';
import { DESKTOP, PHONE, useDeskBrowser } from '../support/desk-browser.ts';
import { startDesk } from '../support/desk.ts';
import type { Desk, Waiting } from '../support/desk.ts';
import { deskRules } from '../support/rules.ts';

// two cores shared with other tests, and an accessibility scan takes about two seconds
jest.setTimeout(120_000);

type Staff = Awaited<ReturnType<Desk['addStaff']>>;
let desk: Desk;
let lan: Staff;
let boss: Staff;
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
  await desk.database.pool.query('truncate contacts, conversations, users, user_sessions cascade');
  lan = await desk.addStaff('counsellor', 'Lan');
  boss = await desk.addStaff('supervisor', 'Hoa');
});

async function addWaiting(risk: Waiting['risk']): Promise<{ id: string; code: string }> {
  const { conversationId: id, code } = await desk.addWaiting({
    ...{ risk, waitingSince: new Date(desk.clock.now().getTime() - 1000) },
    messages: [{ author: 'person', text: 'lời của người nhắn' }],
  });
  return { id, code };
}
const post = (who: Staff, path: string, body: object = {}) =>
  desk.call('POST', path, { cookie: who.cookie, body });
async function addTaken(risk: Waiting['risk']): Promise<{ id: string; code: string }> {
  const waiting = await addWaiting(risk);
  await post(lan, `/conversations/${waiting.id}/take`);
  return waiting;
}
const fits = async (page: Page, width: number): Promise<void> => {
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
};

describe.each([
  { size: 'on a screen', viewport: DESKTOP },
  { size: 'on a telephone', viewport: PHONE },
])('looking after the team $size', ({ viewport }) => {
  it('shows who carries what and whom to talk with; a talk is marked, and nothing of it asked', async () => {
    const { code } = await addTaken('imminent');
    const page = await open({ cookie: boss.cookie, viewport });
    await page.goto(`${desk.publicUrl}/console/wellbeing`);
    const row = page.getByRole('row', { name: /Lan/ });
    await row.getByText('1 cuộc, nguy cấp 1').waitFor();
    expect(await row.textContent()).toContain(String(deskRules.care.exposure_weight.imminent));
    await page.getByRole('link', { name: code }).waitFor();
    await expectAccessible(page, 'wellbeing');
    await shoot(page, `wellbeing-${String(viewport.width)}`);
    await fits(page, viewport.width);
    await page.getByRole('button', { name: 'Đã nói chuyện với Lan' }).click();
    await page.getByText('Không ai đang chờ được hỏi thăm.').waitFor();
  });

  it('suggests a break after long work, above the page; put off it stays away over a reload, taken it rests', async () => {
    const { id } = await addTaken('none');
    const longAgo = `interval '${String(deskRules.care.break_after_minutes + 1)} minutes'`;
    await desk.database.pool.query(`update user_sessions set created_at = created_at - ${longAgo}`);
    const page = await open({ cookie: lan.cookie, viewport });
    await page.goto(`${desk.publicUrl}/console/c/${id}`);
    const suggestion = page.getByRole('region', { name: 'Nghỉ một chút nhé?' });
    await suggestion.waitFor();
    // nobody is held: one goes on writing
    await page.getByRole('textbox', { name: 'Trả lời' }).fill('vẫn viết được');
    await expectAccessible(page, 'a break suggested');
    await shoot(page, `break-${String(viewport.width)}`);
    await fits(page, viewport.width);
    await suggestion.getByRole('button', { name: 'Để sau' }).click();
    await suggestion.waitFor({ state: 'hidden' });
    await page.reload();
    await page.getByRole('textbox', { name: 'Trả lời' }).waitFor();
    expect(await suggestion.count()).toBe(0);
    await page.evaluate(`localStorage.removeItem('break-later-at')`);
    await page.reload();
    await suggestion.getByRole('button', { name: 'Nghỉ bây giờ' }).click();
    await page.getByText('Bạn đang nghỉ. Bấm').waitFor();
    await suggestion.waitFor({ state: 'hidden' });
    const { rows } = await desk.database.pool.query(
      'select on_break_since is not null as rests from desk_settings where user_id = $1',
      [lan.userId],
    );
    expect(rows).toEqual([{ rests: true }]);
  });

  it('ends an abusive contact after a warning and with a reason, which the supervisor finds', async () => {
    const { id, code } = await addTaken('concern');
    const page = await open({ cookie: lan.cookie, viewport });
    await page.goto(`${desk.publicUrl}/console/c/${id}`);
    await page.getByRole('textbox', { name: 'Trả lời' }).waitFor();
    await page.keyboard.press('Alt+e');
    const dialog = page.getByRole('dialog', { name: `Kết thúc cuộc ${code}` });
    await dialog.getByRole('radio', { name: 'Xúc phạm, quấy rối' }).check();
    const end = dialog.getByRole('button', { name: 'Kết thúc', exact: true });
    expect(await end.isDisabled()).toBe(true);
    await expectAccessible(page, 'a warning to send');
    await shoot(page, `abuse-warn-${String(viewport.width)}`);
    await dialog.getByRole('button', { name: 'Gửi lời nhắc' }).click();
    await dialog.getByText('Đã nhắc lúc').waitFor();
    await dialog.getByRole('textbox', { name: 'Chuyện gì đã xảy ra?' }).fill('chửi ba lần');
    // they have not written since: the warning was no chance yet
    await end.click();
    await page.getByText('Chỉ kết thúc như vậy khi người ấy vẫn viết tiếp').waitFor();
    expect(await dialog.getByRole('textbox').inputValue()).toBe('chửi ba lần');
    await desk.database.pool.query(
      `update conversations set last_inbound_at = now() + interval '1 second' where id = $1`,
      [id],
    );
    await dialog.getByRole('checkbox', { name: /muốn nói chuyện với trưởng ca/ }).check();
    await expectAccessible(page, 'ending as abusive');
    await shoot(page, `abuse-end-${String(viewport.width)}`);
    await end.click();
    await dialog.waitFor({ state: 'hidden' });
    const theirs = await open({ cookie: boss.cookie, viewport });
    await theirs.goto(`${desk.publicUrl}/console/wellbeing`);
    await theirs.getByText('tự muốn nói chuyện').waitFor();
    await theirs.getByRole('link', { name: new RegExp(`${code}: Lan`) }).click();
    await theirs.getByText('chửi ba lần').waitFor();
  });
});

describe('somebody at high risk', () => {
  it('is never ended as abusive: the dialog says so and offers no warning', async () => {
    const { id, code } = await addTaken('high');
    const page = await open({ cookie: lan.cookie });
    await page.goto(`${desk.publicUrl}/console/c/${id}`);
    await page.getByRole('textbox', { name: 'Trả lời' }).waitFor();
    await page.keyboard.press('Alt+e');
    const dialog = page.getByRole('dialog', { name: `Kết thúc cuộc ${code}` });
    await dialog.getByRole('radio', { name: 'Xúc phạm, quấy rối' }).check();
    await dialog.getByText('nên không kết thúc như vậy được').waitFor();
    expect(await dialog.getByRole('button', { name: 'Gửi lời nhắc' }).count()).toBe(0);
    expect(await dialog.getByRole('button', { name: 'Kết thúc', exact: true }).isDisabled()).toBe(true);
  });
});

describe('the tone', () => {
  /** Counts the notes the page begins to play; they play all the same. */
  const COUNT_NOTES = `
    const start = OscillatorNode.prototype.start;
    globalThis.notes = 0;
    OscillatorNode.prototype.start = function (...args) { globalThis.notes += 1; return start.apply(this, args); };`;
  const notes = (page: Page): Promise<number> => page.evaluate<number>('globalThis.notes');
  async function openDesk(): Promise<Page> {
    const page = await open({ cookie: lan.cookie });
    await page.addInitScript(COUNT_NOTES);
    await page.goto(`${desk.publicUrl}/console`);
    await page.locator('.connection[data-status="open"]').waitFor({ state: 'attached' });
    await page.getByRole('tab', { name: /Đang chờ/ }).waitFor();
    return page;
  }
  /** Until the page has somebody more in its queue, and has said so to those who do not see it. */
  async function come(page: Page, risk: Waiting['risk']): Promise<void> {
    const { code } = await addWaiting(risk);
    await page.getByRole('link', { name: new RegExp(code) }).waitFor();
  }
  const chooseSound = async (page: Page): Promise<void> => {
    await page.getByRole('button', { name: 'Ca của tôi' }).click();
    await page.getByRole('checkbox', { name: /Kêu một tiếng ngắn/ }).check();
    await page.getByRole('button', { name: 'Nghe thử' }).waitFor();
  };

  it('is off until it is chosen, sounds for imminent danger only, and never on a break', async () => {
    const page = await openDesk();
    await page.getByRole('tab', { name: /Đang chờ/ }).click();
    await come(page, 'imminent');
    expect(await notes(page)).toBe(0);
    await chooseSound(page);
    await expectAccessible(page, 'the tone chosen');
    await shoot(page, 'tone');
    // heard once when it is switched on
    expect(await notes(page)).toBe(2);
    await page.keyboard.press('Escape');
    await come(page, 'high');
    expect(await notes(page)).toBe(2);
    await come(page, 'imminent');
    await page.waitForFunction(() => Reflect.get(globalThis, 'notes') === 4);
    await post(lan, '/desk/break', { on: true, handBack: false });
    await page.reload();
    await page.getByRole('tab', { name: /Đang chờ/ }).click();
    await page.getByText('Bạn đang nghỉ').first().waitFor();
    await come(page, 'imminent');
    expect(await notes(page)).toBe(0);
  });

  it('never sounds before somebody touched the page', async () => {
    await post(lan, '/desk/settings', { languages: [], views: [], sound: true });
    const page = await openDesk();
    await come(page, 'imminent');
    expect(await notes(page)).toBe(0);
    await page.getByRole('tab', { name: /Đang chờ/ }).click();
    await come(page, 'imminent');
    await page.waitForFunction(() => Reflect.get(globalThis, 'notes') === 2);
  });
});
