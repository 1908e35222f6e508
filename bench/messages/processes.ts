/** Starts what is measured as processes of their own and reads what they used: Linux's /proc tells CPU and memory. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { z } from 'zod';

const READY_TIMEOUT_MS = 60_000;
/** USER_HZ: the unit of /proc/<pid>/stat, 100 on every Linux that Node runs on */
const TICKS_PER_SECOND = 100;
const READY = /People write at\s+http:\/\/[^:]+:(\d+)/;

export interface Product {
  port: number;
  pid: number;
  stop: () => Promise<void>;
}

/** What `npm start` gives to Node, its flags included. */
export function startArguments(): string[] {
  return packageJson.scripts.start.split(' ').slice(1);
}

/** The server, as an operator starts it. */
export async function startProduct(root: string, env: Readonly<Record<string, string>>): Promise<Product> {
  const flags = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');
  const child = spawn(process.execPath, [...flags, ...startArguments()], {
    cwd: root,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      PORT: '0',
      LOG_LEVEL: 'info',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.stdout.on('data', (chunk: Buffer) => {
    if (output.length > 10_000) return;
    output += chunk.toString('utf8');
    const port = READY.exec(output)?.[1];
    if (port !== undefined) resolve(Number(port));
  });
  child.once('exit', (code) => reject(new Error(`the server ended with ${String(code)}:\n${output}`)));
  const timer = setTimeout(() => reject(new Error('the server was not ready in time')), READY_TIMEOUT_MS);
  const port = await promise;
  clearTimeout(timer);
  return {
    port,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

export interface Helper {
  process: ChildProcess;
  pid: number;
  /** the next message, as the schema has it */
  next: <T extends z.ZodType>(schema: T) => Promise<z.infer<T>>;
  stop: () => void;
}

/** A file of this folder as a child that sends messages. */
export function startHelper(file: string, args: readonly string[] = []): Helper {
  const child = fork(path.join(import.meta.dirname, file), [...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return {
    process: child,
    pid: child.pid ?? 0,
    next: async (schema) => {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const onExit = (): void => reject(new Error(`${file} ended`));
      child.once('message', resolve);
      child.once('exit', onExit);
      try {
        return schema.parse(await promise);
      } finally {
        child.off('exit', onExit);
        child.off('message', resolve);
      }
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

/** User and system time of one process so far, in seconds; 0 where there is no /proc. */
export function cpuSecondsOf(pid: number): number {
  const fields = readStat(pid);
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
}

/** The database server with all its backends, those that ended included. */
export function cpuSecondsOfTree(pid: number): number {
  const fields = readStat(pid);
  const ended = (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / TICKS_PER_SECOND;
  return cpuSecondsOf(pid) + ended + listChildren(pid).reduce((sum, child) => sum + cpuSecondsOf(child), 0);
}

/** @returns resident memory now and at its highest, in MB */
export function memoryOf(pid: number): { now: number; highest: number } {
  const status = readText(`/proc/${pid}/status`);
  const read = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1000;
  return { now: read('VmRSS'), highest: read('VmHWM') };
}

function listChildren(pid: number): number[] {
  return readdirSync('/proc').flatMap((name) =>
    /^\d+$/.test(name) && readStat(Number(name))[1] === String(pid) ? [Number(name)] : [],
  );
}

/** Fields of /proc/<pid>/stat from the third on: a name may hold spaces. */
function readStat(pid: number): string[] {
  const text = readText(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
