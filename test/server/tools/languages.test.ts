/** The counted profiles and their held-out rows are what `npm run languages -- count` writes, and nothing held out was counted. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { buildLanguageFiles } from '../../../server/tools/language-profiles.ts';
import { repositoryRoot } from '../../support/assets.ts';

it('are up to date; if not: npm run languages', async () => {
  const files = await buildLanguageFiles();
  const stale: string[] = [];
  for (const [path, text] of files)
    if ((await readFile(join(repositoryRoot, path), 'utf8')) !== text) stale.push(path);
  expect(files.size).toBeGreaterThan(10);
  expect(stale).toEqual([]);
}, 60_000);
