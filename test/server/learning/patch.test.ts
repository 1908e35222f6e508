/** The patch of proposals: phrases end up in their lists, everything else stays, and the content still loads. */
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { applyPatch, parsePatch } from 'diff';
import { type AssetSource, loadAssets, type Proposal } from '../../../bot/index.ts';
import { readAssetSources } from '../../../server/assets.ts';
import { writePatch } from '../../../server/learning/patch.ts';
import { repositoryRoot } from '../../support/assets.ts';

jest.setTimeout(60_000);

let sources: readonly AssetSource[];
beforeAll(async () => {
  sources = await readAssetSources(repositoryRoot);
});

const PROPOSALS: readonly Proposal[] = [
  { kind: 'intent', target: 'check_offer', text: 'coi hộ chỗ mời này nha mấy bạn' },
  { kind: 'intent', target: 'check_offer', text: 'có: nên đi, hay không # đây' },
  { kind: 'route', target: 'check-offer', text: 'coi hộ, chỗ mời' },
];

const applied = (text: string): readonly AssetSource[] => {
  const patches = parsePatch(text);
  return sources.map((source) => {
    const own = patches.find(({ newFileName }) => newFileName === `b/${source.path}`);
    if (own === undefined) return source;
    const changed = applyPatch(source.text, own);
    if (changed === false) throw new Error(`does not apply to ${source.path}`);
    return { path: source.path, text: changed };
  });
};

describe('the patch', () => {
  it('adds each phrase to its list, and nothing else changes', () => {
    const { text, placed } = writePatch(sources, PROPOSALS);
    expect(placed).toEqual([0, 1, 2]);
    const lines = text.split('\n').filter((line) => /^[+-](?![+-])/u.test(line));
    expect(lines.every((line) => line.startsWith('+'))).toBe(true);
    expect(lines.map((line) => line.slice(1).trim())).toEqual([
      '- coi hộ chỗ mời này nha mấy bạn',
      '- "có: nên đi, hay không # đây"',
      '"coi hộ, chỗ mời",',
    ]);
  });

  it('gives content that loads and knows the phrases', () => {
    const loaded = loadAssets(applied(writePatch(sources, PROPOSALS).text));
    expect(loaded.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(loaded.ok && loaded.assets.intents.byId.get('check_offer')?.phrases.slice(-2)).toEqual([
      PROPOSALS[0]?.text,
      PROPOSALS[1]?.text,
    ]);
    const routes = loaded.ok ? loaded.assets.words.routes : [];
    expect(routes.find(({ phrase }) => phrase === ' coi ho cho moi ')?.route.flow).toBe('check-offer');
  });

  it('says which proposals have no list', () => {
    const { text, placed } = writePatch(sources, [{ kind: 'intent', target: 'gone', text: 'gì đó' }]);
    expect({ text, placed }).toEqual({ text: '', placed: [] });
  });
});
