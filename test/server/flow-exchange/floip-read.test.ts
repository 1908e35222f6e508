/** FLOIP blocks as nodes of ours, one by one. */
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { compileFlow } from '../../../bot/flow/compile.ts';
import { readYaml } from '../../../bot/content/yaml.ts';
import type { Surroundings } from '../../../server/flow-exchange/draft.ts';
import { imported, partsOf } from './fixtures.ts';

interface TestBlock {
  id: string;
  type: string;
  config?: Readonly<Record<string, unknown>>;
  exits?: readonly Readonly<Record<string, unknown>>[];
}

const FlowShape = z.looseObject({
  slots: z.record(z.string(), z.unknown()).default({}),
  nodes: z.array(z.record(z.string(), z.unknown())),
});

const text = (uuid: string, values: Readonly<Record<string, string>>, type = 'TEXT'): unknown => ({
  uuid,
  values: Object.entries(values).map(([language, value]) => ({
    language_id: language,
    content_type: type,
    modes: ['TEXT'],
    value,
  })),
});

function container(blocks: readonly TestBlock[], resources: readonly unknown[] = []): string {
  return JSON.stringify({
    specification_version: '1.0.0-rc3',
    uuid: 'container',
    name: 'Trial',
    flows: [
      {
        uuid: 'flow-1',
        name: 'Trial',
        languages: [
          { id: '1', iso_639_3: 'eng' },
          { id: '2', iso_639_3: 'vie' },
        ],
        blocks: blocks.map(({ id, type, config = {}, exits = [{}] }) => ({
          uuid: id,
          name: id,
          type: type.includes('.') ? type : `MobilePrimitives.${type}`,
          config,
          exits: exits.map((exit, index) => ({
            uuid: `${id}-exit-${index + 1}`,
            name: `exit ${index + 1}`,
            ...exit,
          })),
        })),
        first_block_id: blocks[0]?.id,
      },
    ],
    resources: [
      text('hello', { '1': 'Hello', '2': 'Chào' }),
      text('q', { '1': 'Question?', '2': 'Hỏi?' }),
      ...resources,
    ],
  });
}

function read(
  blocks: readonly TestBlock[],
  resources: readonly unknown[] = [],
  beside: Partial<Surroundings> = {},
) {
  const source = container(blocks, resources);
  const result = imported(source, beside);
  const file = result.flows[0];
  if (file === undefined) throw new Error('no flow');
  const yaml = readYaml(file);
  if (!yaml.ok) throw new Error(yaml.problems[0]?.message);
  const accounted = new Set([
    ...result.placed.map((one) => one.source),
    ...result.notes.flatMap(({ ids }) => ids),
  ]);
  const entries = (language: string): unknown => parse(result.messages[language]?.text ?? '{}') ?? {};
  return {
    ...FlowShape.parse(parse(file.text)),
    problems: compileFlow(yaml.file).problems,
    missing: partsOf(source).filter((part) => !accounted.has(part)),
    english: entries('en'),
    vietnamese: entries('vi'),
    notes: result.notes.map(({ part }) => part),
  };
}

const hello: TestBlock = { id: 'hi', type: 'Message', config: { prompt: 'hello' } };
const said = { id: 'hi', say: 'trial.hi', exits: { done: 'over' } };

describe('what a FLOIP flow becomes', () => {
  it.each<[string, readonly TestBlock[], readonly Readonly<Record<string, unknown>>[], readonly string[]]>([
    [
      'a number with its limits, and a branch behind it',
      [
        {
          id: 'age',
          type: 'NumericResponse',
          config: { prompt: 'q', validation_minimum: 1, validation_maximum: 120 },
          exits: [{ name: 'child', test: '@(block.value < 18)', destination_block: 'hi' }, { default: true }],
        },
        hello,
      ],
      [
        { id: 'age', ask: 'trial.age', slot: 'age', exits: { any: 'by-age', other: 'over' } },
        { id: 'by-age', branch: { child: 'slots.age < 18' }, exits: { child: 'hi', else: 'over' } },
        said,
      ],
      [],
    ],
    [
      'one choice, by the names of the exits',
      [
        {
          id: 'pet',
          type: 'SelectOneResponse',
          config: { prompt: 'q', choices: { Dog: 'hello', Cat: 'q' } },
          exits: [
            { name: 'Dog', destination_block: 'hi' },
            { test: '@(block.value = 2)' },
            { default: true, destination_block: 'pet' },
          ],
        },
        hello,
      ],
      [{ id: 'pet', ask: 'trial.pet', slot: 'pet', exits: { dog: 'hi', cat: 'over', other: 'pet' } }, said],
      [],
    ],
    [
      'several choices at once are one choice',
      [
        {
          id: 'pets',
          type: 'SelectManyResponse',
          config: { prompt: 'q', choices: { Dog: 'hello' } },
          exits: [{ default: true }],
        },
      ],
      [
        {
          id: 'pets',
          ask: 'trial.pets',
          slot: 'pets',
          choices: ['dog'],
          exits: { any: 'over', other: 'over' },
        },
      ],
      ['MobilePrimitives.SelectManyResponse'],
    ],
    [
      'an open question with a length',
      [
        {
          id: 'story',
          type: 'OpenResponse',
          config: { prompt: 'q', text: { max_response_characters: 200 } },
        },
      ],
      [{ id: 'story', ask: 'trial.story', slot: 'story', exits: { other: 'over' } }],
      [],
    ],
    [
      'a place',
      [{ id: 'place_now', type: 'SmartDevices.LocationResponse', config: { prompt: 'q' } }],
      [{ id: 'place-now', ask: 'trial.place-now', slot: 'place_now', exits: { any: 'over', other: 'over' } }],
      [],
    ],
    [
      'a case that cannot be said never holds, and keeps its way',
      [
        {
          id: 'case',
          type: 'Core.Case',
          exits: [{ name: 'late', test: '@(HOUR(NOW()) > 20)', destination_block: 'hi' }, { default: true }],
        },
        hello,
      ],
      [{ id: 'case', branch: { late: 'false' }, exits: { late: 'hi', else: 'over' } }, said],
      ['exit late'],
    ],
    [
      'properties, groups and outputs are kept in slots',
      [
        {
          id: 'set',
          type: 'Core.SetContactProperty',
          config: { property_key: 'district', property_value: 'Hue' },
          exits: [{ destination_block: 'group' }],
        },
        {
          id: 'group',
          type: 'Core.SetGroupMembership',
          config: { group_key: '7', group_name: 'Youth', is_member: true },
          exits: [{ destination_block: 'out' }],
        },
        { id: 'out', type: 'Core.Output', config: { value: '@(contact.district)' } },
      ],
      [
        { id: 'set', set: { slots: { district: 'Hue' } }, exits: { done: 'group' } },
        { id: 'group', set: { slots: { group_youth: true } }, exits: { done: 'out' } },
        { id: 'out', set: { compute: { out: 'slots.district' } }, exits: { done: 'over' } },
      ],
      ['Core.SetGroupMembership'],
    ],
    [
      'what has no like is left out, and its ways are kept',
      [
        { id: 'log', type: 'Core.Log', config: { message: 'q' }, exits: [{ destination_block: 'hook' }] },
        {
          id: 'hook',
          type: 'Io.Turn.Webhook',
          exits: [{ name: 'ok', test: '@(TRUE = 1)', destination_block: 'hi' }, { default: true }],
        },
        hello,
      ],
      [{ id: 'hook', branch: 'split_hook', exits: { ok: 'hi', else: 'over' } }, said],
      ['Core.Log', 'Io.Turn.Webhook'],
    ],
    [
      'a call of a flow that is not there goes on',
      [
        {
          id: 'run',
          type: 'Core.RunFlow',
          config: { flow_id: 'elsewhere' },
          exits: [{ destination_block: 'hi' }],
        },
        hello,
      ],
      [said],
      ['Core.RunFlow'],
    ],
  ])('%s', (_title, blocks, wanted, notes) => {
    const found = read(blocks);
    expect(found.nodes.filter(({ end: ends }) => ends === undefined)).toEqual(wanted);
    expect(found.notes).toEqual(notes);
    expect(found.problems).toEqual([]);
    expect(found.missing).toEqual([]);
  });

  it('declares the limits of numbers and texts', () => {
    const { slots } = read([
      {
        id: 'age',
        type: 'NumericResponse',
        config: { prompt: 'q', validation_minimum: 0.5, validation_maximum: '99' },
        exits: [{ destination_block: 'story' }],
      },
      { id: 'story', type: 'OpenResponse', config: { prompt: 'q', TEXT: { max_response_characters: 200 } } },
    ]);
    expect(slots).toEqual({ age: { type: 'number', min: 1, max: 99 }, story: { type: 'text', max: 200 } });
  });

  it('brings every language, with the words a choice is tested for', () => {
    const found = read(
      [
        {
          id: 'pet',
          type: 'SelectOneResponse',
          config: {
            prompt: 'q',
            choices: [
              {
                name: 'dog',
                prompt: 'dog',
                text_tests: [{ language: '1', test_expression: 'block.response = "woof"' }],
              },
            ],
          },
          exits: [{ name: 'dog' }],
        },
      ],
      [text('dog', { '1': 'A dog', '2': 'Chó' })],
    );
    expect(found.english).toEqual({
      'trial.pet': { text: 'Question?', choices: { dog: { label: 'A dog', typed: ['dog', 'woof'] } } },
    });
    expect(found.vietnamese).toEqual({
      'trial.pet': { text: 'Hỏi?', choices: { dog: { label: 'Chó', typed: ['dog', 'woof'] } } },
    });
  });

  it.each<[string, readonly unknown[], Partial<Surroundings>, unknown, readonly string[]]>([
    ['a text alone is one line', [text('m', { '1': 'Hear' })], {}, 'Hear', []],
    [
      'texts of modes: that for rich messages',
      [
        {
          uuid: 'm',
          values: [
            { language_id: '1', content_type: 'TEXT', modes: ['SMS'], value: 'Short' },
            { language_id: '1', content_type: 'TEXT', modes: ['RICH_MESSAGING'], value: 'Long' },
          ],
        },
      ],
      {},
      'Long',
      ['resource by mode'],
    ],
    [
      'a recording that is here is played',
      [
        {
          uuid: 'm',
          values: [
            { language_id: '1', content_type: 'TEXT', value: 'Hear' },
            { language_id: '1', content_type: 'AUDIO', value: 'https://example.org/Hear.ogg' },
          ],
        },
      ],
      { recordings: ['content/audio/en/hear.ogg'] },
      { text: 'Hear', audio: 'hear.ogg' },
      [],
    ],
    [
      'a recording elsewhere and a picture are noted',
      [
        {
          uuid: 'm',
          values: [
            { language_id: '1', content_type: 'TEXT', value: 'Hear' },
            { language_id: '1', content_type: 'AUDIO', value: 'https://example.org/Hear.ogg' },
            { language_id: '1', content_type: 'IMAGE', value: 'https://example.org/x.png' },
          ],
        },
      ],
      {},
      'Hear',
      ['resource IMAGE', 'resource AUDIO'],
    ],
    ['a resource that is not in the file is noted', [], {}, '…', ['prompt']],
  ])('%s', (_title, resources, beside, entry, notes) => {
    const uuid = resources.length === 0 ? '00000000-0000-4000-8000-000000000000' : 'm';
    const found = read([{ id: 'hi', type: 'Message', config: { prompt: uuid } }], resources, beside);
    expect(found.english).toEqual({ 'trial.hi': entry });
    expect(found.notes).toEqual(notes);
  });
});
