/** Zalo from webhook to answer on the real parts: verified, stored once, one turn each, sent to the fake. */
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import express from 'express';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHooksRouter } from '../../../server/hooks.ts';
import { createPool } from '../../../server/store/pool.ts';
import { createFreshEvents } from '../../../server/turns/fresh-events.ts';
import { createInbox } from '../../../server/turns/inbox.ts';
import { startPlatforms, type Platforms } from '../../support/platforms/platforms.ts';
import { FAKE_ZALO, refuse, type ZaloFace } from '../../support/platforms/zalo.ts';
import { buildZaloText } from '../../support/platforms/zalo-events.ts';
import { createWebhookSender, type WebhookSender } from '../../support/platforms/webhook-sender.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { startTokenInstance, type TokenInstance } from '../../support/tokens.ts';
import {
  fakeClock,
  listeningLog,
  type SetClock,
  startInstance,
  testVault,
  type Instance,
} from '../../support/turns.ts';

const CANARY = 'CANARY-DO-NOT-TELL';

let database: TestDatabase;
let clock: SetClock;
let face: ZaloFace;
let platforms: Platforms;
let account: TokenInstance;
let instance: Instance;
let server: Server;
let webhooks: WebhookSender;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query(
    'truncate contacts, conversations, inbox, messages, outbox, channel_tokens cascade',
  );
  clock = fakeClock();
  platforms = await startPlatforms({ now: clock.now });
  face = platforms.zalo;
  account = startTokenInstance({
    database,
    base: platforms.base('zalo'),
    now: clock.now,
    firstRefreshToken: face.issueRefreshToken(),
  });
  instance = startInstance(database, {
    clock,
    channels: [{ adapter: account.adapter, sent: [], answers: [] }],
  });
  const app = express().use(
    createHooksRouter({
      adapters: [account.adapter],
      inbox: instance.inbox,
      log: instance.told.log,
      now: clock.now,
    }),
  );
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  webhooks = createWebhookSender({ channel: 'zalo', server: origin(), hear: platforms.hear });
});
afterEach(async () => {
  webhooks.close();
  account.close();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
  expect(platforms.faults()).toEqual([]);
  await platforms.close();
});
afterAll(() => database.drop());

function origin(): string {
  const address = server.address();
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
}

function written(id: string, messageId: string, text: string): Record<string, unknown> {
  return buildZaloText({ id, messageId, at: clock.now() }, text);
}

const countInbox = async (): Promise<number> =>
  (await database.pool.query<{ count: number }>('select count(*) from inbox')).rows[0]?.count ?? -1;

describe('a webhook of Zalo', () => {
  it('is answered: message in, turn, message out', async () => {
    expect(await webhooks.deliver([written('701', 'm1', 'xin chào')])).toEqual({ statuses: [200] });
    await instance.work();
    expect(face.sent).toMatchObject([{ person: '701', text: '1:xin chào', choices: [] }]);
    expect(platforms.faults()).toEqual([]);
    const stored = await database.pool.query(
      'select author, delivery, platform_ids from messages order by seq',
    );
    expect(stored.rows).toEqual([
      { author: 'person', delivery: 'received', platform_ids: ['m1'] },
      { author: 'bot', delivery: 'sent', platform_ids: ['oa-fake-1'] },
    ]);
  });

  it('unsigned and empty is the probe: 200, and nothing is stored', async () => {
    expect(await webhooks.deliverRaw([Buffer.from('{}')], { headers: {} })).toEqual({ statuses: [200] });
    expect(await countInbox()).toBe(0);
  });

  it.each([
    ['without a signature', {}, 401],
    ['with a wrong one', { 'x-zevent-signature': `mac=${'0'.repeat(64)}` }, 403],
    ['with one cut short', { 'x-zevent-signature': 'mac=00' }, 403],
  ])('%s is refused and not stored', async (_what, headers, status) => {
    expect(await webhooks.deliver([written('701', 'm1', 'a')], { headers })).toEqual({ statuses: [status] });
    expect(await countInbox()).toBe(0);
  });

  it('signed but no JSON is 400', async () => {
    const raw = Buffer.from('{"event_name"');
    const mac = createHash('sha256')
      .update(FAKE_ZALO.appId)
      .update(raw)
      .update('17')
      .update(FAKE_ZALO.oaSecret);
    const headers = { 'x-zevent-signature': mac.digest('hex'), 'x-zevent-timestamp': '17' };
    expect(await webhooks.deliverRaw([raw], { headers })).toEqual({ statuses: [400] });
  });

  it('50 at once, each twice and in reverse, become 50 turns', async () => {
    const events = Array.from({ length: 50 }, (_, index) =>
      written(`8${index}`, `m${index}`, `câu ${index}`),
    );
    const { statuses } = await webhooks.deliver(events, {
      copies: 2,
      reorder: (bodies) => bodies.toReversed(),
    });
    expect(new Set(statuses)).toEqual(new Set([200]));
    await instance.work();
    expect(face.sent.map(({ text }) => text).sort()).toEqual(
      events.map((_, index) => `1:câu ${index}`).sort(),
    );
    expect(platforms.faults()).toEqual([]);
  });

  it('with a text of 10,000 characters is answered in parts within the limit', async () => {
    await webhooks.deliver([written('701', 'm1', 'Một câu dài. '.repeat(770).slice(0, 10_000))]);
    await instance.work();
    expect(platforms.faults()).toEqual([]);
    expect(face.sent.map(({ text }) => text).join('')).toHaveLength(10_002);
  });

  it('refused while the database is away is stored when Zalo delivers again', async () => {
    const pool = createPool({
      databaseUrl: 'postgres://x@127.0.0.1:1/x',
      maxConnections: 1,
      onError: () => undefined,
    });
    const away = createInbox({
      fresh: createFreshEvents(),
      pool,
      transact: () => Promise.reject(new Error('not reached')),
      vault: testVault(),
      clock,
      newId: () => '',
      languages: () => ['vi'],
      onStored: () => undefined,
    });
    let tries = 0;
    const router = createHooksRouter({
      adapters: [account.adapter],
      inbox: {
        accept: (...call) => {
          tries += 1;
          return tries === 1 ? away.accept(...call) : instance.inbox.accept(...call);
        },
      },
      log: listeningLog().log,
      now: clock.now,
    });
    server.removeAllListeners('request').on('request', express().use(router));
    const events = [written('701', 'm1', 'a')];
    expect(await webhooks.deliver(events, { redelivers: true })).toEqual({ statuses: [200] });
    expect({ tries, stored: await countInbox() }).toEqual({ tries: 2, stored: 1 });
    await pool.end();
  });

  it('that is a tap is read as the choice it stands for', async () => {
    await webhooks.deliver([written('701', 'm1', '#ht:welcome.menu.check')]);
    await instance.work();
    expect(face.sent).toMatchObject([{ text: '1:choice' }]);
  });

  it('when the person blocked us ends in a mark that is lifted by the next message', async () => {
    await webhooks.deliver([written('701', 'm1', 'a')]);
    face.messages.answerNext(refuse(217));
    await instance.work();
    const blocked = 'select blocked from contacts';
    expect((await database.pool.query(blocked)).rows).toEqual([{ blocked: true }]);
    await webhooks.deliver([written('701', 'm2', 'b')]);
    await instance.work();
    expect((await database.pool.query(blocked)).rows).toEqual([{ blocked: false }]);
    expect(face.sent).toMatchObject([{ text: '2:b' }]);
  });

  it('leaves no text, person or token in any log line', async () => {
    await webhooks.deliver([written('7012345678', 'm1', CANARY)]);
    face.messages.answerNext(refuse(32), refuse(230));
    await instance.work();
    await webhooks.deliver([written('7012345678', 'm2', CANARY)], { headers: {} });
    face.revokeAccess();
    await webhooks.deliver([written('7012345678', 'm3', CANARY)]);
    await instance.work();
    const told = JSON.stringify(instance.told.entries);
    expect(instance.told.entries.length).toBeGreaterThan(0);
    expect(told).not.toMatch(new RegExp([CANARY, '7012345678', 'https?:', ...face.allTokens()].join('|')));
  });

  it('to the callback address is answered by what to do next', async () => {
    const answer = await fetch(`${origin()}/hooks/zalo/default?code=${CANARY}&oa_id=1&state=x`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).not.toContain(CANARY);
  });
});
