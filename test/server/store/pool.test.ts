import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '../../../server/store/pool.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query('create table kept (n int primary key)');
});
afterAll(() => database.drop());

const kept = async (): Promise<number[]> =>
  (await database.pool.query<{ n: number }>('select n from kept order by n')).rows.map(({ n }) => n);

describe('a transaction', () => {
  it('ends where its work says so: what is issued behind that stands alone', async () => {
    const work = database.transact(async (client, commit) => {
      const first = client.query('insert into kept values (1)');
      const committed = commit();
      const second = client.query('insert into kept values (2)');
      await Promise.all([first, committed, second]);
      throw new Error('too late');
    });
    await expect(work).rejects.toThrow('too late');
    expect(await kept()).toEqual([1, 2]);
  });

  it('keeps nothing when a statement fails, even with the commit already on its way', async () => {
    const work = database.transact(async (client, commit) => {
      await Promise.all([
        client.query('insert into kept values (3)'),
        client.query('insert into kept values (3)'),
        client.query('insert into kept values (4)'),
        commit(),
      ]);
    });
    await expect(work).rejects.toMatchObject({ code: '23505' });
    expect(await kept()).not.toContain(3);
    expect(await kept()).not.toContain(4);
  });

  it('leaves its connection usable after a failure', async () => {
    const insert = (n: number): Promise<void> =>
      database.transact(async (client) => {
        await client.query('insert into kept values ($1)', [n]);
      });
    await insert(5);
    await expect(insert(5)).rejects.toMatchObject({ code: '23505' });
    await insert(6);
    expect(await kept()).toEqual(expect.arrayContaining([5, 6]));
  });
});

describe('a pool', () => {
  it.each([
    [true, 'off'],
    [undefined, 'on'],
  ])('with byKey %s has plans that read whole tables %s', async (byKey, expected) => {
    const pool = createPool({
      databaseUrl: database.url,
      maxConnections: 1,
      onError: () => undefined,
      ...(byKey === undefined ? {} : { byKey }),
    });
    const shown = await pool.query<{ enable_seqscan: string }>('show enable_seqscan');
    await pool.end();
    expect(shown.rows).toEqual([{ enable_seqscan: expected }]);
  });
});
