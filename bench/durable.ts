/**
 * `node bench/durable.ts [--echo]`: messages per second through the real path (webhook → inbox → real engine → outbox → platform, every
 * commit fsynced, embedded PostgreSQL) beside bare Express with the same body, in one run. The load is a thread of its own.
 */
import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { Agent, createServer, request, type Server } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import express from 'express';
import { z } from 'zod';
import { loadAssets, takeTurn } from '../bot/index.ts';
import { createApp } from '../server/app.ts';
import { readAssetSources } from '../server/assets.ts';
import { loadChannelRules } from '../server/channel-rules.ts';
import { type Adapter, type InboundEvent, WRITTEN_EVENT } from '../server/channels/adapter.ts';
import { coalesce } from '../server/coalesce.ts';
import { createHooksRouter } from '../server/hooks.ts';
import { newUuid } from '../server/ids.ts';
import { wakeListeners } from '../server/live.ts';
import { createLog } from '../server/log.ts';
import { createMetrics } from '../server/metrics.ts';
import { startEmbedded } from '../server/postgres/embedded.ts';
import { prepareSafeMessages } from '../server/safe-message.ts';
import { migrate } from '../server/store/migrate.ts';
import { createPool, createTransact } from '../server/store/pool.ts';
import { createInbox } from '../server/turns/inbox.ts';
import { createSender } from '../server/turns/outbox.ts';
import { createRunner } from '../server/turns/run.ts';
import { createSignal } from '../server/turns/signal.ts';
import { createVault } from '../server/vault.ts';
import type { LoadResult } from './durable-load.ts';
import type { Figure } from './figure.ts';

type Engine = 'real' | 'echo';

const SECONDS = 5;
const WARM_UP_SECONDS = 2;
/** as in server/main.ts */
const NOTIFY_REST_MS = 50;
const CALLERS = [1, 16, 64] as const;
const BodySchema = z.object({ id: z.number(), person: z.string(), text: z.string() });
const MessageSchema = z.union([
  z.object({ platformPort: z.number() }),
  z.object({
    result: z.object({
      perSecond: z.number(),
      ackP50Ms: z.number(),
      ackP99Ms: z.number(),
      endP50Ms: z.number(),
      endP99Ms: z.number(),
    }),
  }),
]);

export interface DurableRow extends LoadResult {
  callers: number;
  /** bare Express with the same body and callers, requests per second */
  barePerSecond: number;
}

/** @param engine `echo` leaves the engine out, to see what the path alone costs */
export async function runDurable(engine: Engine = 'real'): Promise<readonly DurableRow[]> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'ht-bench-'));
  chmodSync(dataDir, 0o711);
  const load = new Worker(new URL('./durable-load.ts', import.meta.url));
  const { platformPort } = z.object({ platformPort: z.number() }).parse(await nextMessage(load));
  const product = await startProduct(dataDir, platformPort, engine);
  const bare = await startBare();
  const run = async (
    port: number,
    route: string,
    callers: number,
    seconds: number,
    awaitsReply: boolean,
  ): Promise<LoadResult> => {
    load.postMessage({ port, path: route, callers, seconds, awaitsReply });
    const answer = await nextMessage(load);
    if (!('result' in answer)) throw new Error('the load answered something else');
    return answer.result;
  };
  try {
    await run(product.port, '/hooks/telegram/bench', 16, WARM_UP_SECONDS, true);
    const rows: DurableRow[] = [];
    for (const callers of CALLERS) {
      const { perSecond } = await run(bare.port, '/hooks/bare', callers, SECONDS / 2, false);
      const measured = await run(product.port, '/hooks/telegram/bench', callers, SECONDS, true);
      rows.push({ ...measured, callers, barePerSecond: perSecond });
    }
    return rows;
  } finally {
    bare.server.closeAllConnections();
    bare.server.close();
    await product.stop();
    await load.terminate();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** For `npm run bench`. */
export async function measureDurable(): Promise<readonly Figure[]> {
  const rows = await runDurable();
  return rows.flatMap((row) => describeRow(row));
}

function describeRow(row: DurableRow): Figure[] {
  const name = `durable path, ${row.callers} ${row.callers === 1 ? 'caller' : 'callers'}`;
  const reference = { name: 'bare Express', value: row.barePerSecond };
  return [
    {
      name: `${name}: messages end to end`,
      value: row.perSecond,
      unit: '1/s',
      target: row.barePerSecond / 2,
      reference,
    },
    { name: `${name}: acknowledged p50`, value: row.ackP50Ms, unit: 'ms', target: null, reference: null },
    { name: `${name}: end to end p99`, value: row.endP99Ms, unit: 'ms', target: null, reference: null },
  ];
}

async function startProduct(
  dataDir: string,
  platformPort: number,
  engine: Engine,
): Promise<{ port: number; stop: () => Promise<void> }> {
  const embedded = await startEmbedded({
    dataDir,
    durable: true,
    maxConnections: 40,
    onProgress: () => undefined,
  });
  const log = createLog({ level: 'error' });
  const pool = createPool({
    databaseUrl: embedded.databaseUrl,
    maxConnections: 16,
    onError: () => undefined,
  });
  const client = await pool.connect();
  await migrate(client);
  client.release();
  const loaded = loadAssets(await readAssetSources(path.join(import.meta.dirname, '..')));
  if (!loaded.ok) throw new Error('the content does not load: npm run check:content says why');
  const vault = createVault([
    { id: 'bench', key: Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)) },
  ]);
  const clock = { now: () => new Date() };
  const shared = {
    pool,
    transact: createTransact(pool),
    vault,
    clock,
    log,
    instanceId: newUuid(),
    newId: () => newUuid(),
  };
  const adapter = createBenchAdapter(platformPort);
  const wakeConsoles = coalesce(
    () => wakeListeners(pool),
    () => undefined,
    NOTIFY_REST_MS,
  );
  const sender = createSender({
    ...shared,
    rules: await loadChannelRules(path.join(import.meta.dirname, '..')),
    quotaOf: () => null,
    findAdapter: () => adapter,
    random: Math.random,
    onRecorded: wakeConsoles,
  });
  const runner = createRunner({
    ...shared,
    assets: loaded.assets,
    takeTurn: engine === 'real' ? answerOnce : echo,
    safeMessage: prepareSafeMessages(loaded.assets, clock.now()),
    isStaffed: () => false,
    canOf: () => ({ audio: false, buttons: true, location: false }),
    onQueued: sender.take,
    onCommitted: wakeConsoles,
  });
  const signal = createSignal();
  const inbox = createInbox({ ...shared, languages: loaded.assets.languages, onStored: signal.wake });
  const hooks = createHooksRouter({ adapters: [adapter], inbox, log, now: clock.now });
  const app = createApp({
    log,
    metrics: createMetrics(),
    trustedProxies: 0,
    readiness: () => Promise.resolve(null),
    routers: [hooks],
  });
  runner.start(signal);
  sender.start();
  const { server, port } = await listen(createServer(app));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await runner.stop();
    await sender.stop();
    await pool.end();
    await embedded.stop();
  };
  return { port, stop };
}

function createBenchAdapter(platformPort: number): Adapter {
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  return {
    channel: 'telegram',
    account: 'bench',
    capabilities: {
      maxTextUtf16: 4096,
      choices: 'inline_buttons',
      maxChoices: 100,
      maxChoiceLabelUtf16: 64,
      maxChoicePayloadBytes: 64,
      audio: false,
      locationRequest: false,
      typing: false,
      windowHours: null,
    },
    verify: () => 'ok',
    parse: (raw, receivedAt) => ({ kind: 'events', events: [readBody(raw, receivedAt)] }),
    send: (to, message) =>
      new Promise((resolve) => {
        const outgoing = request(
          { host: '127.0.0.1', port: platformPort, path: `/${to.conversationId}`, method: 'POST', agent },
          (response) => {
            response.resume();
            response.on('end', () => resolve({ ok: true, platformIds: ['1'] }));
          },
        );
        outgoing.on('error', () =>
          resolve({ ok: false, class: 'retry', retryAfterMs: null, sentParts: 0, code: 'bench' }),
        );
        outgoing.end(message.text);
      }),
    health: () => Promise.resolve({ ok: true, code: 'ok' }),
    secrets: [],
  };
}

function readBody(raw: Buffer, receivedAt: Date): InboundEvent {
  const body = BodySchema.parse(JSON.parse(raw.toString()));
  return {
    ...WRITTEN_EVENT,
    dedupeKey: `bench:${body.id}`,
    conversationId: body.person,
    senderId: body.person,
    messageId: String(body.id),
    receivedAt,
    text: body.text,
  };
}

/** The real engine; of several answers only the last is sent, so that one message has one answer to wait for. */
const answerOnce: typeof takeTurn = (assets, session, input, world) => {
  const turn = takeTurn(assets, session, input, world);
  const last = turn.events.findLast((event) => event.type === 'message_created');
  return {
    ...turn,
    events: turn.events.filter((event) => event.type !== 'message_created' || event === last),
  };
};

/** No engine at all: what the path itself costs. */
const echo: typeof takeTurn = (_assets, session, input, world) => {
  const text = input.kind === 'text' ? input.text : '';
  const said = {
    type: 'message_created',
    id: world.newId(),
    key: 'echo',
    text,
    choices: [],
    language: 'vi',
  } as const;
  return { session, events: [said] };
};

async function startBare(): Promise<{ server: Server; port: number }> {
  const app = express();
  app.post('/hooks/bare', express.json(), (incoming, response) => {
    BodySchema.parse(incoming.body);
    response.json({ ok: true });
  });
  return listen(createServer(app));
}

async function listen(server: Server): Promise<{ server: Server; port: number }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

async function nextMessage(load: Worker): Promise<z.infer<typeof MessageSchema>> {
  return new Promise((resolve, reject) => {
    load.once('message', (value: unknown) => resolve(MessageSchema.parse(value)));
    load.once('error', reject);
  });
}

if (import.meta.main) {
  const rows = await runDurable(process.argv.includes('--echo') ? 'echo' : 'real');
  for (const row of rows) {
    const ratio = Math.round((100 * row.perSecond) / row.barePerSecond);
    const [ack50, ack99, end50, end99] = [row.ackP50Ms, row.ackP99Ms, row.endP50Ms, row.endP99Ms].map((ms) =>
      ms.toFixed(1),
    );
    process.stdout.write(
      `${row.callers} callers: ${Math.round(row.perSecond)}/s end to end, bare Express ${Math.round(row.barePerSecond)}/s (${ratio} %), ` +
        `ack ${ack50 ?? ''}/${ack99 ?? ''} ms, end ${end50 ?? ''}/${end99 ?? ''} ms (p50/p99)\n`,
    );
  }
}
