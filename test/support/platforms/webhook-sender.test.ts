/** The webhook sender delivers as the platforms do, and what it delivers is genuine to our adapters. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Adapter, INBOUND_KINDS, type InboundKind } from '../../../server/channels/adapter.ts';
import { createLine, createMessenger, createTelegram, createZalo, NOW } from '../adapters.ts';
import { FACES, type FaceName } from './answers.ts';
import { EVENT_KINDS, type EventKind } from './events.ts';
import { REDELIVERY_MS } from './redelivery.ts';
import { createWebhookSender, EVENTS, shuffle } from './webhook-sender.ts';

const ADAPTERS: Readonly<Record<FaceName, Adapter>> = {
  zalo: createZalo(),
  messenger: createMessenger(),
  telegram: createTelegram(),
  line: createLine(),
};

interface Got {
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}
let got: Got[];
let answers: number[];
let server: Server;
beforeEach(async () => {
  [got, answers] = [[], []];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
});

function origin(): string {
  const address = server.address();
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
}

const textsOf = (channel: FaceName, count: number): object[] =>
  Array.from({ length: count }, (_, index) =>
    EVENTS[channel].build.text(
      { person: EVENTS[channel].person(index), id: index + 1, at: NOW },
      `câu ${index}`,
    ),
  );

/** How our adapters call what happened. Zalo tells a tap by our own mark alone, and a group as an event we do not know. */
function kindAsRead(channel: FaceName, kind: EventKind): InboundKind {
  if (kind === 'tap') return channel === 'zalo' ? 'message' : 'postback';
  if (kind === 'group') return channel === 'zalo' ? 'ignored' : 'message';
  return INBOUND_KINDS.find((one) => one === kind) ?? 'message';
}

describe.each(FACES)('the webhooks of %s', (channel) => {
  const { build, pack, person, sign } = EVENTS[channel];
  const kinds = EVENT_KINDS.filter((kind) => build[kind] !== undefined);

  it.each(kinds)('of a %s are genuine, and read as what they are', (kind) => {
    const event = build[kind]?.({ person: person(1), id: 1, at: NOW }, 'x') ?? {};
    const raw = Buffer.from(JSON.stringify(pack([event], 1)[0]));
    const headers = Object.entries(sign(raw)).map(([name, value]) => [name.toLowerCase(), value] as const);
    expect(ADAPTERS[channel].verify(Object.fromEntries(headers), raw)).toBe('ok');
    const parsed = ADAPTERS[channel].parse(raw, NOW);
    const [read] = parsed.kind === 'events' ? parsed.events : [];
    expect(read?.kind).toBe(kindAsRead(channel, kind));
  });

  it('are delivered to the account, signed, as often as asked, in an order one can repeat', async () => {
    const heard: unknown[] = [];
    const webhooks = createWebhookSender({
      channel,
      server: origin(),
      hear: (_face, body) => heard.push(body),
    });
    const deliver = async () => {
      got = [];
      const { statuses } = await webhooks.deliver(textsOf(channel, 9), { copies: 2, seed: 3, inTurn: true });
      expect(statuses).toEqual(Array.from({ length: 18 }, () => 200));
      return got.map(({ body }) => body.toString());
    };
    const first = await deliver();
    expect(await deliver()).toEqual(first);
    expect(new Set(first).size).toBe(9);
    expect(new Set(got.map(({ path }) => path))).toEqual(new Set([`/hooks/${channel}/default`]));
    expect(heard).toHaveLength(36);
    webhooks.close();
  });

  it('are delivered again after a refusal, at the times of the platform, until they are taken', async () => {
    const waits: number[] = [];
    const webhooks = createWebhookSender({
      channel,
      server: origin(),
      wait: (ms) => Promise.resolve(void waits.push(ms)),
    });
    answers = [503, 500];
    const taken = await webhooks.deliver(textsOf(channel, 1), { redelivers: true });
    expect(taken).toEqual({ statuses: [200] });
    expect(waits).toEqual(REDELIVERY_MS[channel].slice(0, 2));

    const tries = REDELIVERY_MS[channel].length + 1;
    answers = Array.from({ length: tries }, () => 503);
    got = [];
    expect(await webhooks.deliver(textsOf(channel, 1), { redelivers: true })).toEqual({ statuses: [503] });
    expect(got).toHaveLength(tries);
    for (const { headers, body } of got) expect(ADAPTERS[channel].verify(headers, body)).toBe('ok');
    webhooks.close();
  });
});

describe('a second delivery', () => {
  async function deliverTwice(channel: FaceName): Promise<Got[]> {
    const webhooks = createWebhookSender({ channel, server: origin() });
    answers = [503];
    await webhooks.deliver(textsOf(channel, 1), { redelivers: true });
    webhooks.close();
    return got;
  }

  it('of Zalo counts in a header', async () => {
    expect((await deliverTwice('zalo')).map(({ headers }) => headers['num_retry'])).toEqual([undefined, '1']);
  });

  it('of LINE says so in the body, has the same event id, and its token is not trusted', async () => {
    const [first, second] = (await deliverTwice('line')).map(({ body }) => {
      const parsed = ADAPTERS.line.parse(body, NOW);
      return parsed.kind === 'events' ? parsed.events[0] : undefined;
    });
    expect(second?.dedupeKey).toBe(first?.dedupeKey);
    expect(first?.replyHandle).not.toBeNull();
    expect(second?.replyHandle).toBeNull();
  });
});

describe('a batch', () => {
  it.each([
    ['messenger', 1],
    ['line', 1],
    ['zalo', 50],
    ['telegram', 50],
  ] as const)('of 50 events is delivered by %s in %d bodies', (channel, bodies) => {
    expect(EVENTS[channel].pack(textsOf(channel, 50), 50)).toHaveLength(bodies);
  });

  it('is shuffled whole: nothing gets lost, and another seed is another order', () => {
    const items = Array.from({ length: 20 }, (_, index) => index);
    expect(shuffle(items, 1).toSorted((a, b) => a - b)).toEqual(items);
    expect(shuffle(items, 1)).not.toEqual(shuffle(items, 2));
    expect(shuffle(items, 1)).not.toEqual(items);
  });
});
