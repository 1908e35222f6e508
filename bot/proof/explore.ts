/** Every place a conversation can reach, with the shortest way to it: breadth first, from every place where one can begin. */
import type { Assets } from '../content/assets.ts';
import { ERASE_FLOW, HUMAN_FLOW } from '../engine/commands.ts';
import { ARE_YOU_SAFE_FLOW, IN_DANGER_FLOW } from '../engine/danger.ts';
import { MENU_NODE, UNHUSH_NODE, WELCOME_FLOW } from '../engine/reading.ts';
import { entriesOf } from '../flow/entries.ts';
import type { Flow } from '../flow/schema.ts';
import { type Input, inputsAt } from './inputs.ts';
import { type Frame, keyOf, type State } from './state.ts';
import { collectValues } from './values.ts';
import { keepRead, type Said, walkFrom, type Walker, type WalkFault } from './walk.ts';

/** A place where the bot waits: at a question, or (stack []) where nothing is asked. */
export interface Place {
  key: string;
  state: State;
  /** how one gets here: what was done, from a beginning */
  from: { place: Place | null; label: string };
  /** what is said on the way in from there */
  said: readonly Said[];
  ways: readonly Way[];
}

/** One thing a person can do at a place. */
export interface Way {
  input: Input;
  /** places it may lead to; the place itself when the question stays */
  to: readonly Place[];
  /** on every way this leads on, somebody is asked for */
  handover: boolean;
  said: readonly Said[];
}

export interface Explored {
  places: ReadonlyMap<string, Place>;
  inputs: number;
  faults: readonly (WalkFault & { path: string })[];
  /** `flow@version.node`: reached from a real beginning */
  reached: ReadonlySet<string>;
  said: readonly Said[];
  /** nodes whose condition was not worked out exactly: every answer was assumed */
  assumed: readonly string[];
  /** true: there were more places than are explored, so nothing is proved */
  cut: boolean;
}

/** Far above any content that can be read by people; a flow that needs more is not understood by its editors either. */
export const MAX_PLACES = 100_000;

export function explore(assets: Assets): Explored {
  const places = new Map<string, Place>();
  const reached = new Set<string>();
  const said = new Map<string, Said>();
  const faults = new Map<string, WalkFault & { path: string }>();
  const assumed = new Set<string>();
  let inputs = 0;
  let cut = false;
  // worked out only when there is a fault to tell of
  let here = (): string => '';
  const walker: Walker = {
    assets,
    values: collectValues(assets),
    words: new Map(),
    readsOf: readsOf(assets),
    onAssumed: (frame, name) => assumed.add(`${frame.flow}.${frame.node} (${name})`),
    onFault: (fault) => {
      const key = `${fault.code} ${nameOf(fault.frame)} ${fault.code === 'loop' ? '' : fault.detail}`;
      if (!faults.has(key)) faults.set(key, { ...fault, path: here() });
    },
  };

  const settle = (state: State, from: Place['from'], told: readonly Said[], queue: Mutable[]): Place => {
    const settled = keepRead(walker, state);
    const key = keyOf(settled);
    const known = places.get(key);
    if (known !== undefined) return known;
    const place: Mutable = { key, state: settled, from, said: told, ways: [] };
    places.set(key, place);
    queue.push(place);
    return place;
  };

  // the beginnings of flows are arrived at from nearly every place: worked out once
  const arrived = new Map<string, Arrived>();

  const arrive = (state: State, from: Place['from'], queue: Mutable[], isReal: boolean): Arrived => {
    here = () => (from.place === null ? from.label : `${pathTo(from.place)} → ${from.label}`);
    const key = keyOf(state);
    const before = arrived.get(key);
    if (before !== undefined) return before;
    const arrivals = walkFrom(walker, state);
    for (const arrival of arrivals) {
      for (const frame of arrival.passed) if (isReal) reached.add(nameOf(frame));
      for (const one of arrival.said) said.set(saidKey(one), one);
    }
    const found = {
      to: arrivals.map((arrival) => settle(arrival.state, from, arrival.said, queue)),
      handover: arrivals.length > 0 && arrivals.every(({ handovers }) => handovers.length > 0),
      said: arrivals.flatMap((arrival) => arrival.said),
    };
    arrived.set(key, found);
    return found;
  };

  const follow = (place: Place, input: Input, queue: Mutable[], isReal: boolean): Way => {
    inputs += 1;
    const from = { place, label: input.label };
    if (input.to === null) return { input, to: [place], handover: false, said: [] };
    // stopped: nothing is asked any more
    if (input.to.stack.length === 0)
      return { input, to: [settle(input.to, from, [], queue)], handover: false, said: [] };
    return { input, ...arrive(input.to, from, queue, isReal) };
  };

  /** Also through places that were put into the queue meanwhile. */
  const spread = (queue: Mutable[], isReal: boolean): void => {
    for (let place = queue.shift(); place !== undefined && !cut; place = queue.shift()) {
      const at = place;
      cut = places.size > MAX_PLACES;
      at.ways = inputsAt(walker, at.state).map((input) => follow(at, input, queue, isReal));
    }
  };

  const queue: Mutable[] = [];
  for (const { state, label } of beginnings(assets)) arrive(state, { place: null, label }, queue, true);
  spread(queue, true);
  // then from every question as an old button, a return or a new version of a flow may open it: with anything in its slots
  const again: Mutable[] = [];
  for (const { state, label } of reentries(walker, [...places.values()]))
    arrive(state, { place: null, label }, again, false);
  spread(again, false);
  return {
    places,
    inputs,
    faults: [...faults.values()],
    reached,
    said: [...said.values()],
    assumed: [...assumed].sort(),
    cut,
  };
}

interface Mutable extends Omit<Place, 'ways'> {
  ways: readonly Way[];
}
type Arrived = Pick<Way, 'to' | 'handover' | 'said'>;

/** What was done to get to a place, from its beginning. */
export function pathTo(place: Place): string {
  const steps: string[] = [];
  for (let one: Place | null = place; one !== null; one = one.from.place) steps.unshift(one.from.label);
  return steps.join(' → ');
}

export function nameOf({ flow, version, node }: Pick<Frame, 'flow' | 'version' | 'node'>): string {
  return `${flow}@${version}.${node}`;
}

function saidKey({ key, mode, place, frame, asks }: Said): string {
  return [key, mode, place ?? '', frame.flow, frame.node, asks].join('|');
}

interface Beginning {
  state: State;
  label: string;
}

/**
 * Every flow of today at its start, and the nodes the engine and the routes jump to. In quiet mode only what the engine starts
 * there: nothing else begins while somebody may be reading along.
 */
function beginnings(assets: Assets): readonly Beginning[] {
  const nodes = [...assets.flows.values()].flatMap((flow) =>
    [...new Set([flow.start, ...entriesOf(assets, flow)])]
      .filter((node) => flow.nodes.has(node))
      .map((node) => ({ flow, node })),
  );
  return (['normal', 'quiet'] as const).flatMap((mode) =>
    nodes
      .filter(
        ({ flow, node }) =>
          mode === 'normal' ||
          STARTS_QUIET.includes(`${flow.id}.${node}`) ||
          (STARTS_QUIET.includes(flow.id) && node === flow.start),
      )
      .map(({ flow, node }) => ({
        state: {
          stack: [{ flow: flow.id, version: flow.version, node, step: 0 }],
          mode,
          known: {},
        },
        label: `${flow.id}${node === flow.start ? '' : `.${node}`}${mode === 'quiet' ? ' (quiet)' : ''}`,
      })),
  );
}

/** Started in quiet mode by a word that works everywhere, by the scan, or when the person comes back. */
const STARTS_QUIET: readonly string[] = [
  HUMAN_FLOW,
  ERASE_FLOW,
  WELCOME_FLOW,
  `${WELCOME_FLOW}.${MENU_NODE}`,
  `${WELCOME_FLOW}.${UNHUSH_NODE}`,
  IN_DANGER_FLOW,
  ARE_YOU_SAFE_FLOW,
];

/** The same questions with unknown values: inside the flows that led there, and alone, as a button of an old message opens them. */
function reentries(walker: Walker, places: readonly Place[]): readonly Beginning[] {
  const { assets } = walker;
  const inside = places
    .filter(({ state }) => state.stack.length > 0 && Object.keys(state.known).length > 0)
    .map(({ state }) => ({ ...state, known: {} }));
  const flows = [...assets.flows.values(), ...assets.releases.values()];
  const alone = flows.flatMap((flow) =>
    [...flow.nodes.values()]
      .filter((node) => node.kind === 'ask' || node.kind === 'lesson')
      .map((node) => ({
        stack: [{ flow: flow.id, version: flow.version, node: node.id, step: 0 }],
        mode: 'normal' as const,
        known: {},
      })),
  );
  const seen = new Set<string>();
  return [...inside, ...alone].flatMap((state) => {
    const key = keyOf(state);
    const top = state.stack.at(-1);
    if (seen.has(key) || top === undefined) return [];
    seen.add(key);
    return [{ state, label: `back at ${top.flow}.${top.node}${state.mode === 'quiet' ? ' (quiet)' : ''}` }];
  });
}

/** Names a flow, or any flow it runs, reads in a condition. */
function readsOf(assets: Assets): (flow: string, version: number) => ReadonlySet<string> {
  const cache = new Map<string, ReadonlySet<string>>();
  const collect = (flow: Flow | undefined, into: Set<string>, seen: Set<string>): void => {
    if (flow === undefined || seen.has(flow.id)) return;
    seen.add(flow.id);
    for (const expressions of flow.expressions.values())
      for (const { reads } of expressions.values()) for (const name of reads) into.add(name);
    for (const node of flow.nodes.values()) {
      if (node.kind === 'branch' && typeof node.branch === 'string') into.add(`slots.${node.branch}`);
      if (node.kind === 'subflow') collect(assets.flows.get(node.subflow), into, seen);
    }
  };
  return (id, version) => {
    const key = `${id}@${version}`;
    const found = cache.get(key);
    if (found !== undefined) return found;
    const names = new Set<string>();
    const today = assets.flows.get(id);
    collect(today?.version === version ? today : assets.releases.get(key), names, new Set());
    cache.set(key, names);
    return names;
  };
}
