/** The recorded webhook bodies of the four platforms, what their indexes say of them, and the examples of signatures. */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { FaceName } from './platforms/answers.ts';

const FOLDER = new URL('../server/channels/fixtures/', import.meta.url);
const NOT_PAYLOADS = ['index.json', 'signature-examples.json'];

const EventSchema = z.looseObject({
  kind: z.string(),
  botMayReply: z.boolean(),
  /** a remark that deserves a test of its own */
  note: z.string().optional(),
});
const IndexSchema = z.object({
  count: z.number(),
  cases: z.array(
    z.object({
      file: z.string(),
      describes: z.string(),
      http: z.object({
        signature: z.enum(['valid', 'absent']),
        acceptableStatus: z.array(z.number()),
      }),
      events: z.array(EventSchema),
    }),
  ),
});
export type RecordedCase = z.infer<typeof IndexSchema>['cases'][number];

const SignaturesSchema = z.object({
  cases: z.array(
    z.object({
      /** absent where the signature does not depend on the body */
      rawBody: z.string().optional(),
      headers: z.record(z.string(), z.string()),
      valid: z.boolean(),
      why: z.string().default('as documented'),
    }),
  ),
  verifyHandshake: z
    .array(z.object({ query: z.string(), status: z.number(), body: z.string().default('') }))
    .default([]),
});

export function readFixture(channel: FaceName, file: string): Buffer {
  return readFileSync(new URL(`${channel}/${file}`, FOLDER));
}

/** The payloads that lie in the folder, whatever the index says. */
export function listFixtureFiles(channel: FaceName): string[] {
  return readdirSync(new URL(`${channel}/`, FOLDER)).filter((file) => !NOT_PAYLOADS.includes(file));
}

export function readIndex(channel: FaceName): z.infer<typeof IndexSchema> {
  return IndexSchema.parse(JSON.parse(readFixture(channel, 'index.json').toString()));
}

export function readSignatures(channel: FaceName): z.infer<typeof SignaturesSchema> {
  return SignaturesSchema.parse(JSON.parse(readFixture(channel, 'signature-examples.json').toString()));
}
