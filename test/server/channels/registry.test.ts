/** Which adapters exist for which configuration. */
import { describe, expect, it } from '@jest/globals';
import { createAdapters, findAdapter } from '../../../server/channels/registry.ts';

const telegram = { token: '1:AA', webhookSecret: 'hook', apiRoot: 'https://api.telegram.org' };
const zalo = {
  appId: '1',
  appSecret: 'app-secret',
  oaId: '2',
  oaSecret: 'oa-secret',
  refreshToken: 'first-token',
  apiBase: 'https://openapi.zalo.me',
  oauthBase: 'https://oauth.zaloapp.com',
};
const messenger = {
  pageId: '110022003300440',
  appId: '550066007700880',
  appSecret: 'a',
  verifyToken: 'b',
  pageToken: 'c',
  graphBase: 'https://graph.facebook.com',
};
const line = { channelSecret: 'a', channelToken: 'b', destination: null, apiBase: 'https://api.line.me' };

describe('the registry', () => {
  it.each([
    ['the web page alone without any secret', {}, ['web']],
    ['Telegram when it is configured', { telegram }, ['web', 'telegram']],
    ['Zalo when it is configured', { zalo }, ['web', 'zalo']],
    ['Messenger and LINE when they are configured', { messenger, line }, ['web', 'messenger', 'line']],
  ])('has %s', (_what, config, channels) => {
    expect(createAdapters(config).map(({ channel }) => channel)).toEqual(channels);
  });

  it('finds an adapter by channel and account, and nothing for others', () => {
    const adapters = createAdapters({ telegram });
    expect(findAdapter(adapters, 'telegram', 'default')?.channel).toBe('telegram');
    expect(findAdapter(adapters, 'telegram', 'other')).toBeNull();
    expect(findAdapter(adapters, 'constructor', 'default')).toBeNull();
  });

  it('knows every secret of Zalo, and sends nothing there without tokens', async () => {
    const adapter = findAdapter(createAdapters({ zalo }), 'zalo', 'default');
    expect(adapter?.secrets).toEqual(['oa-secret', 'app-secret', 'first-token']);
    expect(await adapter?.health()).toEqual({ ok: false, code: 'token_missing' });
  });
});
