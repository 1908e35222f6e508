/** A counsellor judges the risk otherwise than the scan: what it was, what it is, who said so, and why. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Db, Vault } from '../ports.ts';
import type { Risk } from './desk.ts';
import { placeRiskReason } from './places.ts';
import { readKey } from './transfers.ts';

/**
 * The conversation is locked and its handover open. The scan may still raise the risk later.
 *
 * @returns false when nothing is open there
 */
export async function overrideRisk(
  client: PoolClient,
  vault: Vault,
  change: {
    id: string;
    conversationId: string;
    userId: string;
    before: Risk;
    after: Risk;
    reason: string;
    now: Date;
  },
): Promise<boolean> {
  const { id, conversationId, userId, before, after, reason, now } = change;
  const key = await readKey(client, conversationId);
  if (key === null) return false;
  const set = await client.query<{ id: string }>(
    `update handovers set risk = $2, risk_set = $2, risk_set_seq = (select next_seq - 1 from conversations where id = $1)
     where conversation_id = $1 and state in ('waiting', 'taken') returning id`,
    [conversationId, after],
  );
  const handoverId = set.rows[0]?.id;
  if (handoverId === undefined) return false;
  await client.query(
    `insert into risk_overrides (id, conversation_id, handover_id, user_id, risk_before, risk_after, reason_enc, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      ...[id, conversationId, handoverId, userId, before, after],
      ...[vault.seal(key, placeRiskReason(id, conversationId), reason), now],
    ],
  );
  return true;
}

export interface RiskOverrideView {
  id: string;
  by: { id: string; displayName: string };
  before: Risk;
  after: Risk;
  reason: string;
  at: Date;
}

/** Opened, newest first. */
export async function listRiskOverrides(
  db: Db,
  vault: Vault,
  conversationId: string,
  limit: number,
): Promise<readonly RiskOverrideView[]> {
  const found = await db.query<{
    id: string;
    userId: string;
    name: string;
    before: Risk;
    after: Risk;
    reasonEnc: Buffer;
    at: Date;
    key: Buffer;
  }>(
    `select r.id, r.user_id as "userId", u.display_name as name, r.risk_before as before, r.risk_after as after,
        r.reason_enc as "reasonEnc", r.created_at as at, c.key_wrapped as key
     from risk_overrides r join conversations c on c.id = r.conversation_id join users u on u.id = r.user_id
     where r.conversation_id = $1 order by r.created_at desc, r.id limit $2`,
    [conversationId, limit],
  );
  return found.rows.map(({ id, userId, name, before, after, reasonEnc, at, key }) => ({
    ...{ id, before, after, at },
    by: { id: userId, displayName: name },
    reason: z.string().parse(vault.open(key, placeRiskReason(id, conversationId), reasonEnc)),
  }));
}
