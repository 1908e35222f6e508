/** Looking after those who answer, over the API: load by risk, breaks, talks that leave no words, and abusive contacts. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ConversationSchema } from '../../../server/api/contract.ts';
import { MyDeskSchema } from '../../../server/api/queue-contract.ts';
import { type Wellbeing, WellbeingSchema } from '../../../server/api/wellbeing-contract.ts';
import { type Desk, startDesk } from '../../support/desk.ts';
import { deskRules } from '../../support/rules.ts';

type Staff = Awaited<ReturnType<Desk['addStaff']>>;
let desk: Desk;
let lan: Staff;
let mai: Staff;
let boss: Staff;
beforeAll(async () => {
  desk = await startDesk();
});
beforeEach(async () => {
  await desk.database.pool.query('truncate contacts, conversations, users, user_sessions cascade');
  lan = await desk.addStaff('counsellor', 'Lan');
  mai = await desk.addStaff('counsellor', 'Mai');
  boss = await desk.addStaff('supervisor', 'Hoa');
});
afterAll(async () => {
  expect(desk.failures).toEqual([]);
  await desk.stop();
});

const post = (who: Staff, path: string, body: object = {}) =>
  desk.call('POST', path, { cookie: who.cookie, body });
async function addTaken(
  who: Staff,
  risk: 'imminent' | 'high' | 'concern' | 'none',
  quiet = false,
): Promise<string> {
  const { conversationId } = await desk.addWaiting({
    ...{ risk, quiet, waitingSince: desk.clock.now() },
    messages: [{ author: 'person', text: 'CANARY lời của người nhắn' }],
  });
  await post(who, `/conversations/${conversationId}/take`);
  return conversationId;
}
async function look(who = boss): Promise<Wellbeing> {
  const { body } = await desk.call('GET', '/wellbeing', { cookie: who.cookie });
  expect(JSON.stringify(body)).not.toContain('CANARY');
  return WellbeingSchema.parse(body);
}
const personOf = (view: Wellbeing, who: Staff) => view.people.find(({ id }) => id === who.userId);
const {
  exposure_weight: weight,
  break_after_minutes: breakAfter,
  debrief_days: debriefDays,
} = deskRules.care;
const MINUTE = 60_000;
const DAY = 86_400_000;

describe('the load of a colleague', () => {
  it('weighs what they had by its risk, also what they handed on; the one who carries most stands first', async () => {
    await addTaken(mai, 'none');
    const handedOn = await addTaken(lan, 'imminent');
    await addTaken(lan, 'concern');
    await post(boss, `/conversations/${handedOn}/take`, { from: lan.userId, reason: 'Lan cần nghỉ' });
    const view = await look();
    expect(view.people.map(({ displayName }) => displayName)).toEqual(['Lan', 'Hoa', 'Mai']);
    expect(personOf(view, lan)?.lately).toEqual({
      ...{ load: weight.imminent + weight.concern, conversations: 2, imminent: 1 },
    });
    expect(personOf(view, boss)?.lately).toMatchObject({ load: weight.imminent });
  });

  it('follows a risk that is set otherwise, and forgets what is older than the days it counts unless it is still held', async () => {
    const closed = await addTaken(lan, 'none');
    await post(lan, `/conversations/${closed}/risk`, { risk: 'high', reason: 'vừa kể bị giữ giấy tờ' });
    expect(personOf(await look(), lan)?.lately.load).toBe(weight.high);
    await post(lan, `/conversations/${closed}/close`, { outcome: 'advised' });
    await addTaken(lan, 'concern');
    desk.clock.move((deskRules.care.load_days + 1) * DAY);
    boss = await desk.addStaff('supervisor', 'Vân');
    expect(personOf(await look(), lan)?.lately).toMatchObject({ load: weight.concern, conversations: 1 });
  });

  it('stands for the last shift of the calendar beside the days', async () => {
    const first = await addTaken(lan, 'high');
    await post(lan, `/conversations/${first}/close`, { outcome: 'advised' });
    expect(personOf(await look(), lan)).toMatchObject({ shiftFrom: null, onShift: { load: 0 } });
    const begins = new Date(desk.clock.now().getTime() + 10 * MINUTE);
    const inVietnam = new Date(begins.getTime() + 7 * 60 * MINUTE).toISOString();
    await post(boss, '/shifts', {
      ...{ userId: lan.userId, weekdays: [1, 2, 3, 4, 5, 6, 7], languages: [], lastDay: null },
      ...{ starts: inVietnam.slice(11, 16), ends: inVietnam.slice(11, 16), firstDay: inVietnam.slice(0, 10) },
    });
    desk.clock.move(20 * MINUTE);
    await addTaken(lan, 'concern');
    expect(personOf(await look(), lan)).toMatchObject({
      ...{
        onShift: { load: weight.concern, conversations: 1 },
        lately: { load: weight.high + weight.concern },
      },
      shiftFrom: `${begins.toISOString().slice(0, 16)}:00.000Z`,
    });
  });
});

describe('a break', () => {
  const mine = async () => MyDeskSchema.parse((await desk.call('GET', '/desk', { cookie: lan.cookie })).body);
  /** somebody who works: the idle limit never ends the session */
  async function work(minutes: number): Promise<void> {
    for (let left = minutes; left > 0; left -= 20) {
      desk.clock.move(Math.min(left, 20) * MINUTE);
      await post(lan, '/me/extend');
      await post(boss, '/me/extend');
    }
  }

  it('is due after the minutes of the rules, counted from the beginning of work or the end of the last break', async () => {
    const began = desk.clock.now().toISOString();
    expect(await mine()).toMatchObject({ workingSince: began, breakAfterMinutes: breakAfter });
    await work(breakAfter - 1);
    expect(personOf(await look(), lan)).toMatchObject({ workingSince: began, needsBreak: false });
    await work(1);
    expect(personOf(await look(), lan)?.needsBreak).toBe(true);
    await post(lan, '/desk/break', { on: true, handBack: false });
    expect(await mine()).toMatchObject({ workingSince: null });
    expect(personOf(await look(), lan)).toMatchObject({ workingSince: null, needsBreak: false });
    await work(10);
    await post(lan, '/desk/break', { on: false, handBack: false });
    expect((await mine()).workingSince).toBe(desk.clock.now().toISOString());
    // saying so again is no new break
    const back = desk.clock.now().toISOString();
    await work(5);
    await post(lan, '/desk/break', { on: false, handBack: false });
    expect((await mine()).workingSince).toBe(back);
  });
});

describe('a talk after something hard', () => {
  it('is due for who had somebody in imminent danger, asked for it, or closed as abusive; nobody else', async () => {
    const hard = await addTaken(lan, 'imminent');
    await addTaken(mai, 'high');
    expect((await look()).debriefs).toMatchObject([
      { user: { displayName: 'Lan' }, isAsked: false, conversations: [{ conversationId: hard }] },
    ]);
    desk.clock.move(MINUTE);
    const asked = await addTaken(mai, 'none');
    await post(mai, `/conversations/${asked}/close`, { outcome: 'advised', wantsTalk: true });
    expect((await look()).debriefs.map(({ user, isAsked }) => [user.displayName, isAsked])).toEqual([
      ['Lan', false],
      ['Mai', true],
    ]);
  });

  it('is marked by somebody else, once, and keeps nothing of what was said', async () => {
    await addTaken(lan, 'imminent');
    const [due] = (await look()).debriefs;
    const handoverIds = due?.conversations.map(({ handoverId }) => handoverId) ?? [];
    const mark = (who: Staff, of: Staff, body: object = { handoverIds }) =>
      post(who, `/wellbeing/${of.userId}/talked`, body);
    expect((await mark(boss, lan, { handoverIds, words: 'x' })).status).toBe(400);
    expect((await mark(lan, lan)).status).toBe(403);
    expect((await mark(boss, mai)).body).toEqual({ error: { code: 'nothing_to_change' } });
    expect((await mark(boss, lan)).status).toBe(200);
    expect((await look()).debriefs).toEqual([]);
    expect((await mark(boss, lan)).body).toEqual({ error: { code: 'nothing_to_change' } });
    const { rows } = await desk.database.pool.query(
      `select detail from audit where action = 'debrief_held' and object_id = $1`,
      [lan.userId],
    );
    expect(rows).toEqual([{ detail: { conversations: 1 } }]);
  });

  it('is never with oneself, whatever the program does', async () => {
    await addTaken(boss, 'imminent');
    const [due] = (await look()).debriefs;
    const handoverIds = due?.conversations.map(({ handoverId }) => handoverId) ?? [];
    expect((await post(boss, `/wellbeing/${boss.userId}/talked`, { handoverIds })).body).toEqual({
      ...{ error: { code: 'not_yourself' } },
    });
    await expect(
      desk.database.pool.query('update exposures set talked_at = now(), talked_by = user_id'),
    ).rejects.toThrow(/check constraint/);
  });

  it('is let go after the days of the rules', async () => {
    const id = await addTaken(lan, 'imminent');
    await post(lan, `/conversations/${id}/close`, { outcome: 'advised' });
    desk.clock.move((debriefDays + 1) * DAY);
    boss = await desk.addStaff('supervisor', 'Vân');
    expect((await look()).debriefs).toEqual([]);
  });
});

describe('an abusive contact', () => {
  const close = (id: string, more: object = { reason: 'chửi ba lần sau lời nhắc' }) =>
    post(lan, `/conversations/${id}/close`, { outcome: 'abusive', ...more });
  const writesOn = (id: string) =>
    desk.database.pool.query(`update conversations set last_inbound_at = $2 where id = $1`, [
      ...[id, new Date(desk.clock.now().getTime() + 1000)],
    ]);

  it('is warned first, closed with a reason a supervisor reads, and answered by the bot with numbers', async () => {
    const id = await addTaken(lan, 'concern');
    expect((await close(id)).body).toEqual({ error: { code: 'not_warned' } });
    expect((await post(lan, `/conversations/${id}/warn`)).status).toBe(200);
    expect((await post(lan, `/conversations/${id}/warn`)).body).toEqual({
      ...{ error: { code: 'nothing_to_change' } },
    });
    // a warning is a chance: not closed before they wrote again
    expect((await close(id)).body).toEqual({ error: { code: 'not_warned' } });
    await writesOn(id);
    expect((await close(id, {})).body).toEqual({ error: { code: 'bad_request', fields: ['reason'] } });
    expect((await close(id)).status).toBe(200);
    const { body } = await desk.call('GET', `/conversations/${id}`, { cookie: boss.cookie });
    const read = ConversationSchema.parse(body);
    expect(read.handover).toMatchObject({ state: 'closed', outcome: 'abusive' });
    expect(read.messages.map(({ author, text }) => `${author}: ${text}`)).toContain(
      'system: desk.abuse-warning (vi)',
    );
    expect(read.notes.map(({ text }) => text)).toEqual(['chửi ba lần sau lời nhắc']);
    const view = await look();
    expect(view.abusive).toMatchObject([{ conversationId: id, by: { displayName: 'Lan' } }]);
    expect(view.debriefs).toMatchObject([
      { user: { displayName: 'Lan' }, conversations: [{ isAbusive: true }] },
    ]);
    const { rows } = await desk.database.pool.query<{ owner: string; waits: number }>(
      `select owner, (select count(*)::int from inbox i where i.conversation_id = c.id) as waits
       from conversations c where id = $1`,
      [id],
    );
    expect(rows).toEqual([{ owner: 'bot', waits: 1 }]);
  });

  it('may ask for a person again: nobody is blocked', async () => {
    const id = await addTaken(lan, 'none');
    await post(lan, `/conversations/${id}/warn`);
    await writesOn(id);
    await close(id);
    const { rows } = await desk.database.pool.query(
      `select owner, erase_requested_at from conversations where id = $1`,
      [id],
    );
    expect(rows).toEqual([{ owner: 'bot', erase_requested_at: null }]);
  });

  it.each(['high', 'imminent'] as const)('is nobody at %s risk, neither warned nor closed', async (risk) => {
    const id = await addTaken(lan, 'none');
    await post(lan, `/conversations/${id}/warn`);
    await writesOn(id);
    await post(lan, `/conversations/${id}/risk`, { risk, reason: 'kể bị đánh' });
    expect((await close(id)).body).toEqual({ error: { code: 'risk_forbids' } });
    const other = await addTaken(lan, risk);
    expect((await post(lan, `/conversations/${other}/warn`)).body).toEqual({
      ...{ error: { code: 'risk_forbids' } },
    });
  });

  it('is not warned where somebody may be reading along: nothing would reach the right eyes', async () => {
    const id = await addTaken(lan, 'none', true);
    expect((await post(lan, `/conversations/${id}/warn`)).body).toEqual({
      error: { code: 'warning_unsent' },
    });
    const { handover } = ConversationSchema.parse(
      (await desk.call('GET', `/conversations/${id}`, { cookie: lan.cookie })).body,
    );
    expect(handover.warnedAt).toBeNull();
  });

  it('is warned by the one who answers alone; a reason belongs to no other outcome', async () => {
    const id = await addTaken(lan, 'none');
    expect((await post(mai, `/conversations/${id}/warn`)).body).toMatchObject({
      error: { code: 'not_yours' },
    });
    expect((await post(lan, `/conversations/${randomUUID()}/warn`)).body).toEqual({
      ...{ error: { code: 'not_found' } },
    });
    const answer = await post(lan, `/conversations/${id}/close`, { outcome: 'advised', reason: 'vì sao' });
    expect(answer.body).toEqual({ error: { code: 'bad_request', fields: ['reason'] } });
  });
});
