/** The way in: one-time links, passwords, sessions, and what stops guessing. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { hash, parseOptions } from '@node-rs/argon2';
import { randomUUID } from 'node:crypto';
import { findPasswordFault } from '../../../server/api/passwords.ts';
import { insertUser } from '../../../server/store/users.ts';
import { createFirstAdminLink } from '../../../server/store/setup-tokens.ts';
import { createApiRouter } from '../../../server/api/router.ts';
import express from 'express';
import { startDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

const PASSWORD = 'bốn con mèo ngủ trên mái 🐈';
// real argon2 and real databases on a busy machine
jest.setTimeout(30_000);

let desk: Desk;
beforeAll(async () => {
  desk = await startDesk();
});
afterAll(() => desk.stop());

const account = (token: string, email: string) => ({
  ...{ token, email, displayName: 'Lan', password: PASSWORD },
  uiLanguage: 'vi',
});
const tokenOf = (headers: Headers): string =>
  /console=([\w-]{43})/.exec(headers.get('set-cookie') ?? '')?.[1] ?? '';
const linkToken = (body: unknown): string => /#([\w-]{43})/.exec(JSON.stringify(body))?.[1] ?? '';

describe('the first administrator', () => {
  it('is made once with the newest printed link; then no link is printed any more', async () => {
    expect((await desk.database.pool.query('select from users')).rowCount).toBe(0);
    const older = (await createFirstAdminLink(desk.database.pool, desk.clock.now())) ?? '';
    const token = (await createFirstAdminLink(desk.database.pool, desk.clock.now())) ?? '';
    expect((await desk.call('POST', '/setup/check', { body: { token: older } })).status).toBe(410);
    expect((await desk.call('POST', '/setup/check', { body: { token } })).body).toEqual({
      purpose: 'first_admin',
      role: 'admin',
    });

    const weak = await desk.call('POST', '/setup', {
      body: { ...account(token, 'lan@example.org'), password: 'matkhau123456' },
    });
    expect(weak.body).toEqual({ error: { code: 'password_common', fields: ['password'] } });

    // both at once: one gets it
    const answers = await Promise.all(
      [1, 2].map((n) => desk.call('POST', '/setup', { body: account(token, `lan${String(n)}@example.org`) })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 410]);
    const made = answers.find((answer) => answer.status === 200);
    expect(made?.body).toMatchObject({ role: 'admin', displayName: 'Lan', aal: 1 });
    expect(made?.headers.get('set-cookie')).toMatch(
      /^console=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(await createFirstAdminLink(desk.database.pool, desk.clock.now())).toBeNull();
  });

  it('cannot use a link after 24 hours', async () => {
    const fresh = await startDesk();
    try {
      const token = (await createFirstAdminLink(fresh.database.pool, fresh.clock.now())) ?? '';
      fresh.clock.move(24 * 3_600_000);
      expect((await fresh.call('POST', '/setup', { body: account(token, 'a@example.org') })).status).toBe(
        410,
      );
    } finally {
      await fresh.stop();
    }
  });
});

describe('an invitation', () => {
  it('works once for the role it was made for, and a taken e-mail does not use it up', async () => {
    const admin = await desk.addStaff('admin');
    const invited = await desk.call('POST', '/invitations', {
      cookie: admin.cookie,
      body: { role: 'counsellor' },
    });
    const token = linkToken(invited.body);
    expect(invited.body).toMatchObject({
      link: `${desk.publicUrl}/console/setup#${token}`,
      role: 'counsellor',
    });
    expect(
      (await desk.call('POST', '/setup', { body: account(token, `${admin.userId}@EXAMPLE.org`) })).status,
    ).toBe(409);
    expect(
      (await desk.call('POST', '/setup', { body: account(token, 'mai@example.org') })).body,
    ).toMatchObject({ role: 'counsellor' });
    expect((await desk.call('POST', '/setup', { body: account(token, 'mai2@example.org') })).status).toBe(
      410,
    );
  });
});

describe('signing in', () => {
  it('changes the token, ends the old one, and keeps only hashes', async () => {
    const first = await desk.call('POST', '/sign-in', {
      body: { email: 'MAI@example.org', password: PASSWORD },
    });
    expect(first.body).toMatchObject({ displayName: 'Lan', role: 'counsellor' });
    const old = `console=${tokenOf(first.headers)}`;
    const second = await desk.call('POST', '/sign-in', {
      cookie: old,
      body: { email: 'mai@example.org', password: PASSWORD },
    });
    const now = `console=${tokenOf(second.headers)}`;
    expect(now).not.toBe(old);
    expect((await desk.call('GET', '/me', { cookie: old })).status).toBe(401);
    expect((await desk.call('GET', '/me', { cookie: now })).status).toBe(200);

    const stored = await desk.database.pool.query<{ token_hash: Buffer }>(
      'select token_hash from user_sessions',
    );
    for (const { token_hash: hash } of stored.rows) {
      const cookie = `console=${hash.toString('base64url')}`;
      expect((await desk.call('GET', '/me', { cookie })).status).toBe(401);
    }
    const hashes = await desk.database.pool.query<{ password_hash: string }>(
      `select password_hash from users where email like 'mai@%'`,
    );
    expect(hashes.rows[0]?.password_hash).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
  });

  it('answers a wrong account, a wrong password and a disabled account alike', async () => {
    const admin = await desk.addStaff('admin');
    const invited = await desk.call('POST', '/invitations', {
      cookie: admin.cookie,
      body: { role: 'editor' },
    });
    const made = await desk.call('POST', '/setup', {
      body: account(linkToken(invited.body), 'gone@example.org'),
    });
    const cookie = `console=${tokenOf(made.headers)}`;
    const id = JSON.stringify(made.body).slice(7, 43);
    expect((await desk.call('POST', `/users/${id}/disable`, { cookie: admin.cookie })).status).toBe(200);
    expect((await desk.call('GET', '/me', { cookie })).status).toBe(401);
    const tries = [
      { email: 'nobody@example.org', password: PASSWORD },
      { email: 'mai@example.org', password: `${PASSWORD}!` },
      { email: 'gone@example.org', password: PASSWORD },
    ];
    for (const body of tries) {
      const answer = await desk.call('POST', '/sign-in', { body });
      expect([answer.status, answer.body]).toEqual([401, { error: { code: 'sign_in_failed' } }]);
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
  });

  it('does the same hashing work whether or not the account exists', async () => {
    const time = async (email: string): Promise<number> => {
      const before = process.cpuUsage();
      await desk.call('POST', '/sign-in', { body: { email, password: 'wrong wrong wrong' } });
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    // processor time, and the best of three: a busy machine changes neither
    const best = async (prefix: string, make: (n: number) => string): Promise<number> =>
      Math.min(...[await time(make(1)), await time(make(2)), await time(make(3))]) + prefix.length * 0;
    const known = await best('known', () => 'lan1@example.org');
    const unknown = await best('unknown', (n) => `nobody${String(n)}@example.net`);
    expect(unknown).toBeGreaterThan(known * 0.5);
    expect(known).toBeGreaterThan(unknown * 0.5);
  });

  it('evaluates at most five of forty wrong passwords over two processes, and others still sign in', async () => {
    // a second process is a second router with its own memory on the same database
    const other = express();
    other.use('/api', createApiRouter(desk.deps));
    const server = other.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const urls = [desk.publicUrl, `http://127.0.0.1:${String(port)}`];
    const before = await countFailures();
    const guesses = Array.from({ length: 40 }, (_, n) =>
      fetch(`${urls[n % 2] ?? ''}/api/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
        body: JSON.stringify({ email: 'target@example.org', password: `guess number ${String(n)}` }),
      }).then((answer) => answer.status),
    );
    const statuses = await Promise.all(guesses);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(35);
    expect((await countFailures()) - before).toBe(5);
    const blocked = await desk.call('POST', '/sign-in', {
      body: { email: 'Target@example.org', password: PASSWORD },
    });
    expect(blocked.status).toBe(429);
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(
      (await desk.call('POST', '/sign-in', { body: { email: 'mai@example.org', password: PASSWORD } }))
        .status,
    ).toBe(200);
    const keys = await desk.database.pool.query<{ key: string }>('select key from rate_limits');
    expect(JSON.stringify(keys.rows)).not.toMatch(/example|127\.0/);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function countFailures(): Promise<number> {
    const found = await desk.database.pool.query(`select from audit where action = 'sign_in_failed'`);
    return found.rowCount ?? 0;
  }
});

describe('a session', () => {
  const minutes = (n: number): number => n * 60_000;

  it('ends after 30 minutes without activity; reading alone does not keep it', async () => {
    const { cookie } = await desk.addStaff('counsellor');
    desk.clock.move(minutes(29));
    expect((await desk.call('GET', '/queue', { cookie })).status).toBe(200);
    desk.clock.move(minutes(1));
    expect((await desk.call('GET', '/queue', { cookie })).status).toBe(401);
  });

  it('ends after 12 hours however active', async () => {
    const { cookie } = await desk.addStaff('counsellor');
    for (let n = 0; n < 28; n += 1) {
      desk.clock.move(minutes(25));
      expect((await desk.call('POST', '/me/extend', { cookie })).status).toBe(200);
    }
    desk.clock.move(minutes(20));
    expect((await desk.call('POST', '/me/extend', { cookie })).status).toBe(401);
  });

  it('is listed and ended by its owner only', async () => {
    const [mine, colleague] = [await desk.addStaff('counsellor'), await desk.addStaff('counsellor')];
    const list = await desk.call('GET', '/me/sessions', { cookie: mine.cookie });
    const id = /"id":"([\w-]{22})"/.exec(JSON.stringify(list.body))?.[1] ?? '';
    expect(list.body).toMatchObject({ sessions: [{ id, current: true }] });
    expect((await desk.call('POST', `/me/sessions/${id}/end`, { cookie: colleague.cookie })).status).toBe(
      404,
    );
    expect((await desk.call('POST', `/me/sessions/${id}/end`, { cookie: mine.cookie })).status).toBe(200);
    expect((await desk.call('GET', '/me', { cookie: mine.cookie })).status).toBe(401);
  });

  it('is gone after signing out', async () => {
    const { cookie } = await desk.addStaff('counsellor');
    const out = await desk.call('POST', '/sign-out', { cookie });
    expect(out.headers.get('set-cookie')).toMatch(/^console=; .*Max-Age=0$/);
    expect((await desk.call('GET', '/me', { cookie })).status).toBe(401);
  });

  it('has a __Host- cookie, Secure and without Domain, behind https', async () => {
    const secure = express();
    secure.use('/api', createApiRouter({ ...desk.deps, publicUrl: 'https://desk.example.org' }));
    const server = secure.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const answer = await fetch(`http://127.0.0.1:${String(port)}/api/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ email: 'mai@example.org', password: PASSWORD }),
    });
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-console=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('cannot be taken from the last administrator', async () => {
    const fresh = await startDesk();
    try {
      const admin = await fresh.addStaff('admin');
      const refusal = await fresh.call('POST', `/users/${admin.userId}/disable`, { cookie: admin.cookie });
      expect(refusal.body).toEqual({ error: { code: 'last_admin' } });
    } finally {
      await fresh.stop();
    }
  });
});

describe('a password', () => {
  const longest = `${'ễ'.repeat(60)}${'mèo 🐈 ngủ'.repeat(6)}${'x'.repeat(14)}`;
  it.each([
    { password: 'ngắn quá', fault: 'password_too_short' },
    { password: '12345678901', fault: 'password_too_short' },
    { password: '🐈🐈🐈🐈🐈🐈', fault: 'password_too_short' },
    { password: '123456789012', fault: 'password_common' },
    { password: 'aaaaaaaaaaaaaaaa', fault: 'password_common' },
    { password: 'Password1234!', fault: 'password_common' },
    { password: 'MậtKhẩu@2026', fault: 'password_common' },
    { password: 'hoitruoc hotline 111', fault: 'password_common' },
    { password: 'qwertyuiop[]1', fault: 'password_common' },
    { password: 'lan@example.org', fault: 'password_common' },
    { password: 'Nguyễn Thị Lan', fault: 'password_common' },
    { password: 'mưa rơi trên mái tôn', fault: null },
    { password: 'correct horse battery staple', fault: null },
    { password: 'kP9#vT2mQx7w', fault: null },
    { password: longest, fault: null },
    { password: `${longest}y`, fault: 'password_too_long' },
  ])('$password: $fault', ({ password, fault }) => {
    expect(findPasswordFault(password, ['lan@example.org', 'Nguyễn Thị Lan'])).toBe(fault);
  });

  it('is 128 characters in the longest accepted one', () => {
    expect(Array.from(longest)).toHaveLength(128);
  });
});

describe('a password hashed with less than today’s cost', () => {
  it('is hashed anew at the next right sign-in, and at no wrong one', async () => {
    const [userId, email] = [randomUUID(), `${randomUUID()}@example.org`];
    const old = await hash(PASSWORD.normalize('NFC'), { memoryCost: 8_192, timeCost: 2, parallelism: 1 });
    await desk.database.transact((client) =>
      insertUser(client, {
        ...{ id: userId, email, displayName: 'Mai', passwordHash: old, role: 'counsellor', uiLanguage: 'vi' },
        createdAt: desk.clock.now(),
      }),
    );
    const stored = async (): Promise<string> => {
      const { rows } = await desk.database.pool.query<{ password_hash: string }>(
        'select password_hash from users where id = $1',
        [userId],
      );
      return rows[0]?.password_hash ?? '';
    };
    const signIn = async (password: string): Promise<number> =>
      (await desk.call('POST', '/sign-in', { body: { email, password } })).status;
    expect(await signIn('một câu khác hẳn 🐕')).toBe(401);
    expect(await stored()).toBe(old);
    expect(await signIn(PASSWORD)).toBe(200);
    const raised = await stored();
    // OWASP: argon2id with 46 MiB and one pass, or more
    expect(parseOptions(raised)).toMatchObject({ algorithm: 2, memoryCost: 65_536, timeCost: 3 });
    expect(await signIn(PASSWORD)).toBe(200);
    // strong enough: it stays
    expect(await stored()).toBe(raised);
  });
});
