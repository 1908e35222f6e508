/** Every place a conversation can reach, with the shortest way to it: breadth first, from every place where one can begin. */
import type { Assets } from '../content/assets.ts';
import { ERASE_FLOW, HUMAN_FLOW } from '../engine/commands.ts';
import { ARE_YOU_SAFE_FLOW, IN_DANGER_FLOW } from '../engine/danger.ts';
import { MENU_NODE, UNHUSH_NODE, WELCOME_FLOW } from '../engine/reading.ts';
import { entriesOf } from '../flow/entries.ts';
import type { Flow, FlowNode } from '../flow/schema.ts';
import { type Input, inputsAt } from './inputs.ts';
import { type Frame, keyOf, type State } from './state.ts';
import { collectValues } from './values.ts';
import { findJoints, walkFrom } from './walk.ts';
import { keepRead, type Said, type Told, type Walker, type WalkFault } from './walker.ts';

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
}

export interface Explored {
  places: ReadonlyMap<string, Place>;
  inputs: number;
  faults: readonly (WalkFault & { path: string })[];
  /** nodes reached from a real beginning */
  reached: ReadonlySet<FlowNode>;
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
  const reached = new Set<FlowNode>();
  const said = new Map<string, Said>();
  const faults = new Map<string, WalkFault & { path: string }>();
  const assumed = new Set<string>();
  let inputs = 0;
  let cut = false;
  let cameBy: Place['from'] = { place: null, label: '' };
  let queue: Mutable[] = [];
  // old buttons and returns reach nodes too, but that somebody can come there is not shown by them
  let isReal = true;

  const settle = (state: State, told: Told | null): Place => {
    const settled = keepRead(walker, state);
    const key = keyOf(settled);
    const known = places.get(key);
    if (known !== undefined) return known;
    const place: Mutable = { key, state: settled, from: cameBy, said: inOrder(told), ways: [] };
    places.set(key, place);
    queue.push(place);
    return place;
  };

  const walker: Walker = {
    assets,
    values: collectValues(assets),
    words: new Map(),
    everywhere: new Map(),
    ends: new Map(),
    joints: findJoints(assets),
    readsOf: readsOf(assets),
    settle,
    onPassed: (node, texts) => {
      if (isReal) reached.add(node);
      for (const one of texts) said.set(saidKey(one), one);
    },
    onAssumed: (frame, name) => assumed.add(`${frame.flow}.${frame.node} (${name})`),
    onFault: (fault) => {
      const key = `${fault.code} ${nameOf(fault.frame)} ${fault.code === 'loop' ? '' : fault.detail}`;
      if (!faults.has(key)) faults.set(key, { ...fault, path: pathOf(cameBy) });
    },
  };

  /** Follows an input to where the bot waits next; `from` is kept for places that are new. */
  const arrive = (state: State, from: Place['from']): Pick<Way, 'to' | 'handover'> => {
    cameBy = from;
    const { to, handed } = walkFrom(walker, state);
    return { to, handover: handed && to.length > 0 };
  };

  const follow = (place: Place, input: Input): Way => {
    const from = { place, label: input.label };
    if (input.to === null) return { input, to: [place], handover: false };
    if (input.to.stack.length > 0) return { input, ...arrive(input.to, from) };
    // stopped: nothing is asked any more
    cameBy = from;
    return { input, to: [settle(input.to, null)], handover: false };
  };

  // what works everywhere leads to the same places from every visit of a question: only what stays there differs
  const shared = new Map<readonly Input[], readonly Way[]>();

  const followEverywhere = (place: Place, everywhere: readonly Input[]): readonly Way[] => {
    const known = shared.get(everywhere);
    if (known !== undefined)
      return known.map((way) => (way.input.to === null ? { ...way, to: [place] } : way));
    const ways = everywhere.map((input) => follow(place, input));
    shared.set(everywhere, ways);
    return ways;
  };

  /** Also through places that were put into the queue meanwhile. */
  const spread = (): void => {
    for (const at of queue) {
      if (cut) return;
      cut = places.size > MAX_PLACES;
      const { own, everywhere } = inputsAt(walker, at.state);
      inputs += own.length + everywhere.length;
      at.ways = [...own.map((input) => follow(at, input)), ...followEverywhere(at, everywhere)];
    }
  };

  for (const { state, label } of beginnings(assets)) arrive(state, { place: null, label });
  spread();
  // then from every question as an old button, a return or a new version of a flow may open it: with anything in its slots
  queue = [];
  isReal = false;
  for (const { state, label } of reentries(walker, [...places.values()]))
    arrive(state, { place: null, label });
  spread();
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

function inOrder(told: Told | null): readonly Said[] {
  const all: (readonly Said[])[] = [];
  for (let one = told; one !== null; one = one.before) all.unshift(one.said);
  return all.flat();
}

function pathOf({ place, label }: Place['from']): string {
  return place === null ? label : `${pathTo(place)} → ${label}`;
}

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
