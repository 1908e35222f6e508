/** Eight tabs of one browser on plain HTTP/1.1, two real instances, three hundred events, one instance killed in the middle. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import net from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { QueueSchema } from '../../server/api/contract.ts';
import { type Balancer, openBalancer } from '../support/balancer.ts';
import { launchBrowser } from '../support/browser.ts';
import { type Desk, startDesk } from '../support/desk.ts';
import { type RunningServer, startServer } from '../support/server-process.ts';

// two servers, eight pages and two cores shared with other tests
jest.setTimeout(240_000);

const TABS = 8;
const EVENTS = 300;
const EQUAL_WITHIN_MS = 10_000;
const PATIENCE_MS = 45_000;

let desk: Desk;
let balancer: Balancer;
let servers: readonly RunningServer[];
let browser: Browser;
beforeAll(async () => {
  // its database and keys; the pages are served by the two instances
  [desk, balancer, browser] = await Promise.all([
    startDesk({ clock: 'real' }),
    openBalancer(),
    launchBrowser(),
  ]);
  const env = {
    ...{ DATABASE_URL: desk.database.url, ENCRYPTION_KEYS: desk.encryptionKeys },
    PUBLIC_URL: balancer.url,
  };
  const ports = [await findPort(), await findPort()];
  const start = (port = 0) => startServer({ env: { ...env, PORT: String(port) } });
  // the first builds the pages, the second finds them
  const first = await start(ports[0]);
  servers = [first, await start(ports[1])];
  balancer.setTargets(ports);
}, 240_000);
afterAll(async () => {
  await browser.close();
  for (const server of servers) await server.kill();
  await balancer.close();
  await desk.stop();
});

/** One that is free at this moment: the address that people see is the balancer's, so a server does not tell its own. */
async function findPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Hears what the tab that listens tells the others, beside the page and without changing it. */
const RECORD = `
  globalThis.heard = [];
  globalThis.recorder = new BroadcastChannel('console-live');
  recorder.onmessage = ({ data }) => { if (data.type === 'change') heard.push(data.id); };`;
const heardBy = (page: Page): Promise<string[]> => page.evaluate<string[]>('globalThis.heard');

async function openTabs(token: string): Promise<Page[]> {
  const context = await browser.newContext({ locale: 'vi-VN', viewport: { width: 1280, height: 800 } });
  await context.addInitScript(RECORD);
  await context.addCookies([
    { name: 'console', value: token, url: balancer.url, httpOnly: true, sameSite: 'Strict' },
  ]);
  const pages: Page[] = [];
  for (let at = 0; at < TABS; at += 1) {
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(`${balancer.url}/console`);
    await page.getByText('Không ai đang chờ').waitFor();
    await page.locator('.connection[data-status="open"]').waitFor({ state: 'attached' });
    pages.push(page);
  }
  return pages;
}

/** As the page would ask, of whichever instance lives. */
async function ask(cookie: string, method: string, path: string): Promise<Response> {
  for (let tries = 0; ; tries += 1) {
    const options = { method, headers: { cookie, 'sec-fetch-site': 'same-origin' } };
    const answer = await fetch(`${balancer.url}/api${path}`, options).catch(() => null);
    if (answer !== null) return answer;
    // cut off by the kill: the browser would ask again, too
    if (tries === 20) throw new Error('no instance answers');
  }
}
const readQueue = async (cookie: string) =>
  QueueSchema.parse(await (await ask(cookie, 'GET', '/queue')).json());

interface View {
  waiting: number;
  others: number;
  /** ids of the rows that are shown, in their order; null: not asked for */
  rows: string[] | null;
}
/** @returns what the tab shows once it shows that, or at the deadline */
function readShown(page: Page, wanted: View, deadline: number): Promise<View> {
  return page.evaluate<View>(`new Promise((resolve) => {
    const wanted = ${JSON.stringify(wanted)};
    const read = () => {
      const counts = [...document.querySelectorAll('[role="tab"]')].map((tab) => Number(/\\d+/.exec(tab.textContent)?.[0]));
      const rows = [...document.querySelectorAll('.queue .row[data-conversation]')].map((row) => row.dataset.conversation);
      return { waiting: counts[0], others: counts[2], rows };
    };
    const isThere = ({ waiting, others, rows }) =>
      waiting === wanted.waiting && others === wanted.others && (wanted.rows === null || (rows.length > 5 && rows.every((id, at) => id === wanted.rows[at])));
    const finish = () => { observer.disconnect(); clearTimeout(timer); resolve(read()); };
    const observer = new MutationObserver(() => { if (isThere(read())) finish(); });
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    const timer = setTimeout(finish, ${String(Math.max(0, deadline - Date.now()))});
    if (isThere(read())) finish();
  })`);
}

/** One event each: somebody begins to wait. */
async function come(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const waitingSince = new Date(Date.now() - at * 1000);
    const risk = (['none', 'concern', 'high', 'imminent'] as const)[at % 4] ?? 'none';
    ids.push((await desk.addWaiting({ risk, waitingSince })).conversationId);
  }
  return ids;
}

describe('a burst with one of two instances killed', () => {
  it('leaves all eight tabs equal to the API within ten seconds, nothing missed or doubled', async () => {
    const [mai, lan] = [await desk.addStaff('counsellor', 'Mai'), await desk.addStaff('counsellor', 'Lan')];
    const pages = await openTabs(mai.token);
    // one stream for the whole browser: the six connections of HTTP/1.1 are free for the rest
    expect(balancer.streamsAt().reduce((sum, count) => sum + count, 0)).toBe(1);
    const listening = balancer.streamsAt().findIndex((count) => count === 1);
    const before = await desk.live.hub.latestId();

    const early = await come(90);
    for (const id of early.slice(0, 30)) await ask(lan.cookie, 'POST', `/conversations/${id}/take`);
    // kill -9 of the instance that holds the stream, while more goes on
    const going = come(90);
    await servers[listening]?.kill();
    const late = await going;
    for (const id of late.slice(0, 30)) {
      const answer = await ask(lan.cookie, 'POST', `/conversations/${id}/take`);
      expect(answer.status).toBe(200);
    }
    const began = Date.now();
    const deadline = began + EQUAL_WITHIN_MS;

    const { rows } = await desk.database.pool.query<{ id: string }>(
      `select xid::text || '-' || seq::text as id from live_events
       where (xid, seq) > ($1::text::xid8, $2::bigint) and kind in ('queue_changed', 'conversation_changed') order by xid, seq`,
      before.split('-'),
    );
    expect(rows.length).toBeGreaterThanOrEqual(EVENTS);
    const queue = await readQueue(mai.cookie);
    expect(queue.counts).toEqual({ waiting: 120, mine: 0, others: 60 });
    const wanted = {
      ...{ waiting: queue.counts.waiting, others: queue.counts.others },
      rows: queue.waiting.map(({ conversationId }) => conversationId),
    };
    const counts = await Promise.all(
      pages.map((page) => readShown(page, { ...wanted, rows: null }, deadline)),
    );
    const tookMs = Date.now() - began;
    expect(counts.map(({ waiting, others }) => [waiting, others])).toEqual(pages.map(() => [120, 60]));
    expect(tookMs).toBeLessThan(EQUAL_WITHIN_MS);
    process.stdout.write(`all tabs equal to the API after ${String(tookMs)} ms\n`);
    for (const page of pages) {
      // a long list draws its rows only where somebody can see them
      await page.bringToFront();
      const { rows: ids } = await readShown(page, wanted, Date.now() + PATIENCE_MS);
      expect(ids?.length).toBeGreaterThan(5);
      expect(ids).toEqual(wanted.rows.slice(0, ids?.length));
    }

    for (const page of pages) {
      const heard = await heardBy(page);
      expect(new Set(heard).size).toBe(heard.length);
      const known = new Set(heard);
      expect(rows.filter(({ id }) => !known.has(id))).toEqual([]);
    }
    expect(balancer.streamsAt()[listening]).toBe(0);
    expect(balancer.streamsAt()[1 - listening]).toBe(1);
  });
});
