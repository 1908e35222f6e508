/** Accounts of the team: invitations, roles, lost factors, sessions, disabling. */
import { appendAudit } from '../store/audit.ts';
import { createInvitation, SETUP_TOKEN_LIFE_MS } from '../store/setup-tokens.ts';
import { endAllUserSessions } from '../store/user-sessions.ts';
import { countAble, listUsers, readUser, setUserDisabled, setUserRole } from '../store/users.ts';
import { askOrCarryOut } from './approvals.ts';
import {
  CarriedSchema,
  DoneSchema,
  EmptySchema,
  FactorResetSchema,
  IdParamsSchema,
  InvitationSchema,
  InviteSchema,
  RoleChangeSchema,
  UsersSchema,
} from './contract.ts';
import { POLICIES } from './policies.ts';
import { auditedRoute, done, readRoute, refused } from './route.ts';
import type { Route } from './route.ts';

export const teamRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/users',
    permission: 'staff',
    summary: 'All accounts.',
    params: EmptySchema,
    body: EmptySchema,
    output: UsersSchema,
    handle: async ({ db, tools }) => {
      const found = await listUsers(db, tools.clock.now());
      const users = found.map(({ id, email, displayName, role, disabledAt, createdAt, ...user }) => ({
        ...{ id, email, displayName, role },
        ...{ hasFactor: user.hasFactor, openSessions: user.openSessions },
        disabledAt: disabledAt?.toISOString() ?? null,
        createdAt: createdAt.toISOString(),
      }));
      return done({ users });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/invitations',
    permission: 'accounts',
    assurance: 'fresh',
    summary:
      'Make a one-time link with which one person makes an account of this role within 24 hours. Administrators are invited in another role and then made one, as soon as a colleague could agree.',
    params: EmptySchema,
    body: InviteSchema,
    output: InvitationSchema,
    refusals: ['second_person_needed'],
    audit: { action: 'invitation_made', object: 'invitation' },
    handle: async ({ actor, body, client, now, tools }) => {
      // a link to become administrator would be a way around the second person
      if (body.role === 'admin' && (await countAble(client, POLICIES.accounts, [actor.userId])) > 0)
        return refused('second_person_needed');
      const token = await createInvitation(client, body.role, now);
      const link = `${new URL('/console/setup', tools.publicUrl).href}#${token}`;
      const expiresAt = new Date(now.getTime() + SETUP_TOKEN_LIFE_MS).toISOString();
      return done({ link, role: body.role, expiresAt }, { detail: { role: body.role } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/users/:id/disable',
    permission: 'accounts',
    summary: 'Disable an account; its sessions and streams end at once. The last administrator stays.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: DoneSchema,
    refusals: ['not_found', 'last_admin'],
    audit: { action: 'account_disabled', object: 'user' },
    handle: async ({ params, client, now, tools }) => {
      const outcome = await setUserDisabled(client, params.id, now);
      if (outcome === 'missing') return refused('not_found');
      if (outcome === 'last_admin') return refused('last_admin');
      const sessions = await endAllUserSessions(client, params.id, now);
      await tools.announce(client, [{ kind: 'user_session_ended', conversationId: null, userId: params.id }]);
      return done({ done: true }, { objectId: params.id, detail: { sessions } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/users/:id/enable',
    permission: 'accounts',
    assurance: 'fresh',
    summary: 'Enable a disabled account.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: DoneSchema,
    refusals: ['not_found'],
    audit: { action: 'account_enabled', object: 'user' },
    handle: async ({ params, client }) => {
      const outcome = await setUserDisabled(client, params.id, null);
      return outcome === 'missing' ? refused('not_found') : done({ done: true }, { objectId: params.id });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/users/:id/role',
    permission: 'accounts',
    assurance: 'fresh',
    summary:
      'Change the role of a colleague, whose sessions end. Making an administrator needs a second one, where there is one.',
    params: IdParamsSchema,
    body: RoleChangeSchema,
    output: CarriedSchema,
    refusals: ['not_found', 'not_yourself', 'last_admin', 'nothing_to_change', 'already_asked'],
    audit: { action: 'role_change_asked', object: 'user' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const subject = await readUser(client, params.id);
      if (subject === null) return refused('not_found');
      if (subject.id === actor.userId) return refused('not_yourself');
      if (subject.role === body.role || subject.disabledAt !== null) return refused('nothing_to_change');
      if (body.role === 'admin') {
        const { reason } = body;
        if (reason === undefined) return refused('bad_request', { fields: ['reason'] });
        return askOrCarryOut(client, tools, {
          kind: 'make_admin',
          subjectId: subject.id,
          reason,
          actor,
          now,
        });
      }
      if ((await setUserRole(client, subject.id, body.role)) === 'last_admin') return refused('last_admin');
      const sessions = await endAllUserSessions(client, subject.id, now);
      await tools.announce(client, [
        { kind: 'user_session_ended', conversationId: null, userId: subject.id },
      ]);
      await appendAudit(client, {
        ...{
          at: now,
          userId: actor.userId,
          action: 'role_changed',
          objectKind: 'user',
          objectId: subject.id,
        },
        detail: { from: subject.role, to: body.role, sessions },
      });
      return done({ state: 'done' as const, expiresAt: null }, { objectId: subject.id });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/users/:id/reset-factor',
    permission: 'staff',
    assurance: 'fresh',
    summary:
      'A colleague lost the second factor: take all factors away, with a reason. Needs an administrator besides the one who asks, where there is one. The colleague sets up a new one after the next sign-in.',
    params: IdParamsSchema,
    body: FactorResetSchema,
    output: CarriedSchema,
    refusals: ['not_found', 'not_yourself', 'already_asked'],
    audit: { action: 'factor_reset_asked', object: 'user' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const subject = await readUser(client, params.id);
      if (subject === null) return refused('not_found');
      if (subject.id === actor.userId) return refused('not_yourself');
      const { reason } = body;
      return askOrCarryOut(client, tools, {
        kind: 'reset_factor',
        subjectId: subject.id,
        reason,
        actor,
        now,
      });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/users/:id/end-sessions',
    permission: 'accounts',
    summary: 'End all sessions of a colleague and their streams.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: DoneSchema,
    refusals: ['not_found'],
    audit: { action: 'sessions_ended', object: 'user' },
    handle: async ({ params, client, now, tools }) => {
      if ((await readUser(client, params.id)) === null) return refused('not_found');
      const sessions = await endAllUserSessions(client, params.id, now);
      await tools.announce(client, [{ kind: 'user_session_ended', conversationId: null, userId: params.id }]);
      return done({ done: true }, { objectId: params.id, detail: { sessions } });
    },
  }),
];
