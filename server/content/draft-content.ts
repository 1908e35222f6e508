/** The files of a draft: its own laid over the release it stands on, and the versions of flows that have to be kept. */
import type { Db } from '../ports.ts';
import { readContent, readText, saveTexts } from '../store/content-files.ts';
import { listDraftFiles, type DraftFileView, type StoredDraft } from '../store/content-drafts.ts';
import { readRelease } from '../store/releases.ts';
import { keptVersions } from './flow-versions.ts';
import { applyChanges, changesBetween, type ContentText, type Manifest } from './manifest.ts';

export interface DraftContent {
  /** of the release it stands on */
  base: Manifest;
  /** as editors have it */
  written: Manifest;
  /** as it would be published: `written` and the flows that are kept */
  manifest: Manifest;
  files: readonly DraftFileView[];
}

/** The texts of kept flows are saved with it, so that every hash of `manifest` has one. */
export async function readDraftContent(
  db: Db,
  draft: Pick<StoredDraft, 'id' | 'base'>,
): Promise<DraftContent> {
  const release = await readRelease(db, draft.base);
  if (release === null) throw new Error('a draft stands on a release that is there');
  const files = await listDraftFiles(db, draft.id);
  const base = release.manifest;
  const written = applyChanges(base, files);
  const replaced = changesBetween(base, written).filter(
    ({ path, before }) => before !== null && path.startsWith('flows/'),
  );
  const texts = new Map<string, string>();
  for (const { before } of replaced)
    if (before !== null) texts.set(before, (await readText(db, before)) ?? '');
  const kept = keptVersions(base, written, (hash) => texts.get(hash) ?? '');
  if (kept.length > 0)
    await saveTexts(
      db,
      kept.map(({ text }) => text),
    );
  return { base, written, manifest: applyChanges(written, kept), files };
}

/** The texts of what a draft changes, before and after. */
export async function readChangedTexts(
  db: Db,
  { base, manifest }: Pick<DraftContent, 'base' | 'manifest'>,
): Promise<readonly ChangedText[]> {
  const changes = changesBetween(base, manifest);
  const hashes = Object.fromEntries(
    changes.flatMap(({ before, after }) =>
      [before, after].flatMap((hash) => (hash === null ? [] : [[hash, hash]])),
    ),
  );
  const texts = new Map((await readContent(db, hashes)).map(({ path, text }) => [path, text]));
  return changes.map(({ path, change, before, after }) => ({
    ...{ path, change },
    before: before === null ? null : (texts.get(before) ?? null),
    after: after === null ? null : (texts.get(after) ?? null),
  }));
}

export interface ChangedText {
  path: string;
  change: 'added' | 'changed' | 'removed';
  before: string | null;
  after: string | null;
}

/** All texts of a draft as it would be published. */
export async function readDraftTexts(
  db: Db,
  draft: Pick<StoredDraft, 'id' | 'base'>,
): Promise<readonly ContentText[]> {
  const { manifest } = await readDraftContent(db, draft);
  return readContent(db, manifest);
}
