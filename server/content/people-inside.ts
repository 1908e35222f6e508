/** Who stands where in the flows a draft changes, and what becomes of them when it is published: counts only. */
import { readFlowVersions, whereTo } from '../../bot/index.ts';
import type { Db } from '../ports.ts';
import { listStanding } from '../store/places-of-people.ts';
import { readContent } from '../store/content-files.ts';
import type { DraftContent } from './draft-content.ts';
import { readFlowHead } from './flow-versions.ts';
import { changesBetween } from './manifest.ts';

export interface FlowPeople {
  flow: string;
  /** in which they stand */
  version: number;
  /** which would be today's; null: the flow goes */
  today: number | null;
  nodes: { node: string; people: number; then: 'stays' | 'moves' | 'gone'; to: string | null }[];
}

export async function listPeopleInside(
  db: Db,
  { base, manifest }: Pick<DraftContent, 'base' | 'manifest'>,
): Promise<readonly FlowPeople[]> {
  const changed = changesBetween(base, manifest).filter(({ path }) => /^flows\/[a-z0-9-]+\.yaml$/.test(path));
  if (changed.length === 0) return [];
  const flowsOf = Object.fromEntries(Object.entries(manifest).filter(([path]) => path.startsWith('flows/')));
  const sources = await readContent(db, flowsOf);
  const before = await readContent(
    db,
    Object.fromEntries(changed.flatMap(({ path, before: hash }) => (hash === null ? [] : [[path, hash]]))),
  );
  const versions = readFlowVersions(sources);
  const touched = new Set(
    [...before, ...sources.filter(({ path }) => changed.some((one) => one.path === path))].flatMap(
      ({ text }) => readFlowHead(text)?.id ?? [],
    ),
  );
  const found: FlowPeople[] = [];
  for (const { flow, version, node, people } of await listStanding(db)) {
    if (!touched.has(flow)) continue;
    const known = found.find((one) => one.flow === flow && one.version === version);
    const nodes = known?.nodes ?? [];
    nodes.push({ node, people, ...whereTo(versions, { flow, version, node }) });
    if (known === undefined)
      found.push({ flow, version, today: versions.flows.get(flow)?.version ?? null, nodes });
  }
  return found;
}
