/**
 * CPU time of asynchronous work, several pieces of it by turns, so that a drift of the machine hits all of them alike.
 * No garbage collection is forced between them: it throws compiled code away and doubles every figure.
 */
import { median } from '../figure.ts';

export interface Work {
  key: string;
  /** all steps once; what they await is counted too */
  run: () => Promise<void>;
  /** how many steps one run takes */
  steps: number;
}

const WARM_UP_US = 600_000;
/** long beside one collection of young garbage, so that little is paid for what another left behind */
const BATCH_US = 200_000;
const REPEATS = 11;

/** @returns median microseconds of CPU (user and system) per step, by key */
export async function measureByTurns(works: readonly Work[]): Promise<ReadonlyMap<string, number>> {
  const rounds = new Map<string, number>();
  for (const work of works) rounds.set(work.key, await warmUp(work));
  const measured = new Map<string, number[]>(works.map((work) => [work.key, []]));
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    // everyone starts a round once: who follows whom would count otherwise
    const first = repeat % works.length;
    for (const work of [...works.slice(first), ...works.slice(0, first)]) {
      const count = rounds.get(work.key) ?? 1;
      measured.get(work.key)?.push((await cpuOf(work, count)) / count / work.steps);
    }
  }
  return new Map([...measured].map(([key, values]) => [key, median(values)]));
}

/** @returns how many runs fill one batch once the code is warm */
async function warmUp(work: Work): Promise<number> {
  let used = 0;
  let last = 0;
  let count = 1;
  while (used < WARM_UP_US) {
    last = await cpuOf(work, count);
    used += last;
    if (last < BATCH_US) count *= 2;
  }
  return Math.max(1, Math.round((count * BATCH_US) / Math.max(last, 1)));
}

async function cpuOf(work: Work, count: number): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < count; index += 1) await work.run();
  const used = process.cpuUsage(before);
  return used.user + used.system;
}
