/** Plans of safe contact: sealed with the conversation's key, read with the look before sending, and changed with a reason. */
import type { PoolClient } from 'pg';
import type { Db, Vault } from '../ports.ts';
import { CAREFUL_PLAN, type Plan, PlanSchema } from '../safe-contact.ts';
import { placePlan, placePlanReason } from './places.ts';

/**
 * Columns for a statement in which `c` is the conversation. Looks nothing up for those without a plan. A plan that is missing
 * although the conversation says there is one counts as unreadable.
 */
export const SEALED_PLAN = `c.plan_wording, case when c.plan_wording is not null then c.key_wrapped end as plan_key,
  case when c.plan_wording is not null then (select p.plan_enc from safe_contact_plans p where p.conversation_id = c.id) end as plan_enc,
  case when c.plan_wording is not null then
    (select p.override_until from safe_contact_plans p where p.conversation_id = c.id) end as override_until`;

export interface SealedPlanRow {
  plan_wording: 'plain' | 'neutral' | null;
  plan_key: Buffer | null;
  plan_enc: Buffer | null;
  override_until: Date | null;
}

export interface SealedPlan {
  key: Buffer | null;
  sealed: Buffer | null;
  overrideUntil: Date | null;
}

/** @returns null when nothing was agreed */
export function readSealedPlan(row: SealedPlanRow): SealedPlan | null {
  if (row.plan_wording === null) return null;
  return { key: row.plan_key, sealed: row.plan_enc, overrideUntil: row.override_until };
}

/** What cannot be opened is taken as the most careful plan: a lost key must not let anybody write first. */
export function openPlan(vault: Vault, conversationId: string, { key, sealed }: SealedPlan): Plan {
  if (key === null || sealed === null) return CAREFUL_PLAN;
  try {
    return PlanSchema.parse(vault.open(key, placePlan(conversationId), sealed));
  } catch {
    return CAREFUL_PLAN;
  }
}

export interface PlanView {
  plan: Plan;
  updatedAt: Date;
  updatedBy: string;
  overrideUntil: Date | null;
  /** messages that wait for the hours of the plan, and until when */
  held: number;
  heldUntil: Date | null;
}

/** @throws AppError `sealed_value_unreadable`: staff must know, other than the sender */
export async function readPlan(
  db: Db,
  vault: Vault,
  conversationId: string,
  now: Date,
): Promise<PlanView | null> {
  const found = await db.query<Omit<PlanView, 'plan'> & { key: Buffer; sealed: Buffer }>(
    `select c.key_wrapped as key, p.plan_enc as sealed, p.updated_at as "updatedAt", u.display_name as "updatedBy",
        p.override_until as "overrideUntil",
        (select count(*)::int from outbox o where o.conversation_id = c.id and o.state = 'queued' and o.attempts = 0
          and o.not_before > $2) as held,
        (select min(o.not_before) from outbox o where o.conversation_id = c.id and o.state = 'queued' and o.attempts = 0
          and o.not_before > $2) as "heldUntil"
      from safe_contact_plans p join conversations c on c.id = p.conversation_id join users u on u.id = p.updated_by
      where c.id = $1`,
    [conversationId, now],
  );
  const row = found.rows[0];
  if (row === undefined) return null;
  const { key, sealed, ...view } = row;
  return { ...view, plan: PlanSchema.parse(vault.open(key, placePlan(conversationId), sealed)) };
}

export interface PlanChange {
  id: string;
  conversationId: string;
  userId: string;
  now: Date;
  /** why; null where it needs none */
  reason: string | null;
}

/** The conversation is locked. What waits is looked at again under the new plan; an override of the old one is over. */
export async function savePlan(
  client: PoolClient,
  vault: Vault,
  change: PlanChange,
  plan: Plan,
): Promise<void> {
  const { conversationId, userId, now } = change;
  const key = await readKey(client, conversationId);
  await client.query(
    `insert into safe_contact_plans (conversation_id, plan_enc, updated_by, updated_at) values ($1, $2, $3, $4)
     on conflict (conversation_id) do update set plan_enc = excluded.plan_enc, updated_by = excluded.updated_by,
       updated_at = excluded.updated_at, override_until = null`,
    [conversationId, vault.seal(key, placePlan(conversationId), plan), userId, now],
  );
  await client.query('update conversations set plan_wording = $2 where id = $1', [
    conversationId,
    plan.wording,
  ]);
  await insertChange(client, vault, key, change, 'saved');
  await lookAgain(client, conversationId, now);
}

/** The conversation is locked. @returns false when there was none */
export async function removePlan(client: PoolClient, vault: Vault, change: PlanChange): Promise<boolean> {
  const { conversationId, now } = change;
  const gone = await client.query('delete from safe_contact_plans where conversation_id = $1', [
    conversationId,
  ]);
  if (gone.rowCount !== 1) return false;
  await client.query('update conversations set plan_wording = null where id = $1', [conversationId]);
  await insertChange(client, vault, await readKey(client, conversationId), change, 'removed');
  await lookAgain(client, conversationId, now);
  return true;
}

/** The conversation is locked. @returns false when there is no plan to override */
export async function overridePlan(
  client: PoolClient,
  vault: Vault,
  change: PlanChange,
  until: Date,
): Promise<boolean> {
  const { conversationId } = change;
  const updated = await client.query(
    'update safe_contact_plans set override_until = $2 where conversation_id = $1',
    [conversationId, until],
  );
  if (updated.rowCount !== 1) return false;
  await insertChange(client, vault, await readKey(client, conversationId), change, 'overridden');
  return true;
}

export interface PlanChangeView {
  at: Date;
  kind: 'saved' | 'removed' | 'overridden';
  by: string;
  reason: string | null;
}

const CHANGES_SHOWN = 10;

/** Newest first. */
export async function listPlanChanges(
  db: Db,
  vault: Vault,
  conversationId: string,
): Promise<readonly PlanChangeView[]> {
  const found = await db.query<
    Omit<PlanChangeView, 'reason'> & { id: string; key: Buffer; sealed: Buffer | null }
  >(
    `select s.id, s.at, s.kind, u.display_name as by, c.key_wrapped as key, s.reason_enc as sealed
     from safe_contact_changes s join conversations c on c.id = s.conversation_id join users u on u.id = s.user_id
     where s.conversation_id = $1 order by s.at desc, s.id desc limit ${CHANGES_SHOWN}`,
    [conversationId],
  );
  return found.rows.map(({ id, key, sealed, ...change }) => {
    const opened = sealed === null ? null : vault.open(key, placePlanReason(id, conversationId), sealed);
    return { ...change, reason: typeof opened === 'string' ? opened : null };
  });
}

async function readKey(client: PoolClient, conversationId: string): Promise<Buffer> {
  const found = await client.query<{ key: Buffer }>(
    'select key_wrapped as key from conversations where id = $1',
    [conversationId],
  );
  return found.rows[0]?.key ?? Buffer.alloc(0);
}

async function insertChange(
  client: PoolClient,
  vault: Vault,
  key: Buffer,
  { id, conversationId, userId, now, reason }: PlanChange,
  kind: PlanChangeView['kind'],
): Promise<void> {
  const sealed = reason === null ? null : vault.seal(key, placePlanReason(id, conversationId), reason);
  await client.query(
    `insert into safe_contact_changes (id, conversation_id, kind, user_id, at, reason_enc) values ($1, $2, $3, $4, $5, $6)`,
    [id, conversationId, kind, userId, now, sealed],
  );
}

async function lookAgain(client: PoolClient, conversationId: string, now: Date): Promise<void> {
  await client.query(
    `update outbox set not_before = $2
     where conversation_id = $1 and state = 'queued' and attempts = 0 and not_before > $2`,
    [conversationId, now],
  );
}
