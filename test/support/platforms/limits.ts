/** The platforms' documented limits of what we send, as the faces enforce them. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const max = z.number();
const LimitsSchema = z.object({
  zalo: z.object({
    text: z.object({ max }),
    buttons: z.object({ max, titleMax: max, payloadMax: max }),
  }),
  messenger: z.object({
    text: z.object({ max }),
    quickReplies: z.object({ max, titleMax: max, payloadMax: max }),
  }),
  telegram: z.object({
    text: z.object({ max }),
    buttons: z.object({ max, payloadMaxBytes: max }),
    callbackAnswerTextMax: max,
  }),
  line: z.object({
    text: z.object({ max }),
    messagesPerCall: max,
    quickReplies: z.object({ max, labelMax: max, dataMax: max, textMax: max }),
    requestBytesMax: max,
  }),
});

export const LIMITS = LimitsSchema.parse(
  JSON.parse(readFileSync(new URL('limits.json', import.meta.url), 'utf8')),
);
