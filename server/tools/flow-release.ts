/** `npm run flow -- release`: keeps copies of flows as they are today in flows/released/, where nobody edits them. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAssets } from '../../bot/index.ts';
import { readAssetSources } from '../assets.ts';
import { describeProblem } from './content-report.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * @param names flows to release; none = all
 * @returns what was done, a line each
 * @throws Error when content has faults, or a name is no flow
 */
export async function releaseFlows(names: readonly string[], root = ROOT): Promise<readonly string[]> {
  const result = loadAssets(await readAssetSources(root));
  if (!result.ok)
    throw new Error(
      ['Nothing was released: content has faults.', ...result.problems.map(describeProblem)].join('\n'),
    );
  const { flows } = result.assets;
  const unknown = names.filter((name) => !flows.has(name));
  if (unknown.length > 0)
    throw new Error(`No such flow: ${unknown.join(', ')}. There are: ${[...flows.keys()].join(', ')}`);
  const wanted = [...flows.values()].filter(({ id }) => names.length === 0 || names.includes(id));
  await mkdir(join(root, 'flows', 'released'), { recursive: true });
  const lines: string[] = [];
  for (const { id, version, path } of wanted) {
    const copy = `flows/released/${id}.${version}.yaml`;
    const text = await readFile(join(root, path), 'utf8');
    const isNew = await writeFile(join(root, copy), text, { flag: 'wx' }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
        throw error;
      },
    );
    lines.push(isNew ? `${copy}: kept` : `${copy}: was kept before`);
  }
  return lines;
}
