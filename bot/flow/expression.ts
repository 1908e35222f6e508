/** Conditions and values in flows: CEL, compiled once and type-checked against the slots a flow declares. */
import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import type { SessionMode } from '../engine/events.ts';
import type { RiskLevel } from '../safety/danger.ts';
import { ABILITIES, CEL_TYPES, FORBIDDEN_CALLS, KNOWN, SCOPE_NAMES } from './known-names.ts';
import { type Slots, type SlotValue, typeOf } from './slots.ts';

/** What an expression may know. `today` and `hour` are those of Vietnam. */
export interface Scope {
  slots: Readonly<Record<string, SlotValue>>;
  args: Readonly<Record<string, SlotValue>>;
  /** ids of the warning signs the last offer check found */
  signals: readonly string[];
  risk: RiskLevel;
  mode: SessionMode;
  place: 'vn' | 'abroad' | 'unknown';
  staffed: boolean;
  language: string;
  /** what the channel can show, never which channel it is */
  can: Can;
  /** true while a flow was left half-way and can be taken up again */
  unfinished: boolean;
  /** ISO date */
  today: string;
  /** 0–23 */
  hour: number;
}

export interface Can {
  audio: boolean;
  buttons: boolean;
  location: boolean;
}

export type Literal = string | number | boolean;

export interface Expression {
  source: string;
  /** CEL type of the value, e.g. `bool`, `int`, `string` */
  type: string;
  /** what it reads: `slots.age`, `args.topic`, `staffed`, `can.audio` … */
  reads: ReadonlySet<string>;
  /** literals beside each thing it reads: where its answer can change */
  literals: ReadonlyMap<string, readonly Literal[]>;
  /**
   * true: the answer depends only on comparisons of what it reads with literals, so trying values on both sides of each
   * literal shows every answer there is. false: the checker assumes every answer.
   */
  exact: boolean;
  /** A value that is missing, or a division by zero, is `failed`; never throws. */
  evaluate: (scope: Scope) => Evaluated;
}
export type Evaluated = { kind: 'value'; value: Literal } | { kind: 'failed'; why: string };

export type Compiled = { ok: true; expression: Expression } | { ok: false; message: string; mend: string };

/** Compiles the expressions of one flow. */
export function createExpressions(slots: Slots, args: Slots): (source: string) => Compiled {
  const environment = createEnvironment(slots, args);
  return (source) => {
    const checked = environment.check(source);
    if (!checked.valid) return { ok: false, ...explain(checked.error?.message ?? '', source, slots, args) };
    const parsed = environment.parse(source);
    const study = studyAst(parsed.ast);
    if (study.forbidden !== null)
      return {
        ok: false,
        message: `"${source}" uses ${study.forbidden}, which is not allowed here`,
        mend: 'compare slots with values, join with && || and !',
      };
    const { reads, literals, exact } = study;
    const evaluate = (scope: Scope): Evaluated => {
      try {
        const value: unknown = parsed(contextFor(reads, scope));
        return { kind: 'value', value: plainValue(value) };
      } catch (error) {
        return { kind: 'failed', why: firstLine(error instanceof Error ? error.message : '') };
      }
    };
    return {
      ok: true,
      expression: { source, type: checked.type ?? 'dyn', reads, literals, exact, evaluate },
    };
  };
}

function createEnvironment(slots: Slots, args: Slots): Environment {
  const environment = new Environment({
    limits: { maxAstNodes: 120, maxDepth: 16, maxListElements: 60, maxMapEntries: 0, maxCallArguments: 4 },
  });
  const schemaOf = (declared: Slots): Record<string, string | Readonly<Record<string, string>>> =>
    Object.fromEntries(Object.entries(declared).map(([name, slot]) => [name, CEL_TYPES[typeOf(slot)]]));
  environment.registerVariable({ name: 'slots', schema: schemaOf(slots) });
  environment.registerVariable({ name: 'args', schema: schemaOf(args) });
  environment.registerVariable({ name: 'can', schema: typesOf(ABILITIES) });
  for (const [name, { type }] of Object.entries(KNOWN)) environment.registerVariable(name, type);
  return environment;
}

function typesOf(known: Readonly<Record<string, { type: string }>>): Record<string, string> {
  return Object.fromEntries(Object.entries(known).map(([name, { type }]) => [name, type]));
}

/** Only what the expression reads is handed over; whole numbers as CEL knows them. */
function contextFor(reads: ReadonlySet<string>, scope: Scope): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  const slots: Record<string, unknown> = {};
  const args: Record<string, unknown> = {};
  context['slots'] = slots;
  context['args'] = args;
  for (const name of reads) {
    const [root = '', part = ''] = name.split('.');
    if (root === 'slots') put(slots, part, scope.slots[part]);
    else if (root === 'args') put(args, part, scope.args[part]);
    else if (root === 'can') context['can'] = scope.can;
    else context[root] = root === 'hour' ? BigInt(scope.hour) : rootValue(scope, root);
  }
  return context;
}

function rootValue(scope: Scope, root: string): unknown {
  const { signals, risk, mode, place, staffed, language, unfinished, today } = scope;
  const roots: Readonly<Record<string, unknown>> = {
    signals,
    risk,
    mode,
    place,
    staffed,
    language,
    unfinished,
    today,
  };
  return roots[root];
}

function put(into: Record<string, unknown>, name: string, value: SlotValue | undefined): void {
  if (value === undefined) return;
  into[name] =
    typeof value === 'object'
      ? Object.fromEntries(
          Object.entries(value).flatMap(([part, inner]) => (inner === null ? [] : [[part, celValue(inner)]])),
        )
      : celValue(value);
}

function celValue(value: Literal): unknown {
  return typeof value === 'number' ? BigInt(Math.trunc(value)) : value;
}

function plainValue(value: unknown): Literal {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new Error('the value is neither a text, a number nor yes/no');
}

interface Study {
  reads: Set<string>;
  literals: Map<string, Literal[]>;
  exact: boolean;
  forbidden: string | null;
}

const COMPARISONS: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];
function studyAst(ast: ASTNode): Study {
  const study: Study = { reads: new Set(), literals: new Map(), exact: true, forbidden: null };
  visit(ast, study);
  return study;
}

function visit(node: ASTNode, study: Study): void {
  const name = nameOf(node);
  if (name !== null) {
    study.reads.add(name.read);
    return;
  }
  if (isComparison(node)) {
    const [left, right] = node.args;
    note(study, left, right);
    visit(left, study);
    visit(right, study);
    return;
  }
  switch (node.op) {
    case 'value':
      return;
    case 'list':
      for (const item of node.args) visit(item, study);
      return;
    case '&&':
    case '||':
      for (const item of node.args) visit(item, study);
      return;
    case '!_':
      visit(node.args, study);
      return;
    case 'call': {
      const [called, given] = node.args;
      if (FORBIDDEN_CALLS.includes(called)) study.forbidden = `${called}()`;
      if (called !== 'has') study.exact = false;
      for (const item of given) visit(item, study);
      return;
    }
    case 'rcall': {
      const [called, target, given] = node.args;
      if (FORBIDDEN_CALLS.includes(called)) study.forbidden = `${called}()`;
      study.exact = false;
      visit(target, study);
      for (const item of given) visit(item, study);
      return;
    }
    default:
      study.exact = false;
      for (const item of children(node)) visit(item, study);
  }
}

function isComparison(node: ASTNode): node is Extract<ASTNode, { op: '==' | 'in' }> {
  return COMPARISONS.includes(node.op) || node.op === 'in';
}

/** A comparison shows every answer when one side is read and the other is a literal or a list of them. */
function note(study: Study, left: ASTNode, right: ASTNode): void {
  const name = nameOf(left) ?? nameOf(right);
  const values = literalsOf(nameOf(left) === null ? left : right);
  if (name === null || values === null) {
    study.exact = false;
    return;
  }
  study.literals.set(name.full, [...(study.literals.get(name.full) ?? []), ...values]);
}

function literalsOf(node: ASTNode): readonly Literal[] | null {
  if (node.op === '-_') {
    const inner = literalsOf(node.args);
    const first = inner?.[0];
    return typeof first === 'number' ? [-first] : null;
  }
  if (node.op === 'list') {
    const all = node.args.map(literalsOf);
    return all.some((one) => one === null) ? null : all.flatMap((one) => one ?? []);
  }
  if (node.op !== 'value') return null;
  const value = node.args;
  if (typeof value === 'bigint') return [Number(value)];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [value]
    : null;
}

/** `slots.pay.amount` reads `slots.pay`; a bare name reads itself. */
function nameOf(node: ASTNode): { read: string; full: string } | null {
  if (node.op === 'id') return { read: node.args, full: node.args };
  if (node.op !== '.') return null;
  const inner = nameOf(node.args[0]);
  if (inner === null) return null;
  const full = `${inner.full}.${node.args[1]}`;
  return { read: inner.full.includes('.') ? inner.read : full, full };
}

function children(node: ASTNode): readonly ASTNode[] {
  const found: ASTNode[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(collect);
    else if (isNode(value)) found.push(value);
  };
  collect(node.args);
  return found;
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/** Says what is wrong in the words of the flow, and what to write instead. */
function explain(
  error: string,
  source: string,
  slots: Slots,
  args: Slots,
): { message: string; mend: string } {
  const first = firstLine(error);
  const key = /No such key: (\w+)/.exec(first)?.[1];
  if (key !== undefined)
    return {
      message: `"${source}" reads "${key}", which is not declared`,
      mend: `declare it under slots: or args:, or use one of: ${[...Object.keys(slots), ...Object.keys(args)].join(', ') || 'none yet'}`,
    };
  const unknown = /Unknown variable: (\w+)/.exec(first)?.[1];
  if (unknown !== undefined)
    return {
      message: `"${source}" reads "${unknown}", which does not exist`,
      mend:
        unknown in slots ? `write slots.${unknown}` : `use slots.<name> or one of: ${SCOPE_NAMES.join(', ')}`,
    };
  const overload = /no such overload: (.+)/.exec(first)?.[1];
  if (overload !== undefined)
    return {
      message: `"${source}" compares what cannot be compared (${overload})`,
      mend: 'compare numbers with numbers, texts with texts in quotes, dates as "2026-12-31"',
    };
  return {
    message: `"${source}" cannot be read: ${first === '' ? 'not a valid expression' : first}`,
    mend: 'for example: has(slots.age) && slots.age < 18',
  };
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').trim();
}
