/** A process of its own: callers who write and wait for the answers, and the platform that is told them. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Connection, openConnection } from './connection.ts';
import { buildDelivery, readReceiver, VISIT } from './deliveries.ts';
import { type Order, OrderSchema, type Result } from './order.ts';

/** Nobody waits longer for an answer; a run in which somebody does has failed. */
const PATIENCE_MS = 30_000;
/** When nothing more comes for so long, the answer is complete. */
const QUIET_MS = 700;

interface Expectation {
  left: number;
  told: number;
  resolve: () => void;
}
const expected = new Map<string, Expectation>();
const counters = { person: 700_000_000, message: Date.now() * 100, told: 0, surprising: 0 };

const platform = createServer((incoming, response) => void take(incoming, response));
platform.keepAliveTimeout = 60_000;
platform.listen(0, '127.0.0.1', () => {
  const address = platform.address();
  process.send?.({ platformPort: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.on('message', (value) => {
  const order = OrderSchema.parse(value);
  const work = order.kind === 'count' ? countAnswers(order) : run(order);
  work.then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ fault: error instanceof Error ? error.message : 'unknown' }),
  );
});
process.on('disconnect', () => process.exit(0));

async function take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  incoming.setEncoding('utf8');
  for await (const chunk of incoming) body += String(chunk);
  const url = incoming.url ?? '';
  counters.told += 1;
  response.setHeader('content-type', 'application/json');
  if (url.includes('/access_token')) {
    response.end('{"access_token":"invented","refresh_token":"invented-next","expires_in":"90000"}');
    return;
  }
  if (url.startsWith('/v3.0/')) response.end(`{"error":0,"data":{"message_id":"a${counters.told}"}}`);
  else if (url.startsWith('/bot')) response.end('{"ok":true,"result":{"message_id":1,"date":1}}');
  else response.end(`{"recipient_id":"1","message_id":"a${counters.told}"}`);
  const person = readReceiver(body);
  if (person === null) return;
  const one = expected.get(person);
  if (one === undefined) {
    counters.surprising += 1;
    return;
  }
  one.left -= 1;
  one.told += 1;
  if (one.left > 0) return;
  expected.delete(person);
  one.resolve();
}

/** One person plays the visit slowly: what answers each line is found out, not written down. */
async function countAnswers(order: Order): Promise<Result> {
  const connection = await openConnection(order.ports[0] ?? 0);
  const person = newPerson();
  const answers: number[] = [];
  for (const line of VISIT) {
    const counting = { left: Number.POSITIVE_INFINITY, told: 0, resolve: () => undefined };
    const state = { told: 0, last: performance.now() };
    expected.set(person, counting);
    await post(order, connection, person, line);
    while (state.told === 0 || performance.now() - state.last < QUIET_MS) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (performance.now() - state.last > PATIENCE_MS) throw new Error('a line of the visit has no answer');
      if (counting.told === state.told) continue;
      state.told = counting.told;
      state.last = performance.now();
    }
    answers.push(state.told);
  }
  expected.delete(person);
  connection.close();
  return { messages: answers.length, seconds: 0, answers, ack: summary([]), end: summary([]) };
}

async function run(order: Order): Promise<Result> {
  const acks: number[] = [];
  const ends: number[] = [];
  counters.surprising = 0;
  const begun = performance.now();
  const until = begun + order.seconds * 1000;
  const call = async (): Promise<void> => {
    const connections = await Promise.all(order.ports.map((port) => openConnection(port)));
    let person = '';
    for (let place = 0; performance.now() < until; place = (place + 1) % VISIT.length) {
      if (place === 0) person = newPerson();
      const connection = connections[counters.message % connections.length];
      if (connection === undefined) throw new Error('no instance');
      const written = performance.now();
      const answered = expectAnswers(person, order.answers[place] ?? 0);
      await post(order, connection, person, VISIT[place] ?? '');
      acks.push(performance.now() - written);
      await answered;
      ends.push(performance.now() - written);
    }
    for (const connection of connections) connection.close();
  };
  await Promise.all(Array.from({ length: order.callers }, call));
  const seconds = (performance.now() - begun) / 1000;
  if (counters.surprising > 0) throw new Error(`${counters.surprising} answers nobody waited for`);
  return {
    messages: ends.length,
    seconds,
    answers: [...order.answers],
    ack: summary(acks),
    end: summary(ends),
  };
}

function expectAnswers(person: string, left: number): Promise<void> {
  if (left === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('a message got no answer')), PATIENCE_MS);
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    expected.set(person, { left, told: 0, resolve: finish });
  });
}

async function post(order: Order, connection: Connection, person: string, line: string): Promise<void> {
  counters.message += 1;
  const status = await connection.post(
    order.path,
    buildDelivery(order.platform, person, line, counters.message),
  );
  if (status !== 200) throw new Error(`a delivery was answered with ${status}`);
}

function newPerson(): string {
  counters.person += 1;
  return String(counters.person);
}

function summary(values: readonly number[]): { p50: number; p99: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}
