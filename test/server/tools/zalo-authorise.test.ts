/** `npm run zalo:authorise` against a Zalo on loopback and a real database. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { authoriseZalo } from '../../../server/tools/zalo-authorise.ts';
import { createVault, parseEncryptionKeys } from '../../../server/vault.ts';
import { repositoryRoot } from '../../support/assets.ts';
import { answerJson } from '../../support/platforms/answers.ts';
import { startPlatforms, type Platforms } from '../../support/platforms/platforms.ts';
import { FAKE_ZALO, type ZaloFace } from '../../support/platforms/zalo.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { newEncryptionKeys } from '../../support/server-process.ts';
import { startTokenInstance } from '../../support/tokens.ts';

const KEYS = newEncryptionKeys();
const NOW = new Date('2026-11-22T08:00:00Z');

describe('npm run zalo:authorise', () => {
  let database: TestDatabase;
  let face: ZaloFace;
  let platforms: Platforms;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    await database.pool.query('truncate channel_tokens');
    platforms = await startPlatforms({ now: () => NOW });
    face = platforms.zalo;
  });
  afterEach(() => platforms.close());
  afterAll(() => database.drop());

  it.each([
    ['the whole address', (address: string) => address],
    ['the address with spaces around', (address: string) => `  ${address} \r`],
    ['the code alone', (address: string) => new URL(address).searchParams.get('code') ?? ''],
  ])('stores the pair when %s is pasted, and a server uses it', async (_what, paste) => {
    const { code, out, error } = await run((link) => paste(face.agree(link)));
    expect(error).toBe('');
    expect(code).toBe(0);
    expect(out).toContain('Stored, sealed.');
    expect(out).toContain('2026-11-23T09:00:00.000Z');
    expect(await readToken()).toMatchObject({ ok: true, access: { generation: 1 } });
    expect(out).not.toMatch(new RegExp(face.allTokens().join('|')));
    expect(out + error).not.toContain(FAKE_ZALO.appSecret);
  });

  it('takes the place of a token that is lost', async () => {
    await run((link) => face.agree(link));
    await database.pool.query(`update channel_tokens set state = 'lost'`);
    expect(await run((link) => face.agree(link))).toMatchObject({ code: 0 });
    expect(await readToken()).toMatchObject({ ok: true, access: { generation: 2 } });
  });

  it('finishes a link of an earlier run', async () => {
    let earlier = '';
    await run((link) => {
      earlier = face.agree(link);
      return '';
    });
    expect(await run(() => earlier)).toMatchObject({ code: 0 });
  });

  it.each([
    ['nothing', () => '', 'Nothing was pasted'],
    ['the end of the input', () => null, 'Nothing was pasted'],
    ['words', () => 'it says not found', 'neither an address'],
    ['the link itself', (link: string) => link, 'has no code in it'],
    [
      'another account',
      (link: string) => face.agree(link).replace(FAKE_ZALO.oaId, '17'),
      'another official account',
    ],
    [
      'another state',
      (link: string) => face.agree(link).replace(/state=[^&]+/, 'state=a.b'),
      'does not come from a link',
    ],
    ['a state cut short', (link: string) => face.agree(link).slice(0, -1), 'does not come from a link'],
    ['an unknown code', () => 'CANARYCANARY', 'older than ten minutes'],
  ])('given %s stores nothing and says what to do', async (_what, paste, told) => {
    const { code, error } = await run(paste);
    expect(code).toBe(1);
    expect(error).toContain(told);
    expect(error).not.toMatch(/CANARY|fake-code/);
    expect((await database.pool.query('select 1 from channel_tokens')).rowCount).toBe(0);
  });

  it('refuses an address that was used before', async () => {
    let address = '';
    await run((link) => (address = face.agree(link)));
    expect(await run(() => address)).toMatchObject({
      code: 1,
      error: expect.stringContaining('used before'),
    });
  });

  it.each([
    ['the callback address differs', answerJson(200, { error: -14_003 }), 'another callback address'],
    ['Zalo is away', { kind: 'reset' } as const, 'could not be reached'],
    ['a proxy answers', answerJson(502, '<html></html>'), 'zalo_oauth_not_json_502'],
  ])('says so when %s', async (_what, answer, told) => {
    face.signIn.answerNext(answer);
    expect(await run((link) => face.agree(link))).toMatchObject({
      code: 1,
      error: expect.stringContaining(told),
    });
  });

  it.each([
    [
      'no account',
      { ZALO_APP_ID: '', ZALO_APP_SECRET: '', ZALO_OA_ID: '', ZALO_OA_SECRET: '' },
      'Zalo is not configured',
    ],
    ['half an account', { ZALO_OA_SECRET: '' }, 'ZALO_OA_SECRET: required'],
    ['a database that is away', { DATABASE_URL: 'postgres://x@127.0.0.1:1/x' }, 'cannot be reached'],
  ])('with %s asks nobody', async (_what, env, told) => {
    const { code, error, asked } = await run(() => '', env);
    expect({ code, asked }).toEqual({ code: 1, asked: 0 });
    expect(error).toContain(told);
  });

  it('runs as a command that reads the address from its input', async () => {
    const child = spawn(process.execPath, ['server/tools/zalo-authorise.ts'], {
      cwd: repositoryRoot,
      env: { ...environment(), PATH: process.env['PATH'] ?? '' },
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const link = /http:\S+permission\S+/.exec(out)?.[0];
      if (out.includes('Address or code:') && link !== undefined && !child.stdin.writableEnded)
        child.stdin.end(`${face.agree(link)}\n`);
    });
    await once(child, 'close');
    expect(child.exitCode).toBe(0);
    expect(out).toContain('Stored, sealed.');
  });

  function environment(): Record<string, string> {
    return {
      DATABASE_URL: database.url,
      ENCRYPTION_KEYS: KEYS,
      PUBLIC_URL: new URL(FAKE_ZALO.callback).origin,
      ZALO_APP_ID: FAKE_ZALO.appId,
      ZALO_APP_SECRET: FAKE_ZALO.appSecret,
      ZALO_OA_ID: FAKE_ZALO.oaId,
      ZALO_OA_SECRET: FAKE_ZALO.oaSecret,
      ZALO_OAUTH_BASE: platforms.base('zalo'),
    };
  }

  async function run(paste: (link: string) => string | null, env: Readonly<Record<string, string>> = {}) {
    const out: string[] = [];
    const errors: string[] = [];
    let asked = 0;
    const code = await authoriseZalo({
      env: { ...environment(), ...env },
      folder: repositoryRoot,
      print: (line) => out.push(line),
      printError: (line) => errors.push(line),
      ask: () => {
        asked += 1;
        return Promise.resolve(paste(/http:\S+permission\S+/.exec(out.join('\n'))?.[0] ?? ''));
      },
      now: () => NOW,
    });
    return { code, asked, out: out.join('\n'), error: errors.join('\n') };
  }

  async function readToken() {
    const keys = parseEncryptionKeys(KEYS);
    if (!keys.ok) throw new Error(keys.fault);
    const vault = createVault(keys.keys);
    const instance = startTokenInstance({ database, base: platforms.base('zalo'), now: () => NOW, vault });
    const result = await instance.tokens.get();
    instance.close();
    return result;
  }
});
