/** Previews of rules by the pair of contents they compare; the last ones are kept in memory. */
import { z } from 'zod';
import type { Pool } from 'pg';
import type { Clock, Vault } from '../ports.ts';
import { AppError } from '../errors.ts';
import { readContent } from '../store/content-files.ts';
import { listHeardPhrases } from '../store/heard-phrases.ts';
import { digestOf, type Manifest } from './manifest.ts';
import { PREVIEW_SETS } from './preview-rules.ts';
import { createThread } from './threads.ts';

/** Rows shown; the counts are complete. */
const MOST_SHOWN = 200;
const MOST_KEPT = 8;

const PreviewSchema = z.object({
  sets: z.array(
    z.object({
      set: z.enum(PREVIEW_SETS),
      n: z.number(),
      rightBefore: z.number().nullable(),
      rightAfter: z.number().nullable(),
      changed: z.number(),
    }),
  ),
  changes: z.array(
    z.object({
      set: z.enum(PREVIEW_SETS),
      text: z.string(),
      expected: z.string().nullable(),
      before: z.string(),
      after: z.string(),
      kind: z.enum(['better', 'worse', 'other']),
    }),
  ),
});
export type ShownPreview = z.infer<typeof PreviewSchema>;
const AnswerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), preview: PreviewSchema }),
  z.object({ kind: z.literal('broken') }),
  z.object({ kind: z.literal('failed') }),
]);

/** broken: one of the two does not load, the checker says why */
export type PreviewAnswer = { kind: 'done'; preview: ShownPreview } | { kind: 'broken' };

export interface Previews {
  /** @throws AppError `too_many_requests`, `content_check_failed` */
  compare: (before: Manifest, after: Manifest) => Promise<PreviewAnswer>;
  close: () => Promise<void>;
}

export function createPreviews({
  pool,
  vault,
  clock,
  learningPurpose,
}: {
  pool: Pool;
  vault: Vault;
  clock: Clock;
  /** null: wordings are not kept, and none are asked for */
  learningPurpose: string | null;
}): Previews {
  const thread = createThread<object>({
    script: new URL('preview-worker.ts', import.meta.url),
    failure: 'content_check_failed',
    idleMs: 5 * 60_000,
    mostWaiting: 4,
  });
  const kept = new Map<string, Promise<PreviewAnswer>>();

  async function work(before: Manifest, after: Manifest): Promise<PreviewAnswer> {
    const [was, is] = [await readContent(pool, before), await readContent(pool, after)];
    const heard =
      learningPurpose === null ? [] : (await listHeardPhrases(pool, vault)).map(({ text }) => text);
    const answer = AnswerSchema.parse(await thread.ask({ before: was, after: is, heard, now: clock.now() }));
    if (answer.kind === 'failed') throw new AppError('content_check_failed');
    if (answer.kind === 'broken') return answer;
    const { sets, changes } = answer.preview;
    return { kind: 'done', preview: { sets, changes: changes.slice(0, MOST_SHOWN) } };
  }

  return {
    compare: (before, after) => {
      const key = `${digestOf(before)} ${digestOf(after)}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const job = work(before, after);
      kept.set(key, job);
      // what failed is tried again when somebody asks
      job.catch(() => kept.delete(key));
      for (const old of [...kept.keys()].slice(0, Math.max(0, kept.size - MOST_KEPT))) kept.delete(old);
      return job;
    },
    close: thread.close,
  };
}
