import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DATABASE, socketUrl } from '../../server/postgres/embedded.ts';
import { createPool } from '../../server/store/pool.ts';
import { startPlatforms, type Platforms } from '../support/platforms/platforms.ts';
import { FAKE_BOT } from '../support/platforms/telegram.ts';
import { buildTextUpdate } from '../support/platforms/telegram-events.ts';
import { type RunningServer, runServer, startServer } from '../support/server-process.ts';

const SECRET = FAKE_BOT.webhookSecret;
const PEOPLE = [501, 502, 503, 504, 505];

let platforms: Platforms;
let dataDir: string;
let env: Record<string, string>;
const pools: ReturnType<typeof createPool>[] = [];
const started: RunningServer[] = [];

async function start(): Promise<RunningServer> {
  const server = await startServer({ env });
  started.push(server);
  return server;
}

beforeAll(async () => {
  platforms = await startPlatforms({ knowsEverybody: true });
  dataDir = mkdtempSync(path.join(os.tmpdir(), 'ht-restart-'));
  chmodSync(dataDir, 0o711);
  env = {
    DATA_DIR: dataDir,
    ...platforms.env('telegram'),
  };
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await Promise.all(started.map((server) => server.kill()));
  expect(platforms.faults()).toEqual([]);
  await platforms.close();
  // a killed server's database needs a moment to end
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
});

interface Delivery {
  person: number;
  update: Record<string, unknown>;
}

/** Round after round, so that every person writes several times. */
const DELIVERIES: Delivery[] = Array.from({ length: 30 }, (_, index) => {
  const person = PEOPLE[index % PEOPLE.length] ?? 501;
  return {
    person,
    update: buildTextUpdate({ id: person, updateId: 9_000_000 + index }, `xin chào ${index}`),
  };
});

async function deliver(url: string, { update }: Delivery): Promise<number> {
  const headers = { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': SECRET };
  const answer = await fetch(`${url}/hooks/telegram/default`, {
    method: 'POST',
    headers,
    body: JSON.stringify(update),
  });
  return answer.status;
}

describe('the server', () => {
  it('loses and repeats nothing when it is killed in the middle of conversations', async () => {
    const first = await start();
    for (const delivery of DELIVERIES.slice(0, 15)) expect(await deliver(first.url, delivery)).toBe(200);
    const pool = createPool({
      databaseUrl: socketUrl(path.join(dataDir, 'socket'), DATABASE),
      maxConnections: 2,
      // it outlives the server that is killed
      onError: () => undefined,
    });
    pools.push(pool);
    const ask = async (sql: string): Promise<Record<string, unknown>[]> =>
      (await pool.query<Record<string, unknown>>(sql)).rows;
    const untilAllIsSaid = async (): Promise<void> => {
      for (;;) {
        const open = await ask(
          `select 1 from inbox where processed_at is null union all select 1 from outbox where state = 'queued' limit 1`,
        );
        if (open.length === 0) return;
        await sleep(100);
      }
    };
    // what was sent and not yet recorded would be said again after the crash: that is allowed, once, and not what is asked here
    await untilAllIsSaid();
    // one message of ours is on its way and never confirmed
    platforms.telegram.answerWhen(() => ({ kind: 'hang' }));
    const underway = Promise.allSettled(
      DELIVERIES.slice(15, 22).map((delivery) => deliver(first.url, delivery)),
    );
    await platforms.waitFor(() => true, platforms.calls.length);
    await first.kill();
    await underway;
    platforms.telegram.answerWhen(() => null);

    const second = await start();
    // the platform delivers again whatever was not confirmed, and sometimes what was
    for (const delivery of DELIVERIES.slice(10)) expect(await deliver(second.url, delivery)).toBe(200);
    await untilAllIsSaid();

    expect(await ask(`select count(*)::int as turns from messages where author = 'person'`)).toEqual([
      { turns: DELIVERIES.length },
    ]);
    expect(
      await ask(`select delivery, count(*) > 0 as some from messages where author = 'bot' group by 1`),
    ).toEqual([{ delivery: 'sent', some: true }]);
    const decided = await ask(`select count(*)::int as count from messages where author = 'bot'`);
    // nothing lost; repeated at most the one message of each person that was between sending and recording when the kill came
    const repeated = platforms.sent.length - Number(decided[0]?.['count']);
    expect(repeated).toBeGreaterThanOrEqual(0);
    expect(repeated).toBeLessThanOrEqual(PEOPLE.length);
    expect(await ask('select count(*)::int as conversations from conversations')).toEqual([
      { conversations: PEOPLE.length },
    ]);
    expect(second.output()).not.toMatch(/xin chào|Hoa|50[1-5]\b/);
    expect(await second.stop()).toBe(0);
  }, 120_000);

  it('finds its data again, and ends with one clear message when it cannot start', async () => {
    const running = await start();
    expect(await runServer({ env })).toMatchObject({
      code: 1,
      output: expect.stringContaining('Another running server uses this DATA_DIR'),
    });
    const port = new URL(running.url).port;
    const other = { ...env, DATA_DIR: path.join(dataDir, 'other'), PORT: port };
    expect(await runServer({ env: other })).toMatchObject({
      code: 1,
      output: expect.stringContaining('The port is taken'),
    });
    expect(await running.stop()).toBe(0);
    const nowhere = { ...env, DATA_DIR: path.join(dataDir, 'postgres.created', 'x') };
    expect(await runServer({ env: nowhere })).toMatchObject({
      code: 1,
      output: expect.stringContaining('DATA_DIR cannot be written'),
    });
    const away = {
      ...env,
      DATABASE_URL: 'postgres://nobody:geheim@127.0.0.1:1/x',
      ENCRYPTION_KEYS: `k1:${'QUJD'.repeat(10)}QUI=`,
    };
    const failed = await runServer({ env: away });
    expect(failed.code).toBe(1);
    expect(failed.output).not.toContain('geheim');
  }, 120_000);
});
