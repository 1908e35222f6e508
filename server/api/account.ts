/** Signing in and out, one's own account and sessions. */
import { appendAudit } from '../store/audit.ts';
import {
  createUserSession,
  endAllUserSessions,
  endUserSession,
  hashToken,
  IDLE_LIMIT_MS,
  listUserSessions,
  publicSessionId,
  raiseUserSession,
  readActor,
  touchUserSession,
} from '../store/user-sessions.ts';
import { findForSignIn, readPasswordHash, setPasswordHash, setUiLanguage } from '../store/users.ts';
import {
  DoneSchema,
  EmptySchema,
  MePatchSchema,
  MeSchema,
  PasswordChangeSchema,
  SessionParamsSchema,
  SessionsSchema,
  SignInSchema,
} from './contract.ts';
import { describeMe, showDemoCode } from './me.ts';
import { findPasswordFault } from './passwords.ts';
import { auditedRoute, done, ownRoute, publicRoute, readRoute, refused } from './route.ts';
import type { Route, Tools } from './route.ts';

export const accountRoutes: readonly Route[] = [
  publicRoute({
    method: 'post',
    path: '/sign-in',
    summary: 'Sign in; sets the session cookie. Wrong account and wrong password answer alike.',
    params: EmptySchema,
    body: SignInSchema,
    output: MeSchema,
    refusals: ['sign_in_failed', 'too_many_requests'],
    audit: 'signed_in',
    handle: async ({ body, address, tools, request }) => {
      const retryAfterSeconds = await tools.limit.countSignIn(body.email, address);
      if (retryAfterSeconds !== null) return refused('too_many_requests', { retryAfterSeconds });
      const user = await findForSignIn(tools.pool, body.email);
      const right = await tools.passwords.check(body.password, user?.passwordHash ?? null);
      if (!right || user === null || user.disabled) {
        await auditFailure(tools, user?.id ?? null);
        return refused('sign_in_failed');
      }
      await tools.limit.forgive(body.email, address);
      const rehashed = tools.passwords.needsRehash(user.passwordHash)
        ? await tools.passwords.hash(body.password)
        : null;
      const oldToken = tools.cookie.read(request);
      const token = await tools.transact(async (client) => {
        const now = tools.clock.now();
        if (rehashed !== null) await setPasswordHash(client, user.id, rehashed);
        if (oldToken !== null) await endUserSession(client, hashToken(oldToken), now);
        const fresh = await createUserSession(client, user.id, now);
        await appendAudit(client, {
          at: now,
          userId: user.id,
          action: 'signed_in',
          objectKind: 'user',
          objectId: user.id,
        });
        return fresh;
      });
      const actor = await readActor(tools.pool, hashToken(token), tools.clock.now());
      // disabled between the check and now
      if (actor === null) return refused('sign_in_failed');
      await showDemoCode(tools, actor);
      return done(describeMe(actor, tools.clock.now()), { cookie: token });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/sign-out',
    permission: 'account',
    assurance: 'password',
    summary: 'End this session; its live streams end too.',
    params: EmptySchema,
    body: EmptySchema,
    output: DoneSchema,
    audit: { action: 'signed_out', object: 'user' },
    handle: async ({ actor, client, now, tools }) => {
      await endUserSession(client, actor.tokenHash, now);
      await tools.announce(client, [
        { kind: 'user_session_ended', conversationId: null, userId: actor.userId },
      ]);
      return done({ done: true }, { objectId: actor.userId, cookie: null });
    },
  }),
  readRoute({
    method: 'get',
    path: '/me',
    permission: 'account',
    assurance: 'password',
    summary: 'Who is signed in, what they may, and when the session ends.',
    params: EmptySchema,
    body: EmptySchema,
    output: MeSchema,
    handle: ({ actor, tools }) => Promise.resolve(done(describeMe(actor, tools.clock.now()))),
  }),
  readRoute({
    method: 'post',
    path: '/me/extend',
    permission: 'account',
    assurance: 'password',
    summary: 'The person is active: the idle clock starts again. Reading alone does not move it.',
    params: EmptySchema,
    body: EmptySchema,
    output: MeSchema,
    handle: async ({ actor, tools, db }) => {
      const now = tools.clock.now();
      await touchUserSession(db, actor.tokenHash, now);
      return done(describeMe({ ...actor, idleUntil: new Date(now.getTime() + IDLE_LIMIT_MS) }, now));
    },
  }),
  auditedRoute({
    method: 'patch',
    path: '/me',
    permission: 'account',
    summary: "Change the interface's language.",
    params: EmptySchema,
    body: MePatchSchema,
    output: MeSchema,
    audit: { action: 'ui_language_changed', object: 'user' },
    handle: async ({ actor, body, client, now }) => {
      await setUiLanguage(client, actor.userId, body.uiLanguage);
      return done(describeMe({ ...actor, uiLanguage: body.uiLanguage }, now), { objectId: actor.userId });
    },
  }),
  readRoute({
    method: 'get',
    path: '/me/sessions',
    permission: 'account',
    summary: 'Where this account is signed in.',
    params: EmptySchema,
    body: EmptySchema,
    output: SessionsSchema,
    handle: async ({ actor, tools, db }) => {
      const open = await listUserSessions(db, actor.userId, tools.clock.now());
      const sessions = open.map((session) => ({
        id: publicSessionId(session.tokenHash),
        current: session.tokenHash.equals(actor.tokenHash),
        createdAt: session.createdAt.toISOString(),
        lastSeenAt: session.lastSeenAt.toISOString(),
      }));
      return done({ sessions });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/me/sessions/:id/end',
    permission: 'account',
    summary: 'End one of my sessions; its live streams end too.',
    params: SessionParamsSchema,
    body: EmptySchema,
    output: DoneSchema,
    refusals: ['not_found'],
    audit: { action: 'session_ended', object: 'user' },
    handle: async ({ actor, params, client, now, tools }) => {
      const open = await listUserSessions(client, actor.userId, now);
      const session = open.find((one) => publicSessionId(one.tokenHash) === params.id);
      if (session === undefined) return refused('not_found');
      await endUserSession(client, session.tokenHash, now);
      await tools.announce(client, [
        { kind: 'user_session_ended', conversationId: null, userId: actor.userId },
      ]);
      return done({ done: true }, { objectId: actor.userId });
    },
  }),
  ownRoute({
    method: 'post',
    path: '/me/password',
    permission: 'account',
    assurance: 'fresh',
    summary: 'Change my password. My other sessions end, and this one gets a new token.',
    params: EmptySchema,
    body: PasswordChangeSchema,
    output: MeSchema,
    refusals: [
      ...(['password_wrong', 'password_too_short', 'password_too_long', 'password_common'] as const),
      'too_many_requests',
    ],
    audit: 'password_changed',
    handle: async ({ actor, body, now, tools }) => {
      const retryAfterSeconds = await tools.limit.countFactor(actor.userId);
      if (retryAfterSeconds !== null) return refused('too_many_requests', { retryAfterSeconds });
      const stored = await readPasswordHash(tools.pool, actor.userId);
      if (!(await tools.passwords.check(body.current, stored))) {
        await auditFailure(tools, actor.userId, 'password_change_failed');
        return refused('password_wrong', { fields: ['current'] });
      }
      const fault = findPasswordFault(body.password, [actor.email, actor.displayName]);
      if (fault !== null) return refused(fault, { fields: ['password'] });
      const passwordHash = await tools.passwords.hash(body.password);
      const token = await tools.transact(async (client) => {
        const fresh = await raiseUserSession(client, actor.tokenHash, now);
        if (fresh === null) return null;
        await setPasswordHash(client, actor.userId, passwordHash);
        const sessions = await endAllUserSessions(client, actor.userId, now, hashToken(fresh));
        await tools.announce(client, [
          { kind: 'user_session_ended', conversationId: null, userId: actor.userId },
        ]);
        await appendAudit(client, {
          ...{ at: now, userId: actor.userId, action: 'password_changed' },
          ...{ objectKind: 'user', objectId: actor.userId, detail: { sessions } },
        });
        return fresh;
      });
      if (token === null) return refused('unauthenticated');
      await tools.limit.forgiveFactor(actor.userId);
      const raised = await readActor(tools.pool, hashToken(token), now);
      return raised === null ? refused('unauthenticated') : done(describeMe(raised, now), { cookie: token });
    },
  }),
];

/** The account that was tried is kept; an e-mail without account is not. */
async function auditFailure(
  tools: Tools,
  userId: string | null,
  action: 'sign_in_failed' | 'password_change_failed' = 'sign_in_failed',
): Promise<void> {
  await tools.transact((client) =>
    appendAudit(client, {
      at: tools.clock.now(),
      userId: null,
      action,
      objectKind: 'user',
      objectId: userId,
    }),
  );
}
