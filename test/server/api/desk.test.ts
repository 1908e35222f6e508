/** The desk: order, atomic take, scope, replies that are sent once, giving back, closing, and the trail each leaves. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ConversationSchema, QueueSchema } from '../../../server/api/contract.ts';
import { startDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

// real argon2 and real databases on a busy machine
jest.setTimeout(30_000);

let desk: Desk;
let lan: Awaited<ReturnType<Desk['addStaff']>>;
let mai: Awaited<ReturnType<Desk['addStaff']>>;
let boss: Awaited<ReturnType<Desk['addStaff']>>;
beforeAll(async () => {
  desk = await startDesk();
  lan = await desk.addStaff('counsellor', 'Lan');
  mai = await desk.addStaff('counsellor', 'Mai');
  boss = await desk.addStaff('supervisor', 'Hoa');
});
afterAll(() => desk.stop());

const minutesAgo = (n: number): Date => new Date(desk.clock.now().getTime() - n * 60_000);
const addOne = () =>
  desk.addWaiting({
    risk: 'high',
    waitingSince: minutesAgo(1),
    messages: [{ author: 'person', text: 'CANARY giúp em' }],
  });
const post = (who: { cookie: string }, path: string, body?: unknown) =>
  desk.call('POST', path, body === undefined ? { cookie: who.cookie } : { cookie: who.cookie, body });

describe('the queue', () => {
  it('puts the most dangerous first, then who waits longest, with reasons in words', async () => {
    const fresh = await startDesk();
    const { cookie } = await fresh.addStaff('counsellor');
    const since = (n: number): Date => new Date(fresh.clock.now().getTime() - n * 60_000);
    const calm = await fresh.addWaiting({ risk: 'none', waitingSince: since(50) });
    const late = await fresh.addWaiting({ risk: 'high', waitingSince: since(2) });
    const early = await fresh.addWaiting({ risk: 'high', waitingSince: since(9) });
    const worst = await fresh.addWaiting({
      ...{ risk: 'imminent', waitingSince: since(1), channel: 'telegram' },
      messages: [{ author: 'person', text: 'CANARY họ giữ hộ chiếu' }],
      reasons: [
        { rule: 'passport-kept', reasonKey: 'danger.passport-kept', messageSeq: 1, start: 7, end: 22 },
      ],
    });
    const { body } = await fresh.call('GET', '/queue', { cookie });
    const queue = QueueSchema.parse(body);
    expect(queue.waiting.map((item) => item.code)).toEqual(
      [worst, early, late, calm].map((item) => item.code),
    );
    expect(queue.waiting[0]).toMatchObject({
      ...{ channel: 'telegram', language: 'vi', risk: 'imminent', awaitsReply: true },
      reasons: [{ text: 'Bị giữ hộ chiếu' }],
    });
    expect(queue.counts).toEqual({ waiting: 4, mine: 0, others: 0 });
    expect(JSON.stringify(body)).not.toContain('CANARY');
    await fresh.stop();
  });

  it('gives two who press "next" at once two different people', async () => {
    const fresh = await startDesk();
    const [one, two] = [await fresh.addStaff('counsellor'), await fresh.addStaff('counsellor')];
    await fresh.addWaiting({ risk: 'none', waitingSince: new Date(0) });
    await fresh.addWaiting({ risk: 'imminent', waitingSince: new Date(1) });
    const next = (cookie: string) => fresh.call('POST', '/queue/next', { cookie });
    const answers = await Promise.all([next(one.cookie), next(two.cookie)]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(2);
    expect((await next(one.cookie)).body).toEqual({ error: { code: 'not_waiting' } });
    await fresh.stop();
  });
});

describe('taking', () => {
  it('lets one of two at the same moment win and tells the other who has it', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { conversationId } = await addOne();
      const answers = await Promise.all(
        [lan, mai].map((who) => post(who, `/conversations/${conversationId}/take`, {})),
      );
      const winner = answers.findIndex((answer) => answer.status === 200);
      const name = winner === 0 ? 'Lan' : 'Mai';
      expect(answers[1 - winner]).toMatchObject({
        status: 409,
        body: { error: { code: 'conversation_taken', by: { displayName: name } } },
      });
      const stored = await desk.database.pool.query(
        'select owner, owner_user_id from conversations where id = $1',
        [conversationId],
      );
      expect(stored.rows).toEqual([{ owner: 'counsellor', owner_user_id: [lan, mai][winner]?.userId }]);
    }
  });

  it('lets a supervisor take over from the colleague who is named, and nobody else', async () => {
    const { conversationId } = await addOne();
    const path = `/conversations/${conversationId}/take`;
    await post(lan, path, {});
    expect((await post(mai, path, { from: lan.userId, reason: 'Lan phải về' })).status).toBe(403);
    expect((await post(boss, path, { from: mai.userId, reason: 'Mai phải về' })).status).toBe(409);
    expect((await post(boss, path, { from: lan.userId })).body).toEqual({
      error: { code: 'bad_request', fields: ['reason'] },
    });
    expect((await post(boss, path, { from: lan.userId, reason: 'Lan phải về' })).status).toBe(200);
    expect(
      (
        await post(lan, `/conversations/${conversationId}/reply`, {
          clientMessageId: randomUUID(),
          text: 'a',
        })
      ).body,
    ).toMatchObject({
      error: { code: 'not_yours', by: { displayName: 'Hoa' } },
    });
  });
});

describe('reading', () => {
  it('shows the history, the reasons and who wrote, and leaves an audit row each time', async () => {
    const { conversationId } = await desk.addWaiting({
      ...{ risk: 'imminent', waitingSince: minutesAgo(3) },
      messages: [
        { author: 'person', text: 'họ giữ hộ chiếu của em' },
        { author: 'bot', text: 'Bạn viết bây giờ có an toàn không?', delivery: 'failed' },
      ],
      reasons: [
        { rule: 'passport-kept', reasonKey: 'danger.passport-kept', messageSeq: 1, start: 3, end: 15 },
      ],
    });
    const before = await countAudit('conversation_read', conversationId);
    const { body } = await desk.call('GET', `/conversations/${conversationId}`, { cookie: lan.cookie });
    const conversation = ConversationSchema.parse(body);
    expect(conversation.messages.map(({ seq, author, delivery }) => [seq, author, delivery])).toEqual([
      [1, 'person', 'received'],
      [2, 'bot', 'failed'],
    ]);
    expect(conversation.handover.reasons).toEqual([
      {
        key: 'danger.passport-kept',
        text: 'Bị giữ hộ chiếu',
        level: 'imminent',
        messageSeq: 1,
        start: 3,
        end: 15,
      },
    ]);
    expect(conversation.alsoWrites).toEqual([]);
    expect((await countAudit('conversation_read', conversationId)) - before).toBe(1);
  });

  it('says in which other language the person writes', async () => {
    const { conversationId } = await desk.addWaiting({
      ...{ risk: 'none', waitingSince: minutesAgo(3) },
      messages: [
        { author: 'person', text: 'chào' },
        { author: 'person', text: 'មនុស្សទាំងអស់' },
        { author: 'bot', text: 'ok' },
      ],
    });
    const { body } = await desk.call('GET', `/conversations/${conversationId}`, { cookie: lan.cookie });
    expect(ConversationSchema.parse(body).alsoWrites).toEqual(['km']);
  });

  it('answers for a conversation outside the scope exactly as for one that does not exist', async () => {
    const { conversationId } = await addOne();
    await post(lan, `/conversations/${conversationId}/take`, {});
    const missing = await desk.call('GET', `/conversations/${randomUUID()}`, { cookie: mai.cookie });
    const taken = await desk.call('GET', `/conversations/${conversationId}`, { cookie: mai.cookie });
    expect([taken.status, taken.body]).toEqual([missing.status, missing.body]);
    await post(lan, `/conversations/${conversationId}/close`, { outcome: 'advised' });
    for (const move of ['take', 'return', 'release', 'close', 'reply']) {
      const input = {
        take: {},
        close: { outcome: 'advised' },
        reply: { clientMessageId: randomUUID(), text: 'a' },
      };
      const body = Object.hasOwn(input, move) ? z.record(z.string(), z.unknown()).parse(input)[move] : {};
      const answer = await post(mai, `/conversations/${conversationId}/${move}`, body);
      expect([move, answer.status, answer.body]).toEqual([move, 404, { error: { code: 'not_found' } }]);
    }
    expect((await desk.call('GET', `/conversations/${conversationId}`, { cookie: lan.cookie })).status).toBe(
      200,
    );
    expect((await desk.call('GET', `/conversations/${conversationId}`, { cookie: boss.cookie })).status).toBe(
      200,
    );
  });
});

describe('answering', () => {
  it('queues a reply once for one clientMessageId', async () => {
    const { conversationId } = await addOne();
    const body = { clientMessageId: randomUUID(), text: 'Chào bạn, mình là Lan.' };
    expect((await post(lan, `/conversations/${conversationId}/reply`, body)).status).toBe(409);
    await post(lan, `/conversations/${conversationId}/take`, {});
    const first = await post(lan, `/conversations/${conversationId}/reply`, body);
    const again = await post(lan, `/conversations/${conversationId}/reply`, body);
    expect(first.status).toBe(200);
    expect(again.body).toEqual(first.body);
    const rows = await desk.database.pool.query(
      `select from messages where conversation_id = $1 and author = 'counsellor'`,
      [conversationId],
    );
    expect(rows.rowCount).toBe(1);
    expect(
      (await post(mai, `/conversations/${conversationId}/reply`, { ...body, clientMessageId: randomUUID() }))
        .status,
    ).toBe(409);
  });

  it.each(['', '   ', 'x'.repeat(4001)])('refuses an empty or endless text', async (text) => {
    const { conversationId } = await addOne();
    await post(lan, `/conversations/${conversationId}/take`, {});
    const answer = await post(lan, `/conversations/${conversationId}/reply`, {
      clientMessageId: randomUUID(),
      text,
    });
    expect([answer.status, answer.body]).toEqual([400, { error: { code: 'bad_request', fields: ['text'] } }]);
  });

  it.each([
    { move: 'return', body: {}, state: 'returned', outcome: null },
    { move: 'close', body: { outcome: 'referred' }, state: 'closed', outcome: 'referred' },
    { move: 'release', body: {}, state: 'waiting', outcome: null },
  ])('$move gives the bot its voice back', async ({ move, body, state, outcome }) => {
    const { conversationId } = await addOne();
    await post(lan, `/conversations/${conversationId}/take`, {});
    const told = await countLive(conversationId);
    expect((await post(mai, `/conversations/${conversationId}/${move}`, body)).status).toBe(409);
    expect((await post(lan, `/conversations/${conversationId}/${move}`, body)).status).toBe(200);
    const stored = await desk.database.pool.query(
      `select c.owner, c.owner_user_id, h.state, h.outcome from conversations c join handovers h on h.conversation_id = c.id where c.id = $1`,
      [conversationId],
    );
    expect(stored.rows).toEqual([{ owner: 'bot', owner_user_id: null, state, outcome }]);
    expect(await countLive(conversationId)).toBe(told + 2);
  });
});

describe('the audit', () => {
  it('stops the action when it cannot be written', async () => {
    const { conversationId } = await addOne();
    const { pool } = desk.database;
    await pool.query('alter table audit add constraint refuse_new check (id < 0) not valid');
    expect((await post(lan, `/conversations/${conversationId}/take`, {})).status).toBe(500);
    await pool.query('alter table audit drop constraint refuse_new');
    const stored = await pool.query('select owner from conversations where id = $1', [conversationId]);
    expect(stored.rows).toEqual([{ owner: 'bot' }]);
  });

  it('holds no word that anyone wrote', async () => {
    const rows = await desk.database.pool.query('select * from audit');
    expect(rows.rowCount).toBeGreaterThan(20);
    expect(JSON.stringify(rows.rows)).not.toMatch(/CANARY|hộ chiếu|Lan|example/);
  });

  it('cannot be emptied', async () => {
    await expect(desk.database.pool.query('truncate audit')).rejects.toThrow('append-only');
  });
});

async function countAudit(action: string, objectId: string): Promise<number> {
  const rows = await desk.database.pool.query('select from audit where action = $1 and object_id = $2', [
    action,
    objectId,
  ]);
  return rows.rowCount ?? 0;
}

async function countLive(conversationId: string): Promise<number> {
  const rows = await desk.database.pool.query('select from live_events where conversation_id = $1', [
    conversationId,
  ]);
  return rows.rowCount ?? 0;
}
