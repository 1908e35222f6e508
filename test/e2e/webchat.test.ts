import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { ensureWebchatBuilt } from '../../server/webchat/build.ts';
import type { InboundEvent } from '../../server/channels/adapter.ts';
import { endIdleChats, IDLE_MS } from '../../server/webchat/chats.ts';
import { launchBrowser } from '../support/browser.ts';
import { echo, openSite } from '../server/webchat/site.ts';
import type { Site } from '../server/webchat/site.ts';
import type { Reply } from '../server/webchat/fake-desk.ts';

jest.setTimeout(60_000);

/** A harmless page that stands for the neutral site. */
const EXIT = 'https://neutral.example.org/';
const LONG_WORD = 'https://example.org/' + 'rat-dai-'.repeat(30);

/** local, session, database, cache, worker: all empty; history: the page before and this one. Runs in the browser. */
const KEPT = `(async () => [
  localStorage.length,
  sessionStorage.length,
  (await indexedDB.databases()).length,
  (await caches.keys()).length,
  (await navigator.serviceWorker.getRegistrations()).length,
  history.length,
])()`;

/** Are the way out and the box on the screen? Runs in the browser. */
const IN_SIGHT = `['exit', 'text'].map((id) => {
  const { top, bottom } = document.getElementById(id).getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
})`;

/** What can be tapped and is lower than 44 px. Runs in the browser. */
const SMALL_TARGETS = `[...document.querySelectorAll('button, summary, a.number, textarea')]
  .filter((target) => target.checkVisibility() && target.getBoundingClientRect().height < 44)
  .map((target) => target.outerHTML)`;

/** [milliseconds from the tap until the emptied page is laid out, its text, its title]. Runs in the browser. */
const BLANK_TIME = `(() => {
  const from = performance.now();
  document.getElementById('exit').click();
  document.body.getBoundingClientRect();
  return [performance.now() - from, document.body.textContent, document.title, document.body.dataset.texts ?? ''];
})()`;

const audioFolder = mkdtempSync(join(tmpdir(), 'ht-audio-'));

let browser: Browser;
let site: Site;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  const build = await ensureWebchatBuilt({ log: () => undefined });
  browser = await launchBrowser();
  mkdirSync(join(audioFolder, 'vi'));
  writeFileSync(join(audioFolder, 'vi', 'trial.spoken.ogg'), 'OggS');
  site = await openSite({
    build,
    languageChoice: (language) => `language.${language}`,
    exitUrl: EXIT,
    respond: answer,
    audioFolder,
    timing: { heartbeatMs: 10_000, pollMs: 10_000, formWaitMs: 3_000 },
  });
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});
afterAll(async () => {
  await browser.close();
  await site.close();
  rmSync(audioFolder, { recursive: true });
});

function answer(event: InboundEvent): Reply[] {
  if (event.text === 'nghe')
    return [{ text: 'Bạn bấm để nghe.', audio: 'content/audio/vi/trial.spoken.ogg' }];
  if (event.text === 'dài') {
    return [
      {
        text: 'Dấu hiệu cần chú ý:\n1. Giữ hộ chiếu của bạn.\n2. Đòi tiền cọc trước khi đi.\n3. Không có hợp đồng bằng tiếng Việt.',
      },
      {
        text: `Xem thêm tại ${LONG_WORD}. Cần người ngay: gọi 111 hoặc 113, ở nước ngoài gọi +84 981 84 84 84. Lương 111 triệu là chuyện khác.`,
        choices: [
          { id: 'a', label: 'Nói chuyện với người thật' },
          { id: 'b', label: 'Hỏi về một lời mời khác' },
          { id: 'c', label: 'Xem số điện thoại' },
          { id: 'd', label: 'Dừng ở đây' },
        ],
      },
    ];
  }
  return echo(event);
}

interface Visit {
  page: Page;
  context: BrowserContext;
  /** addresses asked for, without those of the neutral site */
  requests: string[];
  problems: string[];
}

async function visit(options: BrowserContextOptions = {}, path = '/'): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 360, height: 640 },
    locale: 'vi-VN',
    ...options,
  });
  contexts.push(context);
  const requests: string[] = [];
  const problems: string[] = [];
  await context.route(`${EXIT}**`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<title>N</title>neutral' }),
  );
  const page = await context.newPage();
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (line) => {
    if (line.type() === 'error' && !line.text().includes('ERR_INTERNET_DISCONNECTED'))
      problems.push(line.text());
  });
  await page.goto(`about:blank`);
  await page.goto(site.url + path);
  return { page, context, requests, problems };
}

/** Pictures for people to look at, only when asked for: WEBCHAT_SHOTS=/tmp/shots */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env['WEBCHAT_SHOTS'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}

const said = (page: Page): Promise<string[]> => page.locator('.said').allTextContents();
const write = async (page: Page, text: string): Promise<void> => {
  await page.locator('#text').fill(text);
  await page.locator('#text').press('Enter');
};
const hears = (page: Page, text: string): Promise<void> =>
  page.locator('.said', { hasText: text }).last().waitFor();

async function checkAccess(page: Page): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

describe('a recording beside a text', () => {
  it('is offered, fetched from our own host only when played, and never plays by itself', async () => {
    const { page, requests, problems } = await visit();
    await hears(page, 'Chào bạn.');
    await write(page, 'nghe');
    await hears(page, 'Bạn bấm để nghe.');
    const player = page.locator('audio');
    expect(await player.getAttribute('src')).toBe('/audio/vi/trial.spoken.ogg');
    expect(await player.getAttribute('autoplay')).toBeNull();
    expect(await player.getAttribute('controls')).toBe('');
    expect(requests.filter((address) => address.includes('/audio/'))).toEqual([]);
    const answer = await page.request.get(`${site.url}/audio/vi/trial.spoken.ogg`);
    expect([answer.status(), answer.headers()['content-type'], await answer.text()]).toEqual([
      200,
      'audio/ogg',
      'OggS',
    ]);
    const climbed = await page.request.get(`${site.url}/audio/..%2f..%2fpackage.json`);
    expect(climbed.status()).toBe(404);
    await shoot(page, 'recording');
    await checkAccess(page);
    expect(problems).toEqual([]);
  });
});

describe('a chat at 360 × 640', () => {
  it('greets, takes words and taps, shows answers, and asks nobody but our own host', async () => {
    const { page, context, requests, problems } = await visit();
    await hears(page, 'Chào bạn.');
    await shoot(page, '1-greeting');
    await page.locator('#choices button').first().click();
    await hears(page, 'Đã nghe: menu.offer');
    await write(page, 'có phải lừa không?');
    await hears(page, 'Đã nghe: có phải lừa không?');
    expect(await said(page)).toEqual([
      'Chào bạn. Bạn cần gì?',
      'Hỏi về một lời mời làm việc',
      'Đã nghe: menu.offer',
      'có phải lừa không?',
      'Đã nghe: có phải lừa không?',
    ]);
    await shoot(page, '2-talk');
    await checkAccess(page);

    expect(requests.filter((address) => !address.startsWith(site.url))).toEqual([]);
    expect(requests.every((address) => !/token|[A-Za-z0-9_-]{43}/.test(address))).toBe(true);
    expect(await context.cookies()).toEqual([]);
    expect(await page.evaluate(KEPT)).toEqual([0, 0, 0, 0, 0, 2]);
    expect(problems).toEqual([]);
  });

  it('loads in at most 15 kB, page, script and style together', async () => {
    const { page } = await visit({}, '/chat');
    const sizes: Promise<number>[] = [];
    page.on('response', (response) => {
      const address = new URL(response.url()).pathname;
      if (address === '/' || address.startsWith('/static/')) {
        sizes.push(
          response
            .request()
            .sizes()
            .then(({ responseBodySize }) => responseBodySize),
        );
      }
    });
    const client = await page.context().newCDPSession(page);
    await client.send('Network.setCacheDisabled', { cacheDisabled: true });
    await page.reload();
    await hears(page, 'Chào bạn.');
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(sizes).toHaveLength(3);
    expect(total).toBeLessThanOrEqual(15_000);
    if (process.env['WEBCHAT_SHOTS'] !== undefined)
      process.stdout.write(`first load ${String(total)} bytes\n`);
  });

  it('wraps long words, makes numbers tappable, and keeps targets large', async () => {
    const { page } = await visit();
    await hears(page, 'Chào bạn.');
    await write(page, 'dài');
    await hears(page, 'Xem thêm tại');
    const links = await page.evaluate(
      `[...document.querySelectorAll('.said a')].map((link) => link.getAttribute('href'))`,
    );
    expect(links).toEqual([LONG_WORD, 'tel:111', 'tel:113', 'tel:+84981848484']);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(await page.evaluate(SMALL_TARGETS)).toEqual([]);
    const size = await page.evaluate(
      `parseFloat(getComputedStyle(document.getElementById('text')).fontSize)`,
    );
    expect(size).toBeGreaterThanOrEqual(16);
    await shoot(page, '3-long');
    await page.locator('summary:visible').click();
    await shoot(page, '4-numbers');
    await checkAccess(page);
  });

  it('shows a counsellor by name, in both languages and in the dark', async () => {
    const { page } = await visit({ colorScheme: 'dark' });
    await hears(page, 'Chào bạn.');
    await write(page, 'xin gặp người thật');
    await hears(page, 'Đã nghe');
    const conversations = await site.desk.conversations();
    await site.desk.say(conversations.at(-1) ?? '', {
      author: 'counsellor',
      text: 'Chào bạn, mình là tư vấn viên. Bạn đang ở đâu?',
    });
    await page.locator('.m.counsellor').waitFor();
    expect(await page.locator('.m.counsellor .who').textContent()).toBe('Tư vấn viên');
    await shoot(page, '5-dark');
    await checkAccess(page);
    await page.locator('#language').click();
    expect(await page.evaluate('[document.documentElement.lang, document.title]')).toEqual(['en', 'Chat']);
    expect(await page.locator('.m.counsellor .who').textContent()).toBe('Counsellor');
    expect(await page.locator('.numbers:visible').getAttribute('lang')).toBe('en');
    await shoot(page, '6-english');
    await checkAccess(page);
  });

  it('makes the bot begin again in the other language when that is the first thing tapped', async () => {
    const { page } = await visit();
    await hears(page, 'Chào bạn.');
    await page.locator('#language').click();
    await hears(page, 'Đã nghe: language.en');
    expect(await said(page)).toEqual(['Chào bạn. Bạn cần gì?', 'English', 'Đã nghe: language.en']);
    expect(await page.locator('#language').textContent()).toBe('Tiếng Việt');
  });

  it.each([
    ['320 px wide', { viewport: { width: 320, height: 568 } }],
    ['a screen on its side', { viewport: { width: 640, height: 360 } }],
    ['a screen on its side with its keyboard', { viewport: { width: 640, height: 200 } }],
    ['a desk', { viewport: { width: 1280, height: 800 } }],
    ['forced colours', { forcedColors: 'active' }],
  ] as const)('fits %s', async (name, options) => {
    const { page } = await visit(options);
    await hears(page, 'Chào bạn.');
    await write(page, 'dài');
    await hears(page, 'Xem thêm tại');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await page.evaluate(IN_SIGHT)).toEqual([true, true]);
    await shoot(page, `fits-${name.replaceAll(' ', '-')}`);
    // the checker computes with the page's own colours, which forced ones replace
    if (name !== 'forced colours') await checkAccess(page);
  });

  it('says honestly that a text is too long and keeps every letter', async () => {
    const { page } = await visit();
    await hears(page, 'Chào bạn.');
    const text = 'ệ'.repeat(8001);
    await write(page, text);
    expect(await page.locator('#alert').textContent()).toContain('8.001');
    expect(await page.locator('#text').inputValue()).toBe(text);
    await shoot(page, '7-too-long');
  });
});

describe('without a connection', () => {
  it('keeps what was written, says so, and sends it once and in order afterwards', async () => {
    const { page, context } = await visit();
    await hears(page, 'Chào bạn.');
    await context.setOffline(true);
    await page.locator('#status', { hasText: 'Đang mất mạng' }).waitFor();
    await write(page, 'tin một');
    await write(page, 'tin hai');
    await write(page, 'tin ba');
    expect(await page.locator('.m.waiting .state').allTextContents()).toEqual([
      'Chưa gửi',
      'Chưa gửi',
      'Chưa gửi',
    ]);
    await shoot(page, '8-offline');
    await checkAccess(page);
    await context.setOffline(false);
    await hears(page, 'Đã nghe: tin ba');
    expect(await page.locator('.m.waiting').count()).toBe(0);
    const sent = site.desk.received.map(({ text }) => text).filter((text) => text.startsWith('tin '));
    expect(sent).toEqual(['tin một', 'tin hai', 'tin ba']);
    expect(await page.locator('#status').textContent()).toBe('');
  });

  it('sends again what the server took without the page hearing of it, and it counts once', async () => {
    const { page } = await visit();
    await hears(page, 'Chào bạn.');
    let lost = 0;
    await page.route('**/api/chat/message', async (route) => {
      if (lost++ > 0) return route.continue();
      await route.fetch();
      return route.abort('connectionreset');
    });
    await write(page, 'chỉ một lần thôi');
    await page.locator('.state', { hasText: 'Đã gửi' }).waitFor();
    expect(lost).toBe(2);
    expect(site.desk.received.filter(({ text }) => text === 'chỉ một lần thôi')).toHaveLength(1);
  });

  it('catches up with everything said meanwhile, each once, when the stream broke', async () => {
    const { page, context } = await visit();
    await hears(page, 'Chào bạn.');
    const conversationId = (await site.desk.conversations()).at(-1) ?? '';
    await context.setOffline(true);
    site.dropConnections();
    await site.desk.say(conversationId, { author: 'counsellor', text: 'câu một' });
    await site.desk.say(conversationId, { author: 'counsellor', text: 'câu hai' });
    await context.setOffline(false);
    await hears(page, 'câu hai');
    expect((await said(page)).slice(1)).toEqual(['câu một', 'câu hai']);
  });

  it('says that the server does not answer, and keeps the numbers readable', async () => {
    const { page } = await visit();
    await hears(page, 'Chào bạn.');
    await page.route('**/api/chat/**', (route) => route.fulfill({ status: 502, body: 'bad gateway' }));
    site.dropConnections();
    await write(page, 'có ai không');
    await page.locator('#status', { hasText: 'Chưa kết nối được' }).waitFor();
    expect(await page.locator('.state').allTextContents()).toEqual(['Chưa gửi']);
    await page.locator('summary:visible').click();
    expect(await page.locator('.sheet a:visible').allTextContents()).toEqual([
      '111',
      '113',
      '115',
      '+84 000 000 000',
    ]);
    await page.unroute('**/api/chat/**');
    await hears(page, 'Đã nghe: có ai không');
  });

  it('goes on by long poll when something in between swallows streams', async () => {
    const { page } = await visit({}, '/chat');
    await page.route('**/api/chat/events', (route) => route.abort('failed'));
    await page.reload();
    await hears(page, 'Chào bạn.');
    await write(page, 'qua đường vòng');
    await hears(page, 'Đã nghe: qua đường vòng');
  });
});

describe('a chat that is over', () => {
  it('takes the words off the screen when everything was erased, and leaves the goodbye', async () => {
    const { page } = await visit();
    await hears(page, 'Chào bạn.');
    await write(page, 'xóa hết giúp tôi');
    await hears(page, 'Đã nghe');
    await site.desk.erase((await site.desk.conversations()).at(-1) ?? '');
    await page.locator('#status', { hasText: 'đã được xóa' }).waitFor();
    expect(await said(page)).toEqual(['Đã nghe: xóa hết giúp tôi']);
    await shoot(page, '8b-erased');
    await write(page, 'còn ai không');
    await hears(page, 'Đã nghe: còn ai không');
  });

  it('says so when it was closed by time, and opens a new one with the next words', async () => {
    const { page } = await visit();
    await hears(page, 'Chào bạn.');
    const before = (await site.desk.conversations()).length;
    const later = { now: () => new Date(Date.now() + IDLE_MS + 60_000) };
    const { pool } = site.database;
    await endIdleChats({ db: pool, clock: later, announceEnd: site.desk.announceEnd });
    await page.locator('#status', { hasText: 'đã đóng' }).waitFor();
    await write(page, 'tôi quay lại');
    await hears(page, 'Đã nghe: tôi quay lại');
    expect(await site.desk.conversations()).toHaveLength(before + 1);
  });
});

describe('quick exit', () => {
  const ways: [string, (page: Page) => Promise<void>][] = [
    ['the button', (page) => page.locator('#exit').click()],
    [
      'Esc twice',
      async (page) => {
        await page.keyboard.press('Escape');
        await page.keyboard.press('Escape');
      },
    ],
    [
      'Shift three times',
      async (page) => {
        for (let times = 0; times < 3; times++) await page.keyboard.press('Shift');
      },
    ],
  ];

  it.each(ways)('by %s: ends the chat, replaces the page, and Back does not return', async (_way, leave) => {
    const { page, context, requests } = await visit();
    await hears(page, 'Chào bạn.');
    await write(page, 'chuyện riêng của tôi');
    await hears(page, 'Đã nghe: chuyện riêng');
    const endedBefore = site.desk.ended.length;
    const beacon = page.waitForRequest('**/api/chat/end');
    await leave(page);
    await page.waitForURL(EXIT);
    await beacon;
    expect(requests.filter((address) => !address.startsWith(site.url))).toEqual([EXIT]);
    expect(await page.evaluate('history.length')).toBe(2);
    expect(await page.evaluate('document.referrer')).toBe('');
    await page.goBack();
    expect(page.url()).toBe('about:blank');
    await page.goForward();
    expect(page.url()).toBe(EXIT);
    expect(await context.cookies()).toEqual([]);
    // the next answered request comes after the beacon was dealt with
    await expectSoon(() => site.desk.ended.length === endedBefore + 1);
  });

  it('is the first thing the Tab key reaches', async () => {
    const { page } = await visit();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('exit');
  });

  it('blanks page and title before the other site answers, on a slow phone within 200 ms', async () => {
    const { page, context } = await visit();
    await hears(page, 'Chào bạn.');
    await write(page, 'chuyện riêng của tôi');
    await hears(page, 'Đã nghe: chuyện riêng');
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await context.unroute(`${EXIT}**`);
    await context.route(`${EXIT}**`, async (route) => {
      await held;
      await route.fulfill({ contentType: 'text/html', body: 'neutral' });
    });
    // straight to the engine: the page is on its way to another site, which the driver would wait for
    const { result } = await session.send('Runtime.evaluate', {
      expression: BLANK_TIME,
      returnByValue: true,
    });
    const [took, ...rest] = z.tuple([z.number(), z.string(), z.string(), z.string()]).parse(result.value);
    expect(rest).toEqual(['', '', '']);
    expect(took).toBeLessThan(200);
    if (process.env['WEBCHAT_SHOTS'] !== undefined)
      process.stdout.write(`blank after ${String(took)} ms at a quarter of the speed\n`);
    release();
    await page.waitForURL(EXIT);
  });

  it('stays blank without a connection, and nothing shows up there later', async () => {
    const { page, context } = await visit();
    await hears(page, 'Chào bạn.');
    await write(page, 'chuyện riêng');
    await hears(page, 'Đã nghe');
    const conversationId = (await site.desk.conversations()).at(-1) ?? '';
    await context.setOffline(true);
    await page.locator('#exit').click();
    expect(await page.evaluate('[document.body.textContent, document.title]')).toEqual(['', '']);
    await site.desk.say(conversationId, { text: 'muộn rồi' });
    expect(page.url()).toBe(`${site.url}/`);
    expect(await page.evaluate('document.body.textContent')).toBe('');
    await context.setOffline(false);
    await page.waitForURL(EXIT);
  });

  it('is not set off by capitals, by one Esc, or by slow keys', async () => {
    const { page } = await visit();
    await hears(page, 'Chào bạn.');
    await page.locator('#text').focus();
    for (const key of ['A', 'B', 'C', 'D']) await page.keyboard.press(`Shift+${key}`);
    await page.keyboard.press('Escape');
    await page.keyboard.type('x');
    await page.keyboard.press('Escape');
    expect(await page.locator('#text').inputValue()).toBe('ABCDx');
    expect(page.url()).toBe(`${site.url}/`);
  });

  it('ends the chat when the tab is closed', async () => {
    const { page } = await visit();
    await hears(page, 'Chào bạn.');
    const endedBefore = site.desk.ended.length;
    await page.close();
    await expectSoon(() => site.desk.ended.length === endedBefore + 1);
  });
});

describe('without JavaScript', () => {
  it('holds a conversation by form posts, with tapped choices, and leaves to the neutral site', async () => {
    const { page, requests } = await visit({ javaScriptEnabled: false });
    await shoot(page, '9-plain');
    await page.locator('#text').fill('có phải lừa không?');
    await page.locator('#send').click();
    expect(await said(page)).toEqual(['có phải lừa không?', 'Đã nghe: có phải lừa không?']);
    await shoot(page, '10-plain-talk');
    await page.locator('#choices button', { hasText: 'Không' }).click();
    expect((await said(page)).slice(2)).toEqual(['no', 'Đã nghe: no']);
    expect(await page.locator('.plain button').textContent()).toBe('Xem tin mới');
    await page.locator('#exit').click();
    await page.waitForURL(EXIT);
    expect(requests.every((address) => address.startsWith(site.url) || address === EXIT)).toBe(true);
    expect(requests.every((address) => !/[A-Za-z0-9_-]{43}/.test(address))).toBe(true);
    await page.goBack().catch(() => null);
    expect(await page.locator('.said').count()).toBe(0);
  });

  it('reads the numbers, also abroad', async () => {
    const { page } = await visit({ javaScriptEnabled: false });
    expect(await page.locator('a.number:visible').allTextContents()).toEqual(['111', '113']);
    await page.locator('summary:visible').click();
    expect(await page.locator('.sheet a:visible').last().getAttribute('href')).toBe('tel:+84000000000');
  });
});

describe('the button for other sites', () => {
  it('opens the chat in a tab of its own that knows nothing of the other site', async () => {
    const { context } = await visit();
    const body = `<p>Trường</p><script src="${site.url}/widget.js" data-lang="en" data-label="Need to talk?" data-ref="school-1"></script>`;
    const school = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(body);
    }).listen(0, '127.0.0.1');
    await once(school, 'listening');
    const host = await context.newPage();
    const address = school.address();
    await host.goto(`http://localhost:${String(typeof address === 'object' ? address?.port : '')}/`);
    const opened = context.waitForEvent('page');
    await host.getByRole('button', { name: 'Need to talk?' }).click();
    const chat = await opened;
    await hears(chat, 'Chào bạn.');
    expect(chat.url()).toBe(`${site.url}/?lang=en&c=school-1`);
    expect(await chat.evaluate('[window.opener, document.referrer]')).toEqual([null, '']);
    expect(site.desk.received.at(-1)).toMatchObject({ kind: 'start', ref: 'school-1', languageHint: 'en' });
    school.closeAllConnections();
    school.close();
  });
});

/** Looks between turns of the event loop until it is so; the requests under way decide how long that takes. */
async function expectSoon(isSo: () => boolean): Promise<void> {
  for (let looks = 0; looks < 200 && !isSo(); looks++)
    await fetch(`${site.url}/chat`, { redirect: 'manual' });
  expect(isSo()).toBe(true);
}
