/** The studio over HTTP, on the real content: who may, nothing lost between two editors, nothing out unchecked or unapproved. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import {
  DraftDiffSchema,
  DraftFilesSchema,
  DraftMadeSchema,
  DraftSchema,
  DraftsSchema,
  FileSchema,
  FileWrittenSchema,
  PeopleInsideSchema,
  PublishedSchema,
  RebasedSchema,
  ReleasesSchema,
} from '../../../server/api/studio-contract.ts';
import { RulesPreviewSchema } from '../../../server/api/studio-rules-contract.ts';
import { publishDue } from '../../../server/content/publish-due.ts';
import { createLog } from '../../../server/log.ts';
import { startDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

jest.setTimeout(300_000);

type Staff = Awaited<ReturnType<Desk['addStaff']>>;
let desk: Desk;
let editor: Staff;
let second: Staff;
let reviewer: Staff;
let supervisor: Staff;
beforeAll(async () => {
  desk = await startDesk({ content: 'real' });
  editor = await desk.addStaff('editor', 'Biên tập');
  second = await desk.addStaff('editor', 'Người sửa sau');
  reviewer = await desk.addStaff('reviewer', 'Duyệt một');
  supervisor = await desk.addStaff('supervisor', 'Duyệt hai');
});
afterAll(() => desk.stop());

const VI = 'content/messages/vi.yaml';
const HOTLINES = 'content/registers/hotlines.yaml';
const WELCOME = 'flows/welcome.yaml';
const RefusedSchema = z.object({ error: z.object({ code: z.string() }) });

const post = (who: Staff, path: string, body: unknown = {}) =>
  desk.call('POST', `/studio${path}`, { cookie: who.cookie, body });
const get = async (who: Staff, path: string) =>
  (await desk.call('GET', `/studio${path}`, { cookie: who.cookie })).body;
const codeOf = ({ body }: { body: unknown }): string => RefusedSchema.parse(body).error.code;
const begin = async (title: string): Promise<string> =>
  DraftMadeSchema.parse((await post(editor, '/drafts', { title })).body).id;
const readDraft = async (id: string, who = editor) => DraftSchema.parse(await get(who, `/drafts/${id}`));
const readFile = async (id: string, path: string) =>
  FileSchema.parse((await post(editor, `/drafts/${id}/file/read`, { path })).body);
const versionOf = async (id: string): Promise<{ version: number }> => ({
  version: (await readDraft(id)).version,
});

/** Changes one file by a replacement that must apply. */
async function edit(
  id: string,
  path: string,
  change: (text: string) => string,
  who = editor,
): Promise<z.infer<typeof FileWrittenSchema>> {
  const { text, hash } = await readFile(id, path);
  const changed = change(text ?? '');
  expect(changed).not.toBe(text);
  const written = await post(who, `/drafts/${id}/file`, { path, text: changed, expected: hash });
  return FileWrittenSchema.parse(written.body);
}
const swap = (from: string, to: string) => (text: string) => text.replace(from, to);

/** The checker's thread ended; asked for as the page does after the live event. */
async function checked(id: string) {
  await post(editor, `/drafts/${id}/check`);
  const draft = await desk.database.pool.query<{ base: number }>(
    'select base from content_drafts where id = $1',
    [id],
  );
  expect(draft.rowCount).toBe(1);
  const { readDraftContent } = await import('../../../server/content/draft-content.ts');
  const content = await readDraftContent(desk.database.pool, { id, base: draft.rows[0]?.base ?? 0 });
  await desk.checks.finish(content.manifest);
  return (await readDraft(id)).check;
}
const approve = async (id: string, who: Staff) =>
  post(who, `/drafts/${id}/review`, { ...(await versionOf(id)), verdict: 'approved', note: '' });
const publish = async (id: string, more: object = {}) =>
  post(editor, `/drafts/${id}/publish`, { ...(await versionOf(id)), ...more });
const preview = async (id: string, who: Staff) =>
  RulesPreviewSchema.parse((await post(who, `/drafts/${id}/preview`)).body);
const submit = async (id: string) => post(editor, `/drafts/${id}/submit`, await versionOf(id));
const textNow = (key: string): string =>
  JSON.stringify(desk.content?.now().files.find(({ path }) => path === VI)?.text).match(
    new RegExp(`${key}: \\{ text: ([^,]*),`),
  )?.[1] ?? '';

describe('a new installation', () => {
  it('has the files of the repository as its first release', async () => {
    const releases = ReleasesSchema.parse(await get(supervisor, '/releases'));
    expect(releases).toMatchObject({
      current: 1,
      live: { number: 1, fault: null },
      releases: [{ number: 1, kind: 'seed', by: null, draft: null }],
    });
    expect(releases.releases[0]?.changed).toBeGreaterThan(200);
  });

  it.each(['counsellor', 'officer', 'auditor'] as const)('shows nothing of it to a %s', async (role) => {
    const { cookie } = await desk.addStaff(role);
    expect((await desk.call('GET', '/studio/drafts', { cookie })).status).toBe(403);
    expect((await desk.call('GET', '/studio/releases', { cookie })).status).toBe(403);
  });

  it('lets a reviewer read and not write', async () => {
    expect((await desk.call('GET', '/studio/drafts', { cookie: reviewer.cookie })).status).toBe(200);
    expect((await post(reviewer, '/drafts', { title: 'x' })).status).toBe(403);
  });
});

describe('two people in one draft', () => {
  it('lose nothing: who writes over what they did not read is told who wrote it', async () => {
    const id = await begin('Hai người');
    const { text, hash } = await readFile(id, VI);
    await edit(id, VI, swap('choice.menu: { text: Về menu', 'choice.menu: { text: Về đầu'), second);
    const late = await post(editor, `/drafts/${id}/file`, {
      path: VI,
      text: `${text}# mine\n`,
      expected: hash,
    });
    expect(late).toMatchObject({
      status: 409,
      body: { error: { code: 'content_changed', by: { displayName: 'Người sửa sau' } } },
    });
    const now = await readFile(id, VI);
    expect(now.text).toContain('choice.menu: { text: Về đầu');
    expect(now.baseText).toContain('choice.menu: { text: Về menu');
    expect(await readDraft(id)).toMatchObject({
      version: 1,
      changes: [{ path: VI, change: 'changed', by: { displayName: 'Người sửa sau' } }],
    });
  });

  it('may take a change back to what the release has: the draft is empty again', async () => {
    const id = await begin('Hin und zurück');
    await edit(id, VI, swap('Về menu', 'Về đầu'));
    await edit(id, VI, swap('Về đầu', 'Về menu'));
    expect((await readDraft(id)).changes).toEqual([]);
    expect(codeOf(await submit(id))).toBe('draft_empty');
  });

  it('write in NFC with plain line ends', async () => {
    const id = await begin('NFC');
    const { hash } = await readFile(id, 'content/wording.yaml');
    const text = `# ${'ề'.normalize('NFD')}\r\n`;
    await post(editor, `/drafts/${id}/file`, { path: 'content/wording.yaml', text, expected: hash });
    expect((await readFile(id, 'content/wording.yaml')).text).toBe(`# ${'ề'.normalize('NFC')}\n`);
  });
});

describe('what may be written', () => {
  it.each([
    ['outside of the content', 'server/main.ts'],
    ['by another ending', 'content/x.sh'],
    ['upwards', 'content/../server/x.yaml'],
  ])('is refused %s', async (_where, path) => {
    const id = await begin('Đường dẫn');
    const answer = await post(editor, `/drafts/${id}/file`, { path, text: 'x', expected: null });
    expect([400, 409]).toContain(answer.status);
    expect((await readDraft(id)).changes).toEqual([]);
  });

  it('is no version that people stand in', async () => {
    const id = await begin('Bản cũ');
    const path = 'flows/released/welcome.1.yaml';
    const { hash, mayWrite } = await readFile(id, path);
    expect(mayWrite).toBe(false);
    expect(codeOf(await post(editor, `/drafts/${id}/file`, { path, text: 'x', expected: hash }))).toBe(
      'path_refused',
    );
  });

  it('can be a new file, and one that goes', async () => {
    const id = await begin('Thêm và bớt');
    const added = { path: 'content/lessons/new-one/lesson.yaml', text: 'id: new-one\n', expected: null };
    expect((await post(editor, `/drafts/${id}/file`, added)).status).toBe(200);
    const { hash } = await readFile(id, 'content/coverage.yaml');
    const gone = { path: 'content/coverage.yaml', text: null, expected: hash };
    expect((await post(editor, `/drafts/${id}/file`, gone)).status).toBe(200);
    const { files } = DraftFilesSchema.parse(await get(editor, `/drafts/${id}/files`));
    expect(files.filter(({ change }) => change !== null)).toEqual([
      { path: 'content/coverage.yaml', change: 'removed' },
      { path: 'content/lessons/new-one/lesson.yaml', change: 'added' },
    ]);
  });
});

describe('the checker', () => {
  it('finds a broken placeholder and a dead end, with file and line, and neither can be published', async () => {
    const id = await begin('Hỏng');
    await edit(id, VI, swap('choice.menu: { text: Về menu', 'choice.menu: { text: "Về {menu"'));
    await edit(
      id,
      WELCOME,
      (text) => `${text}  - { id: nowhere, ask: welcome.menu, exits: { other: nowhere } }\n`,
    );
    const check = await checked(id);
    expect(check.state).toBe('done');
    expect(check.problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ severity: 'error', path: VI, line: expect.any(Number) }),
      ]),
    );
    expect(check.problems.some(({ path }) => path === WELCOME)).toBe(true);
    await submit(id);
    await approve(id, reviewer);
    await approve(id, supervisor);
    expect(codeOf(await publish(id))).toBe('check_failed');
  });
});

describe('from draft to live', () => {
  it('goes by another person, and reaches this instance without a restart; a rollback is exact', async () => {
    const id = await begin('Về đầu');
    await edit(id, VI, swap('choice.menu: { text: Về menu', 'choice.menu: { text: Về trang đầu'));
    expect(codeOf(await publish(id))).toBe('not_in_review');
    expect(codeOf(await approve(id, reviewer))).toBe('not_in_review');
    expect((await submit(id)).status).toBe(200);
    expect((await checked(id)).errors).toBe(0);
    expect(codeOf(await publish(id))).toBe('approval_missing');
    expect((await approve(id, editor)).status).toBe(403);
    expect((await approve(id, reviewer)).status).toBe(200);
    expect(await readDraft(id)).toMatchObject({ approvals: { needed: 1, given: 1 }, may: { publish: true } });
    const diff = DraftDiffSchema.parse(await get(reviewer, `/drafts/${id}/diff`));
    expect(diff.texts).toEqual([
      { language: 'vi', key: 'choice.menu', tone: null, before: 'Về menu', after: 'Về trang đầu' },
    ]);
    expect(diff.files[0]?.hunks[0]?.lines.filter(({ kind }) => kind !== 'same')).toHaveLength(2);

    expect(textNow('choice.menu')).toBe('Về menu');
    const published = PublishedSchema.parse((await publish(id, { note: 'sửa nút' })).body);
    expect(published).toEqual({ release: 2 });
    await desk.content?.follow();
    expect(textNow('choice.menu')).toBe('Về trang đầu');
    expect(codeOf(await publish(id))).toBe('draft_closed');

    const rolled = await post(editor, '/releases/1/rollback', { note: 'nhầm' });
    expect(PublishedSchema.parse(rolled.body)).toEqual({ release: 3 });
    await desk.content?.follow();
    expect(textNow('choice.menu')).toBe('Về menu');
    expect(codeOf(await post(editor, '/releases/1/rollback', { note: 'nữa' }))).toBe('already_current');
    const { releases } = ReleasesSchema.parse(await get(supervisor, '/releases'));
    expect(releases.slice(0, 2)).toMatchObject([
      { number: 3, kind: 'rollback', restores: 1, note: 'nhầm', changed: 1 },
      { number: 2, kind: 'published', draft: { title: 'Về đầu' }, note: 'sửa nút', changed: 1 },
    ]);
    const manifests = await desk.database.pool.query<{ digest: string }>(
      'select digest from content_releases where number in (1, 3)',
    );
    expect(new Set(manifests.rows.map(({ digest }) => digest)).size).toBe(1);
  });

  it('asks for two people where a number changes, and an approval ends with the next change', async () => {
    const id = await begin('Số');
    await edit(id, HOTLINES, (text) => `${text}# looked at again\n`);
    await submit(id);
    expect((await approve(id, reviewer)).status).toBe(200);
    expect(await readDraft(id)).toMatchObject({
      approvals: { needed: 2, given: 1 },
      changes: [{ path: HOTLINES, needsTwo: true }],
    });
    await checked(id);
    expect(codeOf(await publish(id))).toBe('approval_missing');
    await approve(id, supervisor);
    expect(await readDraft(id)).toMatchObject({ approvals: { needed: 2, given: 2 }, may: { publish: true } });
    await edit(id, HOTLINES, (text) => `${text}# and again\n`);
    expect(await readDraft(id)).toMatchObject({ state: 'open', approvals: { needed: 2, given: 0 } });
  });

  it('is never approved by somebody who wrote in it, whatever role they have since', async () => {
    const both = await desk.addStaff('admin', 'Quản trị');
    const id = await begin('Của mình');
    await edit(id, VI, swap('Về menu', 'Về đầu'), both);
    await edit(id, VI, swap('Về đầu', 'Về lại'));
    await submit(id);
    expect(codeOf(await approve(id, both))).toBe('own_work');
    expect((await readDraft(id, both)).may.review).toBe(false);
  });

  it('goes back to its author when changes are wanted', async () => {
    const id = await begin('Cần sửa');
    await edit(id, VI, swap('Về menu', 'Về đầu'));
    await submit(id);
    const wish = { ...(await versionOf(id)), verdict: 'changes_wanted', note: 'Câu này khó hiểu.' };
    await post(reviewer, `/drafts/${id}/review`, wish);
    expect(await readDraft(id)).toMatchObject({
      state: 'open',
      reviews: [{ verdict: 'changes_wanted', note: 'Câu này khó hiểu.', by: { displayName: 'Duyệt một' } }],
    });
  });
});

describe('a draft that others overtook', () => {
  it('is brought up to date line by line; the same lines are shown and nothing is written', async () => {
    const [mine, clash] = [await begin('Của mình 2'), await begin('Trùng')];
    await edit(mine, VI, swap('choice.back: { text: Quay lại', 'choice.back: { text: Lùi lại'));
    await edit(clash, VI, swap('choice.again: { text: Làm lại', 'choice.again: { text: Làm một lần nữa'));
    const first = await begin('Đi trước');
    await edit(first, VI, swap('choice.again: { text: Làm lại', 'choice.again: { text: Thử lại'));
    await submit(first);
    await checked(first);
    await approve(first, reviewer);
    const { release } = PublishedSchema.parse((await publish(first)).body);
    await desk.content?.follow();

    await submit(mine);
    await approve(mine, reviewer);
    expect(codeOf(await publish(mine))).toBe('draft_behind');
    expect(await readDraft(mine)).toMatchObject({ behind: 1 });
    const merged = RebasedSchema.parse(
      (await post(editor, `/drafts/${mine}/rebase`, await versionOf(mine))).body,
    );
    expect(merged).toMatchObject({ base: release, merged: [VI], conflicts: [] });
    const { text } = await readFile(mine, VI);
    expect(text).toContain('choice.back: { text: Lùi lại');
    expect(text).toContain('choice.again: { text: Thử lại');
    expect(await readDraft(mine)).toMatchObject({ state: 'open', behind: 0, approvals: { given: 0 } });

    const before = await versionOf(clash);
    const stuck = RebasedSchema.parse((await post(editor, `/drafts/${clash}/rebase`, before)).body);
    expect(stuck.conflicts).toMatchObject([
      {
        path: VI,
        ours: expect.stringContaining('Làm một lần nữa'),
        theirs: expect.stringContaining('Thử lại'),
      },
    ]);
    expect(await versionOf(clash)).toEqual(before);
  });
});

describe('a flow with people in it', () => {
  it('keeps the version they stand in, says where they go, and refuses another meaning under the same version', async () => {
    const waiting = await desk.addWaiting({ risk: 'none', waitingSince: desk.clock.now() });
    const ask = 'after';
    const version = desk.content?.now().assets.flows.get('entitlements')?.version ?? 0;
    expect(version).toBeGreaterThan(0);
    await desk.database.pool.query(
      `insert into sessions (conversation_id, version, session_enc, flow, flow_version, node, updated_at)
       values ($1, 1, '', 'entitlements', $2, $3, now())
       on conflict (conversation_id) do update set flow = 'entitlements', flow_version = $2, node = $3`,
      [waiting.conversationId, version, ask],
    );
    const id = await begin('Luồng');
    await edit(id, 'flows/entitlements.yaml', (text) =>
      text
        .replace('{ id: after, ask', '{ id: after-anew, ask')
        .replace('done: after }', 'done: after-anew }'),
    );
    const same = await checked(id);
    expect(same.problems.some(({ message }) => message.includes('changed since it was released'))).toBe(true);
    await edit(id, 'flows/entitlements.yaml', (text) =>
      text.replace(
        `version: ${version}`,
        `version: ${version + 1}\nmigrations:\n  - { from: ${version}, nodes: { ${ask}: ${ask}-anew } }`,
      ),
    );
    const { flows } = PeopleInsideSchema.parse(await get(editor, `/drafts/${id}/people`));
    expect(flows).toEqual([
      {
        ...{ flow: 'entitlements', version, today: version + 1 },
        nodes: [{ node: ask, people: 1, then: 'stays', to: null }],
      },
    ]);
    expect((await checked(id)).errors).toBe(0);
    const diff = DraftDiffSchema.parse(await get(editor, `/drafts/${id}/diff`));
    expect(diff.flows).toMatchObject([
      {
        flow: 'entitlements',
        versionBefore: version,
        versionAfter: version + 1,
        added: [`${ask}-anew`],
        removed: [ask],
      },
    ]);
    await submit(id);
    await approve(id, reviewer);
    await publish(id);
    await desk.content?.follow();
    const { assets } = desk.content?.now() ?? {};
    expect(assets?.flows.get('entitlements')?.version).toBe(version + 1);
    expect(assets?.releases.get(`entitlements@${version}`)?.nodes.has(ask)).toBe(true);
    // and back: who began the later version finishes that one, too
    const { current } = ReleasesSchema.parse(await get(supervisor, '/releases'));
    const rolled = await post(editor, `/releases/${current - 1}/rollback`, { note: 'thử' });
    expect(rolled.status).toBe(200);
    await desk.content?.follow();
    expect(desk.content?.state().fault).toBeNull();
    expect(desk.content?.now().assets.flows.get('entitlements')?.version).toBe(version);
    expect(
      desk.content
        ?.now()
        .assets.releases.get(`entitlements@${version + 1}`)
        ?.nodes.has(`${ask}-anew`),
    ).toBe(true);
  });
});

describe('a schedule', () => {
  const due = () =>
    publishDue({
      ...{
        pool: desk.database.pool,
        transact: desk.database.transact,
        clock: desk.clock,
        checks: desk.checks,
      },
      log: createLog({ level: 'silent' }),
    });

  it('publishes when its time comes, once, and not before; what is overtaken is held back and says so', async () => {
    const ids = [await begin('Đúng giờ'), await begin('Lỡ giờ')];
    for (const [index, id] of ids.entries()) {
      const at = new Date(desk.clock.now().getTime() + 4 * 60_000 + index * 1000).toISOString();
      await edit(id, VI, (text) => `${text}# ${String(index)}\n`);
      await submit(id);
      await checked(id);
      await approve(id, reviewer);
      expect(codeOf(await publish(id, { at: desk.clock.now().toISOString() }))).toBe('time_past');
      expect(PublishedSchema.parse((await publish(id, { at })).body)).toEqual({ release: null });
      expect(await readDraft(id)).toMatchObject({ state: 'scheduled', publishAt: at });
    }
    expect(await due()).toBe(0);
    desk.clock.move(5 * 60_000);
    expect(await Promise.all([due(), due()]).then((made) => made.reduce((sum, one) => sum + one, 0))).toBe(1);
    expect((await readDraft(ids[0] ?? '')).state).toBe('published');
    expect(await readDraft(ids[1] ?? '')).toMatchObject({ state: 'in_review', heldBack: 'draft_behind' });
    expect(DraftsSchema.parse(await get(editor, '/drafts')).drafts.map(({ id }) => id)).toEqual(
      expect.arrayContaining(ids),
    );
  });
});

describe('a rule that is changed', () => {
  it('shows on all samples what is recognised otherwise, the worse first, and nothing where no rule changed', async () => {
    const id = await begin('Trọng số');
    await edit(id, VI, swap('Về menu', 'Về đầu'));
    expect(await preview(id, editor)).toEqual({ state: 'untouched', sets: [], changes: [] });
    for (const group of ['money', 'promise', 'recruiter', 'route', 'control'])
      await edit(id, `content/signals/${group}.yaml`, (text) =>
        text.replaceAll(/weight: \d/g, 'weight: 1').replaceAll('hard: true', 'hard: false'),
      );
    const { state, sets, changes } = await preview(id, reviewer);
    expect(state).toBe('done');
    const offers = sets.find(({ set }) => set === 'offers');
    expect(offers?.n).toBeGreaterThan(300);
    expect(offers?.changed).toBeGreaterThan(0);
    const own = changes.filter(({ set }) => set === 'offers');
    const right = (say: 'before' | 'after') => own.filter((row) => row[say] === row.expected).length;
    expect((offers?.rightAfter ?? 0) - (offers?.rightBefore ?? 0)).toBe(right('after') - right('before'));
    expect(sets.find(({ set }) => set === 'risk')).toMatchObject({ changed: 0 });
    const order = ['worse', 'better', 'other'];
    const kinds = changes.map(({ kind }) => order.indexOf(kind));
    expect(kinds).toEqual([...kinds].sort());
    expect(kinds).toContain(0);
    const again = await preview(id, editor);
    expect(again.changes).toEqual(changes);
    await edit(id, 'content/signals/money.yaml', (text) => `${text}  broken: [`);
    expect((await preview(id, editor)).state).toBe('broken');
  });
});

describe('everything that was done', () => {
  it('is in the audit, without a word of the texts', async () => {
    const rows = await desk.database.pool.query<{ action: string; detail: unknown }>(
      `select action, detail from audit where object_kind in ('draft', 'release') order by id`,
    );
    expect([...new Set(rows.rows.map(({ action }) => action))].sort()).toEqual([
      'draft_begun',
      'draft_held_back',
      'draft_published',
      'draft_rebased',
      'draft_reviewed',
      'draft_submitted',
      'draft_written',
      'release_rolled_back',
    ]);
    expect(JSON.stringify(rows.rows)).not.toContain('Về');
    expect(desk.failures).toEqual([]);
  });

  it('leaves releases and their texts as they were, whatever the program does', async () => {
    for (const sql of [
      `update content_releases set note = 'x'`,
      'delete from content_releases',
      'truncate content_releases cascade',
      `update content_files set text = 'x'`,
    ])
      await expect(desk.database.pool.query(sql)).rejects.toThrow('a release is never changed');
  });
});
