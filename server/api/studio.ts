/** Drafts of the content: begun, written in, checked, read as a difference, brought up to date. */
import type { Db } from '../ports.ts';
import { diffContent } from '../content/diff-content.ts';
import { type DraftContent, readChangedTexts, readDraftContent } from '../content/draft-content.ts';
import { changesBetween, type FileChange, hashText, type Manifest } from '../content/manifest.ts';
import { listPeopleInside } from '../content/people-inside.ts';
import { findPublishFault, isAuthor, readNeeds } from '../content/publish.ts';
import { mergeOnto } from '../content/rebase-draft.ts';
import type { CheckState } from '../content/checks.ts';
import { readContent, readText, saveTexts } from '../store/content-files.ts';
import {
  insertDraft,
  listDraftFiles,
  listDrafts,
  lockDraft,
  moveDraftBase,
  readDraft,
  setDraftState,
  type StoredDraft,
  writeDraftFiles,
} from '../store/content-drafts.ts';
import { countApprovals, listReviews } from '../store/content-reviews.ts';
import { readCurrentNumber, readCurrentRelease, readRelease } from '../store/releases.ts';
import type { Actor } from '../store/user-sessions.ts';
import { EmptySchema, IdParamsSchema } from './contract.ts';
import { may } from './policies.ts';
import { auditedRoute, done, ownRoute, readRoute, refused } from './route.ts';
import type { Route, Tools } from './route.ts';
import {
  type Check,
  CheckSchema,
  DraftDiffSchema,
  type DraftHead,
  DraftFilesSchema,
  DraftMadeSchema,
  DraftSchema,
  DraftsSchema,
  FileSchema,
  FileWrittenSchema,
  MAX_FILE_BODY_BYTES,
  NewDraftSchema,
  PeopleInsideSchema,
  ReadFileSchema,
  RebasedSchema,
  VersionSchema,
  WriteFileSchema,
} from './studio-contract.ts';

const MAX_LISTED = 100;

/** Everything else stands in the way of one: where it is said who may, and what is kept. */
const READS = { permission: 'see_content', params: IdParamsSchema, body: EmptySchema } as const;

export const studioRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/studio/drafts',
    permission: 'see_content',
    summary: 'Drafts under way, then the newest that are over.',
    params: EmptySchema,
    body: EmptySchema,
    output: DraftsSchema,
    handle: async ({ db }) => {
      const drafts = await listDrafts(db, MAX_LISTED);
      const current = await readCurrentNumber(db);
      const given = await countApprovals(
        db,
        drafts.map(({ id }) => id),
      );
      const heads: DraftHead[] = [];
      for (const draft of drafts) {
        const isOver = draft.state === 'published' || draft.state === 'withdrawn';
        const content = await readDraftContent(db, draft);
        const needed = isOver ? 0 : (await readNeeds(db, content)).needed;
        heads.push(headOf(draft, content, { current, needed, given: given.get(draft.id) ?? 0 }));
      }
      return done({ current, drafts: heads });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/studio/drafts',
    permission: 'write_content',
    summary: 'Begin a draft on the newest release.',
    params: EmptySchema,
    body: NewDraftSchema,
    output: DraftMadeSchema,
    audit: { action: 'draft_begun', object: 'draft' },
    handle: async ({ actor, body, client, now, tools }) => {
      const id = tools.newId();
      const base = await readCurrentNumber(client);
      await insertDraft(client, { id, ...body, base, by: actor.userId, now });
      await tellStudio(tools, client);
      return done({ id }, { objectId: id, detail: { base } });
    },
  }),
  readRoute({
    ...READS,
    method: 'get',
    path: '/studio/drafts/:id',
    summary: 'One draft: what it changes, what the checker and the reviewers say, what may be done now.',
    output: DraftSchema,
    handle: async ({ actor, db, params, tools }) => {
      const draft = await readDraft(db, params.id);
      return draft === null ? refused('not_found') : done(await describeDraft(db, tools, actor, draft));
    },
  }),
  readRoute({
    ...READS,
    method: 'get',
    path: '/studio/drafts/:id/files',
    summary: 'Every file of the content as the draft has it.',
    output: DraftFilesSchema,
    handle: async ({ db, params }) => {
      const draft = await readDraft(db, params.id);
      if (draft === null) return refused('not_found');
      const { base, written } = await readDraftContent(db, draft);
      const changes = changeOfPath(base, written);
      const paths = [...new Set([...Object.keys(base), ...Object.keys(written)])].sort();
      return done({ files: paths.map((path) => ({ path, change: changes.get(path) ?? null })) });
    },
  }),
  readRoute({
    ...READS,
    method: 'post',
    path: '/studio/drafts/:id/file/read',
    summary: 'One file, and how the release below has it.',
    body: ReadFileSchema,
    output: FileSchema,
    handle: async ({ actor, db, params, body }) => {
      const draft = await readDraft(db, params.id);
      if (draft === null) return refused('not_found');
      const { base, written } = await readDraftContent(db, draft);
      const hash = written[body.path] ?? null;
      const below = base[body.path] ?? null;
      if (hash === null && below === null) return refused('not_found');
      return done({
        path: body.path,
        ...{ hash, text: hash === null ? null : await readText(db, hash) },
        baseText: below === null ? null : await readText(db, below),
        mayWrite: mayWrite(actor, draft) && !isFixed(body.path),
      });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/studio/drafts/:id/file',
    permission: 'write_content',
    summary:
      'Write or remove one file. Refused when somebody wrote it since it was read; then nothing is changed.',
    params: IdParamsSchema,
    body: WriteFileSchema,
    output: FileWrittenSchema,
    maxBodyBytes: MAX_FILE_BODY_BYTES,
    refusals: ['content_changed', 'draft_closed', 'path_refused', 'not_found'],
    audit: { action: 'draft_written', object: 'draft' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const draft = await lockDraft(client, params.id);
      if (draft === null) return refused('not_found');
      if (!mayWrite(actor, draft)) return refused('draft_closed');
      if (isFixed(body.path) && body.text !== null) return refused('path_refused');
      const { base, written } = await readDraftContent(client, draft);
      const before = written[body.path] ?? null;
      if (before !== body.expected) {
        const last = (await listDraftFiles(client, draft.id)).find(({ path }) => path === body.path);
        return refused('content_changed', last === undefined ? {} : { by: last.by });
      }
      const text = body.text?.normalize('NFC').replaceAll('\r\n', '\n') ?? null;
      const hash = text === null ? null : hashText(text);
      if (hash === before) return done({ hash, version: draft.version }, { objectId: draft.id });
      if (text !== null) await saveTexts(client, [text]);
      const version = await writeDraftFiles(client, {
        ...{ draftId: draft.id, by: actor.userId, now },
        files: [{ path: body.path, hash, same: hash === (base[body.path] ?? null) }],
      });
      await reopen(client, draft, now);
      await tellStudio(tools, client);
      return done({ hash, version }, { objectId: draft.id, detail: { path: body.path, version } });
    },
  }),
  ownRoute({
    method: 'post',
    path: '/studio/drafts/:id/check',
    permission: 'see_content',
    summary:
      'Check the draft as it would be published; the answer comes later, with the live event content_changed.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: CheckSchema,
    audit: null,
    handle: async ({ params, tools }) => {
      const draft = await readDraft(tools.pool, params.id);
      if (draft === null) return refused('not_found');
      const { manifest } = await readDraftContent(tools.pool, draft);
      return done(describeCheck(await tools.studio.checks.start(manifest)));
    },
  }),
  readRoute({
    ...READS,
    method: 'get',
    path: '/studio/drafts/:id/diff',
    summary: 'What it changes: texts, flows, facts, lines.',
    output: DraftDiffSchema,
    handle: async ({ db, params }) => {
      const draft = await readDraft(db, params.id);
      if (draft === null) return refused('not_found');
      return done(diffContent(await readChangedTexts(db, await readDraftContent(db, draft))));
    },
  }),
  readRoute({
    ...READS,
    method: 'get',
    path: '/studio/drafts/:id/people',
    summary: 'Who stands where in the flows it changes, and what becomes of them: counts only.',
    output: PeopleInsideSchema,
    handle: async ({ db, params }) => {
      const draft = await readDraft(db, params.id);
      if (draft === null) return refused('not_found');
      return done({ flows: [...(await listPeopleInside(db, await readDraftContent(db, draft)))] });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/studio/drafts/:id/rebase',
    permission: 'write_content',
    summary:
      'Stand on the newest release: merged line by line; nothing is written while the same lines differ.',
    params: IdParamsSchema,
    body: VersionSchema,
    output: RebasedSchema,
    refusals: ['content_changed', 'draft_closed', 'not_found'],
    audit: { action: 'draft_rebased', object: 'draft' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const draft = await lockDraft(client, params.id);
      if (draft === null) return refused('not_found');
      if (!mayWrite(actor, draft)) return refused('draft_closed');
      if (draft.version !== body.version) return refused('content_changed');
      const current = await readCurrentRelease(client);
      const below = await readRelease(client, draft.base);
      if (current === null || below === null) return refused('not_found');
      const nothing = { base: draft.base, version: draft.version, merged: [], conflicts: [] };
      if (current.number === draft.base) return done(nothing, { objectId: draft.id });
      const { written, files: before } = await readDraftContent(client, draft);
      const textOf = await readTexts(client, [below.manifest, written, current.manifest]);
      const manifests = { base: below.manifest, ours: written, theirs: current.manifest };
      const { files, merged, conflicts } = mergeOnto(manifests, textOf);
      const result = { merged: [...merged], conflicts: [...conflicts] };
      if (conflicts.length > 0)
        return done(
          { ...nothing, ...result },
          { objectId: draft.id, detail: { conflicts: conflicts.length } },
        );
      await saveTexts(
        client,
        files.flatMap(({ text }) => (text === null ? [] : [text])),
      );
      const kept = new Set(files.map(({ path }) => path));
      await writeDraftFiles(client, {
        ...{ draftId: draft.id, by: actor.userId, now },
        files: [
          ...files.map(({ path, text }) => ({
            path,
            hash: text === null ? null : hashText(text),
            same: false,
          })),
          ...before
            .filter(({ path }) => !kept.has(path))
            .map(({ path, hash }) => ({ path, hash, same: true })),
        ],
      });
      const version = await moveDraftBase(client, draft.id, current.number, now);
      await reopen(client, draft, now);
      await tellStudio(tools, client);
      return done(
        { ...result, base: current.number, version },
        { objectId: draft.id, detail: { base: current.number, merged: merged.length } },
      );
    },
  }),
];

/** Drafts, checks and releases are shown anew. */
export async function tellStudio(tools: Tools, client: Parameters<Tools['announce']>[0]): Promise<void> {
  await tools.announce(client, [{ kind: 'content_changed', conversationId: null, userId: null }]);
}

/** What was handed in and is written in again is open again. */
async function reopen(
  client: Parameters<typeof setDraftState>[0],
  draft: StoredDraft,
  now: Date,
): Promise<void> {
  if (draft.state !== 'open') await setDraftState(client, draft.id, 'open', { now });
}

/** Versions that people stand in are kept by the program; they can only be taken away. */
function isFixed(path: string): boolean {
  return path.startsWith('flows/released/') || path.includes('..');
}

export function mayWrite(actor: Actor, draft: Pick<StoredDraft, 'state'>): boolean {
  return may(actor.role, 'write_content') && draft.state !== 'published' && draft.state !== 'withdrawn';
}

function changeOfPath(base: Manifest, written: Manifest): ReadonlyMap<string, FileChange> {
  return new Map(changesBetween(base, written).map(({ path, change }) => [path, change]));
}

async function readTexts(db: Db, manifests: readonly Manifest[]): Promise<(hash: string) => string> {
  const hashes = [...new Set(manifests.flatMap((manifest) => Object.values(manifest)))];
  const files = await readContent(db, Object.fromEntries(hashes.map((hash) => [hash, hash])));
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  return (hash) => texts.get(hash) ?? '';
}

function headOf(
  draft: StoredDraft,
  content: DraftContent,
  { current, needed, given }: { current: number; needed: number; given: number },
): DraftHead {
  const isOver = draft.state === 'published' || draft.state === 'withdrawn';
  return {
    ...{ id: draft.id, title: draft.title, note: draft.note, state: draft.state },
    ...{ base: draft.base, behind: isOver ? 0 : current - draft.base, version: draft.version },
    createdBy: draft.createdBy,
    createdAt: draft.createdAt.toISOString(),
    changedAt: draft.changedAt.toISOString(),
    files: content.files.length,
    publishAt: draft.publishAt?.toISOString() ?? null,
    heldBack: draft.heldBack,
    approvals: { needed, given },
  };
}

export function describeCheck(state: CheckState): Check {
  if (state.kind !== 'done')
    return {
      ...{ state: state.kind, errors: 0, warnings: 0, problems: [] },
      ...{ checkedAt: null, millis: null },
    };
  const { errors, warnings, problems, millis, at } = state.check;
  return { state: 'done', errors, warnings, problems: [...problems], checkedAt: at.toISOString(), millis };
}

async function describeDraft(db: Db, tools: Tools, actor: Actor, draft: StoredDraft) {
  const content = await readDraftContent(db, draft);
  const current = await readCurrentNumber(db);
  const { needed, two } = await readNeeds(db, content);
  const given = (await countApprovals(db, [draft.id])).get(draft.id) ?? 0;
  const changes = changeOfPath(content.base, content.written);
  const writes = mayWrite(actor, draft);
  const inReview = draft.state === 'in_review' || draft.state === 'scheduled';
  const fault = await findPublishFault(db, draft, content, tools.clock.now());
  return {
    ...headOf(draft, content, { current, needed, given }),
    changes: content.files.map(({ path, by, at }) => ({
      ...{ path, by, change: changes.get(path) ?? ('changed' as const) },
      ...{ at: at.toISOString(), needsTwo: two.has(path) },
    })),
    reviews: (await listReviews(db, draft.id)).map(({ id, by, verdict, note, at, version }) => ({
      ...{ id, by, verdict, note, at: at.toISOString(), counts: version === draft.version },
    })),
    // whoever reviews or publishes finds it checked without asking
    check: describeCheck(
      inReview
        ? await tools.studio.checks.start(content.manifest)
        : await tools.studio.checks.look(content.manifest),
    ),
    may: {
      write: writes,
      submit: writes && draft.state === 'open' && content.files.length > 0,
      review: inReview && may(actor.role, 'review_content') && !(await isAuthor(db, draft, actor.userId)),
      publish: writes && fault === null,
      withdraw: writes,
    },
  };
}
