/** The audit trail: rows are only ever appended; audit-chain.ts links them after the commit. */
import type { PoolClient } from 'pg';
import type { Db } from '../ports.ts';

/** Codes and counts only; never content, names or addresses. */
export type AuditDetail = Readonly<Record<string, string | number | boolean | null>>;

export interface AuditEntry {
  at: Date;
  /** null: the system itself, or someone who is not signed in */
  userId: string | null;
  /** past tense: `conversation_taken` */
  action: string;
  objectKind: string;
  objectId: string | null;
  detail?: AuditDetail;
}

/** Appends one row inside the caller's transaction, so that what cannot be audited does not happen. Locks nothing. */
export async function appendAudit(client: PoolClient, entry: AuditEntry): Promise<void> {
  await appendAudits(client, [entry]);
}

/** All rows of a transaction in one statement, in the order given. */
export async function appendAudits(client: PoolClient, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await client.query({
    name: 'append_audits',
    text: `with fresh as (
        insert into audit (at, user_id, action, object_kind, object_id, detail)
        select * from unnest($1::timestamptz[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[])
        returning id)
      insert into audit_unsealed (audit_id) select id from fresh`,
    values: [
      entries.map((entry) => entry.at),
      entries.map((entry) => entry.userId),
      entries.map((entry) => entry.action),
      entries.map((entry) => entry.objectKind),
      entries.map((entry) => entry.objectId),
      entries.map((entry) => JSON.stringify(entry.detail ?? {})),
    ],
  });
}

export interface AuditFilter {
  userId: string | null;
  action: string | null;
  /** id of a conversation, an account and so on */
  objectId: string | null;
  /** only rows older than this one */
  beforeId: number | null;
}

export interface AuditView {
  id: number;
  at: Date;
  userId: string | null;
  userName: string | null;
  action: string;
  objectKind: string;
  objectId: string | null;
  /** code of the conversation, name of the colleague; null when it is gone or has none */
  objectName: string | null;
  detail: AuditDetail;
  /** false for about a second: not yet linked into the chain */
  sealed: boolean;
}

/** Newest first. */
export async function searchAudit(db: Db, filter: AuditFilter, limit: number): Promise<readonly AuditView[]> {
  const found = await db.query<AuditView>(
    `select a.id, a.at, a.user_id as "userId", u.display_name as "userName", a.action,
        a.object_kind as "objectKind", a.object_id as "objectId", coalesce(c.code, o.display_name) as "objectName", a.detail,
        not exists (select from audit_unsealed s where s.audit_id = a.id) as sealed
      from audit a
        left join users u on u.id = a.user_id
        left join conversations c on a.object_kind = 'conversation' and c.id::text = a.object_id
        left join users o on a.object_kind = 'user' and o.id::text = a.object_id
      where ($1::uuid is null or a.user_id = $1) and ($2::text is null or a.action = $2)
        and ($3::text is null or a.object_id = $3) and ($4::bigint is null or a.id < $4)
      order by a.id desc limit $5`,
    [filter.userId, filter.action, filter.objectId, filter.beforeId, limit],
  );
  return found.rows;
}

/** Every action that was ever written, for the filter. */
export async function listAuditActions(db: Db): Promise<readonly string[]> {
  // a loose index scan: one look per action, however many rows there are
  const found = await db.query<{ action: string }>(
    `with recursive seen as (
        (select action from audit order by action limit 1)
        union all
        select (select a.action from audit a where a.action > seen.action order by a.action limit 1)
        from seen where seen.action is not null)
      select action from seen where action is not null`,
  );
  return found.rows.map((row) => row.action);
}

/** @returns the id staff mean by what they typed: an id, or the code of a conversation; null when there is none */
export async function findAuditObject(db: Db, typed: string): Promise<string | null> {
  const found = await db.query<{ id: string }>(
    `select id::text from conversations where code = upper($1)
     union all select object_id from (select object_id from audit where object_id = lower($1) limit 1) as known limit 1`,
    [typed],
  );
  return found.rows[0]?.id ?? null;
}
