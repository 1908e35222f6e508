/** Gzip sizes of what a person and a counsellor load first. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Figure } from './figure.ts';

export async function measureBundles(root: string): Promise<readonly Figure[]> {
  const webchat = await gzipKilobytes(join(root, 'dist', 'webchat'), () => true);
  const consoleAll = await gzipKilobytes(join(root, 'dist', 'console'), () => true);
  return [
    { name: 'web chat, script and style (gzip)', value: webchat, unit: 'kB', target: 15, reference: null },
    {
      name: 'console, all scripts and styles (gzip)',
      value: consoleAll,
      unit: 'kB',
      target: null,
      reference: null,
    },
  ];
}

async function gzipKilobytes(folder: string, wanted: (name: string) => boolean): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter(
    (entry) => entry.isFile() && /\.(js|css)$/.test(entry.name) && wanted(entry.name),
  );
  const sizes = await Promise.all(
    files.map(
      async (entry) => gzipSync(await readFile(join(entry.parentPath, entry.name)), { level: 9 }).length,
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1000;
}
