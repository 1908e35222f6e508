/** One-time links: the first administrator of a fresh installation, later invitations. The database holds hashes only. */
import type { Pool, PoolClient } from 'pg';
import type { Db } from '../ports.ts';
import { hashToken, newToken } from './user-sessions.ts';
import { hasUsers } from './users.ts';
import type { Role } from './users.ts';

/** A link dies after a day (console.md 9, A2). */
export const SETUP_TOKEN_LIFE_MS = 24 * 3_600_000;

export interface SetupToken {
  purpose: 'first_admin' | 'invite';
  role: Role;
  expiresAt: Date;
}

/**
 * Makes the link of a fresh installation; a link printed by an earlier start stops working.
 *
 * @returns the token, shown once at start as `<PUBLIC_URL>/console/setup#<token>`; null when an account exists
 */
export async function createFirstAdminLink(pool: Pool, now: Date = new Date()): Promise<string | null> {
  if (await hasUsers(pool)) return null;
  await pool.query(`delete from setup_tokens where purpose = 'first_admin' and used_at is null`);
  return insertToken(pool, 'first_admin', 'admin', now);
}

/** @returns the token of the invitation, to be handed over by a way the administrator trusts */
export async function createInvitation(client: PoolClient, role: Role, now: Date): Promise<string> {
  return insertToken(client, 'invite', role, now);
}

/** Looks without using it up. @returns null when unknown, used, too old, or the installation already has its first account */
export async function readSetupToken(db: Db, token: string, now: Date): Promise<SetupToken | null> {
  const found = await db.query<SetupToken>(
    `select purpose, role, expires_at as "expiresAt" from setup_tokens
     where token_hash = $1 and used_at is null and expires_at > $2
       and (purpose = 'invite' or not exists (select from users))`,
    [hashToken(token), now],
  );
  return found.rows[0] ?? null;
}

/** Uses the token up, atomically: of two at the same moment one gets it. @returns null as `readSetupToken` */
export async function useSetupToken(
  client: PoolClient,
  token: string,
  now: Date,
): Promise<SetupToken | null> {
  // two links of a fresh installation cannot both make a first administrator
  await client.query('lock table users in share row exclusive mode');
  const used = await client.query<SetupToken>(
    `update setup_tokens set used_at = $2
     where token_hash = $1 and used_at is null and expires_at > $2
       and (purpose = 'invite' or not exists (select from users))
     returning purpose, role, expires_at as "expiresAt"`,
    [hashToken(token), now],
  );
  return used.rows[0] ?? null;
}

async function insertToken(db: Db, purpose: SetupToken['purpose'], role: Role, now: Date): Promise<string> {
  const token = newToken();
  await db.query(
    'insert into setup_tokens (token_hash, purpose, role, expires_at, created_at) values ($1, $2, $3, $4, $5)',
    [hashToken(token), purpose, role, new Date(now.getTime() + SETUP_TOKEN_LIFE_MS), now],
  );
  return token;
}
