/** Review of closed conversations: a random sample, a form, and the counsellor who reads what was seen in their own work. */
import { addDays, dayOf, startOfDay } from '../duty/calendar.ts';
import {
  countDrawn,
  drawSample,
  insertSample,
  listClosed,
  listQuality,
  markSeen,
  readQuality,
  writeQuality,
  type QualityRow,
} from '../store/quality.ts';
import type { Actor } from '../store/user-sessions.ts';
import { DoneSchema, EmptySchema, IdParamsSchema } from './contract.ts';
import { may } from './policies.ts';
import {
  QualityReadSchema,
  QualityReviewSchema,
  QualitySchema,
  SampledSchema,
  SampleSchema,
} from './quality-contract.ts';
import { auditedRoute, done, readRoute, refused } from './route.ts';
import type { Route } from './route.ts';

const SHOWN = 200;

export const qualityRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/quality',
    permission: 'desk',
    summary:
      'Samples for review: a supervisor sees all, a counsellor what was reviewed of their own work. No texts.',
    params: EmptySchema,
    body: EmptySchema,
    output: QualitySchema,
    handle: async ({ actor, db, tools }) => {
      const rows = await listQuality(db, may(actor.role, 'supervise') ? null : actor.userId, SHOWN);
      return done({
        lastWeek: addDays(mondayOf(dayOf(tools.clock.now())), -7),
        items: tools.practice.content.items.map(({ id, name }) => ({ id, name: name[actor.uiLanguage] })),
        reviews: rows.map((row) => describe(row, actor)),
      });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/quality/sample',
    permission: 'supervise',
    summary: 'Draw some closed conversations of a week at random, at most so many of each counsellor.',
    params: EmptySchema,
    body: SampleSchema,
    output: SampledSchema,
    audit: { action: 'quality_sample_drawn', object: 'week' },
    handle: async ({ body, client, now, tools }) => {
      const { week, perCounsellor, seed } = body;
      const closed = await listClosed(client, startOfDay(week), startOfDay(addDays(week, 7)));
      const sample = drawSample(closed, perCounsellor, seed, await countDrawn(client, week));
      const rows = sample.map((one) => ({ ...one, id: tools.newId() }));
      const drawn = await insertSample(client, rows, week, now);
      return done({ drawn }, { objectId: week, detail: { drawn, perCounsellor, seed } });
    },
  }),
  auditedRoute({
    method: 'get',
    path: '/quality/:id',
    permission: 'desk',
    summary: 'One review. Read by the counsellor whose work it is, it counts as seen.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: QualityReadSchema,
    refusals: ['not_found'],
    audit: { action: 'quality_review_read', object: 'quality_review' },
    handle: async ({ actor, params, client, now, tools }) => {
      const found = await readQuality(client, tools.vault, params.id);
      const isOwn = found?.counsellorId === actor.userId;
      if (found === null || !(may(actor.role, 'supervise') || (isOwn && found.review !== null)))
        return refused('not_found');
      if (isOwn && found.review !== null) await markSeen(client, params.id, now);
      const { review, ...row } = found;
      return done({ row: describe(row, actor), review }, { objectId: params.id });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/quality/:id/review',
    permission: 'supervise',
    summary:
      'Write or change a review: an answer for each item of the safe-practice list, and a note. Not of one’s own work.',
    params: IdParamsSchema,
    body: QualityReviewSchema,
    output: DoneSchema,
    refusals: ['not_found', 'not_yourself', 'bad_request'],
    audit: { action: 'quality_reviewed', object: 'quality_review' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const found = await readQuality(client, tools.vault, params.id);
      if (found === null) return refused('not_found');
      if (found.counsellorId === actor.userId) return refused('not_yourself');
      const items = tools.practice.content.items.map(({ id }) => id).sort();
      if (Object.keys(body.answers).sort().join() !== items.join())
        return refused('bad_request', { fields: ['answers'] });
      await writeQuality(client, tools.vault, params.id, { review: body, by: actor.userId, now });
      return done({ done: true }, { objectId: params.id });
    },
  }),
];

function mondayOf(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
  return addDays(day, 1 - weekday);
}

function describe({ counsellorId, counsellorName, reviewedAt, seenAt, ...row }: QualityRow, actor: Actor) {
  return {
    ...row,
    counsellor: { id: counsellorId, displayName: counsellorName },
    reviewedAt: reviewedAt?.toISOString() ?? null,
    seenAt: seenAt?.toISOString() ?? null,
    mayReview: may(actor.role, 'supervise') && counsellorId !== actor.userId,
  };
}
