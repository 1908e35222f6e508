/** Flows that others published: nothing of them is lost silently, and what comes out works here. */
import { describe, expect, it } from '@jest/globals';
import { format } from 'prettier';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadAssets, type LoadResult } from '../../../bot/index.ts';
import { loadRealAssets, readSources } from '../../support/assets.ts';
import { openConversation } from '../../support/conversation.ts';
import { FIXTURES, imported, partsOf, readFixture } from './fixtures.ts';

const FlowShape = z.looseObject({ id: z.string(), nodes: z.array(z.looseObject({ id: z.string() })) });

/** What the reader finds: flows, nodes of ours, parts of the source, notes. */
const FIGURES: readonly (readonly [
  file: string,
  flows: number,
  nodes: number,
  parts: number,
  notes: number,
])[] = [
  ['rapidpro/glific-help.json', 1, 9, 37, 4],
  ['rapidpro/glific-language.json', 1, 4, 27, 7],
  ['rapidpro/goflow-all-actions.json', 2, 11, 26, 21],
  ['rapidpro/goflow-two-questions.json', 1, 4, 27, 8],
  ['rapidpro/idems-timed-intro.json', 1, 11, 72, 11],
  ['rapidpro/rapidpro-colors.json', 1, 4, 23, 8],
  ['floip/turn-select-one.json', 1, 4, 8, 3],
  ['floip/viamo-case-block.json', 1, 7, 17, 3],
  ['floip/viamo-decision-branch.json', 1, 5, 9, 1],
  ['floip/viamo-nested-trees.json', 8, 31, 48, 12],
  ['floip/viamo-shortcut.json', 1, 9, 19, 2],
];

const sources = await readSources();
const assets = await loadRealAssets();

/** The real content, with what was read beside it; English texts stand in for the Vietnamese ones. */
function loadWith(text: string, extra: (path: string) => string = () => ''): LoadResult {
  const slots = [...assets.flows.values()].flatMap((flow) => Object.keys(flow.slots));
  const { flows, messages } = imported(text, {
    served: ['vi', 'en'],
    slots,
    flows: [...assets.flows.keys()],
  });
  const english = messages['en']?.text ?? '';
  const added = sources.map((source) => ({
    ...source,
    text: `${source.text}${/^content\/messages\/(?:vi|en)\.yaml$/.test(source.path) ? `\n${english}` : ''}${extra(source.path)}`,
  }));
  return loadAssets([...added, ...flows]);
}

describe.each(FIXTURES)('%s', (name) => {
  const text = readFixture(name);

  it('is in the result or in a note with every node, action, case, category and exit', () => {
    const { placed, notes } = imported(text, { served: ['vi', 'en'] });
    const accounted = new Set([...placed.map(({ source }) => source), ...notes.flatMap(({ ids }) => ids)]);
    const parts = partsOf(text);
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.filter((part) => !accounted.has(part))).toEqual([]);
    // the reader's last word for what it forgot: never needed for a real flow
    expect(notes.filter(({ lost }) => lost === 'other parts of this node take its place.')).toEqual([]);
  });

  it('names only flows and nodes that are there', () => {
    const { placed, flows } = imported(text);
    const nodes = new Set(
      flows.flatMap((file) => {
        const flow = FlowShape.parse(parse(file.text));
        return flow.nodes.map(({ id }) => `${flow.id}.${id}`);
      }),
    );
    expect(placed.filter(({ flow, node }) => !nodes.has(`${flow}.${node}`))).toEqual([]);
  });

  it('loads beside the content there is without a fault', () => {
    const { problems } = loadWith(text);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('is written as the formatter writes it', async () => {
    const { flows, messages } = imported(text);
    for (const file of [...flows, ...Object.values(messages)]) {
      const formatted = await format(file.text, { parser: 'yaml', printWidth: 110, singleQuote: true });
      expect(file.text).toBe(formatted);
    }
  });

  it('gives the same each time', () => {
    expect(imported(text)).toEqual(imported(text));
  });
});

describe('figures of the published flows', () => {
  it('cover every file', () => {
    expect(FIGURES.map(([name]) => name).sort()).toEqual([...FIXTURES].sort());
  });

  it.each(FIGURES)('%s', (name, flows, nodes, parts, notes) => {
    const text = readFixture(name);
    const result = imported(text, { served: ['vi', 'en'] });
    const found = result.flows.map((file) => FlowShape.parse(parse(file.text)).nodes.length);
    expect([
      result.flows.length,
      found.reduce((sum, count) => sum + count, 0),
      partsOf(text).length,
      result.notes.length,
    ]).toEqual([flows, nodes, parts, notes]);
  });
});

describe('a conversation in an imported flow', () => {
  it.each<[string, string, readonly (readonly [said: string, keys: readonly string[]])[]]>([
    [
      'rapidpro/goflow-two-questions.json',
      'two-questions',
      [
        ['qwerty', ['two-questions.favorite-color']],
        ['Red', ['two-questions.soda']],
        ['cola', ['two-questions.great-you-are-done']],
      ],
    ],
    [
      'rapidpro/idems-timed-intro.json',
      'plh-content-positive',
      [
        ['whatever', ['plh-content-positive.sorry-i-don-t', 'plh-content-positive.know-more-2']],
        ['n', ['plh-content-positive.that-s-okay-you-can']],
      ],
    ],
    [
      'floip/viamo-shortcut.json',
      'clipboard-shortcut',
      [
        ['yes', ['clipboard-shortcut.what-is-their-age']],
        ['20', ['clipboard-shortcut.they-aren-t-a-child', 'clipboard-shortcut.do-you-have-more']],
        ['yes', ['clipboard-shortcut.what-is-their-age']],
        ['7', ['clipboard-shortcut.do-they-enjoy']],
        ['no', ['clipboard-shortcut.what-is-thier-name']],
      ],
    ],
    ['floip/viamo-decision-branch.json', 'test-decision-branch', [['cats', ['test-decision-branch.cats']]]],
  ])('goes the ways of %s', (name, flow, turns) => {
    const route = `\n  - { flow: ${flow}, phrases: { vi: [bat dau thu nghiem], en: [begin the trial] } }\n`;
    const result = loadWith(readFixture(name), (path) => (path === 'content/routes.yaml' ? route : ''));
    if (!result.ok) throw new Error(result.problems[0]?.message);
    const conversation = openConversation(result.assets, {}, 'en');
    conversation.say('begin the trial');
    expect(turns.map(([said]) => [said, conversation.say(said).keys])).toEqual(turns);
  });
});
