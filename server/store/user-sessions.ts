/** Sessions of staff: the browser holds 32 random bytes, the database only their SHA-256. */
import { createHash, randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Db } from '../ports.ts';
import { HAS_FACTOR } from './users.ts';
import type { Role, UiLanguage } from './users.ts';

/** Without activity a session ends after this (OWASP ASVS 5.0, 7.3.1; console.md 4.1). */
export const IDLE_LIMIT_MS = 30 * 60_000;
/** However active, a session ends after one long shift (7.3.2). */
export const ABSOLUTE_LIMIT_MS = 12 * 3_600_000;

/** With the password alone: time enough to set up a second factor, not a shift. */
export const PASSWORD_ONLY_LIMIT_MS = 30 * 60_000;

/** Who is asking, and through which session. */
export interface Actor {
  userId: string;
  email: string;
  displayName: string;
  role: Role;
  uiLanguage: UiLanguage;
  tokenHash: Buffer;
  /** authenticator assurance level: 1 password, 2 second factor */
  aal: number;
  /** when the second factor was last shown in this session */
  factorAt: Date | null;
  /** a second factor is set up */
  hasFactor: boolean;
  /** when it ends without activity */
  idleUntil: Date;
  /** when it ends in any case */
  expiresAt: Date;
  /** when its browser last gave a sign of life, to within `PRESENT_EVERY_MS`; null: not yet */
  presentAt: Date | null;
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** 256 random bits, safe in cookies and URLs. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What staff see of a session: stands for it, opens nothing. */
export function publicSessionId(tokenHash: Buffer): string {
  return createHash('sha256').update('session-id').update(tokenHash).digest('base64url').slice(0, 22);
}

/** Opened by a password alone. @returns the token for the cookie; it exists nowhere else */
export async function createUserSession(client: PoolClient, userId: string, now: Date): Promise<string> {
  const token = newToken();
  await client.query(
    `insert into user_sessions (token_hash, user_id, aal, created_at, last_seen_at, expires_at)
     values ($1, $2, 1, $3, $3, $4)`,
    [hashToken(token), userId, now, new Date(now.getTime() + PASSWORD_ONLY_LIMIT_MS)],
  );
  return token;
}

/**
 * The second factor was shown: a new token takes the place of the old one, which opens nothing from now on.
 *
 * @returns null when the session is over already
 */
export async function raiseUserSession(
  client: PoolClient,
  tokenHash: Buffer,
  now: Date,
): Promise<string | null> {
  const token = newToken();
  // whoever ends all sessions of this account comes before or after, and never misses the new one
  await client.query(
    'select from users where id = (select user_id from user_sessions where token_hash = $1) for update',
    [tokenHash],
  );
  const done = await client.query(
    `with ended as (
        update user_sessions set ended_at = $2, challenge = null where token_hash = $1 and ended_at is null
        returning user_id, aal, created_at, expires_at)
      insert into user_sessions (token_hash, user_id, aal, created_at, last_seen_at, expires_at, factor_at)
      select $3, user_id, 2, created_at, $2, case aal when 1 then $4 else expires_at end, $2 from ended`,
    [tokenHash, now, hashToken(token), new Date(now.getTime() + ABSOLUTE_LIMIT_MS)],
  );
  return done.rowCount === 1 ? token : null;
}

/** What a passkey has to sign now; a second one replaces the first. */
export async function setChallenge(db: Db, tokenHash: Buffer, challenge: string, until: Date): Promise<void> {
  await db.query('update user_sessions set challenge = $2, challenge_until = $3 where token_hash = $1', [
    tokenHash,
    challenge,
    until,
  ]);
}

/** Used up by reading it. @returns null when there is none, or it is too old */
export async function takeChallenge(db: Db, tokenHash: Buffer, now: Date): Promise<string | null> {
  const found = await db.query<{ challenge: string; until: Date }>(
    `with given as (
        select token_hash, challenge, challenge_until from user_sessions where token_hash = $1 for update)
      update user_sessions s set challenge = null from given
      where s.token_hash = given.token_hash and given.challenge is not null
      returning given.challenge, given.challenge_until as until`,
    [tokenHash],
  );
  const row = found.rows[0];
  return row !== undefined && row.until > now ? row.challenge : null;
}

/** @returns null when unknown, ended, idle too long, past its end, or the account is disabled */
export async function readActor(db: Db, tokenHash: Buffer, now: Date): Promise<Actor | null> {
  const found = await db.query<Omit<Actor, 'idleUntil'> & { lastSeenAt: Date }>(
    `select s.user_id as "userId", u.email, u.display_name as "displayName", u.role, u.ui_language as "uiLanguage",
            s.token_hash as "tokenHash", s.aal, s.factor_at as "factorAt", ${HAS_FACTOR} as "hasFactor", s.last_seen_at as "lastSeenAt", s.expires_at as "expiresAt",
            s.present_at as "presentAt"
     from user_sessions s join users u on u.id = s.user_id
     where s.token_hash = $1 and s.ended_at is null and u.disabled_at is null
       and s.expires_at > $2 and s.last_seen_at > $3`,
    [tokenHash, now, new Date(now.getTime() - IDLE_LIMIT_MS)],
  );
  const row = found.rows[0];
  if (row === undefined) return null;
  const { lastSeenAt, ...rest } = row;
  return { ...rest, idleUntil: new Date(lastSeenAt.getTime() + IDLE_LIMIT_MS) };
}

/** The idle clock starts again. */
export async function touchUserSession(db: Db, tokenHash: Buffer, now: Date): Promise<void> {
  await db.query('update user_sessions set last_seen_at = $2 where token_hash = $1 and ended_at is null', [
    tokenHash,
    now,
  ]);
}

export async function endUserSession(client: PoolClient, tokenHash: Buffer, now: Date): Promise<void> {
  await client.query('update user_sessions set ended_at = $2 where token_hash = $1 and ended_at is null', [
    tokenHash,
    now,
  ]);
}

/** @param besides the session that stays, when one does. @returns how many were open */
export async function endAllUserSessions(
  client: PoolClient,
  userId: string,
  now: Date,
  besides: Buffer = Buffer.alloc(0),
): Promise<number> {
  await client.query('select from users where id = $1 for update', [userId]);
  const done = await client.query(
    'update user_sessions set ended_at = $2 where user_id = $1 and ended_at is null and token_hash <> $3',
    [userId, now, besides],
  );
  return done.rowCount ?? 0;
}

export interface OpenSession {
  tokenHash: Buffer;
  createdAt: Date;
  lastSeenAt: Date;
}

/** Newest first. */
export async function listUserSessions(db: Db, userId: string, now: Date): Promise<readonly OpenSession[]> {
  const found = await db.query<OpenSession>(
    `select token_hash as "tokenHash", created_at as "createdAt", last_seen_at as "lastSeenAt" from user_sessions
     where user_id = $1 and ended_at is null and expires_at > $2 and last_seen_at > $3
     order by created_at desc limit 100`,
    [userId, now, new Date(now.getTime() - IDLE_LIMIT_MS)],
  );
  return found.rows;
}
