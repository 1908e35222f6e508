/** Reads one flow file into nodes of known kinds; every fault names file, line and mend. */
import { fault, checkShape, type YamlFile } from '../content/yaml.ts';
import type { Problem } from '../content/assets.ts';
import { type Flow, type FlowNode, FlowSchema, NODE_KINDS, NODE_SCHEMAS, type NodeKind } from './schema.ts';

export interface CompiledFlow {
  flow: Flow | null;
  problems: readonly Problem[];
}

export function compileFlow(file: YamlFile): CompiledFlow {
  const shape = checkShape(file, FlowSchema);
  if (!shape.ok) return { flow: null, problems: shape.problems };
  const { id, version, start, nodes: rawNodes } = shape.value;
  const problems: Problem[] = [];
  const nodes = new Map<string, FlowNode>();
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
  });
  return { flow: { id, version, start, nodes }, problems };
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
