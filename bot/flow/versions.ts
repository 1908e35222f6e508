/** Flows by version: sessions finish in the version they began, or are led over to the one of today by its migrations. */
import type { Position } from '../engine/session.ts';
import type { Flow, FlowNode, Migration } from './schema.ts';

export interface FlowVersions {
  /** the version of today, by id */
  readonly flows: ReadonlyMap<string, Flow>;
  /** released versions that are kept, by `id@version`; the one of today may be among them */
  readonly releases: ReadonlyMap<string, Flow>;
}

export function releaseKey(id: string, version: number): string {
  return `${id}@${version}`;
}

/** The flow a position stands in: its own version while that is kept; null when it is gone. */
export function flowAt(versions: FlowVersions, position: Pick<Position, 'flow' | 'version'>): Flow | null {
  const today = versions.flows.get(position.flow);
  if (today?.version === position.version) return today;
  return versions.releases.get(releaseKey(position.flow, position.version)) ?? null;
}

export function nodeOf(versions: FlowVersions, position: Position): FlowNode | null {
  return flowAt(versions, position)?.nodes.get(position.node) ?? null;
}

export type Move =
  | { kind: 'stays' }
  /** `sameQuestion`: what is written next may still be read as the answer to it */
  | { kind: 'moves'; position: Position; sameQuestion: boolean; renamed: ReadonlyMap<string, string | null> }
  /** nothing to go on with */
  | { kind: 'gone' };

/**
 * Where somebody stands now: pinned to the version they began while that is kept and no later one is urgent, else led over
 * version by version.
 */
export function moveOf(versions: FlowVersions, position: Position): Move {
  const today = versions.flows.get(position.flow);
  const own = flowAt(versions, position);
  if (own?.nodes.has(position.node) === true && !isUrgent(today, position.version)) return { kind: 'stays' };
  if (today === undefined || position.version > today.version) return { kind: 'gone' };
  let node: string | null = position.node;
  let renamed: ReadonlyMap<string, string | null> = new Map();
  for (let version = position.version; version < today.version; version += 1) {
    const migration = today.migrations.find(({ from }) => from === version);
    node = mapNode(migration, node);
    if (node === null) return { kind: 'gone' };
    renamed = renameOn(renamed, migration?.slots ?? {});
  }
  if (!today.nodes.has(node)) return { kind: 'gone' };
  return {
    kind: 'moves',
    position: { ...position, version: today.version, node },
    sameQuestion: node === position.node,
    renamed,
  };
}

export function mapNode(migration: Migration | undefined, node: string): string | null {
  const mapped = migration?.nodes?.[node];
  return mapped === undefined ? node : mapped;
}

function isUrgent(today: Flow | undefined, version: number): boolean {
  return (
    today !== undefined &&
    version < today.version &&
    today.migrations.some((migration) => migration.urgent === true && migration.from >= version)
  );
}

/** Names given by earlier migrations are renamed on; the others by this one. */
function renameOn(
  renamed: ReadonlyMap<string, string | null>,
  slots: Readonly<Record<string, string | null>>,
): ReadonlyMap<string, string | null> {
  const next = new Map<string, string | null>();
  for (const [first, last] of renamed) {
    const further = last === null ? undefined : slots[last];
    next.set(first, further === undefined ? last : further);
  }
  for (const [from, to] of Object.entries(slots)) if (!renamed.has(from)) next.set(from, to);
  return next;
}
