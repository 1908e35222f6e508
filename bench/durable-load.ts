/** The other side of the durable benchmark, in a thread of its own: callers that write and wait for the answer, and the platform. */
import { Agent, createServer, request } from 'node:http';
import { parentPort } from 'node:worker_threads';
import { z } from 'zod';

const OrderSchema = z.object({
  port: z.number(),
  path: z.string(),
  callers: z.number(),
  seconds: z.number(),
  /** false: the 200 is all there is to wait for (bare Express) */
  awaitsReply: z.boolean(),
});
type Order = z.infer<typeof OrderSchema>;

export interface LoadResult {
  perSecond: number;
  ackP50Ms: number;
  ackP99Ms: number;
  endP50Ms: number;
  endP99Ms: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 512 });
const replies = new Map<string, () => void>();
let counter = 0;

const platform = createServer((incoming, response) => {
  incoming.resume();
  incoming.on('end', () => response.end('{"ok":true}'));
  const person = incoming.url?.slice(1) ?? '';
  replies.get(person)?.();
  replies.delete(person);
});
platform.listen(0, '127.0.0.1', () => {
  const address = platform.address();
  parentPort?.postMessage({
    platformPort: typeof address === 'object' && address !== null ? address.port : 0,
  });
});

parentPort?.on('message', (value: unknown) => {
  void run(OrderSchema.parse(value)).then((result) => parentPort?.postMessage({ result }));
});

async function run(order: Order): Promise<LoadResult> {
  const acks: number[] = [];
  const ends: number[] = [];
  const until = performance.now() + order.seconds * 1000;
  const callers = Array.from({ length: order.callers }, async (_, index) => {
    while (performance.now() < until) await writeOnce(order, `p${index}`, acks, ends);
  });
  const begun = performance.now();
  await Promise.all(callers);
  const seconds = (performance.now() - begun) / 1000;
  return {
    perSecond: ends.length / seconds,
    ackP50Ms: quantile(acks, 0.5),
    ackP99Ms: quantile(acks, 0.99),
    endP50Ms: quantile(ends, 0.5),
    endP99Ms: quantile(ends, 0.99),
  };
}

async function writeOnce(order: Order, person: string, acks: number[], ends: number[]): Promise<void> {
  counter += 1;
  const body = JSON.stringify({
    id: counter,
    person,
    text: 'cho mình hỏi chút, công ty này có thật không ạ?',
  });
  const begun = performance.now();
  const replied = order.awaitsReply
    ? new Promise<void>((resolve) => replies.set(person, resolve))
    : Promise.resolve();
  await post(order, body);
  acks.push(performance.now() - begun);
  await replied;
  ends.push(performance.now() - begun);
}

function post(order: Order, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const outgoing = request(
      { host: '127.0.0.1', port: order.port, path: order.path, method: 'POST', headers, agent },
      (response) => {
        response.resume();
        response.on('end', () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode ?? 0}`)),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
