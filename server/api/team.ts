/** Accounts of the team: invitations, disabling, enabling. */
import { createInvitation, SETUP_TOKEN_LIFE_MS } from '../store/setup-tokens.ts';
import { endAllUserSessions } from '../store/user-sessions.ts';
import { listUsers, setUserDisabled } from '../store/users.ts';
import {
  DoneSchema,
  EmptySchema,
  IdParamsSchema,
  InvitationSchema,
  InviteSchema,
  UsersSchema,
} from './contract.ts';
import { auditedRoute, done, readRoute, refused } from './route.ts';
import type { Route } from './route.ts';

export const teamRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/users',
    permission: 'accounts',
    summary: 'All accounts.',
    params: EmptySchema,
    body: EmptySchema,
    output: UsersSchema,
    handle: async ({ db }) => {
      const users = (await listUsers(db)).map(({ id, email, displayName, role, disabledAt, createdAt }) => ({
        ...{ id, email, displayName, role },
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
    summary: 'Make a one-time link with which one person makes an account of this role within 24 hours.',
    params: EmptySchema,
    body: InviteSchema,
    output: InvitationSchema,
    audit: { action: 'invitation_made', object: 'invitation' },
    handle: async ({ body, client, now, tools }) => {
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
];
