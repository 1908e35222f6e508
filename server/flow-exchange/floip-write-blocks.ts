/** One node of ours as a FLOIP block: what others can run, and beside it what brings the node back as it was. */
import type { Assets } from '../../bot/index.ts';
import { blockName, JOIN, resourceText, uuidOf, VENDOR } from './own.ts';
import { isRecord } from './read-json.ts';
import type { Note } from './report.ts';

export interface Resources {
  /** the entry of this key goes with the export */
  keep: (key: string) => void;
  entry: (language: string, key: string) => unknown;
  /** @returns the uuid of the resource; the same name is made once */
  put: (name: string, valueIn: (language: string) => string | null) => string;
  all: () => readonly unknown[];
}

export interface ExportedFlow {
  id: string;
  notes: Note[];
  resources: Resources;
  /** slot → block that asks for it */
  askedBy: Map<string, string>;
}

type Flow = Assets['flows'] extends ReadonlyMap<string, infer F> ? F : never;
export type ExportedNode = Flow['nodes'] extends ReadonlyMap<string, infer N> ? N : never;
type Kind<K extends ExportedNode['kind']> = Extract<ExportedNode, { kind: K }>;

interface Body {
  type: string;
  config: Readonly<Record<string, unknown>>;
  /** test of an exit by its name; null = no test */
  testOf: (exit: string) => string | null;
  /** exit taken when no test holds */
  fallback: string | null;
  messages: readonly string[];
  labels: readonly string[];
}

export function writeBlock(here: ExportedFlow, flow: Flow, node: ExportedNode, index: number): unknown {
  const body = bodyOf(here, flow, node);
  for (const key of [...body.messages, ...body.labels]) here.resources.keep(key);
  const { kind: _kind, id, ...fields } = node;
  const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'exits'));
  const exits = 'exits' in node ? Object.entries(node.exits) : [];
  return {
    uuid: uuidOf(`block/${flow.id}/${id}`),
    name: blockName(id),
    label: id,
    semantic_label: '',
    tags: [],
    vendor_metadata: {
      // builders ask for this to draw the exits
      floip: { ui_metadata: { branching_type: exits.length > 1 ? 'ADVANCED' : 'UNIFIED' } },
      [VENDOR]: { node: rest, hasExits: 'exits' in node, messages: body.messages, labels: body.labels },
    },
    ui_metadata: { canvas_coordinates: { x: (index % 6) * 260, y: Math.floor(index / 6) * 200 } },
    type: body.type,
    config: body.config,
    // a block needs a way out; an end's leads nowhere
    exits: ('exits' in node ? exits : [['end', null] as const]).map(([name, target]) => {
      const test = name === body.fallback ? null : body.testOf(name);
      return {
        uuid: uuidOf(`exit/${flow.id}/${id}/${name}`),
        name,
        ...(target === null ? {} : { destination_block: uuidOf(`block/${flow.id}/${target}`) }),
        ...(test === null ? {} : { test }),
        ...(name === body.fallback || target === null ? { default: true } : {}),
      };
    }),
  };
}

function bodyOf(here: ExportedFlow, flow: Flow, node: ExportedNode): Body {
  switch (node.kind) {
    case 'say':
      if (node.by !== undefined)
        note(here, node.id, 'say', 'FLOIP has no like of: by.', 'the text that fits every value.');
      return messageBody(here, node.id, typeof node.say === 'string' ? [node.say] : node.say);
    case 'ask':
      return askBody(here, flow, node);
    case 'branch':
      return branchBody(here, node);
    case 'set':
      return setBody(here, node);
    case 'subflow':
      return callBody(here, node);
    case 'handover':
      note(here, node.id, 'handover', 'FLOIP cannot ask for a person.', 'a message with its text.');
      return messageBody(here, node.id, [node.say]);
    case 'check':
      return caseBody(here, node.id, 'check', 'FLOIP cannot check an offer.', 'verify');
    case 'lesson':
      return caseBody(here, node.id, 'lesson', 'FLOIP knows no lessons.', 'done');
    case 'pick':
      return caseBody(here, node.id, 'pick', 'FLOIP cannot pick a way.', Object.keys(node.exits)[0] ?? null);
    case 'resume':
      return caseBody(here, node.id, 'resume', 'FLOIP cannot take up what was left half-way.', 'none');
    case 'end':
      if (node.end !== true || node.erase === true || node.result !== undefined)
        note(
          here,
          node.id,
          'end',
          'an end in FLOIP has no name, erases nothing and hands nothing back.',
          'a block without a way on.',
        );
      return {
        ...plain,
        type: 'Core.Log',
        config: { message: here.resources.put(`end/${flow.id}/${node.id}`, () => `end of ${flow.id}`) },
      };
    default:
      return assertNever(node);
  }
}

const plain: Omit<Body, 'type' | 'config'> = { testOf: () => null, fallback: null, messages: [], labels: [] };

function note(here: ExportedFlow, node: string, part: string, lost: string, instead: string): void {
  here.notes.push({
    flow: here.id,
    node,
    part,
    ids: [],
    lost,
    instead: `${instead.replace(/\.$/, '')}; it is kept in vendor_metadata.`,
  });
}

function prompt(here: ExportedFlow, node: string, keys: readonly string[]): string {
  const entries = keys.map((key) => here.resources.entry('vi', key));
  const extras = ['retry', 'invalid', 'quiet', 'audio'].filter((name) =>
    entries.some((entry) => isRecord(entry) && name in entry),
  );
  if (extras.length > 0)
    note(here, node, 'text', `FLOIP has no like of: ${extras.join(', ')}.`, 'the plain text.');
  if (entries.some((entry) => /\{\s*\w+\s*,/.test(resourceText(entry))))
    note(here, node, 'text', 'FLOIP cannot choose words inside a text.', 'the text with its ICU braces.');
  return here.resources.put(`text/${keys.join(' ')}`, (language) => {
    const said = keys
      .map((key) => here.resources.entry(language, key))
      .filter((entry) => entry !== undefined);
    return said.length === 0 ? null : said.map(resourceText).join(JOIN);
  });
}

function messageBody(here: ExportedFlow, node: string, keys: readonly string[]): Body {
  return {
    ...plain,
    type: 'MobilePrimitives.Message',
    config: { prompt: prompt(here, node, keys) },
    fallback: 'done',
    messages: keys,
  };
}

function askBody(here: ExportedFlow, flow: Flow, node: Kind<'ask'>): Body {
  const reserved: readonly string[] = ['any', 'other', 'skip', 'silence'];
  const own = node.choices ?? Object.keys(node.exits).filter((name) => !reserved.includes(name));
  const ids = 'skip' in node.exits ? [...own, 'skip'] : own;
  const unsaid = (['by', 'wait', 'route', 'settled'] as const).filter((name) => node[name] !== undefined);
  if (unsaid.length > 0)
    note(here, node.id, 'ask', `FLOIP has no like of: ${unsaid.join(', ')}.`, 'the question without them.');
  const declared = node.slot === undefined ? undefined : flow.slots[node.slot];
  const type = declared === undefined ? 'text' : typeof declared === 'string' ? declared : declared.type;
  const base = { prompt: prompt(here, node.id, [node.ask]) };
  const labels = ids.filter((id) => !hasLabel(here, node.ask, id)).map((id) => `choice.${id}`);
  const shared: Pick<Body, 'testOf' | 'fallback' | 'messages' | 'labels'> = {
    testOf: (exit) => (ids.includes(exit) ? `@(block.value = "${exit}")` : null),
    fallback: 'other' in node.exits ? 'other' : 'any' in node.exits ? 'any' : null,
    messages: [node.ask],
    labels,
  };
  if (ids.length > 0) {
    if (type !== 'choice' && type !== 'text')
      note(
        here,
        node.id,
        `ask (${type})`,
        'FLOIP takes either choices or a value, not both.',
        'the choices.',
      );
    const choices = Object.fromEntries(
      ids.map((id) => [
        id,
        here.resources.put(`choice/${node.ask}/${id}`, (language) => labelOf(here, language, node.ask, id)),
      ]),
    );
    return { ...shared, type: 'MobilePrimitives.SelectOneResponse', config: { ...base, choices } };
  }
  if (type === 'number') {
    const { min, max } = typeof declared === 'object' && declared.type === 'number' ? declared : {};
    return {
      ...shared,
      type: 'MobilePrimitives.NumericResponse',
      config: {
        ...base,
        ...(min === undefined ? {} : { validation_minimum: min }),
        ...(max === undefined ? {} : { validation_maximum: max }),
      },
    };
  }
  if (type !== 'text')
    note(here, node.id, `ask (${type})`, 'FLOIP does not read this kind of answer.', 'an open question.');
  return { ...shared, type: 'MobilePrimitives.OpenResponse', config: base };
}

function hasLabel(here: ExportedFlow, key: string, id: string): boolean {
  const entry = here.resources.entry('vi', key);
  return isRecord(entry) && isRecord(entry['choices']) && id in entry['choices'];
}

function labelOf(here: ExportedFlow, language: string, key: string, id: string): string | null {
  const entry = here.resources.entry(language, key);
  const own = isRecord(entry) && isRecord(entry['choices']) ? entry['choices'][id] : undefined;
  const found = own ?? here.resources.entry(language, `choice.${id}`);
  if (typeof found === 'string') return found;
  if (!isRecord(found)) return null;
  const label = found['label'] ?? found['text'];
  return typeof label === 'string' ? label : null;
}

function branchBody(here: ExportedFlow, node: Kind<'branch'>): Body {
  const base: Omit<Body, 'testOf'> = { ...plain, type: 'Core.Case', config: {}, fallback: 'else' };
  if (typeof node.branch !== 'string') {
    note(
      here,
      node.id,
      'branch',
      'conditions here are CEL, not FLOIP expressions.',
      'tests that never hold, so that "else" is taken.',
    );
    return { ...base, testOf: () => '@(FALSE)' };
  }
  const { branch } = node;
  const block = here.askedBy.get(branch);
  if (block !== undefined)
    return {
      ...base,
      testOf: (exit) =>
        exit === 'missing' ? `@(flow.${block}.value = "")` : `@(flow.${block}.value = "${exit}")`,
    };
  note(
    here,
    node.id,
    `branch on ${branch}`,
    'no block of this flow fills it.',
    'tests that never hold, so that "else" is taken.',
  );
  return { ...base, testOf: () => '@(FALSE)' };
}

function setBody(here: ExportedFlow, node: Kind<'set'>): Body {
  const { language, slots, ...others } = node.set;
  const pairs = Object.entries(slots ?? {});
  if (
    language !== undefined &&
    language !== '$slot' &&
    pairs.length === 0 &&
    Object.keys(others).length === 0
  )
    return {
      ...plain,
      type: 'Core.SetContactProperty',
      config: { set_contact_property: [{ property_key: 'language', property_value: language }] },
      fallback: 'done',
    };
  note(
    here,
    node.id,
    'set',
    `FLOIP cannot keep: ${Object.keys(node.set).join(', ')}.`,
    'a block that only goes on.',
  );
  return {
    ...plain,
    type: 'Core.Log',
    config: { message: here.resources.put('set', () => 'set') },
    fallback: 'done',
  };
}

function callBody(here: ExportedFlow, node: Kind<'subflow'>): Body {
  if (node.with !== undefined || node.keep !== undefined)
    note(here, node.id, 'subflow', 'FLOIP hands nothing over and takes nothing back.', 'the call alone.');
  const named = Object.keys(node.exits).filter((exit) => exit !== 'done');
  if (named.length > 0)
    note(
      here,
      node.id,
      'subflow',
      `a call in FLOIP has one way on, not: ${named.join(', ')}.`,
      'the exit "done".',
    );
  return {
    ...plain,
    type: 'Core.RunFlow',
    config: { flow_id: uuidOf(`flow/${node.subflow}`) },
    testOf: () => '@(FALSE)',
    fallback: 'done' in node.exits ? 'done' : (named[0] ?? null),
  };
}

function caseBody(
  here: ExportedFlow,
  node: string,
  part: string,
  lost: string,
  fallback: string | null,
): Body {
  note(here, node, part, lost, `a case that goes on by "${fallback ?? ''}"`);
  return { ...plain, type: 'Core.Case', config: {}, testOf: () => '@(FALSE)', fallback };
}

function assertNever(value: never): never {
  throw new Error(`unexpected ${String(value)}`);
}
