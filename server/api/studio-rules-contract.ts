/** The shape of a preview of rules. */
import { z } from 'zod';

const SetSchema = z.enum(['risk', 'offers', 'intents', 'heard']);

export const RulesPreviewSchema = z.strictObject({
  /** untouched: the draft changes no rule. broken: it does not load, the checker says why */
  state: z.enum(['untouched', 'broken', 'done']),
  sets: z.array(
    z.strictObject({
      set: SetSchema,
      n: z.int(),
      /** rows answered as their label says; null: nobody knows what is right (wordings heard lately) */
      rightBefore: z.int().nullable(),
      rightAfter: z.int().nullable(),
      changed: z.int(),
    }),
  ),
  /** worse ones first; at most 200 */
  changes: z.array(
    z.strictObject({
      set: SetSchema,
      /** of the labelled sets, which are invented; or a redacted wording */
      text: z.string(),
      expected: z.string().nullable(),
      before: z.string(),
      after: z.string(),
      kind: z.enum(['better', 'worse', 'other']),
    }),
  ),
});
export type RulesPreview = z.infer<typeof RulesPreviewSchema>;
