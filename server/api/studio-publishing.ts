/** How a draft becomes what people get: handed in, reviewed by somebody else, published now or later, and taken back. */
import { isAuthor, publishDraft, rollBack } from '../content/publish.ts';
import { lockDraft, scheduleDraft, setDraftState } from '../store/content-drafts.ts';
import { insertReview } from '../store/content-reviews.ts';
import { findPublishFault } from '../content/publish.ts';
import { readDraftContent } from '../content/draft-content.ts';
import { listReleases, readCurrentNumber } from '../store/releases.ts';
import { DoneSchema, EmptySchema, IdParamsSchema } from './contract.ts';
import { auditedRoute, done, readRoute, refused } from './route.ts';
import type { Route } from './route.ts';
import { mayWrite, tellStudio } from './studio.ts';
import {
  PublishDraftSchema,
  PublishedSchema,
  ReleaseParamsSchema,
  ReleasesSchema,
  ReviewDraftSchema,
  RollbackSchema,
  VersionSchema,
} from './studio-contract.ts';

const MAX_LISTED = 100;

export const studioPublishingRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/studio/releases',
    permission: 'see_content',
    summary: 'Releases, newest first, and which one this instance answers people with.',
    params: EmptySchema,
    body: EmptySchema,
    output: ReleasesSchema,
    handle: async ({ db, tools }) => {
      const releases = await listReleases(db, MAX_LISTED);
      return done({
        current: await readCurrentNumber(db),
        live: tools.studio.live.state(),
        releases: releases.map(({ createdAt, ...one }) => ({ ...one, createdAt: createdAt.toISOString() })),
      });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/studio/drafts/:id/submit',
    permission: 'write_content',
    summary: 'Hand it in for review; it is checked, too.',
    params: IdParamsSchema,
    body: VersionSchema,
    output: DoneSchema,
    refusals: ['content_changed', 'draft_closed', 'draft_empty', 'not_found'],
    audit: { action: 'draft_submitted', object: 'draft' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const draft = await lockDraft(client, params.id);
      if (draft === null) return refused('not_found');
      if (!mayWrite(actor, draft)) return refused('draft_closed');
      if (draft.version !== body.version) return refused('content_changed');
      const content = await readDraftContent(client, draft);
      if (content.files.length === 0) return refused('draft_empty');
      await setDraftState(client, draft.id, 'in_review', { now });
      await tellStudio(tools, client);
      return done({ done: true as const }, { objectId: draft.id, detail: { version: draft.version } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/studio/drafts/:id/review',
    permission: 'review_content',
    summary: 'Approve what somebody else wrote, or ask for changes. Counts for this version only.',
    params: IdParamsSchema,
    body: ReviewDraftSchema,
    output: DoneSchema,
    refusals: ['content_changed', 'not_in_review', 'own_work', 'not_found'],
    audit: { action: 'draft_reviewed', object: 'draft' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const draft = await lockDraft(client, params.id);
      if (draft === null) return refused('not_found');
      if (draft.state !== 'in_review' && draft.state !== 'scheduled') return refused('not_in_review');
      if (draft.version !== body.version) return refused('content_changed');
      if (await isAuthor(client, draft, actor.userId)) return refused('own_work');
      const { verdict, note, version } = body;
      await insertReview(client, {
        ...{ id: tools.newId(), draftId: draft.id, version, verdict, note, by: actor.userId, now },
      });
      if (verdict === 'changes_wanted') await setDraftState(client, draft.id, 'open', { now });
      await tellStudio(tools, client);
      return done({ done: true as const }, { objectId: draft.id, detail: { verdict, version } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/studio/drafts/:id/withdraw',
    permission: 'write_content',
    summary: 'Give it up, or take back its schedule.',
    params: IdParamsSchema,
    body: VersionSchema,
    output: DoneSchema,
    refusals: ['content_changed', 'draft_closed', 'not_found'],
    audit: { action: 'draft_withdrawn', object: 'draft' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const draft = await lockDraft(client, params.id);
      if (draft === null) return refused('not_found');
      if (!mayWrite(actor, draft)) return refused('draft_closed');
      if (draft.version !== body.version) return refused('content_changed');
      const state = draft.state === 'scheduled' ? 'in_review' : 'withdrawn';
      await setDraftState(client, draft.id, state, { now });
      await tellStudio(tools, client);
      return done({ done: true as const }, { objectId: draft.id, detail: { state } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/studio/drafts/:id/publish',
    permission: 'write_content',
    assurance: 'fresh',
    summary:
      'Publish it now, or at a time. Checked, approved and up to date, or refused with what is missing.',
    params: IdParamsSchema,
    body: PublishDraftSchema,
    output: PublishedSchema,
    refusals: [
      ...(['content_changed', 'draft_closed', 'draft_empty', 'draft_behind', 'check_missing'] as const),
      ...(['check_failed', 'not_in_review', 'approval_missing', 'time_past', 'not_found'] as const),
    ],
    audit: { action: 'draft_published', object: 'draft' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const draft = await lockDraft(client, params.id);
      if (draft === null) return refused('not_found');
      if (draft.version !== body.version) return refused('content_changed');
      if (body.at !== null) {
        const at = new Date(body.at);
        if (at <= now) return refused('time_past');
        const fault = await findPublishFault(client, draft, await readDraftContent(client, draft), now);
        if (fault !== null) return refused(fault);
        await scheduleDraft(client, draft.id, { at, note: body.note, now });
        await tellStudio(tools, client);
        return done({ release: null }, { objectId: draft.id, detail: { at: at.toISOString() } });
      }
      const published = await publishDraft(client, draft, {
        ...{ by: actor.userId, note: body.note, clock: tools.clock },
      });
      if (published.kind === 'refused') return refused(published.fault);
      await tellStudio(tools, client);
      return done(
        { release: published.number },
        { objectId: draft.id, detail: { release: published.number, version: draft.version } },
      );
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/studio/releases/:number/rollback',
    permission: 'write_content',
    assurance: 'fresh',
    summary: 'Make the contents of an earlier release the newest one, with a reason.',
    params: ReleaseParamsSchema,
    body: RollbackSchema,
    output: PublishedSchema,
    refusals: ['not_found', 'already_current', 'check_failed'],
    audit: { action: 'release_rolled_back', object: 'release' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const result = await rollBack(client, {
        ...{ to: params.number, by: actor.userId, note: body.note, now, loads: tools.studio.live.loads },
      });
      if (result.kind === 'refused') return refused(result.fault);
      await tellStudio(tools, client);
      return done(
        { release: result.number },
        { detail: { release: result.number, restores: params.number } },
      );
    },
  }),
];
