/**
 * `node bench/messages/growth.ts [--stored 10000,1000000]`: what a message costs among few and among many stored ones. Each size has
 * a database and a server of its own; they are measured by turns, so that whatever else the machine does meets all of them.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type EmbeddedServer, startEmbedded } from '../../server/postgres/embedded.ts';
import { median } from '../figure.ts';
import { fillDatabase } from './fill.ts';
import { type Product, startHelper, startProduct } from './processes.ts';
import { describeEnvironment, give, measureOnce, type Row, type Subject } from './run.ts';

const SIZES = [10_000, 1_000_000] as const;
const ROUNDS = 5;
const SECONDS = 6;
const CALLERS = 64;

interface Sized {
  stored: number;
  dataDir: string;
  database: EmbeddedServer;
  product: Product;
  subject: Subject;
  rows: Row[];
}

const { values } = parseArgs({ options: { stored: { type: 'string' } } });
const sizes = values.stored === undefined ? SIZES : values.stored.split(',').map(Number);
const root = path.join(import.meta.dirname, '..', '..');
const load = startHelper('load.ts');
const { platformPort } = await load.next(z.object({ platformPort: z.number() }));
const all: Sized[] = [];
try {
  for (const stored of sizes) all.push(await prepare(stored));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const one of all)
      one.rows.push(await measureOnce(load, one.subject, CALLERS, SECONDS, one.database.processId));
  for (const { stored, rows } of all) process.stdout.write(`${describe(stored, rows)}\n`);
} finally {
  for (const { product, database, dataDir } of all) {
    await product.stop();
    await database.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
  load.stop();
}

async function prepare(stored: number): Promise<Sized> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'ht-growth-'));
  chmodSync(dataDir, 0o711);
  const database = await startEmbedded({
    dataDir,
    durable: true,
    maxConnections: 60,
    onProgress: () => undefined,
  });
  const product = await startProduct(root, describeEnvironment(database.databaseUrl, platformPort));
  await fillDatabase(database.databaseUrl, stored);
  const subject: Subject = {
    name: `${stored} stored`,
    order: {
      ports: [product.port],
      path: '/hooks/zalo/default',
      protocol: 'zalo',
      awaitsReply: true,
      house: String(stored),
    },
    pids: [product.pid],
  };
  await give(load, { ...subject.order, callers: 16, seconds: 0, greet: true });
  await give(load, { ...subject.order, callers: CALLERS, seconds: SECONDS, greet: false });
  return { stored, dataDir, database, product, subject, rows: [] };
}

function describe(stored: number, rows: readonly Row[]): string {
  const middle = (read: (row: Row) => number): number => Math.round(median(rows.map(read)));
  return (
    `${stored} stored: ${middle((row) => row.perSecond)}/s, end p50 ${middle((row) => row.endP50Ms)} ms, CPU µs per message: ` +
    `server ${middle((row) => row.cpuUs.server)}, database ${middle((row) => row.cpuUs.database)} (medians of ${rows.length})`
  );
}
