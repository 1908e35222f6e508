import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createWebAdapter } from '../../../server/channels/web.ts';
import { announce, createLiveHub } from '../../../server/live.ts';
import type { Inbox, LiveHub } from '../../../server/ports.ts';
import { hashPlatformId } from '../../../server/store/contacts.ts';
import { listMessages } from '../../../server/store/messages.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import type { TestDatabase } from '../../support/postgres.ts';
import { listeningLog, startInstance, testVault } from '../../support/turns.ts';
import type { Instance } from '../../support/turns.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

const BatchSchema = z.object({ messages: z.array(z.object({ text: z.string() })), after: z.number() });

/** The real inbox, workers, sender, live events and vault; only the bot is an echo. */
let database: TestDatabase;
let instance: Instance;
let live: LiveHub;
let site: Site;

beforeAll(async () => {
  database = await createTestDatabase();
  const vault = testVault();
  const { log } = listeningLog();
  instance = startInstance(database, {
    vault,
    channels: [{ adapter: createWebAdapter(), sent: [], answers: [] }],
  });
  live = await createLiveHub({ pool: database.pool, connectionString: database.url, log });
  const accept: Inbox['accept'] = async (channel, account, events) => {
    const outcome = await instance.inbox.accept(channel, account, events);
    void instance.work();
    return outcome;
  };
  site = await openSite({
    db: database.pool,
    inbox: { accept },
    live,
    listMessages: (conversationId, afterSeq) =>
      listMessages(database.pool, vault, conversationId, afterSeq, 2),
    hashPlatformId: (platformId) => hashPlatformId(vault, 'web', 'default', platformId),
    announceEnd: (conversationId) =>
      database.transact((client) =>
        announce(client, [{ kind: 'web_chat_ended', conversationId, userId: null }]),
      ),
    timing: { heartbeatMs: 10_000, pollMs: 10_000, formWaitMs: 10_000 },
  });
});
afterAll(async () => {
  await site.close();
  await live.close();
  await database.drop();
});

const post = async (path: string, body: object): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(site.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: response.status === 204 ? null : await response.json() };
};

it('carries words to the bot and its answers back, once and in order', async () => {
  const token = 'W'.repeat(43);
  expect(await post('/api/chat/start', { token, language: 'vi' })).toEqual({ status: 200, body: { token } });
  expect((await post('/api/chat/poll', { token, after: 0 })).body).toMatchObject({
    messages: [{ author: 'bot', text: '1:start' }],
    after: 1,
  });
  const said = { token, clientMessageId: 'one-message-0001', text: 'TWICE' };
  expect((await post('/api/chat/message', said)).status).toBe(200);
  expect((await post('/api/chat/message', said)).status).toBe(200);
  const texts: string[] = [];
  for (let after = 1; texts.length < 3;) {
    const batch = BatchSchema.parse((await post('/api/chat/poll', { token, after })).body);
    texts.push(...batch.messages.map(({ text }) => text));
    after = batch.after;
  }
  expect(texts).toEqual(['TWICE', '2:TWICE', '2:again']);
});

it('shows the answer of the same turn to a browser without JavaScript', async () => {
  const page = await (await fetch(`${site.url}/`, { headers: { 'accept-language': 'vi' } })).text();
  const fields: Record<string, string> = { text: 'xin chào' };
  const form = page.slice(page.indexOf('id="chat"'));
  for (const [, name = '', value = ''] of form.matchAll(/type="hidden"\s+name="(\w+)"\s+value="([^"]*)"/g))
    fields[name] = value;
  const answer = await fetch(`${site.url}/chat`, { method: 'POST', body: new URLSearchParams(fields) });
  expect(await answer.text()).toContain('1:xin chào');
});

it('closes an open page when its chat is ended elsewhere', async () => {
  const token = 'E'.repeat(43);
  await post('/api/chat/start', { token, language: 'vi' });
  await post('/api/chat/poll', { token, after: 0 });
  const waiting = post('/api/chat/poll', { token, after: 1 });
  await post('/api/chat/end', { token });
  const { status, body } = await waiting;
  expect([200, 410]).toContain(status);
  expect(JSON.stringify(body)).toContain('ended');
});
