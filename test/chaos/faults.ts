/** What a cycle breaks, each with how often; every fault is mended before it returns. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from '../support/random-talk.ts';
import type { Cluster, Instance } from './cluster.ts';
import type { LinkFault } from './link.ts';

export interface FaultRun {
  cluster: Cluster;
  throwDice: Dice;
  /** counts that the exact byte was met, not only the time */
  onTripped: (name: string) => void;
}

export interface Fault {
  name: string;
  weight: number;
  /** @returns the instances that were hit */
  run: (run: FaultRun) => Promise<readonly Instance[]>;
}

/** When nothing comes past a wire, the instance is killed anyway. */
const WIRE_PATIENCE_MS = 1_500;
/** longer than the lease of what waits to be sent: the other instance takes over while this one still holds it */
const PAST_LEASE_MS = 12_000;

const isCommit = (bytes: Buffer): boolean => bytes.includes('commit');
const isCall = (bytes: Buffer): boolean => bytes.includes('POST ');

interface Break {
  name: string;
  fault: LinkFault;
  weight: number;
  lastsMs: (throwDice: Dice) => number;
}

const BREAKS: readonly Break[] = [
  {
    name: 'latency',
    fault: { kind: 'latency', ms: 60 },
    weight: 3,
    lastsMs: (throwDice) => 500 + throwDice(2_000),
  },
  { name: 'stall', fault: { kind: 'stall' }, weight: 3, lastsMs: (throwDice) => 300 + throwDice(3_000) },
  {
    name: 'black_hole',
    fault: { kind: 'black_hole' },
    weight: 3,
    lastsMs: (throwDice) => 300 + throwDice(3_000),
  },
  { name: 'reset', fault: { kind: 'reset' }, weight: 3, lastsMs: (throwDice) => throwDice(1_500) },
  { name: 'stall_past_lease', fault: { kind: 'stall' }, weight: 1, lastsMs: () => PAST_LEASE_MS },
];

export const FAULTS: readonly Fault[] = [
  killAt('kill_before_commit', 'database', 'before', isCommit),
  killAt('kill_after_commit', 'database', 'after', isCommit),
  killAt('kill_before_send', 'platform', 'before', isCall),
  killAt('kill_after_send', 'platform', 'after', isCall),
  {
    name: 'kill_anytime',
    weight: 3,
    run: async ({ cluster, throwDice }) => {
      await sleep(throwDice(600));
      return restart([pick(cluster, throwDice)], throwDice);
    },
  },
  {
    name: 'kill_both',
    weight: 2,
    run: async ({ cluster, throwDice }) => {
      await sleep(throwDice(400));
      return restart(cluster.instances, throwDice);
    },
  },
  {
    name: 'kill_database',
    weight: 3,
    run: async ({ cluster, throwDice }) => {
      await sleep(throwDice(400));
      await cluster.killDatabase();
      await sleep(throwDice(1_500));
      await cluster.startDatabase();
      return cluster.instances;
    },
  },
  ...breakLine('database'),
  ...breakLine('platform'),
];

export function chooseFault(throwDice: Dice): Fault {
  let left = throwDice(FAULTS.reduce((sum, { weight }) => sum + weight, 0));
  for (const fault of FAULTS) {
    left -= fault.weight;
    if (left < 0) return fault;
  }
  throw new Error('no fault has a weight');
}

function killAt(
  name: string,
  line: 'database' | 'platform',
  when: 'before' | 'after',
  matches: (bytes: Buffer) => boolean,
): Fault {
  return {
    name,
    weight: 4,
    run: async ({ cluster, throwDice, onTripped }) => {
      const instance = pick(cluster, throwDice);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const fire = (): void => {
        void instance.kill();
        resolve(true);
      };
      instance[line].setTripwire({ matches, when, skip: throwDice(12), fire });
      if (await Promise.race([promise, sleep(WIRE_PATIENCE_MS, false)])) onTripped(name);
      instance[line].setTripwire(null);
      return restart([instance], throwDice);
    },
  };
}

function breakLine(line: 'database' | 'platform'): Fault[] {
  return BREAKS.map(({ name, fault, weight, lastsMs }) => ({
    name: `${line}_${name}`,
    weight,
    run: async ({ cluster, throwDice }) => {
      const hit = throwDice(4) === 0 ? cluster.instances : [pick(cluster, throwDice)];
      for (const instance of hit) instance[line].setFault(fault);
      await sleep(lastsMs(throwDice));
      for (const instance of hit) instance[line].setFault(null);
      return hit;
    },
  }));
}

async function restart(instances: readonly Instance[], throwDice: Dice): Promise<readonly Instance[]> {
  await Promise.all(instances.map((instance) => instance.kill()));
  await sleep(throwDice(500));
  await Promise.all(instances.map((instance) => instance.start()));
  return instances;
}

function pick({ instances }: Cluster, throwDice: Dice): Instance {
  return throwDice(2) === 0 ? instances[0] : instances[1];
}
