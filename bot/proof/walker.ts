/** What one exploration of all flows works with and remembers, shared by walks, steps and inputs. */
import type { Assets } from '../content/assets.ts';
import type { FlowNode } from '../flow/schema.ts';
import { flowAt } from '../flow/versions.ts';
import type { Place } from './explore.ts';
import type { Input } from './inputs.ts';
import type { Frame, State } from './state.ts';
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

/** A word for one of the things that work everywhere, where it works; null = something else takes every such word here. */
export interface WorkingWord {
  language: string;
  word: string | null;
}

/** Where the walks from a node end. */
export interface Ends {
  /** places where the bot waits, each once */
  to: readonly Place[];
  /** on every way there somebody is asked for */
  handed: boolean;
  /** false: a way was cut short at a fault */
  whole: boolean;
}

export interface Walker {
  assets: Assets;
  values: Values;
  /** working words by question and command, filled as they are needed */
  words: Map<string, readonly WorkingWord[]>;
  /** what can be done at a question whatever is known there, filled as it is needed */
  everywhere: Map<string, readonly Input[]>;
  /** ends by where a walk stands, so that what several ways lead to is walked once */
  ends: Map<string, Ends>;
  /** nodes that more than one exit leads to */
  joints: ReadonlySet<FlowNode>;
  /** names that some condition of this flow reads */
  readsOf: (flow: string, version: number) => ReadonlySet<string>;
  /** told about each place where the bot waits, and what was said before; gives back the place it knows by that state */
  settle: (state: State, told: Told | null) => Place;
  /** told about each node and its texts that some walk leads on from */
  onPassed: (node: FlowNode, said: readonly Said[]) => void;
  /** told about each condition that was not worked out exactly */
  onAssumed: (frame: Frame, name: string) => void;
  onFault: (fault: WalkFault) => void;
}

/** What was said on the way, the last first: walks that part share what came before. */
export interface Told {
  said: readonly Said[];
  before: Told | null;
}

/** Drops what no condition of the flows that still run will read: places that differ only in it are the same place. */
export function keepRead(walker: Walker, state: State): State {
  const isRead = (name: string): boolean =>
    name === 'slots.person_country' ||
    state.stack.some(({ flow, version }) => walker.readsOf(flow, version).has(name));
  const names = Object.keys(state.known);
  if (names.every(isRead)) return state;
  const known = Object.fromEntries(Object.entries(state.known).filter(([name]) => isRead(name)));
  return { ...state, known };
}

export function nodeOf(walker: Walker, frame: Frame): FlowNode | null {
  return flowAt(walker.assets, frame)?.nodes.get(frame.node) ?? null;
}
