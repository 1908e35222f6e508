/** What the checker said of a content on a day. */
import { z } from 'zod';
import type { Db } from '../ports.ts';

const ProblemSchema = z.object({
  severity: z.enum(['error', 'warning']),
  path: z.string(),
  line: z.int().nullable(),
  message: z.string(),
  mend: z.string(),
});
export type StoredProblem = z.infer<typeof ProblemSchema>;

export interface StoredCheck {
  errors: number;
  warnings: number;
  /** errors first, cut */
  problems: readonly StoredProblem[];
  millis: number;
  at: Date;
}

const RowSchema = z.object({
  errors: z.int(),
  warnings: z.int(),
  problems: z.array(ProblemSchema),
  millis: z.int(),
  at: z.date(),
});

/** @param day UTC, `2026-11-27`: facts expire by the day */
export async function readCheck(db: Db, digest: string, day: string): Promise<StoredCheck | null> {
  const found = await db.query(
    'select errors, warnings, problems, millis, created_at as at from content_checks where digest = $1 and day = $2',
    [digest, day],
  );
  return found.rows[0] === undefined ? null : RowSchema.parse(found.rows[0]);
}

export async function saveCheck(db: Db, digest: string, day: string, check: StoredCheck): Promise<void> {
  await db.query(
    `insert into content_checks (digest, day, errors, warnings, problems, millis, created_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (digest, day) do nothing`,
    [...[digest, day, check.errors, check.warnings, JSON.stringify(check.problems), check.millis], check.at],
  );
}

/** A check of another day is of no use any more. */
export async function forgetChecks(db: Db, before: string): Promise<void> {
  await db.query('delete from content_checks where day < $1', [before]);
}
