import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from '../../server/config.ts';
import { CONFIGURATION_PAGE, describeConfiguration } from '../../server/tools/configuration-doc.ts';

const KEY = `k1:${Buffer.from('0f1e2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff0', 'hex').toString('base64')}`;

function faultsOf(variables: Record<string, string>): readonly string[] {
  const result = readConfig(variables, '/srv');
  return result.ok ? [] : result.faults;
}

describe('the configuration', () => {
  it('needs nothing to start with', () => {
    const result = readConfig({ PORT: '', PATH: '/bin' }, '/srv');
    expect(result).toMatchObject({
      ok: true,
      config: {
        port: 3000,
        host: '127.0.0.1',
        databaseUrl: null,
        encryptionKeys: null,
        dataDir: '/srv/data',
        role: 'all',
      },
    });
  });

  it('names every fault at once, and no value', () => {
    const faults = faultsOf({
      PORT: '99999',
      PUBLIC_URL: 'ftp://x',
      LOG_LEVEL: 'loud',
      ROLE: 'boss',
      DATABASE_URL: 'mysql://u:geheim@h/d',
      TELEGRAM_BOT_TOKEN: 'changeme',
      LINE_CHANNEL_TOKEN: 'abcdef1234567890',
      ENCRYPTION_KEYS: 'k1:geheim',
    });
    const names = faults.map((fault) => fault.split(':')[0]);
    expect(new Set(names)).toEqual(
      new Set([
        'PORT',
        'PUBLIC_URL',
        'LOG_LEVEL',
        'ROLE',
        'DATABASE_URL',
        'ENCRYPTION_KEYS',
        'TELEGRAM_BOT_TOKEN',
        'TELEGRAM_WEBHOOK_SECRET',
        'LINE_CHANNEL_SECRET',
      ]),
    );
    expect(faults.join()).not.toMatch(/geheim|changeme|abcdef/);
  });

  it.each([
    [{ DATABASE_URL: 'postgres://h/d' }, 'ENCRYPTION_KEYS: required'],
    [{ TELEGRAM_BOT_TOKEN: '1:a-real-one' }, 'TELEGRAM_WEBHOOK_SECRET: required'],
    [
      { TELEGRAM_BOT_TOKEN: '1:a-real-one', TELEGRAM_WEBHOOK_SECRET: 'short' },
      'TELEGRAM_WEBHOOK_SECRET: needs 16',
    ],
    [{ MESSENGER_APP_SECRET: '<app secret>' }, 'MESSENGER_APP_SECRET: is a placeholder'],
    [{ ZALO_APP_ID: '12', ZALO_APP_SECRET: 'a-real-one', ZALO_OA_ID: '3' }, 'ZALO_OA_SECRET: required'],
    [{ ZALO_REFRESH_TOKEN: 'a-real-one' }, 'ZALO_OA_ID: required because ZALO_REFRESH_TOKEN is set'],
    [{ ZALO_OA_ID: '1e18' }, 'ZALO_OA_ID: needs the number alone'],
    [{ ZALO_OAUTH_BASE: 'http://oauth.example.org' }, 'ZALO_OAUTH_BASE: must begin with https://'],
    [{ ZALO_API_BASE: 'http://127.0.0.1.example.org' }, 'ZALO_API_BASE: must begin with https://'],
    [{ ZALO_API_BASE: 'https://user:geheim@example.org' }, 'ZALO_API_BASE: must begin with https://'],
  ])('refuses %j', (variables, fault) => {
    expect(faultsOf(variables)).toContainEqual(expect.stringContaining(fault));
  });

  it('takes a remote database with its keys', () => {
    expect(faultsOf({ DATABASE_URL: 'postgres://h/d', ENCRYPTION_KEYS: KEY })).toEqual([]);
  });

  it.each([
    'http://127.0.0.1:4000/zalo',
    'http://localhost:4000',
    'http://[::1]:4000',
    'https://fake.example.org',
  ])('lets a fake platform stand at %s', (address) => {
    expect(faultsOf({ ZALO_API_BASE: address, ZALO_OAUTH_BASE: address })).toEqual([]);
  });

  it.each([
    [{}, null],
    [{ ZALO_REFRESH_TOKEN: 'first-token' }, 'first-token'],
  ])('has a Zalo account with or without a first refresh token', (more, refreshToken) => {
    const account = {
      ZALO_APP_ID: '12',
      ZALO_APP_SECRET: 'app-key',
      ZALO_OA_ID: '34',
      ZALO_OA_SECRET: 'oa-key',
    };
    expect(
      readConfig({ ...account, ...more, ZALO_API_BASE: 'https://fake.example.org/' }, '/srv'),
    ).toMatchObject({
      ok: true,
      config: {
        zalo: {
          appId: '12',
          appSecret: 'app-key',
          oaId: '34',
          oaSecret: 'oa-key',
          refreshToken,
          apiBase: 'https://fake.example.org',
          oauthBase: 'https://oauth.zaloapp.com',
        },
      },
    });
  });

  it('is described in docs/configuration.md as it is (else run node server/tools/configuration-doc.ts)', () => {
    expect(readFileSync(CONFIGURATION_PAGE, 'utf8')).toBe(describeConfiguration());
  });
});
