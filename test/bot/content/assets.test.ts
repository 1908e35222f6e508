import { beforeAll, describe, expect, it } from '@jest/globals';
import { compileMessages } from '../../../bot/content/messages.ts';
import { readYaml } from '../../../bot/content/yaml.ts';
import {
  type Assets,
  type AssetSource,
  inspectTexts,
  loadAssets,
  type LoadResult,
  type Problem,
  readFlowBeside,
} from '../../../bot/index.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { flowSchemaText } from '../../../server/tools/flow-schema-text.ts';
import { readSources, repositoryRoot } from '../../support/assets.ts';

let sources: readonly AssetSource[];
let loaded: LoadResult;
let assets: Assets;
beforeAll(async () => {
  sources = await readSources();
  loaded = loadAssets(sources);
  if (!loaded.ok)
    throw new Error(loaded.problems.map((problem) => `${problem.path}: ${problem.message}`).join('\n'));
  assets = loaded.assets;
});

const errorsOf = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter((problem) => problem.severity === 'error');

const checkFlow = (text: string): readonly Problem[] =>
  errorsOf(readFlowBeside(assets, { path: 'flows/broken.yaml', text }).problems);

/** Compiles a message file of its own with the real hotline register. */
function compileText(text: string): ReturnType<typeof compileMessages> {
  const result = readYaml({ path: 'content/messages/vi.yaml', text });
  if (!result.ok) throw new Error('the test file is no YAML');
  return compileMessages(result.file, (id) => {
    const hotline = assets.hotlines.get(id);
    return hotline === undefined || ['hold', 'retired'].includes(hotline.display)
      ? null
      : (hotline.shown ?? null);
  });
}

const addRoute = (text: string): string => `${text}\n  - { flow: nowhere, phrases: { vi: [đi đâu đó] } }\n`;
const flow = (nodes: string, start = 'a'): string =>
  `id: broken\nversion: 1\nstart: ${start}\nnodes:\n${nodes}\n`;

describe('the content as it is', () => {
  it('loads without an error', () => {
    expect(errorsOf(loaded.problems)).toEqual([]);
  });

  it('is in order today and holds what was promised', () => {
    expect(errorsOf(inspectTexts(assets, new Date('2026-11-23T00:00:00Z')))).toEqual([]);
    expect(assets.signals.byId.size).toBe(54);
    expect(assets.register.rows.length).toBe(369);
    expect(assets.lessons.size).toBeGreaterThanOrEqual(3);
  });

  it('tells the editor when a number everybody gets is past its check date', () => {
    const errors = errorsOf(inspectTexts(assets, new Date('2028-01-01T00:00:00Z')));
    expect(errors.map((problem) => problem.message)).toContain('vn-111 is past its check date or held');
  });
});

describe('flows/flow.schema.json', () => {
  it('is what `npm run schema` writes', async () => {
    expect(await readFile(join(repositoryRoot, 'flows', 'flow.schema.json'), 'utf8')).toBe(flowSchemaText());
  });
});

describe('a broken flow file is refused with file, line and mend', () => {
  it.each([
    ['a tab', flow('\t- { id: a, end: true }'), 5, /tab/i],
    [
      'a key written twice',
      'id: broken\nid: again\nversion: 1\nstart: a\nnodes:\n  - { id: a, end: true }\n',
      2,
      /unique/i,
    ],
    [
      'an unknown kind',
      flow('  - { id: a, shout: x.y, exits: { done: b } }\n  - { id: b, end: true }'),
      5,
      /no kind/,
    ],
    [
      'two kinds in one node',
      flow('  - { id: a, say: system.empty, end: true, exits: { done: a } }'),
      5,
      /several kinds/,
    ],
    [
      'an exit that leads nowhere',
      flow('  - { id: a, say: system.empty, exits: { done: gone } }'),
      5,
      /"gone", which does not exist/,
    ],
    [
      'a node no path leads to',
      flow('  - { id: a, end: true }\n  - { id: b, end: true }'),
      6,
      /no path leads here/,
    ],
    [
      'a start that does not exist',
      flow('  - { id: a, end: true }', 'b'),
      3,
      /start node "b" does not exist/,
    ],
    [
      'a circle without input',
      flow(
        '  - { id: a, say: system.empty, exits: { done: b } }\n  - { id: b, say: system.empty, exits: { done: a } }',
      ),
      5,
      /without ever waiting/,
    ],
    [
      'a text that does not exist',
      flow('  - { id: a, say: no.such-text, exits: { done: b } }\n  - { id: b, end: true }'),
      5,
      /"no.such-text" is missing in vi/,
    ],
    [
      'text written into the flow',
      flow('  - { id: a, say: Chào bạn, exits: { done: b } }\n  - { id: b, end: true }'),
      5,
      /message key/,
    ],
    [
      'a branch without else',
      flow('  - { id: a, branch: x, exits: { y: b } }\n  - { id: b, end: true }'),
      5,
      /no exit "else"/,
    ],
    [
      'a lesson that does not exist',
      flow('  - { id: a, lesson: none, exits: { done: b } }\n  - { id: b, end: true }'),
      5,
      /lesson "none" does not exist/,
    ],
    [
      'a flow that calls itself',
      flow('  - { id: a, subflow: broken, exits: { done: b } }\n  - { id: b, end: true }'),
      null,
      /calls itself/,
    ],
    [
      'a subflow whose end has no exit',
      flow('  - { id: a, subflow: are-you-safe, exits: { resume: b } }\n  - { id: b, end: true }'),
      5,
      /can end with "danger"/,
    ],
    [
      'a choice without a label',
      flow('  - { id: a, ask: system.empty, exits: { purple: b } }\n  - { id: b, end: true }'),
      5,
      /"purple" has no label/,
    ],
    [
      'a question that takes no answer',
      flow('  - { id: a, ask: system.empty, exits: {} }'),
      5,
      /takes no answer/,
    ],
    [
      'a language that is not served',
      flow('  - { id: a, set: { language: hmn }, exits: { done: b } }\n  - { id: b, end: true }'),
      5,
      /"hmn" is not served/,
    ],
    ['an unknown field', flow('  - { id: a, end: true, colour: red }'), 5, /colour/],
  ])('%s', (_what, text, line, message) => {
    const problems = checkFlow(text);
    const found = problems.find((problem) => message.test(problem.message));
    expect({
      problems: problems.map((problem) => problem.message),
      line: found?.line,
      path: found?.path,
    }).toMatchObject({ line, path: 'flows/broken.yaml' });
    expect(found?.mend.length).toBeGreaterThan(5);
  });

  it('reports the faults of all files at once', () => {
    const broken = [
      ...sources,
      { path: 'flows/one.yaml', text: flow('\t- x') },
      {
        path: 'flows/two.yaml',
        text: flow('  - { id: a, say: system.empty, exits: { done: gone } }').replace('broken', 'two'),
      },
    ];
    const paths = loadAssets(broken)
      .problems.filter((problem) => problem.severity === 'error')
      .map((problem) => problem.path);
    expect(paths).toEqual(expect.arrayContaining(['flows/one.yaml', 'flows/two.yaml']));
  });

  it('refuses a route to a flow that is not there', () => {
    const changed = sources.map((source) =>
      source.path === 'content/routes.yaml' ? { ...source, text: addRoute(source.text) } : source,
    );
    const { problems } = loadAssets(changed);
    expect(problems.map((problem) => problem.message)).toContain(
      'a route leads to "nowhere", which does not exist',
    );
  });

  it('refuses a file of aliases that would grow without end', () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefgh'.split('').map(
        (name, index) =>
          `${name}: &${name} [${Array(9)
            .fill(`*${'abcdefgh'[index] ?? 'a'}`)
            .join(', ')}]`,
      ),
    ].join('\n');
    const problems = checkFlow(bomb);
    expect(
      problems.some((problem) => problem.path === 'flows/broken.yaml' && /alias/i.test(problem.message)),
    ).toBe(true);
  });
});

describe('a broken text is refused', () => {
  it.each([
    ['ICU braces that do not pair', 'system.empty: "Chào {ten"', /system\.empty/],
    ['a number of a retired line', 'system.empty: "Gọi [[vn-18001567-old]]"', /no number that may be shown/],
    ['a number nobody knows', 'system.empty: "Gọi [[vn-999]]"', /no number that may be shown/],
    ['a text that is a list', 'system.empty: [a, b]', /system\.empty/],
    ['an unknown field', 'system.empty: { text: a, colour: red }', /system\.empty/],
  ])('%s', (_what, text, message) => {
    const { problems } = compileText(text);
    expect(problems.map((problem) => problem.message).join('\n')).toMatch(message);
    expect(problems[0]?.line).toBe(1);
  });

  it.each([
    ['a promise', 'Bạn sẽ an toàn.', /bạn sẽ an toàn/],
    ['a promise without diacritics', 'ban se duoc cuu, sẽ được cứu', /sẽ được cứu/],
    ['a number typed in', 'Gọi 0981848484 nhé.', /telephone number is typed/],
    ['an essay', 'a '.repeat(1200), /longer than/],
  ])('%s', (_what, sentence, message) => {
    const { messages } = compileText(`system.empty: ${JSON.stringify(sentence)}`);
    const found = errorsOf(
      inspectTexts({ ...assets, messages: new Map([['vi', messages]]) }, new Date('2026-11-23T00:00:00Z')),
    );
    expect(found.map((problem) => problem.message).join('\n')).toMatch(message);
  });
});
