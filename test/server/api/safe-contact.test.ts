/** The plan of safe contact over the API: who may, what is refused and why, and what is left behind. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ConversationSchema, RefusalSchema } from '../../../server/api/contract.ts';
import { PlanViewSchema } from '../../../server/api/safe-contact-contract.ts';
import type { Plan } from '../../../server/api/safe-contact-contract.ts';
import { CAREFUL_PLAN } from '../../../server/safe-contact.ts';
import { startDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

jest.setTimeout(30_000);

type Staff = Awaited<ReturnType<Desk['addStaff']>>;
let desk: Desk;
let lan: Staff;
let mai: Staff;
let boss: Staff;
beforeAll(async () => {
  desk = await startDesk();
  lan = await desk.addStaff('counsellor', 'Lan');
  mai = await desk.addStaff('counsellor', 'Mai');
  boss = await desk.addStaff('supervisor', 'Hoa');
});
afterAll(() => desk.stop());

const post = (who: Staff, path: string, body: unknown = {}) =>
  desk.call('POST', path, { cookie: who.cookie, body });
const plan = (over: Partial<Plan> = {}): Plan => ({
  ...CAREFUL_PLAN,
  wording: 'plain',
  note: 'CANARY chồng',
  ...over,
});
const code = ({ status, body }: { status: number; body: unknown }): unknown =>
  status === 200 ? 'ok' : RefusalSchema.parse(body).error.code;

/** somebody wrote `minutes` ago, and Lan has them */
async function taken(minutes = 60): Promise<string> {
  const at = new Date(desk.clock.now().getTime() - minutes * 60_000);
  const { conversationId } = await desk.addWaiting({ risk: 'high', waitingSince: at });
  await post(lan, `/conversations/${conversationId}/take`);
  return conversationId;
}
const reply = (who: Staff, id: string, text = 'chào em') =>
  post(who, `/conversations/${id}/reply`, { clientMessageId: randomUUID(), text });
const read = async (who: Staff, id: string) =>
  PlanViewSchema.parse((await desk.call('GET', `/conversations/${id}/plan`, { cookie: who.cookie })).body);

describe('a plan', () => {
  it('is kept by whoever answers, sealed, and read by whoever may read the conversation', async () => {
    const id = await taken();
    expect((await read(lan, id)).plan).toBeNull();
    expect(code(await post(mai, `/conversations/${id}/plan`, { plan: plan() }))).toBe('not_yours');
    expect(code(await post(lan, `/conversations/${id}/plan`, { plan: plan() }))).toBe('ok');
    expect(await read(lan, id)).toMatchObject({ plan: plan(), updatedBy: 'Lan', mayChange: true, held: 0 });
    expect((await read(boss, id)).mayChange).toBe(true);
    const missing = await desk.call('GET', `/conversations/${randomUUID()}/plan`, { cookie: mai.cookie });
    const others = await desk.call('GET', `/conversations/${id}/plan`, { cookie: mai.cookie });
    expect([others.status, others.body]).toEqual([missing.status, missing.body]);
    const stored = await desk.database.pool.query(
      'select p.*, s.* from safe_contact_plans p, safe_contact_changes s, live_events l, audit a',
    );
    expect(JSON.stringify(stored.rows)).not.toContain('CANARY');
    const { rows } = await desk.database.pool.query('select detail::text from audit');
    expect(JSON.stringify(rows)).not.toContain('CANARY');
  });

  it('refuses what a counsellor writes outside it, with the reason and the hour', async () => {
    const id = await taken();
    await post(lan, `/conversations/${id}/plan`, { plan: plan() });
    expect(code(await reply(lan, id))).toBe('plan_never_first');
    // noon in Vietnam now
    const times = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '13:00', to: '14:00' }];
    await post(lan, `/conversations/${id}/plan`, {
      plan: plan({ mayWriteFirst: true, ways: ['web'], times }),
    });
    const answer = await reply(lan, id);
    expect(answer.body).toEqual({ error: { code: 'plan_times', until: '2026-11-20T06:00:00.000Z' } });
    const { sending } = ConversationSchema.parse(
      (await desk.call('GET', `/conversations/${id}`, { cookie: lan.cookie })).body,
    );
    expect(sending).toMatchObject({ ok: false, reason: 'plan_times', until: '2026-11-20T06:00:00.000Z' });
    await post(lan, `/conversations/${id}/plan`, { plan: plan({ mayWriteFirst: true, ways: ['zalo'] }) });
    expect(code(await reply(lan, id))).toBe('plan_channel');
  });

  it('lets answers to who has just written through, but no word that betrays', async () => {
    const id = await taken(1);
    await post(lan, `/conversations/${id}/plan`, { plan: plan({ wording: 'neutral' }) });
    expect(code(await reply(lan, id, 'chuyện buôn người'))).toBe('plan_wording');
    expect(code(await reply(lan, id, 'chuyện hôm nọ'))).toBe('ok');
  });

  it('is overridden with a reason only, for a quarter of an hour, and the supervisor reads why', async () => {
    const id = await taken();
    const path = `/conversations/${id}/plan/override`;
    const body = { reason: 'CANARY họ gọi từ bệnh viện' };
    expect(code(await post(lan, path, body))).toBe('no_plan');
    await post(lan, `/conversations/${id}/plan`, { plan: plan() });
    expect(code(await post(lan, path, { reason: ' ' }))).toBe('bad_request');
    expect(code(await post(mai, path, body))).toBe('not_yours');
    expect(code(await post(lan, path, body))).toBe('ok');
    expect(code(await reply(lan, id))).toBe('ok');
    expect((await read(boss, id)).changes.find(({ kind }) => kind === 'overridden')).toMatchObject({
      ...{ by: 'Lan', reason: body.reason },
    });
    desk.clock.move(15 * 60_000);
    expect(code(await reply(lan, id))).toBe('plan_never_first');
    desk.clock.move(-15 * 60_000);
    const audited = await desk.database.pool.query<{ action: string; detail: string }>(
      `select action, detail::text from audit where object_id = $1 and action like 'plan_%' order by id`,
      [id],
    );
    expect(audited.rows.map(({ action }) => action)).toEqual(['plan_saved', 'plan_overridden', 'plan_read']);
    expect(JSON.stringify(audited.rows)).not.toContain('CANARY');
  });

  it('is taken back with a reason; an override never outlives the plan it was given for', async () => {
    const id = await taken();
    await post(lan, `/conversations/${id}/plan`, { plan: plan() });
    await post(lan, `/conversations/${id}/plan/override`, { reason: 'gấp lắm' });
    await post(boss, `/conversations/${id}/plan`, { plan: plan() });
    expect(code(await reply(lan, id))).toBe('plan_never_first');
    expect(code(await post(lan, `/conversations/${id}/plan/remove`, { reason: 'đã về nhà' }))).toBe('ok');
    expect(code(await reply(lan, id))).toBe('ok');
    expect(code(await post(lan, `/conversations/${id}/plan/remove`, { reason: 'đã về nhà' }))).toBe(
      'no_plan',
    );
  });

  it('is refused with anything in it that is no part of a plan', async () => {
    const id = await taken();
    for (const odd of [
      { ...plan(), role: 'admin' },
      { ...plan(), zone: 'x' },
      { ...plan(), safeWord: 'a\u202eb' },
    ])
      expect(code(await post(lan, `/conversations/${id}/plan`, { plan: odd }))).toBe('bad_request');
  });
});
