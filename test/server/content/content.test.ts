/** The small parts of the studio: manifests, merging, what two people approve, kept versions, readable differences. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadAssets, scanDanger } from '../../../bot/index.ts';
import { diffContent } from '../../../server/content/diff-content.ts';
import { keptVersions, readFlowHead } from '../../../server/content/flow-versions.ts';
import {
  applyChanges,
  changesBetween,
  digestOf,
  hashText,
  manifestOf,
} from '../../../server/content/manifest.ts';
import { mergeOnto, mergeText } from '../../../server/content/rebase-draft.ts';
import { needsTwo } from '../../../server/content/safety-files.ts';
import { readLabelledLevels } from '../../../server/learning/labelled-rows.ts';
import { readSources, repositoryRoot } from '../../support/assets.ts';

const files = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2', '3'));

describe('a manifest', () => {
  it('leads from one to the other by its changes, whatever they are', () => {
    fc.assert(
      fc.property(files, files, (before, after) => {
        const changes = changesBetween(before, after).map(({ path, after: hash }) => ({ path, hash }));
        expect(applyChanges(before, changes)).toEqual(after);
        expect(changes.length === 0).toBe(digestOf(before) === digestOf(after));
      }),
    );
  });

  it('names equal contents alike, in whatever order', () => {
    const [a, b] = [
      { path: 'flows/a.yaml', text: 'một' },
      { path: 'flows/b.yaml', text: 'hai' },
    ];
    expect(digestOf(manifestOf([a, b]))).toBe(digestOf(manifestOf([b, a])));
    expect(hashText('một')).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('two who changed the same file', () => {
  const base = 'a\nb\nc\nd\ne\n';

  it('are merged where they touched other lines', () => {
    expect(mergeText(base, 'A\nb\nc\nd\ne\n', 'a\nb\nc\nd\nE\nf\n')).toEqual({
      kind: 'merged',
      text: 'A\nb\nc\nd\nE\nf\n',
    });
  });

  it('are shown to each other where they touched the same line', () => {
    expect(mergeText(base, 'a\nb\nmine\nd\ne\n', 'a\nb\nyours\nd\ne\n')).toEqual({
      kind: 'conflicts',
      conflicts: [{ ours: 'mine', theirs: 'yours', line: 3 }],
    });
  });

  it('never lose a line that only one of them wrote', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 6 });
    fc.assert(
      fc.property(lines, lines, lines, (one, two, three) => {
        const [from, ours, theirs] = [one, two, three].map((all) => all.join('\n'));
        const merged = mergeText(from ?? '', ours ?? '', theirs ?? '');
        if (from === theirs) expect(merged).toEqual({ kind: 'merged', text: ours });
        if (from === ours) expect(merged).toEqual({ kind: 'merged', text: theirs });
      }),
    );
  });

  it('conflict when one takes away what the other changed', () => {
    const textOf = (hash: string): string => `text ${hash}`;
    const result = mergeOnto(
      { base: { x: '1', y: '1' }, ours: { y: '2' }, theirs: { x: '3', y: '1' } },
      textOf,
    );
    expect(result).toEqual({
      files: [{ path: 'y', text: 'text 2' }],
      merged: [],
      conflicts: [{ path: 'x', ours: '', theirs: 'text 3', line: 1 }],
    });
  });
});

describe('two people', () => {
  it.each([
    ['content/registers/hotlines.yaml', 'a: 1', 'a: 2', true],
    ['content/safety/rules.yaml', 'a: 1', 'a: 2', true],
    ['content/signals/money.yaml', 'a: 1', 'a: 2', true],
    ['flows/in-danger.yaml', 'a: 1', 'a: 2', true],
    ['flows/thanks.yaml', 'a: 1', 'a: 2', false],
    ['content/lessons/x/lesson.yaml', 'a: 1', 'a: 2', false],
    ['content/messages/vi.yaml', 'k: { text: một, safety: true }', 'k: { text: hai, safety: true }', true],
    ['content/messages/vi.yaml', 'k: { text: một, safety: true }', 'k: { text: một }', true],
    [
      'content/messages/vi.yaml',
      'k: một\ns: { text: x, safety: true }',
      'k: hai\ns: { text: x, safety: true }',
      false,
    ],
    ['content/messages/vi.yaml', 'k: một', 'k: [', true],
  ] as const)('are asked for by %s (%s → %s): %s', (path, before, after, two) => {
    expect(needsTwo({ path, change: 'changed' }, before, after)).toBe(two);
  });
});

describe('a flow that a draft changes', () => {
  const flow = (version: number): string => `# one\nid: welcome\nversion: ${version}\nstart: a\nnodes: []\n`;
  const textOf = (hash: string): string => (hash === hashText(flow(4)) ? flow(4) : '');
  const base = { 'flows/welcome.yaml': hashText(flow(4)) };

  it('is kept as it was, unless it is kept already or is none', () => {
    const draft = { 'flows/welcome.yaml': hashText(flow(5)) };
    expect(keptVersions(base, draft, textOf)).toEqual([
      { path: 'flows/released/welcome.4.yaml', text: flow(4), hash: hashText(flow(4)) },
    ]);
    expect(keptVersions(base, {}, textOf)).toHaveLength(1);
    const known = { ...draft, 'flows/released/welcome.4.yaml': 'x' };
    expect(keptVersions(base, known, textOf)).toEqual([]);
    expect(keptVersions(base, base, textOf)).toEqual([]);
    expect(readFlowHead('nothing: here')).toBeNull();
    expect(readFlowHead('[')).toBeNull();
  });
});

describe('the difference somebody reviews', () => {
  it('tells texts by language and key, each tone apart', () => {
    const before = 'a.b: { text: Chào, quiet: Ừ }\nc: cũ\n';
    const after = 'a.b: { text: Chào bạn, quiet: Ừ }\nd: mới\n';
    const path = 'content/messages/vi.yaml';
    expect(diffContent([{ path, change: 'changed', before, after }]).texts).toEqual([
      { language: 'vi', key: 'a.b', tone: null, before: 'Chào', after: 'Chào bạn' },
      { language: 'vi', key: 'c', tone: null, before: 'cũ', after: null },
      { language: 'vi', key: 'd', tone: null, before: null, after: 'mới' },
    ]);
  });

  it('tells nodes of a flow, and values of a register by the id of their entry', () => {
    const flow = (nodes: string): string => `id: x\nversion: 1\nnodes: [${nodes}]\n`;
    const diff = diffContent([
      {
        ...{ path: 'flows/x.yaml', change: 'changed' },
        before: flow('{ id: a, say: k }, { id: b, end: true }'),
        after: flow('{ id: a, say: other }, { id: c, end: true }'),
      },
      {
        ...{ path: 'content/registers/hotlines.yaml', change: 'changed' },
        before: 'hotlines:\n  - { id: vn-111, number: "111" }\n',
        after: 'hotlines:\n  - { id: new, number: "1" }\n  - { id: vn-111, number: "112" }\n',
      },
    ]);
    expect(diff.flows).toEqual([
      { flow: 'x', versionBefore: 1, versionAfter: 1, added: ['c'], removed: ['b'], changed: ['a'] },
    ]);
    expect(diff.facts).toEqual([
      {
        path: 'content/registers/hotlines.yaml',
        place: 'hotlines › vn-111 › number',
        before: '111',
        after: '112',
      },
      { path: 'content/registers/hotlines.yaml', place: 'hotlines › new › id', before: null, after: 'new' },
      { path: 'content/registers/hotlines.yaml', place: 'hotlines › new › number', before: null, after: '1' },
    ]);
  });

  it('shows what cannot be read as lines', () => {
    const diff = diffContent([{ path: 'flows/x.yaml', change: 'added', before: null, after: '[\n' }]);
    expect(diff.flows).toEqual([]);
    expect(diff.files[0]?.hunks).toEqual([{ from: 1, to: 1, lines: [{ kind: 'in', text: '[' }] }]);
  });
});

describe('the same files', () => {
  it('give the same bot in whatever order they come', async () => {
    const sources = await readSources();
    const [one, other] = [loadAssets(sources), loadAssets([...sources].reverse())];
    if (!one.ok || !other.ok) throw new Error('the content loads');
    const { risk } = await readLabelledLevels(repositoryRoot);
    const read = ({ danger }: typeof one.assets): string[] =>
      risk.map(({ text }) => {
        const { level, ask } = scanDanger(danger, [text]);
        return `${level} ${String(ask)}`;
      });
    expect(read(other.assets)).toEqual(read(one.assets));
    expect([...other.assets.flows.keys()]).toEqual([...one.assets.flows.keys()]);
  });
});
