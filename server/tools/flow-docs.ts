/** `npm run flow -- docs`: writes docs/flow-language.md and its pictures; a test fails when they differ from this. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadAssets } from '../../bot/index.ts';
import { readAssetSources } from '../assets.ts';
import { withExamples } from '../flow-docs/examples.ts';
import { type DocFile, LIMITS_SOURCE, TEMPLATE, writePage } from '../flow-docs/page.ts';
import { describeProblem } from './content-report.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** @throws Error when content or an example has faults */
export async function composeFlowDocs(root = ROOT): Promise<readonly DocFile[]> {
  const [sources, template, limits] = await Promise.all([
    readAssetSources(root),
    readFile(join(root, TEMPLATE), 'utf8'),
    readFile(join(root, LIMITS_SOURCE), 'utf8'),
  ]);
  const result = loadAssets(withExamples(sources));
  if (!result.ok)
    throw new Error(
      [
        'Nothing was written: content or an example has faults.',
        ...result.problems.map(describeProblem),
      ].join('\n'),
    );
  return writePage(result.assets, template, limits);
}

/** @returns what was written, a line each */
export async function writeFlowDocs(): Promise<readonly string[]> {
  const files = await composeFlowDocs();
  for (const { path, text } of files) {
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await writeFile(join(ROOT, path), text);
  }
  return files.map(({ path }) => `${path}: written`);
}
