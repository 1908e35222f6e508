/** Flows nobody thought of: whatever the graph, what comes out compiles, ends, and leaves no part of the source unsaid. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileFlow } from '../../../bot/flow/compile.ts';
import { exitsOf, type Flow } from '../../../bot/flow/schema.ts';
import { readFlowBeside } from '../../../bot/index.ts';
import { loadRealAssets } from '../../support/assets.ts';
import { readYaml } from '../../../bot/content/yaml.ts';
import { imported, partsOf } from './fixtures.ts';
import { rapidFile, say, type TestNode } from './rapid.ts';

const RUNS = { numRuns: 150, seed: 20_261_125 };
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];
const target = fc.constantFrom(...KEYS, null);
const word = fc.constantFrom('yes', 'no', '1', '2', 'red wine', '@results.x', '👍', '', 'Đúng', "it's {x}");
const name = fc.constantFrom('X', 'Age', 'x', 'place', 'Kết quả');

const action = fc.oneof(
  word.map((text) => say(`Hello ${text}`)),
  fc
    .tuple(word, fc.array(word, { maxLength: 3 }))
    .map(([text, replies]) => say(text, { quick_replies: replies })),
  fc.tuple(name, word).map(([result, value]) => ({ type: 'set_run_result', name: result, value })),
  fc
    .tuple(name, word)
    .map(([field, value]) => ({ type: 'set_contact_field', field: { key: field, name: field }, value })),
  fc.constantFrom('call_webhook', 'open_ticket', 'send_email', 'brand_new_action').map((type) => ({ type })),
  fc
    .constantFrom('add_contact_groups', 'remove_contact_groups')
    .map((type) => ({ type, groups: [{ name: 'Youth' }] })),
  fc
    .constantFrom('eng', 'vie', '', 'nonsense')
    .map((language) => ({ type: 'set_contact_language', language })),
  fc.constantFrom('flow-1', 'elsewhere').map((uuid) => ({ type: 'enter_flow', flow: { uuid, name: uuid } })),
);

const test = fc.record({
  type: fc.constantFrom(
    'has_any_word',
    'has_phrase',
    'has_only_text',
    'has_beginning',
    'has_text',
    'has_number',
    'has_number_lt',
    'has_number_between',
    'has_number_eq',
    'has_date',
    'has_phone',
    'has_state',
    'has_pattern',
    'has_group',
    'has_category',
  ),
  arguments: fc.array(fc.oneof(word, fc.constantFrom('3', '4.5', '-2')), { maxLength: 2 }),
  to: fc.constantFrom('Yes', 'No', 'Other'),
});

const nodeCalled = (id: string): fc.Arbitrary<TestNode> =>
  fc.oneof(
    fc.record({ id: fc.constant(id), actions: fc.array(action, { maxLength: 3 }), next: target }),
    fc.record({
      id: fc.constant(id),
      actions: fc.array(action, { maxLength: 2 }),
      router: fc.constantFrom('switch', 'switch', 'switch', 'random'),
      result: name,
      operand: fc.constantFrom(
        '@input.text',
        '@results.x',
        '@fields.age',
        '@contact.language',
        '@contact.groups',
        '@child.run.status',
        '@webhook',
      ),
      cases: fc.array(test, { maxLength: 4 }),
      categories: fc.record({ Yes: target, No: target, Other: target, Silent: target }),
      fallback: fc.constantFrom('Other', 'Yes'),
    }),
    fc.record({
      id: fc.constant(id),
      actions: fc.array(action, { maxLength: 2 }),
      wait: fc.constantFrom(
        { type: 'msg' },
        { type: 'msg', hint: { type: 'audio' } },
        { type: 'msg', hint: { type: 'image' } },
        { type: 'msg', timeout: { seconds: 3700, category_uuid: `${id}-category-Silent` } },
      ),
      result: name,
      cases: fc.array(test, { maxLength: 4 }),
      categories: fc.record({ Yes: target, No: target, Other: target, Silent: target }),
      fallback: fc.constantFrom('Other', 'Yes'),
    }),
  );

const assets = await loadRealAssets();
/** Faults that only say which texts have to be written still. */
const ABOUT_TEXTS = /is missing in|has no label in/;

function compiled(text: string, path: string): Flow {
  const source = readYaml({ path, text });
  if (!source.ok) throw new Error(source.problems[0]?.message);
  const { flow, problems } = compileFlow(source.file);
  const faults = [...problems, ...readFlowBeside(assets, { path, text }).problems]
    .map(({ message }) => message)
    .filter((message) => !ABOUT_TEXTS.test(message));
  if (flow === null || faults.length > 0) throw new Error(`${faults.join('\n')}\n${text}`);
  return flow;
}

/** What the check of flows demands of every graph: targets that are there, nothing out of reach, no circle without a wait. */
function faultsOf(flow: Flow): readonly string[] {
  const faults: string[] = [];
  const seen = new Set([flow.start]);
  for (const id of seen) {
    const node = flow.nodes.get(id);
    if (node === undefined) faults.push(`${id} is not there`);
    else for (const [, to] of exitsOf(node)) seen.add(to);
  }
  for (const id of flow.nodes.keys()) if (!seen.has(id)) faults.push(`${id} is out of reach`);
  const waits = (id: string): boolean => ['ask', 'end'].includes(flow.nodes.get(id)?.kind ?? 'end');
  const ways = (id: string): readonly string[] => {
    const node = flow.nodes.get(id);
    return node === undefined || waits(id) ? [] : exitsOf(node).map(([, to]) => to);
  };
  for (const id of flow.nodes.keys()) {
    const met = new Set(ways(id));
    for (const next of met) for (const to of ways(next)) met.add(to);
    if (met.has(id)) faults.push(`${id} runs in a circle`);
  }
  return faults;
}

function check(text: string): void {
  const known = [...assets.flows.values()];
  const { flows, placed, notes } = imported(text, {
    served: ['vi', 'en'],
    flows: known.map(({ id }) => id),
    slots: known.flatMap(({ slots }) => Object.keys(slots)),
  });
  const accounted = new Set([...placed.map(({ source }) => source), ...notes.flatMap(({ ids }) => ids)]);
  const nodes = new Set<string>();
  for (const file of flows) {
    const flow = compiled(file.text, file.path);
    for (const id of flow.nodes.keys()) nodes.add(`${flow.id}.${id}`);
    expect(faultsOf(flow)).toEqual([]);
  }
  expect(partsOf(text).filter((part) => !accounted.has(part))).toEqual([]);
  expect(placed.filter(({ flow, node }) => !nodes.has(`${flow}.${node}`))).toEqual([]);
}

describe('any RapidPro flow', () => {
  it('compiles and is accounted for', () => {
    fc.assert(
      fc.property(fc.tuple(...KEYS.map(nodeCalled)), (nodes) => {
        check(rapidFile(nodes));
      }),
      RUNS,
    );
  });
});

const exit = (id: string, index: number) =>
  fc.record({
    uuid: fc.constant(`${id}-exit-${index}`),
    name: fc.constantFrom('Yes', 'no', '1', ''),
    default: fc.constantFrom(true, false, null),
    test: fc.constantFrom(
      null,
      '',
      '@(TRUE)',
      '@(block.value = "Yes")',
      '@(block.value = 2)',
      '@(flow.a.value > 3)',
      '@(AND(flow.b.value = "Yes", channel.mode != "ivr"))',
      '@(LEN(flow.a) > 3)',
      'nonsense ((',
    ),
    destination_block: target,
  });

const blockCalled = (id: string) =>
  fc.record({
    uuid: fc.constant(id),
    name: fc.constant(id),
    label: word,
    type: fc.constantFrom(
      'MobilePrimitives.Message',
      'MobilePrimitives.SelectOneResponse',
      'MobilePrimitives.SelectManyResponses',
      'MobilePrimitives.NumericResponse',
      'MobilePrimitives.OpenResponse',
      'SmartDevices.LocationResponse',
      'SmartDevices.PhotoResponse',
      'Core.Case',
      'Core.RunFlow',
      'Core.Log',
      'Core.Output',
      'Core.SetContactProperty',
      'Core.SetGroupMembership',
      'ConsoleIO.Print',
      'Vendor.Surprise',
    ),
    config: fc.oneof(
      fc.constant([]),
      fc.record({
        prompt: word,
        choices: fc.constantFrom({ Yes: 'r', no: 'r' }, {}, [{ name: 'Yes', test: 'block.response = "y"' }]),
        flow_id: fc.constantFrom('flow-1', 'x'),
        value: word,
      }),
      fc.record({
        property_key: fc.constantFrom('language', 'district'),
        property_value: fc.constantFrom('eng', '@(flow.a.value)', 'Hue', ''),
        group_name: word,
        is_member: fc.boolean(),
      }),
    ),
    exits: fc
      .integer({ min: 0, max: 3 })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => exit(id, index)))),
  });

describe('any FLOIP flow', () => {
  it('compiles and is accounted for', () => {
    fc.assert(
      fc.property(fc.tuple(...KEYS.map(blockCalled)), (blocks) => {
        const resources = [{ uuid: 'r', values: [{ language_id: '1', content_type: 'TEXT', value: 'Yes' }] }];
        const languages = [{ id: '1', iso_639_3: 'eng' }];
        check(
          JSON.stringify({
            specification_version: '1.0.0-rc2',
            flows: [{ uuid: 'flow-1', name: 'Trial', languages, blocks }],
            resources,
          }),
        );
      }),
      RUNS,
    );
  });
});
