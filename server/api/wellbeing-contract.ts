/** Shapes of looking after those who answer: how much somebody carries, who should be offered a talk, what was closed as abusive. */
import { z } from 'zod';
import { IdSchema, PersonSchema, RiskSchema, TimeSchema } from './contract.ts';

const LoadSchema = z.strictObject({
  /** sum of the weights */
  load: z.number(),
  conversations: z.number().int(),
  /** of them in imminent danger */
  imminent: z.number().int(),
});

export const WellbeingSchema = z.strictObject({
  now: TimeSchema,
  /** what `lately` counts */
  days: z.number().int(),
  /** of content/desk.yaml: what one conversation counts, the heaviest first */
  weights: z.array(z.strictObject({ risk: RiskSchema, weight: z.number() })),
  breakAfterMinutes: z.number(),
  /** who is here, is on a shift, or carries something; the one who carries most first */
  people: z.array(
    z.strictObject({
      ...PersonSchema.shape,
      isPresent: z.boolean(),
      onBreakSince: TimeSchema.nullable(),
      /** at the desk without a break since then; null: not there, or on a break */
      workingSince: TimeSchema.nullable(),
      needsBreak: z.boolean(),
      /** of the duty calendar, the one that goes on or the last one; null: none in these days */
      shiftFrom: TimeSchema.nullable(),
      onShift: LoadSchema,
      lately: LoadSchema,
    }),
  ),
  /** who was near something hard and has had no talk yet; who waits longest first */
  debriefs: z.array(
    z.strictObject({
      user: PersonSchema,
      /** they asked for a talk themselves */
      isAsked: z.boolean(),
      conversations: z.array(
        z.strictObject({
          handoverId: IdSchema,
          conversationId: IdSchema,
          code: z.string(),
          risk: RiskSchema,
          isAbusive: z.boolean(),
          since: TimeSchema,
        }),
      ),
    }),
  ),
  /** closed as abusive in these days, newest first; why stands in a note of the conversation */
  abusive: z.array(
    z.strictObject({ conversationId: IdSchema, code: z.string(), by: PersonSchema, at: TimeSchema }),
  ),
});
export type Wellbeing = z.infer<typeof WellbeingSchema>;

export const MAX_TALKED = 100;
/** that it took place; what was said is written nowhere */
export const TalkedSchema = z.strictObject({
  handoverIds: z.array(IdSchema).min(1).max(MAX_TALKED),
});
