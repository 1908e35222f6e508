/** docs/flow-language.md: the words of its template, and everything that must agree with the code taken from the code. */
import {
  type Assets,
  type BotEventType,
  FlowSchema,
  LessonSchema,
  LongMessageSchema,
  MAX_COMBINATIONS,
  MAX_PLACES,
  MAX_TO_A_NUMBER,
  MAX_TO_A_PERSON,
  MigrationSchema,
  NODE_KINDS,
  NODE_SCHEMAS,
  type NodeKind,
  RESERVED_EXIT_MEANINGS,
} from '../../bot/index.ts';
import { drawFlow } from '../flow-drawing/draw-flow.ts';
import { drawOptionsOf } from '../flow-drawing/picture.ts';
import { EXAMPLES, MIGRATION_EXAMPLE } from './examples.ts';
import { describeFields, tableOf } from './fields.ts';
import { limitsTable } from './limits.ts';
import {
  answersTable,
  conditionsTable,
  forbiddenCalls,
  namesTable,
  refusedTable,
  slotTypesTable,
} from './readings.ts';
import { EVENT_MEANINGS, eventsOfKinds } from './run-examples.ts';

export const PAGE = 'docs/flow-language.md';
export const TEMPLATE = 'server/flow-docs/page.template.md';
export const LIMITS_SOURCE = 'bot/engine/limits.ts';
const PICTURES = 'docs/images/flow-language';

/** One file of the documentation; `path` is relative to the repository. */
export interface DocFile {
  path: string;
  text: string;
}

/**
 * @param assets content with the examples in it
 * @param template text of the template, with `<!-- insert: name -->` where something is put in
 * @param limitsSource text of bot/engine/limits.ts
 * @returns the page and its pictures
 * @throws Error when the template asks for something that is not there, or leaves something out
 */
export function writePage(assets: Assets, template: string, limitsSource: string): readonly DocFile[] {
  const pictures = NODE_KINDS.map((kind) => pictureOf(assets, kind));
  const inserts = insertsOf(assets, limitsSource);
  const used = new Set<string>();
  const text = template.replaceAll(/<!-- insert: ([a-z-]+) -->/g, (_all, name: string) => {
    const insert = inserts[name];
    if (insert === undefined) throw new Error(`${TEMPLATE} asks for "${name}", which does not exist`);
    used.add(name);
    return insert;
  });
  const forgotten = Object.keys(inserts).filter((name) => !used.has(name));
  if (forgotten.length > 0) throw new Error(`${TEMPLATE} leaves out ${forgotten.join(', ')}`);
  return [{ path: PAGE, text }, ...pictures];
}

function insertsOf(assets: Assets, limitsSource: string): Readonly<Record<string, string>> {
  return {
    'generated-note': `<!-- Written by \`npm run flow -- docs\` from the schemas and ${TEMPLATE}; change it there, not here. -->`,
    'flow-fields': describeFields(FlowSchema).table,
    kinds: kindsText(assets),
    'kind-list': NODE_KINDS.map((kind) => `[\`${kind}\`](#${kind})`).join(', '),
    'reserved-exits': tableOf(
      ['exit', 'taken when'],
      Object.entries(RESERVED_EXIT_MEANINGS).map(([name, meaning]) => [`\`${name}\``, meaning]),
    ),
    'slot-types': slotTypesTable(),
    answers: answersTable(assets),
    names: namesTable(),
    conditions: conditionsTable(),
    refused: refusedTable(),
    'forbidden-calls': forbiddenCalls(),
    'migration-fields': describeFields(MigrationSchema).table,
    'migration-released': yaml(MIGRATION_EXAMPLE.released),
    'migration-today': yaml(MIGRATION_EXAMPLE.today),
    'message-fields': describeFields(LongMessageSchema).table,
    'lesson-fields': describeFields(LessonSchema).table,
    events: tableOf(
      ['event', 'tells that'],
      Object.entries(EVENT_MEANINGS).map(([type, meaning]) => [`\`${type}\``, meaning]),
    ),
    limits: limitsTable(limitsSource),
    'to-a-person': String(MAX_TO_A_PERSON),
    'to-a-number': String(MAX_TO_A_NUMBER.normal),
    'to-a-number-quiet': String(MAX_TO_A_NUMBER.quiet),
    'max-combinations': String(MAX_COMBINATIONS),
    'max-places': new Intl.NumberFormat('en').format(MAX_PLACES),
  };
}

function kindsText(assets: Assets): string {
  const events = eventsOfKinds(assets);
  return NODE_KINDS.map((kind) => kindText(kind, events.get(kind) ?? [])).join('\n\n');
}

function kindText(kind: NodeKind, events: readonly BotEventType[]): string {
  const { meaning, table } = describeFields(NODE_SCHEMAS[kind]);
  const { flow, others } = EXAMPLES[kind];
  const more = Object.entries(others ?? {}).map(([name, text]) => `\`flows/${name}\`:\n\n${yaml(text)}`);
  return [
    `### ${kind}`,
    meaning,
    table,
    yaml(flow),
    ...more,
    `![The example above, drawn](${pictureName(kind)})`,
    `Events, as this example gives them: ${events.map((type) => `\`${type}\``).join(', ')}.`,
  ].join('\n\n');
}

function yaml(text: string): string {
  return `\`\`\`yaml\n${text.trimEnd()}\n\`\`\``;
}

function pictureName(kind: NodeKind): string {
  return `images/flow-language/${kind}.svg`;
}

function pictureOf(assets: Assets, kind: NodeKind): DocFile {
  const flow = assets.flows.get(`example-${kind}`);
  if (flow === undefined) throw new Error(`there is no example of ${kind}`);
  const options = { ...drawOptionsOf(assets, flow, 'en'), entries: [] };
  return { path: `${PICTURES}/${kind}.svg`, text: drawFlow(flow, options) };
}
