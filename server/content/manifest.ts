/** A content as a list: which files it has, each by the hash of its text. */
import { createHash } from 'node:crypto';

/** path → hash of its text */
export type Manifest = Readonly<Record<string, string>>;
export type FileChange = 'added' | 'changed' | 'removed';

export interface ContentText {
  /** relative to the root of the repository, with `/` */
  path: string;
  text: string;
}

/** SHA-256 of the text in UTF-8, hexadecimal. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function manifestOf(files: readonly ContentText[]): Manifest {
  return sorted(files.map(({ path, text }) => [path, hashText(text)]));
}

/** Equal contents have equal digests, whatever order their files came in. */
export function digestOf(manifest: Manifest): string {
  const lines = Object.keys(manifest)
    .sort()
    .map((path) => `${path}\n${manifest[path] ?? ''}\n`);
  return hashText(lines.join(''));
}

export interface ManifestChange {
  path: string;
  change: FileChange;
  before: string | null;
  after: string | null;
}

/** What leads from one to the other, by path. */
export function changesBetween(before: Manifest, after: Manifest): readonly ManifestChange[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths.flatMap((path): ManifestChange[] => {
    const from = before[path] ?? null;
    const to = after[path] ?? null;
    if (from === to) return [];
    return [
      {
        path,
        change: from === null ? 'added' : to === null ? 'removed' : 'changed',
        before: from,
        after: to,
      },
    ];
  });
}

/** @param changes hash null: the file goes */
export function applyChanges(
  manifest: Manifest,
  changes: readonly { path: string; hash: string | null }[],
): Manifest {
  const files = new Map(Object.entries(manifest));
  for (const { path, hash } of changes) {
    if (hash === null) files.delete(path);
    else files.set(path, hash);
  }
  return sorted([...files]);
}

function sorted(entries: readonly (readonly [string, string])[]): Manifest {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
