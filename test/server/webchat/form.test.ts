import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

/** What a browser without JavaScript holds: the hidden fields, and what it shows. */
interface Page {
  status: number;
  html: string;
  fields: Record<string, string>;
  /** `author: text` of each message */
  log: string[];
  choices: string[];
  draft: string;
}

async function read(response: Response): Promise<Page> {
  const html = await response.text();
  const fields: Record<string, string> = {};
  const form = html.slice(html.indexOf('id="chat"'));
  for (const [, name = '', value = ''] of form.matchAll(/type="hidden"\s+name="(\w+)"\s+value="([^"]*)"/g))
    fields[name] = value;
  const log = [
    ...html.matchAll(
      /class="m (\w+)[^"]*">\s*<span class="who">[^<]*<\/span>\s*<p class="said">(.*?)<\/p>/gs,
    ),
  ].map(([, author = '', text = '']) => `${author}: ${text}`);
  const choices = [...html.matchAll(/name="choice" value="([^"]*)"/g)].map(([, id = '']) => id);
  const draft = /<textarea[^>]*>\n?([^<]*)<\/textarea>/s.exec(html)?.[1] ?? '';
  return { status: response.status, html, fields, log, choices, draft };
}

let sources = 0;
const open = async (path = '/'): Promise<Page> =>
  read(await fetch(site.url + path, { headers: { 'accept-language': 'vi' } }));
const submit = async (
  page: Page,
  extra: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Page> =>
  read(
    await fetch(`${site.url}/chat`, {
      method: 'POST',
      body: new URLSearchParams({ ...page.fields, ...extra }),
      headers: { 'x-forwarded-for': `198.51.100.${String(++sources)}`, ...headers },
    }),
  );

describe('the page without JavaScript', () => {
  it('shows numbers, the box and the way out before anything was written, and writes nothing down', async () => {
    const page = await open();
    expect(page.html).toContain('<title>Trò chuyện</title>');
    expect(page.html).toContain('href="tel:+84000000000"');
    expect(page.html.indexOf('id="exit"')).toBeLessThan(page.html.search(/<a |<summary|id="language"/));
    expect(await site.desk.conversations()).toEqual([]);
  });

  it('holds a whole conversation: text, tapped choice, answers, in order', async () => {
    let page = await submit(await open(), { text: 'có phải lừa không?' });
    expect(page.log).toEqual(['you: có phải lừa không?', 'bot: Đã nghe: có phải lừa không?']);
    expect(page.choices).toEqual(['yes', 'no']);
    page = await submit(page, { choice: 'no', text: 'đang viết dở' });
    expect(page.log.slice(2)).toEqual(['you: no', 'bot: Đã nghe: no']);
    expect(page.draft).toBe('đang viết dở');
    page = await submit(page, { text: 'hết', act: 'send' });
    expect(page.log).toHaveLength(6);
    expect(page.draft).toBe('');
  });

  it('greets when the start button is pressed', async () => {
    const page = await submit(await open('/?c=poster-3'), { act: 'start', text: '' });
    expect(page.log).toEqual(['bot: Chào bạn. Bạn cần gì?']);
    expect(site.desk.received.at(-1)).toMatchObject({ kind: 'start', ref: 'poster-3' });
  });

  it('sends a page that is sent again only once', async () => {
    const first = await open();
    await submit(first, { text: 'một lần' });
    const again = await submit(first, { text: 'một lần' });
    expect(again.log).toEqual(['you: một lần', 'bot: Đã nghe: một lần']);
    const kept = site.desk.received.filter(({ text }) => text === 'một lần');
    expect(kept).toHaveLength(1);
  });

  it.each([
    ['nothing', '  ', 400, 'Bạn chưa viết gì.'],
    ['8,001 characters', 'ệ'.repeat(8001), 400, 'Tin này có 8.001 ký tự'],
  ])('says so honestly when %s is sent, and gives the text back', async (_what, text, status, words) => {
    const page = await submit(await open(), { text });
    expect(page.status).toBe(status);
    expect(page.html).toContain(words);
    expect(page.draft).toBe(text);
    const later = await submit(await submit(await open(), { text: 'chào' }), { text });
    expect([later.status, later.draft, later.log.length]).toEqual([status, text, 2]);
  });

  it('keeps the words when the database is away, and sends them with the same page', async () => {
    const page = await open();
    site.desk.setAway(true);
    const away = await submit(page, { text: 'giữ giùm' });
    site.desk.setAway(false);
    expect([away.status, away.draft]).toEqual([503, 'giữ giùm']);
    expect(away.html).toContain('href="tel:111"');
    expect((await submit(away, { text: away.draft })).log).toEqual([
      'you: giữ giùm',
      'bot: Đã nghe: giữ giùm',
    ]);
  });

  it('shows what a counsellor wrote when asked for news', async () => {
    const page = await submit(await open(), { text: 'xin gặp người' });
    const conversations = await site.desk.conversations();
    await site.desk.say(conversations.at(-1) ?? '', {
      author: 'counsellor',
      text: 'Tôi gọi cho bạn được không? <b>111</b>',
    });
    const news = await submit(page, { act: 'refresh', text: '' });
    expect(news.log.at(-1)).toBe(
      'counsellor: Tôi gọi cho bạn được không? &lt;b&gt;<a href="tel:111">111</a>&lt;/b&gt;',
    );
  });

  it('says that the message arrived when no answer comes in time', async () => {
    const silent = await openSite({ respond: () => null });
    const page = await read(await fetch(`${silent.url}/`));
    const sent = await read(
      await fetch(`${silent.url}/chat`, {
        method: 'POST',
        body: new URLSearchParams({ ...page.fields, text: 'alo' }),
      }),
    );
    await silent.close();
    expect(sent.html).toContain('Your message has arrived.');
    expect(sent.html).toContain('See new messages');
  });

  it('switches the language without losing the conversation or the box', async () => {
    const page = await submit(await submit(await open(), { text: 'chào' }), { to: 'en', text: 'dở dang' });
    expect(page.html).toContain('<html lang="en">');
    expect([page.log.length, page.draft, page.fields['language']]).toEqual([2, 'dở dang', 'en']);
  });

  it('leaves by one button: an empty page that goes on to the neutral site, and the chat is closed', async () => {
    const page = await submit(await open(), { text: 'chuyện riêng' });
    const left = await fetch(`${site.url}/chat/end`, {
      method: 'POST',
      body: new URLSearchParams({ token: page.fields['token'] ?? '' }),
    });
    expect(left.headers.get('refresh')).toBe('0; url=https://www.google.com/');
    expect(await left.text()).toBe(
      '<!doctype html><html lang="vi"><head><meta charset="utf-8"><title></title></head><body></body></html>',
    );
    const back = await submit(page, { text: 'chuyện riêng' });
    expect(back.log).toEqual([]);
    expect(back.html).toContain('Cuộc trò chuyện này đã đóng.');
  });

  it('says that everything was deleted when it was', async () => {
    const page = await submit(await open(), { text: 'xóa' });
    await site.desk.erase((await site.desk.conversations()).at(-1) ?? '');
    const after = await submit(page, { act: 'refresh' });
    expect(after.html).toContain('đã được xóa khỏi hệ thống này');
    expect(after.log).toEqual([]);
  });

  it('slows one source and gives its words back', async () => {
    const pages = await Promise.all(Array.from({ length: 80 }, () => open()));
    const answers = await Promise.all(
      pages.map((page, index) =>
        submit(page, { text: `lần ${String(index)}` }, { 'x-forwarded-for': '203.0.113.9' }),
      ),
    );
    const slowed = answers.flatMap((answer, index) => (answer.status === 429 ? [{ answer, index }] : []));
    expect(slowed.length).toBeGreaterThan(5);
    for (const { answer, index } of slowed) {
      expect(answer.draft).toBe(`lần ${String(index)}`);
      expect(answer.html).toContain('href="tel:113"');
    }
  });

  it.each([
    ['a body of 2 MB', { text: 'x'.repeat(2_000_000) }, 413],
    ['fields nobody asked for', { text: 'a', admin: '1' }, 400],
    ['a token that is none', { text: 'a', token: 'x' }, 400],
  ])('answers %s with a page and its numbers', async (_what, extra, status) => {
    const page = await submit(await open(), extra);
    expect(page.status).toBe(status);
    expect(page.html).toContain('href="tel:111"');
  });

  it('refuses a post from another site', async () => {
    const before = site.desk.received.length;
    const page = await submit(await open(), { text: 'không phải tôi' }, { 'sec-fetch-site': 'cross-site' });
    expect([page.status, site.desk.received.length]).toEqual([403, before]);
  });

  it('keeps markup as text', async () => {
    const page = await submit(await open(), { text: '<script>alert(1)</script>" onload="x' });
    expect(page.log[0]).toBe('you: &lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x');
  });
});
