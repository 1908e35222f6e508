/** RapidPro parts as nodes of ours, one by one. */
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { compileFlow } from '../../../bot/flow/compile.ts';
import { readYaml } from '../../../bot/content/yaml.ts';
import type { Surroundings } from '../../../server/flow-exchange/draft.ts';
import { imported, partsOf } from './fixtures.ts';
import { rapidFile, say, type TestNode } from './rapid.ts';

const FlowShape = z.looseObject({
  start: z.string(),
  slots: z.record(z.string(), z.unknown()).default({}),
  nodes: z.array(z.record(z.string(), z.unknown())),
});

function read(
  nodes: readonly TestNode[],
  extra: Readonly<Record<string, unknown>> = {},
  beside: Partial<Surroundings> = {},
) {
  const text = rapidFile(nodes, extra);
  const result = imported(text, beside);
  const file = result.flows[0];
  if (file === undefined) throw new Error('no flow');
  const source = readYaml(file);
  if (!source.ok) throw new Error(source.problems[0]?.message);
  const accounted = new Set([
    ...result.placed.map((one) => one.source),
    ...result.notes.flatMap(({ ids }) => ids),
  ]);
  return {
    ...FlowShape.parse(parse(file.text)),
    problems: compileFlow(source.file).problems,
    missing: partsOf(text).filter((part) => !accounted.has(part)),
    texts: z.record(z.string(), z.unknown()).parse(parse(result.messages['en']?.text ?? '{}') ?? {}),
    messages: result.messages,
    notes: result.notes.map(({ part }) => part),
  };
}

const wait = { type: 'msg' };
const end: TestNode = { id: 'bye', actions: [say('Goodbye')] };

describe('what a RapidPro flow becomes', () => {
  it.each<[string, readonly TestNode[], readonly Readonly<Record<string, unknown>>[], readonly string[]]>([
    [
      'messages that follow one another are one node',
      [{ id: 'a', actions: [say('One'), say('Two')] }],
      [{ id: 'one', say: ['trial.one', 'trial.two'], exits: { done: 'over' } }],
      [],
    ],
    [
      'a number is read and then compared',
      [
        {
          id: 'a',
          actions: [say('How old are you?')],
          wait,
          result: 'Age',
          cases: [
            { type: 'has_number_lt', arguments: ['18'], to: 'Child' },
            { type: 'has_number_between', arguments: ['18', '64.5'], to: 'Adult' },
          ],
          categories: { Child: 'bye', Adult: null, Other: 'a' },
          fallback: 'Other',
        },
        end,
      ],
      [
        { id: 'age', ask: 'trial.age', slot: 'age', exits: { any: 'by-age', other: 'age' } },
        {
          id: 'by-age',
          branch: { child: 'slots.age < 18', adult: 'slots.age >= 18 && slots.age <= 64' },
          exits: { child: 'goodbye', adult: 'over', else: 'age' },
        },
        { id: 'goodbye', say: 'trial.goodbye', exits: { done: 'over' } },
      ],
      [],
    ],
    [
      'any text leaves by other; silence by its own exit',
      [
        {
          id: 'a',
          actions: [say('Your town?')],
          wait: { type: 'msg', timeout: { seconds: 90, category_uuid: 'a-category-Silent' } },
          result: 'Town',
          cases: [{ type: 'has_text', to: 'Said' }],
          categories: { Said: 'bye', Other: null, Silent: null },
          fallback: 'Other',
        },
        end,
      ],
      [
        {
          id: 'town',
          ask: 'trial.town',
          slot: 'town',
          wait: '2m',
          exits: { other: 'goodbye', silence: 'over' },
        },
        { id: 'goodbye', say: 'trial.goodbye', exits: { done: 'over' } },
      ],
      ['category Other', 'timeout'],
    ],
    [
      'a pattern becomes a choice that is tapped',
      [
        {
          id: 'a',
          actions: [say('Your code?')],
          wait,
          cases: [{ type: 'has_pattern', arguments: ['^A\\d+'], to: 'Code' }],
          categories: { Code: 'bye', Other: null },
          fallback: 'Other',
        },
        end,
      ],
      [
        { id: 'your-code', ask: 'trial.your-code', exits: { code: 'goodbye', other: 'over' } },
        { id: 'goodbye', say: 'trial.goodbye', exits: { done: 'over' } },
      ],
      ['case has_pattern'],
    ],
    [
      'a recording is asked for',
      [
        {
          id: 'a',
          actions: [say('Tell me')],
          wait: { type: 'msg', hint: { type: 'audio' } },
          result: 'Voice',
          categories: { 'All Responses': 'bye' },
          fallback: 'All Responses',
        },
        end,
      ],
      [
        { id: 'voice', ask: 'trial.voice', slot: 'voice', exits: { any: 'goodbye', other: 'goodbye' } },
        { id: 'goodbye', say: 'trial.goodbye', exits: { done: 'over' } },
      ],
      [],
    ],
    [
      'a random split is a pick',
      [{ id: 'a', router: 'random', categories: { A: 'bye', B: null } }, end],
      [
        { id: 'pick', pick: 'random', exits: { a: 'goodbye', b: 'over' } },
        { id: 'goodbye', say: 'trial.goodbye', exits: { done: 'over' } },
      ],
      [],
    ],
    [
      'a split by language is a branch on the language',
      [
        {
          id: 'a',
          operand: '@contact.language',
          cases: [{ type: 'has_only_text', arguments: ['vie'], to: 'Vietnamese' }],
          categories: { Vietnamese: 'bye', Other: null },
          fallback: 'Other',
        },
        end,
      ],
      [
        { id: 'by-language', branch: '$language', exits: { vi: 'goodbye', else: 'over' } },
        { id: 'goodbye', say: 'trial.goodbye', exits: { done: 'over' } },
      ],
      [],
    ],
    [
      'a split by group looks at a flag',
      [
        {
          id: 'a',
          operand: '@contact.groups',
          cases: [{ type: 'has_group', arguments: ['uuid-1', 'Youth'], to: 'Youth' }],
          categories: { Youth: 'bye', Other: null },
          fallback: 'Other',
        },
        end,
      ],
      [
        {
          id: 'by-groups',
          branch: { youth: 'has(slots.group_youth) && slots.group_youth' },
          exits: { youth: 'goodbye', else: 'over' },
        },
        { id: 'goodbye', say: 'trial.goodbye', exits: { done: 'over' } },
      ],
      ['variable Youth'],
    ],
    [
      'a split by what nobody knows keeps every way',
      [
        {
          id: 'a',
          actions: [{ type: 'call_webhook', url: 'http://example.org/' }],
          operand: '@webhook.status',
          cases: [{ type: 'has_only_text', arguments: ['ok'], to: 'Success' }],
          categories: { Success: 'bye', Failure: null },
          fallback: 'Failure',
        },
        end,
      ],
      [
        {
          id: 'split',
          branch: { success: 'has(slots.split_webhook_status) && slots.split_webhook_status == "success"' },
          exits: { success: 'goodbye', else: 'over' },
        },
        { id: 'goodbye', say: 'trial.goodbye', exits: { done: 'over' } },
      ],
      ['call_webhook', 'split by @webhook.status'],
    ],
    [
      'a ticket asks for a person',
      [{ id: 'a', actions: [{ type: 'open_ticket' }], next: 'bye' }, end],
      [
        {
          id: 'ask-for-a-person',
          handover: 'flow',
          say: 'talk-to-a-person.called',
          exits: { done: 'goodbye' },
        },
        { id: 'goodbye', say: 'trial.goodbye', exits: { done: 'over' } },
      ],
      [],
    ],
    [
      'a flow that enters itself goes on at its start',
      [
        {
          id: 'a',
          actions: [say('Again?')],
          wait,
          cases: [{ type: 'has_any_word', arguments: ['yes'], to: 'Yes' }],
          categories: { Yes: 'b', Other: null },
          fallback: 'Other',
        },
        { id: 'b', actions: [{ type: 'enter_flow', flow: { uuid: 'flow-1', name: 'Trial' } }] },
      ],
      [{ id: 'again', ask: 'trial.again', exits: { yes: 'again', other: 'over' } }],
      ['call of a flow'],
    ],
    [
      'a circle without a question is cut',
      [
        { id: 'a', actions: [say('Round and round')], next: 'b' },
        { id: 'b', actions: [say('we go')], next: 'a' },
      ],
      [
        { id: 'round-and-round', say: 'trial.round-and-round', exits: { done: 'we-go' } },
        { id: 'we-go', say: 'trial.we-go', exits: { done: 'over' } },
      ],
      ['exit done'],
    ],
    [
      'parts that say nothing and lead in a circle end the flow',
      [
        { id: 'a', actions: [{ type: 'send_email' }], next: 'b' },
        { id: 'b', actions: [{ type: 'add_input_labels' }], next: 'a' },
      ],
      [],
      ['send_email', 'add_input_labels', 'node', 'node'],
    ],
    [
      'values are kept, copied and joined',
      [
        {
          id: 'a',
          actions: [
            { type: 'set_run_result', name: 'Step', value: 'two' },
            { type: 'set_contact_field', field: { key: 'step', name: 'Step' }, value: '@results.step' },
            { type: 'set_contact_field', field: { key: 'note', name: 'Note' }, value: 'at @results.step' },
            { type: 'set_contact_field', field: { key: 'gone', name: 'Gone' }, value: '' },
          ],
        },
      ],
      [
        { id: 'set-step', set: { slots: { step: 'two' } }, exits: { done: 'set-field-step' } },
        { id: 'set-field-step', set: { compute: { field_step: 'slots.step' } }, exits: { done: 'set-note' } },
        { id: 'set-note', set: { compute: { note: '"at " + slots.step' } }, exits: { done: 'set-gone' } },
        { id: 'set-gone', set: { slots: { gone: null } }, exits: { done: 'over' } },
      ],
      [],
    ],
  ])('%s', (_title, nodes, wanted, notes) => {
    const found = read(nodes);
    expect(found.nodes.filter(({ end: ends }) => ends === undefined)).toEqual(wanted);
    expect(found.notes).toEqual(notes);
    expect(found.problems).toEqual([]);
    expect(found.missing).toEqual([]);
  });

  it('compares what a question kept by the ids of its choices', () => {
    const found = read([
      {
        id: 'a',
        actions: [say('Colour?')],
        wait,
        result: 'Colour',
        cases: [{ type: 'has_any_word', arguments: ['red rouge'], to: 'Red One' }],
        categories: { 'Red One': 'b', Other: 'b' },
        fallback: 'Other',
      },
      {
        id: 'b',
        operand: '@results.colour.category',
        cases: [{ type: 'has_only_text', arguments: ['Red One'], to: 'Red One' }],
        categories: { 'Red One': 'bye', Other: null },
        fallback: 'Other',
      },
      end,
    ]);
    expect(found.nodes[1]).toMatchObject({
      branch: {
        'red-one':
          'has(slots.colour) && (slots.colour in ["red-one"] || slots.colour.lowerAscii() == "red one")',
      },
    });
    expect(found.problems).toEqual([]);
  });

  it('keeps a quick reply that no category takes', () => {
    const found = read([
      { id: 'a', actions: [say('Go on?', { quick_replies: ['Yes', 'Maybe later'] })], next: 'w' },
      {
        id: 'w',
        wait,
        cases: [{ type: 'has_any_word', arguments: ['yes'], to: 'Yes' }],
        categories: { Yes: 'bye', Other: null },
        fallback: 'Other',
      },
      end,
    ]);
    expect(found.nodes[0]).toEqual({
      id: 'go-on',
      ask: 'trial.go-on',
      exits: { yes: 'goodbye', 'maybe-later': 'over', other: 'over' },
    });
    expect(found.texts['trial.go-on']).toEqual({
      text: 'Go on?',
      choices: { yes: 'Yes', 'maybe-later': 'Maybe later' },
    });
    expect(found.missing).toEqual([]);
  });

  it('asks at each message that leads to the same wait', () => {
    const waiting: TestNode = {
      id: 'w',
      wait,
      cases: [{ type: 'has_any_word', arguments: ['yes'], to: 'Yes' }],
      categories: { Yes: 'bye', Other: 'again' },
      fallback: 'Other',
    };
    const found = read([
      { id: 'a', actions: [say('Are you in?')], next: 'w' },
      waiting,
      { id: 'again', actions: [say('Please answer yes')], next: 'w' },
      end,
    ]);
    expect(found.nodes.map(({ id }) => id)).toEqual(['are-you-in', 'goodbye', 'please-answer-yes', 'over']);
    expect(found.missing).toEqual([]);
  });

  it('says so where the source waits without asking', () => {
    const found = read([
      { id: 'w', wait, result: 'Name', categories: { 'All Responses': 'bye' }, fallback: 'All Responses' },
      end,
    ]);
    expect(found.nodes[0]).toMatchObject({ ask: 'trial.name', exits: { other: 'goodbye' } });
    expect(found.texts['trial.name']).toBe('…');
    expect(found.notes).toEqual(['wait']);
  });

  it('calls a flow of the file and takes its one way on', () => {
    const call: TestNode = {
      id: 'a',
      actions: [{ type: 'enter_flow', flow: { uuid: 'flow-2', name: 'Other one' } }],
      operand: '@child.status',
      cases: [
        { type: 'has_only_text', arguments: ['completed'], to: 'Complete' },
        { type: 'has_only_text', arguments: ['expired'], to: 'Expired' },
      ],
      categories: { Complete: 'bye', Expired: null },
      fallback: 'Expired',
    };
    const first: unknown = JSON.parse(rapidFile([call, end]));
    const text = JSON.stringify(first).replace(
      '"flows":[',
      `"flows":[${JSON.stringify({ uuid: 'flow-2', name: 'Other one', language: 'eng', nodes: [] })},`,
    );
    const { flows, notes } = imported(text);
    expect(flows.map(({ path }) => path)).toEqual(['flows/other-one.yaml', 'flows/trial.yaml']);
    expect(flows[1]?.text).toContain('- { id: other-one, subflow: other-one, exits: { done: goodbye } }');
    expect(notes.map(({ part }) => part)).toEqual(['category Expired']);
  });

  it('cuts flows that call each other in a circle', () => {
    const calls = (uuid: string, name: string, to: string): unknown => ({
      uuid,
      name,
      language: 'eng',
      nodes: [
        {
          uuid: `${uuid}-node`,
          actions: [{ uuid: `${uuid}-action`, type: 'enter_flow', flow: { uuid: to, name: to } }],
          exits: [{ uuid: `${uuid}-exit`, destination_uuid: null }],
        },
      ],
    });
    const { flows, notes } = imported(
      JSON.stringify({ version: '13', flows: [calls('one', 'One', 'two'), calls('two', 'Two', 'one')] }),
    );
    expect(flows.map(({ text }) => text.includes('subflow:'))).toEqual([true, false]);
    expect(notes.map(({ part }) => part)).toEqual(['call of a flow']);
  });

  it('brings every language, with the labels that are translated', () => {
    const found = read(
      [
        {
          id: 'a',
          actions: [say('Go on?', { quick_replies: ['Yes'] })],
          wait,
          cases: [{ type: 'has_any_word', arguments: ['yes'], to: 'Yes' }],
          categories: { Yes: null, Other: null },
          fallback: 'Other',
        },
      ],
      {
        localization: {
          vie: {
            'a-action-1': { text: ['Tiếp chứ?'] },
            'a-category-Yes': { name: ['Có'] },
            'a-case-1': { arguments: ['có vâng'] },
          },
          xx9: { 'a-action-1': { text: ['?'] } },
        },
      },
    );
    expect(parse(found.messages['vi']?.text ?? '')).toEqual({
      'trial.go-on': { text: 'Tiếp chứ?', choices: { yes: { label: 'Có', typed: ['yes', 'vâng'] } } },
    });
    expect(found.notes).toEqual(['language xx9']);
  });

  it.each<[string, Partial<Surroundings>, string, readonly string[]]>([
    [
      'a language that is not served is not set',
      { served: ['vi'] },
      'over',
      ['set_contact_language', 'language vi'],
    ],
    ['a language that is served is set', { served: ['en'] }, 'set-language-en', []],
  ])('%s', (_title, beside, start, notes) => {
    const found = read(
      [{ id: 'a', actions: [{ type: 'set_contact_language', language: 'eng' }] }],
      {},
      beside,
    );
    expect(found.start).toBe(start);
    expect(found.notes).toEqual(notes.filter((part) => part !== 'language vi'));
  });

  it('plays a recording that is there, and names one that is not', () => {
    const nodes: readonly TestNode[] = [
      { id: 'a', actions: [say('Listen', { attachments: ['audio/mp3:http://example.org/a/Hello.mp3'] })] },
    ];
    expect(read(nodes).texts['trial.listen']).toBe('Listen');
    expect(read(nodes).notes).toEqual(['send_msg audio']);
    const beside = { recordings: ['content/audio/en/hello.mp3'] };
    expect(read(nodes, {}, beside).texts['trial.listen']).toEqual({ text: 'Listen', audio: 'hello.mp3' });
    expect(read(nodes, {}, beside).notes).toEqual([]);
  });

  it('never takes a name that is there already', () => {
    const nodes: readonly TestNode[] = [
      {
        id: 'a',
        actions: [
          { type: 'set_run_result', name: 'Place', value: 'x' },
          { type: 'set_run_result', name: 'Known', value: 'y' },
        ],
      },
    ];
    const { flows, notes } = imported(rapidFile(nodes), { flows: ['trial'], slots: ['known'] });
    expect(flows[0]?.path).toBe('flows/trial-2.yaml');
    expect(flows[0]?.text).toContain('slots: { trial_2_place: text, trial_2_known: text }');
    expect(notes.map(({ part }) => part)).toEqual(['name']);
  });
});
