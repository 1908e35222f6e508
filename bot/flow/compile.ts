/** Reads one flow file into nodes of known kinds; every fault names file, line and mend. */
import { fault, checkShape, type YamlFile } from '../content/yaml.ts';
import type { Problem } from '../content/assets.ts';
import { type Compiled, createExpressions, type Expression } from './expression.ts';
import { NODE_KINDS, NODE_SCHEMAS, type NodeKind } from './node-schemas.ts';
import { type Flow, type FlowNode, FlowSchema } from './schema.ts';

export interface CompiledFlow {
  flow: Flow | null;
  problems: readonly Problem[];
}

export function compileFlow(file: YamlFile): CompiledFlow {
  const shape = checkShape(file, FlowSchema);
  if (!shape.ok) return { flow: null, problems: shape.problems };
  const { nodes: rawNodes, ...head } = shape.value;
  const slots = head.slots ?? {};
  const args = head.args ?? {};
  const problems: Problem[] = [];
  const nodes = new Map<string, FlowNode>();
  const expressions = new Map<string, ReadonlyMap<string, Expression>>();
  const lines = new Map<string, number>();
  const compile = createExpressions(slots, args);
  rawNodes.forEach((raw, index) => {
    const result = readNode(file, raw, index);
    problems.push(...result.problems);
    if (result.node === null) return;
    if (nodes.has(result.node.id)) {
      problems.push(
        fault(
          file.path,
          file.lineOf(['nodes', index]),
          `two nodes are called "${result.node.id}"`,
          'rename one',
        ),
      );
      return;
    }
    nodes.set(result.node.id, result.node);
    lines.set(result.node.id, file.lineOf(['nodes', index]) ?? 1);
    expressions.set(result.node.id, compileExpressions(file, index, result.node, compile, problems));
  });
  const flow: Flow = {
    path: file.path,
    lines,
    id: head.id,
    version: head.version,
    start: head.start,
    resume: head.resume ?? null,
    slots,
    args,
    results: head.results ?? {},
    migrations: head.migrations ?? [],
    nodes,
    expressions,
  };
  return { flow, problems };
}

/** The expressions of a node, by the name they stand under, and where they stand in the file. */
function sourcesOf(node: FlowNode): {
  at: readonly string[];
  sources: Readonly<Record<string, string>>;
  type: string | null;
} {
  switch (node.kind) {
    case 'branch':
      return { at: ['branch'], sources: typeof node.branch === 'string' ? {} : node.branch, type: 'bool' };
    case 'set':
      return { at: ['set', 'compute'], sources: node.set.compute ?? {}, type: null };
    case 'subflow':
      return { at: ['with'], sources: node.with ?? {}, type: null };
    case 'end':
      return { at: ['result'], sources: node.result ?? {}, type: null };
    default:
      return { at: [], sources: {}, type: null };
  }
}

function compileExpressions(
  file: YamlFile,
  index: number,
  node: FlowNode,
  compile: (source: string) => Compiled,
  problems: Problem[],
): ReadonlyMap<string, Expression> {
  const { at, sources, type } = sourcesOf(node);
  const compiled = new Map<string, Expression>();
  for (const [name, source] of Object.entries(sources)) {
    const line = file.lineOf(['nodes', index, ...at, name]);
    const result = compile(source);
    if (!result.ok) problems.push(fault(file.path, line, `${node.id}: ${result.message}`, result.mend));
    else if (type !== null && result.expression.type !== type)
      problems.push(
        fault(
          file.path,
          line,
          `${node.id}: "${source}" gives ${result.expression.type}, not yes or no`,
          'compare it with something, for example slots.age < 18',
        ),
      );
    else compiled.set(name, result.expression);
  }
  return compiled;
}

function readNode(
  file: YamlFile,
  raw: Record<string, unknown>,
  index: number,
): { node: FlowNode | null; problems: readonly Problem[] } {
  const at = ['nodes', index];
  const kinds = NODE_KINDS.filter((kind) => kind in raw && !(kind === 'say' && 'handover' in raw));
  const kind = kinds[0];
  if (kind === undefined || kinds.length !== 1) {
    const found = kinds.length === 0 ? 'no kind' : `several kinds (${kinds.join(', ')})`;
    return {
      node: null,
      problems: [
        fault(
          file.path,
          file.lineOf(at),
          `this node has ${found}`,
          `give it exactly one of: ${NODE_KINDS.join(' ')}`,
        ),
      ],
    };
  }
  return parseAs(file, kind, raw, at);
}

function parseAs(
  file: YamlFile,
  kind: NodeKind,
  raw: unknown,
  at: readonly PropertyKey[],
): { node: FlowNode | null; problems: readonly Problem[] } {
  const read = <K extends NodeKind, T extends { id: string }>(
    name: K,
    result: { ok: true; value: T } | { ok: false; problems: readonly Problem[] },
  ) =>
    result.ok
      ? { node: { kind: name, ...result.value }, problems: [] }
      : { node: null, problems: result.problems };
  switch (kind) {
    case 'say':
      return read('say', checkShape(file, NODE_SCHEMAS.say, raw, at));
    case 'ask':
      return read('ask', checkShape(file, NODE_SCHEMAS.ask, raw, at));
    case 'branch':
      return read('branch', checkShape(file, NODE_SCHEMAS.branch, raw, at));
    case 'set':
      return read('set', checkShape(file, NODE_SCHEMAS.set, raw, at));
    case 'check':
      return read('check', checkShape(file, NODE_SCHEMAS.check, raw, at));
    case 'lesson':
      return read('lesson', checkShape(file, NODE_SCHEMAS.lesson, raw, at));
    case 'pick':
      return read('pick', checkShape(file, NODE_SCHEMAS.pick, raw, at));
    case 'resume':
      return read('resume', checkShape(file, NODE_SCHEMAS.resume, raw, at));
    case 'subflow':
      return read('subflow', checkShape(file, NODE_SCHEMAS.subflow, raw, at));
    case 'handover':
      return read('handover', checkShape(file, NODE_SCHEMAS.handover, raw, at));
    case 'end':
      return read('end', checkShape(file, NODE_SCHEMAS.end, raw, at));
    default:
      return assertNever(kind);
  }
}

export function assertNever(value: never): never {
  throw new Error(`unexpected ${String(value)}`);
}
