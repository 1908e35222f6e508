/** Released flows: what people stand in is never edited, and every later version says where they go. */
import type { Assets, Problem } from '../content/assets.ts';
import { fault, warning, type YamlFile } from '../content/yaml.ts';
import type { Flow, FlowNode } from './schema.ts';
import { mapNode } from './versions.ts';

/**
 * @param files the flows of today
 * @param released flows/released/<id>.<version>.yaml
 */
export function lintReleases(
  assets: Assets,
  files: readonly YamlFile[],
  released: readonly YamlFile[],
): readonly Problem[] {
  const problems: Problem[] = [];
  for (const flow of assets.releases.values()) {
    const today = assets.flows.get(flow.id);
    const path = `flows/released/${flow.id}.${flow.version}.yaml`;
    if (today === undefined)
      problems.push(
        fault(
          path,
          null,
          `the flow "${flow.id}" exists no more`,
          'delete this file once nobody stands in it',
        ),
      );
    else if (flow.version > today.version)
      // right after a release was taken back: who stands in the later version finishes it, and the next change goes past it
      problems.push(
        warning(
          `flows/${flow.id}.yaml`,
          null,
          `version ${today.version} is older than the released version ${flow.version}`,
          `at the next change raise version: to ${flow.version + 1}`,
        ),
      );
  }
  for (const file of files) {
    const flow = [...assets.flows.values()].find((one) => file.path === `flows/${one.id}.yaml`);
    if (flow === undefined) continue;
    problems.push(...lintUnchanged(assets, flow, file, released), ...lintMigrations(assets, flow, file));
  }
  return problems;
}

function lintUnchanged(
  assets: Assets,
  flow: Flow,
  file: YamlFile,
  released: readonly YamlFile[],
): readonly Problem[] {
  if (!assets.releases.has(`${flow.id}@${flow.version}`)) return [];
  const copy = released.find(({ path }) => path.endsWith(`/${flow.id}.${flow.version}.yaml`));
  if (copy === undefined || JSON.stringify(copy.data) === JSON.stringify(file.data)) return [];
  return [
    fault(
      file.path,
      file.lineOf(['version']),
      `changed since it was released as version ${flow.version}`,
      `raise version: to ${flow.version + 1} and say under migrations: where people go who stand in version ${flow.version}`,
    ),
  ];
}

/** Every place where somebody may wait in a kept version has a place in the next one, or is said to have none. */
function lintMigrations(assets: Assets, flow: Flow, file: YamlFile): readonly Problem[] {
  const problems: Problem[] = [];
  const at = (index: number): number | null => file.lineOf(['migrations', index]) ?? file.lineOf(['version']);
  flow.migrations.forEach((migration, index) => {
    if (migration.from >= flow.version)
      problems.push(
        fault(
          file.path,
          at(index),
          `a migration from version ${migration.from} leads nowhere`,
          `from: is below ${flow.version}`,
        ),
      );
  });
  const earlier = [...assets.releases.values()].filter(
    (one) => one.id === flow.id && one.version < flow.version,
  );
  for (const past of earlier) {
    if (!flow.migrations.some(({ from }) => from === past.version)) {
      problems.push(
        fault(
          file.path,
          file.lineOf(['migrations']) ?? file.lineOf(['version']),
          `nothing says where people go who stand in version ${past.version}`,
          `add under migrations: { from: ${past.version} }, with nodes: for those that were renamed or removed`,
        ),
      );
      continue;
    }
    problems.push(...lintWays(flow, past, file));
  }
  return problems;
}

function lintWays(flow: Flow, past: Flow, file: YamlFile): readonly Problem[] {
  const index = flow.migrations.findIndex(({ from }) => from === past.version);
  const line = file.lineOf(['migrations', index]);
  const problems: Problem[] = [];
  for (const node of past.nodes.values()) {
    if (!waits(node)) continue;
    const target = wayOf(flow, past.version, node.id);
    if (target === null) continue;
    const next = flow.nodes.get(target);
    if (next === undefined)
      problems.push(
        fault(
          file.path,
          line,
          `people who wait at "${node.id}" of version ${past.version} have nowhere to go ("${target}" does not exist)`,
          `name a node: nodes: { ${node.id}: … }, or null when there is nothing to go on with`,
        ),
      );
    else if (!waits(next) || (next.kind === 'subflow') !== (node.kind === 'subflow'))
      problems.push(
        fault(
          file.path,
          line,
          `people who wait at "${node.id}" of version ${past.version} would stand at "${target}", which does not wait for them`,
          node.kind === 'subflow' ? 'name a subflow node, or null' : 'name an ask or lesson node, or null',
        ),
      );
  }
  for (const known of Object.keys(flow.migrations[index]?.nodes ?? {}))
    if (!past.nodes.has(known))
      problems.push(
        fault(file.path, line, `version ${past.version} has no node "${known}"`, 'take it out of nodes:'),
      );
  return problems;
}

/** Where a node of an earlier version leads by all migrations since; null = said to lead nowhere. */
function wayOf(flow: Flow, from: number, node: string): string | null {
  let target: string | null = node;
  for (let version = from; version < flow.version && target !== null; version += 1)
    target = mapNode(
      flow.migrations.find((one) => one.from === version),
      target,
    );
  return target;
}

function waits(node: FlowNode): boolean {
  return node.kind === 'ask' || node.kind === 'lesson' || node.kind === 'subflow';
}
