/**
 * Edits the text of a flow file. Every edit replaces only the characters it is about, so comments, order and line breaks
 * elsewhere stay byte for byte, and every edit comes with the one that takes it back.
 */
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { flowText, itemOf, pairText } from './node-text.ts';
import type { FlowOperation, NodeFields } from './operations.ts';

export type EditFault =
  'not_a_flow' | 'unknown_node' | 'unknown_field' | 'id_taken' | 'last_node' | 'is_start';
export type Edited =
  | { kind: 'edited'; text: string; inverse: FlowOperation }
  /** nothing was changed */
  | { kind: 'refused'; fault: EditFault };

/** Applies all, in order, or none. The inverse gives exactly the text from before. */
export function editFlow(text: string, operations: readonly FlowOperation[]): Edited {
  let edited = text;
  for (const operation of operations) {
    const next = applyOne(edited, operation);
    if (typeof next !== 'string') return { kind: 'refused', fault: next.fault };
    edited = next;
  }
  // what cannot be read again is never handed out
  if (readFlow(edited) === null) return { kind: 'refused', fault: 'not_a_flow' };
  return { kind: 'edited', text: edited, inverse: spliceBetween(edited, text) };
}

/** The nodes as they can be pasted, here or into another flow; ids that are not there are passed over. */
export function copyNodes(text: string, ids: readonly string[]): readonly unknown[] {
  const flow = readFlow(text);
  if (flow === null) return [];
  return ids.flatMap((id) => {
    const found = findNode(flow, id);
    const node: unknown = found?.map.toJS(flow.document);
    return node === undefined ? [] : [node];
  });
}

interface FlowText {
  text: string;
  document: Document.Parsed;
  root: YAMLMap;
  nodes: YAMLSeq;
}
interface Found {
  index: number;
  map: YAMLMap;
}
interface Fault {
  fault: EditFault;
}
/** half open, in UTF-16 units */
type Span = readonly [from: number, to: number];

function readFlow(text: string): FlowText | null {
  const document = parseDocument(text);
  const root = document.contents;
  if (document.errors.length > 0 || !isMap(root)) return null;
  const nodes = root.get('nodes', true);
  return isSeq(nodes) && nodes.flow !== true ? { text, document, root, nodes } : null;
}

function applyOne(text: string, operation: FlowOperation): string | Fault {
  if (operation.kind === 'splice') {
    const { at, remove, insert } = operation;
    return text.slice(0, at) + insert + text.slice(at + remove);
  }
  const flow = readFlow(text);
  if (flow === null) return { fault: 'not_a_flow' };
  switch (operation.kind) {
    case 'add_node':
      return findNode(flow, operation.node.id) === null
        ? insertLines(flow, itemOf(operation.node), operation.after)
        : { fault: 'id_taken' };
    case 'paste_nodes':
      return paste(flow, operation.nodes, operation.after);
    case 'connect':
      return setField(flow, operation.node, ['exits', operation.exit], operation.target);
    case 'disconnect':
      return setField(flow, operation.node, ['exits', operation.exit], null);
    case 'set_field':
      return setField(flow, operation.node, operation.path, operation.value);
    case 'rename_node':
      return rename(flow, operation.node, operation.to);
    case 'delete_node':
      return remove(flow, operation.node);
    case 'move_node':
      return move(flow, operation.node, operation.after);
  }
}

function findNode(flow: FlowText, id: string): Found | null {
  for (const [index, map] of flow.nodes.items.entries())
    if (isMap(map) && map.get('id') === id) return { index, map };
  return null;
}

function spanOf(node: unknown): Span {
  const range = isScalar(node) || isMap(node) || isSeq(node) ? node.range : null;
  if (!range) throw new Error('a node that was parsed has a place');
  return [range[0], range[1]];
}

/** The whole lines of an item of `nodes`, from its hyphen, with a comment behind it; without those above. */
function linesOf(flow: FlowText, map: unknown): Span {
  const [from, to] = spanOf(map);
  const start = flow.text.lastIndexOf('\n', from - 1) + 1;
  const last = flow.text.slice(from, to).trimEnd().length + from;
  const end = flow.text.indexOf('\n', last);
  return [start, end === -1 ? flow.text.length : end + 1];
}

function insertLines(flow: FlowText, lines: string, after: string | null): string | Fault {
  const found = after === null ? null : findNode(flow, after);
  if (after !== null && found === null) return { fault: 'unknown_node' };
  const at = found === null ? linesOf(flow, flow.nodes.items[0])[0] : linesOf(flow, found.map)[1];
  const before = flow.text.slice(0, at);
  return `${before}${before.endsWith('\n') ? '' : '\n'}${lines}${flow.text.slice(at)}`;
}

function remove(flow: FlowText, id: string): string | Fault {
  const found = findNode(flow, id);
  if (found === null) return { fault: 'unknown_node' };
  if (flow.nodes.items.length === 1) return { fault: 'last_node' };
  if (flow.root.get('start') === id) return { fault: 'is_start' };
  const [from, to] = linesOf(flow, found.map);
  return dropExitsTo(flow.text.slice(0, from) + flow.text.slice(to), id);
}

function dropExitsTo(text: string, id: string): string | Fault {
  const flow = readFlow(text);
  if (flow === null) return { fault: 'not_a_flow' };
  for (const node of flow.nodes.items) {
    const exits = isMap(node) ? node.get('exits', true) : null;
    const pair = isMap(exits)
      ? exits.items.find(({ value }) => isScalar(value) && value.value === id)
      : undefined;
    if (isMap(exits) && pair !== undefined) return dropExitsTo(removePair(text, exits, pair), id);
  }
  return text;
}

function move(flow: FlowText, id: string, after: string | null): string | Fault {
  const found = findNode(flow, id);
  if (found === null) return { fault: 'unknown_node' };
  if (after === id) return flow.text;
  const [from, to] = linesOf(flow, found.map);
  const lines = flow.text.slice(from, to);
  const rest = readFlow(flow.text.slice(0, from) + flow.text.slice(to));
  if (rest === null) return { fault: 'last_node' };
  return insertLines(rest, lines.endsWith('\n') ? lines : `${lines}\n`, after);
}

/** The id, where the flow starts, every exit, and where migrations lead to. */
function rename(flow: FlowText, id: string, to: string): string | Fault {
  const found = findNode(flow, id);
  if (found === null) return { fault: 'unknown_node' };
  if (id !== to && findNode(flow, to) !== null) return { fault: 'id_taken' };
  const migrations = flow.root.get('migrations', true);
  const migrated = isSeq(migrations)
    ? migrations.items.map((one) => (isMap(one) ? one.get('nodes', true) : null))
    : [];
  const exits = flow.nodes.items.map((node) => (isMap(node) ? node.get('exits', true) : null));
  const targets = [...exits, ...migrated].flatMap((map) =>
    isMap(map) ? map.items.map(({ value }) => value) : [],
  );
  return [flow.root.get('start', true), found.map.get('id', true), ...targets]
    .filter((scalar) => isScalar(scalar) && scalar.value === id)
    .map(spanOf)
    .sort(([a], [b]) => b - a)
    .reduce((text, [from, until]) => text.slice(0, from) + to + text.slice(until), flow.text);
}

function setField(flow: FlowText, id: string, path: readonly string[], value: unknown): string | Fault {
  const found = findNode(flow, id);
  if (found === null) return { fault: 'unknown_node' };
  return setIn(flow.text, found.map, path, value);
}

function setIn(
  text: string,
  map: YAMLMap,
  [key, ...deeper]: readonly string[],
  value: unknown,
): string | Fault {
  if (key === undefined || key === 'id') return { fault: 'unknown_field' };
  const pair = map.items.find((one) => isScalar(one.key) && String(one.key.value) === key);
  if (pair === undefined)
    return value === null
      ? text
      : addPair(
          text,
          map,
          key,
          deeper.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value),
        );
  if (deeper.length > 0)
    return isMap(pair.value) ? setIn(text, pair.value, deeper, value) : { fault: 'unknown_field' };
  if (value === null) return removePair(text, map, pair);
  const [from, to] = spanOf(pair.value);
  const old = text.slice(from, to);
  return text.slice(0, from) + flowText(value) + old.slice(old.trimEnd().length) + text.slice(to);
}

function addPair(text: string, map: YAMLMap, key: string, value: unknown): string | Fault {
  const last = map.items.at(-1);
  const [from, to] = spanOf(map);
  if (last === undefined) return `${text.slice(0, from)}${flowText({ [key]: value })}${text.slice(to)}`;
  const [keyAt] = spanOf(last.key);
  const [valueFrom, valueTo] = spanOf(last.value);
  const at = valueFrom + text.slice(valueFrom, valueTo).trimEnd().length;
  const lineStart = text.lastIndexOf('\n', keyAt - 1) + 1;
  const indent = keyAt - lineStart;
  const ownLine = map.flow !== true || text.slice(lineStart, keyAt).trim() === '';
  const comma = map.flow === true ? ',' : '';
  const between = ownLine ? `${comma}\n${' '.repeat(indent)}` : ', ';
  return `${text.slice(0, at)}${between}${pairText(key, value)}${text.slice(at)}`;
}

function removePair(text: string, map: YAMLMap, pair: Pair): string {
  const index = map.items.indexOf(pair);
  const next = map.items[index + 1];
  const before = map.items[index - 1];
  if (next === undefined && before === undefined) {
    const [from, to] = spanOf(map);
    // a block ends behind its line break
    return `${text.slice(0, from)}{}${text.slice(from + text.slice(from, to).trimEnd().length)}`;
  }
  const [start] = spanOf(pair.key);
  if (next !== undefined) return text.slice(0, start) + text.slice(spanOf(next.key)[0]);
  const endOf = (one: Pair | undefined): number => {
    const [from, to] = spanOf(one?.value);
    return from + text.slice(from, to).trimEnd().length;
  };
  return text.slice(0, endOf(before)) + text.slice(endOf(pair));
}

function paste(flow: FlowText, nodes: readonly NodeFields[], after: string | null): string | Fault {
  const taken = new Set(flow.nodes.items.map((node) => (isMap(node) ? String(node.get('id')) : '')));
  const here = new Set(taken);
  const ids = new Map(nodes.map(({ id }) => [id, takeId(id, taken)]));
  const lines = nodes.map((node) => {
    const { exits } = node;
    const id = ids.get(node.id) ?? node.id;
    if (typeof exits !== 'object' || exits === null || Array.isArray(exits)) return itemOf({ ...node, id });
    const kept = Object.entries(exits).flatMap(([name, target]) => {
      const known =
        typeof target === 'string' ? (ids.get(target) ?? (here.has(target) ? target : null)) : null;
      return known === null ? [] : [[name, known] as const];
    });
    return itemOf({ ...node, id, exits: Object.fromEntries(kept) });
  });
  return insertLines(flow, lines.join(''), after);
}

/** `wish` → `wish-2` when there is one; what is given out is taken. */
function takeId(id: string, taken: Set<string>): string {
  let free = id;
  for (let count = 2; taken.has(free); count += 1) free = `${id}-${count}`;
  taken.add(free);
  return free;
}

/** The smallest replacement that leads from one text to the other. */
function spliceBetween(from: string, to: string): FlowOperation {
  const shorter = Math.min(from.length, to.length);
  let head = 0;
  while (head < shorter && from[head] === to[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && from.at(-1 - tail) === to.at(-1 - tail)) tail += 1;
  return {
    kind: 'splice',
    at: head,
    remove: from.length - head - tail,
    insert: to.slice(head, to.length - tail),
  };
}
