/** The content as it is in the repository: seed of a new installation, and what a newer release of the software brings. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { ContentText } from './manifest.ts';

const FOLDERS = ['flows', 'content'] as const;
/** work lists of languages that are not served yet; an installation may do without */
const WORK_LISTS = 'translations';
const TEXTS = ['.yaml', '.csv', '.md'] as const;
const RECORDINGS = ['.ogg', '.mp3', '.m4a'] as const;

/** Every text, by path. @throws the file system's error when a folder or file cannot be read */
export async function readDiskFiles(root: string): Promise<readonly ContentText[]> {
  const paths = (
    await Promise.all([
      ...FOLDERS.map((folder) => listFiles(join(root, folder), TEXTS)),
      listFiles(join(root, WORK_LISTS), TEXTS).catch(() => []),
    ])
  ).flat();
  const files = await Promise.all(
    paths.map(async (path) => ({ path: nameOf(root, path), text: await readFile(path, 'utf8') })),
  );
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Paths of recordings that lie beside the texts. */
export async function listRecordings(root: string): Promise<readonly string[]> {
  const paths = await listFiles(join(root, 'content', 'audio'), RECORDINGS).catch(() => []);
  return paths.map((path) => nameOf(root, path)).sort();
}

async function listFiles(folder: string, extensions: readonly string[]): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && extensions.some((extension) => entry.name.endsWith(extension)))
    .map((entry) => join(entry.parentPath, entry.name));
}

function nameOf(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}
