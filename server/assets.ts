/** Reads flows/ and content/ from disk; what they mean is the engine's business. */
import type { AssetSource } from '../bot/index.ts';
import { listRecordings, readDiskFiles } from './content/disk-files.ts';

/**
 * Lists every content file under `root` as text, in a stable order; of recordings only the path.
 * @throws the file system's error when a folder or file cannot be read
 */
export async function readAssetSources(root: string): Promise<readonly AssetSource[]> {
  const files = (await readDiskFiles(root)).filter(({ path }) => !path.startsWith('translations/'));
  const recordings = (await listRecordings(root)).map((path) => ({ path, text: '' }));
  return [...files, ...recordings].sort((a, b) => (a.path < b.path ? -1 : 1));
}
