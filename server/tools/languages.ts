/** `npm run languages`: writes the counted profiles of content/languages and the rows they are tested on. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildLanguageFiles } from './language-profiles.ts';

const root = join(import.meta.dirname, '..', '..');
for (const [path, text] of await buildLanguageFiles()) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
  process.stdout.write(`${path}\n`);
}
