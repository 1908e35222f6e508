/** What the bench asks of the load, and what it is told: the two are processes of their own. */
import { z } from 'zod';
import { PLATFORMS } from './deliveries.ts';

export const OrderSchema = z.object({
  kind: z.enum(['run', 'count']),
  /** one or several instances, each message goes to any of them */
  ports: z.array(z.number()).min(1),
  path: z.string(),
  platform: z.enum(PLATFORMS),
  callers: z.number(),
  seconds: z.number(),
  /** how many messages answer each line of the visit; `count` finds out */
  answers: z.array(z.number()),
});
export type Order = z.infer<typeof OrderSchema>;

export const ResultSchema = z.object({
  messages: z.number(),
  seconds: z.number(),
  answers: z.array(z.number()),
  ack: z.object({ p50: z.number(), p99: z.number() }),
  end: z.object({ p50: z.number(), p99: z.number() }),
});
export type Result = z.infer<typeof ResultSchema>;
