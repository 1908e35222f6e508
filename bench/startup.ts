/** How long the whole system takes to answer after the command, first and second time, and the memory it then holds. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './figure.ts';
import { startArguments } from './messages/processes.ts';

const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/** Starts the server twice on a new data folder: the first run makes the database, the second finds it. */
export async function measureStartup(root: string): Promise<readonly Figure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hoi-truoc-bench-'));
  try {
    const bare = await timeBareNode(root);
    const first = await startOnce(root, dataDir);
    const second = await startOnce(root, dataDir);
    return [
      {
        name: 'start on an empty data folder',
        value: first.seconds,
        unit: 's',
        target: 10,
        reference: { name: 'node alone', value: bare },
      },
      {
        name: 'start with data',
        value: second.seconds,
        unit: 's',
        target: 10,
        reference: { name: 'node alone', value: bare },
      },
      {
        name: 'memory of the Node process after start',
        value: second.megabytes,
        unit: 'MB',
        target: 150,
        reference: null,
      },
    ];
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function startOnce(root: string, dataDir: string): Promise<{ seconds: number; megabytes: number }> {
  const port = 20_000 + (process.pid % 20_000);
  const began = performance.now();
  const child = spawn(process.execPath, startArguments(), {
    cwd: root,
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDir, DATABASE_URL: '' },
    stdio: 'ignore',
  });
  try {
    await waitUntilReady(port, child);
    const seconds = (performance.now() - began) / 1000;
    return { seconds, megabytes: await residentMegabytes(child) };
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  }
}

async function waitUntilReady(port: number, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error('the server was not ready in time');
}

/** Linux only: elsewhere the figure is 0. */
async function residentMegabytes(child: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid ?? 0}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1000;
}

async function timeBareNode(root: string): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, ['-e', '0'], { cwd: root, stdio: 'ignore' });
  await once(child, 'exit');
  return (performance.now() - began) / 1000;
}
