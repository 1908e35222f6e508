/** The whole server, killed while it fetches a file, and started again. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { picture } from '../../support/media-samples.ts';
import { type MediaServer, startMediaServer } from '../../support/media-server.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { newEncryptionKeys, type RunningServer, startServer } from '../../support/server-process.ts';

const TOKEN = '987654:a-token-of-a-test';
const SECRET = 'example_webhook-secret_1';
const FILE = `/file/bot${TOKEN}/photos/file_1.jpg`;
let database: TestDatabase;
let platform: MediaServer;
let folder: string;
const started: RunningServer[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  platform = await startMediaServer();
  folder = await mkdtemp(path.join(tmpdir(), 'hoi-truoc-kill-'));
});
afterAll(async () => {
  for (const server of started) await server.kill();
  await platform.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function filesOnDisk(): Promise<string[]> {
  const found = await readdir(path.join(folder, 'media'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return found.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

it('a photo whose fetching was killed is fetched after the next start, once, and nothing half done stays', async () => {
  const env = {
    DATABASE_URL: database.url,
    ENCRYPTION_KEYS: newEncryptionKeys(),
    DATA_DIR: folder,
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_WEBHOOK_SECRET: SECRET,
    TELEGRAM_API_ROOT: platform.base,
  };
  const start = async (): Promise<RunningServer> => {
    const server = await startServer({ env });
    started.push(server);
    return server;
  };
  const { promise: isUnderway, resolve } = Promise.withResolvers<undefined>();
  const result = { file_id: 'AgAC', file_unique_id: 'u', file_path: 'photos/file_1.jpg' };
  platform.answer(`/bot${TOKEN}/getFile`, { kind: 'json', body: { ok: true, result } });
  platform.answer(FILE, { kind: 'stuck', begins: Buffer.from('half'), onStuck: () => resolve(undefined) });

  const first = await start();
  const message = {
    message_id: 7,
    date: 1_790_000_000,
    chat: { id: 501, type: 'private' },
    from: { id: 501, is_bot: false },
    photo: [{ file_id: 'AgAC', file_unique_id: 'u', width: 64, height: 48 }],
  };
  const answer = await fetch(`${first.url}/hooks/telegram/default`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': SECRET },
    body: JSON.stringify({ update_id: 9_000_001, message }),
  });
  expect(answer.status).toBe(200);
  await isUnderway;
  await first.kill();

  const ask = async () =>
    (
      await database.pool.query<{ state: string; attempts: number; name: string }>(
        'select state, attempts, name from media',
      )
    ).rows;
  const [killed] = await ask();
  expect([killed?.state, killed?.attempts, await filesOnDisk()]).toEqual(['waiting', 1, []]);

  // as if the lease of the dead process had run out
  await database.pool.query(`update media set lease_until = now() - interval '1 second'`);
  platform.answer(FILE, { kind: 'bytes', body: await picture('jpeg') });
  const second = await start();
  while ((await ask())[0]?.state === 'waiting') await sleep(50);
  const [stored] = await ask();
  expect([stored?.state, stored?.attempts, await filesOnDisk()]).toEqual(['stored', 2, [stored?.name]]);
  expect(stored?.name).not.toBe(killed?.name);
  expect(await second.stop()).toBe(0);
  expect(first.output() + second.output()).not.toMatch(/photos\/file_1|a-token-of-a-test|AgAC/);
}, 120_000);
