/** Reads flows/ and content/ from disk; what they mean is the engine's business. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { AssetSource } from '../bot/index.ts';

const FOLDERS = ['flows', 'content'] as const;
const TEXTS = ['.yaml', '.csv', '.md'] as const;
/** only that they are there matters to the engine */
const RECORDINGS = ['.ogg', '.mp3', '.m4a'] as const;

/**
 * Lists every content file under `root` as text, in a stable order; of recordings only the path.
 * @throws the file system's error when a folder or file cannot be read
 */
export async function readAssetSources(root: string): Promise<readonly AssetSource[]> {
  const paths = (await Promise.all(FOLDERS.map((folder) => listFiles(join(root, folder))))).flat().sort();
  return Promise.all(
    paths.map(async (path) => ({
      path: relative(root, path).split(sep).join('/'),
      text: endsWithOne(path, RECORDINGS) ? '' : await readFile(path, 'utf8'),
    })),
  );
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && endsWithOne(entry.name, [...TEXTS, ...RECORDINGS]))
    .map((entry) => join(entry.parentPath, entry.name));
}

function endsWithOne(name: string, extensions: readonly string[]): boolean {
  return extensions.some((extension) => name.endsWith(extension));
}
