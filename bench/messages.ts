/**
 * `node bench/messages.ts [--callers 16,64] [--seconds 10] [--instances 1,2] [--alone]`: signed Zalo webhooks through the whole
 * server as operators start it, every commit on disk, to a fake platform; beside bare Express, grammY and bottender in the same run.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startEmbedded } from '../server/postgres/embedded.ts';
import type { Figure } from './figure.ts';
import { ensureInstalled } from './five-questions/packages.ts';
import { ACCOUNT, VISIT } from './messages/deliveries.ts';
import { type Order, type Result, ResultSchema } from './messages/order.ts';
import {
  type Helper,
  readCpuSeconds,
  readMemory,
  type Running,
  startHelper,
  startServer,
} from './messages/processes.ts';

const ROOT = join(import.meta.dirname, '..');
const WARM_UP_SECONDS = 4;
const REFERENCES = ['express', 'grammy', 'bottender'] as const;
const ReplySchema = z.union([z.object({ result: ResultSchema }), z.object({ fault: z.string() })]);

export interface MessagesOptions {
  callers: readonly number[];
  seconds: number;
  instances: readonly number[];
  /** false: ours alone */
  references: boolean;
  write: (line: string) => void;
}

export interface Row extends Result {
  name: string;
  callers: number;
  perSecond: number;
  /** microseconds of CPU per message */
  cpu: { server: number; database: number; load: number };
  /** MB of one server process at the end */
  memory: number;
}

interface Subject {
  name: string;
  pids: readonly number[];
  order: Omit<Order, 'callers' | 'seconds' | 'kind'>;
}

const DEFAULTS = { callers: [1, 16, 64, 256], seconds: 10, instances: [1, 2], references: true } as const;

export async function runMessages(options: MessagesOptions): Promise<readonly Row[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'hoi-truoc-messages-'));
  chmodSync(dataDir, 0o711);
  const database = await startEmbedded({
    dataDir,
    durable: true,
    maxConnections: 60,
    onProgress: () => undefined,
  });
  const load = startHelper('load.ts');
  const helpers: Helper[] = [];
  const servers: Running[] = [];
  const rows: Row[] = [];
  try {
    const { platformPort } = await load.receive(z.object({ platformPort: z.number() }));
    const references = options.references ? await startReferences(platformPort, helpers, options.write) : [];
    const environment = describeEnvironment(database.databaseUrl, dataDir, platformPort);
    for (const reference of references)
      await ask(load, reference, { kind: 'run', callers: 16, seconds: WARM_UP_SECONDS / 2 });
    for (const count of options.instances) {
      while (servers.length < count) servers.push(await startServer(ROOT, environment));
      const ours = await describeOurs(load, servers);
      await ask(load, ours, { kind: 'run', callers: 16, seconds: WARM_UP_SECONDS });
      for (const callers of options.callers) {
        for (const subject of [...references, ours]) {
          const seconds = subject === ours ? options.seconds : Math.ceil(options.seconds / 3);
          const row = await measure(load, subject, callers, seconds, database.processId);
          rows.push(row);
          options.write(describeRow(row, rows));
        }
      }
    }
    return rows;
  } finally {
    for (const server of servers) await server.stop();
    for (const helper of [load, ...helpers]) helper.stop();
    await database.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** For `npm run bench`. */
export async function measureMessages(): Promise<readonly Figure[]> {
  const rows = await runMessages({ ...DEFAULTS, write: (line) => process.stdout.write(`${line}\n`) });
  return rows.map((row) => {
    const bare = findBare(row, rows);
    return {
      name: `messages, ${row.name}, ${row.callers} callers`,
      value: row.perSecond,
      unit: '1/s',
      target: isOurs(row) ? bare / 2 : null,
      reference: { name: 'bare Express', value: bare },
    };
  });
}

async function startReferences(
  platformPort: number,
  helpers: Helper[],
  write: (line: string) => void,
): Promise<Subject[]> {
  const installed = await ensureInstalled(write);
  if (installed.kind === 'missing') write(`without bottender: ${installed.why}`);
  const subjects: Subject[] = [];
  for (const name of REFERENCES) {
    if (name === 'bottender' && installed.kind === 'missing') continue;
    const helper = startHelper('references.ts', name, String(platformPort));
    helpers.push(helper);
    const { port } = await helper.receive(z.object({ port: z.number() }));
    const platform = name === 'express' ? 'zalo' : name === 'grammy' ? 'telegram' : 'messenger';
    const path = name === 'express' ? '/hooks/zalo/default' : '/hooks';
    const answers = VISIT.map(() => (name === 'express' ? 0 : 1));
    subjects.push({ name, pids: [helper.pid], order: { ports: [port], path, platform, answers } });
  }
  return subjects;
}

async function describeOurs(load: Helper, servers: readonly Running[]): Promise<Subject> {
  const subject: Subject = {
    name: servers.length === 1 ? 'one instance' : `${servers.length} instances`,
    pids: servers.map(({ pid }) => pid),
    order: {
      ports: servers.map(({ port }) => port),
      path: '/hooks/zalo/default',
      platform: 'zalo',
      answers: [],
    },
  };
  const { answers } = await ask(load, subject, { kind: 'count', callers: 1, seconds: 0 });
  return { ...subject, order: { ...subject.order, answers } };
}

function describeEnvironment(
  databaseUrl: string,
  dataDir: string,
  platformPort: number,
): Readonly<Record<string, string>> {
  const platform = `http://127.0.0.1:${platformPort}`;
  return {
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    ZALO_APP_ID: ACCOUNT.zaloAppId,
    ZALO_APP_SECRET: ACCOUNT.zaloAppSecret,
    ZALO_OA_ID: ACCOUNT.zaloOaId,
    ZALO_OA_SECRET: ACCOUNT.zaloOaSecret,
    ZALO_REFRESH_TOKEN: 'invented-first-refresh-token',
    ZALO_API_BASE: platform,
    ZALO_OAUTH_BASE: platform,
  };
}

async function ask(
  load: Helper,
  { order }: Subject,
  more: Pick<Order, 'callers' | 'seconds' | 'kind'>,
): Promise<Result> {
  load.send({ ...order, ...more });
  const reply = await load.receive(ReplySchema);
  if ('fault' in reply) throw new Error(reply.fault);
  return reply.result;
}

async function measure(
  load: Helper,
  subject: Subject,
  callers: number,
  seconds: number,
  databasePid: number,
): Promise<Row> {
  const read = () => ({
    server: subject.pids.reduce((sum, pid) => sum + readCpuSeconds(pid), 0),
    database: readCpuSeconds(databasePid, true),
    load: readCpuSeconds(load.pid),
  });
  const before = read();
  const result = await ask(load, subject, { kind: 'run', callers, seconds });
  const after = read();
  const each = (name: 'server' | 'database' | 'load'): number =>
    ((after[name] - before[name]) * 1e6) / Math.max(1, result.messages);
  return {
    ...result,
    name: subject.name,
    callers,
    perSecond: result.messages / result.seconds,
    cpu: { server: each('server'), database: each('database'), load: each('load') },
    memory: Math.max(...subject.pids.map((pid) => readMemory(pid))),
  };
}

function isOurs({ name }: Row): boolean {
  return name.includes('instance');
}

/** of the same number of callers, the last one before this row */
function findBare(row: Row, rows: readonly Row[]): number {
  const before = rows.slice(0, rows.indexOf(row) + 1);
  return (
    before.findLast(({ name, callers }) => name === 'express' && callers === row.callers)?.perSecond ??
    Number.NaN
  );
}

function describeRow(row: Row, rows: readonly Row[]): string {
  const share = Math.round((100 * row.perSecond) / findBare(row, rows));
  const { cpu, ack, end } = row;
  return [
    row.name.padEnd(12),
    `${row.callers} callers`.padEnd(11),
    `${row.perSecond.toFixed(0)}/s${Number.isNaN(share) ? '' : ` (${share} % of bare Express)`}`.padEnd(34),
    `ack ${ack.p50.toFixed(1)}/${ack.p99.toFixed(1)} ms, end ${end.p50.toFixed(1)}/${end.p99.toFixed(1)} ms`.padEnd(
      44,
    ),
    `CPU µs: server ${cpu.server.toFixed(0)}, PostgreSQL ${cpu.database.toFixed(0)}, load ${cpu.load.toFixed(0)};`,
    `${row.memory.toFixed(0)} MB`,
  ].join('  ');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      callers: { type: 'string' },
      seconds: { type: 'string' },
      instances: { type: 'string' },
      alone: { type: 'boolean' },
    },
  });
  const numbers = (text: string | undefined, otherwise: readonly number[]): readonly number[] =>
    text === undefined ? otherwise : text.split(',').map(Number);
  await runMessages({
    callers: numbers(values.callers, DEFAULTS.callers),
    seconds: Number(values.seconds ?? DEFAULTS.seconds),
    instances: numbers(values.instances, DEFAULTS.instances),
    references: values.alone !== true,
    write: (line) => process.stdout.write(`${line}\n`),
  });
}
