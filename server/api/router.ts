/** Joins the routes of the staff API: same-origin check, sign-in, policy, body, then the route's own declaration. */
import express from 'express';
import type { ErrorRequestHandler, RequestHandler, Router } from 'express';
import { AppError, isDatabaseAway } from '../errors.ts';
import { hashToken, readActor } from '../store/user-sessions.ts';
import { accountRoutes } from './account.ts';
import { approvalRoutes } from './approvals.ts';
import { auditRoutes } from './audit.ts';
import { caseWorkRoutes } from './case-work.ts';
import { caseRoutes } from './cases.ts';
import { channelRoutes } from './channels.ts';
import { conversationRoutes } from './conversations.ts';
import { createSessionCookie } from './cookies.ts';
import type { Refusal } from './contract.ts';
import { courseRoutes } from './course.ts';
import type { ApiDeps } from './deps.ts';
import { createLiveRoute, LIVE_PACE } from './live.ts';
import type { LivePace } from './live.ts';
import { enrolmentRoutes } from './enrolment.ts';
import { factorRoutes } from './factors.ts';
import { showDemoCode } from './me.ts';
import { mentionRoutes } from './mentions.ts';
import { mediaRoutes } from './media.ts';
import { describeApi } from './openapi.ts';
import { createPasswords } from './passwords.ts';
import { phraseRoutes } from './phrases.ts';
import { findMissingProof, may } from './policies.ts';
import { practiceRoutes } from './practice.ts';
import { qualityRoutes } from './quality.ts';
import { hearFrom } from './hear-from.ts';
import { deskRoutes } from './my-desk.ts';
import { queueRoutes } from './queue.ts';
import { riskRoutes } from './risk.ts';
import { isRefusalCode, sendRefusal } from './route.ts';
import type { Route, Tools } from './route.ts';
import { isSameOrigin } from './same-origin.ts';
import { safeContactRoutes } from './safe-contact.ts';
import { shiftRoutes } from './shifts.ts';
import { setupRoutes } from './setup.ts';
import { studioRoutes } from './studio.ts';
import { studioPublishingRoutes } from './studio-publishing.ts';
import { studioRulesRoutes } from './studio-rules.ts';
import { createSignInLimit } from './sign-in-limit.ts';
import { talkRoutes } from './talk.ts';
import { teamRoutes } from './team.ts';
import { tourRoutes } from './tour.ts';
import { wellbeingRoutes } from './wellbeing.ts';
import { wallRoutes } from './wall.ts';
import { transferRoutes } from './transfers.ts';

export type { ApiDeps } from './deps.ts';

/** Enough for the longest reply in any script, far from what hurts. */
const MAX_BODY_BYTES = 64 * 1024;

/** All routes, for the server, the document and the test that looks for one without a policy. */
export function listRoutes(pace: LivePace = LIVE_PACE): readonly Route[] {
  return [
    ...accountRoutes,
    ...factorRoutes,
    ...enrolmentRoutes,
    ...setupRoutes,
    ...teamRoutes,
    ...approvalRoutes,
    ...auditRoutes,
    ...queueRoutes,
    ...transferRoutes,
    ...riskRoutes,
    ...deskRoutes,
    ...conversationRoutes,
    ...talkRoutes,
    ...mentionRoutes,
    ...tourRoutes,
    ...mediaRoutes,
    ...safeContactRoutes,
    ...caseRoutes,
    ...caseWorkRoutes,
    ...channelRoutes,
    ...phraseRoutes,
    ...shiftRoutes,
    ...wallRoutes,
    ...wellbeingRoutes,
    ...practiceRoutes,
    ...courseRoutes,
    ...qualityRoutes,
    ...studioRoutes,
    ...studioPublishingRoutes,
    ...studioRulesRoutes,
    createLiveRoute(pace),
  ];
}

/** Mount at `/api`, after `/api/chat`. Answers every address below it, also with 404, in JSON and `no-store`. */
export function createApiRouter(deps: ApiDeps, pace: LivePace = LIVE_PACE): Router {
  const routes = listRoutes(pace);
  const tools: Tools = {
    ...deps,
    passwords: createPasswords(),
    limit: createSignInLimit(deps.pool, deps.vault),
    cookie: createSessionCookie(deps.publicUrl),
  };
  const origin = new URL(deps.publicUrl).origin;
  const document = describeApi(routes);

  const router = express.Router({ caseSensitive: true, strict: true });
  router.use((request, response, next) => {
    response.set({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    if (isSameOrigin(request, origin)) next();
    else sendRefusal(response, { code: 'cross_site' });
  });
  router.get('/openapi.json', (_request, response) => {
    response.json(document);
  });
  const parseBody = express.json({ limit: MAX_BODY_BYTES, strict: true });
  for (const route of routes)
    router[route.method](
      route.path,
      route.maxBodyBytes === undefined
        ? parseBody
        : express.json({ limit: route.maxBodyBytes, strict: true }),
      guard(route, tools),
    );
  router.use((_request, response) => sendRefusal(response, { code: 'not_found' }));
  router.use(answerErrors(deps.onError));
  return router;
}

function guard(route: Route, tools: Tools): RequestHandler {
  return async (request, response) => {
    const token = route.permission === 'public' ? null : tools.cookie.read(request);
    const actor = token === null ? null : await readActor(tools.pool, hashToken(token), tools.clock.now());
    if (actor !== null) await hearFrom(tools, actor);
    if (route.permission !== 'public' && actor === null) {
      sendRefusal(response, { code: 'unauthenticated' });
      return;
    }
    if (route.permission !== 'public' && actor !== null) {
      const missing = findMissingProof(actor, route.assurance ?? 'fresh', tools.clock.now());
      // who may not do it at all is not asked to prove more
      const code =
        missing !== 'factor_required' && !may(actor.role, route.permission) ? 'forbidden' : missing;
      if (code !== null) {
        if (code === 'step_up_required') await showDemoCode(tools, actor);
        sendRefusal(response, { code });
        return;
      }
    }
    if (hasBodyOfAnotherKind(request.headers)) {
      sendRefusal(response, { code: 'not_json' });
      return;
    }
    await route.serve({ request, response, actor, tools });
  };
}

function hasBodyOfAnotherKind(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  const length = headers['content-length'];
  const hasBody = (length !== undefined && length !== '0') || headers['transfer-encoding'] !== undefined;
  return hasBody && !String(headers['content-type'] ?? '').startsWith('application/json');
}

/** Faults of the body parser and of the world become codes; our own mistakes are told to the log without content. */
function answerErrors(onError: ApiDeps['onError']): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const known = describeKnown(error);
    if (known === null) onError(`${request.method} ${routePattern(request.route)}`, error);
    sendRefusal(response, known ?? { code: 'internal' });
  };
}

/** Faults of the body parser, of the world, and those with a code. @returns null: our own mistake */
function describeKnown(error: unknown): Refusal | null {
  const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : null;
  if (type === 'entity.too.large') return { code: 'body_too_large' };
  if (type === 'entity.parse.failed' || type === 'encoding.unsupported' || type === 'charset.unsupported') {
    return { code: 'not_json' };
  }
  if (error instanceof URIError) return { code: 'not_found' };
  if (error instanceof RangeError && error.message === 'too many passwords at once') {
    return { code: 'too_many_requests', retryAfterSeconds: 10 };
  }
  if (isDatabaseAway(error)) return { code: 'database_unavailable', retryAfterSeconds: 2 };
  return error instanceof AppError && isRefusalCode(error.code) ? { code: error.code } : null;
}

/** The pattern, never the address: ids stay out of logs where they are not needed. */
function routePattern(route: unknown): string {
  return typeof route === 'object' && route !== null && 'path' in route && typeof route.path === 'string'
    ? route.path
    : '?';
}
