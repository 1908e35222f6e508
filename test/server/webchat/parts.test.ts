import { gzipSync } from 'node:zlib';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { MessageView } from '../../../server/ports.ts';
import { createWebAdapter } from '../../../server/channels/web.ts';
import { ensureWebchatBuilt } from '../../../server/webchat/build.ts';
import { openSite } from './site.ts';
import { markup, printHtml } from '../../../server/webchat/html.ts';
import { createWebchatLimits, narrowAddress } from '../../../server/webchat/limits.ts';
import { describeNumbers } from '../../../server/webchat/numbers.ts';
import { createParser } from '../../../server/webchat/page/stream.ts';
import { splitLinks } from '../../../server/webchat/shared/links.ts';
import { selectVisible } from '../../../server/webchat/visible.ts';
import { WEBCHAT_STRINGS } from '../../../server/webchat/strings.ts';

jest.setTimeout(60_000);

describe('splitLinks', () => {
  it.each([
    ['Gọi 111 ngay.', ['111']],
    ['Gọi 111, 113 hoặc 115!', ['111', '113', '115']],
    ['(113)', ['113']],
    ['Ở nước ngoài: +84 981 84 84 84.', ['+84981848484']],
    ['+84-965-411-118', ['+84965411118']],
    ['số 1800 1567 đã ngừng', ['18001567']],
    ['di động 0981 848 484 nhé', ['0981848484']],
    ['lương 111 triệu', []],
    ['lương 113k, 115$, 111%', []],
    ['111 người, 113 ngày, 115 tuổi', []],
    ['1.111 hay 111.000 đồng', []],
    ['phòng A111, mã 2111, 1113', []],
    ['ngày 11/11, 113/2024', []],
    ['112358', []],
    ['không có số nào', []],
  ])('finds in "%s" the numbers %j', (text, dials) => {
    expect(splitLinks(text).flatMap((part) => (part.kind === 'tel' ? [part.dial] : []))).toEqual(dials);
  });

  it.each([
    ['xem https://example.org/a?b=1.', ['https://example.org/a?b=1']],
    ['(https://example.org/111)', ['https://example.org/111']],
    ['http://example.org javascript:alert(1) data:text/html,x', []],
  ])('finds in "%s" the addresses %j', (text, urls) => {
    expect(splitLinks(text).flatMap((part) => (part.kind === 'web' ? [part.url] : []))).toEqual(urls);
  });

  it('gives every text back when its parts are joined', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('111', ' 113', '+84 981 84 84 84', 'https://x.vn/1', 'triệu', '\n'),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        expect(
          splitLinks(text)
            .map((part) => part.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});

describe('selectVisible', () => {
  const row = (
    seq: number,
    author: MessageView['author'],
    delivery: MessageView['delivery'],
    text = `t${String(seq)}`,
  ): MessageView => ({
    id: String(seq),
    seq,
    author,
    userId: null,
    text,
    choices: [],
    attachments: [],
    createdAt: new Date(0),
    delivery,
    unsent: false,
    failureClass: null,
    failureCode: null,
  });

  it.each([
    ['sent and received', [row(1, 'person', 'received'), row(2, 'bot', 'sent')], [1, 2], 2, true],
    [
      'held back or failed',
      [row(1, 'bot', 'suppressed'), row(2, 'bot', 'failed'), row(3, 'counsellor', 'sent')],
      [3],
      3,
      true,
    ],
    [
      'still on its way',
      [row(1, 'bot', 'sent'), row(2, 'bot', 'queued'), row(3, 'counsellor', 'sent')],
      [1],
      1,
      false,
    ],
    ['notes for staff', [row(1, 'system', 'received'), row(2, 'system', 'sent')], [2], 2, true],
    ['without words', [row(1, 'person', 'received', ''), row(2, 'bot', 'sent')], [2], 2, true],
    ['nothing', [], [], 0, true],
  ])('%s', (_what, rows, shown, after, settled) => {
    const visible = selectVisible(rows, 0);
    expect([visible.messages.map(({ seq }) => seq), visible.after, visible.settled]).toEqual([
      shown,
      after,
      settled,
    ]);
  });
});

describe('createParser', () => {
  const stream = ': here\n\nevent: messages\ndata: {"a":1}\n\nevent: ended\ndata: "ended"\n\n';
  it('reads the same events however the text is cut', () => {
    for (let cut = 1; cut < stream.length; cut++) {
      const heard: string[] = [];
      const parse = createParser((event, data) => heard.push(`${event}=${data}`));
      for (let at = 0; at < stream.length; at += cut) parse(stream.slice(at, at + cut));
      expect(heard).toEqual(['=', 'messages={"a":1}', 'ended="ended"']);
    }
  });
});

describe('markup', () => {
  it('escapes every text, in elements and attributes, and nothing twice', () => {
    const inner = markup`<b title="${'"><script>'}">${"a & b's <i>"}</b>`;
    expect(printHtml(markup`<p>${inner}${[inner]}${null}${3}</p>`)).toBe(
      `<p>${'<b title="&quot;&gt;&lt;script&gt;">a &amp; b&#39;s &lt;i&gt;</b>'.repeat(2)}3</p>`,
    );
  });
});

describe('createWebchatLimits', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:0001:2::1', '2001:db8:1:2'],
    ['2001:DB8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('counts %s as %s', (address, counted) => {
    expect(narrowAddress(address)).toBe(counted);
  });

  it('lets sixty start at once from one source and then asks it to wait two seconds at most', async () => {
    const limits = createWebchatLimits({ now: () => new Date() });
    const paces = await Promise.all(Array.from({ length: 61 }, () => limits.mayStart('203.0.113.7')));
    expect(paces.slice(0, 60).every(({ kind }) => kind === 'go')).toBe(true);
    const last = paces[60];
    expect(last?.kind === 'wait' && last.waitMs <= 2000 && last.waitMs >= 1000).toBe(true);
  });

  it('knows nobody any more on the next day', async () => {
    let now = new Date('2026-11-23T16:00:00Z');
    const limits = createWebchatLimits({ now: () => now });
    for (let starts = 0; starts < 61; starts++) await limits.mayStart('203.0.113.7');
    expect((await limits.mayStart('203.0.113.7')).kind).toBe('wait');
    now = new Date('2026-11-24T00:00:01Z');
    expect((await limits.mayStart('203.0.113.7')).kind).toBe('go');
  });
});

describe('describeNumbers', () => {
  it('takes name and conditions apart, and leaves out what cannot be called', () => {
    const entries = [
      { number: '113', shown: '113', label: { vi: 'Công an (miễn phí)', en: 'Police (free)' } },
      { number: '+84000000000', shown: '+84 000 000 000', label: { vi: 'Không ghi chú', en: 'No note' } },
      { number: null, shown: null, label: { vi: 'Zalo', en: 'Zalo' } },
      { number: '199', shown: '199' },
    ];
    expect(describeNumbers(entries, 'vi', 'vietnam')).toEqual([
      { dial: '113', shown: '113', name: 'Công an', note: 'Miễn phí', where: 'vietnam' },
      { dial: '+84000000000', shown: '+84 000 000 000', name: 'Không ghi chú', note: '', where: 'vietnam' },
    ]);
  });
});

describe('the build', () => {
  it('serves its files for a year, compressed to who takes it, and the button for an hour to any site', async () => {
    const site = await openSite({ build: await ensureWebchatBuilt({ log: () => undefined }) });
    const page = await (await fetch(`${site.url}/`)).text();
    const [, script = ''] = /src="([^"]+)"/.exec(page) ?? [];
    const packed = await fetch(site.url + script);
    const plain = await fetch(site.url + script, { headers: { 'accept-encoding': 'identity' } });
    const widget = await fetch(`${site.url}/widget.js`);
    const missing = await fetch(`${site.url}/static/../manifest.json`);
    await site.close();
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await packed.text()).toBe(await plain.text());
    expect(packed.headers.get('content-type')).toMatch(/^(text|application)\/javascript/);
    expect(packed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(widget.headers.get('cache-control')).toBe('public, max-age=3600');
    expect(widget.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(missing.status).toBe(404);
  });

  it('is one script and one style of at most 15 kB gzip together, with names made from their content', async () => {
    const build = await ensureWebchatBuilt({ log: () => undefined });
    const sizes = await Promise.all(
      [build.script, build.style].map(
        async (address) => gzipSync(await readFile(join(build.folder, address)), { level: 9 }).length,
      ),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(15_000);
    expect([build.script, build.style].join()).toMatch(
      /^\/static\/page-[\w-]{8}\.js,\/static\/page-[\w-]{8}\.css$/,
    );
    const script = await readFile(join(build.folder, build.script), 'utf8');
    expect(script).not.toMatch(
      /localStorage|sessionStorage|indexedDB|document\.cookie|serviceWorker|pushState|innerHTML|eval\(/,
    );
    const again: string[] = [];
    await ensureWebchatBuilt({ log: (line) => again.push(line) });
    expect(again).toEqual([]);
  });
});

describe('the web adapter', () => {
  it('lets the page fetch what was sent, and takes nothing by webhook', async () => {
    const adapter = createWebAdapter();
    const context = { idempotencyKey: 'm1', skipParts: 0, signal: new AbortController().signal };
    const message = { text: 'a', choices: [], language: 'vi' };
    expect(await adapter.send({ conversationId: 'x', replyHandle: null }, message, context)).toEqual({
      ok: true,
      platformIds: ['m1'],
    });
    expect(adapter.verify({}, Buffer.alloc(0))).toBe('invalid');
    expect(adapter.parse(Buffer.from('not json'), new Date(0))).toEqual({ kind: 'events', events: [] });
  });
});

describe('the texts', () => {
  it('name no topic in what a browser shows outside the page', () => {
    for (const { title } of Object.values(WEBCHAT_STRINGS)) {
      expect(title).not.toMatch(/người|buôn|cứu|công an|hotline|traffick|police|help/i);
    }
  });
});
