/** Wishes that a second person has to agree to: asked once, decided once, in time. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Db, Vault } from '../ports.ts';

export const APPROVAL_KINDS = ['make_admin', 'reset_factor', 'erase_case'] as const;
export type ApprovalKind = (typeof APPROVAL_KINDS)[number];
/** Two shifts and a night. */
export const APPROVAL_LIFE_MS = 24 * 3_600_000;

const ReasonSchema = z.strictObject({ reason: z.string() });
const KindSchema = z.enum(APPROVAL_KINDS);
const placeOf = (id: string): string => `approvals|reason|${id}`;

export interface NewApproval {
  id: string;
  kind: ApprovalKind;
  subjectId: string;
  /** code of a case, because it may be gone when somebody looks back; null: an account, which has its name */
  subjectCode: string | null;
  reason: string;
  requestedBy: string;
  /** alone: there is nobody who could agree, and it is carried out now */
  state: 'waiting' | 'alone';
  now: Date;
}

/** @returns when it lapses; null when the same is asked for already */
export async function insertApproval(
  client: PoolClient,
  vault: Vault,
  approval: NewApproval,
): Promise<Date | null> {
  const { id, kind, subjectId, subjectCode, reason, requestedBy, state, now } = approval;
  const isAlone = state === 'alone';
  await client.query(
    `update approvals set state = 'expired', decided_at = $3
     where kind = $1 and subject_id = $2 and state = 'waiting' and expires_at <= $3`,
    [kind, subjectId, now],
  );
  const key = await vault.newKey();
  const expiresAt = new Date(now.getTime() + APPROVAL_LIFE_MS);
  const done = await client.query(
    `insert into approvals (id, kind, subject_id, key_wrapped, reason_enc, requested_by, requested_at, expires_at,
       state, decided_by, decided_at, detail)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing`,
    [
      ...[id, kind, subjectId, key, vault.seal(key, placeOf(id), { reason }), requestedBy, now, expiresAt],
      ...[state, isAlone ? requestedBy : null, isAlone ? now : null],
      subjectCode === null ? {} : { code: subjectCode },
    ],
  );
  return done.rowCount === 1 ? expiresAt : null;
}

export interface WaitingApproval {
  id: string;
  kind: ApprovalKind;
  subjectId: string;
  requestedBy: string;
}

/** Locks it until commit, so that it is decided once. @returns null when unknown, decided or lapsed */
export async function lockApproval(
  client: PoolClient,
  id: string,
  now: Date,
): Promise<WaitingApproval | null> {
  const found = await client.query<Omit<WaitingApproval, 'kind'> & { kind: string }>(
    `select id, kind, subject_id as "subjectId", requested_by as "requestedBy" from approvals
     where id = $1 and state = 'waiting' and expires_at > $2 for update`,
    [id, now],
  );
  const row = found.rows[0];
  return row === undefined ? null : { ...row, kind: KindSchema.parse(row.kind) };
}

export async function decideApproval(
  client: PoolClient,
  id: string,
  decision: { state: 'done' | 'refused' | 'withdrawn'; by: string; now: Date },
): Promise<void> {
  await client.query('update approvals set state = $2, decided_by = $3, decided_at = $4 where id = $1', [
    ...[id, decision.state, decision.by, decision.now],
  ]);
}

/** What is gone takes with it why it went: no wish about it, of today or before, keeps its reason. */
export async function forgetReasons(client: PoolClient, subjectIds: readonly string[]): Promise<void> {
  if (subjectIds.length === 0) return;
  await client.query(`update approvals set reason_enc = '' where subject_id = any($1::uuid[])`, [subjectIds]);
}

/** @returns '' when it was forgotten */
function openReason(vault: Vault, key: Buffer, id: string, sealed: Buffer): string {
  if (sealed.length === 0) return '';
  return ReasonSchema.parse(vault.open(key, placeOf(id), sealed)).reason;
}

export interface ApprovalView extends WaitingApproval {
  subjectName: string;
  requestedByName: string;
  /** '' once what it was about is deleted */
  reason: string;
  requestedAt: Date;
  expiresAt: Date;
  state: 'waiting' | 'done' | 'refused' | 'withdrawn' | 'expired' | 'alone';
  decidedBy: string | null;
  decidedByName: string | null;
}

/** Those that wait, then the newest that are over. @param by only what this person asked for, and `kinds`; null = everybody's */
export async function listApprovals(
  db: Db,
  vault: Vault,
  { by, kinds, now, limit }: { by: string | null; kinds: readonly ApprovalKind[]; now: Date; limit: number },
): Promise<readonly ApprovalView[]> {
  const found = await db.query<
    Omit<ApprovalView, 'kind' | 'reason'> & { kind: string; key: Buffer; sealed: Buffer }
  >(
    `select a.id, a.kind, a.subject_id as "subjectId", coalesce(a.detail->>'code', s.display_name, '') as "subjectName", a.requested_by as "requestedBy",
        r.display_name as "requestedByName", a.key_wrapped as key, a.reason_enc as sealed,
        a.requested_at as "requestedAt", a.expires_at as "expiresAt",
        case when a.state = 'waiting' and a.expires_at <= $2 then 'expired' else a.state end as state,
        a.decided_by as "decidedBy", d.display_name as "decidedByName"
      from approvals a left join users s on s.id = a.subject_id join users r on r.id = a.requested_by
        left join users d on d.id = a.decided_by
      where $1::uuid is null or a.requested_by = $1 or a.kind = any($4)
      order by (a.state = 'waiting' and a.expires_at > $2) desc, a.requested_at desc limit $3`,
    [by, now, limit, kinds],
  );
  return found.rows.map(({ kind, key, sealed, ...row }) => ({
    ...row,
    kind: KindSchema.parse(kind),
    reason: openReason(vault, key, row.id, sealed),
  }));
}

/** @returns the wish that waits for a second person about this subject; null when there is none */
export async function readWaitingApproval(
  db: Db,
  vault: Vault,
  wish: { kind: ApprovalKind; subjectId: string; now: Date },
): Promise<(WaitingApproval & { requestedByName: string; reason: string; expiresAt: Date }) | null> {
  const found = await db.query<{
    id: string;
    requestedBy: string;
    requestedByName: string;
    key: Buffer;
    sealed: Buffer;
    expiresAt: Date;
  }>(
    `select a.id, a.requested_by as "requestedBy", r.display_name as "requestedByName", a.key_wrapped as key,
        a.reason_enc as sealed, a.expires_at as "expiresAt"
      from approvals a join users r on r.id = a.requested_by
      where a.kind = $1 and a.subject_id = $2 and a.state = 'waiting' and a.expires_at > $3`,
    [wish.kind, wish.subjectId, wish.now],
  );
  const row = found.rows[0];
  if (row === undefined) return null;
  const { key, sealed, ...rest } = row;
  const reason = openReason(vault, key, row.id, sealed);
  return { ...rest, kind: wish.kind, subjectId: wish.subjectId, reason };
}
