/** Works out a condition over values that are only partly known: one outcome for each answer it can give. */
import type { Expression, Literal, Scope } from '../flow/expression.ts';
import type { SlotValue } from '../flow/slots.ts';
import { RISK_LEVELS, type RiskLevel } from '../safety/danger.ts';
import { type Env, learn, type State } from './state.ts';
import type { Values } from './values.ts';

/** More combinations than this are not tried one by one: the proof then assumes every answer. */
export const MAX_COMBINATIONS = 512;

export interface Decision {
  /** null = it cannot be worked out: a value is missing, or a division by zero */
  value: Literal | null;
  why: string;
  state: State;
  env: Env;
}

export interface Decided {
  decisions: readonly Decision[];
  /** false: not every combination of values was tried, or it is more than a comparison with literals */
  exact: boolean;
}

/** Names that a turn chooses anew; the others belong to the conversation. */
export function isOfTurn(name: string): boolean {
  return !name.startsWith('slots.') && !name.startsWith('args.');
}

export function decide(expression: Expression, state: State, env: Env, values: Values): Decided {
  const unknown = [...expression.reads].filter((name) => name !== 'signals' && !isKnown(name, state, env));
  const lists = unknown.map((name) => values.of(name));
  const combinations = lists.reduce((product, list) => product * list.length, 1);
  const tooMany = combinations > MAX_COMBINATIONS;
  const exact = expression.exact && !tooMany && !expression.reads.has('signals');
  const decisions: Decision[] = [];
  for (const combination of tooMany ? sample(lists) : product(lists)) {
    let next = state;
    let nextEnv = env;
    unknown.forEach((name, index) => {
      const value = combination[index] ?? null;
      if (isOfTurn(name)) nextEnv = { ...nextEnv, [name]: value };
      else next = learn(next, name, value);
    });
    const result = expression.evaluate(scopeOf(next, nextEnv));
    decisions.push({
      value: result.kind === 'value' ? result.value : null,
      why: result.kind === 'value' ? '' : result.why,
      state: next,
      env: nextEnv,
    });
  }
  if (exact) return { decisions, exact };
  // every answer, with nothing learnt from it; a sample that failed stays, it is a fault
  const failed = decisions.filter(({ value }) => value === null);
  const both = expression.type === 'bool' ? [true, false] : [];
  return {
    decisions: [...failed.slice(0, 1), ...both.map((value) => ({ value, why: '', state, env }))],
    exact,
  };
}

function isKnown(name: string, state: State, env: Env): boolean {
  if (name === 'mode') return true;
  if (name === 'place') return 'slots.person_country' in state.known || name in env;
  return isOfTurn(name) ? name in env : name in state.known;
}

function scopeOf(state: State, env: Env): Scope {
  const pick = (root: string): Record<string, SlotValue> =>
    Object.fromEntries(
      Object.entries(state.known).flatMap(([name, value]) =>
        name.startsWith(root) && value !== null ? [[name.slice(root.length), value]] : [],
      ),
    );
  const flag = (name: string): boolean => env[name] === true;
  return {
    slots: pick('slots.'),
    args: pick('args.'),
    signals: [],
    risk: riskOf(env['risk']),
    mode: state.mode,
    place: placeOfState(state, env),
    staffed: flag('staffed'),
    language: typeof env['language'] === 'string' ? env['language'] : 'vi',
    can: { audio: flag('can.audio'), buttons: flag('can.buttons'), location: flag('can.location') },
    unfinished: flag('unfinished'),
    today: typeof env['today'] === 'string' ? env['today'] : '2026-11-25',
    hour: typeof env['hour'] === 'number' ? env['hour'] : 12,
  };
}

function riskOf(value: SlotValue | null | undefined): RiskLevel {
  return RISK_LEVELS.find((level) => level === value) ?? 'none';
}

export function placeOfState(state: State, env: Env): 'vn' | 'abroad' | 'unknown' {
  if (!('slots.person_country' in state.known)) {
    const chosen = env['place'];
    return chosen === 'vn' || chosen === 'abroad' ? chosen : 'unknown';
  }
  const country = state.known['slots.person_country'];
  if (typeof country !== 'string') return 'unknown';
  const code = country.toUpperCase();
  if (code === 'VN') return 'vn';
  return code === 'ABROAD' || /^[A-Z]{2}$/.test(code) ? 'abroad' : 'unknown';
}

function product<T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] {
  return lists.reduce<readonly (readonly T[])[]>(
    (rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])),
    [[]],
  );
}

/** Each list's values once, the others at their first: enough to meet a missing value of every name. */
function sample<T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] {
  const first = lists.flatMap((list) => list.slice(0, 1));
  return lists.flatMap((list, index) =>
    list.map((value) => first.map((one, at) => (at === index ? value : one))),
  );
}
