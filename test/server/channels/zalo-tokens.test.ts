/** Zalo's tokens on a real database: one refresh whoever asks, nothing spent is used, every half-done refresh is found. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SendResult } from '../../../server/channels/adapter.ts';
import { createVault } from '../../../server/vault.ts';
import { repositoryRoot } from '../../support/assets.ts';
import { answerJson } from '../../support/platforms/answers.ts';
import { startPlatforms, type Platforms } from '../../support/platforms/platforms.ts';
import { refuse, type ZaloFace } from '../../support/platforms/zalo.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { startTokenInstance, type TokenInstance, type TokenInstanceOptions } from '../../support/tokens.ts';
import { fakeClock, type SetClock } from '../../support/turns.ts';

const PERSON = '7012345678901234567';
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

let database: TestDatabase;
let clock: SetClock;
let face: ZaloFace;
let platforms: Platforms;
const instances: TokenInstance[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query('truncate channel_tokens');
  clock = fakeClock();
  platforms = await startPlatforms({ now: clock.now });
  face = platforms.zalo;
  face.people.touch(PERSON, clock.now());
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const instance of instances.splice(0)) instance.close();
  expect(platforms.faults()).toEqual([]);
  await platforms.close();
});
afterAll(() => database.drop());

function start(over: Partial<TokenInstanceOptions> = {}): TokenInstance {
  const instance = startTokenInstance({ database, base: platforms.base('zalo'), now: clock.now, ...over });
  instances.push(instance);
  return instance;
}

/** An instance that has authorised and holds a token that ends in 25 hours. */
async function startAuthorised(): Promise<TokenInstance> {
  const instance = start({ firstRefreshToken: face.issueRefreshToken() });
  expect(await instance.tokens.get()).toMatchObject({ ok: true });
  return instance;
}

/** the access tokens that messages were sent with */
function listUsedTokens(): unknown[] {
  const sends = platforms.calls.filter(({ path }) => path.endsWith('/cs'));
  return sends.map(({ headers }) => headers['access_token']);
}

function send({ adapter }: TokenInstance, to = PERSON): Promise<SendResult> {
  return adapter.send(
    { conversationId: to, replyHandle: null },
    { text: 'a', choices: [], language: 'vi' },
    { idempotencyKey: 'k', skipParts: 0, signal: new AbortController().signal },
  );
}

const rows = async (): Promise<unknown[]> =>
  (
    await database.pool.query<Record<string, unknown>>(
      'select generation, state, pair_enc is null as forgotten from channel_tokens order by generation',
    )
  ).rows;
const signIns = (): number => platforms.calls.filter(({ path }) => path.startsWith('/v4/')).length;

describe('an expired token and 20 messages at once from two instances', () => {
  it('cost one refresh, and nobody shows a spent token', async () => {
    const one = await startAuthorised();
    const two = start();
    clock.advance(26 * HOUR_MS);
    face.people.touch(PERSON, clock.now());
    const before = face.rotations();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => send(index % 2 === 0 ? one : two)),
    );
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(face.rotations() - before).toBe(1);
    expect(face.staleUses()).toBe(0);
    expect(new Set(listUsedTokens()).size).toBe(1);
    expect(platforms.faults()).toEqual([]);
    expect(await rows()).toEqual([
      { generation: 1, state: 'spent', forgotten: true },
      { generation: 2, state: 'spent', forgotten: true },
      { generation: 3, state: 'ready', forgotten: false },
    ]);
  });

  it('all wait while the platform takes its time', async () => {
    const one = await startAuthorised();
    const two = start();
    clock.advance(26 * HOUR_MS);
    face.people.touch(PERSON, clock.now());
    face.afterRotation.shut();
    const sending = Array.from({ length: 20 }, (_, index) => send(index % 2 === 0 ? one : two));
    await face.afterRotation.waitForHeld(1);
    expect(platforms.calls.filter(({ path }) => path.endsWith('/cs'))).toEqual([]);
    face.afterRotation.open();
    expect((await Promise.all(sending)).every(({ ok }) => ok)).toBe(true);
    expect(face.staleUses()).toBe(0);
  });
});

describe('a token', () => {
  it('is refreshed once when several instances find it refused, and each message goes out once', async () => {
    const one = await startAuthorised();
    const two = start();
    clock.advance(HOUR_MS);
    face.revokeAccess();
    const before = face.rotations();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => send(index % 2 === 0 ? one : two)),
    );
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(face.rotations() - before).toBe(1);
    expect(face.sent.length).toBe(20);
  });

  it('refused a moment after it was given is not refreshed again and again', async () => {
    const one = await startAuthorised();
    face.messages.answerWhen(() => refuse(216));
    const before = face.rotations();
    expect(await send(one)).toMatchObject({ ok: false, class: 'token', code: 'zalo_token_refused' });
    expect(face.rotations()).toBe(before);
    expect(one.alarms).toEqual([{ fault: 'token_refused', code: 'token_refused' }]);
  });

  it('is refreshed early when it is time, without anybody writing, and by one instance', async () => {
    const one = await startAuthorised();
    const two = start();
    clock.advance(20 * HOUR_MS);
    const before = face.rotations();
    await Promise.all([one.tokens.keepFresh(), two.tokens.keepFresh(), two.tokens.keepFresh()]);
    expect(face.rotations() - before).toBe(1);
    await two.tokens.keepFresh();
    expect(face.rotations() - before).toBe(1);
  });

  it('is missing, and said so once, until somebody authorises', async () => {
    const one = start();
    expect(await send(one)).toMatchObject({ ok: false, class: 'token', code: 'zalo_token_missing' });
    expect(await send(one)).toMatchObject({ ok: false });
    expect(one.alarms).toEqual([{ fault: 'token_missing', code: 'token_missing' }]);
    expect(await one.adapter.health()).toEqual({ ok: false, code: 'token_missing' });
    expect(signIns()).toBe(0);
  });

  it('of the configuration that nobody has used yet is no trouble: asking after it takes it', async () => {
    const one = start({ firstRefreshToken: face.issueRefreshToken() });
    expect(await one.adapter.health()).toMatchObject({ ok: true, code: 'ok' });
    expect(face.rotations()).toBe(1);
  });

  it('stands nowhere in the clear', async () => {
    await startAuthorised();
    const stored = await database.pool.query<{ dump: string }>(
      `select string_agg(encode(pair_enc, 'escape') || encode(refresh_hash, 'escape'), '') as dump from channel_tokens`,
    );
    for (const token of face.allTokens()) expect(stored.rows[0]?.dump).not.toContain(token);
  });

  it('sealed with a key we no longer have gives no token and no call', async () => {
    await startAuthorised();
    const before = signIns();
    const stranger = start({
      vault: createVault([
        { id: 'other', key: Buffer.from('00112233445566778899aabbccddeeff'.repeat(2), 'hex') },
      ]),
    });
    expect(await stranger.tokens.get()).toEqual({ ok: false, fault: 'token_store_failed' });
    expect(await stranger.adapter.health()).toEqual({ ok: false, code: 'token_store_failed' });
    expect(signIns()).toBe(before);
  });
});

describe('a refresh without an answer', () => {
  it.each([
    ['a page of a proxy', answerJson(502, '<html></html>'), 'zalo_oauth_not_json_502'],
    ['a broken connection', { kind: 'reset' } as const, 'zalo_oauth_unreachable'],
    ['too many requests', answerJson(200, { error: -32 }), 'zalo_oauth_32'],
    ['half an answer', answerJson(200, { access_token: 'x' }), 'zalo_oauth_not_json_200'],
    ['wrong types', answerJson(200, { access_token: 1, refresh_token: [] }), 'zalo_oauth_not_json_200'],
    ['10 MB', answerJson(200, `"${'x'.repeat(10_000_000)}"`), 'zalo_oauth_too_large'],
  ])(
    '(%s) rests, alarms the second time, and goes on with the old token while that lives',
    async (_what, answer, code) => {
      const one = await startAuthorised();
      clock.advance(20 * HOUR_MS);
      face.signIn.answerWhen(() => answer);
      const before = signIns();
      expect(await one.tokens.get()).toMatchObject({ ok: true });
      expect(await one.tokens.get()).toMatchObject({ ok: true });
      expect(signIns() - before).toBe(1);
      expect(one.alarms).toEqual([]);

      clock.advance(MINUTE_MS);
      expect(await one.tokens.get()).toMatchObject({ ok: true });
      expect(one.alarms).toEqual([{ fault: 'token_refresh_failing', code }]);
      expect(await one.adapter.health()).toMatchObject({ ok: false, code: 'token_refresh_failing' });

      clock.advance(6 * HOUR_MS);
      expect(await one.tokens.get()).toEqual({ ok: false, fault: 'token_refresh_failing' });
      clock.advance(HOUR_MS);
      face.signIn.answerWhen(() => null);
      expect(await one.tokens.get()).toMatchObject({ ok: true });
      expect(await one.adapter.health()).toEqual({ ok: true, code: 'ok', tokenAt: expect.any(Date) });
    },
  );
});

describe('a refused refresh token', () => {
  it('is an alarm, told once, and shown to the platform once more only after a start', async () => {
    const one = await startAuthorised();
    clock.advance(20 * HOUR_MS);
    face.issueRefreshToken(); // somebody else rotated it
    const before = signIns();
    expect(await one.tokens.get()).toMatchObject({ ok: true });
    expect(one.alarms).toEqual([{ fault: 'token_lost', code: 'zalo_oauth_14014' }]);
    clock.advance(6 * HOUR_MS);
    expect(await send(one)).toMatchObject({ ok: false, class: 'token', code: 'zalo_token_lost' });
    expect(await send(one)).toMatchObject({ ok: false });
    expect(one.alarms.length).toBe(1);
    expect(await one.adapter.health()).toMatchObject({ ok: false, code: 'token_lost' });
    expect(signIns() - before).toBe(1);

    const restarted = start();
    expect(await restarted.tokens.get()).toEqual({ ok: false, fault: 'token_lost' });
    expect(await restarted.tokens.get()).toEqual({ ok: false, fault: 'token_lost' });
    expect(restarted.alarms).toEqual([{ fault: 'token_lost', code: 'zalo_oauth_14014' }]);
    expect(signIns() - before).toBe(2);
  });

  it('because of a wrong app secret recovers with the right one', async () => {
    const token = face.issueRefreshToken();
    const wrong = start({ firstRefreshToken: token, appSecret: 'another-secret' });
    expect(await wrong.tokens.get()).toEqual({ ok: false, fault: 'token_lost' });
    const right = start({ firstRefreshToken: token });
    expect(await right.tokens.get()).toMatchObject({ ok: true });
  });

  it('is replaced by a new one in the configuration, which is taken once', async () => {
    await startAuthorised();
    clock.advance(26 * HOUR_MS);
    face.issueRefreshToken();
    const lost = start();
    expect(await lost.tokens.get()).toEqual({ ok: false, fault: 'token_lost' });
    const token = face.issueRefreshToken();
    expect(await start({ firstRefreshToken: token }).tokens.get()).toMatchObject({ ok: true });
    expect(await start({ firstRefreshToken: token }).tokens.get()).toMatchObject({ ok: true });
    expect(await lost.tokens.get()).toMatchObject({ ok: true });
  });

  it('never replaces a pair that works', async () => {
    const one = await startAuthorised();
    const before = signIns();
    const other = start({ firstRefreshToken: 'a-token-from-somewhere-else' });
    expect(await other.tokens.get()).toEqual(await one.tokens.get());
    expect(signIns()).toBe(before);
  });
});

describe('when storing the new pair fails', () => {
  it('nobody uses it before it is stored, and it is stored at the next chance', async () => {
    await startAuthorised();
    clock.advance(26 * HOUR_MS);
    let isBroken = true;
    const one = start({
      changeStore: (store) => ({
        ...store,
        keep: (after, pair) => (isBroken ? Promise.reject(new Error('no disk')) : store.keep(after, pair)),
      }),
    });
    const before = face.rotations();
    expect(await one.tokens.get()).toEqual({ ok: false, fault: 'token_store_failed' });
    expect(platforms.calls.filter(({ path }) => path.endsWith('/cs'))).toEqual([]);
    isBroken = false;
    expect(await one.tokens.get()).toMatchObject({ ok: true });
    expect(face.rotations() - before).toBe(1);
    expect(face.staleUses()).toBe(0);
  });

  it('it survives that another instance meanwhile finds the old one spent', async () => {
    await startAuthorised();
    clock.advance(26 * HOUR_MS);
    let isBroken = true;
    const one = start({
      changeStore: (store) => ({
        ...store,
        keep: (after, pair) => (isBroken ? Promise.reject(new Error('no disk')) : store.keep(after, pair)),
      }),
    });
    const two = start();
    await one.tokens.get();
    expect(await two.tokens.get()).toEqual({ ok: false, fault: 'token_lost' });
    isBroken = false;
    await one.tokens.settle();
    expect(await two.tokens.get()).toMatchObject({ ok: true });
    expect(await two.adapter.health()).toMatchObject({ ok: true, code: 'ok' });
  });
});

describe('a refresher whose connection to the database is cut while the platform takes its time', () => {
  it('still stores what it was given, though another took its place', async () => {
    await startAuthorised();
    clock.advance(26 * HOUR_MS);
    face.afterRotation.shut();
    const one = start();
    const two = start();
    const first = one.tokens.get();
    await face.afterRotation.waitForHeld(1);
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and classid = 7214003
       and database = (select oid from pg_database where datname = current_database())`,
    );
    const second = two.tokens.get();
    await face.afterRotation.waitForHeld(2);
    face.afterRotation.open();
    expect(await first).toMatchObject({ ok: true });
    await second;
    expect(await two.tokens.get()).toEqual(await first);
    expect(await two.adapter.health()).toMatchObject({ ok: true, code: 'ok' });
  });
});

describe('a process killed in the middle of a refresh', () => {
  async function killAt(gate: 'beforeRotation' | 'afterRotation'): Promise<void> {
    await startAuthorised();
    clock.advance(26 * HOUR_MS);
    face[gate].shut();
    const child = spawn(
      process.execPath,
      ['test/support/refresh-once.ts', database.url, platforms.base('zalo'), clock.now().toISOString()],
      { cwd: repositoryRoot, stdio: 'ignore' },
    );
    children.push(child);
    await face[gate].waitForHeld(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  it('before the platform did anything: the next one refreshes', async () => {
    await killAt('beforeRotation');
    face.beforeRotation.drop();
    face.beforeRotation.open();
    const next = start();
    expect(await next.tokens.get()).toMatchObject({ ok: true });
    expect(face.rotations()).toBe(2);
    expect(face.staleUses()).toBe(0);
    expect(next.alarms).toEqual([]);
  });

  it('after the platform rotated: the old token is tried once, then the operator is called', async () => {
    await killAt('afterRotation');
    face.afterRotation.open();
    const before = signIns();
    const next = start();
    expect(await next.tokens.get()).toEqual({ ok: false, fault: 'token_lost' });
    expect(await next.tokens.get()).toEqual({ ok: false, fault: 'token_lost' });
    expect(signIns() - before).toBe(1);
    expect(next.alarms).toEqual([{ fault: 'token_lost', code: 'zalo_oauth_14014' }]);
    expect(await rows()).toContainEqual({ generation: 2, state: 'lost', forgotten: false });
  });
});
