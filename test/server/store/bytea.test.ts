import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { toByteaArray } from '../../../server/store/bytea.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it.each([
  ['none', []],
  ['one', [Buffer.from([0, 255, 92, 34])]],
  ['an empty one', [Buffer.alloc(0)]],
  ['nulls between others', [null, Buffer.from('a'), null]],
  ['many of different lengths', Array.from({ length: 300 }, (_, index) => randomBytes(index * 7))],
] as const)('gives the database an array of bytes: %s', async (_title, values) => {
  const found = await database.pool.query<{ value: Buffer | null }>({
    name: 'bytea_test',
    text: 'select value from unnest($1::bytea[]) with ordinality as a(value, place) order by place',
    values: [toByteaArray(values)],
  });
  expect(found.rows.map(({ value }) => value)).toEqual(values);
});
