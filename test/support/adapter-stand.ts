/** What tests of adapters stand on: the platforms, a client whose clock stands still, and an adapter for the shared suite. */
import { expect } from '@jest/globals';
import type { Adapter, AdapterLog, FailureClass } from '../../server/channels/adapter.ts';
import { createHttpClient, type HttpClient } from '../../server/http.ts';
import type { AdapterUnderTest } from '../server/channels/suite.ts';
import type { FaceName, PlatformAnswer } from './platforms/answers.ts';
import { startPlatforms, type Platforms } from './platforms/platforms.ts';

/** title, what the platform does, class, wait in ms, code */
export type FailureRow = readonly [string, PlatformAnswer, FailureClass, number | null, string];

/** A client whose clock stands still until the test lets it run out. */
export function createStoppedClient(base: string): { http: HttpClient; runOut: () => void } {
  const timers = new Set<() => void>();
  const http = createHttpClient({
    allowedBases: [base],
    startTimer: (_ms, fire) => {
      timers.add(fire);
      return () => timers.delete(fire);
    },
  });
  const runOut = (): void => {
    for (const fire of timers) fire();
  };
  return { http, runOut };
}

export interface StandParts {
  platforms: Platforms;
  base: string;
  http: HttpClient;
  log: AdapterLog;
}

export interface StandOptions {
  face: FaceName;
  conversationId: string;
  failures: readonly FailureRow[];
  create: (parts: StandParts) => Adapter | Promise<Adapter>;
  now?: () => Date;
}

/** One adapter over fresh platforms that know everybody, for `describeAdapter`. */
export async function startUnderTest(options: StandOptions): Promise<AdapterUnderTest> {
  const { face, conversationId } = options;
  const platforms = await startPlatforms({
    knowsEverybody: true,
    ...(options.now && { now: options.now }),
  });
  const base = platforms.base(face);
  const { http, runOut } = createStoppedClient(base);
  const logged: string[] = [];
  const log = { warn: (entry: unknown) => logged.push(JSON.stringify(entry)) };
  const adapter = await options.create({ platforms, base, http, log });
  const script = face === 'zalo' ? platforms.zalo.messages : platforms[face];
  // a token that Zalo refuses is replaced and tried once more: both calls end the same way
  const play = (answer: PlatformAnswer): void =>
    face === 'zalo' ? script.answerWhen(() => answer) : script.answerNext(answer);
  const arrange = (answer: PlatformAnswer): void => {
    play(answer);
    if (['hang', 'stall', 'accept_and_hang'].includes(answer.kind))
      void platforms.waitFor(() => true, platforms.calls.length).then(runOut);
  };
  return {
    adapter,
    conversationId,
    readLog: () => logged.join('\n'),
    readSent: () => {
      expect(platforms.faults()).toEqual([]);
      return platforms[face].sent.map(({ text, choices }) => ({
        text,
        labels: choices.map(({ label }) => label),
        payloads: choices.map(({ payload }) => payload),
      }));
    },
    failures: options.failures.map(([title, answer, failureClass, retryAfterMs, code]) => ({
      title,
      arrange: () => arrange(answer),
      class: failureClass,
      retryAfterMs,
      code,
    })),
    close: async () => {
      http.close();
      await platforms.close();
    },
  };
}
