/** Brings a draft up to the newest release: what only one side changed is taken, what both changed is merged line by line. */
import { diff3Merge } from 'node-diff3';
import { changesBetween, type Manifest } from './manifest.ts';

export interface Conflict {
  path: string;
  /** the lines of the draft, and of the release; '' where a file went */
  ours: string;
  theirs: string;
  /** 1-based, in the draft's text */
  line: number;
}
export interface MergedFiles {
  /** what the draft lays over the new release: text null = the file goes */
  files: readonly { path: string; text: string | null }[];
  /** paths both changed */
  merged: readonly string[];
  conflicts: readonly Conflict[];
}

/**
 * @param base the release the draft stood on. @param ours the draft. @param theirs the release it shall stand on
 * @param textOf the text of a hash of any of the three
 */
export function mergeOnto(
  { base, ours, theirs }: { base: Manifest; ours: Manifest; theirs: Manifest },
  textOf: (hash: string) => string,
): MergedFiles {
  const files: { path: string; text: string | null }[] = [];
  const merged: string[] = [];
  const conflicts: Conflict[] = [];
  for (const { path, before, after } of changesBetween(base, ours)) {
    const now = theirs[path] ?? null;
    if (now === after) continue;
    if (now === before) {
      files.push({ path, text: after === null ? null : textOf(after) });
      continue;
    }
    // one of us took away what the other changed, or both began the same file
    if (after === null || now === null || before === null) {
      conflicts.push({
        ...{ path, line: 1, ours: after === null ? '' : textOf(after) },
        theirs: now === null ? '' : textOf(now),
      });
      continue;
    }
    const result = mergeText(textOf(before), textOf(after), textOf(now));
    merged.push(path);
    if (result.kind === 'merged') files.push({ path, text: result.text });
    else conflicts.push(...result.conflicts.map((one) => ({ path, ...one })));
  }
  return { files, merged, conflicts };
}

type TextMerge =
  { kind: 'merged'; text: string } | { kind: 'conflicts'; conflicts: readonly Omit<Conflict, 'path'>[] };

/** Line by line, as version control does. */
export function mergeText(base: string, ours: string, theirs: string): TextMerge {
  const regions = diff3Merge(ours.split('\n'), base.split('\n'), theirs.split('\n'), {
    excludeFalseConflicts: true,
  });
  const conflicts = regions.flatMap(({ conflict }) =>
    conflict === undefined
      ? []
      : [{ ours: conflict.a.join('\n'), theirs: conflict.b.join('\n'), line: conflict.aIndex + 1 }],
  );
  if (conflicts.length > 0) return { kind: 'conflicts', conflicts };
  return { kind: 'merged', text: regions.flatMap(({ ok }) => ok ?? []).join('\n') };
}
