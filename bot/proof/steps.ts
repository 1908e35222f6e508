/** What one node does in the proof: which ways lead on from it, what is said on them, and where the bot waits. */
import { textKeysOf } from '../content/texts-by.ts';
import { ARE_YOU_SAFE_FLOW, IN_DANGER_FLOW } from '../engine/danger.ts';
import { MENU_NODE, WELCOME_FLOW } from '../engine/reading.ts';
import { assertNever } from '../flow/compile.ts';
import type { FlowNode, SetNode, SubflowNode } from '../flow/schema.ts';
import { branchText } from '../flow/slots.ts';
import { flowAt } from '../flow/versions.ts';
import { decide, placeOfState } from './decide.ts';
import { type Env, forget, type Frame, learn, moved, type State, topOf } from './state.ts';
import { keepRead, nodeOf, type Said, type Walker } from './walker.ts';

/** One way on from a node. */
export interface Step {
  /** its top node is entered next; where the bot waits, the place itself. stack [] = the flow ended and nothing is asked */
  state: State;
  env: Env;
  said: readonly Said[];
  /** somebody is asked for here */
  handed: boolean;
  waits: boolean;
}

/** Where a walk stands inside a turn. */
type Walk = Pick<Step, 'state' | 'env'>;

/** @returns the ways on from `node`, where the walk stands; none where something is wrong, which is reported */
export function stepsFrom(walker: Walker, walk: Walk, frame: Frame, node: FlowNode): readonly Step[] {
  switch (node.kind) {
    case 'say': {
      const keys = typeof node.say === 'string' ? [node.say] : node.say;
      return [goOn(walk, node.exits.done, { said: says(walk, frame, choosable(walker, node.by, keys)) })];
    }
    case 'handover':
      return [goOn(walk, node.exits.done, { said: says(walk, frame, plainly([node.say])), handed: true })];
    case 'ask':
      return [waitsAt(walk, walk.state, says(walk, frame, choosable(walker, node.by, [node.ask]), true))];
    case 'lesson':
      return [waitsAt(walk, walk.state, says(walk, frame, plainly([`lesson.${node.lesson}`]), true))];
    case 'set':
      return [goOn({ ...walk, state: setValues(walker, walk.state, node) }, node.exits.done)];
    case 'check':
      return (['verify', 'caution', 'danger'] as const).map((level) =>
        goOn({ ...walk, state: checked(walker, walk.state, level) }, node.exits[level], {
          said: says(walk, frame, plainly([`offer.level.${level}`, `offer.tonight.${level}`])),
        }),
      );
    case 'pick':
      return Object.values(node.exits).map((target) => goOn(walk, target));
    case 'branch':
      return branch(walker, walk, frame, node);
    case 'resume':
      return [waitsAt(walk, { ...walk.state, stack: [] }), goOn(walk, node.exits.none)];
    case 'subflow':
      return call(walker, walk, node);
    case 'end':
      return leave(walker, walk, node.end === true ? 'done' : node.end);
    default:
      return assertNever(node);
  }
}

function waitsAt({ env }: Walk, state: State, said: readonly Said[] = []): Step {
  return { state, env, said, handed: false, waits: true };
}

function goOn(
  { state, env }: Walk,
  node: string,
  { said = [], handed = false }: Partial<Pick<Step, 'said' | 'handed'>> = {},
): Step {
  return { state: moved(state, node), env, said, handed, waits: false };
}

function enters(state: State, env: Env, handed = false): Step {
  return { state, env, said: [], handed, waits: false };
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

function says(
  { state, env }: Walk,
  frame: Frame,
  messages: readonly Sayable[],
  asks = false,
): readonly Said[] {
  const known = 'slots.person_country' in state.known || 'place' in env;
  const place = known ? placeOfState(state, env) : null;
  const last = messages.length - 1;
  return messages.flatMap((keys, index) =>
    keys.map((key) => ({
      ...{ key, frame, mode: state.mode, place },
      asks: asks && index === last,
      sure: keys.length === 1,
    })),
  );
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
): readonly Step[] {
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
): readonly Step[] {
  const expressions = flowAt(walker.assets, frame)?.expressions.get(node.id) ?? new Map<string, never>();
  const taken: Step[] = [];
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
        if (value === true && target !== undefined) taken.push(goOn({ state, env }, target));
        else if (value !== true) next.push({ state, env });
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

function call(walker: Walker, walk: Walk, node: SubflowNode): readonly Step[] {
  const callee = walker.assets.flows.get(node.subflow);
  if (callee === undefined) return [];
  let state: State = {
    ...walk.state,
    stack: [...walk.state.stack, { flow: callee.id, version: callee.version, node: callee.start, step: 0 }],
  };
  for (const name of Object.keys(callee.args)) state = forget(state, `args.${name}`);
  return [enters(state, walk.env)];
}

/** The end's name is the exit of the node that called; nobody above: the bot waits for the next word. */
function leave(walker: Walker, walk: Walk, exit: string): readonly Step[] {
  const ended = topOf(walk.state);
  const stack = walk.state.stack.slice(0, -1);
  const caller = stack.at(-1);
  const node = caller === undefined ? null : nodeOf(walker, caller);
  if (ended === null) return [];
  if (caller === undefined || node?.kind !== 'subflow') {
    const next = followUp(walker, walk, ended, exit);
    return [next ?? waitsAt(walk, { ...walk.state, stack: [] })];
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
function followUp(walker: Walker, walk: Walk, ended: Frame, exit: string): Step | null {
  if (exit === MENU_NODE) return startAt(walker, walk, WELCOME_FLOW, MENU_NODE);
  if (ended.flow !== ARE_YOU_SAFE_FLOW || exit !== 'danger') return null;
  const next = startAt(walker, walk, IN_DANGER_FLOW, null);
  return next === null ? null : { ...next, handed: true };
}

function startAt(walker: Walker, walk: Walk, flow: string, node: string | null): Step | null {
  const found = walker.assets.flows.get(flow);
  if (found === undefined) return null;
  const frame: Frame = { flow, version: found.version, node: node ?? found.start, step: 0 };
  return enters({ ...walk.state, stack: [frame] }, walk.env);
}
