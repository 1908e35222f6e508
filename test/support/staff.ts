/** Invented colleagues with open sessions, without the cost of a password. */
import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Role } from '../../server/api/contract.ts';
import { addPasskey } from '../../server/store/second-factors.ts';
import { setTourDone } from '../../server/store/tour.ts';
import { createUserSession, hashToken, raiseUserSession } from '../../server/store/user-sessions.ts';
import { insertUser } from '../../server/store/users.ts';
import type { TestDatabase } from './postgres.ts';

export interface Staff {
  userId: string;
  /** for a server behind plain http */
  cookie: string;
  token: string;
}

/** Staff with an open session in which a second factor was just shown. */
export async function addStaff(
  database: Pick<TestDatabase, 'transact'>,
  now: Date,
  {
    role,
    displayName = role,
    proof = 'factor',
  }: {
    role: Role;
    displayName?: string;
    proof?: 'password' | 'factor';
  },
): Promise<Staff> {
  const userId = randomUUID();
  const token = await database.transact(async (client) => {
    const email = `${userId}@example.org`;
    const user = { id: userId, email, displayName, passwordHash: '-', role, uiLanguage: 'vi' as const };
    await insertUser(client, { ...user, createdAt: now });
    // the tour is for whoever comes for the first time; its own test begins it
    await setTourDone(client, userId, now);
    const opened = await createUserSession(client, userId, now);
    if (proof === 'password') return opened;
    await addInventedPasskey(client, userId, now);
    return (await raiseUserSession(client, hashToken(opened), now)) ?? '';
  });
  return { userId, token, cookie: `console=${token}` };
}

/** A passkey that nobody can show: only that there is one counts. */
export async function addInventedPasskey(client: PoolClient, userId: string, now: Date): Promise<void> {
  const passkey = { id: userId, name: 'invented', publicKey: Buffer.alloc(1), counter: 0, transports: [] };
  await addPasskey(client, userId, { ...passkey, createdAt: now });
}
