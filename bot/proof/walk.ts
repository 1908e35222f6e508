/** Runs a flow from one place until the bot waits or the flow ends, along every way its conditions leave open. */
import type { Assets } from '../content/assets.ts';
import { exitsOf, type FlowNode } from '../flow/schema.ts';
import { type Env, type Frame, keyOf, type State, topOf } from './state.ts';
import { type Step, stepsFrom } from './steps.ts';
import { type Ends, nodeOf, type Told, type Walker } from './walker.ts';

/** The nodes a walk came through, the last first. */
interface Trail {
  frame: Frame;
  state: State;
  env: Env;
  before: Trail | null;
  depth: number;
}

/** Limits one turn's nodes far above what the engine allows itself; a circle is found by its repeated place. */
const MAX_NODES = 400;
const NOWHERE: Ends = { to: [], handed: false, whole: false };
const NOTHING_CHOSEN: Env = {};

/** @param state its top node has not been entered yet */
export function walkFrom(walker: Walker, state: State): Ends {
  return endsFrom(walker, { state, env: NOTHING_CHOSEN }, null, null);
}

/** Ends of all walks from where one stands; what others found there before counts again. */
function endsFrom(
  walker: Walker,
  { state, env }: Pick<Step, 'state' | 'env'>,
  trail: Trail | null,
  told: Told | null,
): Ends {
  const frame = topOf(state);
  const node = frame === null ? null : nodeOf(walker, frame);
  if (frame === null || (trail?.depth ?? 0) > MAX_NODES) return NOWHERE;
  if (node === null) {
    walker.onFault({ code: 'unknown_node', frame, detail: frame.node });
    return NOWHERE;
  }
  const key = trail === null || walker.joints.has(node) ? turnKey(state, env) : null;
  const found = key === null ? undefined : walker.ends.get(key);
  if (found !== undefined) return found;
  if (hasBeen(trail, frame, state, env)) {
    walker.onFault({ code: 'loop', frame, detail: namesOf(trail).join(' → ') });
    return NOWHERE;
  }
  const here: Trail = { frame, state, env, before: trail, depth: (trail?.depth ?? -1) + 1 };
  const ends = joinEnds(walker, node, stepsFrom(walker, { state, env }, frame, node), here, told);
  // cut short at a fault, another way there may tell more
  if (key !== null && ends.whole) walker.ends.set(key, ends);
  return ends;
}

function joinEnds(
  walker: Walker,
  node: FlowNode,
  steps: readonly Step[],
  trail: Trail,
  told: Told | null,
): Ends {
  const all: Ends[] = [];
  const take = (step: Step): void => {
    const heard = step.said.length === 0 ? told : { said: step.said, before: told };
    const ends = step.waits
      ? { to: [walker.settle(step.state, heard)], handed: false, whole: true }
      : endsFrom(walker, step, trail, heard);
    if (ends.to.length > 0) walker.onPassed(node, step.said);
    all.push(step.handed && !ends.handed ? { ...ends, handed: true } : ends);
  };
  for (const step of steps) if (step.waits) take(step);
  for (const step of [...steps].reverse()) if (!step.waits) take(step);
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  const leading = all.filter(({ to }) => to.length > 0);
  return {
    to: [...new Set(leading.flatMap(({ to }) => to))],
    handed: leading.every(({ handed }) => handed),
    whole: all.every(({ whole }) => whole),
  };
}

/** Twice at one node with the same values: the flow would go round for ever. */
function hasBeen(trail: Trail | null, frame: Frame, state: State, env: Env): boolean {
  let key: string | null = null;
  for (let past = trail; past !== null; past = past.before) {
    if (past.frame.node !== frame.node || past.frame.flow !== frame.flow) continue;
    key ??= turnKey(state, env);
    if (key === turnKey(past.state, past.env)) return true;
  }
  return false;
}

function turnKey(state: State, env: Env): string {
  return env === NOTHING_CHOSEN ? keyOf(state) : `${keyOf(state)}|${JSON.stringify(env)}`;
}

function namesOf(trail: Trail | null): readonly string[] {
  const names: string[] = [];
  for (let past = trail; past !== null; past = past.before) names.unshift(past.frame.node);
  return names;
}

/** Nodes at which ways come together: those that several exits name, and every beginning, which any flow may call. */
export function findJoints({ flows, releases }: Assets): ReadonlySet<FlowNode> {
  const joints = new Set<FlowNode>();
  for (const flow of [...flows.values(), ...releases.values()]) {
    const met = new Set([flow.start]);
    for (const node of flow.nodes.values())
      for (const [, target] of exitsOf(node)) {
        const meeting = met.has(target) ? flow.nodes.get(target) : undefined;
        if (meeting !== undefined) joints.add(meeting);
        met.add(target);
      }
    const start = flow.nodes.get(flow.start);
    if (start !== undefined) joints.add(start);
  }
  return joints;
}
