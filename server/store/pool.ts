/** The connection pool with every timeout set, and transactions that take few round trips. */
import { Writable } from 'node:stream';
import pg from 'pg';
import { AppError, isDatabaseAway } from '../errors.ts';
import type { Transact } from '../ports.ts';

export interface PoolOptions {
  databaseUrl: string;
  maxConnections: number;
  /** for statements that find all their rows by key, however many there are; see `PLAN_BY_KEY` */
  byKey?: boolean;
  /** told about errors of idle connections (the server went away); the pool goes on by itself */
  onError: (error: Error) => void;
}

/** Without these a connection behind a dead network hangs for good. Query time is longer than lock time, so locks fail first. */
const TIMEOUTS = {
  connectionTimeoutMillis: 5_000,
  query_timeout: 30_000,
  statement_timeout: 25_000,
  lock_timeout: 10_000,
  idle_in_transaction_session_timeout: 20_000,
} as const;

/**
 * A plan is made once and kept. Made while a table is small it reads all of it, and goes on doing so when there are a million
 * rows; in a measured run four of the statements of every message did. These never have to read a table.
 */
const PLAN_BY_KEY =
  'set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off';

/** Bigint columns (`seq`, `id`) come as numbers: they stay far below 2^53. Changes nothing outside this pool. */
function chooseTypes(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  return types;
}

/**
 * A pool whose clients run in pipeline mode: queries issued together go out together.
 * Within one client, statements run in the order they were issued.
 */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: options.maxConnections,
    application_name: 'hoi-truoc',
    keepAlive: true,
    pipeline: true,
    types: chooseTypes(),
    ...TIMEOUTS,
  });
  pool.on('error', options.onError);
  // the pool listens while a client is idle; one that is lent out and just waits for us would end the whole process
  pool.on('connect', (client) => client.on('error', () => undefined));
  if (options.byKey === true)
    pool.on('connect', (client) => {
      // goes out before the first statement; a connection that breaks here breaks there, too
      client.query(PLAN_BY_KEY).catch(() => undefined);
    });
  return pool;
}

/** Runs `work` in one transaction. Connection trouble becomes AppError `database_unavailable`. */
export function createTransact(pool: pg.Pool): Transact {
  return async (work) => {
    const client = await connect(pool);
    let broken: Error | undefined;
    let ended: Promise<void> | null = null;
    const commit = (): Promise<void> => (ended ??= endTransaction(client));
    try {
      // goes out with the first statement of the work
      const begun: Promise<unknown>[] = [];
      const result = await sendTogether(client, () => {
        begun.push(client.query('begin'));
        begun[0]?.catch(() => undefined);
        return work(client, commit);
      });
      await Promise.all(begun);
      await commit();
      return result;
    } catch (error) {
      broken = await rollback(client);
      if (isDatabaseAway(error)) throw new AppError('database_unavailable', null, { cause: error });
      throw error;
    } finally {
      client.release(broken);
    }
  };
}

/** A client of the pool. @throws AppError `database_unavailable` */
export async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (cause) {
    throw new AppError('database_unavailable', null, { cause });
  }
}

/** A transaction in which a statement failed is rolled back by the same word, without an error. */
async function endTransaction(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('commit');
  if (command !== 'COMMIT') throw new Error('the transaction was already aborted');
}

/** @returns an error when the connection is unusable and must not go back into the pool */
async function rollback(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error('rollback failed');
  }
}

/**
 * Statements that `issue` sends before it first waits go out in one write to the socket instead of one each; with a dozen
 * statements per transaction the writes were what cost most.
 */
export function sendTogether<T>(client: pg.PoolClient, issue: () => Promise<T>): Promise<T> {
  const stream = streamOf(client);
  stream?.cork();
  try {
    return issue();
  } finally {
    stream?.uncork();
  }
}

/** Not in the driver's public types; without it statements are sent one by one, which is only slower. */
function streamOf(client: pg.PoolClient): Writable | null {
  const connection: unknown = Reflect.get(client, 'connection');
  if (typeof connection !== 'object' || connection === null || !('stream' in connection)) return null;
  return connection.stream instanceof Writable ? connection.stream : null;
}
