/** Setting up, replacing and removing second factors. The first one also gives ten recovery codes, shown once. */
import type { PoolClient } from 'pg';
import { appendAudit } from '../store/audit.ts';
import {
  addPasskey,
  adoptTotpDraft,
  listPasskeys,
  lockFactors,
  readTotp,
  readTotpDraft,
  removePasskey,
  removeTotp,
  replaceRecoveryCodes,
  saveTotpDraft,
} from '../store/second-factors.ts';
import { setChallenge, takeChallenge } from '../store/user-sessions.ts';
import type { Actor } from '../store/user-sessions.ts';
import {
  AppDraftSchema,
  DoneSchema,
  EmptySchema,
  FactorAddedSchema,
  FactorCodeSchema,
  PasskeyNewSchema,
  PasskeyOptionsSchema,
  PasskeyParamsSchema,
  RecoveryCodesSchema,
} from './contract.ts';
import { finish, raise } from './factors.ts';
import { showDemoCode } from './me.ts';
import { askForNewPasskey, CHALLENGE_MS, checkNewPasskey, MAX_PASSKEYS } from './passkeys.ts';
import { auditedRoute, done, ownRoute, refused } from './route.ts';
import type { Refused, Route, Tools } from './route.ts';
import { describeTotp, findTotpStep, newRecoveryCodes, newTotpSecret, readTypedCode } from './totp.ts';

export const enrolmentRoutes: readonly Route[] = [
  ownRoute({
    method: 'post',
    path: '/me/factors/app/begin',
    permission: 'account',
    assurance: 'enrolment',
    summary: 'A new secret for an authenticator app. Opens nothing until its first code was right.',
    params: EmptySchema,
    body: EmptySchema,
    output: AppDraftSchema,
    audit: null,
    handle: async ({ actor, now, tools }) => {
      const secret = newTotpSecret();
      await tools.transact((client) =>
        saveTotpDraft(client, tools.vault, { userId: actor.userId, secret, now }),
      );
      await showDemoCode(tools, actor);
      return done({ secret, uri: describeTotp(secret, actor.email) });
    },
  }),
  ownRoute({
    method: 'post',
    path: '/me/factors/app/confirm',
    permission: 'account',
    assurance: 'enrolment',
    summary: 'The first code of the new app. It takes the place of an app of before.',
    params: EmptySchema,
    body: FactorCodeSchema,
    output: FactorAddedSchema,
    refusals: ['factor_failed', 'not_found', 'too_many_requests'],
    audit: 'factor_added',
    handle: async ({ actor, body, now, tools }) => {
      const retryAfterSeconds = await tools.limit.countFactor(actor.userId);
      if (retryAfterSeconds !== null) return refused('too_many_requests', { retryAfterSeconds });
      const typed = readTypedCode(body.code);
      return add(tools, actor, now, 'app', async (client) => {
        const secret = await readTotpDraft(client, tools.vault, actor.userId);
        if (secret === null) return refused('not_found');
        const step = typed.kind === 'app' ? findTotpStep(secret, typed.code, now) : null;
        if (step === null) return refused('factor_failed', { fields: ['code'] });
        await adoptTotpDraft(client, actor.userId, step);
        return null;
      });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/me/factors/app/remove',
    permission: 'account',
    assurance: 'fresh',
    summary: 'Remove the authenticator app. The last factor stays.',
    params: EmptySchema,
    body: EmptySchema,
    output: DoneSchema,
    refusals: ['not_found', 'last_factor'],
    audit: { action: 'factor_removed', object: 'user' },
    handle: async ({ actor, client }) => {
      // of an app and a passkey that go at the same moment, one stays
      await lockFactors(client, actor.userId);
      if ((await listPasskeys(client, actor.userId)).length === 0) return refused('last_factor');
      if (!(await removeTotp(client, actor.userId))) return refused('not_found');
      return done({ done: true }, { objectId: actor.userId, detail: { how: 'app' } });
    },
  }),
  ownRoute({
    method: 'post',
    path: '/me/factors/passkey/begin',
    permission: 'account',
    assurance: 'enrolment',
    summary: 'What the browser needs to make a passkey.',
    params: EmptySchema,
    body: EmptySchema,
    output: PasskeyOptionsSchema,
    refusals: ['nothing_to_change'],
    audit: null,
    handle: async ({ actor, now, tools }) => {
      const known = await listPasskeys(tools.pool, actor.userId);
      if (known.length >= MAX_PASSKEYS) return refused('nothing_to_change');
      const options = await askForNewPasskey(tools, actor, known);
      const until = new Date(now.getTime() + CHALLENGE_MS);
      await setChallenge(tools.pool, actor.tokenHash, options.challenge, until);
      return done({ options: { ...options } });
    },
  }),
  ownRoute({
    method: 'post',
    path: '/me/factors/passkey/confirm',
    permission: 'account',
    assurance: 'enrolment',
    summary: 'Keep the passkey the browser made.',
    params: EmptySchema,
    body: PasskeyNewSchema,
    output: FactorAddedSchema,
    refusals: ['passkey_failed', 'too_many_requests'],
    audit: 'factor_added',
    handle: async ({ actor, body, now, tools }) => {
      const retryAfterSeconds = await tools.limit.countFactor(actor.userId);
      if (retryAfterSeconds !== null) return refused('too_many_requests', { retryAfterSeconds });
      const challenge = await takeChallenge(tools.pool, actor.tokenHash, now);
      const made = challenge === null ? null : await checkNewPasskey(tools, body, challenge);
      if (made === null) return refused('passkey_failed');
      return add(tools, actor, now, 'passkey', async (client) =>
        (await addPasskey(client, actor.userId, { ...made, createdAt: now }))
          ? null
          : refused('passkey_failed'),
      );
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/me/factors/passkeys/:id/remove',
    permission: 'account',
    assurance: 'fresh',
    summary: 'Remove one of my passkeys. The last factor stays.',
    params: PasskeyParamsSchema,
    body: EmptySchema,
    output: DoneSchema,
    refusals: ['not_found', 'last_factor'],
    audit: { action: 'factor_removed', object: 'user' },
    handle: async ({ actor, params, client, tools }) => {
      await lockFactors(client, actor.userId);
      const passkeys = await listPasskeys(client, actor.userId);
      if (!passkeys.some((one) => one.id === params.id)) return refused('not_found');
      const hasApp = (await readTotp(client, tools.vault, actor.userId)) !== null;
      if (passkeys.length === 1 && !hasApp) return refused('last_factor');
      await removePasskey(client, actor.userId, params.id);
      return done({ done: true }, { objectId: actor.userId, detail: { how: 'passkey' } });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/me/factors/recovery-codes',
    permission: 'account',
    assurance: 'fresh',
    summary: 'Ten new recovery codes, shown once; those of before open nothing any more.',
    params: EmptySchema,
    body: EmptySchema,
    output: RecoveryCodesSchema,
    audit: { action: 'recovery_codes_made', object: 'user' },
    handle: async ({ actor, client, now, tools }) => {
      const codes = newRecoveryCodes();
      await replaceRecoveryCodes(client, tools.vault, { userId: actor.userId, codes, now });
      return done({ recoveryCodes: [...codes] }, { objectId: actor.userId });
    },
  }),
];

/** Whatever was added, it was just shown: the session is raised in the same transaction. */
async function add(
  tools: Tools,
  actor: Actor,
  now: Date,
  how: 'app' | 'passkey',
  keep: (client: PoolClient) => Promise<Refused | null>,
) {
  const added = await tools
    .transact(async (client) => {
      // somebody else with the same password may have been faster
      const hasFactor = await lockFactors(client, actor.userId);
      if (hasFactor && actor.aal < 2) return refused('factor_required');
      const refusal = await keep(client);
      if (refusal !== null) return refusal;
      const codes = hasFactor ? null : newRecoveryCodes();
      if (codes !== null)
        await replaceRecoveryCodes(client, tools.vault, { userId: actor.userId, codes, now });
      await appendAudit(client, {
        ...{ at: now, userId: actor.userId, action: 'factor_added' },
        ...{ objectKind: 'user', objectId: actor.userId, detail: { how, first: codes !== null } },
      });
      const raised = await raise(client, actor, now, how);
      // thrown, so that nothing of it is kept in a session that is over
      if (raised === 'wrong') throw new SessionOver();
      return { ...raised, codes };
    })
    .catch((error: unknown) => {
      if (error instanceof SessionOver) return refused('unauthenticated');
      throw error;
    });
  if ('kind' in added) return added;
  const finished = await finish(tools, actor, added);
  if (finished.kind === 'refused') return finished;
  const value = { me: finished.value, recoveryCodes: added.codes === null ? null : [...added.codes] };
  return done(value, { cookie: finished.cookie });
}

class SessionOver extends Error {}
