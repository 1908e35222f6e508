/** Runs trials in a thread of their own, so that the server goes on answering; the thread ends when nobody teaches any more. */
import { z } from 'zod';
import { type AssetSource, type Proposal, type Trial, TRIAL_TASKS } from '../../bot/index.ts';
import { createThread } from '../content/threads.ts';
import { AppError } from '../errors.ts';

export interface Trials {
  /** @throws AppError `too_many_requests` when enough wait already, `trial_failed` when it cannot be run */
  run: (proposal: Proposal) => Promise<Trial>;
  close: () => Promise<void>;
}

export interface TrialRequest {
  id: number;
  proposal: Proposal;
  content: TrialContent;
}
/** What the bot knows today. */
export interface TrialContent {
  /** another key: another content */
  key: string;
  sources: readonly AssetSource[];
}

const IDLE_MS = 5 * 60_000;
const MOST_WAITING = 4;

const ChangedSchema = z.object({
  task: z.enum(TRIAL_TASKS),
  text: z.string(),
  expected: z.string(),
  before: z.string(),
  after: z.string(),
});
const AnswerSchema = z.object({
  trial: z
    .object({
      tasks: z.array(
        z.object({
          task: z.enum(TRIAL_TASKS),
          n: z.number(),
          rightBefore: z.number(),
          rightAfter: z.number(),
        }),
      ),
      broken: z.array(ChangedSchema),
      mended: z.array(ChangedSchema),
      danger: z.array(ChangedSchema),
      otherwise: z.number(),
    })
    .nullable(),
});

/** @param contentNow asked at each trial, so that what is taught is tried on what people get */
export function createTrials(
  contentNow: () => TrialContent,
  script: URL = new URL('trial-worker.ts', import.meta.url),
): Trials {
  const thread = createThread<Omit<TrialRequest, 'id'>>({
    ...{ script, failure: 'trial_failed', idleMs: IDLE_MS, mostWaiting: MOST_WAITING },
  });
  return {
    run: async (proposal) => {
      const { trial } = AnswerSchema.parse(await thread.ask({ proposal, content: contentNow() }));
      if (trial !== null) return trial;
      // what could not be prepared is prepared anew the next time
      await thread.close();
      throw new AppError('trial_failed');
    },
    close: thread.close,
  };
}
