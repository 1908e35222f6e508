/** Runs a flow from one place until the bot waits or the flow ends, along every way its conditions leave open. */
import type { Assets } from '../content/assets.ts';
import { textKeysOf } from '../content/texts-by.ts';
import { ARE_YOU_SAFE_FLOW, IN_DANGER_FLOW } from '../engine/danger.ts';
import { MENU_NODE, WELCOME_FLOW } from '../engine/reading.ts';
import { assertNever } from '../flow/compile.ts';
import type { FlowNode, SetNode, SubflowNode } from '../flow/schema.ts';
import { branchText } from '../flow/slots.ts';
import { flowAt } from '../flow/versions.ts';
import { decide, placeOfState } from './decide.ts';
import { type Env, forget, type Frame, keyOf, learn, moved, type State, topOf } from './state.ts';
import type { Values } from './values.ts';

/** A text that is said, and what is known at that moment. */
export interface Said {
  key: string;
  frame: Frame;
  mode: State['mode'];
  /** null = may be anywhere */
  place: 'vn' | 'abroad' | 'unknown' | null;
  /** a question is shown with its choices */
  asks: boolean;
  /** false: one of several texts of which a value chooses one */
  sure: boolean;
}

export interface WalkFault {
  code: 'loop' | 'condition_fails' | 'no_exit' | 'unknown_node';
  frame: Frame;
  detail: string;
}

export interface Arrival {
  /** stack [] = the flow ended and nothing is asked */
  state: State;
  said: readonly Said[];
  handovers: readonly Frame[];
  /** nodes passed, in order */
  passed: readonly Frame[];
  ended: string | null;
  /** the person was led back to a question they had left */
  resumed: boolean;
}

/** A word for one of the things that work everywhere, where it works; null = something else takes every such word here. */
export interface WorkingWord {
  language: string;
  word: string | null;
}

export interface Walker {
  assets: Assets;
  values: Values;
  /** working words by question and command, filled as they are needed */
  words: Map<string, readonly WorkingWord[]>;
  /** names that some condition of this flow reads */
  readsOf: (flow: string, version: number) => ReadonlySet<string>;
  /** told about each condition that was not worked out exactly */
  onAssumed: (frame: Frame, name: string) => void;
  onFault: (fault: WalkFault) => void;
}

/** Limits one turn's nodes far above what the engine allows itself; a circle is found by its repeated place. */
const MAX_NODES = 400;

interface Walk {
  state: State;
  env: Env;
  said: readonly Said[];
  handovers: readonly Frame[];
  passed: readonly Frame[];
  seen: ReadonlySet<string>;
}

/** @param state its top node has not been entered yet */
export function walkFrom(walker: Walker, state: State): readonly Arrival[] {
  const arrivals: Arrival[] = [];
  const open: Walk[] = [{ state, env: {}, said: [], handovers: [], passed: [], seen: new Set() }];
  for (let walk = open.pop(); walk !== undefined; walk = open.pop()) {
    if (walk.passed.length > MAX_NODES) continue;
    open.push(...enter(walker, walk, arrivals));
  }
  return arrivals;
}

/** Enters the node a walk stands at. @returns the walks that go on from there */
function enter(walker: Walker, walk: Walk, arrivals: Arrival[]): readonly Walk[] {
  const frame = topOf(walk.state);
  const node = frame === null ? null : nodeOf(walker, frame);
  if (frame === null) return [];
  if (node === null) {
    walker.onFault({ code: 'unknown_node', frame, detail: frame.node });
    return [];
  }
  const key = `${keyOf(walk.state)}|${JSON.stringify(walk.env)}`;
  if (walk.seen.has(key)) {
    walker.onFault({ code: 'loop', frame, detail: walk.passed.map((one) => one.node).join(' → ') });
    return [];
  }
  const here: Walk = { ...walk, passed: [...walk.passed, frame], seen: new Set([...walk.seen, key]) };
  return run(walker, here, frame, node, arrivals);
}

function run(walker: Walker, walk: Walk, frame: Frame, node: FlowNode, arrivals: Arrival[]): readonly Walk[] {
  switch (node.kind) {
    case 'say': {
      const keys = typeof node.say === 'string' ? [node.say] : node.say;
      return [goOn(says(walk, frame, choosable(walker, node.by, keys)), node.exits.done)];
    }
    case 'handover': {
      const told = says(walk, frame, plainly([node.say]));
      return [goOn({ ...told, handovers: [...walk.handovers, frame] }, node.exits.done)];
    }
    case 'ask': {
      const said = says(walk, frame, choosable(walker, node.by, [node.ask]), true);
      arrivals.push(arrival(said, walk.state, null));
      return [];
    }
    case 'lesson':
      arrivals.push(arrival(says(walk, frame, plainly([`lesson.${node.lesson}`]), true), walk.state, null));
      return [];
    case 'set':
      return [goOn({ ...walk, state: setValues(walker, walk.state, node) }, node.exits.done)];
    case 'check':
      return (['verify', 'caution', 'danger'] as const).map((level) => {
        const told = says(walk, frame, plainly([`offer.level.${level}`, `offer.tonight.${level}`]));
        return goOn({ ...told, state: checked(walker, walk.state, level) }, node.exits[level]);
      });
    case 'pick':
      return Object.values(node.exits).map((target) => goOn(walk, target));
    case 'branch':
      return branch(walker, walk, frame, node);
    case 'resume':
      arrivals.push({ ...arrival(walk, { ...walk.state, stack: [] }, null), resumed: true });
      return [goOn(walk, node.exits.none)];
    case 'subflow':
      return call(walker, walk, node);
    case 'end':
      return leave(walker, walk, node.end === true ? 'done' : node.end, arrivals);
    default:
      return assertNever(node);
  }
}

function arrival(walk: Walk, state: State, ended: string | null): Arrival {
  const { said, handovers, passed } = walk;
  return { state, said, handovers, passed, ended, resumed: false };
}

function goOn(walk: Walk, node: string): Walk {
  return { ...walk, state: moved(walk.state, node) };
}

/** One message, and every text it may be. */
type Sayable = readonly string[];

function plainly(keys: readonly string[]): readonly Sayable[] {
  return keys.map((key) => [key]);
}

/** Whatever the slot holds: each of the texts may be the one. */
function choosable(walker: Walker, by: string | undefined, keys: readonly string[]): readonly Sayable[] {
  return by === undefined ? plainly(keys) : keys.map((key) => textKeysOf(walker.assets, key));
}

function says(walk: Walk, frame: Frame, messages: readonly Sayable[], asks = false): Walk {
  const known = 'slots.person_country' in walk.state.known || 'place' in walk.env;
  const place = known ? placeOfState(walk.state, walk.env) : null;
  const last = messages.length - 1;
  const said = messages.flatMap((keys, index) =>
    keys.map((key) => ({
      key,
      frame,
      mode: walk.state.mode,
      place,
      asks: asks && index === last,
      sure: keys.length === 1,
    })),
  );
  return { ...walk, said: [...walk.said, ...said] };
}

function setValues(walker: Walker, state: State, node: SetNode): State {
  let next: State = node.set.mode === undefined ? state : { ...state, mode: node.set.mode };
  for (const [slot, value] of Object.entries(node.set.slots ?? {}))
    next = learn(next, `slots.${slot}`, walker.values.classOf(`slots.${slot}`, value));
  for (const slot of Object.keys(node.set.compute ?? {})) next = forget(next, `slots.${slot}`);
  return keepRead(walker, next);
}

function checked(walker: Walker, state: State, level: string): State {
  const next = learn(state, 'slots.offer_level', walker.values.classOf('slots.offer_level', level));
  return keepRead(walker, forget(forget(next, 'slots.offer_summary'), 'slots.offer_ask'));
}

function branch(
  walker: Walker,
  walk: Walk,
  frame: Frame,
  node: Extract<FlowNode, { kind: 'branch' }>,
): readonly Walk[] {
  if (typeof node.branch !== 'string') return conditions(walker, walk, frame, node);
  return branchValues(walker, walk, node, node.branch).flatMap(({ walk: next, value }) => {
    const target = node.exits[value] ?? node.exits['else'];
    if (target !== undefined) return [goOn(next, target)];
    walker.onFault({ code: 'no_exit', frame, detail: value });
    return [];
  });
}

/** What a branch over one name can find there. */
function branchValues(
  walker: Walker,
  walk: Walk,
  node: Extract<FlowNode, { kind: 'branch' }>,
  name: string,
): readonly { walk: Walk; value: string }[] {
  const ofTurn = (env: string): readonly { walk: Walk; value: string }[] => {
    const known = walk.env[env];
    const values = known === undefined ? walker.values.of(env) : [known];
    return values.map((value) => ({
      walk: { ...walk, env: { ...walk.env, [env]: value } },
      value: value === true ? 'yes' : value === false ? 'no' : branchText(value),
    }));
  };
  switch (name) {
    case '$mode':
      return [{ walk, value: walk.state.mode }];
    case '$staffed':
      return ofTurn('staffed');
    case '$language':
      return ofTurn('language');
    // whichever lessons were finished: every way is open
    case '$unread':
      return Object.keys(node.exits).map((value) => ({ walk, value }));
    case '$place':
      return slotValues(walker, walk, 'slots.person_country').map((next) => ({
        walk: next,
        value: placeOfState(next.state, next.env),
      }));
    default:
      return slotValues(walker, walk, `slots.${name}`).map((next) => ({
        walk: next,
        value: branchText(next.state.known[`slots.${name}`]),
      }));
  }
}

function slotValues(walker: Walker, walk: Walk, name: string): readonly Walk[] {
  if (name in walk.state.known) return [walk];
  return walker.values.of(name).map((value) => ({ ...walk, state: learn(walk.state, name, value) }));
}

/** The first condition that holds is taken; one that cannot be worked out is a fault and does not hold. */
function conditions(
  walker: Walker,
  walk: Walk,
  frame: Frame,
  node: Extract<FlowNode, { kind: 'branch' }>,
): readonly Walk[] {
  const expressions = flowAt(walker.assets, frame)?.expressions.get(node.id) ?? new Map<string, never>();
  const taken: Walk[] = [];
  let open: readonly Walk[] = [walk];
  for (const [exit, expression] of expressions) {
    const next: Walk[] = [];
    for (const one of open) {
      const { decisions, exact } = decide(expression, one.state, one.env, walker.values);
      if (!exact) walker.onAssumed(frame, exit);
      for (const { value, why, state, env } of decisions) {
        if (value === null)
          walker.onFault({ code: 'condition_fails', frame, detail: `${expression.source}: ${why}` });
        const target = node.exits[exit];
        if (value === true && target !== undefined) taken.push(goOn({ ...one, state, env }, target));
        else if (value !== true) next.push({ ...one, state, env });
      }
    }
    open = next;
  }
  const otherwise = node.exits['else'];
  if (otherwise === undefined) {
    if (open.length > 0) walker.onFault({ code: 'no_exit', frame, detail: 'else' });
    return taken;
  }
  return [...taken, ...open.map((one) => goOn(one, otherwise))];
}

function call(walker: Walker, walk: Walk, node: SubflowNode): readonly Walk[] {
  const callee = walker.assets.flows.get(node.subflow);
  if (callee === undefined) return [];
  let state: State = {
    ...walk.state,
    stack: [...walk.state.stack, { flow: callee.id, version: callee.version, node: callee.start, step: 0 }],
  };
  for (const name of Object.keys(callee.args)) state = forget(state, `args.${name}`);
  return [{ ...walk, state }];
}

/** The end's name is the exit of the node that called; nobody above: the bot waits for the next word. */
function leave(walker: Walker, walk: Walk, exit: string, arrivals: Arrival[]): readonly Walk[] {
  const ended = topOf(walk.state);
  const stack = walk.state.stack.slice(0, -1);
  const caller = stack.at(-1);
  const node = caller === undefined ? null : nodeOf(walker, caller);
  if (ended === null) return [];
  if (caller === undefined || node?.kind !== 'subflow') {
    const next = followUp(walker, walk, ended, exit);
    if (next !== null) return [next];
    arrivals.push(arrival(walk, keepRead(walker, { ...walk.state, stack: [] }), exit));
    return [];
  }
  let state: State = { ...walk.state, stack };
  for (const slot of Object.keys(node.keep ?? {})) state = forget(state, `slots.${slot}`);
  const target = node.exits[exit] ?? node.exits['done'];
  if (target === undefined) {
    walker.onFault({ code: 'no_exit', frame: caller, detail: exit });
    return [];
  }
  return [goOn({ ...walk, state: keepRead(walker, state) }, target)];
}

/** What the engine itself does when a flow ended with nothing above it (`settle` in bot/engine/reading.ts). */
function followUp(walker: Walker, walk: Walk, ended: Frame, exit: string): Walk | null {
  if (exit === MENU_NODE) return startAt(walker, walk, WELCOME_FLOW, MENU_NODE);
  if (ended.flow !== ARE_YOU_SAFE_FLOW || exit !== 'danger') return null;
  return startAt(walker, { ...walk, handovers: [...walk.handovers, ended] }, IN_DANGER_FLOW, null);
}

function startAt(walker: Walker, walk: Walk, flow: string, node: string | null): Walk | null {
  const found = walker.assets.flows.get(flow);
  if (found === undefined) return null;
  const frame: Frame = { flow, version: found.version, node: node ?? found.start, step: 0 };
  return { ...walk, state: { ...walk.state, stack: [frame] } };
}

/** Drops what no condition of the flows that still run will read: places that differ only in it are the same place. */
export function keepRead(walker: Walker, state: State): State {
  const known = Object.fromEntries(
    Object.entries(state.known).filter(
      ([name]) =>
        name === 'slots.person_country' ||
        state.stack.some(({ flow, version }) => walker.readsOf(flow, version).has(name)),
    ),
  );
  return { ...state, known };
}

export function nodeOf(walker: Walker, frame: Frame): FlowNode | null {
  return flowAt(walker.assets, frame)?.nodes.get(frame.node) ?? null;
}
