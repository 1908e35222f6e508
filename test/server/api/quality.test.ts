/** Review of conversations over the API: a draw that can be repeated, a form that is encrypted, and who reads it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { QualityReadSchema, QualitySchema, type Quality } from '../../../server/api/quality-contract.ts';
import { type Closed, drawSample } from '../../../server/store/quality.ts';
import { eraseConversation } from '../../../server/store/erase.ts';
import { type Desk, startDesk } from '../../support/desk.ts';

const line = (text: string) => ({ vi: text, en: text });
const content = {
  items: [
    { id: 'safe_first', name: line('Hỏi an toàn trước') },
    { id: 'no_promise', name: line('Không hứa') },
  ],
  moves: [],
  scenarios: [],
};
const good = { answers: { safe_first: 'yes', no_promise: 'not_applicable' }, note: 'CANARY hỏi sớm, tốt' };

let desk: Desk;
let boss: Awaited<ReturnType<Desk['addStaff']>>;
let lan: Awaited<ReturnType<Desk['addStaff']>>;
let mai: Awaited<ReturnType<Desk['addStaff']>>;
beforeAll(async () => {
  desk = await startDesk({ practice: { content, numbers: new Set(), fillNumbers: (text) => text } });
  lan = await desk.addStaff('counsellor', 'Lan');
  mai = await desk.addStaff('counsellor', 'Mai');
  boss = await desk.addStaff('supervisor', 'Hoa');
});
beforeEach(() => desk.database.pool.query('truncate contacts, conversations cascade'));
afterAll(() => desk.stop());

type Who = typeof boss;
const post = (who: Who, path: string, body: object) => desk.call('POST', path, { cookie: who.cookie, body });
const read = (who: Who, id: string) => desk.call('GET', `/quality/${id}`, { cookie: who.cookie });
const list = async (who: Who): Promise<Quality> =>
  QualitySchema.parse((await desk.call('GET', '/quality', { cookie: who.cookie })).body);
/** the week of today, Friday, 20 November 2026 */
const draw = (perCounsellor = 2, seed = 'a', week = '2026-11-16') =>
  post(boss, '/quality/sample', { week, perCounsellor, seed });

async function close(who: Who, outcome = 'advised'): Promise<string> {
  const { conversationId } = await desk.addWaiting({ risk: 'high', waitingSince: desk.clock.now() });
  await post(who, `/conversations/${conversationId}/take`, {});
  expect((await post(who, `/conversations/${conversationId}/close`, { outcome })).status).toBe(200);
  return conversationId;
}
async function drawOne(who: Who): Promise<{ id: string; conversationId: string }> {
  const conversationId = await close(who);
  await draw(1);
  const { reviews } = await list(boss);
  return { conversationId, id: reviews.find((one) => one.conversationId === conversationId)?.id ?? '' };
}

describe('the draw', () => {
  it('takes at most so many of each counsellor in a week, however often it is drawn', async () => {
    for (const who of [lan, lan, lan, mai]) await close(who);
    await close(mai, 'test');
    expect((await draw(2)).body).toEqual({ drawn: 3 });
    expect((await draw(2, 'another')).body).toEqual({ drawn: 0 });
    expect((await draw(3, 'another')).body).toEqual({ drawn: 1 });
    expect((await draw(3, 'a', '2026-11-09')).body).toEqual({ drawn: 0 });
    const names = (await list(boss)).reviews.map(({ counsellor }) => counsellor.displayName);
    expect(names.sort()).toEqual(['Lan', 'Lan', 'Lan', 'Mai']);
  });

  it('is the same again with the same seed, whatever the order, and another with another', () => {
    const closed: Closed[] = Array.from({ length: 40 }, (_, index) => ({
      ...{ handoverId: `h${String(index)}`, conversationId: `c${String(index)}`, counsellorId: 'lan' },
    }));
    const ids = (seed: string, from: readonly Closed[]): string[] =>
      drawSample(from, 3, seed, new Map()).map(({ handoverId }) => handoverId);
    expect(ids('week 47', [...closed].reverse())).toEqual(ids('week 47', closed));
    expect(ids('week 48', closed)).not.toEqual(ids('week 47', closed));
    expect(drawSample(closed, 3, 'x', new Map([['lan', 2]]))).toHaveLength(1);
  });

  it.each([
    ['a day that is no Monday', { week: '2026-11-17' }],
    ['none of each', { perCounsellor: 0 }],
    ['no seed', { seed: ' ' }],
  ])('refuses %s', async (_title, over) => {
    const body = { week: '2026-11-16', perCounsellor: 1, seed: 'a', ...over };
    expect((await post(boss, '/quality/sample', body)).status).toBe(400);
  });
});

describe('a review', () => {
  it('is read by whose work it is once it is written, counts as seen then, and by no colleague', async () => {
    const { id } = await drawOne(lan);
    expect((await read(lan, id)).status).toBe(404);
    expect((await list(lan)).reviews).toEqual([]);
    expect((await post(boss, `/quality/${id}/review`, good)).status).toBe(200);
    expect((await list(boss)).reviews[0]).toMatchObject({ reviewerName: 'Hoa', seenAt: null });
    expect((await read(mai, id)).status).toBe(404);
    expect((await list(mai)).reviews).toEqual([]);
    const { review, row } = QualityReadSchema.parse((await read(lan, id)).body);
    expect([review, row.mayReview]).toEqual([good, false]);
    expect((await list(boss)).reviews[0]?.seenAt).not.toBeNull();
    // a change is to be read again
    await post(boss, `/quality/${id}/review`, { ...good, note: '' });
    expect((await list(lan)).reviews[0]?.seenAt).toBeNull();
    const rows = await desk.database.pool.query<{ action: string }>(
      `select action from audit where object_id = $1 order by id`,
      [id],
    );
    expect(rows.rows.map(({ action }) => action)).toEqual([
      ...['quality_reviewed', 'quality_review_read', 'quality_reviewed'],
    ]);
  });

  it('answers the whole list, and nothing else', async () => {
    const { id } = await drawOne(lan);
    for (const answers of [
      { safe_first: 'yes' },
      { ...good.answers, other: 'no' },
      { safe_first: 'perhaps' },
    ])
      expect((await post(boss, `/quality/${id}/review`, { answers, note: '' })).status).toBe(400);
  });

  it('is never written of one’s own work', async () => {
    const { id } = await drawOne(boss);
    expect(await post(boss, `/quality/${id}/review`, good)).toMatchObject({
      ...{ status: 409, body: { error: { code: 'not_yourself' } } },
    });
  });

  it('is kept encrypted, and goes with the person who asks to be erased', async () => {
    const { id, conversationId } = await drawOne(lan);
    await post(boss, `/quality/${id}/review`, good);
    const rows = (): Promise<string> =>
      desk.database.pool
        .query<{ row: string }>('select q::text as row from quality_reviews q')
        .then((found) => found.rows.map(({ row }) => row).join());
    expect(await rows()).toContain(id);
    expect(await rows()).not.toContain('CANARY');
    expect(await rows()).not.toContain(Buffer.from('CANARY').toString('hex'));
    await desk.database.transact((client) => eraseConversation(client, conversationId));
    expect(await rows()).toBe('');
    expect((await read(boss, id)).status).toBe(404);
  });
});
