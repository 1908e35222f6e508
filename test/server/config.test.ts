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
    [{ ZALO_OA_ID: '1e18' }, 'ZALO_OA_ID: is a number'],
    [{ ZALO_OAUTH_BASE: 'http://oauth.example.org' }, 'ZALO_OAUTH_BASE: must begin with https://'],
    [{ ZALO_API_BASE: 'http://127.0.0.1.example.org' }, 'ZALO_API_BASE: must begin with https://'],
    [{ ZALO_API_BASE: 'https://user:geheim@example.org' }, 'ZALO_API_BASE: must begin with https://'],
    [{ MESSENGER_PAGE_ID: 'our-page' }, 'MESSENGER_PAGE_ID: is a number'],
    [
      { MESSENGER_PAGE_ID: '1', MESSENGER_APP_ID: '2' },
      'MESSENGER_PAGE_TOKEN: required because MESSENGER_PAGE_ID, MESSENGER_APP_ID is set',
    ],
    [
      { LINE_CHANNEL_SECRET: 'a-real-one' },
      'LINE_CHANNEL_TOKEN: required because LINE_CHANNEL_SECRET is set',
    ],
    [
      { LINE_DESTINATION: `U${'0'.repeat(32)}` },
      'LINE_CHANNEL_SECRET: required because LINE_DESTINATION is set',
    ],
    [{ LINE_DESTINATION: '@example' }, 'LINE_DESTINATION: is U and 32'],
    [{ GRAPH_BASE: 'graph.facebook.com' }, 'GRAPH_BASE'],
    [
      { MEDIA_S3_ENDPOINT: 'https://s3.example.org', MEDIA_S3_BUCKET: 'media' },
      'MEDIA_S3_SECRET_KEY: required because MEDIA_S3_ENDPOINT, MEDIA_S3_BUCKET is set',
    ],
    [{ MEDIA_S3_ENDPOINT: 'http://s3.example.org' }, 'MEDIA_S3_ENDPOINT: must begin with https://'],
    [{ MEDIA_S3_BUCKET: 'media/../other' }, 'MEDIA_S3_BUCKET: is the name of a bucket'],
    [{ MEDIA_S3_REGION: 'eu west' }, 'MEDIA_S3_REGION: is the name of a region'],
    [{ MEDIA_S3_SECRET_KEY: 'changeme' }, 'MEDIA_S3_SECRET_KEY: is a placeholder'],
  ])('refuses %j', (variables, fault) => {
    expect(faultsOf(variables)).toContainEqual(expect.stringContaining(fault));
  });

  it('describes an account of Messenger and of LINE when all of it is there, and none before', () => {
    const messenger = {
      MESSENGER_PAGE_ID: '110022003300440',
      MESSENGER_APP_ID: '550066007700880',
      MESSENGER_APP_SECRET: 'a-real-secret',
      MESSENGER_VERIFY_TOKEN: 'a-real-verify-token',
      MESSENGER_PAGE_TOKEN: 'a-real-page-token',
    };
    const line = { LINE_CHANNEL_SECRET: 'a-real-one', LINE_CHANNEL_TOKEN: 'another' };
    expect(readConfig({ ...messenger, ...line, GRAPH_BASE: 'http://127.0.0.1:4000' }, '/srv')).toMatchObject({
      ok: true,
      config: {
        messenger: {
          pageId: '110022003300440',
          appId: '550066007700880',
          appSecret: 'a-real-secret',
          verifyToken: 'a-real-verify-token',
          pageToken: 'a-real-page-token',
          graphBase: 'http://127.0.0.1:4000',
        },
        line: {
          channelSecret: 'a-real-one',
          channelToken: 'another',
          destination: null,
          apiBase: 'https://api.line.me',
          dataBase: 'https://api-data.line.me',
        },
      },
    });
    expect(readConfig({}, '/srv')).toMatchObject({ config: { messenger: undefined, line: undefined } });
  });

  it('describes a store of files when all of it is there, and none before', () => {
    const store = {
      MEDIA_S3_ENDPOINT: 'https://s3.example.org',
      MEDIA_S3_BUCKET: 'media',
      MEDIA_S3_ACCESS_KEY: 'an-access-key',
      MEDIA_S3_SECRET_KEY: 'a-real-one',
    };
    expect(readConfig(store, '/srv')).toMatchObject({
      ok: true,
      config: {
        mediaS3: {
          endpoint: 'https://s3.example.org',
          bucket: 'media',
          region: 'us-east-1',
          accessKey: 'an-access-key',
          secretKey: 'a-real-one',
        },
      },
    });
    expect(readConfig({}, '/srv')).toMatchObject({ config: { mediaS3: undefined } });
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
