/** The real flows and content, loaded once per test file. */
import { join } from 'node:path';
import { type Assets, type AssetSource, loadAssets } from '../../bot/index.ts';
import { readAssetSources } from '../../server/assets.ts';

export const repositoryRoot = join(import.meta.dirname, '..', '..');

export function readSources(): Promise<readonly AssetSource[]> {
  return readAssetSources(repositoryRoot);
}

/** @throws Error naming the first faults when content is broken */
export async function loadRealAssets(): Promise<Assets> {
  const result = loadAssets(await readSources());
  if (result.ok) return result.assets;
  const faults = result.problems
    .slice(0, 5)
    .map((problem) => `${problem.path}:${problem.line ?? ''} ${problem.message}`);
  throw new Error(`content does not load:\n${faults.join('\n')}`);
}
