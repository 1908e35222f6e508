/** The team: roles, lost factors, the second person, other people's sessions; masks and the audit for those who look after it. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import {
  ApprovalsSchema,
  AuditPageSchema,
  CarriedSchema,
  ConversationSchema,
  QueueSchema,
  UsersSchema,
} from '../../../server/api/contract.ts';
import { sealAudit } from '../../../server/store/audit-chain.ts';
import { runStaff } from '../../../server/tools/staff.ts';
import { startDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

jest.setTimeout(30_000);

type Staff = Awaited<ReturnType<Desk['addStaff']>>;
const open: Desk[] = [];
/** Each of these tests counts administrators: it has a desk of its own. */
async function fresh(): Promise<Desk> {
  const desk = await startDesk();
  open.push(desk);
  return desk;
}
afterAll(async () => {
  for (const desk of open) await desk.stop();
});

const post = (desk: Desk, who: Staff, path: string, body: unknown = {}) =>
  desk.call('POST', path, { cookie: who.cookie, body });
const listUsers = async (desk: Desk, who: Staff) =>
  UsersSchema.parse((await desk.call('GET', '/users', { cookie: who.cookie })).body).users;
const listApprovals = async (desk: Desk, who: Staff) =>
  ApprovalsSchema.parse((await desk.call('GET', '/approvals', { cookie: who.cookie })).body).approvals;
const roleOf = async (desk: Desk, id: string): Promise<unknown> =>
  (await desk.database.pool.query<{ role: string }>('select role from users where id = $1', [id])).rows[0]
    ?.role;
async function auditOf(desk: Desk, objectId: string): Promise<unknown[]> {
  const rows = await desk.database.pool.query<{ action: string; user_id: string; detail: unknown }>(
    'select action, user_id, detail from audit where object_id = $1 order by id',
    [objectId],
  );
  return rows.rows;
}

describe('a role', () => {
  it('is changed by an administrator; the sessions of before end', async () => {
    const desk = await fresh();
    const [admin, mai] = [await desk.addStaff('admin'), await desk.addStaff('counsellor', 'Mai')];
    const answer = await post(desk, admin, `/users/${mai.userId}/role`, { role: 'auditor' });
    expect(answer.body).toEqual({ state: 'done', expiresAt: null });
    expect(await roleOf(desk, mai.userId)).toBe('auditor');
    expect((await desk.call('GET', '/me', { cookie: mai.cookie })).status).toBe(401);
    expect(await auditOf(desk, mai.userId)).toEqual([
      {
        action: 'role_changed',
        user_id: admin.userId,
        detail: { from: 'counsellor', to: 'auditor', sessions: 1 },
      },
      { action: 'role_change_asked', user_id: admin.userId, detail: {} },
    ]);
  });

  it.each([
    { title: 'of oneself', to: 'editor', self: true, code: 'not_yourself' },
    { title: 'that is the same', to: 'counsellor', self: false, code: 'nothing_to_change' },
    { title: 'of administrator without a reason', to: 'admin', self: false, code: 'bad_request' },
  ])('$title is refused as $code', async ({ to, self, code }) => {
    const desk = await fresh();
    const [admin, mai] = [await desk.addStaff('admin'), await desk.addStaff('counsellor', 'Mai')];
    const path = `/users/${self ? admin.userId : mai.userId}/role`;
    expect((await post(desk, admin, path, { role: to })).body).toMatchObject({ error: { code } });
    expect([await roleOf(desk, admin.userId), await roleOf(desk, mai.userId)]).toEqual([
      'admin',
      'counsellor',
    ]);
  });

  it('that the table does not know is refused by the database, too', async () => {
    const desk = await fresh();
    const { userId } = await desk.addStaff('editor');
    await expect(
      desk.database.pool.query(`update users set role = 'root' where id = $1`, [userId]),
    ).rejects.toThrow('users_role_check');
  });
});

describe('the second person', () => {
  const reason = 'thay người đi nghỉ';

  it('is not there in a team with one administrator: it is done at once, and the audit says alone', async () => {
    const desk = await fresh();
    const [admin, mai] = [await desk.addStaff('admin', 'Lan'), await desk.addStaff('counsellor', 'Mai')];
    // invited, and without a second factor not able to agree
    await desk.addStaff('admin', 'Hoa', 'password');
    const answer = await post(desk, admin, `/users/${mai.userId}/role`, { role: 'admin', reason });
    expect(answer.body).toEqual({ state: 'done', expiresAt: null });
    expect(await auditOf(desk, mai.userId)).toMatchObject([
      { action: 'role_changed', detail: { from: 'counsellor', to: 'admin', alone: true } },
      { action: 'role_change_asked', detail: { kind: 'make_admin', alone: true } },
    ]);
    expect(await listApprovals(desk, admin)).toMatchObject([{ state: 'alone', reason, mayDecide: false }]);
  });

  it('agrees, and it is carried out once', async () => {
    const desk = await fresh();
    const [lan, hoa] = [await desk.addStaff('admin', 'Lan'), await desk.addStaff('admin', 'Hoa')];
    const [mai, chief] = [await desk.addStaff('counsellor', 'Mai'), await desk.addStaff('supervisor')];
    const asked = await post(desk, lan, `/users/${mai.userId}/role`, { role: 'admin', reason });
    expect(CarriedSchema.parse(asked.body).state).toBe('waiting');
    expect(await roleOf(desk, mai.userId)).toBe('counsellor');
    expect((await post(desk, lan, `/users/${mai.userId}/role`, { role: 'admin', reason })).body).toEqual({
      error: { code: 'already_asked' },
    });

    const [mine] = await listApprovals(desk, lan);
    const [theirs] = await listApprovals(desk, hoa);
    expect(mine).toMatchObject({ kind: 'make_admin', mayDecide: false, subject: { displayName: 'Mai' } });
    expect(theirs).toMatchObject({ reason, mayDecide: true, requestedBy: { displayName: 'Lan' } });
    expect(await listApprovals(desk, chief)).toEqual([]);
    const path = `/approvals/${mine?.id ?? ''}/agree`;
    expect((await post(desk, lan, path)).status).toBe(403);
    expect((await post(desk, chief, path)).status).toBe(403);
    const answers = await Promise.all([post(desk, hoa, path), post(desk, hoa, path)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await roleOf(desk, mai.userId)).toBe('admin');
    expect((await desk.call('GET', '/me', { cookie: mai.cookie })).status).toBe(401);
    expect(await auditOf(desk, mai.userId)).toMatchObject([
      { action: 'role_change_asked', user_id: lan.userId },
      {
        action: 'role_changed',
        user_id: hoa.userId,
        detail: { requestedBy: lan.userId, approval: mine?.id },
      },
    ]);
    expect(await auditOf(desk, mine?.id ?? '')).toMatchObject([
      { action: 'approval_given', user_id: hoa.userId },
    ]);
  });

  it('refuses, and the one who asked may take it back', async () => {
    const desk = await fresh();
    const [lan, hoa] = [await desk.addStaff('admin', 'Lan'), await desk.addStaff('admin', 'Hoa')];
    const mai = await desk.addStaff('counsellor', 'Mai');
    for (const [who, state] of [[hoa, 'refused'] as const, [lan, 'withdrawn'] as const]) {
      await post(desk, lan, `/users/${mai.userId}/role`, { role: 'admin', reason });
      const [waiting] = await listApprovals(desk, lan);
      expect((await post(desk, who, `/approvals/${waiting?.id ?? ''}/refuse`)).status).toBe(200);
      expect((await listApprovals(desk, lan)).find(({ id }) => id === waiting?.id)).toMatchObject({ state });
      expect((await post(desk, hoa, `/approvals/${waiting?.id ?? ''}/agree`)).status).toBe(409);
    }
    expect(await roleOf(desk, mai.userId)).toBe('counsellor');
  });

  it('is too late after a day, and the same may be asked again', async () => {
    const desk = await fresh();
    const lan = await desk.addStaff('admin', 'Lan');
    const mai = await desk.addStaff('counsellor', 'Mai');
    await desk.addStaff('admin', 'Hoa');
    await post(desk, lan, `/users/${mai.userId}/role`, { role: 'admin', reason });
    const [first] = await listApprovals(desk, lan);
    desk.clock.move(24 * 3_600_000);
    const [again, later] = [await desk.addStaff('admin', 'Lan 2'), await desk.addStaff('admin', 'Hoa 2')];
    expect((await post(desk, later, `/approvals/${first?.id ?? ''}/agree`)).body).toEqual({
      error: { code: 'approval_over' },
    });
    expect((await listApprovals(desk, later))[0]).toMatchObject({ state: 'expired', mayDecide: false });
    expect(
      (await post(desk, again, `/users/${mai.userId}/role`, { role: 'admin', reason })).body,
    ).toMatchObject({
      state: 'waiting',
    });
  });

  it('cannot agree to what somebody asked who was disabled since', async () => {
    const desk = await fresh();
    const [lan, hoa] = [await desk.addStaff('admin', 'Lan'), await desk.addStaff('admin', 'Hoa')];
    const mai = await desk.addStaff('counsellor', 'Mai');
    await post(desk, lan, `/users/${mai.userId}/role`, { role: 'admin', reason });
    const [waiting] = await listApprovals(desk, hoa);
    await post(desk, hoa, `/users/${lan.userId}/disable`);
    expect((await post(desk, hoa, `/approvals/${waiting?.id ?? ''}/agree`)).status).toBe(409);
    expect(await roleOf(desk, mai.userId)).toBe('counsellor');
  });

  it('is not gone around by inviting an administrator', async () => {
    const desk = await fresh();
    const lan = await desk.addStaff('admin', 'Lan');
    expect((await post(desk, lan, '/invitations', { role: 'admin' })).status).toBe(200);
    await desk.addStaff('admin', 'Hoa');
    expect((await post(desk, lan, '/invitations', { role: 'admin' })).body).toEqual({
      error: { code: 'second_person_needed' },
    });
    expect((await post(desk, lan, '/invitations', { role: 'officer' })).status).toBe(200);
  });

  it('is held by the database: nobody agrees to their own wish', async () => {
    const desk = await fresh();
    const lan = await desk.addStaff('admin', 'Lan');
    await desk.addStaff('admin', 'Hoa');
    const mai = await desk.addStaff('counsellor', 'Mai');
    await post(desk, lan, `/users/${mai.userId}/role`, { role: 'admin', reason });
    await expect(
      desk.database.pool.query(
        `update approvals set state = 'done', decided_by = requested_by, decided_at = now()`,
      ),
    ).rejects.toThrow('approvals_check');
  });
});

describe('a lost second factor', () => {
  const reason = 'rơi điện thoại';

  it('is reset by a supervisor once an administrator agrees; the next sign-in sets up a new one', async () => {
    const desk = await fresh();
    const [lan, chief] = [await desk.addStaff('admin', 'Lan'), await desk.addStaff('supervisor', 'Hoa')];
    const mai = await desk.addStaff('counsellor', 'Mai');
    const asked = await post(desk, chief, `/users/${mai.userId}/reset-factor`, { reason });
    expect(CarriedSchema.parse(asked.body).state).toBe('waiting');
    expect((await desk.call('GET', '/queue', { cookie: mai.cookie })).status).toBe(200);
    const [waiting] = await listApprovals(desk, chief);
    expect(waiting).toMatchObject({ kind: 'reset_factor', mayDecide: false });
    expect((await post(desk, chief, `/approvals/${waiting?.id ?? ''}/agree`)).status).toBe(403);
    expect((await post(desk, lan, `/approvals/${waiting?.id ?? ''}/agree`)).status).toBe(200);
    expect((await desk.call('GET', '/me', { cookie: mai.cookie })).status).toBe(401);
    const listed = (await listUsers(desk, lan)).find(({ id }) => id === mai.userId);
    expect(listed).toMatchObject({ hasFactor: false, openSessions: 0 });
    const texts = JSON.stringify((await desk.database.pool.query('select * from audit')).rows);
    expect(texts).not.toContain(reason);
  });

  it('of the only administrator is reset by a supervisor alone', async () => {
    const desk = await fresh();
    const [lan, chief] = [await desk.addStaff('admin', 'Lan'), await desk.addStaff('supervisor', 'Hoa')];
    const answer = await post(desk, chief, `/users/${lan.userId}/reset-factor`, { reason });
    expect(answer.body).toEqual({ state: 'done', expiresAt: null });
    expect(await auditOf(desk, lan.userId)).toMatchObject([
      { action: 'factor_reset', detail: { alone: true, sessions: 1 } },
      { action: 'factor_reset_asked' },
    ]);
  });

  it('is reset by the operator at the server, when nobody else can', async () => {
    const desk = await fresh();
    const lan = await desk.addStaff('admin', 'Lan');
    const parts = { transact: desk.database.transact, now: desk.clock.now };
    expect(await runStaff(['reset-factor', 'nobody@example.org'], parts)).toMatchObject({ exitCode: 1 });
    expect(await runStaff(['reset-factor'], parts)).toMatchObject({ exitCode: 2 });
    expect((await desk.call('GET', '/queue', { cookie: lan.cookie })).status).toBe(200);
    const answer = await runStaff(['reset-factor', `${lan.userId.toUpperCase()}@example.org`], parts);
    expect(answer.exitCode).toBe(0);
    expect((await desk.call('GET', '/me', { cookie: lan.cookie })).status).toBe(401);
    expect(await auditOf(desk, lan.userId)).toEqual([
      { action: 'factor_reset', user_id: null, detail: { sessions: 1, by: 'command' } },
    ]);
  });

  it.each([
    { title: 'one’s own', self: true, body: { reason }, status: 409 },
    { title: 'one without a reason', self: false, body: {}, status: 400 },
  ])('$title is refused', async ({ self, body, status }) => {
    const desk = await fresh();
    const [lan, mai] = [await desk.addStaff('admin', 'Lan'), await desk.addStaff('counsellor', 'Mai')];
    const id = self ? lan.userId : mai.userId;
    expect((await post(desk, lan, `/users/${id}/reset-factor`, body)).status).toBe(status);
    expect((await desk.call('GET', '/queue', { cookie: mai.cookie })).status).toBe(200);
  });
});

describe('sessions of a colleague', () => {
  it('are counted and ended by an administrator', async () => {
    const desk = await fresh();
    const [lan, mai] = [await desk.addStaff('admin', 'Lan'), await desk.addStaff('counsellor', 'Mai')];
    expect(
      (await listUsers(desk, lan)).map(({ displayName, openSessions }) => [displayName, openSessions]),
    ).toEqual([
      ['Lan', 1],
      ['Mai', 1],
    ]);
    expect((await post(desk, lan, `/users/${mai.userId}/end-sessions`)).status).toBe(200);
    expect((await desk.call('GET', '/me', { cookie: mai.cookie })).status).toBe(401);
    expect(await auditOf(desk, mai.userId)).toMatchObject([
      { action: 'sessions_ended', detail: { sessions: 1 } },
    ]);
    expect((await post(desk, lan, `/users/${randomUUID()}/end-sessions`)).status).toBe(404);
  });
});

describe('masks', () => {
  let desk: Desk;
  let conversationId = '';
  beforeAll(async () => {
    desk = await fresh();
    ({ conversationId } = await desk.addWaiting({
      ...{ risk: 'imminent', waitingSince: desk.clock.now() },
      messages: [
        { author: 'person', text: 'CANARY họ giữ hộ chiếu' },
        { author: 'bot', text: 'CANARY trả lời' },
      ],
      reasons: [
        { rule: 'passport-kept', reasonKey: 'danger.passport-kept', messageSeq: 1, start: 7, end: 22 },
      ],
    }));
    await desk.database.pool.query(`update conversations set campaign_ref = 'CANARY-campaign'`);
  });

  it.each([
    { role: 'officer' as const, sees: false },
    { role: 'auditor' as const, sees: false },
    { role: 'counsellor' as const, sees: true },
    { role: 'supervisor' as const, sees: true },
    { role: 'admin' as const, sees: true },
  ])('$role sees what was said: $sees; that it was said, always', async ({ role, sees }) => {
    const { cookie } = await desk.addStaff(role);
    const read = await desk.call('GET', `/conversations/${conversationId}`, { cookie });
    const conversation = ConversationSchema.parse(read.body);
    const queue = QueueSchema.parse((await desk.call('GET', '/queue', { cookie })).body);
    const all = JSON.stringify([conversation, queue]);
    expect(/CANARY|hộ chiếu|passport/.test(all)).toBe(sees);
    expect(conversation).toMatchObject({ masked: !sees, handover: { risk: 'imminent' } });
    expect(conversation.messages.map(({ author }) => author)).toEqual(['person', 'bot']);
    expect(queue.waiting).toMatchObject([{ conversationId, risk: 'imminent' }]);
    const rows = await desk.database.pool.query<{ detail: unknown }>(
      `select detail from audit where action = 'conversation_read' order by id desc limit 1`,
    );
    expect(rows.rows[0]?.detail).toEqual(sees ? { messages: 2 } : { messages: 2, masked: true });
  });
});

describe('the audit page', () => {
  it('finds rows by person, action and object, and leaves a row itself', async () => {
    const desk = await fresh();
    const [auditor, mai] = [await desk.addStaff('auditor', 'Hoa'), await desk.addStaff('counsellor', 'Mai')];
    const { conversationId, code } = await desk.addWaiting({ risk: 'high', waitingSince: desk.clock.now() });
    await desk.call('GET', `/conversations/${conversationId}`, { cookie: mai.cookie });
    await post(desk, mai, `/conversations/${conversationId}/take`);
    const search = async (body: object) =>
      AuditPageSchema.parse((await post(desk, auditor, '/audit/search', body)).body);

    const all = await search({});
    expect(all.rows.map(({ action }) => action)).toEqual(['conversation_taken', 'conversation_read']);
    expect(all.rows[0]).toMatchObject({
      ...{ user: { displayName: 'Mai' }, objectKind: 'conversation', objectName: code, sealed: false },
    });
    await sealAudit({ transact: desk.database.transact, vault: desk.deps.vault, now: desk.clock.now });
    const byPerson = await search({ userId: mai.userId });
    expect(byPerson.rows.map(({ sealed }) => sealed)).toEqual([true, true]);
    expect((await search({ action: 'conversation_read' })).rows).toHaveLength(1);
    for (const object of [code, code.toLowerCase(), conversationId])
      expect((await search({ object })).rows).toHaveLength(2);
    expect((await search({ object: 'NOBODY' })).rows).toEqual([]);
    expect((await search({ beforeId: all.rows[0]?.id ?? 0 })).rows).toHaveLength(1);
    expect((await search({ userId: auditor.userId })).rows[0]).toMatchObject({ action: 'audit_read' });
    expect(all.people.map(({ displayName }) => displayName)).toEqual(['Hoa', 'Mai']);
    expect((await search({})).actions).toEqual(['audit_read', 'conversation_read', 'conversation_taken']);
  });

  it('gives a page at a time', async () => {
    const desk = await fresh();
    const auditor = await desk.addStaff('auditor', 'Hoa');
    await desk.database.pool.query(
      `insert into audit (at, action, object_kind) select now(), 'tested', 'x' from generate_series(1, 130)`,
    );
    const first = AuditPageSchema.parse(
      (await post(desk, auditor, '/audit/search', { action: 'tested' })).body,
    );
    const last = first.rows.at(-1)?.id ?? 0;
    const second = AuditPageSchema.parse(
      (await post(desk, auditor, '/audit/search', { action: 'tested', beforeId: last })).body,
    );
    expect([first.rows.length, first.hasMore, second.rows.length, second.hasMore]).toEqual([
      100,
      true,
      30,
      false,
    ]);
  });
});
