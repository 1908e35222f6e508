/** The whole server as its users start it: `node server/main.ts` in a process of its own, which can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { repositoryRoot } from './assets.ts';

export interface RunningServer {
  url: string;
  /** one-time link of the first administrator; null when there is one already */
  setupLink: string | null;
  /** everything printed so far, both streams */
  output: () => string;
  /** SIGTERM and wait. @returns the exit code */
  stop: () => Promise<number | null>;
  /** SIGKILL: no chance to tidy up */
  kill: () => Promise<void>;
  /** resolves when it ended, whoever asked for it, with its exit code or signal */
  ended: Promise<number | NodeJS.Signals | null>;
}

export interface ServerSettings {
  /** environment variables; DATABASE_URL or DATA_DIR decides which database */
  env: Readonly<Record<string, string>>;
  /** arguments after `server/main.ts` */
  args?: readonly string[];
}

const READY = /People write at\s+(http:\/\/\S+?)\/?\s/;
const READY_TIMEOUT_MS = 90_000;

/** A key for tests: pass it to every process that shares a database. */
export function newEncryptionKeys(): string {
  return `test:${randomBytes(32).toString('base64')}`;
}

/** Resolves when the server says it is ready. @throws Error with its output when it ends before */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
  const child = spawn(process.execPath, ['server/main.ts', ...(settings.args ?? [])], {
    cwd: repositoryRoot,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      PORT: '0',
      LOG_LEVEL: 'warn',
      ...settings.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const read = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
    const url = READY.exec(output)?.[1];
    if (url !== undefined && output.includes('Counsellors sit at')) resolve(url);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  child.once('exit', (code) => reject(new Error(`the server ended with ${String(code)}:\n${output}`)));
  const timer = setTimeout(() => reject(new Error(`the server was not ready:\n${output}`)), READY_TIMEOUT_MS);
  try {
    const url = await promise;
    return {
      url,
      setupLink: /http:\/\/\S+\/console\/setup#\S+/.exec(output)?.[0] ?? null,
      output: () => output,
      stop: () => end(child, 'SIGTERM'),
      kill: async () => {
        await end(child, 'SIGKILL');
      },
      ended: new Promise((resolveEnded) =>
        child.once('exit', (code, signal) => resolveEnded(code ?? signal)),
      ),
    };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Runs until it ends by itself: for starts that must fail. */
export async function runServer(settings: ServerSettings): Promise<{ code: number | null; output: string }> {
  try {
    const server = await startServer(settings);
    await server.stop();
    return { code: 0, output: server.output() };
  } catch (error) {
    const text = error instanceof Error ? error.message : '';
    return { code: Number(/ended with (\d+)/.exec(text)?.[1] ?? Number.NaN), output: text };
  }
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  child.kill(signal);
  await once(child, 'exit');
  return child.exitCode;
}
