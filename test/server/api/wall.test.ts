/** The wall over the API: figures that are true, nothing of what anybody wrote, and several handed on at once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { QueueSchema } from '../../../server/api/contract.ts';
import { ReassignedSchema, type Wall, WallSchema } from '../../../server/api/wall-contract.ts';
import { type Desk, startDesk } from '../../support/desk.ts';

let desk: Desk;
let boss: Awaited<ReturnType<Desk['addStaff']>>;
let lan: Awaited<ReturnType<Desk['addStaff']>>;
let mai: Awaited<ReturnType<Desk['addStaff']>>;
beforeAll(async () => {
  desk = await startDesk();
});
beforeEach(async () => {
  await desk.database.pool.query('truncate contacts, conversations, users, user_sessions cascade');
  lan = await desk.addStaff('counsellor', 'Lan');
  mai = await desk.addStaff('counsellor', 'Mai');
  boss = await desk.addStaff('supervisor', 'Hoa');
});
afterAll(() => desk.stop());

const minutesAgo = (n: number): Date => new Date(desk.clock.now().getTime() - n * 60_000);
const wait = (risk: 'imminent' | 'high' | 'none', minutes: number) =>
  desk.addWaiting({
    ...{ risk, waitingSince: minutesAgo(minutes) },
    messages: [{ author: 'person', text: 'CANARY em sợ' }],
  });
const take = (who: { cookie: string }, id: string) =>
  desk.call('POST', `/conversations/${id}/take`, { cookie: who.cookie, body: {} });
const reassign = (conversationIds: readonly string[], to: string, who = boss) =>
  desk.call('POST', '/wall/reassign', { cookie: who.cookie, body: { conversationIds, to } });
async function look(): Promise<Wall> {
  const { body } = await desk.call('GET', '/wall', { cookie: boss.cookie });
  expect(JSON.stringify(body)).not.toContain('CANARY');
  return WallSchema.parse(body);
}
const loadOf = (wall: Wall) =>
  wall.colleagues.map(({ displayName, taken, unanswered }) => [displayName, taken.length, unanswered]);

describe('the wall', () => {
  it('counts who waits by risk, with the longest wait and those past their time', async () => {
    await wait('imminent', 1);
    await wait('high', 4);
    await wait('high', 6);
    const { waiting, queue } = await look();
    expect(waiting.map(({ risk, waiting: n, overdue }) => [risk, n, overdue])).toEqual([
      ['imminent', 1, 0],
      ['high', 2, 1],
      ['concern', 0, 0],
      ['none', 0, 0],
    ]);
    expect(waiting[1]?.oldestSince).toBe(minutesAgo(6).toISOString());
    expect(queue.map(({ risk, isOverdue }) => [risk, isOverdue])).toEqual([
      ['imminent', false],
      ['high', true],
      ['high', false],
    ]);
  });

  it('shows who has how much, who waits for a reply and since when', async () => {
    const [one, two] = [await wait('high', 20), await wait('none', 9)];
    await take(lan, one.conversationId);
    await take(lan, two.conversationId);
    await desk.database.pool.query('update conversations set last_outbound_at = $2 where id = $1', [
      one.conversationId,
      minutesAgo(1),
    ]);
    const wall = await look();
    expect(loadOf(wall)).toEqual([
      ['Hoa', 0, 0],
      ['Lan', 2, 1],
      ['Mai', 0, 0],
    ]);
    expect(wall.colleagues[1]?.unansweredSince).toBe(minutesAgo(9).toISOString());
    expect(wall.today).toEqual({ asked: 2, taken: 2, closed: 0, returned: 0, medianWaitSeconds: 540 });
  });

  it('keeps a colleague in sight who has left and still has somebody', async () => {
    const { conversationId } = await wait('high', 2);
    await take(lan, conversationId);
    await desk.database.pool.query(
      'update user_sessions set last_seen_at = $2, present_at = $2 where user_id = any($1)',
      [[lan.userId, mai.userId], minutesAgo(6)],
    );
    expect((await look()).colleagues.map(({ displayName, isPresent }) => [displayName, isPresent])).toEqual([
      ['Hoa', true],
      ['Lan', false],
    ]);
  });

  it('tells a break from being there', async () => {
    const rest = (on: boolean): ReturnType<Desk['call']> =>
      desk.call('POST', '/desk/break', { cookie: lan.cookie, body: { on, handBack: false } });
    expect(await rest(true)).toMatchObject({ status: 200 });
    const { colleagues, duty } = await look();
    expect(colleagues.filter(({ isOnBreak }) => isOnBreak).map(({ displayName }) => displayName)).toEqual([
      'Lan',
    ]);
    expect(duty.isStaffed).toBe(true);
    await rest(false);
    expect((await look()).colleagues.some(({ isOnBreak }) => isOnBreak)).toBe(false);
  });

  it('counts a browser that only keeps listening as there, and calls one overdue when the queue does', async () => {
    const { conversationId } = await wait('high', 5);
    await desk.database.pool.query(
      'update user_sessions set last_seen_at = $2, present_at = $3 where user_id = $1',
      [lan.userId, minutesAgo(6), desk.clock.now()],
    );
    const { colleagues, queue, waiting } = await look();
    expect(colleagues.find(({ id }) => id === lan.userId)?.isPresent).toBe(true);
    const list = await desk.call('GET', '/queue', { cookie: boss.cookie });
    const row = QueueSchema.parse(list.body).waiting.find((one) => one.conversationId === conversationId);
    expect(row?.redAt).toBe(desk.clock.now().toISOString());
    expect(queue.find((one) => one.conversationId === conversationId)?.isOverdue).toBe(true);
    expect(waiting.find(({ risk }) => risk === 'high')?.overdue).toBe(1);
  });
});

describe('handing on', () => {
  it('moves several at once, waiting and taken, and leaves what has moved meanwhile', async () => {
    const [waiting, taken, closed] = [await wait('high', 2), await wait('none', 3), await wait('none', 4)];
    await take(lan, taken.conversationId);
    await take(lan, closed.conversationId);
    await desk.call('POST', `/conversations/${closed.conversationId}/close`, {
      ...{ cookie: lan.cookie, body: { outcome: 'advised' } },
    });
    const { body } = await reassign(
      [waiting, taken, closed].map(({ conversationId }) => conversationId),
      mai.userId,
    );
    const { moved, left } = ReassignedSchema.parse(body);
    expect([...moved].sort()).toEqual([waiting.conversationId, taken.conversationId].sort());
    expect(left).toEqual([closed.conversationId]);
    expect(loadOf(await look())).toEqual([
      ['Hoa', 0, 0],
      ['Lan', 0, 0],
      ['Mai', 2, 2],
    ]);
    const rows = await desk.database.pool.query<{ objectId: string; detail: unknown }>(
      `select object_id as "objectId", detail from audit where action = 'conversation_reassigned' and object_id = any($1)`,
      [[waiting.conversationId, taken.conversationId]],
    );
    const detailOf = new Map(rows.rows.map(({ objectId, detail }) => [objectId, detail]));
    expect(detailOf.get(waiting.conversationId)).toEqual({ from: null, to: mai.userId });
    expect(detailOf.get(taken.conversationId)).toEqual({ from: lan.userId, to: mai.userId });
    // the bot is mute for what waited until now, as after any take
    const owner = await desk.database.pool.query('select owner from conversations where id = $1', [
      waiting.conversationId,
    ]);
    expect(owner.rows).toEqual([{ owner: 'counsellor' }]);
  });

  it('gives nobody to an empty chair, and to nobody who does not answer people', async () => {
    const { conversationId } = await wait('imminent', 1);
    const editor = await desk.addStaff('editor');
    await desk.database.pool.query(
      'update user_sessions set last_seen_at = $2, present_at = $2 where user_id = $1',
      [mai.userId, minutesAgo(6)],
    );
    for (const to of [mai.userId, editor.userId, conversationId])
      expect(await reassign([conversationId], to)).toMatchObject({
        ...{ status: 409, body: { error: { code: 'colleague_away' } } },
      });
    expect((await look()).queue).toHaveLength(1);
  });

  it('of two supervisors at the same moment leaves each conversation with one colleague', async () => {
    const ids = await Promise.all([1, 2, 3, 4].map(async (n) => (await wait('high', n)).conversationId));
    const other = await desk.addStaff('supervisor', 'Kim');
    const answers = await Promise.all([
      reassign(ids, lan.userId),
      reassign([...ids].reverse(), mai.userId, other),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const owners = await desk.database.pool.query<{ one: boolean }>(
      `select c.owner_user_id = h.taken_by as one from conversations c join handovers h on h.conversation_id = c.id
       where h.state = 'taken'`,
    );
    expect(owners.rows).toEqual(ids.map(() => ({ one: true })));
  });
});
