/** Trials in their own thread: on all labelled rows, while the server goes on; and what becomes of one that fails. */
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readAssetSources } from '../../../server/assets.ts';
import { createTrials, type Trials } from '../../../server/learning/trials.ts';
import { repositoryRoot } from '../../support/assets.ts';

jest.setTimeout(300_000);

const PROPOSAL = { kind: 'route', target: 'numbers', text: 'con trâu leo cây' } as const;
const open: Trials[] = [];
let sources: Awaited<ReturnType<typeof readAssetSources>> = [];
beforeAll(async () => {
  sources = await readAssetSources(repositoryRoot);
});
const start = (source?: string): Trials => {
  const script =
    source === undefined ? undefined : new URL(`data:text/javascript,${encodeURIComponent(source)}`);
  const trials = createTrials(() => ({ key: 'today', sources }), script);
  open.push(trials);
  return trials;
};
afterEach(async () => {
  for (const trials of open.splice(0)) await trials.close();
});

describe('a trial', () => {
  it('tries all labelled sets while this thread goes on', async () => {
    let beats = 0;
    const timer = setInterval(() => (beats += 1), 5);
    const trial = await start().run(PROPOSAL);
    clearInterval(timer);
    expect(trial.tasks.map(({ task }) => task)).toEqual(['intents', 'own', 'risk', 'offers']);
    expect(trial.tasks.every(({ n, rightBefore }) => n > 300 && rightBefore > 0.65 * n)).toBe(true);
    expect(trial.danger).toEqual([]);
    expect(beats).toBeGreaterThan(20);
  });

  it.each([
    [
      'that cannot be prepared',
      `import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ id }) => parentPort.postMessage({ id, trial: null }));`,
    ],
    [
      'whose thread dies',
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(3));`,
    ],
  ])('%s fails with a code, and the next one gets a new thread', async (_title, source) => {
    const trials = start(source);
    await expect(trials.run(PROPOSAL)).rejects.toMatchObject({ code: 'trial_failed' });
    await expect(trials.run(PROPOSAL)).rejects.toMatchObject({ code: 'trial_failed' });
  });

  it('is refused when four wait already', async () => {
    const trials = start(
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => undefined);`,
    );
    const waiting = Array.from({ length: 4 }, () => trials.run(PROPOSAL).catch(() => 'ended'));
    await expect(trials.run(PROPOSAL)).rejects.toMatchObject({ code: 'too_many_requests' });
    await trials.close();
    expect(await Promise.all(waiting)).toEqual(['ended', 'ended', 'ended', 'ended']);
  });
});
