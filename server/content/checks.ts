/** Checks of contents by their digest: asked for once, done in a thread, kept for the day. */
import { z } from 'zod';
import type { Pool } from 'pg';
import type { Clock } from '../ports.ts';
import { readCheck, saveCheck, type StoredCheck, type StoredProblem } from '../store/content-checks.ts';
import { readContent } from '../store/content-files.ts';
import { digestOf, type Manifest } from './manifest.ts';
import { createThread } from './threads.ts';

/** More are of no use to anybody, and one broken file can bring thousands. */
const MOST_PROBLEMS = 500;

export type CheckState =
  { kind: 'missing' } | { kind: 'running' } | { kind: 'failed' } | { kind: 'done'; check: StoredCheck };

export interface Checks {
  /** what is known of it now; starts nothing */
  look: (manifest: Manifest) => Promise<CheckState>;
  /** starts it unless it is known or runs; `onDone` is told when it ended */
  start: (manifest: Manifest) => Promise<CheckState>;
  /** waits for it. @throws AppError `content_check_failed`, `too_many_requests` */
  finish: (manifest: Manifest) => Promise<StoredCheck>;
  close: () => Promise<void>;
}

const AnswerSchema = z.object({
  problems: z
    .array(
      z.object({
        severity: z.enum(['error', 'warning']),
        path: z.string(),
        line: z.int().nullable(),
        message: z.string(),
        mend: z.string(),
      }),
    )
    .nullable(),
});

export interface ChecksDeps {
  pool: Pool;
  clock: Clock;
  /** paths of recordings on disk, which texts may name */
  recordings: readonly string[];
  /** a check ended, well or not; must not throw */
  onDone: () => void;
}

export function createChecks({ pool, clock, recordings, onDone }: ChecksDeps): Checks {
  const thread = createThread<{ files: unknown; recordings: readonly string[]; now: Date }>({
    script: new URL('check-worker.ts', import.meta.url),
    failure: 'content_check_failed',
  });
  const running = new Map<string, Promise<StoredCheck>>();
  const failed = new Set<string>();
  const keyOf = (manifest: Manifest): { digest: string; day: string; key: string } => {
    const digest = digestOf(manifest);
    const day = clock.now().toISOString().slice(0, 10);
    return { digest, day, key: `${digest} ${day}` };
  };

  async function work(manifest: Manifest, digest: string, day: string): Promise<StoredCheck> {
    const began = performance.now();
    const files = await readContent(pool, manifest);
    const answer = AnswerSchema.parse(await thread.ask({ files, recordings, now: clock.now() }));
    const problems: readonly StoredProblem[] | null = answer.problems;
    if (problems === null) throw new Error('the checker itself failed');
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    const check: StoredCheck = {
      ...{ errors, warnings: problems.length - errors, problems: problems.slice(0, MOST_PROBLEMS) },
      ...{ millis: Math.round(performance.now() - began), at: clock.now() },
    };
    await saveCheck(pool, digest, day, check);
    return check;
  }

  function run(manifest: Manifest): Promise<StoredCheck> {
    const { digest, day, key } = keyOf(manifest);
    const known = running.get(key);
    if (known !== undefined) return known;
    failed.delete(key);
    const job = work(manifest, digest, day);
    running.set(key, job);
    job.then(
      () => {
        running.delete(key);
        onDone();
      },
      () => {
        running.delete(key);
        failed.add(key);
        onDone();
      },
    );
    return job;
  }

  async function look(manifest: Manifest): Promise<CheckState> {
    const { digest, day, key } = keyOf(manifest);
    const check = await readCheck(pool, digest, day);
    if (check !== null) return { kind: 'done', check };
    if (running.has(key)) return { kind: 'running' };
    return { kind: failed.has(key) ? 'failed' : 'missing' };
  }

  return {
    look,
    start: async (manifest) => {
      const state = await look(manifest);
      if (state.kind === 'done' || state.kind === 'running') return state;
      void run(manifest);
      return { kind: 'running' };
    },
    finish: async (manifest) => {
      const state = await look(manifest);
      return state.kind === 'done' ? state.check : run(manifest);
    },
    close: thread.close,
  };
}
