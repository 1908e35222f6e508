/** What makes a RapidPro export unreadable: unknown versions, targets that are not there, ids given twice. */
import type { RapidFlow, RapidNode } from './rapidpro-shapes.ts';
import type { ExchangeFault } from './report.ts';

/** Major versions whose flows are read. */
const VERSIONS: readonly string[] = ['13', '14'];

export function findRapidFaults(flows: readonly RapidFlow[], version: unknown): readonly ExchangeFault[] {
  const faults: ExchangeFault[] = [];
  const add = (place: string, message: string, mend: string): void => {
    faults.push({ place, message, mend });
  };
  if ((typeof version === 'string' || typeof version === 'number') && !isKnown(String(version)))
    add('version', 'this version of RapidPro exports is not known', 'export version 13');
  const seen = new Set<string>();
  flows.forEach((flow, index) => {
    const at = `flows[${index}]`;
    if (flow.spec_version !== null && flow.spec_version !== undefined && !isKnown(flow.spec_version))
      add(`${at}.spec_version`, 'this version of flows is not known', 'export version 13');
    if (seen.has(flow.uuid)) add(`${at}.uuid`, 'two flows have the same uuid', 'keep one of them');
    seen.add(flow.uuid);
    const nodes = new Set<string>();
    flow.nodes.forEach((node, position) => {
      if (nodes.has(node.uuid))
        add(`${at}.nodes[${position}].uuid`, 'two nodes have the same uuid', 'give one of them another');
      nodes.add(node.uuid);
    });
    flow.nodes.forEach((node, position) => {
      faultsOfNode(`${at}.nodes[${position}]`, node, nodes, add);
    });
  });
  return faults;
}

function isKnown(version: string): boolean {
  return VERSIONS.includes(version.split('.')[0] ?? '');
}

function faultsOfNode(
  at: string,
  node: RapidNode,
  nodes: ReadonlySet<string>,
  add: (place: string, message: string, mend: string) => void,
): void {
  node.exits.forEach(({ destination_uuid: to }, index) => {
    if (to !== null && to !== undefined && !nodes.has(to))
      add(
        `${at}.exits[${index}]`,
        'it leads to a node that does not exist',
        'lead it to a node of this flow, or nowhere (null)',
      );
  });
  const { router } = node;
  if (router === null || router === undefined) return;
  const exits = new Set(node.exits.map(({ uuid }) => uuid));
  const categories = new Set(router.categories.map(({ uuid }) => uuid));
  router.categories.forEach(({ exit_uuid: exit }, index) => {
    if (exit !== null && exit !== undefined && !exits.has(exit))
      add(`${at}.router.categories[${index}]`, 'its exit does not exist', 'name an exit of this node');
  });
  (router.cases ?? []).forEach(({ category_uuid: category }, index) => {
    if (!categories.has(category))
      add(`${at}.router.cases[${index}]`, 'its category does not exist', 'name a category of this router');
  });
  const fallback = router.default_category_uuid;
  if (fallback !== null && fallback !== undefined && fallback !== '' && !categories.has(fallback))
    add(
      `${at}.router.default_category_uuid`,
      'this category does not exist',
      'name a category of this router',
    );
  const silent = router.wait?.timeout?.category_uuid;
  if (silent !== undefined && !categories.has(silent))
    add(`${at}.router.wait.timeout`, 'its category does not exist', 'name a category of this router');
}
