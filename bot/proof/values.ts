/** Values worth trying for everything a condition reads: both sides of every literal it is compared with, and none at all. */
import type { Assets } from '../content/assets.ts';
import type { Literal } from '../flow/expression.ts';
import type { Flow } from '../flow/schema.ts';
import { type SlotDeclaration, type SlotValue, typeOf } from '../flow/slots.ts';
import { RISK_LEVELS } from '../safety/danger.ts';

/** Stands for every text that no condition names. */
export const ANYTHING_ELSE = '(else)';
/** The one country that decides which numbers and texts a person gets. */
const PERSON_COUNTRY = 'slots.person_country';
/** A country that is neither Vietnam nor named in any condition stands for all abroad. */
const SOMEWHERE_ABROAD = 'KH';

export interface Values {
  /** values of `slots.x`, `args.x` or a name like `staffed`; null among them = empty */
  of: (name: string) => readonly (SlotValue | null)[];
  /** The value that stands for this one: no condition can tell the two apart. */
  classOf: (name: string, value: SlotValue | null) => SlotValue | null;
}

export function collectValues(assets: Assets): Values {
  const flows = [...assets.flows.values(), ...assets.releases.values()];
  const literals = new Map<string, Set<Literal>>();
  const declared = new Map<string, SlotDeclaration>();
  for (const flow of flows) collect(flow, literals, declared);
  const cache = new Map<string, readonly (SlotValue | null)[]>();
  const of = (name: string): readonly (SlotValue | null)[] => {
    const found = cache.get(name);
    if (found !== undefined) return found;
    const values = valuesOf(name, assets, literals, declared);
    cache.set(name, values);
    return values;
  };
  return { of, classOf: (name, value) => classAmong(of(name), value, name) };
}

function classAmong(
  values: readonly (SlotValue | null)[],
  value: SlotValue | null,
  name: string,
): SlotValue | null {
  if (value === null || values.includes(value)) return value;
  if (typeof value === 'string' && name === PERSON_COUNTRY)
    return value.toUpperCase() === 'VN' ? 'VN' : SOMEWHERE_ABROAD;
  if (typeof value === 'string' && values.includes(ANYTHING_ELSE)) return ANYTHING_ELSE;
  if (typeof value !== 'number') return value;
  // between two literals every number answers alike: the nearest value below stands for it
  const below = values.filter((one) => typeof one === 'number').filter((one) => one <= value);
  return below.length === 0 ? value : Math.max(...below);
}

function collect(
  flow: Flow,
  literals: Map<string, Set<Literal>>,
  declared: Map<string, SlotDeclaration>,
): void {
  const note = (name: string, value: Literal): void => {
    literals.set(name, (literals.get(name) ?? new Set<Literal>()).add(value));
  };
  for (const [name, declaration] of Object.entries(flow.slots)) declared.set(`slots.${name}`, declaration);
  for (const [name, declaration] of Object.entries(flow.args)) declared.set(`args.${name}`, declaration);
  for (const expressions of flow.expressions.values())
    for (const { literals: own } of expressions.values())
      for (const [name, values] of own) for (const value of values) note(name, value);
  for (const node of flow.nodes.values()) {
    if (node.kind === 'branch' && typeof node.branch === 'string' && !node.branch.startsWith('$'))
      for (const exit of Object.keys(node.exits))
        if (exit !== 'else' && exit !== 'missing') note(`slots.${node.branch}`, exit);
  }
}

function valuesOf(
  name: string,
  assets: Assets,
  literals: ReadonlyMap<string, ReadonlySet<Literal>>,
  declared: ReadonlyMap<string, SlotDeclaration>,
): readonly (SlotValue | null)[] {
  const own = (path: string): readonly Literal[] => [...(literals.get(path) ?? [])];
  switch (name) {
    case 'staffed':
    case 'unfinished':
    case 'can.audio':
    case 'can.buttons':
    case 'can.location':
      return [true, false];
    case 'risk':
      return [...RISK_LEVELS];
    case 'mode':
      return ['normal', 'quiet'];
    case 'place':
      return ['vn', 'abroad', 'unknown'];
    case 'language':
      return [...assets.languages];
    case 'hour':
      return Array.from({ length: 24 }, (_, hour) => hour);
    case 'today':
      return ['2026-11-25'];
    default: {
      const declaration = declared.get(name);
      return declaration === undefined ? [null] : [null, ...valuesOfType(name, declaration, own)];
    }
  }
}

function valuesOfType(
  name: string,
  declaration: SlotDeclaration,
  own: (path: string) => readonly Literal[],
): readonly SlotValue[] {
  const texts = own(name).filter((value) => typeof value === 'string');
  switch (typeOf(declaration)) {
    case 'flag':
      return [true, false];
    case 'number':
      return numbersAround(own(name), declaration);
    case 'date':
      return [...new Set(['2000-01-01', ...texts.flatMap(daysAround), '2100-01-01'])];
    case 'money':
      return amounts(own(`${name}.amount`), own(`${name}.currency`));
    case 'place':
      return places(own(`${name}.country`), own(`${name}.province`));
    case 'country':
      return [...new Set(['VN', SOMEWHERE_ABROAD, ...texts])];
    case 'choice':
      return [...new Set([...texts, ANYTHING_ELSE])];
    case 'phone':
    case 'province':
    case 'text':
    case 'voice':
      return [...new Set([...texts, ANYTHING_ELSE])];
  }
}

function numbersAround(literals: readonly Literal[], declaration: SlotDeclaration): readonly number[] {
  const isLimited = typeof declaration === 'object' && declaration.type === 'number';
  const min = (isLimited ? declaration.min : undefined) ?? -Infinity;
  const max = (isLimited ? declaration.max : undefined) ?? Infinity;
  const numbers = literals.filter((value) => typeof value === 'number');
  const edges = [min, max].filter(Number.isFinite);
  const around = [...numbers.flatMap((value) => [value - 1, value, value + 1]), ...edges, 0, 1];
  return [...new Set(around)].filter((value) => value >= min && value <= max);
}

function daysAround(text: string): readonly string[] {
  const day = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return [text];
  return [-1, 0, 1].map((days) => new Date(day.getTime() + days * 86_400_000).toISOString().slice(0, 10));
}

function amounts(
  literals: readonly Literal[],
  currencies: readonly Literal[],
): readonly Readonly<Record<string, string | number>>[] {
  const numbers = numbersAround(literals, 'number').filter((value) => value >= 0);
  const names = [...new Set([...currencies.filter((value) => typeof value === 'string'), 'VND', 'USD'])];
  return numbers.flatMap((amount) => names.map((currency) => ({ amount, currency })));
}

function places(
  countries: readonly Literal[],
  provinces: readonly Literal[],
): readonly Readonly<Record<string, string | null>>[] {
  const named = (values: readonly Literal[]): readonly (string | null)[] => [
    ...values.filter((value) => typeof value === 'string'),
    null,
  ];
  return named([...countries, 'VN', SOMEWHERE_ABROAD]).flatMap((country) =>
    named(provinces).map((province) => ({ said: ANYTHING_ELSE, country, province })),
  );
}
