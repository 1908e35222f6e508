/** Starts what is measured as processes of their own, and reads from Linux what time and memory they used. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };

const READY_TIMEOUT_MS = 60_000;
/** ticks of /proc: 100 a second on every Linux Node runs on */
const TICKS = 100;

export interface Running {
  port: number;
  pid: number;
  stop: () => Promise<void>;
}

/** `npm start` with this environment on a free port. @throws Error with its output when it does not come up */
export async function startServer(
  root: string,
  environment: Readonly<Record<string, string>>,
): Promise<Running> {
  const child = spawn(process.execPath, startArguments(), {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = Promise.withResolvers<number>();
  let said = '';
  child.stdout.on('data', (chunk) => {
    if (said.length > 20_000) return;
    said += String(chunk);
    const port = /People write at\s+\S+:(\d+)\//.exec(said)?.[1];
    if (port !== undefined) ready.resolve(Number(port));
  });
  child.once('exit', () => ready.reject(new Error(`the server ended before it was ready:\n${said}`)));
  const timer = setTimeout(() => ready.reject(new Error(`not ready in time:\n${said}`)), READY_TIMEOUT_MS);
  const port = await ready.promise.finally(() => clearTimeout(timer));
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { port, pid: child.pid ?? 0, stop };
}

export interface Helper {
  pid: number;
  send: (value: object) => void;
  /** @throws Error when it ends instead of answering */
  receive: <T extends z.ZodType>(schema: T) => Promise<z.infer<T>>;
  stop: () => void;
}

/** A file of this folder in a process of its own, spoken to by messages. */
export function startHelper(file: string, ...parameters: readonly string[]): Helper {
  const child = fork(join(import.meta.dirname, file), [...parameters]);
  return {
    pid: child.pid ?? 0,
    send: (value) => void child.send(value),
    receive: async (schema) => {
      const answer = Promise.withResolvers<unknown>();
      const onExit = (): void => answer.reject(new Error(`${file} ended`));
      child.once('message', answer.resolve);
      child.once('exit', onExit);
      const value = await answer.promise.finally(() => child.off('exit', onExit));
      return schema.parse(value);
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

/** What `npm start` gives to Node: its flags are part of what is measured. */
export function startArguments(): string[] {
  return packageJson.scripts.start.split(' ').slice(1);
}

/** User and system time so far, in seconds; with `family` also of its children, living and gone. */
export function readCpuSeconds(pid: number, family = false): number {
  const own = readStat(pid);
  const sum = (from: number): number => Number(own[from] ?? 0) + Number(own[from + 1] ?? 0);
  if (!family) return sum(11) / TICKS;
  const children = readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && readStat(Number(name))[1] === String(pid),
  );
  return (
    (sum(11) + sum(13)) / TICKS + children.reduce((total, name) => total + readCpuSeconds(Number(name)), 0)
  );
}

/** Resident memory in MB. */
export function readMemory(pid: number): number {
  const status = readQuietly(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1000;
}

/** The fields after the name, which may hold spaces: state, parent, … */
function readStat(pid: number): string[] {
  const line = readQuietly(`/proc/${pid}/stat`);
  return line.slice(line.lastIndexOf(')') + 2).split(' ');
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
