/** Shapes of the plan by which somebody may be reached safely. */
import { z } from 'zod';
import { PlanSchema } from '../safe-contact.ts';
import { TimeSchema, WhySchema } from './contract.ts';

export { PlanSchema } from '../safe-contact.ts';
export type { Plan, PlanTime } from '../safe-contact.ts';

export const PlanViewSchema = z.strictObject({
  now: TimeSchema,
  /** null: nothing was agreed; the channel's rules hold and nothing else */
  plan: PlanSchema.nullable(),
  updatedAt: TimeSchema.nullable(),
  updatedBy: z.string().nullable(),
  /** outside the plan a counsellor may write until then; null = not now */
  overrideUntil: TimeSchema.nullable(),
  /** messages that wait for the hours of the plan, and until when */
  held: z.number().int(),
  heldUntil: TimeSchema.nullable(),
  /** may the one who asks change or override it? */
  mayChange: z.boolean(),
  /** newest first; the reason is for colleagues */
  changes: z.array(
    z.strictObject({
      at: TimeSchema,
      kind: z.enum(['saved', 'removed', 'overridden']),
      by: z.string(),
      reason: z.string().nullable(),
    }),
  ),
});
export type PlanView = z.infer<typeof PlanViewSchema>;

export const PlanSaveSchema = z.strictObject({ plan: PlanSchema });
export const PlanReasonSchema = z.strictObject({ reason: WhySchema });
export const OverriddenSchema = z.strictObject({ until: TimeSchema });
