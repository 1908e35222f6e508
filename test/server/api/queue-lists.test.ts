/** The lists of the queue by risk, channel and language; a risk set by hand; giving back at a flow; signs of life; ten thousand. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import {
  ConversationSchema,
  QueuePageSchema,
  QueueSchema,
  RefusalSchema,
} from '../../../server/api/contract.ts';
import { HandlingListSchema, MyDeskSchema } from '../../../server/api/queue-contract.ts';
import { placeEvent } from '../../../server/store/places.ts';
import { addCrowd } from '../../support/desk-crowd.ts';
import { startDesk } from '../../support/desk.ts';
import type { Desk, Waiting } from '../../support/desk.ts';

jest.setTimeout(120_000);

type Staff = Awaited<ReturnType<Desk['addStaff']>>;

let desk: Desk;
let lan: Staff;
let mai: Staff;
beforeAll(async () => {
  desk = await startDesk();
});
beforeEach(async () => {
  await desk.database.pool.query('truncate handovers, desk_settings, user_sessions, inbox cascade');
  lan = await desk.addStaff('counsellor', 'Lan');
  mai = await desk.addStaff('counsellor', 'Mai');
});
afterAll(() => desk.stop());

const minutesAgo = (n: number): Date => new Date(desk.clock.now().getTime() - n * 60_000);
const post = (who: Staff, path: string, body: unknown = {}) =>
  desk.call('POST', path, { cookie: who.cookie, body });
const codeOf = (answer: { body: unknown }) => RefusalSchema.safeParse(answer.body).data?.error.code ?? 'ok';
const add = (over: Partial<Waiting>) =>
  desk
    .addWaiting({ ...{ risk: 'none', waitingSince: minutesAgo(5) }, ...over })
    .then((one) => one.conversationId);
const list = async (who: Staff, filter: object, more: object = {}) =>
  QueuePageSchema.parse(
    (await post(who, '/queue/list', { tab: 'waiting', offset: 0, limit: 50, filter, ...more })).body,
  );
const idsOf = (items: readonly { conversationId: string }[]) => items.map((item) => item.conversationId);
const queueOf = async (who: Staff) =>
  QueueSchema.parse((await desk.call('GET', '/queue', { cookie: who.cookie })).body);

describe('the queue', () => {
  it('counts everybody who has waited too long, also those whose row is not loaded', async () => {
    await add({ risk: 'imminent', waitingSince: desk.clock.now() });
    // since 0, 1 … 149 minutes; promised within 40
    await addCrowd(desk, 150, 'none');
    const queue = await queueOf(lan);
    expect(queue.waiting).toHaveLength(100);
    expect(queue.overdue).toBe(110);
  });
});

describe('a list', () => {
  it('is narrowed by risk, channel and language, with its own counts, in the same order', async () => {
    const zalo = await add({ channel: 'zalo', risk: 'high' });
    const khmer = await add({ channel: 'zalo', language: 'km', waitingSince: minutesAgo(9) });
    const web = await add({ risk: 'concern', waitingSince: minutesAgo(1) });
    expect(idsOf((await list(lan, {})).items)).toEqual([zalo, web, khmer]);
    expect(idsOf((await list(lan, { channel: ['zalo'] })).items)).toEqual([zalo, khmer]);
    expect(idsOf((await list(lan, { channel: ['zalo'], language: ['km'] })).items)).toEqual([khmer]);
    expect(idsOf((await list(lan, { risk: ['high', 'concern'] })).items)).toEqual([zalo, web]);
    expect((await list(lan, { risk: ['imminent'] })).counts).toEqual({ waiting: 0, mine: 0, others: 0 });
    await post(mai, `/conversations/${zalo}/take`);
    const page = await list(lan, { channel: ['zalo'] }, { tab: 'others' });
    expect([idsOf(page.items), page.counts]).toEqual([[zalo], { waiting: 1, mine: 0, others: 1 }]);
    expect(idsOf((await list(lan, {}, { offset: 1, limit: 1 })).items)).toEqual([khmer]);
  });

  it.each([
    { filter: { risk: ['dire'] } },
    { filter: { language: [`vi'; drop table handovers; --`] } },
    { filter: { channel: [] } },
    { filter: { name: ['Lan'] } },
    { filter: {}, limit: 101 },
    { filter: {}, offset: -1 },
    { filter: {}, tab: 'offers' },
  ])('refuses %j', async (more) => {
    const answer = await post(lan, '/queue/list', { tab: 'waiting', offset: 0, limit: 50, ...more });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'bad_request']);
  });

  it('gives "the next one" of those that are looked at', async () => {
    await add({ risk: 'imminent' });
    const khmer = await add({ language: 'km' });
    const next = await post(lan, '/queue/next', { filter: { language: ['km'] } });
    expect(next.body).toEqual({ conversationId: khmer });
    expect(codeOf(await post(lan, '/queue/next', { filter: { language: ['km'] } }))).toBe('not_waiting');
  });

  it('shows who reads without texts nothing of the reasons', async () => {
    await desk.addWaiting({
      ...{ risk: 'high', waitingSince: minutesAgo(1), messages: [{ author: 'person', text: 'x' }] },
      reasons: [{ rule: 'beaten', reasonKey: 'danger.beaten', messageSeq: 1, start: 0, end: 1 }],
    });
    const officer = await desk.addStaff('officer');
    expect((await list(officer, {})).items[0]?.reasons).toEqual([]);
    expect((await list(lan, {})).items[0]?.reasons).toHaveLength(1);
  });

  it('tells when the clock of each turns amber and red, by risk, and only while they wait', async () => {
    const id = await add({ risk: 'imminent', waitingSince: minutesAgo(0) });
    const since = desk.clock.now().getTime();
    const [item] = (await list(lan, {})).items;
    expect([item?.amberAt, item?.redAt]).toEqual([
      new Date(since + 60_000).toISOString(),
      new Date(since + 120_000).toISOString(),
    ]);
    await post(lan, `/conversations/${id}/take`);
    expect((await queueOf(lan)).mine[0]).toMatchObject({ amberAt: null, redAt: null });
  });

  it('of mine is whole however many others wait', async () => {
    const id = await add({ risk: 'none' });
    await post(lan, `/conversations/${id}/take`);
    await addCrowd(desk, 300, 'imminent');
    const queue = await queueOf(lan);
    expect(idsOf(queue.mine)).toEqual([id]);
    expect([queue.waiting.length, queue.counts]).toEqual([100, { waiting: 300, mine: 1, others: 0 }]);
  });
});

describe('ten thousand open conversations', () => {
  // how long that takes is printed with SHOW_FIGURES set: a clock in a test says how busy the machine is
  it('are listed at the top, in the middle and narrowed, and the next one is given out', async () => {
    await addCrowd(desk, 10_000);
    expect((await queueOf(lan)).counts.waiting).toBe(10_000);
    expect((await list(lan, {}, { offset: 5_000, limit: 100 })).items).toHaveLength(100);
    const narrowed = (await list(lan, { risk: ['concern'], channel: ['zalo'] })).items;
    expect(narrowed.every(({ risk, channel }) => risk === 'concern' && channel === 'zalo')).toBe(true);
    if (process.env['SHOW_FIGURES'] === undefined) {
      expect((await post(lan, '/queue/next')).status).toBe(200);
      return;
    }
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const times: number[] = [];
      for (let n = 0; n < 7; n += 1) {
        const began = performance.now();
        await work();
        times.push(performance.now() - began);
      }
      return Math.round(times.sort((a, b) => a - b)[3] ?? Infinity);
    };
    const figures = {
      queue: await timed(() => queueOf(lan)),
      middle: await timed(() => list(lan, {}, { offset: 5_000, limit: 100 })),
      narrowed: await timed(() => list(lan, { risk: ['concern'], channel: ['zalo'] })),
      next: await timed(() => post(lan, '/queue/next')),
    };
    process.stderr.write(`${JSON.stringify(figures)}\n`);
  });
});

describe('a risk set by hand', () => {
  it('moves them in the queue, is told as such, and leaves its reason sealed and audited', async () => {
    const [first, second] = [await add({ risk: 'high' }), await add({ risk: 'none' })];
    expect(idsOf((await queueOf(lan)).waiting)).toEqual([first, second]);
    const body = { risk: 'imminent', reason: 'CANARY có người đứng ngoài cửa' };
    expect((await post(lan, `/conversations/${second}/risk`, body)).status).toBe(200);
    const { waiting } = await queueOf(mai);
    expect(idsOf(waiting)).toEqual([second, first]);
    expect(waiting.map(({ risk, riskByHand }) => [risk, riskByHand])).toEqual([
      ['imminent', true],
      ['high', false],
    ]);
    const read = await desk.call('GET', `/conversations/${second}/handling`, { cookie: mai.cookie });
    expect(HandlingListSchema.parse(read.body).risks).toMatchObject([
      { by: { displayName: 'Lan' }, before: 'none', after: 'imminent', reason: body.reason },
    ]);
    const shown = await desk.call('GET', `/conversations/${second}`, { cookie: mai.cookie });
    expect(ConversationSchema.parse(shown.body).handling).toEqual({
      riskByHand: true,
      offer: null,
      count: 1,
    });
    const { rows } = await desk.database.pool.query(
      `select user_id, detail from audit where action = 'risk_set' and object_id = $1`,
      [second],
    );
    expect(rows).toEqual([{ user_id: lan.userId, detail: { before: 'none', after: 'imminent' } }]);
    const kept = await desk.database.pool.query<{ row: string }>(
      'select r::text as row from risk_overrides r',
    );
    expect(JSON.stringify(kept.rows)).not.toContain('CANARY');
  });

  it('needs a reason, a change, and somebody who waits or is mine', async () => {
    const id = await add({ risk: 'high' });
    const set = (who: Staff, body: object) => post(who, `/conversations/${id}/risk`, body).then(codeOf);
    expect(await set(lan, { risk: 'none' })).toBe('bad_request');
    expect(await set(lan, { risk: 'none', reason: 'a\u202eb c' })).toBe('bad_request');
    expect(await set(lan, { risk: 'high', reason: 'như cũ' })).toBe('nothing_to_change');
    await post(lan, `/conversations/${id}/take`);
    expect(await set(mai, { risk: 'none', reason: 'đã hỏi lại' })).toBe('not_yours');
    expect(await set(lan, { risk: 'none', reason: 'đã hỏi lại' })).toBe('ok');
    await post(lan, `/conversations/${id}/close`, { outcome: 'advised' });
    expect(await set(lan, { risk: 'high', reason: 'đã hỏi lại' })).toBe('not_waiting');
  });
});

describe('giving back at a flow', () => {
  const queued = async (id: string) => {
    const { rows } = await desk.database.pool.query<{ dedupe: string; event: Buffer; key: Buffer }>(
      `select i.dedupe_key as dedupe, i.event_enc as event, c.key_wrapped as key from inbox i
       join conversations c on c.id = i.conversation_id where c.id = $1`,
      [id],
    );
    return rows.map(({ dedupe, event, key }) =>
      z
        .object({ kind: z.string(), payload: z.string(), ref: z.string().nullable() })
        .parse(desk.vault.open(key, placeEvent(dedupe, id), event)),
    );
  };

  it('queues one turn of the engine, in the same transaction', async () => {
    const id = await add({});
    await post(lan, `/conversations/${id}/take`);
    expect(codeOf(await post(lan, `/conversations/${id}/return`, { entry: 'in-danger' }))).toBe(
      'bad_request',
    );
    expect(await queued(id)).toEqual([]);
    expect((await post(lan, `/conversations/${id}/return`, { entry: 'menu' })).status).toBe(200);
    expect(await queued(id)).toEqual([{ kind: 'enter', payload: 'welcome', ref: 'menu' }]);
  });

  it('is refused where somebody may be reading along; without a flow it is not', async () => {
    const id = await add({ quiet: true });
    await post(lan, `/conversations/${id}/take`);
    expect(codeOf(await post(lan, `/conversations/${id}/return`, { entry: 'menu' }))).toBe('quiet_now');
    expect((await post(lan, `/conversations/${id}/return`)).status).toBe(200);
    expect(await queued(id)).toEqual([]);
  });
});

describe('my desk', () => {
  const read = async (who: Staff) =>
    MyDeskSchema.parse((await desk.call('GET', '/desk', { cookie: who.cookie })).body);

  it('keeps my languages and views, and nobody else’s', async () => {
    const views = [{ name: 'Zalo, Khmer', filter: { channel: ['zalo'], language: ['km'] } }];
    expect((await post(lan, '/desk/settings', { languages: ['km'], views })).status).toBe(200);
    expect(await read(lan)).toMatchObject({ languages: ['km'], views, onBreakSince: null });
    expect((await read(mai)).views).toEqual([]);
    expect((await read(mai)).colleagues.find(({ id }) => id === lan.userId)).toMatchObject({
      ...{ displayName: 'Lan', languages: ['km'], load: 0 },
    });
    for (const bad of [
      [
        { name: 'a', filter: {} },
        { name: 'a', filter: {} },
      ],
      [{ name: '\u202eabc', filter: {} }],
      [{ name: 'a', filter: { phone: ['0912'] } }],
    ])
      expect((await post(lan, '/desk/settings', { languages: [], views: bad })).status).toBe(400);
  });

  it('knows who is there: whoever asked for anything within two minutes and is on no break', async () => {
    const there = async () => (await read(mai)).colleagues.find(({ id }) => id === lan.userId)?.isThere;
    await queueOf(lan);
    expect(await there()).toBe(true);
    desk.clock.move(110_000);
    expect(await there()).toBe(true);
    desk.clock.move(11_000);
    expect(await there()).toBe(false);
    await queueOf(lan);
    expect(await there()).toBe(true);
    await post(lan, '/desk/break', { on: true, handBack: false });
    expect(await there()).toBe(false);
  });

  it('takes a sign of life for no work: the idle clock stands still', async () => {
    const { pool } = desk.database;
    const sql =
      'select last_seen_at as seen, present_at as present from user_sessions where user_id = $1 and ended_at is null';
    await queueOf(lan);
    const before = (await pool.query<{ seen: Date; present: Date }>(sql, [lan.userId])).rows[0];
    desk.clock.move(60_000);
    await queueOf(lan);
    const after = (await pool.query<{ seen: Date; present: Date }>(sql, [lan.userId])).rows[0];
    expect(after?.seen).toEqual(before?.seen);
    expect((after?.present.getTime() ?? 0) - (before?.present.getTime() ?? 0)).toBe(60_000);
  });
});
