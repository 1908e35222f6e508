/** Checks of what a flow keeps: declared slots, values of their type, arguments and results that meet. */
import type { Assets } from '../content/assets.ts';
import type { Expression } from './expression.ts';
import { type AskNode, choicesOf, type Flow, type FlowNode, type SubflowNode } from './schema.ts';
import { isRead, type SlotDeclaration, type Slots, type SlotType, typeOf } from './slots.ts';

export interface Finding {
  message: string;
  mend: string;
}

/** Faults of one node. */
export function lintSlots(assets: Assets, flow: Flow, node: FlowNode): readonly Finding[] {
  switch (node.kind) {
    case 'ask':
      return lintAskSlot(flow, node);
    case 'branch':
      return typeof node.branch !== 'string'
        ? lintConditions(node.branch, node.exits)
        : node.branch.startsWith('$')
          ? []
          : declared(flow.slots, node.branch, 'branches on');
    case 'set':
      return [
        ...Object.entries(node.set.slots ?? {}).flatMap(([slot, value]) =>
          lintValue(flow, slot, value === null ? null : typeof value),
        ),
        ...expressionsOf(flow, node).flatMap(([slot, expression]) =>
          lintValue(flow, slot, expression.type, expression),
        ),
        ...(node.set.language === '$slot' ? declared(flow.slots, 'language', 'takes its language from') : []),
      ];
    case 'check':
      return lintCheckSlots(flow);
    case 'subflow':
      return lintCall(assets, flow, node);
    case 'end':
      return lintResults(flow, node);
    default:
      return [];
  }
}

/** What texts know by these names is worked out by the engine: a slot of that name would never be seen. */
export const TAKEN_NAMES: readonly string[] = [
  'staffed',
  'place',
  'country',
  'numbers',
  'shortNumbers',
  'nextShift',
  'familyNumbers',
  'topic',
  'services',
];

/** A slot that several flows use is of one type in all of them, and no name is one that texts know already. */
export function lintDeclarations(assets: Assets, flow: Flow): readonly Finding[] {
  const taken = [...Object.keys(flow.slots), ...Object.keys(flow.args)]
    .filter((name) => TAKEN_NAMES.includes(name))
    .map((name) => ({
      message: `"${name}" is a name that texts know already`,
      mend: `name it otherwise, for example ${flow.id.replaceAll('-', '_')}_${name}`,
    }));
  return [...taken, ...lintAgreement(assets, flow)];
}

function lintAgreement(assets: Assets, flow: Flow): readonly Finding[] {
  return Object.entries(flow.slots).flatMap(([slot, declaration]) =>
    [...assets.flows.values()]
      .filter((other) => other.id !== flow.id && slot in other.slots)
      .filter((other) => JSON.stringify(other.slots[slot]) !== JSON.stringify(declaration))
      .map((other) => ({
        message: `the slot "${slot}" is ${describe(declaration)} here and ${describe(other.slots[slot] ?? 'text')} in "${other.id}"`,
        mend: 'declare it the same way in both, or name one of them otherwise',
      })),
  );
}

function describe(declaration: SlotDeclaration): string {
  return typeof declaration === 'string' ? declaration : JSON.stringify(declaration);
}

function declared(slots: Slots, slot: string, does: string): readonly Finding[] {
  if (slot in slots) return [];
  return [
    {
      message: `${does} the slot "${slot}", which is not declared`,
      mend: `add under slots: ${slot}: text (or another type)`,
    },
  ];
}

function lintAskSlot(flow: Flow, node: AskNode): readonly Finding[] {
  const { slot } = node;
  if (slot === undefined) return [];
  const missing = declared(flow.slots, slot, 'asks for');
  const declaration = flow.slots[slot];
  if (declaration === undefined) return missing;
  const type = typeOf(declaration);
  const found: Finding[] = [];
  if (type === 'flag')
    found.push({
      message: `asks for the flag "${slot}"`,
      mend: 'a flag is set by a set node; ask for a choice',
    });
  if (isRead(type) && !('any' in node.exits) && !('other' in node.exits))
    found.push({
      message: `an answer for the ${type} "${slot}" has no exit`,
      mend: 'add an exit "any" for what was read',
    });
  if (type === 'choice' && 'other' in node.exits && choicesOf(node).length === 0)
    found.push({
      message: `asks for the choice "${slot}" but offers none`,
      mend: 'add choices, or declare it as text',
    });
  if (type === 'text' && 'any' in node.exits && node.choices === undefined)
    found.push({
      message: 'has "any" but neither a list of choices nor a slot that is read',
      mend: 'add choices: [...], or use "other" for free text',
    });
  return found;
}

function lintConditions(
  conditions: Readonly<Record<string, string>>,
  exits: Readonly<Record<string, string>>,
): readonly Finding[] {
  const names = Object.keys(conditions);
  return [
    ...names
      .filter((name) => !(name in exits))
      .map((name) => ({ message: `the condition "${name}" has no exit`, mend: `add an exit "${name}"` })),
    ...Object.keys(exits)
      .filter((name) => name !== 'else' && !names.includes(name))
      .map((name) => ({
        message: `the exit "${name}" has no condition`,
        mend: `write ${name}: … under branch, or delete the exit`,
      })),
  ];
}

function expressionsOf(flow: Flow, node: FlowNode): readonly (readonly [string, Expression])[] {
  return [...(flow.expressions.get(node.id) ?? [])];
}

/** What JavaScript or CEL calls a value → the slot types that may hold it. */
const HOLDS: Readonly<Record<string, readonly SlotType[]>> = {
  string: ['choice', 'date', 'phone', 'country', 'province', 'text', 'voice'],
  number: ['number'],
  int: ['number'],
  boolean: ['flag'],
  bool: ['flag'],
};

function lintValue(
  flow: Flow,
  slot: string,
  type: string | null,
  expression?: Expression,
): readonly Finding[] {
  const missing = declared(flow.slots, slot, 'sets');
  const declaration = flow.slots[slot];
  if (declaration === undefined || type === null) return missing;
  return fits(declaration, type)
    ? []
    : [
        {
          message: `puts ${expression === undefined ? `a ${type}` : `"${expression.source}" (${type})`} into the ${typeOf(declaration)} "${slot}"`,
          mend: `give a value of that type, or declare the slot otherwise`,
        },
      ];
}

function fits(declaration: SlotDeclaration, type: string): boolean {
  return HOLDS[type]?.includes(typeOf(declaration)) === true;
}

/** What the offer check reads and writes by name (bot/flow/nodes/check.ts). */
const CHECK_WRITES: readonly string[] = ['offer_level', 'offer_summary'];

function lintCheckSlots(flow: Flow): readonly Finding[] {
  return CHECK_WRITES.flatMap((slot) => declared(flow.slots, slot, 'a check fills'));
}

function lintCall(assets: Assets, flow: Flow, node: SubflowNode): readonly Finding[] {
  const callee = assets.flows.get(node.subflow);
  if (callee === undefined)
    return [{ message: `the flow "${node.subflow}" does not exist`, mend: 'name a flow of flows/' }];
  const given = new Map(expressionsOf(flow, node));
  const found: Finding[] = [];
  for (const [name, declaration] of Object.entries(callee.args)) {
    const expression = given.get(name);
    if (expression === undefined) {
      if (!(name in (node.with ?? {})))
        found.push({
          message: `"${callee.id}" needs the argument "${name}"`,
          mend: `add with: { ${name}: … }`,
        });
    } else if (!fits(declaration, expression.type))
      found.push({
        message: `the argument "${name}" of "${callee.id}" is ${typeOf(declaration)}, but "${expression.source}" gives ${expression.type}`,
        mend: 'give a value of that type',
      });
  }
  for (const name of Object.keys(node.with ?? {}))
    if (!(name in callee.args))
      found.push({ message: `"${callee.id}" takes no argument "${name}"`, mend: 'take it out of with:' });
  for (const [slot, name] of Object.entries(node.keep ?? {})) {
    found.push(...declared(flow.slots, slot, 'keeps a result in'));
    const result = callee.results[name];
    const declaration = flow.slots[slot];
    if (result === undefined)
      found.push({
        message: `"${callee.id}" gives no result "${name}"`,
        mend: `name one of: ${Object.keys(callee.results).join(', ') || 'it declares none under results:'}`,
      });
    else if (declaration !== undefined && typeOf(declaration) !== typeOf(result))
      found.push({
        message: `the result "${name}" of "${callee.id}" is ${typeOf(result)}, the slot "${slot}" is ${typeOf(declaration)}`,
        mend: 'declare both the same way',
      });
  }
  return found;
}

function lintResults(flow: Flow, node: FlowNode): readonly Finding[] {
  return expressionsOf(flow, node).flatMap(([name, expression]) => {
    const declaration = flow.results[name];
    if (declaration === undefined)
      return [
        { message: `gives the result "${name}", which is not declared`, mend: 'add it under results:' },
      ];
    if (fits(declaration, expression.type)) return [];
    return [
      {
        message: `the result "${name}" is ${typeOf(declaration)}, but "${expression.source}" gives ${expression.type}`,
        mend: 'give a value of that type',
      },
    ];
  });
}
