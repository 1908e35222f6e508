/**
 * `node bench/messages/run.ts`: signed webhooks of Zalo through the whole product as it is started by its operators, to a
 * fake platform; beside bare Express with the same body and signature, and webhooks of grammY and bottender, in one run.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startEmbedded } from '../../server/postgres/embedded.ts';
import type { Figure } from '../figure.ts';
import { ensureInstalled } from '../five-questions/packages.ts';
import { type LoadResult, LoadResultSchema, type Order } from './order.ts';
import {
  cpuSecondsOf,
  cpuSecondsOfTree,
  type Helper,
  memoryOf,
  type Product,
  startHelper,
  startProduct,
} from './processes.ts';
import { SECRETS } from './protocols.ts';

const CALLERS = [1, 16, 64, 256] as const;
const SECONDS = 10;
const REFERENCE_SECONDS = 4;
const WARM_UP_SECONDS = 5;
const INSTANCES = [1, 2] as const;

export interface Row extends LoadResult {
  subject: string;
  callers: number;
  perSecond: number;
  /** microseconds of CPU per message */
  cpuUs: { server: number; database: number; load: number };
  /** MB of one server process right after the load, and at its highest */
  memoryMb: { now: number; highest: number };
}

export interface Options {
  callers?: readonly number[];
  instances?: readonly number[];
  seconds?: number;
  references?: boolean;
  write?: (line: string) => void;
}

export interface Subject {
  name: string;
  order: Pick<Order, 'ports' | 'path' | 'protocol' | 'awaitsReply' | 'house'>;
  pids: readonly number[];
}

export async function runMessages(root: string, options: Options = {}): Promise<readonly Row[]> {
  const { callers = CALLERS, instances = INSTANCES, seconds = SECONDS, write = () => undefined } = options;
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'ht-messages-'));
  chmodSync(dataDir, 0o711);
  const database = await startEmbedded({
    dataDir,
    durable: true,
    maxConnections: 60,
    onProgress: () => undefined,
  });
  const load = startHelper('load.ts');
  const { platformPort } = await load.next(z.object({ platformPort: z.number() }));
  const started: { products: Product[]; helpers: Helper[] } = { products: [], helpers: [] };
  const rows: Row[] = [];
  const measure = async (subject: Subject, count: number, forSeconds: number): Promise<void> => {
    const row = await measureOnce(load, subject, count, forSeconds, database.processId);
    rows.push(row);
    write(describe(row));
  };
  try {
    const references =
      options.references === false ? [] : await startReferences(platformPort, started.helpers, write);
    const env = describeEnvironment(database.databaseUrl, platformPort);
    for (const count of instances) {
      while (started.products.length < count) started.products.push(await startProduct(root, env));
      const product: Subject = {
        name: count === 1 ? 'one instance' : `${count} instances`,
        order: {
          ports: started.products.map(({ port }) => port),
          path: '/hooks/zalo/default',
          protocol: 'zalo',
          awaitsReply: true,
          house: 'product',
        },
        pids: started.products.map(({ pid }) => pid),
      };
      if (count === instances[0])
        await give(load, { ...product.order, callers: 16, seconds: 0, greet: true });
      for (const subject of [...(count === instances[0] ? references : []), product])
        await give(load, { ...subject.order, callers: 16, seconds: WARM_UP_SECONDS, greet: false });
      for (const number of callers) {
        for (const reference of references) await measure(reference, number, REFERENCE_SECONDS);
        await measure(product, number, seconds);
      }
    }
    return rows;
  } finally {
    for (const product of started.products) await product.stop();
    for (const helper of [...started.helpers, load]) helper.stop();
    await database.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function startReferences(
  platformPort: number,
  helpers: Helper[],
  write: (line: string) => void,
): Promise<Subject[]> {
  const names = ['express', 'grammy', 'bottender'];
  const installed = await ensureInstalled(write);
  if (installed.kind === 'missing') {
    write(`without bottender: ${installed.why}`);
    names.pop();
  }
  const subjects: Subject[] = [];
  for (const name of names) {
    const helper = startHelper('references.ts', [name, String(platformPort)]);
    helpers.push(helper);
    const { port } = await helper.next(z.object({ port: z.number() }));
    const protocol = name === 'express' ? 'zalo' : name === 'grammy' ? 'telegram' : 'messenger';
    const awaitsReply = name !== 'express';
    const hook = name === 'express' ? '/hooks/zalo/default' : '/hooks';
    subjects.push({
      name,
      order: { ports: [port], path: hook, protocol, awaitsReply, house: name },
      pids: [helper.pid],
    });
  }
  return subjects;
}

export function describeEnvironment(
  databaseUrl: string,
  platformPort: number,
): Readonly<Record<string, string>> {
  const platform = `http://127.0.0.1:${platformPort}`;
  return {
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    ZALO_APP_ID: SECRETS.zaloAppId,
    ZALO_APP_SECRET: SECRETS.zaloAppSecret,
    ZALO_OA_ID: SECRETS.zaloOaId,
    ZALO_OA_SECRET: SECRETS.zaloOaSecret,
    ZALO_REFRESH_TOKEN: 'bench-first-refresh-not-real',
    ZALO_API_BASE: platform,
    ZALO_OAUTH_BASE: platform,
  };
}

export async function measureOnce(
  load: Helper,
  subject: Subject,
  callers: number,
  seconds: number,
  databasePid: number,
): Promise<Row> {
  const read = () => ({
    server: subject.pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0),
    database: cpuSecondsOfTree(databasePid),
    load: cpuSecondsOf(load.pid),
  });
  const before = read();
  const result = await give(load, { ...subject.order, callers, seconds, greet: false });
  const after = read();
  const each = (name: 'server' | 'database' | 'load'): number =>
    ((after[name] - before[name]) * 1e6) / result.messages;
  const memories = subject.pids.map(memoryOf);
  return {
    ...result,
    subject: subject.name,
    callers,
    perSecond: result.messages / result.seconds,
    cpuUs: { server: each('server'), database: each('database'), load: each('load') },
    memoryMb: {
      now: Math.max(...memories.map(({ now }) => now)),
      highest: Math.max(...memories.map(({ highest }) => highest)),
    },
  };
}

const AnswerSchema = z.union([z.object({ result: LoadResultSchema }), z.object({ failed: z.string() })]);

export async function give(load: Helper, order: Order): Promise<LoadResult> {
  load.process.send(order);
  const answer = await load.next(AnswerSchema);
  if ('failed' in answer) throw new Error(answer.failed);
  return answer.result;
}

function describe(row: Row): string {
  const { cpuUs, memoryMb } = row;
  const ms = (value: number): string => value.toFixed(1);
  return (
    `${row.subject.padEnd(12)} ${String(row.callers).padStart(3)} callers: ${String(Math.round(row.perSecond)).padStart(5)}/s, ` +
    `ack ${ms(row.ackP50Ms)}/${ms(row.ackP99Ms)} ms, end ${ms(row.endP50Ms)}/${ms(row.endP99Ms)} ms (p50/p99), CPU µs per message: ` +
    `server ${Math.round(cpuUs.server)}, database ${Math.round(cpuUs.database)}, load ${Math.round(cpuUs.load)}; ` +
    `memory ${Math.round(memoryMb.now)} MB (highest ${Math.round(memoryMb.highest)})`
  );
}

/** For `npm run bench`. */
export async function measureMessages(root: string): Promise<readonly Figure[]> {
  const rows = await runMessages(root, { write: (line) => process.stdout.write(`${line}\n`) });
  const bare = new Map<number, number>();
  return rows.flatMap((row) => {
    if (row.subject === 'express') bare.set(row.callers, row.perSecond);
    return describeFigures(row, bare.get(row.callers) ?? null);
  });
}

function describeFigures(row: Row, bare: number | null): Figure[] {
  const name = `messages, ${row.subject}, ${row.callers} ${row.callers === 1 ? 'caller' : 'callers'}`;
  const isOurs = row.subject.includes('instance');
  const plain = { target: null, reference: null };
  return [
    {
      name: `${name}: end to end`,
      value: row.perSecond,
      unit: '1/s',
      target: isOurs && bare !== null ? bare / 2 : null,
      reference: isOurs && bare !== null ? { name: 'bare Express', value: bare } : null,
    },
    { name: `${name}: acknowledged p50`, value: row.ackP50Ms, unit: 'ms', ...plain },
    { name: `${name}: acknowledged p99`, value: row.ackP99Ms, unit: 'ms', ...plain },
    { name: `${name}: end to end p50`, value: row.endP50Ms, unit: 'ms', ...plain },
    { name: `${name}: end to end p99`, value: row.endP99Ms, unit: 'ms', ...plain },
    { name: `${name}: CPU of the server`, value: row.cpuUs.server, unit: 'µs', ...plain },
    { name: `${name}: CPU of the database`, value: row.cpuUs.database, unit: 'µs', ...plain },
    { name: `${name}: CPU of the load`, value: row.cpuUs.load, unit: 'µs', ...plain },
    {
      name: `${name}: memory`,
      value: row.memoryMb.now,
      unit: 'MB',
      target: isOurs ? 150 : null,
      reference: null,
    },
  ];
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      callers: { type: 'string' },
      instances: { type: 'string' },
      seconds: { type: 'string' },
      'no-references': { type: 'boolean', default: false },
    },
  });
  const numbers = (text: string): number[] => text.split(',').map(Number);
  await runMessages(path.join(import.meta.dirname, '..', '..'), {
    ...(values.callers === undefined ? {} : { callers: numbers(values.callers) }),
    ...(values.instances === undefined ? {} : { instances: numbers(values.instances) }),
    ...(values.seconds === undefined ? {} : { seconds: Number(values.seconds) }),
    references: !values['no-references'],
    write: (line) => void process.stdout.write(`${line}\n`),
  });
}
