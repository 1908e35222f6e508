/** The way in by a one-time link: the first administrator, and everyone who is invited. */
import { appendAudit } from '../store/audit.ts';
import { readSetupToken, useSetupToken } from '../store/setup-tokens.ts';
import { createUserSession, hashToken, readActor } from '../store/user-sessions.ts';
import { insertUser } from '../store/users.ts';
import { describeMe } from './me.ts';
import { EmptySchema, MeSchema, SetupCheckSchema, SetupLinkSchema, SetupSchema } from './contract.ts';
import { findPasswordFault } from './passwords.ts';
import { done, publicRoute, refused } from './route.ts';
import type { Route } from './route.ts';

export const setupRoutes: readonly Route[] = [
  publicRoute({
    method: 'post',
    path: '/setup/check',
    summary: 'Does this one-time link still work, and for which role?',
    params: EmptySchema,
    body: SetupCheckSchema,
    output: SetupLinkSchema,
    refusals: ['link_dead', 'too_many_requests'],
    audit: null,
    handle: async ({ body, address, tools }) => {
      const retryAfterSeconds = await tools.limit.countLink(address);
      if (retryAfterSeconds !== null) return refused('too_many_requests', { retryAfterSeconds });
      const link = await readSetupToken(tools.pool, body.token, tools.clock.now());
      return link === null ? refused('link_dead') : done({ purpose: link.purpose, role: link.role });
    },
  }),
  publicRoute({
    method: 'post',
    path: '/setup',
    summary: 'Make the account of a one-time link and sign in. The link works once.',
    params: EmptySchema,
    body: SetupSchema,
    output: MeSchema,
    refusals: [
      'link_dead',
      'email_taken',
      'password_too_short',
      'password_too_long',
      'password_common',
      'too_many_requests',
    ],
    audit: 'account_created',
    handle: async ({ body, address, tools }) => {
      const retryAfterSeconds = await tools.limit.countLink(address);
      if (retryAfterSeconds !== null) return refused('too_many_requests', { retryAfterSeconds });
      const fault = findPasswordFault(body.password, [body.email, body.displayName]);
      if (fault !== null) return refused(fault, { fields: ['password'] });
      // before the costly hash, so that made-up links cost us little
      if ((await readSetupToken(tools.pool, body.token, tools.clock.now())) === null)
        return refused('link_dead');
      const passwordHash = await tools.passwords.hash(body.password);
      const made = await tools
        .transact(async (client) => {
          const now = tools.clock.now();
          const link = await useSetupToken(client, body.token, now);
          if (link === null) return 'link_dead' as const;
          const id = tools.newId();
          const { email, displayName, uiLanguage } = body;
          const user = { id, email, displayName, passwordHash, role: link.role, uiLanguage, createdAt: now };
          if (!(await insertUser(client, user))) throw new EmailTaken();
          const token = await createUserSession(client, id, now);
          const entry = { at: now, userId: id, action: 'account_created', objectKind: 'user', objectId: id };
          await appendAudit(client, { ...entry, detail: { purpose: link.purpose, role: link.role } });
          return { token };
        })
        .catch((error: unknown) => {
          // thrown, not returned, so that the link stays unused
          if (error instanceof EmailTaken) return 'email_taken' as const;
          throw error;
        });
      if (made === 'link_dead') return refused('link_dead');
      if (made === 'email_taken') return refused('email_taken', { fields: ['email'] });
      const now = tools.clock.now();
      const actor = await readActor(tools.pool, hashToken(made.token), now);
      return actor === null ? refused('link_dead') : done(describeMe(actor, now), { cookie: made.token });
    },
  }),
];

class EmailTaken extends Error {}
