/** Review samples: drawn at random, the same draw again from the same seed, read by whose work it is and by supervisors. */
import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Db, Vault } from '../ports.ts';
import type { Risk } from './desk.ts';

const ReviewSchema = z.strictObject({
  answers: z.record(z.string(), z.enum(['yes', 'no', 'not_applicable'])),
  note: z.string(),
});
export type QualityReview = z.infer<typeof ReviewSchema>;

const placeOf = (id: string, conversationId: string): string =>
  `quality_reviews|review_enc|${id}|${conversationId}`;

export interface Closed {
  handoverId: string;
  conversationId: string;
  counsellorId: string;
}

/** Handovers a counsellor closed between two moments that no sample holds yet; tests are no work with people. */
export async function listClosed(db: Db, from: Date, to: Date): Promise<readonly Closed[]> {
  const found = await db.query<Closed>(
    `select h.id as "handoverId", h.conversation_id as "conversationId", h.taken_by as "counsellorId"
     from handovers h join conversations c on c.id = h.conversation_id
     where h.state = 'closed' and h.taken_by is not null and h.ended_at >= $1 and h.ended_at < $2
       and h.outcome is distinct from 'test' and c.erase_requested_at is null
       and not exists (select from quality_reviews q where q.handover_id = h.id)`,
    [from, to],
  );
  return found.rows;
}

/**
 * At most `perCounsellor` of each: those whose hash with the seed is smallest, so that nobody chooses and everybody can check.
 * @param already how many of that week each counsellor has in earlier draws
 */
export function drawSample(
  closed: readonly Closed[],
  perCounsellor: number,
  seed: string,
  already: ReadonlyMap<string, number>,
): readonly Closed[] {
  const rank = ({ handoverId }: Closed): string =>
    createHash('sha256').update(`${seed}|${handoverId}`).digest('hex');
  const byCounsellor = Map.groupBy(closed, ({ counsellorId }) => counsellorId);
  return [...byCounsellor].flatMap(([counsellorId, own]) =>
    own
      .map((one) => ({ one, rank: rank(one) }))
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .slice(0, Math.max(0, perCounsellor - (already.get(counsellorId) ?? 0)))
      .map(({ one }) => one),
  );
}

export async function countDrawn(db: Db, week: string): Promise<ReadonlyMap<string, number>> {
  const found = await db.query<{ id: string; n: number }>(
    'select counsellor_id as id, count(*)::int as n from quality_reviews where week = $1 group by 1',
    [week],
  );
  return new Map(found.rows.map(({ id, n }) => [id, n]));
}

/** Two draws at the same moment keep each handover once. @returns how many are new */
export async function insertSample(
  client: PoolClient,
  rows: readonly (Closed & { id: string })[],
  week: string,
  now: Date,
): Promise<number> {
  const done = await client.query(
    `insert into quality_reviews (id, conversation_id, handover_id, counsellor_id, week, drawn_at)
     select a, b, c, d, $5, $6 from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) as t(a, b, c, d)
     on conflict do nothing`,
    [
      ...[rows.map(({ id }) => id), rows.map((one) => one.conversationId), rows.map((one) => one.handoverId)],
      ...[rows.map(({ counsellorId }) => counsellorId), week, now],
    ],
  );
  return done.rowCount ?? 0;
}

export interface QualityRow {
  id: string;
  conversationId: string;
  code: string;
  risk: Risk;
  counsellorId: string;
  counsellorName: string;
  week: string;
  reviewedAt: Date | null;
  reviewerName: string | null;
  seenAt: Date | null;
}

const ROW = `select q.id, q.conversation_id as "conversationId", c.code, h.risk, q.counsellor_id as "counsellorId",
  u.display_name as "counsellorName", q.week::text as week, q.reviewed_at as "reviewedAt", r.display_name as "reviewerName",
  q.seen_at as "seenAt"
  from quality_reviews q join conversations c on c.id = q.conversation_id join handovers h on h.id = q.handover_id
  join users u on u.id = q.counsellor_id left join users r on r.id = q.reviewer_id`;

/**
 * Newest week first; within it by code, which says nothing of anybody.
 * @param of only what was reviewed of this counsellor's work; null: everybody's, also what waits
 */
export async function listQuality(db: Db, of: string | null, limit: number): Promise<readonly QualityRow[]> {
  const found = await db.query<QualityRow>(
    `${ROW} where $1::uuid is null or (q.counsellor_id = $1 and q.reviewed_at is not null)
     order by q.week desc, (q.reviewed_at is null) desc, c.code limit $2`,
    [of, limit],
  );
  return found.rows;
}

/** @returns null when there is none (any more) */
export async function readQuality(
  db: Db,
  vault: Vault,
  id: string,
): Promise<(QualityRow & { review: QualityReview | null }) | null> {
  const found = await db.query<QualityRow>(`${ROW} where q.id = $1`, [id]);
  const row = found.rows[0];
  const sealed = await db.query<{ key: Buffer; review: Buffer | null }>(
    `select c.key_wrapped as key, q.review_enc as review from quality_reviews q
     join conversations c on c.id = q.conversation_id where q.id = $1`,
    [id],
  );
  const kept = sealed.rows[0];
  if (row === undefined || kept === undefined) return null;
  const review =
    kept.review === null
      ? null
      : ReviewSchema.parse(vault.open(kept.key, placeOf(id, row.conversationId), kept.review));
  return { ...row, review };
}

/** @returns false when there is none (any more) */
export async function writeQuality(
  client: PoolClient,
  vault: Vault,
  id: string,
  { review, by, now }: { review: QualityReview; by: string; now: Date },
): Promise<boolean> {
  const found = await client.query<{ key: Buffer; conversationId: string }>(
    `select c.key_wrapped as key, c.id as "conversationId" from quality_reviews q
     join conversations c on c.id = q.conversation_id where q.id = $1 for update of q`,
    [id],
  );
  const row = found.rows[0];
  if (row === undefined) return false;
  await client.query(
    'update quality_reviews set review_enc = $2, reviewer_id = $3, reviewed_at = $4, seen_at = null where id = $1',
    [id, vault.seal(row.key, placeOf(id, row.conversationId), review), by, now],
  );
  return true;
}

export async function markSeen(client: PoolClient, id: string, now: Date): Promise<void> {
  await client.query('update quality_reviews set seen_at = coalesce(seen_at, $2) where id = $1', [id, now]);
}
