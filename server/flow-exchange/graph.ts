/** Ways through a flow that is being read: what can be reached, and where it would run in a circle without waiting. */
import type { DraftFlow, DraftNode, Target } from './draft.ts';

export interface Resolved {
  /** where a key leads once parts that became nothing are skipped; null = the end */
  target: (key: Target) => Target;
  /** keys of parts that only lead back to themselves */
  empty: ReadonlySet<string>;
}

export function resolvePassages(flow: DraftFlow): Resolved {
  const nodes = new Set(flow.nodes.map(({ key }) => key));
  const empty = new Set<string>();
  const target = (key: Target): Target => {
    const seen = new Set<string>();
    for (let at = key; at !== null && !nodes.has(at); at = flow.passages.get(at) ?? null) {
      if (seen.has(at)) {
        for (const one of seen) empty.add(one);
        return null;
      }
      seen.add(at);
      const next = flow.passages.get(at);
      if (next !== undefined && next !== null && nodes.has(next)) return next;
    }
    return key !== null && nodes.has(key) ? key : null;
  };
  return { target, empty };
}

/** Nodes in the order in which a reader meets them: from the start, the first exit first. */
export function reachable(
  start: Target,
  nodes: ReadonlyMap<string, DraftNode>,
  target: (key: Target) => Target,
): readonly DraftNode[] {
  const found = new Map<string, DraftNode>();
  const open: Target[] = [target(start)];
  while (open.length > 0) {
    const key = open.pop() ?? null;
    const node = key === null ? undefined : nodes.get(key);
    if (node === undefined || found.has(node.key)) continue;
    found.set(node.key, node);
    const exits = (node.exits ?? []).map(([, to]) => target(to));
    open.push(...exits.reverse());
  }
  return [...found.values()];
}

export interface BackEdge {
  node: string;
  exit: string;
}

/** Exits that close a circle in which nothing waits for the person. Without recursion: an export may hold thousands of nodes. */
export function circlesWithoutWaiting(
  nodes: readonly DraftNode[],
  target: (key: Target) => Target,
): readonly BackEdge[] {
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const waits = (node: DraftNode): boolean => ['ask', 'lesson', 'end'].some((kind) => kind in node.body);
  const done = new Set<string>();
  const found: BackEdge[] = [];
  for (const first of nodes) {
    if (done.has(first.key) || waits(first)) continue;
    const onPath = new Set<string>([first.key]);
    const stack = [{ node: first, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top === undefined) break;
      const exit = top.node.exits?.[top.next];
      if (exit === undefined) {
        stack.pop();
        onPath.delete(top.node.key);
        done.add(top.node.key);
        continue;
      }
      top.next += 1;
      const to = target(exit[1]);
      const next = to === null ? undefined : byKey.get(to);
      if (next === undefined || waits(next)) continue;
      if (onPath.has(next.key)) found.push({ node: top.node.key, exit: exit[0] });
      else if (!done.has(next.key)) {
        onPath.add(next.key);
        stack.push({ node: next, next: 0 });
      }
    }
  }
  return found;
}

/** Parts that became nothing, on a way that is taken. */
export function passagesMet(flow: DraftFlow, nodes: readonly DraftNode[]): ReadonlySet<string> {
  const met = new Set<string>();
  const open: Target[] = [flow.start, ...nodes.flatMap(({ exits }) => (exits ?? []).map(([, to]) => to))];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (key === null || met.has(key) || !flow.passages.has(key)) continue;
    met.add(key);
    open.push(flow.passages.get(key) ?? null);
  }
  return met;
}
