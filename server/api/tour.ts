/** Whether somebody has seen, or skipped, the tour of the desk: kept with the account, so that it comes once on any browser. */
import { isTourDone, setTourDone } from '../store/tour.ts';
import { EmptySchema } from './contract.ts';
import { auditedRoute, done, readRoute } from './route.ts';
import type { Route } from './route.ts';
import { TourSchema } from './talk-contract.ts';

export const tourRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/me/tour',
    permission: 'account',
    summary: 'Has this account seen or skipped the tour of the desk?',
    params: EmptySchema,
    body: EmptySchema,
    output: TourSchema,
    handle: async ({ actor, db }) => done({ done: await isTourDone(db, actor.userId) }),
  }),
  auditedRoute({
    method: 'post',
    path: '/me/tour',
    permission: 'account',
    summary: 'The tour was seen or skipped, or is wanted again.',
    params: EmptySchema,
    body: TourSchema,
    output: TourSchema,
    audit: { action: 'tour_changed', object: 'user' },
    handle: async ({ actor, body, client, now }) => {
      await setTourDone(client, actor.userId, body.done ? now : null);
      return done({ done: body.done }, { objectId: actor.userId, detail: { done: body.done } });
    },
  }),
];
