/** Showing a second factor: after the password, and again before what must not be done by whoever sits at an open screen. */
import type { PoolClient } from 'pg';
import { appendAudit } from '../store/audit.ts';
import {
  countRecoveryCodes,
  listPasskeys,
  readTotp,
  usePasskey,
  useRecoveryCode,
  useTotpStep,
} from '../store/second-factors.ts';
import {
  hashToken,
  raiseUserSession,
  readActor,
  setChallenge,
  takeChallenge,
} from '../store/user-sessions.ts';
import type { Actor } from '../store/user-sessions.ts';
import {
  EmptySchema,
  FactorCodeSchema,
  FactorsSchema,
  MeSchema,
  PasskeyOptionsSchema,
  PasskeyShownSchema,
} from './contract.ts';
import { describeMe } from './me.ts';
import { askForPasskey, CHALLENGE_MS, checkPasskey } from './passkeys.ts';
import { done, ownRoute, readRoute, refused } from './route.ts';
import type { Done, Refused, Route, Tools } from './route.ts';
import { findTotpStep, readTypedCode } from './totp.ts';
import type { Me } from './contract.ts';

export const factorRoutes: readonly Route[] = [
  readRoute({
    method: 'get',
    path: '/me/factors',
    permission: 'account',
    assurance: 'password',
    summary: 'Which second factors this account has.',
    params: EmptySchema,
    body: EmptySchema,
    output: FactorsSchema,
    handle: async ({ actor, tools, db }) => {
      const [secret, passkeys, recoveryCodesLeft] = await Promise.all([
        readTotp(db, tools.vault, actor.userId),
        listPasskeys(db, actor.userId),
        countRecoveryCodes(db, actor.userId),
      ]);
      const listed = passkeys.map(({ id, name, createdAt, lastUsedAt }) => ({
        ...{ id, name },
        createdAt: createdAt.toISOString(),
        lastUsedAt: lastUsedAt?.toISOString() ?? null,
      }));
      return done({ app: secret !== null, passkeys: listed, recoveryCodesLeft });
    },
  }),
  ownRoute({
    method: 'post',
    path: '/me/factor',
    permission: 'account',
    assurance: 'password',
    summary:
      'Show a code of the authenticator app, or a recovery code. Each works once; the session gets a new token.',
    params: EmptySchema,
    body: FactorCodeSchema,
    output: MeSchema,
    refusals: ['factor_failed', 'code_used', 'too_many_requests'],
    audit: 'factor_shown',
    handle: async ({ actor, body, now, tools }) => {
      const retryAfterSeconds = await tools.limit.countFactor(actor.userId);
      if (retryAfterSeconds !== null) return refused('too_many_requests', { retryAfterSeconds });
      const typed = readTypedCode(body.code);
      const shown = await tools.transact(async (client) => {
        const used = await useCode(client, tools, actor, typed, now);
        return used === 'right' ? raise(client, actor, now, typed.kind) : used;
      });
      if (shown === 'wrong') return fail(tools, actor, now, typed.kind);
      // the right code, seen before: no proof of a telephone in the hand
      if (shown === 'used') return fail(tools, actor, now, typed.kind, 'code_used');
      return finish(tools, actor, shown);
    },
  }),
  ownRoute({
    method: 'post',
    path: '/me/factor/passkey/begin',
    permission: 'account',
    assurance: 'password',
    summary: 'What a passkey of this account has to sign.',
    params: EmptySchema,
    body: EmptySchema,
    output: PasskeyOptionsSchema,
    refusals: ['not_found'],
    audit: null,
    handle: async ({ actor, now, tools }) => {
      const passkeys = await listPasskeys(tools.pool, actor.userId);
      if (passkeys.length === 0) return refused('not_found');
      const options = await askForPasskey(tools, passkeys);
      const until = new Date(now.getTime() + CHALLENGE_MS);
      await setChallenge(tools.pool, actor.tokenHash, options.challenge, until);
      return done({ options: { ...options } });
    },
  }),
  ownRoute({
    method: 'post',
    path: '/me/factor/passkey',
    permission: 'account',
    assurance: 'password',
    summary: 'Show a passkey. What it signed works once; the session gets a new token.',
    params: EmptySchema,
    body: PasskeyShownSchema,
    output: MeSchema,
    refusals: ['passkey_failed', 'too_many_requests'],
    audit: 'factor_shown',
    handle: async ({ actor, body, now, tools }) => {
      const retryAfterSeconds = await tools.limit.countFactor(actor.userId);
      if (retryAfterSeconds !== null) return refused('too_many_requests', { retryAfterSeconds });
      const challenge = await takeChallenge(tools.pool, actor.tokenHash, now);
      const passkeys = await listPasskeys(tools.pool, actor.userId);
      const passkey = passkeys.find((one) => one.id === body.credential.id);
      const counter =
        challenge === null || passkey === undefined
          ? null
          : await checkPasskey(tools, body, passkey, challenge);
      if (passkey === undefined || counter === null)
        return fail(tools, actor, now, 'passkey', 'passkey_failed');
      const shown = await tools.transact(async (client) =>
        (await usePasskey(client, passkey.id, counter, now)) ? raise(client, actor, now, 'passkey') : 'wrong',
      );
      return shown === 'wrong'
        ? fail(tools, actor, now, 'passkey', 'passkey_failed')
        : finish(tools, actor, shown);
    },
  }),
];

async function useCode(
  client: PoolClient,
  tools: Tools,
  { userId }: Actor,
  typed: ReturnType<typeof readTypedCode>,
  now: Date,
): Promise<'right' | 'wrong' | 'used'> {
  if (typed.kind === 'neither') return 'wrong';
  if (typed.kind === 'recovery')
    return (await useRecoveryCode(client, tools.vault, { userId, code: typed.code, now }))
      ? 'right'
      : 'wrong';
  const secret = await readTotp(client, tools.vault, userId);
  const step = secret === null ? null : findTotpStep(secret, typed.code, now);
  if (step === null) return 'wrong';
  return (await useTotpStep(client, userId, step)) ? 'right' : 'used';
}

/** @returns the new token, in a transaction with what was shown and its audit row */
export async function raise(
  client: PoolClient,
  actor: Actor,
  now: Date,
  how: string,
): Promise<{ token: string } | 'wrong'> {
  const token = await raiseUserSession(client, actor.tokenHash, now);
  // signed out meanwhile
  if (token === null) return 'wrong';
  await appendAudit(client, {
    ...{ at: now, userId: actor.userId, action: 'factor_shown' },
    ...{ objectKind: 'user', objectId: actor.userId, detail: { how } },
  });
  return { token };
}

/** The count of wrong tries starts again, and the browser gets the new token. */
export async function finish(
  tools: Tools,
  actor: Actor,
  { token }: { token: string },
): Promise<Done<Me> | Refused> {
  await tools.limit.forgiveFactor(actor.userId);
  const now = tools.clock.now();
  const raised = await readActor(tools.pool, hashToken(token), now);
  return raised === null ? refused('unauthenticated') : done(describeMe(raised, now), { cookie: token });
}

async function fail(
  tools: Tools,
  actor: Actor,
  now: Date,
  how: string,
  code: 'factor_failed' | 'code_used' | 'passkey_failed' = 'factor_failed',
): Promise<Refused> {
  await tools.transact((client) =>
    appendAudit(client, {
      ...{ at: now, userId: actor.userId, action: 'factor_failed' },
      ...{ objectKind: 'user', objectId: actor.userId, detail: { how, code } },
    }),
  );
  return refused(code, { fields: ['code'] });
}
