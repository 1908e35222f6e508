/** Second factors of staff: the authenticator app, passkeys, recovery codes. Secrets sealed, codes as keyed hashes. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Db, Vault } from '../ports.ts';
import { HAS_FACTOR } from './users.ts';

const SecretSchema = z.strictObject({ secret: z.string() });
const placeOf = (userId: string): string => `totp|secret|${userId}`;

/** One after the other, whoever sets up factors of this account. @returns has it one already? */
export async function lockFactors(client: PoolClient, userId: string): Promise<boolean> {
  await client.query('select from users where id = $1 for update', [userId]);
  const found = await client.query<{ has: boolean }>(
    `select ${HAS_FACTOR} as has from users u where u.id = $1`,
    [userId],
  );
  return found.rows[0]?.has ?? false;
}

/** Kept beside a factor that is in use; a second draft replaces the first. */
export async function saveTotpDraft(
  client: PoolClient,
  vault: Vault,
  draft: { userId: string; secret: string; now: Date },
): Promise<void> {
  const key = await vault.newKey();
  const sealed = vault.seal(key, placeOf(draft.userId), { secret: draft.secret });
  await client.query(
    `insert into totp_drafts (user_id, key_wrapped, secret_enc, created_at) values ($1, $2, $3, $4)
     on conflict (user_id) do update set key_wrapped = excluded.key_wrapped, secret_enc = excluded.secret_enc,
       created_at = excluded.created_at`,
    [draft.userId, key, sealed, draft.now],
  );
}

/** @returns base32; null when no app is being set up */
export function readTotpDraft(db: Db, vault: Vault, userId: string): Promise<string | null> {
  return readSecret(
    db,
    vault,
    userId,
    'select key_wrapped as key, secret_enc as sealed from totp_drafts where user_id = $1',
  );
}

/** @returns base32; null when no app is set up */
export function readTotp(db: Db, vault: Vault, userId: string): Promise<string | null> {
  return readSecret(
    db,
    vault,
    userId,
    'select key_wrapped as key, secret_enc as sealed from totp_factors where user_id = $1',
  );
}

async function readSecret(db: Db, vault: Vault, userId: string, sql: string): Promise<string | null> {
  const found = await db.query<{ key: Buffer; sealed: Buffer }>(sql, [userId]);
  const row = found.rows[0];
  if (row === undefined) return null;
  return SecretSchema.parse(vault.open(row.key, placeOf(userId), row.sealed)).secret;
}

/** The draft becomes the app of this account. @param step of the code that confirmed it: used up with this */
export async function adoptTotpDraft(client: PoolClient, userId: string, step: number): Promise<void> {
  await client.query(
    `with draft as (delete from totp_drafts where user_id = $1 returning *)
      insert into totp_factors (user_id, key_wrapped, secret_enc, created_at, last_step)
      select user_id, key_wrapped, secret_enc, created_at, $2 from draft
      on conflict (user_id) do update set key_wrapped = excluded.key_wrapped, secret_enc = excluded.secret_enc,
        created_at = excluded.created_at, last_step = excluded.last_step`,
    [userId, step],
  );
}

/** Of two with the same code at the same moment one gets it. @returns false when this step, or a later one, was used */
export async function useTotpStep(client: PoolClient, userId: string, step: number): Promise<boolean> {
  const done = await client.query(
    'update totp_factors set last_step = $2 where user_id = $1 and last_step < $2',
    [userId, step],
  );
  return done.rowCount === 1;
}

export async function removeTotp(client: PoolClient, userId: string): Promise<boolean> {
  await client.query('delete from totp_drafts where user_id = $1', [userId]);
  return (await client.query('delete from totp_factors where user_id = $1', [userId])).rowCount === 1;
}

export interface StoredPasskey {
  id: string;
  name: string;
  publicKey: Buffer;
  counter: number;
  transports: string[];
  createdAt: Date;
  lastUsedAt: Date | null;
}

export async function listPasskeys(db: Db, userId: string): Promise<readonly StoredPasskey[]> {
  const found = await db.query<StoredPasskey>(
    `select id, name, public_key as "publicKey", counter, transports, created_at as "createdAt",
       last_used_at as "lastUsedAt"
     from passkeys where user_id = $1 order by created_at, id`,
    [userId],
  );
  return found.rows;
}

/** @returns false when this passkey is known already */
export async function addPasskey(
  client: PoolClient,
  userId: string,
  passkey: Omit<StoredPasskey, 'lastUsedAt'>,
): Promise<boolean> {
  const { id, name, publicKey, counter, transports, createdAt } = passkey;
  const done = await client.query(
    `insert into passkeys (id, user_id, name, public_key, counter, transports, created_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [id, userId, name, publicKey, counter, transports, createdAt],
  );
  return done.rowCount === 1;
}

/** Its own count went on: a copy of the authenticator that lags behind is refused. @returns false when it did not */
export async function usePasskey(
  client: PoolClient,
  id: string,
  counter: number,
  now: Date,
): Promise<boolean> {
  const done = await client.query(
    `update passkeys set counter = $2, last_used_at = $3
     where id = $1 and (counter < $2 or (counter = 0 and $2 = 0))`,
    [id, counter, now],
  );
  return done.rowCount === 1;
}

export async function removePasskey(client: PoolClient, userId: string, id: string): Promise<boolean> {
  const done = await client.query('delete from passkeys where user_id = $1 and id = $2', [userId, id]);
  return done.rowCount === 1;
}

/** The codes of before open nothing any more. */
export async function replaceRecoveryCodes(
  client: PoolClient,
  vault: Vault,
  { userId, codes, now }: { userId: string; codes: readonly string[]; now: Date },
): Promise<void> {
  await client.query('delete from recovery_codes where user_id = $1', [userId]);
  await client.query(
    `insert into recovery_codes (user_id, code_hash, created_at) select $1, hash, $3 from unnest($2::bytea[]) as h(hash)`,
    [userId, codes.map((code) => hashCode(vault, userId, code)), now],
  );
}

/** Works once, also of two at the same moment. */
export async function useRecoveryCode(
  client: PoolClient,
  vault: Vault,
  { userId, code, now }: { userId: string; code: string; now: Date },
): Promise<boolean> {
  const done = await client.query(
    'update recovery_codes set used_at = $3 where user_id = $1 and code_hash = $2 and used_at is null',
    [userId, hashCode(vault, userId, code), now],
  );
  return done.rowCount === 1;
}

export async function countRecoveryCodes(db: Db, userId: string): Promise<number> {
  const found = await db.query<{ count: number }>(
    'select count(*)::int as count from recovery_codes where user_id = $1 and used_at is null',
    [userId],
  );
  return found.rows[0]?.count ?? 0;
}

function hashCode(vault: Vault, userId: string, code: string): Buffer {
  return vault.hash('recovery code', `${userId} ${code}`);
}

/** After a loss: nothing of before opens the account; the next sign-in sets up a new factor. */
export async function removeAllFactors(client: PoolClient, userId: string): Promise<void> {
  await lockFactors(client, userId);
  await removeTotp(client, userId);
  await client.query('delete from passkeys where user_id = $1', [userId]);
  await client.query('delete from recovery_codes where user_id = $1', [userId]);
}
