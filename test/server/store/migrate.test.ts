import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, readMigrations } from '../../../server/store/migrate.ts';
import { createEmptyDatabase, type TestDatabase } from '../../support/postgres.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createEmptyDatabase();
});
afterAll(() => database.drop());

const FIRST = { name: '0001_first.sql', sql: 'create table first (id int); insert into first values (1)' };
const SECOND = { name: '0002_second.sql', sql: 'alter table first add column note text' };

async function run(files: readonly { name: string; sql: string }[]): Promise<string[]> {
  const client = await database.pool.connect();
  try {
    return await migrate(client, files);
  } finally {
    client.release();
  }
}

describe('migrate', () => {
  it('applies each file once when several instances start together', async () => {
    const applied = await Promise.all([run([FIRST]), run([FIRST]), run([FIRST])]);
    expect(applied.flat()).toEqual(['0001_first.sql']);
    expect((await database.pool.query('select id from first')).rows).toEqual([{ id: 1 }]);
  });

  it('applies only what is new', async () => {
    expect(await run([FIRST, SECOND])).toEqual(['0002_second.sql']);
    expect(await run([FIRST, SECOND])).toEqual([]);
  });

  it.each([
    ['changed', [{ ...FIRST, sql: `${FIRST.sql} ` }, SECOND], '0001_first.sql'],
    ['missing', [FIRST], '0002_second.sql is missing'],
  ])('refuses an applied file that is %s', async (_what, files, named) => {
    await expect(run(files)).rejects.toMatchObject({
      code: 'migration_changed',
      detail: expect.stringContaining(named),
    });
  });

  it('applies nothing of a file that fails, and names it', async () => {
    const broken = { name: '0003_broken.sql', sql: 'create table third (id int); select 1/0' };
    await expect(run([FIRST, SECOND, broken])).rejects.toMatchObject({
      code: 'migration_failed',
      detail: expect.stringContaining('0003_broken.sql'),
    });
    expect((await database.pool.query(`select to_regclass('third') as t`)).rows).toEqual([{ t: null }]);
  });

  it('reads the files of this release in order', () => {
    const names = readMigrations().map((file) => file.name);
    expect(names[0]).toBe('0001_conversations.sql');
    expect([...names].sort()).toEqual(names);
  });
});
