/** Runs the PostgreSQL that ships with the project as a child on a Unix socket: start, stop, survive every kind of death. */
import { execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { AppError } from '../errors.ts';
import {
  type Binaries,
  chooseRunAs,
  isReachableByOthers,
  prepareBinaries,
  type RunAs,
  SHARED_ROOT,
} from './binaries.ts';
import { readPostmasterFile, waitUntilFree } from './leftover.ts';

export const DATABASE = 'hoi_truoc';
export const DATABASE_USER = 'hoi_truoc';

/** a Unix socket path may have 107 bytes (sun_path); `.s.PGSQL.5432` and the slash need 15 */
const MAX_SOCKET_FOLDER_BYTES = 90;
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const RETRY_MS = 250;
/** what PostgreSQL says (in the C locale) when workers of a killed server still hold its memory */
const OCCUPIED = 'pre-existing shared memory block';

export interface EmbeddedOptions {
  /** folder that holds everything; made when missing */
  dataDir: string;
  /** false: no fsync, and the data is removed when the server stops (tests) */
  durable: boolean;
  maxConnections: number;
  onProgress: (line: string) => void;
}

export interface EmbeddedServer {
  /** address of the product's database on this server */
  databaseUrl: string;
  /** fast shutdown, after which the data folder is free */
  stop: () => Promise<void>;
  /** settles when the server ended, whoever asked for it */
  ended: Promise<void>;
  processId: number;
}

interface Places {
  home: string;
  cluster: string;
  socketFolder: string;
  logFile: string;
  watcherFile: string;
}

/**
 * Starts the server, creating its data on first use.
 * @throws AppError `data_dir_unusable`, `data_dir_in_use`, `postgres_version`, `postgres_missing`, `postgres_failed`
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const runAs = chooseRunAs();
  const binaries = prepareBinaries(runAs);
  const places = preparePlaces(path.resolve(options.dataDir), runAs, options);
  await waitUntilFree(places.cluster, places.watcherFile, options.onProgress);
  await createCluster(binaries, places, runAs, options);
  await refuseOtherMajor(binaries, places.cluster);
  const server = await launchPatiently(binaries, places, runAs, options);
  await createDatabase(places.socketFolder);
  return server;
}

/**
 * A server that was killed (`kill -9`, no memory left) leaves its workers behind for a moment, and until the last is gone a new
 * one refuses to start.
 */
async function launchPatiently(
  binaries: Binaries,
  places: Places,
  runAs: RunAs | null,
  options: EmbeddedOptions,
): Promise<EmbeddedServer> {
  const begun = performance.now();
  for (;;) {
    try {
      return await launch(binaries, places, runAs, options);
    } catch (error) {
      const isOccupied = lastLines(places.logFile).includes(OCCUPIED);
      if (!isOccupied || performance.now() - begun > STOP_TIMEOUT_MS) throw error;
      options.onProgress('Parts of an earlier PostgreSQL are still ending; trying again.');
      await sleep(RETRY_MS);
    }
  }
}

function preparePlaces(dataDir: string, runAs: RunAs | null, options: EmbeddedOptions): Places {
  try {
    mkdirSync(dataDir, { recursive: true, mode: runAs === null ? 0o700 : 0o711 });
  } catch (cause) {
    throw new AppError('data_dir_unusable', `(${dataDir})`, { cause });
  }
  const short = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  let home = dataDir;
  if (runAs !== null && !isReachableByOthers(dataDir)) {
    home = path.join(SHARED_ROOT, short);
    options.onProgress(`User ${runAs.name} cannot reach ${dataDir}; the database lives in ${home}.`);
  }
  const inHome = path.join(home, 'socket');
  const socketFolder =
    Buffer.byteLength(inHome) <= MAX_SOCKET_FOLDER_BYTES ? inHome : path.join(os.tmpdir(), `ht-${short}`);
  const cluster = path.join(home, 'postgres');
  try {
    mkdirSync(home, { recursive: true, mode: 0o711 });
    // so that the watcher, which runs as that user, can remove all of it
    if (!options.durable && runAs !== null) chownSync(home, runAs.uid, runAs.gid);
    for (const folder of [socketFolder, cluster]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      chmodSync(folder, 0o700);
      if (runAs !== null) chownSync(folder, runAs.uid, runAs.gid);
    }
  } catch (cause) {
    throw new AppError('data_dir_unusable', `(${home})`, { cause });
  }
  return {
    home,
    cluster,
    socketFolder,
    logFile: path.join(home, 'postgres.log'),
    watcherFile: path.join(home, 'postgres.watcher'),
  };
}

/** `initdb`, unless the marker beside the data says that it once finished. A half-made folder is thrown away, a whole one never. */
async function createCluster(
  binaries: Binaries,
  places: Places,
  runAs: RunAs | null,
  options: EmbeddedOptions,
): Promise<void> {
  const marker = `${places.cluster}.created`;
  if (existsSync(marker)) {
    if (existsSync(path.join(places.cluster, 'PG_VERSION'))) return;
    throw new AppError(
      'postgres_failed',
      `The data is gone from ${places.cluster}; restore it, or delete ${marker} to begin anew.`,
    );
  }
  options.onProgress('Creating the database (first start only).');
  if (existsSync(places.cluster) && readdirSync(places.cluster).length > 0) {
    // an initdb that was killed leaves this behind, but so does a copy restored without its marker: never throw it away
    const aside = `${places.cluster}.unfinished-${Date.now()}`;
    renameSync(places.cluster, aside);
    options.onProgress(`Found a database that was never finished; it is kept in ${aside}.`);
  }
  rmSync(places.cluster, { recursive: true, force: true });
  mkdirSync(places.cluster, { mode: 0o700 });
  if (runAs !== null) chownSync(places.cluster, runAs.uid, runAs.gid);
  const fixed = ['--username', DATABASE_USER, '--auth=trust', '--encoding=UTF8', '--locale=C'];
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  try {
    await promisify(execFile)(
      binaries.initdb,
      ['-D', places.cluster, ...fixed, ...locale, ...(options.durable ? [] : ['--no-sync'])],
      { cwd: '/', env: childEnvironment(), ...(runAs === null ? {} : { uid: runAs.uid, gid: runAs.gid }) },
    );
  } catch (cause) {
    throw new AppError('postgres_failed', 'initdb failed.', { cause });
  }
  writeFileSync(marker, `${new Date().toISOString()}\n`);
}

async function refuseOtherMajor(binaries: Binaries, cluster: string): Promise<void> {
  const { stdout } = await promisify(execFile)(binaries.postgres, ['--version']);
  const ours = /(\d+)/.exec(stdout)?.[1];
  const theirs = readFileSync(path.join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (ours === theirs) return;
  throw new AppError(
    'postgres_version',
    `The data in ${cluster} is of version ${theirs}, this is ${ours ?? 'unknown'}. Go back to the release you came from, ` +
      'dump it there with pg_dump, then start this release with a new DATA_DIR and load the dump (docs/how-to/run-in-production.md).',
  );
}

/**
 * Waits on both: the server, and a pipe from the app. When the pipe closes (stop, Ctrl-C after draining, kill -9) it asks for
 * a fast shutdown. $1 = folder to remove afterwards ('' = none); the rest is the command.
 */
const WATCHER = `
remove="$1"; shift
"$@" </dev/null & server=$!
exec 3<&0 </dev/null
( while read -r _ <&3; do :; done; kill -INT "$server" 2>/dev/null ) & reader=$!
exec 3<&-
wait "$server"; code=$?
kill "$reader" 2>/dev/null
if [ -n "$remove" ]; then cd / && rm -rf -- "$remove"; fi
exit "$code"
`;

async function launch(
  binaries: Binaries,
  places: Places,
  runAs: RunAs | null,
  options: EmbeddedOptions,
): Promise<EmbeddedServer> {
  const log = openSync(places.logFile, 'a', 0o600);
  ftruncateSync(log);
  const remove = options.durable ? '' : places.home;
  const command = [binaries.postgres, '-D', places.cluster, ...settings(places.socketFolder, options)];
  // own session: Ctrl-C in the terminal reaches the app alone, which drains first
  const child = spawn('/bin/sh', ['-c', WATCHER, 'hoi-truoc-postgres', remove, ...command], {
    cwd: '/',
    env: childEnvironment(),
    detached: true,
    stdio: ['pipe', log, log],
    ...(runAs === null ? {} : { uid: runAs.uid, gid: runAs.gid }),
  });
  closeSync(log);
  const pipe = child.stdin;
  if (pipe === null) throw new AppError('postgres_failed', 'No pipe to its watcher.');
  const state = { hasEnded: false };
  const ended = new Promise<void>((resolve) => {
    const finish = (): void => {
      state.hasEnded = true;
      resolve();
    };
    child.once('exit', finish);
    child.once('error', finish);
  });
  pipe.on('error', () => undefined);
  writeFileSync(places.watcherFile, String(child.pid ?? 0));
  child.unref();

  const begun = performance.now();
  let file = readPostmasterFile(places.cluster);
  while (file?.status !== 'ready') {
    if (state.hasEnded || performance.now() - begun > READY_TIMEOUT_MS) {
      pipe.end();
      throw new AppError('postgres_failed', `See ${places.logFile}. ${lastLines(places.logFile)}`);
    }
    await sleep(20);
    file = readPostmasterFile(places.cluster);
  }
  const processId = file.pid;
  if (pipe instanceof Socket) pipe.unref();

  const stop = async (): Promise<void> => {
    if (state.hasEnded) return;
    child.ref();
    pipe.end();
    const deadline = new AbortController();
    const late = sleep(STOP_TIMEOUT_MS, undefined, { signal: deadline.signal }).then(() => {
      process.kill(processId, 'SIGQUIT');
    });
    late.catch(() => undefined);
    await ended;
    deadline.abort();
  };
  return { databaseUrl: socketUrl(places.socketFolder, DATABASE), stop, ended, processId };
}

/** Everything we depend on is said here, so a hand-changed postgresql.conf cannot open a port or log a text. */
function settings(socketFolder: string, options: EmbeddedOptions): string[] {
  const values: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    unix_socket_permissions: '0700',
    max_connections: String(options.maxConnections),
    shared_buffers: '64MB',
    jit: 'off',
    // no statement, parameter or DETAIL line: they hold what people wrote
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length_on_error: '0',
    log_statement: 'none',
    ...(options.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function createDatabase(socketFolder: string): Promise<void> {
  const client = new pg.Client({ connectionString: socketUrl(socketFolder, 'postgres') });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rows.length === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/** The address `pg` understands for a database behind a Unix socket. */
export function socketUrl(socketFolder: string, database: string): string {
  return `postgresql://${DATABASE_USER}@localhost/${database}?host=${encodeURIComponent(socketFolder)}`;
}

/** The server gets no secrets of ours. */
function childEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

function lastLines(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(-3).join(' | ') : '';
}
