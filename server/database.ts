/** Opens the database the configuration names, embedded or remote, and brings its tables up to date. */
import type { Pool } from 'pg';
import type { Config } from './config.ts';
import { AppError } from './errors.ts';
import type { Log } from './log.ts';
import type { Transact } from './ports.ts';
import { startEmbedded } from './postgres/embedded.ts';
import { migrate } from './store/migrate.ts';
import { connect, createPool, createTransact } from './store/pool.ts';

export interface Database {
  url: string;
  pool: Pool;
  transact: Transact;
  /** the same database for what happens with every message: inbox, turns, sending */
  messages: { pool: Pool; transact: Transact };
  /** settles when the embedded server ended by itself; never with a remote one */
  lost: Promise<void>;
  close: () => Promise<void>;
}

const POOL_CONNECTIONS = 10;
/** inbox, two workers, sender, sweep, somebody new; more would only share the same processors */
const MESSAGE_CONNECTIONS = 8;
/** the pools, LISTEN, migrations, and room for `psql` and a second instance */
const EMBEDDED_CONNECTIONS = 60;

/** @throws AppError with a text for the operator; what was started is stopped again */
export async function openDatabase(
  config: Config,
  log: Log,
  onProgress: (line: string) => void,
): Promise<Database> {
  const embedded =
    config.databaseUrl === null
      ? await startEmbedded({
          dataDir: config.dataDir,
          durable: true,
          maxConnections: EMBEDDED_CONNECTIONS,
          onProgress,
        })
      : null;
  const url = embedded?.databaseUrl ?? config.databaseUrl ?? '';
  const onError = (error: Error): void => log.warn({ event: 'database_connection_lost', error });
  const pool = createPool({ databaseUrl: url, maxConnections: POOL_CONNECTIONS, onError });
  const messages = createPool({
    databaseUrl: url,
    maxConnections: MESSAGE_CONNECTIONS,
    byKey: true,
    onError,
  });
  const close = async (): Promise<void> => {
    await Promise.all([pool.end(), messages.end()]);
    await embedded?.stop();
  };
  try {
    await bringUpToDate(pool, onProgress);
  } catch (error) {
    await close();
    if (error instanceof AppError && error.code === 'database_unavailable') throw explain(error);
    throw error;
  }
  return {
    url,
    pool,
    transact: createTransact(pool),
    messages: { pool: messages, transact: createTransact(messages) },
    lost: embedded?.ended ?? new Promise(() => undefined),
    close,
  };
}

async function bringUpToDate(pool: Pool, onProgress: (line: string) => void): Promise<void> {
  const client = await connect(pool);
  try {
    const applied = await migrate(client);
    if (applied.length > 0) onProgress(`Database brought up to date (${applied.length} files).`);
  } finally {
    client.release();
  }
}

/** The reason in the driver's code or words; the address is left out, it holds the password. */
function explain(error: AppError): AppError {
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return new AppError('database_unreachable', code === '' ? null : `(${code})`, { cause });
}
