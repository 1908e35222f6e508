/** Shapes of the review of conversations by the safe-practice list. No figures by person: nobody is ranked. */
import { z } from 'zod';
import { IdSchema, PersonSchema, RiskSchema, TimeSchema } from './contract.ts';

export const QualityRowSchema = z.strictObject({
  id: IdSchema,
  conversationId: IdSchema,
  code: z.string(),
  risk: RiskSchema,
  counsellor: PersonSchema,
  /** its Monday, `2026-11-23` */
  week: z.string(),
  reviewedAt: TimeSchema.nullable(),
  reviewerName: z.string().nullable(),
  /** the counsellor read it */
  seenAt: TimeSchema.nullable(),
  /** not one's own work */
  mayReview: z.boolean(),
});
export type QualityRow = z.infer<typeof QualityRowSchema>;
export const QualitySchema = z.strictObject({
  /** the Monday of last week: what is usually drawn */
  lastWeek: z.string(),
  items: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  /** a supervisor's: all, what waits first; a counsellor's: what was reviewed of their own work */
  reviews: z.array(QualityRowSchema),
});
export type Quality = z.infer<typeof QualitySchema>;

/** The same week, number and seed draw the same; a counsellor never gets more than `perCounsellor` in a week. */
export const SampleSchema = z.strictObject({
  week: z.iso.date().refine((day) => new Date(`${day}T00:00:00Z`).getUTCDay() === 1, 'monday'),
  perCounsellor: z.number().int().min(1).max(10),
  seed: z.string().trim().min(1).max(60),
});
export const SampledSchema = z.strictObject({ drawn: z.number().int() });

const AnswerSchema = z.enum(['yes', 'no', 'not_applicable']);
export type QualityAnswer = z.infer<typeof AnswerSchema>;
/** One answer for each item of the list. The note names nobody who wrote to us. */
export const QualityReviewSchema = z.strictObject({
  answers: z.record(z.string().regex(/^[a-z][a-z0-9_-]{1,40}$/), AnswerSchema),
  note: z.string().trim().max(2000),
});
export const QualityReadSchema = z.strictObject({
  row: QualityRowSchema,
  review: QualityReviewSchema.nullable(),
});
export type QualityRead = z.infer<typeof QualityReadSchema>;
