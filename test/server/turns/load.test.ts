import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { claimConversations } from '../../../server/turns/load.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { fakeClock, message, startInstance } from '../../support/turns.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('claims everybody by turns, beginning behind the last round and going on from the first', async () => {
  const { inbox } = startInstance(database);
  const people = ['a', 'b', 'c', 'd', 'e'];
  await inbox.accept(
    'telegram',
    'default',
    people.map((person) => message(person, 'hello')),
  );
  const found = await database.pool.query<{ id: string }>('select id from conversations order by id');
  const ids = found.rows.map(({ id }) => id);
  const claim = (after: string): Promise<string[]> =>
    database.transact(claimConversations(after, fakeClock().now(), 2));

  const rounds: string[][] = [];
  for (let after = '00000000-0000-0000-0000-000000000000'; rounds.length < 4;) {
    const claimed = await claim(after);
    rounds.push(claimed);
    after = claimed.at(-1) ?? after;
  }
  const numbers = rounds.map((round) => round.map((id) => ids.indexOf(id)));
  expect(numbers).toEqual([
    [0, 1],
    [2, 3],
    [4, 0],
    [1, 2],
  ]);
});
