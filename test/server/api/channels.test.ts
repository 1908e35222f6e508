/** The desk and the channels: whose window closes first, sends that are refused, hands at the platform, the state of accounts. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ChannelsSchema, ConversationSchema, QueueSchema } from '../../../server/api/contract.ts';
import { startDesk } from '../../support/desk.ts';
import type { Desk, Waiting } from '../../support/desk.ts';

jest.setTimeout(30_000);

let desk: Desk;
let lan: Awaited<ReturnType<Desk['addStaff']>>;
beforeAll(async () => {
  desk = await startDesk();
  lan = await desk.addStaff('counsellor', 'Lan');
});
afterEach(async () => {
  desk.quota.now = null;
  await desk.database.pool.query('truncate contacts, conversations cascade');
});
afterAll(() => desk.stop());

const MINUTE = 60_000;
const ago = (minutes: number): Date => new Date(desk.clock.now().getTime() - minutes * MINUTE);
const hoursAgo = (hours: number): Date => ago(hours * 60);
const add = (waiting: Partial<Waiting>) =>
  desk.addWaiting({ risk: 'none', waitingSince: ago(5), ...waiting });
const post = (path: string, body: unknown = {}) => desk.call('POST', path, { cookie: lan.cookie, body });
const read = async (id: string) =>
  ConversationSchema.parse((await desk.call('GET', `/conversations/${id}`, { cookie: lan.cookie })).body);
const queue = async () => QueueSchema.parse((await desk.call('GET', '/queue', { cookie: lan.cookie })).body);
const reply = (id: string, clientMessageId: string = randomUUID()) =>
  post(`/conversations/${id}/reply`, { clientMessageId, text: 'CANARY chào em' });
const countOutbox = async () => (await desk.database.pool.query('select from outbox')).rowCount;

describe('the order of the queue', () => {
  it('is risk, then a window that closes within two hours, then waiting; the next one taken is the first shown', async () => {
    const long = await add({ waitingSince: ago(90), channel: 'telegram' });
    const soon = await add({ waitingSince: ago(3), channel: 'zalo', lastInboundAt: hoursAgo(167) });
    const sooner = await add({ waitingSince: ago(2), channel: 'messenger', lastInboundAt: hoursAgo(167.5) });
    const over = await add({ waitingSince: ago(80), channel: 'zalo', lastInboundAt: hoursAgo(169) });
    const worse = await add({ risk: 'concern', waitingSince: ago(1), channel: 'telegram' });
    const { waiting } = await queue();
    expect(waiting.map(({ code }) => code)).toEqual(
      [worse, sooner, soon, long, over].map(({ code }) => code),
    );
    expect(waiting.map(({ closesSoon }) => closesSoon)).toEqual([false, true, true, false, false]);
    expect(waiting[1]?.closesAt).toBe(ago(-30).toISOString());
    expect(waiting[3]?.closesAt).toBeNull();
    await post('/queue/next');
    expect(await post('/queue/next')).toMatchObject({ body: { conversationId: sooner.conversationId } });
  });
});

describe('what may be sent', () => {
  it.each([
    ['telegram', 5000, { ok: true, until: null, left: null, outsideWindow: false }],
    ['messenger', 2, { ok: true, outsideWindow: false }],
    ['messenger', 30, { ok: true, outsideWindow: true }],
    ['messenger', 169, { ok: false, reason: 'window_closed', until: null }],
    ['zalo', 60, { ok: true, left: 0 }],
    ['zalo', 169, { ok: false, reason: 'window_closed' }],
  ])('on %s %s hours after they wrote is shown when a counsellor opens', async (channel, hours, sending) => {
    const { conversationId } = await add({ channel, lastInboundAt: hoursAgo(hours) });
    expect((await read(conversationId)).sending).toMatchObject(sending);
  });

  it('is checked again when they press send: refused with the reason, nothing queued, nothing lost', async () => {
    const { conversationId } = await add({ channel: 'zalo', lastInboundAt: hoursAgo(167.9) });
    await post(`/conversations/${conversationId}/take`);
    expect((await read(conversationId)).sending.ok).toBe(true);
    desk.clock.move(10 * MINUTE);
    const id = randomUUID();
    expect(await reply(conversationId, id)).toMatchObject({
      status: 409,
      body: { error: { code: 'window_closed' } },
    });
    expect(await countOutbox()).toBe(0);
    // they write again: the same words go out
    await desk.database.pool.query('update conversations set last_inbound_at = $1', [desk.clock.now()]);
    expect((await reply(conversationId, id)).status).toBe(200);
    expect(await countOutbox()).toBe(1);
  });

  it('says when the month’s quota begins again', async () => {
    const { conversationId } = await add({ channel: 'line' });
    await post(`/conversations/${conversationId}/take`);
    desk.quota.now = { limit: 200, used: 199 };
    expect((await read(conversationId)).sending).toMatchObject({ ok: true, left: 1 });
    desk.quota.now = { limit: 200, used: 200 };
    expect(await reply(conversationId)).toMatchObject({
      status: 409,
      body: { error: { code: 'quota_used_up', until: '2026-11-30T15:00:00.000Z' } },
    });
  });

  it('is nothing to somebody who blocked us', async () => {
    const { conversationId } = await add({ channel: 'telegram' });
    await post(`/conversations/${conversationId}/take`);
    await desk.database.pool.query('update contacts set blocked = true');
    expect((await read(conversationId)).sending).toMatchObject({ ok: false, reason: 'person_blocked' });
    expect(await reply(conversationId)).toMatchObject({ body: { error: { code: 'person_blocked' } } });
  });
});

describe('a conversation that is answered at the platform', () => {
  it('stands with the colleagues’, can be read, and is given back to the bot by whoever sees it', async () => {
    const { conversationId, code } = await add({ channel: 'messenger', atPlatform: true });
    const shown = await queue();
    expect(shown.counts).toEqual({ waiting: 0, mine: 0, others: 1 });
    expect(shown.others[0]).toMatchObject({ code, atPlatform: true, takenBy: null, cause: 'platform' });
    expect((await read(conversationId)).atPlatformSince).toBe(ago(5).toISOString());
    expect((await post('/queue/next')).body).toMatchObject({ error: { code: 'not_waiting' } });

    expect((await post(`/conversations/${conversationId}/return`)).status).toBe(200);
    const owner = await desk.database.pool.query('select owner from conversations');
    expect(owner.rows).toEqual([{ owner: 'bot' }]);
    expect((await queue()).counts.others).toBe(0);
    const audit = await desk.database.pool.query(`select action, detail from audit order by id desc limit 1`);
    expect(audit.rows).toEqual([{ action: 'conversation_returned', detail: { from: 'platform' } }]);
  });

  it('can be taken by a counsellor, who then answers here', async () => {
    const { conversationId } = await add({ channel: 'messenger', atPlatform: true });
    expect((await post(`/conversations/${conversationId}/take`)).status).toBe(200);
    expect(await queue()).toMatchObject({ counts: { mine: 1, others: 0 }, mine: [{ atPlatform: false }] });
    expect((await reply(conversationId)).status).toBe(200);
  });

  it('goes on waiting when somebody waits in it, and only the bot is given back', async () => {
    const { conversationId } = await add({ channel: 'messenger' });
    await desk.database.pool.query(`update conversations set owner = 'platform', platform_at = now()`);
    expect((await queue()).waiting).toMatchObject([{ atPlatform: true }]);
    await post(`/conversations/${conversationId}/return`);
    expect((await queue()).waiting).toMatchObject([{ atPlatform: false }]);
  });

  it('is not for an editor', async () => {
    const editor = await desk.addStaff('editor');
    const { conversationId } = await add({ channel: 'messenger', atPlatform: true });
    const answer = await desk.call('POST', `/conversations/${conversationId}/return`, {
      cookie: editor.cookie,
      body: {},
    });
    expect(answer.status).toBe(403);
  });
});

describe('the accounts', () => {
  it('are shown to all staff, without anything about a person', async () => {
    desk.channels.now = [
      {
        ...{ channel: 'zalo', account: 'default', alarm: 'silent', alarmSince: ago(10), checkedAt: ago(2) },
        ...{ ok: true, code: 'ok', tokenAt: hoursAgo(5), lastHookAt: hoursAgo(7), normalUntil: hoursAgo(4) },
        ...{ sent: 8, failed: 2, quota: null, ruleExpired: false },
      },
    ];
    const editor = await desk.addStaff('editor');
    const { body } = await desk.call('GET', '/channels', { cookie: editor.cookie });
    expect(ChannelsSchema.parse(body).channels).toEqual([
      expect.objectContaining({ channel: 'zalo', alarm: 'silent', lastHookAt: hoursAgo(7).toISOString() }),
    ]);
  });
});
