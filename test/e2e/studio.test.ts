/**
 * The studio in a real browser over two real servers: a question of a live flow is changed while people stand in it, in both
 * languages, checked, approved by somebody else, published and taken back; everybody inside goes on without a break.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { AxeBuilder } from '@axe-core/playwright';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { ReleasesSchema } from '../../server/api/studio-contract.ts';
import { launchBrowser } from '../support/browser.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { newEncryptionKeys, type RunningServer, startServer } from '../support/server-process.ts';
import { addStaff, type Staff } from '../support/staff.ts';

jest.setTimeout(600_000);

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
/** set to a folder to keep pictures of each step */
const SHOTS = process.env['STUDIO_SCREENSHOTS'];
const BEFORE = 'Bạn đang nghĩ tới việc gì?';
const AFTER = 'Bạn muốn nghe chuyện gì trước?';

let database: TestDatabase;
let servers: RunningServer[] = [];
let browser: Browser;
let staff: Record<'editor' | 'second' | 'reviewer', Staff>;
const faults: string[] = [];

beforeAll(async () => {
  [database, browser] = await Promise.all([createTestDatabase(), launchBrowser()]);
  const env = { DATABASE_URL: database.url, ENCRYPTION_KEYS: newEncryptionKeys() };
  servers = [await startServer({ env }), await startServer({ env })];
  const add = (role: 'editor' | 'reviewer', displayName: string) =>
    addStaff(database, new Date(), { role, displayName });
  staff = {
    editor: await add('editor', 'Biên tập Hà'),
    second: await add('editor', 'Biên tập Nam'),
    reviewer: await add('reviewer', 'Duyệt Thu'),
  };
}, 300_000);
afterAll(async () => {
  await browser.close();
  for (const server of servers) await server.stop();
  await database.drop();
  expect(faults).toEqual([]);
});

async function open(url: string, viewport = PHONE, cookie?: string): Promise<Page> {
  const context = await browser.newContext({ viewport, locale: 'vi-VN', reducedMotion: 'reduce' });
  if (cookie !== undefined) {
    const [name = '', value = ''] = cookie.split('=');
    await context.addCookies([{ name, value, url: new URL(url).origin, httpOnly: true, sameSite: 'Strict' }]);
  }
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) faults.push(message.text());
  });
  await page.goto(url);
  return page;
}
const serverAt = (index: number): string => servers[index]?.url ?? '';

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
}

async function expectAccessible(page: Page, name: string): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const told = violations.map(
    (one) => `${name}: ${one.id} ${one.nodes.map((node) => node.target.join(' ')).join(' | ')}`,
  );
  expect(told).toEqual([]);
}

/** Somebody who opened the stories and stands at the first question. */
async function beginStories(url: string): Promise<Page> {
  const page = await open(`${url}/`);
  await page.getByRole('button', { name: 'Học nhận biết' }).click();
  await page.getByRole('button', { name: 'Đi làm nước ngoài' }).waitFor();
  return page;
}
const goOn = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Đi làm trong nước' }).last().click();
  await page.getByText('bạn xem chuyện nào?').last().waitFor();
};

/** Replaces in the editor of one file, as somebody types; every replacement must apply. */
async function rewrite(
  page: Page,
  file: string,
  swaps: readonly (readonly [string, string])[],
): Promise<void> {
  await page.getByLabel('Mở một tệp').fill(file);
  await page.getByRole('link', { name: file, exact: true }).first().click();
  const field = page.getByLabel(`Nội dung tệp ${file}`);
  let text = await field.inputValue();
  for (const [from, to] of swaps) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  await field.fill(text);
  await page.getByText(/Đã lưu \d+ giây trước|Vừa lưu xong/).waitFor();
  await page.getByRole('link', { name: 'Câu hỏi đầu của chuyện' }).click();
}

async function liveOn(server: string): Promise<number> {
  const response = await fetch(`${server}/api/studio/releases`, { headers: { cookie: staff.editor.cookie } });
  return ReleasesSchema.parse(await response.json()).live.number;
}
async function waitUntilLive(number: number): Promise<void> {
  for (;;) {
    const seen = await Promise.all(servers.map(({ url }) => liveOn(url)));
    if (seen.every((one) => one === number)) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a question of a live flow', () => {
  it('is changed, checked, approved, published on two servers and taken back, with people inside', async () => {
    const [first, second] = [await beginStories(serverAt(0)), await beginStories(serverAt(1))];
    const desk = await open(`${serverAt(0)}/console/studio`, DESKTOP, staff.editor.cookie);
    await desk.getByRole('heading', { name: 'Nội dung', level: 1 }).waitFor();
    await desk.getByText('Nội dung ban đầu').waitFor();
    await expectAccessible(desk, 'studio');
    await shoot(desk, '1-studio-empty');
    await desk.getByRole('button', { name: 'Mở bản nháp mới' }).click();
    await desk.getByLabel('Tên bản nháp').fill('Câu hỏi đầu của chuyện');
    await expectAccessible(desk, 'begin');
    await desk.getByRole('button', { name: 'Mở bản nháp', exact: true }).click();
    await desk.getByRole('heading', { name: /Câu hỏi đầu của chuyện/, level: 1 }).waitFor();

    await rewrite(desk, 'content/messages/vi.yaml', [[BEFORE, AFTER]]);
    await rewrite(desk, 'content/messages/en.yaml', [['What is on your mind?', 'Which story first?']]);
    // another meaning under the same version is refused, with the place
    await rewrite(desk, 'flows/learn.yaml', [
      ['start: pick', 'start: choose'],
      ['  - id: pick\n    ask: learn.groups', '  - id: choose\n    ask: learn.groups'],
    ]);
    await desk.getByRole('button', { name: 'Kiểm tra' }).click();
    await desk.getByText('changed since it was released as version 3').waitFor();
    await expectAccessible(desk, 'problems');
    await shoot(desk, '2-problems');
    await desk
      .getByRole('link', { name: /flows\/learn\.yaml:\d+/ })
      .first()
      .click();
    const flow = desk.getByLabel('Nội dung tệp flows/learn.yaml');
    await desk.getByRole('heading', { name: 'Máy kiểm tra nói về tệp này' }).waitFor();
    await expectAccessible(desk, 'file');
    const changed = (await flow.inputValue())
      .replaceAll('done: pick }', 'done: choose }')
      .replace('version: 3', 'version: 4')
      .replace(
        '  - { from: 2 }\n',
        '  - { from: 2, nodes: { pick: choose } }\n  - { from: 3, nodes: { pick: choose } }\n',
      )
      .replace(/: pick,/g, ': choose,');
    await flow.fill(changed);
    await shoot(desk, '3-file');
    await desk.getByText(/Đã lưu \d+ giây trước|Vừa lưu xong/).waitFor();
    await desk.getByRole('link', { name: 'Câu hỏi đầu của chuyện' }).click();
    await desk.getByRole('button', { name: 'Kiểm tra' }).click();
    await desk.getByText(/Không thấy lỗi nào|^Không có lỗi/).waitFor();

    // what is approved is shown word by word, and where the two people stand
    await desk.getByText('learn: người ở phiên bản 3, bản mới là 4').waitFor();
    const place = desk.getByRole('row', { name: /pick 2 đi nốt phiên bản của mình/ });
    await place.waitFor();
    await expectAccessible(desk, 'draft');
    await desk.getByRole('button', { name: 'Gửi duyệt' }).click();
    await desk.getByText('Đã có 0 trên 1 người duyệt.').first().waitFor();

    // on the other server, on a telephone, by somebody else
    const phone = await open(`${serverAt(1)}/console/studio`, PHONE, staff.reviewer.cookie);
    await phone.getByRole('link', { name: /Câu hỏi đầu của chuyện/ }).click();
    await phone.getByRole('heading', { name: 'Có gì thay đổi' }).waitFor();
    await expectAccessible(phone, 'review');
    await shoot(phone, '4-review-phone');
    await phone.getByRole('button', { name: 'Duyệt', exact: true }).click();
    await expectAccessible(phone, 'approve');
    await phone.getByRole('button', { name: 'Duyệt', exact: true }).last().click();
    await phone.getByText('Đã duyệt.').waitFor();

    await desk.getByRole('button', { name: 'Đăng', exact: true }).click();
    await desk.getByLabel('Ghi chú (không bắt buộc)').fill('câu hỏi dễ trả lời hơn');
    await expectAccessible(desk, 'publish');
    await shoot(desk, '5-publish');
    await desk.getByRole('button', { name: 'Đăng ngay' }).click();
    await desk.getByText('Đã đăng. Đây là bản 2.').waitFor();
    await waitUntilLive(2);

    const newcomer = await open(`${serverAt(1)}/`);
    await newcomer.getByRole('button', { name: 'Học nhận biết' }).click();
    await newcomer.getByText(AFTER).waitFor();
    await goOn(first);
    await shoot(first, '6-person-inside');

    await desk.getByRole('link', { name: 'Nội dung', exact: true }).first().click();
    await desk.getByRole('button', { name: 'Trở về bản 1' }).click();
    await desk.getByLabel('Vì sao?').fill('thử trở về');
    await expectAccessible(desk, 'rollback');
    await desk.getByRole('dialog').getByRole('button', { name: 'Trở về bản 1' }).click();
    await desk.getByText('Đã trở về nội dung của bản 1. Số bản bây giờ là 3.').waitFor();
    await waitUntilLive(3);
    await shoot(desk, '7-releases');
    await goOn(second);
    await goOn(newcomer);
    const latest = await open(`${serverAt(0)}/`);
    await latest.getByRole('button', { name: 'Học nhận biết' }).click();
    await latest.getByText(BEFORE).waitFor();
    for (const server of servers) expect(server.output()).not.toMatch(/turn_failed|"level":50/);
  });
});

describe('two editors in one file', () => {
  it('see each other, and neither loses a word', async () => {
    const desk = await open(`${serverAt(0)}/console/studio`, DESKTOP, staff.editor.cookie);
    await desk.getByRole('button', { name: 'Mở bản nháp mới' }).click();
    await desk.getByLabel('Tên bản nháp').fill('Cùng một tệp');
    await desk.getByRole('button', { name: 'Mở bản nháp', exact: true }).click();
    await desk.getByLabel('Mở một tệp').fill('thanks.yaml');
    await desk.getByRole('link', { name: 'flows/thanks.yaml', exact: true }).click();
    const mine = desk.getByLabel('Nội dung tệp flows/thanks.yaml');
    const before = await mine.inputValue();
    const other = await open(desk.url(), PHONE, staff.second.cookie);
    const theirs = other.getByLabel('Nội dung tệp flows/thanks.yaml');
    await theirs.fill(`${before}# Nam\n`);
    await other.getByText(/Đã lưu \d+ giây trước|Vừa lưu xong/).waitFor();
    await shoot(other, '8-file-phone');

    await mine.fill(`${before}# Hà\n`);
    await desk.getByText('Biên tập Nam vừa sửa tệp này').waitFor();
    expect(await mine.inputValue()).toBe(`${before}# Hà\n`);
    expect(await desk.getByLabel('Bản của họ').inputValue()).toBe(`${before}# Nam\n`);
    await expectAccessible(desk, 'conflict');
    await shoot(desk, '9-conflict');
    await mine.fill(`${before}# Nam\n# Hà\n`);
    await desk.getByRole('button', { name: 'Giữ bản của mình' }).click();
    await desk.getByText(/Đã lưu \d+ giây trước|Vừa lưu xong/).waitFor();
    await other.reload();
    await other.getByLabel('Nội dung tệp flows/thanks.yaml').waitFor();
    expect(await theirs.inputValue()).toBe(`${before}# Nam\n# Hà\n`);
  });
});
