/** Cases over the API: consent first, one per contact, masks, referrals only as far as the person allowed, and how they end. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import {
  CaseOfSchema,
  CaseSchema,
  CasesSchema,
  HandoverSheetSchema,
  OpenedCaseSchema,
  UnmaskedSchema,
} from '../../../server/api/case-contract.ts';
import type { Case, Consent } from '../../../server/api/case-contract.ts';
import { ApprovalsSchema, RefusalSchema } from '../../../server/api/contract.ts';
import { CASE_KEPT_DAYS, deleteOldCases } from '../../../server/store/case-erase.ts';
import { eraseDue } from '../../../server/store/erase.ts';
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
const get = (who: Staff, path: string) => desk.call('GET', path, { cookie: who.cookie });
type Answer = Awaited<ReturnType<typeof get>>;
const code = ({ status, body }: Answer): string =>
  status === 200 ? 'ok' : RefusalSchema.parse(body).error.code;
const consent = (over: Partial<Consent> = {}): Consent => ({
  ...{ level: 'named', purposes: ['support', 'referral'], language: 'vi', channel: 'web', ...over },
});

async function taken(who = lan): Promise<string> {
  const { conversationId } = await desk.addWaiting({ risk: 'high', waitingSince: desk.clock.now() });
  await post(who, `/conversations/${conversationId}/take`);
  return conversationId;
}
async function opened(
  over: Partial<Consent> = {},
  who = lan,
): Promise<{ id: string; conversationId: string }> {
  const conversationId = await taken(who);
  const answer = await post(who, `/conversations/${conversationId}/case`, {
    consent: consent(over),
    exception: null,
  });
  return { id: OpenedCaseSchema.parse(answer.body).caseId, conversationId };
}
const read = async (who: Staff, id: string): Promise<Case> =>
  CaseSchema.parse((await get(who, `/cases/${id}`)).body);
const kinds = (one: Case): string[] => one.entries.map(({ kind }) => kind).sort();
const protect = async (kind: 'child' | 'danger_to_life' = 'child') => {
  const conversationId = await taken();
  const exception = { kind, reason: 'CANARY bị đánh', supervisorId: boss.userId };
  const answer = await post(lan, `/conversations/${conversationId}/case`, { consent: null, exception });
  return { id: OpenedCaseSchema.parse(answer.body).caseId, conversationId };
};
async function erasePerson(conversationId: string): Promise<void> {
  const { pool, transact } = desk.database;
  await pool.query('update conversations set erase_requested_at = $2 where id = $1', [
    conversationId,
    new Date(desk.clock.now().getTime() - 2 * 3_600_000),
  ]);
  await transact((client) => eraseDue(client, desk.vault, desk.clock.now()));
}
const countIn = async (table: string, caseId: string): Promise<number> =>
  (
    await desk.database.pool.query(
      `select from ${table} where ${table === 'cases' ? 'id' : 'case_id'} = $1`,
      [caseId],
    )
  ).rowCount ?? -1;
const PARTS = ['cases', 'case_contacts', 'case_referrals', 'case_tasks', 'case_entries'];

describe('opening', () => {
  it('needs consent or an exception, never both and never neither', async () => {
    const path = `/conversations/${await taken()}/case`;
    const exception = { kind: 'child', reason: 'mười lăm tuổi', supervisorId: boss.userId };
    for (const body of [
      {},
      { consent: null, exception: null },
      { consent: consent(), exception },
      { consent: { ...consent(), purposes: [] }, exception: null },
      { consent: { ...consent(), textVersion: 'mine' }, exception: null },
    ])
      expect(code(await post(lan, path, body))).toBe('bad_request');
    for (const supervisorId of [lan.userId, randomUUID()])
      expect(code(await post(lan, path, { consent: null, exception: { ...exception, supervisorId } }))).toBe(
        'supervisor_needed',
      );
    expect(code(await post(mai, path, { consent: consent(), exception: null }))).toBe('not_yours');
    expect(code(await post(lan, path, { consent: null, exception }))).toBe('ok');
  });

  it('records what was agreed to, in which words, language and when', async () => {
    const { id } = await opened({
      level: 'confidential',
      language: 'km',
      channel: 'phone',
      purposes: ['support'],
    });
    const one = await read(lan, id);
    expect(one.consent).toEqual({
      ...{ level: 'confidential', purposes: ['support'], language: 'km', channel: 'phone' },
      ...{ textVersion: '2026-11-a', saidAt: desk.clock.now().toISOString() },
    });
    expect(one.code).toMatch(/^V-[2-9A-Z]{4}-[2-9A-Z]{4}$/);
    expect(one.identity).toEqual([]);
  });

  it('twice at the same moment is one case', async () => {
    const id = await taken();
    const open = () => post(lan, `/conversations/${id}/case`, { consent: consent(), exception: null });
    const answers = (await Promise.all([open(), open(), open()])).map(({ body }) =>
      OpenedCaseSchema.parse(body),
    );
    expect(new Set(answers.map(({ caseId }) => caseId)).size).toBe(1);
    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
    const { rows } = await desk.database.pool.query(
      'select case_id from case_contacts where conversation_id = $1',
      [id],
    );
    expect(rows).toHaveLength(1);
  });
});

describe('scope', () => {
  it('answers for a colleague’s case exactly as for one that does not exist, on every route', async () => {
    const { id, conversationId } = await opened();
    await desk.database.pool.query('update conversations set owner_user_id = null where id = $1', [
      conversationId,
    ]);
    const bodies: Readonly<Record<string, unknown>> = {
      fields: { revision: 1, fields: (await read(lan, id)).fields },
      identity: { identity: { name: 'x' } },
      unmask: { reason: 'tò mò' },
      consent: { consent: consent() },
      'consent/withdraw': {},
      close: { outcome: 'safe' },
      reopen: { reason: 'tò mò' },
      owner: { userId: mai.userId },
      merge: { code: (await read(lan, (await opened({}, mai)).id).catch(() => null))?.code ?? 'V-2222-2222' },
      notes: { text: 'x' },
      tasks: { title: 'x', dueOn: null },
      [`tasks/${randomUUID()}`]: { done: true },
      'return-path': { from: '2026-11-20' },
      referrals: {
        service: 'service-hotline-111',
        province: null,
        sharing: 'nothing',
        note: '',
        askAfterDays: 7,
        danger: null,
      },
      [`referrals/${randomUUID()}`]: { state: 'told' },
    };
    for (const [path, body] of Object.entries(bodies)) {
      const [theirs, missing] = [
        await post(mai, `/cases/${id}/${path}`, body),
        await post(mai, `/cases/${randomUUID()}/${path}`, body),
      ];
      const expected = path === 'merge' ? 'unknown_target' : 'not_found';
      expect([path, code(theirs)]).toEqual([path, expected]);
      expect([path, theirs.body]).toEqual([path, missing.body]);
    }
    expect(code(await get(mai, `/cases/${id}`))).toBe('not_found');
    const list = CasesSchema.parse((await get(mai, '/cases')).body);
    expect(list.cases.some((row) => row.id === id)).toBe(false);
    const all = CasesSchema.parse((await get(boss, '/cases')).body);
    expect(all.cases.some((row) => row.id === id)).toBe(true);
  });

  it('tells whoever answers the person now that a colleague has a case, and shows it to them', async () => {
    const { id, conversationId } = await opened();
    await post(lan, `/conversations/${conversationId}/release`);
    const before = CaseOfSchema.parse((await get(mai, `/conversations/${conversationId}/case`)).body);
    expect(before).toEqual({ case: null, isElsewhere: true });
    await post(mai, `/conversations/${conversationId}/take`);
    const after = CaseOfSchema.parse((await get(mai, `/conversations/${conversationId}/case`)).body);
    expect(after.case?.id).toBe(id);
  });
});

describe('what names somebody', () => {
  const identity = {
    name: 'CANARY Nguyễn Thị X',
    phone: '0000 000 001',
    birthYear: '2001',
    address: '',
    other: '',
  };

  it('is masked until a reason is given, which stays in the case', async () => {
    const { id } = await opened();
    expect(code(await post(lan, `/cases/${id}/identity`, { identity }))).toBe('ok');
    const masked = await get(lan, `/cases/${id}`);
    expect(JSON.stringify(masked.body)).not.toMatch(/CANARY|0000/);
    expect(CaseSchema.parse(masked.body).identity).toEqual(['name', 'phone', 'birthYear']);
    expect(code(await post(lan, `/cases/${id}/unmask`, { reason: '' }))).toBe('bad_request');
    const shown = UnmaskedSchema.parse(
      (await post(lan, `/cases/${id}/unmask`, { reason: 'gọi lại theo hẹn' })).body,
    );
    expect(shown.identity).toEqual(identity);
    const seen = (await read(boss, id)).entries.find(({ kind }) => kind === 'unmasked');
    expect(seen).toMatchObject({ by: 'Lan', text: 'gọi lại theo hẹn' });
    await post(lan, `/cases/${id}/identity`, { identity: { phone: '' } });
    expect((await read(lan, id)).identity).toEqual(['name', 'birthYear']);
  });

  it('is not kept of somebody anonymous, and goes when they choose to be', async () => {
    const { id } = await opened();
    await post(lan, `/cases/${id}/identity`, { identity });
    await post(lan, `/cases/${id}/consent`, { consent: consent({ level: 'anonymous' }) });
    expect((await read(lan, id)).identity).toEqual([]);
    expect(code(await post(lan, `/cases/${id}/identity`, { identity }))).toBe('case_anonymous');
  });

  it('and nothing else that was typed stands in the database or the audit as it was typed', async () => {
    const { id } = await opened();
    await post(lan, `/cases/${id}/identity`, { identity });
    await post(lan, `/cases/${id}/notes`, { text: 'CANARY ghi chú' });
    await post(lan, `/cases/${id}/tasks`, { title: 'CANARY việc', dueOn: '2026-11-22' });
    await protect();
    for (const table of [...PARTS, 'audit', 'live_events']) {
      const { rows } = await desk.database.pool.query<{ row: string }>(
        `select t::text as row from ${table} t`,
      );
      expect([table, rows.some(({ row }) => /CANARY|43414e415259/.test(row))]).toEqual([table, false]);
    }
    expect(JSON.stringify((await get(lan, '/cases')).body)).not.toContain('CANARY');
  });
});

describe('hostile text', () => {
  const hostile = ['<script>alert(1)</script>', '=HYPERLINK("x")', "'; drop table cases; --", '${{7*7}}'];
  const hidden = ['a\u202eb', 'a\u200bb', 'a\u0000b', 'a\ufeffb'];
  it('stays text or is refused, in every field', async () => {
    const { id } = await opened();
    const tries = (text: string): readonly [string, unknown][] => [
      ['notes', { text }],
      ['tasks', { title: text, dueOn: null }],
      ['identity', { identity: { name: text } }],
      ['identity', { identity: { other: text } }],
    ];
    for (const text of hostile)
      for (const [path, body] of tries(text))
        expect(code(await post(lan, `/cases/${id}/${path}`, body))).toBe('ok');
    for (const text of hidden)
      for (const [path, body] of tries(text))
        expect(code(await post(lan, `/cases/${id}/${path}`, body))).toBe('bad_request');
    const one = await read(lan, id);
    expect(one.entries.flatMap(({ kind, text }) => (kind === 'note' ? [text] : [])).sort()).toEqual(
      [...hostile].sort(),
    );
  });
});

describe('fields', () => {
  it('are optional, in codes of the registers, and never saved over something newer', async () => {
    const { id } = await opened();
    const { fields, revision } = await read(lan, id);
    const changed = {
      ...fields,
      ageBand: '16_17',
      country: 'KH',
      forms: ['online_fraud'],
      province: 'son-la',
    };
    expect(code(await post(lan, `/cases/${id}/fields`, { revision, fields: changed }))).toBe('ok');
    expect(code(await post(boss, `/cases/${id}/fields`, { revision, fields }))).toBe('changed_meanwhile');
    expect((await read(lan, id)).fields).toEqual(changed);
    const unknown = { revision: revision + 1, fields: { ...fields, country: 'XX' } };
    expect(code(await post(lan, `/cases/${id}/fields`, unknown))).toBe('unknown_target');
    expect(
      code(await post(lan, `/cases/${id}/fields`, { revision: 2, fields: { ...fields, name: 'x' } })),
    ).toBe('bad_request');
  });
});

describe('a referral', () => {
  const refer = (over: object = {}) => ({
    ...{
      service: 'service-commune',
      province: 'son-la',
      sharing: 'anonymous',
      note: '',
      askAfterDays: 7,
      danger: null,
    },
    ...over,
  });
  const danger = () => ({ reason: 'CANARY sắp bị bán', supervisorId: boss.userId });

  const rows: readonly [string, Partial<Consent>, object, string][] = [
    ['goes with consent to it', {}, {}, 'ok'],
    ['not with consent to support alone', { purposes: ['support'] }, {}, 'consent_needed'],
    [
      'not by name when only confidence was agreed',
      { level: 'confidential' },
      { sharing: 'named' },
      'consent_too_narrow',
    ],
    ['by name when that was agreed', {}, { sharing: 'named' }, 'ok'],
    ['not without a province where there is one in each', {}, { province: null }, 'province_needed'],
    [
      'without a province where there is one in the country',
      {},
      { service: 'service-hotline-111', province: null },
      'ok',
    ],
    ['not to a service that is in no register', {}, { service: 'service-invented' }, 'unknown_target'],
  ];
  it.each(rows)('%s', async (_title, given, over, expected) => {
    const { id } = await opened(given);
    expect(code(await post(lan, `/cases/${id}/referrals`, refer(over)))).toBe(expected);
  });

  it('goes without consent against a danger only, in a supervisor’s name', async () => {
    const { id } = await opened({ purposes: ['support'] });
    await post(lan, `/cases/${id}/consent/withdraw`);
    const path = `/cases/${id}/referrals`;
    expect(code(await post(lan, path, refer()))).toBe('consent_withdrawn');
    expect(code(await post(lan, path, refer({ danger: { ...danger(), supervisorId: lan.userId } })))).toBe(
      'supervisor_needed',
    );
    expect(code(await post(lan, path, refer({ danger: danger(), sharing: 'named' })))).toBe('ok');
    expect((await read(boss, id)).referrals[0]).toMatchObject({
      basis: 'danger',
      supervisor: 'Hoa',
      sharing: 'named',
    });
    const { rows: audited } = await desk.database.pool.query<{ detail: { supervisor: string } }>(
      `select detail from audit where action = 'case_referred' and object_id = $1`,
      [id],
    );
    expect(audited[0]?.detail.supervisor).toBe(boss.userId);
  });

  it('asks after the days whether they arrived, until somebody knows', async () => {
    const { id } = await opened();
    await post(lan, `/cases/${id}/referrals`, refer());
    const before = await read(lan, id);
    // noon on the 20th in Vietnam
    expect(before.tasks).toMatchObject([{ kind: 'arrived', dueOn: '2026-11-27', isOverdue: false }]);
    // nobody stays signed in for a week
    await desk.database.pool.query(`update case_tasks set due_on = '2026-11-19' where case_id = $1`, [id]);
    expect(CasesSchema.parse((await get(lan, '/cases')).body).cases[0]).toMatchObject({
      id,
      tasksOverdue: 1,
    });
    const referral = before.referrals[0]?.id ?? '';
    await post(lan, `/cases/${id}/referrals/${referral}`, { state: 'told' });
    expect((await read(lan, id)).tasksOpen).toBe(1);
    await post(lan, `/cases/${id}/referrals/${referral}`, { state: 'arrived' });
    expect(await read(lan, id)).toMatchObject({ tasksOpen: 0, referrals: [{ state: 'arrived' }] });
  });
});

describe('the way after coming back', () => {
  it('becomes tasks once; only a confirmed deadline has a date', async () => {
    const { id } = await opened();
    for (let n = 0; n < 2; n += 1) await post(lan, `/cases/${id}/return-path`, { from: '2026-11-30' });
    const { tasks } = await read(lan, id);
    expect(tasks.filter(({ dueOn }) => dueOn === null).map(({ step }) => step)).toEqual([
      ...['report', 'support-told', 'papers', 'needs', 'apply', 'answer'],
    ]);
    expect(tasks.filter(({ dueOn }) => dueOn !== null)).toMatchObject([
      { step: 'first-check', dueOn: '2026-12-03', facts: { first_check_days: '[first-check-days]' } },
    ]);
    const [task] = tasks;
    expect(code(await post(lan, `/cases/${id}/tasks/${task?.id ?? ''}`, { done: true }))).toBe('ok');
    expect(code(await post(lan, `/cases/${id}/tasks/${task?.id ?? ''}`, { done: true }))).toBe(
      'nothing_to_change',
    );
    expect((await read(lan, id)).tasksOpen).toBe(6);
  });
});

describe('two cases of one person', () => {
  it('become one with everything of both, the narrower consent, and the first answer of two', async () => {
    const [one, two] = [await opened(), await opened({ level: 'confidential' })];
    const fields = (await read(lan, one.id)).fields;
    await post(lan, `/cases/${one.id}/fields`, { revision: 1, fields: { ...fields, sex: 'female' } });
    await post(lan, `/cases/${two.id}/fields`, {
      revision: 1,
      fields: { ...fields, sex: 'male', country: 'KH' },
    });
    await post(lan, `/cases/${two.id}/identity`, { identity: { name: 'X' } });
    await post(lan, `/cases/${two.id}/notes`, { text: 'từ hồ sơ kia' });
    for (const { id } of [one, two]) await post(lan, `/cases/${id}/return-path`, { from: '2026-11-20' });
    await post(lan, `/cases/${two.id}/tasks`, { title: 'gọi lại', dueOn: null });
    const { code: other } = await read(lan, two.id);
    expect(code(await post(lan, `/cases/${one.id}/merge`, { code: other.toLowerCase() }))).toBe('ok');
    const merged = await read(lan, one.id);
    expect(merged).toMatchObject({
      identity: ['name'],
      fields: { sex: 'female', country: 'KH' },
      consent: { level: 'confidential' },
    });
    expect(merged.contacts).toHaveLength(2);
    expect(merged.tasks).toHaveLength(8);
    expect(merged.entries.map(({ text }) => text)).toContain('từ hồ sơ kia');
    expect(merged.tasks.map(({ title }) => title)).toContain('gọi lại');
    expect(code(await get(lan, `/cases/${two.id}`))).toBe('not_found');
    expect(code(await post(lan, `/cases/${one.id}/merge`, { code: merged.code }))).toBe('unknown_target');
  });

  it('merged from both sides at once are one, and nobody waits for ever', async () => {
    const [one, two] = [await opened(), await opened()];
    const codes = [(await read(lan, one.id)).code, (await read(lan, two.id)).code];
    const answers = await Promise.all([
      post(lan, `/cases/${one.id}/merge`, { code: codes[1] }),
      post(lan, `/cases/${two.id}/merge`, { code: codes[0] }),
    ]);
    expect(answers.map(code).filter((answer) => answer === 'ok')).toHaveLength(1);
    expect((await countIn('cases', one.id)) + (await countIn('cases', two.id))).toBe(1);
  });
});

describe('the end', () => {
  it('has an outcome; a closed case changes nothing until it is reopened for a reason', async () => {
    const { id } = await opened();
    expect(code(await post(lan, `/cases/${id}/close`, { outcome: 'fine' }))).toBe('bad_request');
    expect(code(await post(lan, `/cases/${id}/close`, { outcome: 'handed_on' }))).toBe('ok');
    expect(code(await post(lan, `/cases/${id}/notes`, { text: 'x' }))).toBe('case_closed');
    expect(code(await post(lan, `/cases/${id}/reopen`, { reason: 'họ nhắn lại' }))).toBe('ok');
    expect(code(await post(lan, `/cases/${id}/reopen`, { reason: 'họ nhắn lại' }))).toBe('nothing_to_change');
    expect(kinds(await read(lan, id))).toEqual(['closed', 'opened', 'reopened']);
  });

  it('comes with the person who asks for erasure: nothing of the case is left', async () => {
    const { id, conversationId } = await opened();
    await post(lan, `/cases/${id}/identity`, { identity: { name: 'X' } });
    await post(lan, `/cases/${id}/return-path`, { from: '2026-11-20' });
    await post(lan, `/cases/${id}/referrals`, {
      ...{
        service: 'service-hotline-111',
        province: null,
        sharing: 'nothing',
        note: 'x',
        askAfterDays: 7,
        danger: null,
      },
    });
    await erasePerson(conversationId);
    for (const table of PARTS) expect([table, await countIn(table, id)]).toEqual([table, 0]);
    const { rows } = await desk.database.pool.query(
      'select detail from audit where action = $1 and object_id = $2',
      ['case_erased', id],
    );
    expect(rows).toEqual([{ detail: {} }]);
  });

  it('of a case that protects somebody waits for a supervisor, because others may hold their telephone', async () => {
    const { id, conversationId } = await protect();
    await erasePerson(conversationId);
    const kept = await read(boss, id);
    expect(kept).toMatchObject({ contacts: [], tasks: [{ kind: 'erasure', dueOn: null }] });
    expect(kept.erasureAskedAt).not.toBeNull();
    expect((await post(boss, `/cases/${id}/erase`, { reason: 'theo yêu cầu' })).body).toMatchObject({
      state: 'done',
    });
    expect(await countIn('cases', id)).toBe(0);
    const alone = ApprovalsSchema.parse((await get(boss, '/approvals')).body).approvals;
    expect(alone.find(({ subject }) => subject.id === id)).toMatchObject({ state: 'alone', reason: '' });
    const closed = await protect('danger_to_life');
    await post(lan, `/cases/${closed.id}/close`, { outcome: 'safe' });
    await erasePerson(closed.conversationId);
    expect(await countIn('cases', closed.id)).toBe(0);
  });

  it('by hand needs a second person who supervises: asked, seen on the case, refused, asked again, agreed to once', async () => {
    const second = await desk.addStaff('supervisor', 'Bình');
    const { id } = await opened();
    const ask = (who: Staff) => post(who, `/cases/${id}/erase`, { reason: 'CANARY tự xin xóa' });
    const wish = async (who: Staff) => (await read(who, id)).erasure;
    expect(code(await ask(mai))).toBe('not_found');
    expect((await ask(lan)).body).toMatchObject({ state: 'waiting' });
    expect(code(await ask(boss))).toBe('already_asked');
    expect(await wish(lan)).toMatchObject({ reason: 'CANARY tự xin xóa', isMine: true, mayDecide: false });
    const first = (await wish(boss))?.approvalId ?? '';
    expect(await wish(boss)).toMatchObject({ isMine: false, mayDecide: true, by: { id: lan.userId } });
    const listed = ApprovalsSchema.parse((await get(boss, '/approvals')).body).approvals;
    expect(listed.find((one) => one.id === first)).toMatchObject({ kind: 'erase_case', mayDecide: true });
    expect(code(await post(lan, `/approvals/${first}/agree`))).toBe('forbidden');
    expect(code(await post(mai, `/approvals/${first}/refuse`))).toBe('forbidden');
    expect(code(await post(boss, `/approvals/${first}/refuse`))).toBe('ok');
    expect(await wish(lan)).toBeNull();
    expect(await countIn('cases', id)).toBe(1);

    await ask(boss);
    const next = (await wish(second))?.approvalId ?? '';
    expect(code(await post(boss, `/approvals/${next}/agree`))).toBe('forbidden');
    const both = await Promise.all([1, 2].map(() => post(second, `/approvals/${next}/agree`)));
    expect(both.map(code).sort()).toEqual(['approval_over', 'ok']);
    for (const table of PARTS) expect([table, await countIn(table, id)]).toEqual([table, 0]);
    const { rows } = await desk.database.pool.query(
      `select user_id as by, detail->>'requestedBy' as asked from audit where action = 'case_erased' and object_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ by: second.userId, asked: boss.userId }]);
    const after = ApprovalsSchema.parse((await get(boss, '/approvals')).body).approvals;
    const about = after.filter(({ subject }) => subject.id === id);
    expect(about.map(({ state, reason }) => [state, reason]).sort()).toEqual([
      ['done', ''],
      ['refused', ''],
    ]);
    await desk.database.pool.query('update users set disabled_at = now() where id = $1', [second.userId]);
  });

  it('by hand is taken back by who asked', async () => {
    const second = await desk.addStaff('supervisor', 'An');
    const { id } = await opened();
    await post(lan, `/cases/${id}/erase`, { reason: 'nghe nhầm' });
    const wish = (await read(lan, id)).erasure?.approvalId ?? '';
    expect(code(await post(lan, `/approvals/${wish}/refuse`))).toBe('ok');
    expect(code(await post(second, `/approvals/${wish}/agree`))).toBe('approval_over');
    expect(await countIn('cases', id)).toBe(1);
    await desk.database.pool.query('update users set disabled_at = now() where id = $1', [second.userId]);
  });

  it('comes with time, and leaves open cases alone', async () => {
    const [old, open] = [await opened(), await opened()];
    await post(lan, `/cases/${old.id}/close`, { outcome: 'safe' });
    const later = (days: number): Date => new Date(desk.clock.now().getTime() + days * 86_400_000);
    const { pool, transact } = desk.database;
    const keptReasons = async (): Promise<number | null> =>
      (await pool.query('select from approvals where subject_id = $1 and length(reason_enc) > 0', [old.id]))
        .rowCount;
    await post(lan, `/cases/${old.id}/erase`, { reason: 'nghe nhầm' });
    expect(await keptReasons()).toBe(1);
    await transact((client) => deleteOldCases(client, later(CASE_KEPT_DAYS - 1)));
    expect(await countIn('cases', old.id)).toBe(1);
    await transact((client) => deleteOldCases(client, later(CASE_KEPT_DAYS + 1)));
    expect([await countIn('cases', old.id), await countIn('cases', open.id)]).toEqual([0, 1]);
    expect(await keptReasons()).toBe(0);
  });
});

describe('the sheet for the next shift', () => {
  it('has my conversations and cases by code, what is due, and nothing that names or was typed', async () => {
    const thao = await desk.addStaff('counsellor', 'Thảo');
    const { id } = await opened({}, thao);
    await post(thao, `/cases/${id}/identity`, { identity: { name: 'CANARY' } });
    await post(thao, `/cases/${id}/tasks`, { title: 'CANARY gọi lại', dueOn: '2026-11-19' });
    const { body } = await get(thao, '/handover-sheet');
    expect(JSON.stringify(body)).not.toContain('CANARY');
    const sheet = HandoverSheetSchema.parse(body);
    expect(sheet.conversations).toHaveLength(1);
    expect(sheet.cases).toMatchObject([{ tasks: [{ kind: 'own', dueOn: '2026-11-19', isOverdue: true }] }]);
  });
});
