/** `npm run content`: what was published goes into files and comes back as a draft; nothing is lost or live by itself. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readDiskFiles } from '../../../server/content/disk-files.ts';
import { followFiles } from '../../../server/content/follow-files.ts';
import { createLog } from '../../../server/log.ts';
import { listDraftFiles, listDrafts } from '../../../server/store/content-drafts.ts';
import { readCurrentNumber } from '../../../server/store/releases.ts';
import { insertUser } from '../../../server/store/users.ts';
import { runContent } from '../../../server/tools/content.ts';
import { repositoryRoot } from '../../support/assets.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

jest.setTimeout(120_000);

const NOW = new Date('2026-11-25T03:00:00.000Z');
const WORDING = 'content/wording.yaml';
let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'hoi-truoc-content-'));
  for (const one of ['flows', 'content', 'translations'])
    await cp(path.join(repositoryRoot, one), path.join(folder, one), { recursive: true });
  const log = createLog({ level: 'silent' });
  const files = await readDiskFiles(folder);
  await followFiles(files, { transact: database.transact, log, now: NOW, recordings: [] });
  await database.transact(async (client) => {
    for (const role of ['editor', 'counsellor'] as const)
      await insertUser(client, {
        ...{ id: randomUUID(), email: `${role}@example.org`, displayName: role, passwordHash: '-', role },
        ...{ uiLanguage: 'vi', createdAt: NOW },
      });
  });
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const run = async (...args: string[]) => {
  const { lines, exitCode } = await runContent([...args, '--folder', folder], {
    ...{ pool: database.pool, transact: database.transact, now: () => NOW },
  });
  return { text: lines.join('\n'), exitCode };
};

describe('content and files', () => {
  it('are the same after the first start', async () => {
    expect(await run('diff')).toMatchObject({
      exitCode: 0,
      text: expect.stringContaining(': 0 files differ'),
    });
    expect(await run('import', '--as', 'editor@example.org')).toEqual({
      exitCode: 0,
      text: 'The files are what was published last: nothing to import.',
    });
  });

  it('show their difference, line by line where asked, and export puts back exactly what is published', async () => {
    const file = path.join(folder, WORDING);
    const published = await readFile(file, 'utf8');
    await writeFile(file, `${published}# mine\n`);
    await rm(path.join(folder, 'content/coverage.yaml'));
    await writeFile(path.join(folder, 'content/lessons/dormitory/extra.md'), 'x\n');
    const { text, exitCode } = await run('diff', '--lines');
    expect(exitCode).toBe(1);
    expect(text).toContain('3 files differ');
    expect(text).toContain('added   content/coverage.yaml');
    expect(text).toContain('removed content/lessons/dormitory/extra.md');
    expect(text).toContain(`--- ${WORDING}`);
    expect(text).toContain('-# mine');
    expect((await run('export')).text).toContain('Nothing was written; --apply writes it.');
    expect(await readFile(file, 'utf8')).toBe(`${published}# mine\n`);
    expect((await run('export', '--apply')).exitCode).toBe(0);
    expect(await readFile(file, 'utf8')).toBe(published);
    expect((await run('diff')).exitCode).toBe(0);
  });

  it('come back as a draft of an editor, and nothing is published by it', async () => {
    const file = path.join(folder, WORDING);
    await writeFile(file, `${await readFile(file, 'utf8')}# from the repository\n`);
    expect(await run('import')).toMatchObject({ exitCode: 2 });
    expect(await run('import', '--as', 'counsellor@example.org')).toMatchObject({ exitCode: 1 });
    expect(await run('import', '--as', 'nobody@example.org')).toMatchObject({ exitCode: 1 });
    expect((await run('import', '--as', 'editor@example.org', '--title', 'Từ kho')).text).toContain(
      '1 files',
    );
    const [draft] = await listDrafts(database.pool, 10);
    expect(draft).toMatchObject({
      title: 'Từ kho',
      state: 'open',
      base: 1,
      createdBy: { displayName: 'editor' },
    });
    expect(await listDraftFiles(database.pool, draft?.id ?? '')).toMatchObject([{ path: WORDING }]);
    expect(await readCurrentNumber(database.pool)).toBe(1);
    const audit = await database.pool.query('select action, detail from audit');
    expect(audit.rows).toEqual([{ action: 'draft_begun', detail: { imported: true, files: 1 } }]);
  });

  it.each([[[]], [['publish']], [['diff', '--release', 'x']]])('are left alone by %j', async (args) => {
    expect((await run(...args)).exitCode).toBe(2);
  });

  it('say which release there is not', async () => {
    expect(await run('diff', '--release', '99')).toEqual({ exitCode: 1, text: 'There is no release 99.' });
  });
});
