/** docs/flow-language.md and its pictures are what `npm run flow -- docs` writes, and every example in them works. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Assets, loadAssets, NODE_KINDS, type Problem, prove } from '../../../bot/index.ts';
import { EXAMPLES, withExamples } from '../../../server/flow-docs/examples.ts';
import { type DocFile, PAGE, writePage } from '../../../server/flow-docs/page.ts';
import { EXAMPLE_DAY } from '../../../server/flow-docs/run-examples.ts';
import { composeFlowDocs } from '../../../server/tools/flow-docs.ts';
import { readSources, repositoryRoot } from '../../support/assets.ts';

const LIMITS = '/** Why. */\nexport const MAX_HISTORY = 12;\n';
let files: readonly DocFile[];
let assets: Assets;
let problems: readonly Problem[];
beforeAll(async () => {
  files = await composeFlowDocs();
  const loaded = loadAssets(withExamples(await readSources()));
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  ({ assets, problems } = loaded);
});

const page = (): string => files.find(({ path }) => path === PAGE)?.text ?? '';

describe('docs/flow-language.md', () => {
  it('and its pictures are not stale (else run npm run flow -- docs)', async () => {
    for (const { path, text } of files) expect(await readFile(join(repositoryRoot, path), 'utf8')).toBe(text);
  });

  it('has no picture that is not written any more', async () => {
    const folder = 'docs/images/flow-language';
    const there = (await readdir(join(repositoryRoot, folder))).map((name) => `${folder}/${name}`);
    expect(there.sort()).toEqual(
      files
        .map(({ path }) => path)
        .filter((path) => path !== PAGE)
        .sort(),
    );
  });

  it.each(NODE_KINDS)('explains %s with its example, its picture and its events', (kind) => {
    const section =
      page()
        .split(`\n### ${kind}\n`)[1]
        ?.split(/\n##+ /)[0] ?? '';
    expect(section).toContain(EXAMPLES[kind].flow.trimEnd());
    expect(section).toContain(`(images/flow-language/${kind}.svg)`);
    expect(section).toMatch(/Events, as this example gives them: `node_entered`/);
  });

  it('leads every link inside itself to a heading', () => {
    const headings = [...page().matchAll(/^##+ (.+)$/gm)].map(([, text = '']) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    );
    const links = [...page().matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.length).toBeGreaterThan(NODE_KINDS.length);
    expect(links.filter((anchor) => !headings.includes(anchor))).toEqual([]);
  });
});

describe('the examples', () => {
  it('are in order, beside all that is there, and nobody is left alone in them', () => {
    const proof = prove(assets, { now: EXAMPLE_DAY, channels: [] });
    expect([...problems, ...proof.problems].filter(({ path }) => path.includes('example-'))).toEqual([]);
    expect(proof.person).toBeLessThanOrEqual(2);
  });

  it.each(NODE_KINDS)('show a node of the kind they are for: %s', (kind) => {
    const nodes = [...(assets.flows.get(`example-${kind}`)?.nodes.values() ?? [])];
    expect(nodes.map((node) => node.kind)).toContain(kind);
  });
});

describe('writePage', () => {
  it.each([
    ['asks for something that is not there', '<!-- insert: weather -->', /asks for "weather"/],
    ['leaves something out', '<!-- insert: events -->', /leaves out .*\bkinds\b/],
  ])('refuses a template that %s', (_what, template, message) => {
    expect(() => writePage(assets, template, LIMITS)).toThrow(message);
  });

  it('refuses a limit that says no reason', () => {
    expect(() => writePage(assets, '', 'export const MAX_HISTORY = 12;\n')).toThrow(
      /MAX_HISTORY has no reason/,
    );
  });
});
