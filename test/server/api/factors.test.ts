/** Second factors: setting one up, showing it once, recovery codes, what stops guessing, and the change of a password. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import express from 'express';
import { randomUUID } from 'node:crypto';
import { createPasswords } from '../../../server/api/passwords.ts';
import {
  AppDraftSchema,
  FactorAddedSchema,
  FactorsSchema,
  MeSchema,
  PasskeyOptionsSchema,
  RecoveryCodesSchema,
} from '../../../server/api/contract.ts';
import { createApiRouter } from '../../../server/api/router.ts';
import { findTotpStep, newRecoveryCodes, readTypedCode, totpCode } from '../../../server/api/totp.ts';
import { insertUser } from '../../../server/store/users.ts';
import { addPasskey } from '../../../server/store/second-factors.ts';
import { createSoftPasskey } from '../../support/soft-passkey.ts';
import { startDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

const PASSWORD = 'bốn con mèo ngủ trên mái 🐈';
const STEP_MS = 30_000;
// real argon2 and real databases on a busy machine
jest.setTimeout(30_000);

let desk: Desk;
let passwordHash = '';
beforeAll(async () => {
  desk = await startDesk();
  passwordHash = await createPasswords().hash(PASSWORD);
});
afterAll(() => desk.stop());

const cookieOf = (headers: Headers): string =>
  /console=[\w-]{43}/.exec(headers.get('set-cookie') ?? '')?.[0] ?? '';
const post = (cookie: string, path: string, body: unknown = {}) => desk.call('POST', path, { cookie, body });
const show = (cookie: string, code: string) => post(cookie, '/me/factor', { code });
const factorsOf = async (cookie: string) =>
  FactorsSchema.parse((await desk.call('GET', '/me/factors', { cookie })).body);

/** Somebody with a password of their own. */
async function addAccount(): Promise<{ email: string; userId: string }> {
  const userId = randomUUID();
  const email = `${userId}@example.org`;
  await desk.database.transact((client) =>
    insertUser(client, {
      ...{ id: userId, email, displayName: 'Mai', passwordHash, role: 'counsellor', uiLanguage: 'vi' },
      createdAt: desk.clock.now(),
    }),
  );
  return { email, userId };
}

async function signIn(email: string, password = PASSWORD): Promise<string> {
  const answer = await desk.call('POST', '/sign-in', { body: { email, password } });
  expect(answer.status).toBe(200);
  return cookieOf(answer.headers);
}

/** Signed in for the first time, with an app whose codes the test can make. */
async function enrol(): Promise<{
  email: string;
  userId: string;
  cookie: string;
  secret: string;
  codes: readonly string[];
}> {
  const account = await addAccount();
  const cookie = await signIn(account.email);
  const { secret } = AppDraftSchema.parse((await post(cookie, '/me/factors/app/begin')).body);
  const added = await post(cookie, '/me/factors/app/confirm', { code: totpCode(secret, desk.clock.now()) });
  const { recoveryCodes } = FactorAddedSchema.parse(added.body);
  return { ...account, cookie: cookieOf(added.headers), secret, codes: recoveryCodes ?? [] };
}

describe('the first sign-in', () => {
  it('opens nothing of the desk before a second factor is set up, then everything', async () => {
    const { email } = await addAccount();
    const cookie = await signIn(email);
    expect(MeSchema.parse((await desk.call('GET', '/me', { cookie })).body)).toMatchObject({
      ...{ aal: 1, factor: 'missing' },
    });
    expect((await desk.call('GET', '/queue', { cookie })).body).toEqual({
      error: { code: 'factor_required' },
    });

    const draft = AppDraftSchema.parse((await post(cookie, '/me/factors/app/begin')).body);
    expect(draft.uri).toContain(`secret=${draft.secret}`);
    expect(draft.uri).not.toMatch(/traffick|mua%20b|hotline|cong%20an/i);
    const wrong = await post(cookie, '/me/factors/app/confirm', { code: '000000' });
    expect([wrong.status, wrong.body]).toEqual([401, { error: { code: 'factor_failed', fields: ['code'] } }]);
    expect((await factorsOf(cookie)).app).toBe(false);

    const added = await post(cookie, '/me/factors/app/confirm', {
      code: totpCode(draft.secret, desk.clock.now()),
    });
    const { me, recoveryCodes } = FactorAddedSchema.parse(added.body);
    expect(me).toMatchObject({ aal: 2, factor: 'shown' });
    expect(new Set(recoveryCodes).size).toBe(10);
    const raised = cookieOf(added.headers);
    expect(raised).not.toBe(cookie);
    expect((await desk.call('GET', '/me', { cookie })).status).toBe(401);
    expect((await desk.call('GET', '/queue', { cookie: raised })).status).toBe(200);
  });

  it('ends after 30 minutes with the password alone, and lasts a shift with the factor', async () => {
    const { email } = await addAccount();
    const cookie = await signIn(email);
    desk.clock.move(29 * 60_000);
    expect((await post(cookie, '/me/extend')).status).toBe(200);
    desk.clock.move(60_000);
    expect((await desk.call('GET', '/me', { cookie })).status).toBe(401);
    const full = await enrol();
    const me = MeSchema.parse((await desk.call('GET', '/me', { cookie: full.cookie })).body);
    expect(new Date(me.expiresAt).getTime() - desk.clock.now().getTime()).toBe(12 * 3_600_000);
  });

  it('lets one of two who know the password set up the factor, not both', async () => {
    const { email } = await addAccount();
    const [one, two] = [await signIn(email), await signIn(email)];
    const { secret } = AppDraftSchema.parse((await post(one, '/me/factors/app/begin')).body);
    const code = totpCode(secret, desk.clock.now());
    const answers = await Promise.all(
      [one, two].map((cookie) => post(cookie, '/me/factors/app/confirm', { code })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  });

  it('keeps the secret sealed and the recovery codes as hashes', async () => {
    const { secret, codes } = await enrol();
    const dump = await desk.database.pool.query(
      `select encode(secret_enc, 'escape') as text from totp_factors
       union all select encode(code_hash, 'escape') from recovery_codes`,
    );
    const text = JSON.stringify(dump.rows);
    for (const word of [secret, ...codes]) expect(text).not.toContain(word);
  });
});

describe('a code of the app', () => {
  it.each([
    { title: 'of this moment', stepsOff: 0, status: 200 },
    { title: 'of half a minute ago', stepsOff: -1, status: 200 },
    { title: 'of half a minute from now', stepsOff: 1, status: 200 },
    { title: 'of a minute ago', stepsOff: -2, status: 401 },
    { title: 'of a minute from now', stepsOff: 2, status: 401 },
  ])('$title answers $status', async ({ stepsOff, status }) => {
    const { email, secret } = await enrol();
    desk.clock.move(10 * STEP_MS);
    const cookie = await signIn(email);
    const at = new Date(desk.clock.now().getTime() + stepsOff * STEP_MS);
    const answer = await show(cookie, totpCode(secret, at));
    expect(answer.status).toBe(status);
  });

  it('works once, also at the same moment in two processes', async () => {
    const { email, secret } = await enrol();
    desk.clock.move(10 * STEP_MS);
    const other = express();
    other.use('/api', createApiRouter(desk.deps));
    const server = other.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const cookies = [await signIn(email), await signIn(email), await signIn(email), await signIn(email)];
    const code = totpCode(secret, desk.clock.now());
    const answers = await Promise.all(
      cookies.map((cookie, n) =>
        fetch(`${n % 2 === 0 ? desk.publicUrl : `http://127.0.0.1:${String(port)}`}/api/me/factor`, {
          method: 'POST',
          headers: { cookie, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
          body: JSON.stringify({ code }),
        }).then((answer) => answer.status),
      ),
    );
    expect(answers.sort()).toEqual([200, 409, 409, 409]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('refuses the code before one that was used, and the one that set the app up', async () => {
    const { email, secret } = await enrol();
    const cookie = await signIn(email);
    const now = desk.clock.now();
    expect((await show(cookie, totpCode(secret, now))).body).toMatchObject({ error: { code: 'code_used' } });
    const before = new Date(now.getTime() - STEP_MS);
    expect((await show(cookie, totpCode(secret, before))).body).toMatchObject({
      error: { code: 'code_used' },
    });
    const next = new Date(now.getTime() + STEP_MS);
    expect((await show(cookie, totpCode(secret, next))).status).toBe(200);
  });

  it('stops after five wrong ones, over all sessions of the account, and tells the audit', async () => {
    const { email, userId, secret } = await enrol();
    desk.clock.move(10 * STEP_MS);
    const [one, two] = [await signIn(email), await signIn(email)];
    const statuses: number[] = [];
    for (let n = 0; n < 8; n += 1) statuses.push((await show(n % 2 === 0 ? one : two, '000000')).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect((await show(one, totpCode(secret, desk.clock.now()))).status).toBe(429);
    const rows = await desk.database.pool.query(
      `select detail from audit where action = 'factor_failed' and object_id = $1`,
      [userId],
    );
    expect(rows.rows).toEqual(
      Array.from({ length: 5 }, () => ({ detail: { how: 'app', code: 'factor_failed' } })),
    );
    // somebody else is not slowed down
    const other = await enrol();
    desk.clock.move(STEP_MS);
    expect((await show(other.cookie, totpCode(other.secret, desk.clock.now()))).status).toBe(200);
  });
});

describe('a recovery code', () => {
  it('works once, however it is typed, and the count goes down', async () => {
    const { email, codes } = await enrol();
    const [code = ''] = codes;
    const cookie = await signIn(email);
    const shown = await show(cookie, ` ${code.toLowerCase().replace('-', ' ')} `);
    expect(MeSchema.parse(shown.body)).toMatchObject({ aal: 2 });
    expect((await factorsOf(cookieOf(shown.headers))).recoveryCodesLeft).toBe(9);
    expect((await show(await signIn(email), code)).status).toBe(401);
  });

  it('of somebody else opens nothing', async () => {
    const [mine, other] = [await enrol(), await enrol()];
    expect((await show(await signIn(mine.email), other.codes[0] ?? '')).status).toBe(401);
  });

  it('opens nothing any more once new ones were made', async () => {
    const { email, cookie, codes } = await enrol();
    const made = RecoveryCodesSchema.parse((await post(cookie, '/me/factors/recovery-codes')).body);
    expect(made.recoveryCodes).toHaveLength(10);
    const again = await signIn(email);
    expect((await show(again, codes[1] ?? '')).status).toBe(401);
    expect((await show(again, made.recoveryCodes[0] ?? '')).status).toBe(200);
  });
});

describe('proving it again', () => {
  it('is asked for after five minutes, gives a new token and opens what was closed', async () => {
    const { cookie, secret } = await enrol();
    expect((await post(cookie, '/me/factors/recovery-codes')).status).toBe(200);
    desk.clock.move(5 * 60_000);
    const refusal = await post(cookie, '/me/factors/recovery-codes');
    expect([refusal.status, refusal.body]).toEqual([403, { error: { code: 'step_up_required' } }]);
    expect((await desk.call('GET', '/queue', { cookie })).status).toBe(200);
    const before = MeSchema.parse((await desk.call('GET', '/me', { cookie })).body);
    const shown = await show(cookie, totpCode(secret, desk.clock.now()));
    const fresh = cookieOf(shown.headers);
    expect((await desk.call('GET', '/me', { cookie })).status).toBe(401);
    expect((await post(fresh, '/me/factors/recovery-codes')).status).toBe(200);
    // it does not make a shift longer
    expect(MeSchema.parse(shown.body).expiresAt).toBe(before.expiresAt);
  });
});

describe('changing factors', () => {
  it('puts a new app in the place of the old one only with the first code of the new one', async () => {
    const { email, cookie, secret } = await enrol();
    const draft = AppDraftSchema.parse((await post(cookie, '/me/factors/app/begin')).body);
    desk.clock.move(2 * STEP_MS);
    // the old one still works
    expect((await show(await signIn(email), totpCode(secret, desk.clock.now()))).status).toBe(200);
    const added = await post(cookie, '/me/factors/app/confirm', {
      code: totpCode(draft.secret, desk.clock.now()),
    });
    expect(FactorAddedSchema.parse(added.body).recoveryCodes).toBeNull();
    desk.clock.move(2 * STEP_MS);
    const again = await signIn(email);
    expect((await show(again, totpCode(secret, desk.clock.now()))).status).toBe(401);
    expect((await show(again, totpCode(draft.secret, desk.clock.now()))).status).toBe(200);
  });

  it('keeps the last factor', async () => {
    const { cookie } = await enrol();
    expect((await post(cookie, '/me/factors/app/remove')).body).toEqual({ error: { code: 'last_factor' } });
    const { cookie: keyed, userId } = await desk.addStaff('counsellor');
    expect((await post(keyed, `/me/factors/passkeys/${userId}/remove`)).body).toEqual({
      error: { code: 'last_factor' },
    });
  });

  it('keeps one of two that are removed at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { cookie, userId } = await enrol();
      await desk.giveFactor(userId);
      const removed = await Promise.all([
        post(cookie, '/me/factors/app/remove'),
        post(cookie, `/me/factors/passkeys/${userId}/remove`),
      ]);
      expect(removed.map(({ status }) => status).sort()).toEqual([200, 409]);
    }
  });

  it('removes what is not the last', async () => {
    const { cookie, userId } = await enrol();
    await desk.giveFactor(userId);
    expect((await factorsOf(cookie)).passkeys).toMatchObject([{ id: userId, name: 'invented' }]);
    expect((await post(cookie, '/me/factors/app/remove')).status).toBe(200);
    expect(await factorsOf(cookie)).toMatchObject({ app: false, passkeys: [{ id: userId }] });
    expect((await post(cookie, '/me/factors/passkeys/unknown/remove')).status).toBe(404);
  });
});

describe('changing the password', () => {
  const changed = 'năm con vịt bơi ngoài ao';

  it('ends the other sessions, gives a new token, and only the new password signs in', async () => {
    const { email, cookie, secret } = await enrol();
    desk.clock.move(2 * STEP_MS);
    const other = await show(await signIn(email), totpCode(secret, desk.clock.now()));
    const answer = await post(cookie, '/me/password', { current: PASSWORD, password: changed });
    expect(answer.status).toBe(200);
    const kept = cookieOf(answer.headers);
    expect((await desk.call('GET', '/queue', { cookie: kept })).status).toBe(200);
    for (const dead of [cookie, cookieOf(other.headers)])
      expect((await desk.call('GET', '/me', { cookie: dead })).status).toBe(401);
    await signIn(email, changed);
    expect((await desk.call('POST', '/sign-in', { body: { email, password: PASSWORD } })).status).toBe(401);
    const rows = await desk.database.pool.query(
      `select detail from audit where action = 'password_changed' and user_id = (select id from users where email = $1)`,
      [email],
    );
    expect(rows.rows).toEqual([{ detail: { sessions: 1 } }]);
  });

  it.each([
    {
      title: 'a wrong current one',
      body: { current: 'không phải cái này', password: changed },
      code: 'password_wrong',
    },
    { title: 'a short one', body: { current: PASSWORD, password: 'ngắn' }, code: 'password_too_short' },
    {
      title: 'a common one',
      body: { current: PASSWORD, password: 'matkhau123456' },
      code: 'password_common',
    },
  ])('refuses $title and changes nothing', async ({ body, code }) => {
    const { email, cookie } = await enrol();
    expect((await post(cookie, '/me/password', body)).body).toMatchObject({ error: { code } });
    expect((await desk.call('GET', '/queue', { cookie })).status).toBe(200);
    await signIn(email);
  });
});

describe('the demo', () => {
  it('is told which code is asked for; nobody is told elsewhere', async () => {
    const { email, secret } = await enrol();
    const told: [string, string][] = [];
    const demo = express();
    demo.use('/api', createApiRouter({ ...desk.deps, showCode: (...one) => void told.push(one) }));
    const server = demo.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await fetch(`http://127.0.0.1:${String(port)}/api/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ email, password: PASSWORD }),
    });
    expect(told).toEqual([[email, secret]]);
    expect(desk.deps.showCode).toBeUndefined();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('codes', () => {
  // RFC 6238, appendix B, cut to six digits
  it.each([
    { seconds: 59, code: '287082' },
    { seconds: 1_111_111_109, code: '081804' },
    { seconds: 1_234_567_890, code: '005924' },
    { seconds: 20_000_000_000, code: '353130' },
  ])('are those of the standard at $seconds s', ({ seconds, code }) => {
    const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    const at = new Date(seconds * 1000);
    expect(totpCode(secret, at)).toBe(code);
    expect(findTotpStep(secret, code, at)).toBe(Math.floor(seconds / 30));
  });

  it.each([
    { typed: '123 456', read: { kind: 'app', code: '123456' } },
    { typed: 'abcde-23456', read: { kind: 'recovery', code: 'ABCDE-23456' } },
    { typed: 'ABCDE23456', read: { kind: 'recovery', code: 'ABCDE-23456' } },
    { typed: 'ABCDE2345', read: { kind: 'neither' } },
    { typed: 'ABCDE-1O456', read: { kind: 'neither' } },
    { typed: '１２３４５６', read: { kind: 'neither' } },
  ])('$typed is read as $read.kind', ({ typed, read }) => {
    expect(readTypedCode(typed)).toEqual(read);
  });

  it('for recovery are ten that read back', () => {
    const codes = newRecoveryCodes();
    expect(codes.map((code) => readTypedCode(code))).toEqual(
      codes.map((code) => ({ kind: 'recovery', code })),
    );
    expect(new Set(codes).size).toBe(10);
  });
});

describe('what a passkey signed', () => {
  it('opens nothing when it was signed for another origin or another site, and opens for ours', async () => {
    const { email, userId } = await addAccount();
    const passkey = createSoftPasskey();
    await desk.database.transact((client) =>
      addPasskey(client, userId, {
        ...{ id: passkey.id, name: 'điện thoại', publicKey: passkey.publicKey, counter: 0, transports: [] },
        createdAt: desk.clock.now(),
      }),
    );
    const cookie = await signIn(email);
    const [origin, rpId] = [desk.publicUrl, new URL(desk.publicUrl).hostname];
    const showFor = async (origin: string, rpId: string) => {
      const { options } = PasskeyOptionsSchema.parse((await post(cookie, '/me/factor/passkey/begin')).body);
      const credential = passkey.answer({ challenge: options.challenge, origin, rpId, counter: 1 });
      return post(cookie, '/me/factor/passkey', { credential });
    };
    for (const [wrongOrigin, wrongSite] of [
      // a page that looks like ours, a neighbour of ours, the same host in the clear
      ['https://ban-truc.example.org', rpId],
      [`${origin}.example.org`, rpId],
      [origin.replace('http:', 'https:'), rpId],
      [origin, 'example.org'],
    ] as const)
      expect((await showFor(wrongOrigin, wrongSite)).body).toMatchObject({
        ...{ error: { code: 'passkey_failed' } },
      });
    expect((await desk.call('GET', '/queue', { cookie })).status).toBe(403);
    const shown = await showFor(origin, rpId);
    expect(shown.status).toBe(200);
    expect((await desk.call('GET', '/queue', { cookie: cookieOf(shown.headers) })).status).toBe(200);
  });
});
