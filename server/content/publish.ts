/** The one way a draft becomes a release: in one transaction, checked, approved, and standing on the newest release. */
import type { PoolClient } from 'pg';
import type { Clock, Db } from '../ports.ts';
import { readContent, saveTexts } from '../store/content-files.ts';
import { listAuthors, setDraftState, type StoredDraft } from '../store/content-drafts.ts';
import { countApprovals } from '../store/content-reviews.ts';
import { readCheck } from '../store/content-checks.ts';
import {
  addRelease,
  lockReleases,
  readCurrentNumber,
  readCurrentRelease,
  readRelease,
} from '../store/releases.ts';
import { type DraftContent, readChangedTexts, readDraftContent } from './draft-content.ts';
import { keptVersions } from './flow-versions.ts';
import { applyChanges, changesBetween, type ContentText, digestOf } from './manifest.ts';
import { needsTwo } from './safety-files.ts';

/** Why not; codes that the API answers with, too. */
export type PublishFault =
  | 'draft_closed'
  | 'draft_empty'
  | 'draft_behind'
  | 'check_missing'
  | 'check_failed'
  | 'not_in_review'
  | 'approval_missing';

/** People besides the authors who have to approve: two where a mistake can cost a life. */
export const APPROVALS = { ordinary: 1, safety: 2 } as const;

/** @returns how many people have to approve this draft, and which paths ask for two */
export async function readNeeds(
  db: Db,
  content: DraftContent,
): Promise<{ needed: number; two: ReadonlySet<string> }> {
  const changed = await readChangedTexts(db, content);
  const two = new Set(
    changed
      // copies of versions people stand in are written by the program, and say nothing new
      .filter(({ path }) => content.files.some((file) => file.path === path))
      .filter((one) => needsTwo(one, one.before, one.after))
      .map(({ path }) => path),
  );
  return { needed: two.size > 0 ? APPROVALS.safety : APPROVALS.ordinary, two };
}

/** @returns null: nothing keeps it from being published now */
export async function findPublishFault(
  db: Db,
  draft: StoredDraft,
  content: DraftContent,
  now: Date,
): Promise<PublishFault | null> {
  if (draft.state === 'published' || draft.state === 'withdrawn') return 'draft_closed';
  if (content.files.length === 0) return 'draft_empty';
  if (draft.state === 'open') return 'not_in_review';
  if (draft.base !== (await readCurrentNumber(db))) return 'draft_behind';
  const check = await readCheck(db, digestOf(content.manifest), now.toISOString().slice(0, 10));
  if (check === null) return 'check_missing';
  if (check.errors > 0) return 'check_failed';
  const { needed } = await readNeeds(db, content);
  const given = (await countApprovals(db, [draft.id])).get(draft.id) ?? 0;
  return given < needed ? 'approval_missing' : null;
}

export type Published = { kind: 'published'; number: number } | { kind: 'refused'; fault: PublishFault };

/** Under the lock of the draft. Everything is looked at again here, whatever was shown before. */
export async function publishDraft(
  client: PoolClient,
  draft: StoredDraft,
  { by, note, clock }: { by: string | null; note: string; clock: Clock },
): Promise<Published> {
  await lockReleases(client);
  const now = clock.now();
  const content = await readDraftContent(client, draft);
  const fault = await findPublishFault(client, draft, content, now);
  if (fault !== null) return { kind: 'refused', fault };
  const number = await addRelease(client, {
    ...{ kind: 'published', manifest: content.manifest, note, draftId: draft.id, by, now },
  });
  await setDraftState(client, draft.id, 'published', { now });
  return { kind: 'published', number };
}

export type RolledBack =
  | { kind: 'done'; number: number }
  | { kind: 'refused'; fault: 'not_found' | 'already_current' | 'check_failed' };

/**
 * The contents of an earlier release become the newest one. It was checked and approved when it was published; here it only has
 * to load, because whoever rolls back is in a hurry.
 */
export async function rollBack(
  client: PoolClient,
  { to, by, note, now, loads }: RollBackWish,
): Promise<RolledBack> {
  await lockReleases(client);
  const target = await readRelease(client, to);
  const current = await readCurrentRelease(client);
  if (target === null || current === null) return { kind: 'refused', fault: 'not_found' };
  const changes = changesBetween(current.manifest, target.manifest);
  if (changes.every(({ path }) => isKeptVersion(path))) return { kind: 'refused', fault: 'already_current' };
  // whoever stands in a version of a flow that came since finishes it
  const copies = changes.filter(({ path, change }) => isKeptVersion(path) && change === 'removed');
  const texts = await readContent(client, current.manifest);
  const textOf = new Map(texts.map(({ path, text }) => [current.manifest[path] ?? '', text]));
  const kept = keptVersions(current.manifest, target.manifest, (hash) => textOf.get(hash) ?? '');
  await saveTexts(
    client,
    kept.map(({ text }) => text),
  );
  const manifest = applyChanges(target.manifest, [
    ...copies.map(({ path, before }) => ({ path, hash: before })),
    ...kept,
  ]);
  if (!loads(await readContent(client, manifest))) return { kind: 'refused', fault: 'check_failed' };
  const number = await addRelease(client, { kind: 'rollback', manifest, note, restores: to, by, now });
  return { kind: 'done', number };
}

export interface RollBackWish {
  to: number;
  by: string;
  note: string;
  now: Date;
  /** does this version of the software run on it? */
  loads: (files: readonly ContentText[]) => boolean;
}

function isKeptVersion(path: string): boolean {
  return path.startsWith('flows/released/');
}

/** May this person approve? Nobody who ever wrote in it. */
export async function isAuthor(db: Db, draft: StoredDraft, userId: string): Promise<boolean> {
  return draft.createdBy.id === userId || (await listAuthors(db, draft.id)).has(userId);
}
