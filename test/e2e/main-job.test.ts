/** The main job on the real server: an offer is checked, a cry for help reaches a counsellor, who answers. */
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { startPlatforms, type Platforms } from '../support/platforms/platforms.ts';
import { FAKE_BOT } from '../support/platforms/telegram.ts';
import { buildTextUpdate } from '../support/platforms/telegram-events.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { setUpApp, showNextCode } from '../support/second-factor.ts';
import { newEncryptionKeys, type RunningServer, startServer } from '../support/server-process.ts';

const PHONE = { width: 360, height: 640 };
const DESKTOP = { width: 1280, height: 800 };
const PASSWORD = 'bốn con mèo ngủ trên mái';
const WEBHOOK_SECRET = FAKE_BOT.webhookSecret;
const OFFER =
  'Tuyển gấp 20 nam nữ làm CSKH ở Campuchia, lương 20tr/tháng bao ăn ở, không cần bằng cấp, công ty giữ hộ chiếu giùm';
/** set to a folder to keep pictures of each step */
const SHOTS = process.env['MAIN_JOB_SCREENSHOTS'];

let database: TestDatabase;
let platforms: Platforms;
let server: RunningServer;
let browser: Browser;
let env: Record<string, string>;
// a code works once, so each of them signs in again once only
let lanSecret = '';
let maiSecret = '';

beforeAll(async () => {
  [database, platforms, browser] = await Promise.all([
    createTestDatabase(),
    startPlatforms({ knowsEverybody: true }),
    launchBrowser(),
  ]);
  env = {
    DATABASE_URL: database.url,
    ENCRYPTION_KEYS: newEncryptionKeys(),
    ...platforms.env('telegram'),
  };
  server = await startServer({ env });
}, 180_000);
afterAll(async () => {
  await browser.close();
  await server.stop();
  expect(platforms.faults()).toEqual([]);
  await platforms.close();
  await database.drop();
});

async function openPage(viewport: typeof PHONE): Promise<Page> {
  const context = await browser.newContext({ viewport, locale: 'vi-VN' });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  return page;
}

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox').fill(text);
  await page.getByRole('button', { name: 'Gửi', exact: true }).click();
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto(`${server.url}/console`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
}

/** @returns the secret of the code app */
async function makeAccount(page: Page, link: string, name: string, email: string): Promise<string> {
  await page.goto(link);
  await page.getByLabel('Tên hiển thị').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Tạo tài khoản' }).click();
  const secret = await setUpApp(page);
  await page.getByText('Không ai đang chờ').waitFor();
  return secret;
}

describe('from the web page to a counsellor and back', () => {
  it('checks an offer, hands a cry for help over, and brings the answer', async () => {
    const first = await openPage(DESKTOP);
    lanSecret = await makeAccount(first, server.setupLink ?? '', 'Lan', 'lan@example.org');
    await first.getByRole('link', { name: 'Nhóm' }).click();
    await first.getByRole('button', { name: 'Tạo liên kết mời' }).click();
    const invitation = await first.getByLabel('Liên kết mời (Tư vấn viên)').inputValue();
    const second = await openPage(DESKTOP);
    maiSecret = await makeAccount(second, invitation, 'Mai', 'mai@example.org');
    await first.goto(`${server.url}/console`);

    const person = await openPage(PHONE);
    const hosts = new Set<string>();
    person.on('request', (request) => hosts.add(new URL(request.url()).host));
    await person.goto(`${server.url}/`);
    await person.getByText('mình là Hỏi Trước').waitFor();
    await shoot(person, 'web-welcome');
    await write(person, OFFER);
    await person.getByText('Mức “nguy hiểm”').waitFor();
    await person.getByText('“giữ hộ chiếu').first().waitFor();
    await person.getByText('01/02/2024').waitFor();
    await person.getByText('Tối nay bạn làm gì').waitFor();
    await shoot(person, 'web-offer');
    const { violations } = await new AxeBuilder({ page: person }).analyze();
    expect(violations.map((violation) => violation.id)).toEqual([]);

    await write(person, 'cứu em với');
    await person.getByText('Lúc này bạn nhắn tin có tiện không?').waitFor();
    await person.getByText('+84 981 84 84 84').last().waitFor();
    await shoot(person, 'web-danger');

    // both desks show it without a reload; one takes it, the other sees who has it
    const inQueue = (page: Page) =>
      page.getByRole('link', { name: /Nguy cấp|Khẩn cấp|ngay bây giờ/i }).first();
    await inQueue(first).waitFor();
    await inQueue(second).waitFor();
    await shoot(first, 'desk-queue');
    await inQueue(first).click();
    await first.getByText('cứu em với').last().waitFor();
    await first.getByText(OFFER).first().waitFor();
    await first.getByRole('button', { name: /^Nhận/ }).first().click();
    await second.getByRole('tab', { name: /Đồng nghiệp\s*1/ }).click();
    await second.getByText(/Lan/).first().waitFor();
    await shoot(second, 'desk-second-sees');

    await first
      .getByRole('textbox', { name: /trả lời/i })
      .fill('Chị là Lan đây. Em nhắn ở đây có tiện không?');
    await first.getByRole('button', { name: /^Gửi/ }).click();
    await person.getByText('Chị là Lan đây').waitFor();
    await shoot(person, 'web-counsellor');
    await shoot(first, 'desk-conversation');

    // the bot is silent while a person answers
    const before = await person.getByText('Trả lời tự động').count();
    await write(person, 'dạ em nhắn được');
    await first.getByText('dạ em nhắn được').waitFor();
    expect(await person.getByText('Trả lời tự động').count()).toBe(before);

    // given back, the bot answers again
    await first
      .getByRole('button', { name: /Trả lại|Giao lại/ })
      .first()
      .click();
    const confirm = first.getByRole('dialog').getByRole('button', { name: /Trả lại|Giao lại/ });
    if (await confirm.isVisible().catch(() => false)) await confirm.click();
    await write(person, 'menu');
    await person.getByText('Bạn cần gì?').last().waitFor();
    expect([...hosts]).toEqual([new URL(server.url).host]);
  }, 120_000);

  it('leaves nothing behind after the quick exit', async () => {
    const page = await openPage(PHONE);
    // the neutral site is not reached from here: an empty page stands for it
    await page.route('https://www.google.com/**', (route) =>
      route.fulfill({ body: '<title>Google</title>', contentType: 'text/html' }),
    );
    await page.goto(`${server.url}/healthz`);
    await page.goto(`${server.url}/`);
    await page.getByText('mình là Hỏi Trước').waitFor();
    await write(page, 'em muốn hỏi chuyện đi làm');
    await page.getByRole('button', { name: 'Thoát nhanh' }).click();
    await page.waitForURL('https://www.google.com/');
    await page.goBack();
    expect(page.url()).toBe(`${server.url}/healthz`);
    expect(await page.context().cookies()).toEqual([]);
  }, 60_000);

  it('shares nothing with the desk when it is on a host of its own', async () => {
    const page = await openPage(DESKTOP);
    await signIn(page, 'lan@example.org');
    await showNextCode(page, lanSecret);
    await page.getByRole('tab', { name: /Đang chờ/ }).waitFor();
    const here = new URL(server.url);
    // the same server under another name is another host to a browser
    const there = new URL(server.url);
    there.hostname = here.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
    expect(await page.context().cookies(here.href)).toHaveLength(1);
    expect(await page.context().cookies(there.href)).toEqual([]);
    const chat = await page.context().newPage();
    await chat.goto(`${there.origin}/`);
    await chat.getByText('mình là Hỏi Trước').waitFor();
    expect(await chat.evaluate('localStorage.length + sessionStorage.length + document.cookie.length')).toBe(
      0,
    );
    expect(await chat.evaluate(`fetch('/api/me').then((answer) => answer.status)`)).toBe(401);
    // nor may a page there ask the desk's host in the name of whoever is signed in here
    const asked = await chat.evaluate(
      `fetch('${here.origin}/api/me', { credentials: 'include' }).then(() => 'read', () => 'refused')`,
    );
    expect(asked).toBe('refused');
    expect(await page.context().cookies(there.href)).toEqual([]);
  }, 120_000);
});

describe('the same from Telegram, with the server killed in between', () => {
  const chat = 5_100_000_777;
  const post = (updateId: number, text: string): Promise<Response> =>
    fetch(`${server.url}/hooks/telegram/default`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET },
      body: JSON.stringify(buildTextUpdate({ id: chat, updateId }, text)),
    });
  const heard = (): readonly string[] =>
    platforms.sent.flatMap(({ person, text }) => (person === String(chat) ? [text] : []));
  const hears = (words: string): Promise<unknown> =>
    platforms.waitForSent(({ person, text }) => person === String(chat) && text.includes(words));

  const everythingRecorded = async (): Promise<void> => {
    for (;;) {
      const { rows } = await database.pool.query<{ open: number }>(
        `select (select count(*) from outbox where state = 'queued')::int + (select count(*) from inbox where processed_at is null)::int as open`,
      );
      if (rows[0]?.open === 0) return;
    }
  };

  it('answers, survives kill -9, and neither loses nor repeats anything', async () => {
    expect(
      (await post(1, 'có cty ở campuchia tuyển cskh 20tr/tháng bao ăn ở, giữ hộ chiếu giùm, có uy tín k'))
        .status,
    ).toBe(200);
    await hears('Mức “nguy hiểm”');
    // a crash between sending and recording may repeat a message: here everything is recorded first
    await everythingRecorded();
    const before = heard().length;
    await server.kill();
    server = await startServer({ env });
    expect(server.setupLink).toBeNull();
    expect(
      (await post(1, 'có cty ở campuchia tuyển cskh 20tr/tháng bao ăn ở, giữ hộ chiếu giùm, có uy tín k'))
        .status,
    ).toBe(200);
    expect((await post(2, 'cuu em voi')).status).toBe(200);
    await hears('Lúc này bạn nhắn tin có tiện không?');
    const after = heard();
    expect(after.filter((text) => text.includes('Mức “nguy hiểm”'))).toHaveLength(1);
    expect(after).toHaveLength(before + 1);

    const desk = await openPage(DESKTOP);
    await signIn(desk, 'mai@example.org');
    await showNextCode(desk, maiSecret);
    await desk.getByText('Telegram').first().waitFor();
  }, 120_000);
});
