/** Starts the platforms as a process of their own and steers them: for tests and figures that must not share a process with them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { createHttpClient, type HttpClient } from '../../../server/http.ts';
import type { FaceName } from './answers.ts';
import { type Command, type CommandName, SentSchema } from './control.ts';
import type { SentMessage } from './people.ts';

export interface PlatformsProcess {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** of a server connected to all four platforms, secrets included */
  env: Readonly<Record<string, string>>;
  /** What people were shown after the message `since`, oldest first. */
  listSent: (filter?: { since?: number; face?: FaceName; person?: string }) => Promise<SentMessage[]>;
  count: () => Promise<{ sent: number; faults: number }>;
  listFaults: () => Promise<string[]>;
  /** e.g. `order('latency', { face: 'line', ms: 200 })`; see `COMMANDS`. @throws Error when it is not understood */
  order: <Name extends CommandName>(name: Name, command: Command<Name>) => Promise<void>;
  stop: () => Promise<void>;
}

const ReadySchema = z.object({ url: z.string(), env: z.record(z.string(), z.string()) });
/** Many thousand messages. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

export async function startPlatformsProcess(args: readonly string[] = []): Promise<PlatformsProcess> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { url, env } = ReadySchema.parse(JSON.parse(await readLine(child.stdout)));
  const http = createHttpClient({ allowedBases: [url] });
  const ask = (path: string) => request(http, 'GET', `${url}/control/${path}`);
  return {
    url,
    env,
    listSent: async (filter = {}) => {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(filter)) query.set(name, String(value));
      return z.array(SentSchema).parse(await ask(`sent?${query.toString()}`));
    },
    count: async () => z.object({ sent: z.number(), faults: z.number() }).parse(await ask('count')),
    listFaults: async () => z.array(z.string()).parse(await ask('faults')),
    order: async (name, command) => {
      await request(http, 'POST', `${url}/control/${name}`, command);
    },
    stop: async () => {
      http.close();
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function request(http: HttpClient, method: 'GET' | 'POST', url: string, body?: unknown) {
  const result = await http.request({
    method,
    url,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    maxResponseBytes: MAX_ANSWER_BYTES,
  });
  if (!result.ok) throw new Error(`the platforms did not answer: ${result.code}`);
  if (result.status !== 200)
    throw new Error(`the platforms refused (${result.status}): ${result.body.toString()}`);
  const json: unknown = JSON.parse(result.body.toString());
  return json;
}

async function readLine(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'));
  }
  throw new Error('the platforms ended before they were ready');
}
