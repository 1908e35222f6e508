import { beforeAll, describe, expect, it } from '@jest/globals';
import { type AssetSource, inspectTexts, loadAssets, type Problem } from '../../../bot/index.ts';
import { readSources } from '../../support/assets.ts';

let sources: readonly AssetSource[];
beforeAll(async () => {
  sources = await readSources();
});

/** Loads the real content with one file replaced or added. */
function problemsWith(path: string, change: (text: string) => string): readonly Problem[] {
  const others = sources.filter((source) => source.path !== path);
  const text = sources.find((source) => source.path === path)?.text ?? '';
  return loadAssets([...others, { path, text: change(text) }]).problems.filter(
    (problem) => problem.severity === 'error',
  );
}

const flow = (nodes: string, start = 'a'): string =>
  `id: broken\nversion: 1\nstart: ${start}\nnodes:\n${nodes}\n`;

describe('the content as it is', () => {
  it('loads without an error', () => {
    const result = loadAssets(sources);
    expect(result.problems.filter((problem) => problem.severity === 'error')).toEqual([]);
    expect(result.ok).toBe(true);
  });

  it('is in order today and holds what was promised', () => {
    const result = loadAssets(sources);
    if (!result.ok) throw new Error('does not load');
    expect(
      inspectTexts(result.assets, new Date('2026-11-23T00:00:00Z')).filter(
        (problem) => problem.severity === 'error',
      ),
    ).toEqual([]);
    expect(result.assets.signals.byId.size).toBe(52);
    expect(result.assets.register.rows.length).toBe(369);
    expect(result.assets.lessons.size).toBeGreaterThanOrEqual(3);
  });

  it('tells the editor when a number everybody gets is past its check date', () => {
    const result = loadAssets(sources);
    if (!result.ok) throw new Error('does not load');
    const errors = inspectTexts(result.assets, new Date('2028-01-01T00:00:00Z')).filter(
      (problem) => problem.severity === 'error',
    );
    expect(errors.map((problem) => problem.message)).toContain('vn-111 is past its check date or held');
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
    const problems = problemsWith('flows/broken.yaml', () => text);
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
    const problems = problemsWith('flows/broken.yaml', () => bomb);
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
  ])('%s', (_what, line, message) => {
    const problems = problemsWith('content/messages/vi.yaml', (text) =>
      text.replace(/^system\.empty:(.*\n)((?: .*\n|\n)*)/m, `${line}\n`),
    );
    expect(problems.map((problem) => problem.message).join('\n')).toMatch(message);
  });

  it.each([
    ['a promise', 'Bạn sẽ an toàn.', /bạn sẽ an toàn/],
    ['a number typed in', 'Gọi 0981848484 nhé.', /telephone number is typed/],
    ['an essay', 'a '.repeat(1200), /longer than/],
  ])('%s', (_what, sentence, message) => {
    const changed = sources.map((source) =>
      source.path === 'content/messages/vi.yaml'
        ? {
            ...source,
            text: source.text.replace(
              /^system\.empty:(.*\n)((?: .*\n|\n)*)/m,
              `system.empty: ${JSON.stringify(sentence)}\n`,
            ),
          }
        : source,
    );
    const result = loadAssets(changed);
    if (!result.ok) throw new Error(result.problems.map((problem) => problem.message).join('\n'));
    const found = inspectTexts(result.assets, new Date('2026-11-23T00:00:00Z')).filter(
      (problem) => problem.severity === 'error',
    );
    expect(found.map((problem) => problem.message).join('\n')).toMatch(message);
  });
});
