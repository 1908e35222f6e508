/** Shapes of the supervisor's wall: figures and codes, no text and no name of a person. */
import { z } from 'zod';
import { IdSchema, RiskSchema, TimeSchema } from './contract.ts';

export const WallSchema = z.strictObject({
  now: TimeSchema,
  /** the worst risk first; each is there */
  waiting: z.array(
    z.strictObject({
      risk: RiskSchema,
      waiting: z.number().int(),
      oldestSince: TimeSchema.nullable(),
      overdue: z.number().int(),
      /** minutes after which somebody counts as overdue */
      withinMinutes: z.number().int(),
    }),
  ),
  /** who waits, as the queue orders them; the first fifty, the figures above count all */
  queue: z.array(
    z.strictObject({
      conversationId: IdSchema,
      code: z.string(),
      channel: z.string(),
      language: z.string(),
      risk: RiskSchema,
      waitingSince: TimeSchema,
      isOverdue: z.boolean(),
    }),
  ),
  /** who is here or has somebody */
  colleagues: z.array(
    z.strictObject({
      id: IdSchema,
      displayName: z.string(),
      role: z.enum(['counsellor', 'supervisor', 'admin']),
      /** their browser gave a sign of life just now; they may be on a break */
      isPresent: z.boolean(),
      isOnBreak: z.boolean(),
      /** a shift of the calendar covers now */
      isOnShift: z.boolean(),
      seenAt: TimeSchema.nullable(),
      /** how many wait for a reply, and the one who waits longest */
      unanswered: z.number().int(),
      unansweredSince: TimeSchema.nullable(),
      taken: z.array(
        z.strictObject({
          conversationId: IdSchema,
          code: z.string(),
          channel: z.string(),
          language: z.string(),
          risk: RiskSchema,
          takenAt: TimeSchema,
          unansweredSince: TimeSchema.nullable(),
        }),
      ),
    }),
  ),
  /** accounts of channels where something is wrong */
  alarms: z.array(
    z.strictObject({
      channel: z.string(),
      account: z.string(),
      alarm: z.string(),
      since: TimeSchema.nullable(),
    }),
  ),
  /** since midnight in Vietnam */
  today: z.strictObject({
    asked: z.number().int(),
    taken: z.number().int(),
    closed: z.number().int(),
    returned: z.number().int(),
    medianWaitSeconds: z.number().int().nullable(),
  }),
  duty: z.strictObject({ isStaffed: z.boolean(), nextAt: TimeSchema.nullable() }),
});
export type Wall = z.infer<typeof WallSchema>;

export const MAX_REASSIGNED = 50;
export const ReassignSchema = z.strictObject({
  conversationIds: z
    .array(IdSchema)
    .min(1)
    .max(MAX_REASSIGNED)
    .refine((ids) => new Set(ids).size === ids.length, 'twice'),
  /** must be at the desk; one's own id takes them oneself */
  to: IdSchema,
});
export const ReassignedSchema = z.strictObject({
  moved: z.array(IdSchema),
  /** were closed, given back or handed on meanwhile: left as they are */
  left: z.array(IdSchema),
});
export type Reassigned = z.infer<typeof ReassignedSchema>;
