/** `npm run phrases`: lists proposals, writes a patch, and marks as exported only what is in it. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { addProposal, listProposals } from '../../../server/store/proposals.ts';
import { insertUser } from '../../../server/store/users.ts';
import { runPhrases } from '../../../server/tools/phrases.ts';
import { repositoryRoot } from '../../support/assets.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { testVault } from '../../support/turns.ts';

jest.setTimeout(60_000);

const vault = testVault();
const NOW = new Date('2026-11-25T03:00:00.000Z');
const userId = randomUUID();
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.transact((client) =>
    insertUser(client, {
      ...{ id: userId, email: 'lan@example.org', displayName: 'Lan', passwordHash: '-' },
      ...{ role: 'editor', uiLanguage: 'vi', createdAt: NOW },
    }),
  );
}, 60_000);
afterEach(async () => {
  await database.pool.query('truncate phrase_proposals');
});
afterAll(() => database.drop());

const propose = (target: string, text: string) =>
  database.transact((client) =>
    addProposal(
      client,
      vault,
      { kind: 'intent', target, text, userId, totals: { n: 9, broken: 1, mended: 2, danger: 0 } },
      NOW,
    ),
  );
const run = async (...args: string[]) => {
  const told = { out: '', err: '' };
  const code = await runPhrases(args, {
    ...{ db: database.pool, transact: database.transact, vault, root: repositoryRoot, now: () => NOW },
    print: (text) => void (told.out += text),
    printError: (line) => void (told.err += `${line}\n`),
  });
  return { code, ...told };
};

describe('the command', () => {
  it('lists proposals with what their trial said', async () => {
    expect((await run('list')).out).toBe('No proposals.\n');
    await propose('check_offer', 'coi hộ chỗ mời này nha');
    expect((await run('list')).out).toBe(
      'intent check_offer: coi hộ chỗ mời này nha  (2 mended, 1 broken, 0 about danger, of 9)\n',
    );
  });

  it('exports a patch again and again until told that it is done', async () => {
    await propose('check_offer', 'coi hộ chỗ mời này nha');
    for (const args of [['export'], ['export', '--done']]) {
      const { code, out } = await run(...args);
      expect(code).toBe(0);
      expect(out).toMatch(/^--- a\/content\/intents\/checking\.yaml/);
      expect(out).toContain('+      - coi hộ chỗ mời này nha');
    }
    expect(await run('export')).toEqual({ code: 0, out: '', err: '' });
    expect(await listProposals(database.pool, vault, false)).toMatchObject([{ exportedAt: NOW }]);
    const audit = await database.pool.query('select action, detail from audit order by id desc limit 1');
    expect(audit.rows).toEqual([{ action: 'proposals_exported', detail: { count: 1 } }]);
  });

  it('names what has no place in the content, and keeps it', async () => {
    await propose('gone', 'gì đó');
    const { code, out, err } = await run('export', '--done');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('intent gone: gì đó: the content has no list of its own for it; add it by hand');
    expect(await listProposals(database.pool, vault, true)).toHaveLength(1);
  });

  it.each([[[]], [['export', '--all']], [['remove']]])(
    'explains itself when it is given %j',
    async (args) => {
      const { code, err } = await run(...args);
      expect(code).toBe(1);
      expect(err).toContain('export --done');
    },
  );
});
