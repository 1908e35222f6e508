/** The whole server with a Zalo account: asks to be authorised, is authorised while it runs, hears and answers. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '../support/assets.ts';
import { startPlatforms, type Platforms } from '../support/platforms/platforms.ts';
import { FAKE_ZALO, type ZaloFace } from '../support/platforms/zalo.ts';
import { buildZaloText } from '../support/platforms/zalo-events.ts';
import { createWebhookSender } from '../support/platforms/webhook-sender.ts';
import { startServer, type RunningServer } from '../support/server-process.ts';

const PERSON = '7012345678901234567';
const TIMEOUT_MS = 120_000;

describe('a server with a Zalo account', () => {
  let face: ZaloFace;
  let platforms: Platforms;
  let server: RunningServer;
  let env: Record<string, string>;
  let dataDir: string;

  beforeAll(async () => {
    platforms = await startPlatforms();
    face = platforms.zalo;
    dataDir = mkdtempSync(path.join(os.tmpdir(), 'ht-zalo-'));
    chmodSync(dataDir, 0o711);
    env = {
      DATA_DIR: dataDir,
      PUBLIC_URL: new URL(FAKE_ZALO.callback).origin,
      PORT: '0',
      ...platforms.env('zalo'),
      ZALO_REFRESH_TOKEN: '',
    };
    server = await startServer({ env: { ...env, HOST: '127.0.0.1', PUBLIC_URL: '' } });
  }, TIMEOUT_MS);
  afterAll(async () => {
    await server.kill();
    await platforms.close();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  });

  it(
    'prints the link, takes the tokens that npm run zalo:authorise stores beside it, and answers people',
    async () => {
      expect(server.output()).toContain('this official account has not been authorised yet');
      expect(server.output()).toMatch(/\/v4\/oa\/permission\?app_id=1234567890123456789&/);

      await authorise();
      const webhooks = createWebhookSender({ channel: 'zalo', server: server.url, hear: platforms.hear });
      const asked = platforms.waitFor(({ path: called }) => called.endsWith('/message/cs'));
      const event = buildZaloText({ id: PERSON, messageId: 'm1', at: new Date() }, 'cuu em voi');
      expect(await webhooks.deliver([event], { copies: 2 })).toEqual({ statuses: [200, 200] });
      await asked;
      webhooks.close();
      expect(platforms.faults()).toEqual([]);
      expect(await server.stop()).toBe(0);
      expect(face.sent.length).toBeGreaterThan(0);
      expect(face.sent[0]).toMatchObject({ person: PERSON });
      expect(face.staleUses()).toBe(0);
      expect(server.output()).not.toMatch(
        new RegExp([...face.allTokens(), FAKE_ZALO.appSecret, PERSON].join('|')),
      );
    },
    TIMEOUT_MS,
  );

  async function authorise(): Promise<void> {
    const child = spawn(process.execPath, ['server/tools/zalo-authorise.ts'], {
      cwd: repositoryRoot,
      env: { ...env, PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const link = /http:\S+permission\S+/.exec(out)?.[0];
      if (out.includes('Address or code:') && link !== undefined && !child.stdin.writableEnded)
        child.stdin.end(`${face.agree(link)}\n`);
    });
    await once(child, 'close');
    expect(out).toContain('Stored, sealed.');
  }
});
