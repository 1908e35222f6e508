/** The audit trail: a hash chain in which every change, hole, swap or cut-off tail shows. */
import { createHash } from 'node:crypto';
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

interface AuditRow {
  id: number;
  at: Date;
  user_id: string | null;
  action: string;
  object_kind: string;
  object_id: string | null;
  detail: AuditDetail;
  prev: Buffer;
  hash: Buffer;
}

/**
 * Appends one row inside the caller's transaction, so that what cannot be audited does not happen.
 * Locks the head until commit: call it last, after all other locks of the transaction.
 */
export async function appendAudit(client: PoolClient, entry: AuditEntry): Promise<void> {
  const heads = await client.query<{ id: number; hash: Buffer }>(
    'select id, hash from audit_head for update',
  );
  const head = heads.rows[0];
  if (head === undefined) throw new Error('audit_head is empty');
  const detail = entry.detail ?? {};
  const id = head.id + 1;
  const hash = hashRow({
    id,
    at: entry.at,
    user_id: entry.userId,
    action: entry.action,
    object_kind: entry.objectKind,
    object_id: entry.objectId,
    detail,
    prev: head.hash,
  });
  await client.query(
    `insert into audit (id, at, user_id, action, object_kind, object_id, detail, prev, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [id, entry.at, entry.userId, entry.action, entry.objectKind, entry.objectId, detail, head.hash, hash],
  );
  await client.query('update audit_head set id = $1, hash = $2', [id, hash]);
}

export type AuditVerdict =
  | { kind: 'whole'; rows: number }
  /** `id`: the first row that does not fit; one past the last row when the tail was cut off */
  | { kind: 'broken'; id: number };

/** Reads the whole chain in pages and names the first bad row: edited, deleted, inserted, swapped, or a missing tail. */
export async function verifyAudit(db: Db, pageRows = 1000): Promise<AuditVerdict> {
  let prev: Buffer = Buffer.alloc(0);
  let last = 0;
  for (;;) {
    const page = await db.query<AuditRow>('select * from audit where id > $1 order by id limit $2', [
      last,
      pageRows,
    ]);
    for (const row of page.rows) {
      const fits = row.id === last + 1 && row.prev.equals(prev) && row.hash.equals(hashRow(row));
      if (!fits) return { kind: 'broken', id: last + 1 };
      prev = row.hash;
      last = row.id;
    }
    if (page.rows.length < pageRows) break;
  }
  const head = (await db.query<{ id: number; hash: Buffer }>('select id, hash from audit_head')).rows[0];
  if (head === undefined) return { kind: 'broken', id: last + 1 };
  // a row that arrived while we read lies behind what was read: not a fault
  if (head.id > last && (await countAfter(db, last)) > 0) return { kind: 'whole', rows: last };
  return head.id === last && head.hash.equals(prev)
    ? { kind: 'whole', rows: last }
    : { kind: 'broken', id: last + 1 };
}

async function countAfter(db: Db, id: number): Promise<number> {
  const found = await db.query<{ count: number }>('select count(*)::int as count from audit where id > $1', [
    id,
  ]);
  return found.rows[0]?.count ?? 0;
}

/** SHA-256 over the previous hash and the row as JSON with sorted keys: the same bytes before and after the database. */
function hashRow(row: Omit<AuditRow, 'hash'>): Buffer {
  const detail = Object.fromEntries(Object.entries(row.detail).sort(([a], [b]) => (a < b ? -1 : 1)));
  const fields = [
    row.id,
    row.at.toISOString(),
    row.user_id,
    row.action,
    row.object_kind,
    row.object_id,
    detail,
  ];
  return createHash('sha256').update(row.prev).update(JSON.stringify(fields)).digest();
}
