/** Shapes of practice conversations. The browser keeps what was written: each call plays the talk again, and nothing is stored. */
import { z } from 'zod';
import { RiskSchema } from './contract.ts';

/** As many as the longest scenario may have. */
const MAX_SAID = 20;
const MAX_SAID_UTF16 = 1000;

export const PracticeListSchema = z.strictObject({
  scenarios: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      about: z.string(),
      channel: z.string(),
      risk: RiskSchema,
      /** messages of the counsellor after which it ends by itself */
      length: z.number().int(),
    }),
  ),
  /** the safe-practice list */
  items: z.array(z.strictObject({ id: z.string(), name: z.string() })),
});
export type PracticeList = z.infer<typeof PracticeListSchema>;

export const ScenarioParamsSchema = z.strictObject({ id: z.string().regex(/^[a-z][a-z0-9-]{1,40}$/) });
export const SaidSchema = z.strictObject({
  said: z.array(z.string().trim().min(1).max(MAX_SAID_UTF16)).max(MAX_SAID),
});
export const TalkSchema = z.strictObject({
  messages: z.array(z.strictObject({ author: z.enum(['person', 'counsellor']), text: z.string() })),
  isOver: z.boolean(),
});
export type PracticeTalk = z.infer<typeof TalkSchema>;

export const PracticeReviewSchema = z.strictObject({
  findings: z.array(
    z.strictObject({
      item: z.string(),
      name: z.string(),
      /** missing: was not done; harm: something was done that should not be */
      kind: z.enum(['good', 'missing', 'harm']),
      /** the message that shows it; null: none does */
      said: z.string().nullable(),
      why: z.string(),
    }),
  ),
  /** one way to do it well */
  model: z.array(z.string()),
});
export type PracticeReview = z.infer<typeof PracticeReviewSchema>;
