/** Where a conversation may stand, as the proof sees it: the place in the flows, the mode, and what is known of values. */
import type { SlotValue } from '../engine/session.ts';
import type { SessionMode } from '../engine/events.ts';

export interface Frame {
  flow: string;
  version: number;
  node: string;
  /** which question of a lesson */
  step: number;
}

/** A value that is known; null = the slot is empty. A name that is not there may hold anything. */
export type Known = Readonly<Record<string, SlotValue | null>>;

/** A set of real sessions: all that stand here with these values, whatever else they hold. */
export interface State {
  /** the flows inside each other, the running one last; [] = nothing is being asked */
  stack: readonly Frame[];
  mode: SessionMode;
  /** `slots.age`, `args.topic`: values the path led through a condition on */
  known: Known;
}

/** What may differ from turn to turn, chosen when a condition reads it and kept for the rest of that turn. */
export type Env = Readonly<Record<string, SlotValue | null>>;

/** Two states have the same key exactly when they are the same. Made some hundred thousand times, so without lists in between. */
export function keyOf({ stack, mode, known }: State): string {
  let key: string = mode;
  for (const { flow, version, node, step } of stack) key += ` ${flow}@${version}.${node}/${step}`;
  const names = Object.keys(known);
  if (names.length > 1) names.sort();
  for (const name of names) key += `|${name}=${JSON.stringify(known[name])}`;
  return key;
}

export function topOf(state: State): Frame | null {
  return state.stack.at(-1) ?? null;
}

export function learn(state: State, name: string, value: SlotValue | null): State {
  return { ...state, known: { ...state.known, [name]: value } };
}

export function forget(state: State, name: string): State {
  if (!(name in state.known)) return state;
  const { [name]: _gone, ...known } = state.known;
  return { ...state, known };
}

export function moved(state: State, node: string, step = 0): State {
  const top = topOf(state);
  if (top === null) return state;
  return { ...state, stack: [...state.stack.slice(0, -1), { ...top, node, step }] };
}
