/** What the measuring process asks of the load, and what it hears. */
import { z } from 'zod';
import { PROTOCOLS } from './protocols.ts';

export const OrderSchema = z.object({
  /** instances to deliver to, by turns */
  ports: z.array(z.number()).min(1),
  path: z.string(),
  protocol: z.enum(PROTOCOLS),
  /** whose people they are: each house remembers where in their visit everybody stands */
  house: z.string(),
  callers: z.number().int().min(1),
  /** how long; `greet` instead: everybody says hello once and is answered twice */
  seconds: z.number(),
  greet: z.boolean(),
  /** false: the 200 is all there is to wait for */
  awaitsReply: z.boolean(),
});
export type Order = z.infer<typeof OrderSchema>;

export const LoadResultSchema = z.object({
  messages: z.number(),
  seconds: z.number(),
  ackP50Ms: z.number(),
  ackP99Ms: z.number(),
  endP50Ms: z.number(),
  endP99Ms: z.number(),
});
export type LoadResult = z.infer<typeof LoadResultSchema>;
