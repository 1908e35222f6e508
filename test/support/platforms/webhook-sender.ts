/** Delivers webhooks as platforms do: signed, in batches, twice, out of order, and again after a refusal. */
import { createHttpClient } from '../../../server/http.ts';
import type { FaceName } from './answers.ts';
import type { ChannelEvents } from './events.ts';
import { LINE_EVENTS } from './line-events.ts';
import { MESSENGER_EVENTS } from './messenger-events.ts';
import { prepareAgain, REDELIVERY_MS } from './redelivery.ts';
import { TELEGRAM_EVENTS } from './telegram-events.ts';
import { ZALO_EVENTS } from './zalo-events.ts';

export const EVENTS: Readonly<Record<FaceName, ChannelEvents>> = {
  zalo: ZALO_EVENTS,
  messenger: MESSENGER_EVENTS,
  telegram: TELEGRAM_EVENTS,
  line: LINE_EVENTS,
};

export interface WebhookSenderOptions {
  channel: FaceName;
  /** `http://127.0.0.1:<port>` of our server; the account is `default` */
  server: string;
  /** told each body before it goes out, e.g. `platforms.hear`: a platform knows whom it told us of */
  hear?: (channel: FaceName, body: unknown) => void;
  /** waits between deliveries of the same; not at all unless told */
  wait?: (ms: number) => Promise<void>;
}

export interface DeliveryOptions {
  /** events in one body where the platform batches; 1 unless told */
  perBody?: number;
  /** each body is delivered that many times at once; 1 unless told */
  copies?: number;
  /** shuffles the bodies; the same number gives the same order */
  seed?: number;
  /** puts bodies into another order, e.g. `(bodies) => bodies.toReversed()` */
  reorder?: (bodies: readonly Buffer[]) => readonly Buffer[];
  /** true: what is not answered with 200 is delivered again, as often as the platform does */
  redelivers?: boolean;
  /** true: one after another; else all at the same time */
  inTurn?: boolean;
  /** headers that replace those of the signature, to try wrong ones */
  headers?: Readonly<Record<string, string>>;
}

export interface Delivered {
  /** the last status of each delivery; 0 when there was no answer */
  statuses: readonly number[];
}

export interface WebhookSender extends ChannelEvents {
  deliver: (events: readonly object[], options?: DeliveryOptions) => Promise<Delivered>;
  /** bytes as they are, e.g. a recorded payload */
  deliverRaw: (bodies: readonly (Buffer | string)[], options?: DeliveryOptions) => Promise<Delivered>;
  close: () => void;
}

export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { channel, server } = options;
  const events = EVENTS[channel];
  const url = `${server}/hooks/${channel}/default`;
  const http = createHttpClient({ allowedBases: [server] });
  const wait = options.wait ?? (() => Promise.resolve());

  async function post(raw: Buffer, headers: Readonly<Record<string, string>>): Promise<number> {
    const result = await http.request({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json', ...headers },
      body: raw,
    });
    return result.ok ? result.status : 0;
  }

  async function deliverOne(raw: Buffer, how: DeliveryOptions): Promise<number> {
    options.hear?.(channel, readJson(raw));
    let status = await post(raw, how.headers ?? events.sign(raw));
    if (how.redelivers !== true) return status;
    for (const [index, ms] of REDELIVERY_MS[channel].entries()) {
      if (status === 200) break;
      await wait(ms);
      const again = prepareAgain(channel, raw, index + 1);
      status = await post(again.raw, { ...(how.headers ?? events.sign(again.raw)), ...again.headers });
    }
    return status;
  }

  async function deliverRaw(
    given: readonly (Buffer | string)[],
    how: DeliveryOptions = {},
  ): Promise<Delivered> {
    const bodies = given.map((body) => Buffer.from(body));
    const mixed = how.seed === undefined ? bodies : shuffle(bodies, how.seed);
    const ordered = how.reorder?.(mixed) ?? mixed;
    const deliveries = ordered.flatMap((body) => Array.from({ length: how.copies ?? 1 }, () => body));
    if (how.inTurn !== true)
      return { statuses: await Promise.all(deliveries.map((raw) => deliverOne(raw, how))) };
    const statuses: number[] = [];
    for (const raw of deliveries) statuses.push(await deliverOne(raw, how));
    return { statuses };
  }

  return {
    ...events,
    deliverRaw,
    deliver: (happened, how = {}) =>
      deliverRaw(
        events.pack(happened, how.perBody ?? 1).map((body) => JSON.stringify(body)),
        how,
      ),
    close: () => http.close(),
  };
}

function readJson(raw: Buffer): unknown {
  try {
    const json: unknown = JSON.parse(raw.toString());
    return json;
  } catch {
    return undefined;
  }
}

/** Fisher and Yates over a small generator of our own (mulberry32): an order one can repeat. */
export function shuffle<Item>(items: readonly Item[], seed: number): Item[] {
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const rest = [...items];
  const shuffled: Item[] = [];
  while (rest.length > 0) shuffled.push(...rest.splice(Math.floor(random() * rest.length), 1));
  return shuffled;
}
