import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PoolClient } from 'pg';
import { addPasskey, lockFactors, removeAllFactors } from '../../../server/store/second-factors.ts';
import {
  createUserSession,
  endAllUserSessions,
  hashToken,
  raiseUserSession,
  readActor,
} from '../../../server/store/user-sessions.ts';
import { insertUser } from '../../../server/store/users.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const NOW = new Date('2026-03-01T08:00:00Z');
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function signIn(): Promise<{ userId: string; token: string }> {
  const userId = randomUUID();
  const token = await database.transact(async (client) => {
    await insertUser(client, {
      ...{ id: userId, email: `${userId}@example.org`, displayName: 'Mai', passwordHash: '-' },
      ...{ role: 'counsellor', uiLanguage: 'vi', createdAt: NOW },
    });
    return createUserSession(client, userId, NOW);
  });
  return { userId, token };
}

/** Until somebody waits for what this transaction holds. */
async function untilAnotherWaits(client: PoolClient): Promise<void> {
  for (;;) {
    const found = await client.query(
      'select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))',
    );
    if ((found.rowCount ?? 0) > 0) return;
  }
}

describe('ending all sessions of an account', () => {
  it('also ends one that gets a new token at the same moment', async () => {
    const { userId, token } = await signIn();
    const ending: Promise<number>[] = [];
    const raised = await database.transact(async (client) => {
      const fresh = await raiseUserSession(client, hashToken(token), NOW);
      ending.push(database.transact((other) => endAllUserSessions(other, userId, NOW)));
      await untilAnotherWaits(client);
      return fresh;
    });
    expect(await Promise.all(ending)).toEqual([1]);
    expect(raised).not.toBeNull();
    expect(await readActor(database.pool, hashToken(raised ?? ''), NOW)).toBeNull();
  });

  it('leaves nothing to raise to whoever comes after', async () => {
    const { userId, token } = await signIn();
    const raising: Promise<string | null>[] = [];
    await database.transact(async (client) => {
      await endAllUserSessions(client, userId, NOW);
      raising.push(database.transact((other) => raiseUserSession(other, hashToken(token), NOW)));
      await untilAnotherWaits(client);
    });
    expect(await Promise.all(raising)).toEqual([null]);
  });
});

describe('taking all factors away', () => {
  it('waits for one that is just being added, and takes it, too', async () => {
    const { userId } = await signIn();
    const taking: Promise<void>[] = [];
    await database.transact(async (client) => {
      await lockFactors(client, userId);
      taking.push(database.transact((other) => removeAllFactors(other, userId)));
      await untilAnotherWaits(client);
      const key = { id: userId, name: 'invented', publicKey: Buffer.alloc(1), counter: 0, transports: [] };
      await addPasskey(client, userId, { ...key, createdAt: NOW });
    });
    await Promise.all(taking);
    expect(await database.transact((client) => lockFactors(client, userId))).toBe(false);
  });
});
