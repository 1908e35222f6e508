/** The system under test: one PostgreSQL that flushes to disk, two instances of the server, and a breakable line for each way between. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DATABASE,
  DATABASE_USER,
  type EmbeddedServer,
  startEmbedded,
} from '../../server/postgres/embedded.ts';
import { type RunningServer, startServer } from '../support/server-process.ts';
import { type Link, openLink } from './link.ts';

export interface Instance {
  name: string;
  /** null while it is down */
  url: string | null;
  /** its own line to the database, and its own to the platforms */
  database: Link;
  platform: Link;
  kill: () => Promise<void>;
  /** resolves when it takes requests again */
  start: () => Promise<void>;
}

export interface Cluster {
  instances: readonly [Instance, Instance];
  /** past all links, for looking */
  databaseUrl: string;
  encryptionKeys: string;
  killDatabase: () => Promise<void>;
  startDatabase: () => Promise<void>;
  /** instances that ended by themselves: none of what is broken here is a reason to */
  crashes: () => readonly Crash[];
  close: () => Promise<void>;
}

export interface Crash {
  instance: string;
  at: number;
  /** how it ended, and the last it printed */
  detail: string;
}

export interface ClusterOptions {
  /** environment of a server whose platforms are behind that port */
  environmentFor: (platformPort: number) => Readonly<Record<string, string>>;
  platformPort: number;
  /** told of each connection to the platforms: whose it is and which port it comes from */
  onLine: (instance: string, port: number) => void;
  keep: boolean;
}

const MAX_CONNECTIONS = 80;
const START_TRIES = 20;
const MAX_OUTPUT = 2_000;
const SOCKET_NAME = '.s.PGSQL.5432';

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'ht-chaos-'));
  chmodSync(home, 0o711);
  const encryptionKeys = `chaos:${randomBytes(32).toString('base64')}`;
  const startPostgres = (): Promise<EmbeddedServer> =>
    startEmbedded({
      dataDir: path.join(home, 'db'),
      durable: true,
      maxConnections: MAX_CONNECTIONS,
      onProgress: () => undefined,
    });
  let postgres = await startPostgres();
  const { databaseUrl } = postgres;
  const socket = path.join(new URL(databaseUrl).searchParams.get('host') ?? '', SOCKET_NAME);
  const crashes: Crash[] = [];

  async function createInstance(name: string): Promise<Instance> {
    const database = await openLink({ path: socket });
    const platform = await openLink({ host: '127.0.0.1', port: options.platformPort }, (port) =>
      options.onLine(name, port),
    );
    const env = {
      DATABASE_URL: `postgres://${DATABASE_USER}@127.0.0.1:${database.port}/${DATABASE}`,
      DATA_DIR: path.join(home, name),
      ENCRYPTION_KEYS: encryptionKeys,
      TRUSTED_PROXIES: '1',
      ...options.environmentFor(platform.port),
    };
    let running: RunningServer | null = null;
    const instance: Instance = {
      ...{ name, url: null, database, platform },
      kill: async () => {
        const victim = running;
        running = null;
        instance.url = null;
        await victim?.kill();
      },
      start: async () => {
        if (running !== null) return;
        const started = await startPatiently(env);
        running = started;
        instance.url = started.url;
        void started.ended.then((how) => {
          if (running !== started) return;
          running = null;
          instance.url = null;
          const detail = `ended with ${String(how)}: ${started.output().slice(-MAX_OUTPUT)}`;
          crashes.push({ instance: name, at: Date.now(), detail });
          // whoever runs servers starts them again
          void instance.start();
        });
      },
    };
    return instance;
  }

  const instances = [await createInstance('first'), await createInstance('second')] as const;
  for (const instance of instances) await instance.start();
  return {
    ...{ instances, databaseUrl, encryptionKeys },
    killDatabase: async () => {
      process.kill(postgres.processId, 'SIGKILL');
      await postgres.ended;
    },
    startDatabase: async () => {
      postgres = await startPostgres();
    },
    crashes: () => crashes,
    close: async () => {
      for (const instance of instances) {
        await instance.kill();
        await instance.database.close();
        await instance.platform.close();
      }
      await postgres.stop();
      if (!options.keep) rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

/** A start may meet a database that is still away; whoever runs servers starts them again. */
async function startPatiently(env: Readonly<Record<string, string>>): Promise<RunningServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startServer({ env });
    } catch (error) {
      if (attempt >= START_TRIES) throw error;
      await sleep(500);
    }
  }
}
