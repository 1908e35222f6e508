/** A process of its own: callers that write and wait for the answer, and the platform that gets the answers. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type LoadResult, type Order, OrderSchema } from './order.ts';
import { buildDelivery, type Line, PROTOCOLS, type Protocol, readRecipient } from './protocols.ts';
import { openWire, type Wire } from './wire.ts';

/** So many that two callers never write for one person and keys and sessions are not always the same few. */
const PEOPLE = 1024;
/**
 * One round of a visit: every line has exactly one answer. Three typed words, a typed question, two taps; each typed text goes
 * through the danger scan.
 */
const ROUND: readonly Line[] = [
  { kind: 'text', text: 'cho mình hỏi chút, công ty này có thật không ạ?' },
  { kind: 'tap', id: 'check-offer.how.steps' },
  { kind: 'text', text: 'quay lại' },
  { kind: 'text', text: 'menu' },
  { kind: 'tap', id: 'welcome.options.numbers' },
  { kind: 'text', text: 'menu' },
];
const HELLO: Line = { kind: 'text', text: 'xin chào' };
/** the greeting and the menu: Zalo gets the texts of one turn as one */
const HELLO_ANSWERS = 1;
const ANSWER_TIMEOUT_MS = 20_000;
/** in which somebody leaves and the next one comes: a caller speaks for several people by turns */
const LINES_IN_A_ROW = ROUND.length;

/** Where each platform takes messages, and what it says to them. */
const PLACES = { zalo: '/v3.0/oa/message', telegram: '/bot', messenger: '/v' } as const;
const ANSWERS: Readonly<Record<Protocol, (number: number) => string>> = {
  zalo: (number) => `{"error":0,"message":"Success","data":{"message_id":"r${number}"}}`,
  telegram: () => '{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"}}}',
  messenger: (number) => `{"recipient_id":"1","message_id":"r${number}"}`,
};

interface Expected {
  left: number;
  resolve: () => void;
}
const expected = new Map<string, Expected>();
const state = { number: Date.now() * 1000, unexpected: new Array<string>() };
const places = new Map<string, number>();

const platform = createServer((incoming, response) => {
  void takeAnswer(incoming, response);
});
platform.listen(0, '127.0.0.1', () => {
  const address = platform.address();
  process.send?.({ platformPort: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.on('message', (value: unknown) => {
  run(OrderSchema.parse(value)).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ failed: error instanceof Error ? error.message : 'unknown' }),
  );
});
process.on('disconnect', () => process.exit(0));

async function takeAnswer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  incoming.setEncoding('utf8');
  for await (const chunk of incoming) body += String(chunk);
  const url = incoming.url ?? '';
  response.setHeader('content-type', 'application/json');
  if (url.startsWith('/v4/oa/access_token')) {
    response.end('{"access_token":"bench-access","refresh_token":"bench-refresh","expires_in":"90000"}');
    return;
  }
  state.number += 1;
  const protocol = PROTOCOLS.find((name) => url.startsWith(PLACES[name])) ?? 'messenger';
  response.end(ANSWERS[protocol](state.number));
  const name = `${protocol}/${readRecipient(body) ?? ''}`;
  const waiting = expected.get(name);
  if (waiting === undefined) {
    state.unexpected.push(`${name}: ${body.slice(0, 120)}`);
    return;
  }
  waiting.left -= 1;
  if (waiting.left > 0) return;
  expected.delete(name);
  waiting.resolve();
}

async function run(order: Order): Promise<LoadResult> {
  const acks: number[] = [];
  const ends: number[] = [];
  state.unexpected = [];
  const begun = performance.now();
  const until = begun + order.seconds * 1000;
  await Promise.all(
    Array.from({ length: order.callers }, async (_, caller) => {
      const wires = await Promise.all(order.ports.map((port) => openWire(port)));
      const people = Array.from(
        { length: Math.ceil(PEOPLE / order.callers) },
        (_unused, index) => caller + index * order.callers,
      ).filter((person) => person < PEOPLE);
      if (order.greet) {
        for (const person of people)
          await say(order, wires, String(7_000_000_000 + person), HELLO, HELLO_ANSWERS, acks, ends);
      } else {
        for (let written = 0; performance.now() < until; written += 1) {
          const person = people[Math.floor(written / LINES_IN_A_ROW) % people.length] ?? caller;
          const name = String(7_000_000_000 + person);
          const key = `${order.house}/${name}`;
          const place = places.get(key) ?? 0;
          places.set(key, place + 1);
          const line = ROUND[place % ROUND.length] ?? HELLO;
          await say(order, wires, name, line, 1, acks, ends);
        }
      }
      for (const wire of wires) wire.close();
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  if (state.unexpected.length > 0)
    throw new Error(
      `${state.unexpected.length} answers to ${order.path} nobody waited for, such as ${state.unexpected[0] ?? ''}`,
    );
  return {
    messages: ends.length,
    seconds,
    ackP50Ms: quantile(acks, 0.5),
    ackP99Ms: quantile(acks, 0.99),
    endP50Ms: quantile(ends, 0.5),
    endP99Ms: quantile(ends, 0.99),
  };
}

async function say(
  order: Order,
  wires: Wire[],
  person: string,
  line: Line,
  answers: number,
  acks: number[],
  ends: number[],
): Promise<void> {
  state.number += 1;
  const { headers, body } = buildDelivery(order.protocol, person, line, state.number);
  // to each instance by turns: a server closes a connection that is quiet for some seconds
  const wire = wires.shift();
  if (wire === undefined) throw new Error('no connection');
  wires.push(wire);
  const { promise: answered, resolve, reject } = Promise.withResolvers<true>();
  const timer = setTimeout(() => reject(new Error('a message was not answered in time')), ANSWER_TIMEOUT_MS);
  if (order.awaitsReply)
    expected.set(`${order.protocol}/${person}`, { left: answers, resolve: () => resolve(true) });
  else resolve(true);
  const begun = performance.now();
  const status = await wire.post(order.path, headers, body);
  if (status !== 200) throw new Error(`a delivery was answered with ${status}`);
  acks.push(performance.now() - begun);
  await answered;
  clearTimeout(timer);
  ends.push(performance.now() - begun);
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
