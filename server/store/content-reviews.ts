/** Who looked at which version of a draft, and said what. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Db } from '../ports.ts';

export const VERDICTS = ['approved', 'changes_wanted'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface StoredReview {
  id: string;
  version: number;
  verdict: Verdict;
  note: string;
  by: { id: string; displayName: string };
  at: Date;
}

export async function insertReview(
  client: PoolClient,
  review: {
    id: string;
    draftId: string;
    version: number;
    verdict: Verdict;
    note: string;
    by: string;
    now: Date;
  },
): Promise<void> {
  await client.query(
    `insert into content_reviews (id, draft_id, version, verdict, note, reviewer_id, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [review.id, review.draftId, review.version, review.verdict, review.note, review.by, review.now],
  );
}

const VerdictSchema = z.enum(VERDICTS);

/** Oldest first. */
export async function listReviews(db: Db, draftId: string): Promise<readonly StoredReview[]> {
  const found = await db.query<{
    id: string;
    version: number;
    verdict: string;
    note: string;
    byId: string;
    byName: string;
    at: Date;
  }>(
    `select r.id, r.version, r.verdict, r.note, u.id as "byId", u.display_name as "byName", r.created_at as at
     from content_reviews r join users u on u.id = r.reviewer_id where r.draft_id = $1 order by r.created_at, r.id`,
    [draftId],
  );
  return found.rows.map(({ byId, byName, verdict, ...row }) => ({
    ...row,
    verdict: VerdictSchema.parse(verdict),
    by: { id: byId, displayName: byName },
  }));
}

/** People whose last word on this version is that it may go out. */
export async function countApprovals(
  db: Db,
  drafts: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = await db.query<{ id: string; count: number }>(
    `select id, count(*)::int as count from (
       select distinct on (d.id, r.reviewer_id) d.id, r.verdict from content_drafts d
       join content_reviews r on r.draft_id = d.id and r.version = d.version
       where d.id = any($1::uuid[])
       order by d.id, r.reviewer_id, r.created_at desc, r.id desc) as last
     where verdict = 'approved' group by id`,
    [drafts],
  );
  return new Map(found.rows.map(({ id, count }) => [id, count]));
}
