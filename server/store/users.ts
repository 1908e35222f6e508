/** Staff accounts. */
import type { PoolClient } from 'pg';
import type { Db } from '../ports.ts';

export type Role = 'counsellor' | 'supervisor' | 'editor' | 'reviewer' | 'officer' | 'auditor' | 'admin';
export type UiLanguage = 'vi' | 'en';

export interface User {
  id: string;
  email: string;
  displayName: string;
  role: Role;
  uiLanguage: UiLanguage;
  disabledAt: Date | null;
  createdAt: Date;
}

const COLUMNS = `id, email, display_name as "displayName", role, ui_language as "uiLanguage",
  disabled_at as "disabledAt", created_at as "createdAt"`;

/** In SQL, for a row of users called `u`: can this account show a second factor? */
export const HAS_FACTOR = `(exists (select from totp_factors f where f.user_id = u.id)
  or exists (select from passkeys p where p.user_id = u.id))`;

export interface NewUser {
  id: string;
  email: string;
  displayName: string;
  passwordHash: string;
  role: Role;
  uiLanguage: UiLanguage;
  createdAt: Date;
}

/** @returns false when the e-mail (in any case) already has an account */
export async function insertUser(client: PoolClient, user: NewUser): Promise<boolean> {
  const done = await client.query(
    `insert into users (id, email, display_name, password_hash, role, ui_language, created_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [user.id, user.email, user.displayName, user.passwordHash, user.role, user.uiLanguage, user.createdAt],
  );
  return done.rowCount === 1;
}

/** For sign-in only: the one place that reads a password hash. */
export async function findForSignIn(
  db: Db,
  email: string,
): Promise<{ id: string; passwordHash: string; disabled: boolean } | null> {
  const found = await db.query<{ id: string; passwordHash: string; disabled: boolean }>(
    `select id, password_hash as "passwordHash", disabled_at is not null as disabled
     from users where lower(email) = lower($1)`,
    [email],
  );
  return found.rows[0] ?? null;
}

export async function readUser(db: Db, id: string): Promise<User | null> {
  const found = await db.query<User>(`select ${COLUMNS} from users where id = $1`, [id]);
  return found.rows[0] ?? null;
}

export interface UserAtWork extends User {
  hasFactor: boolean;
  openSessions: number;
}

export async function listUsers(db: Db, now: Date): Promise<readonly UserAtWork[]> {
  const found = await db.query<UserAtWork>(
    `select ${COLUMNS}, ${HAS_FACTOR} as "hasFactor",
       (select count(*)::int from user_sessions s
        where s.user_id = u.id and s.ended_at is null and s.expires_at > $1) as "openSessions"
     from users u order by lower(display_name), id limit 500`,
    [now],
  );
  return found.rows;
}

/** Names to show beside what they wrote. */
export async function readNames(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const found = await db.query<{ id: string; name: string }>(
    'select id, display_name as name from users where id = any($1::uuid[])',
    [ids],
  );
  return new Map(found.rows.map((row) => [row.id, row.name]));
}

export async function hasUsers(db: Db): Promise<boolean> {
  const found = await db.query<{ some: boolean }>('select exists (select from users) as some');
  return found.rows[0]?.some ?? false;
}

export async function setPasswordHash(client: PoolClient, id: string, passwordHash: string): Promise<void> {
  await client.query('update users set password_hash = $2 where id = $1', [id, passwordHash]);
}

export async function setUiLanguage(client: PoolClient, id: string, language: UiLanguage): Promise<void> {
  await client.query('update users set ui_language = $2 where id = $1', [id, language]);
}

export type RoleOutcome = 'done' | 'missing' | 'last_admin';

/** The last enabled administrator stays one. */
export async function setUserRole(client: PoolClient, id: string, role: Role): Promise<RoleOutcome> {
  if ((await isLastAdmin(client, id)) && role !== 'admin') return 'last_admin';
  const done = await client.query('update users set role = $2 where id = $1', [id, role]);
  return done.rowCount === 1 ? 'done' : 'missing';
}

/** All administrators are locked, so that two of them cannot disable each other at the same moment. */
async function isLastAdmin(client: PoolClient, id: string): Promise<boolean> {
  const admins = await client.query<{ id: string }>(
    `select id from users where role = 'admin' and disabled_at is null order by id for update`,
  );
  return admins.rows.length === 1 && admins.rows[0]?.id === id;
}

/** Enabled accounts of these roles that can show a second factor, besides those named. */
export async function countAble(db: Db, roles: readonly Role[], besides: readonly string[]): Promise<number> {
  const found = await db.query<{ count: number }>(
    `select count(*)::int as count from users u
     where u.role = any($1::text[]) and u.disabled_at is null and not u.id = any($2::uuid[]) and ${HAS_FACTOR}`,
    [roles, besides],
  );
  return found.rows[0]?.count ?? 0;
}

/** For one's own password: who knows the id is signed in already. */
export async function readPasswordHash(db: Db, id: string): Promise<string | null> {
  const found = await db.query<{ hash: string }>('select password_hash as hash from users where id = $1', [
    id,
  ]);
  return found.rows[0]?.hash ?? null;
}

export type DisableOutcome = 'done' | 'missing' | 'last_admin';

/** Disables (`at` given) or enables (null) an account. The last enabled administrator stays enabled. */
export async function setUserDisabled(
  client: PoolClient,
  id: string,
  at: Date | null,
): Promise<DisableOutcome> {
  if ((await isLastAdmin(client, id)) && at !== null) return 'last_admin';
  const done = await client.query(
    'update users set disabled_at = case when $2::timestamptz is null then null else coalesce(disabled_at, $2) end where id = $1',
    [id, at],
  );
  return done.rowCount === 1 ? 'done' : 'missing';
}
