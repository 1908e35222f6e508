/** Builds small RapidPro exports for tests: nodes by name, uuids spelled out. */
interface TestCase {
  type: string;
  arguments?: readonly string[];
  to: string;
}

export interface TestNode {
  id: string;
  actions?: readonly Readonly<Record<string, unknown>>[];
  /** where it goes on; null = the end */
  next?: string | null;
  wait?: Readonly<Record<string, unknown>>;
  router?: string;
  operand?: string;
  result?: string;
  cases?: readonly TestCase[];
  /** category → node it leads to */
  categories?: Readonly<Record<string, string | null>>;
  fallback?: string;
}

export function rapidFlow(
  nodes: readonly TestNode[],
  extra: Readonly<Record<string, unknown>> = {},
): unknown {
  return {
    uuid: 'flow-1',
    name: 'Trial',
    spec_version: '13.1.0',
    language: 'eng',
    localization: {},
    nodes: nodes.map(rapidNode),
    ...extra,
  };
}

export function rapidFile(nodes: readonly TestNode[], extra: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ version: '13', flows: [rapidFlow(nodes, extra)] });
}

function rapidNode(node: TestNode): unknown {
  const { id, actions = [], categories } = node;
  const numbered = actions.map((action, index) => ({ uuid: `${id}-action-${index + 1}`, ...action }));
  if (categories === undefined)
    return {
      uuid: id,
      actions: numbered,
      exits: [{ uuid: `${id}-exit`, destination_uuid: node.next ?? null }],
    };
  const names = Object.keys(categories);
  return {
    uuid: id,
    actions: numbered,
    router: {
      type: node.router ?? 'switch',
      ...(node.wait === undefined ? {} : { wait: node.wait }),
      operand: node.operand ?? '@input.text',
      ...(node.result === undefined ? {} : { result_name: node.result }),
      categories: names.map((name) => ({
        uuid: `${id}-category-${name}`,
        name,
        exit_uuid: `${id}-exit-${name}`,
      })),
      cases: (node.cases ?? []).map(({ type, arguments: given = [], to }, index) => ({
        uuid: `${id}-case-${index + 1}`,
        type,
        arguments: given,
        category_uuid: `${id}-category-${to}`,
      })),
      ...(node.fallback === undefined ? {} : { default_category_uuid: `${id}-category-${node.fallback}` }),
    },
    exits: names.map((name) => ({ uuid: `${id}-exit-${name}`, destination_uuid: categories[name] ?? null })),
  };
}

export const say = (
  text: string,
  extra: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  type: 'send_msg',
  text,
  ...extra,
});
