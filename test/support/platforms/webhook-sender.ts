/** Delivers webhooks as platforms do: signed, in batches, twice, out of order, and again after a refusal. */
import type { IncomingHttpHeaders } from 'node:http';
import { createHttpClient } from '../../../server/http.ts';

export interface WebhookSenderOptions {
  /** `http://127.0.0.1:<port>/hooks/<channel>/<account>` */
  url: string;
  /** the platform's signature over exactly these bytes */
  sign: (raw: Buffer) => Readonly<Record<string, string>>;
  /** how the platform puts events into bodies; one event per body unless told (LINE and Messenger put several into one) */
  pack?: (events: readonly unknown[]) => readonly unknown[];
}

export interface DeliveryOptions {
  /** each body is delivered that many times at once; 1 unless told */
  copies?: number;
  /** puts bodies into another order, e.g. `(bodies) => bodies.toReversed()` */
  reorder?: (bodies: readonly Buffer[]) => readonly Buffer[];
  /** deliveries after one that was not answered with 200; 0 unless told */
  redeliveries?: number;
  /** true: one after another; else all at the same time */
  inTurn?: boolean;
  /** headers that replace those of the signature, to try wrong ones */
  headers?: Readonly<Record<string, string>>;
}

export interface Delivered {
  /** the last status of each delivery; 0 when there was no answer */
  statuses: readonly number[];
}

export interface WebhookSender {
  deliver: (events: readonly unknown[], options?: DeliveryOptions) => Promise<Delivered>;
  /** bytes as they are, e.g. a recorded payload */
  deliverRaw: (bodies: readonly Buffer[], options?: DeliveryOptions) => Promise<Delivered>;
  close: () => void;
}

export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const http = createHttpClient({ allowedBases: [options.url] });
  const pack = options.pack ?? ((events) => events);

  async function post(raw: Buffer, how: DeliveryOptions): Promise<number> {
    let status = 0;
    for (let attempt = 0; attempt <= (how.redeliveries ?? 0) && status !== 200; attempt += 1) {
      const again: IncomingHttpHeaders = attempt === 0 ? {} : { num_retry: String(attempt) };
      const result = await http.request({
        method: 'POST',
        url: options.url,
        headers: {
          'content-type': 'application/json',
          ...(how.headers ?? options.sign(raw)),
          ...stringsOf(again),
        },
        body: raw,
      });
      status = result.ok ? result.status : 0;
    }
    return status;
  }

  async function deliverRaw(bodies: readonly Buffer[], how: DeliveryOptions = {}): Promise<Delivered> {
    const ordered = how.reorder?.(bodies) ?? bodies;
    const deliveries = ordered.flatMap((body) => Array.from({ length: how.copies ?? 1 }, () => body));
    if (how.inTurn !== true) return { statuses: await Promise.all(deliveries.map((raw) => post(raw, how))) };
    const statuses: number[] = [];
    for (const raw of deliveries) statuses.push(await post(raw, how));
    return { statuses };
  }

  return {
    deliverRaw,
    deliver: (events, how) =>
      deliverRaw(
        pack(events).map((body) => Buffer.from(JSON.stringify(body))),
        how,
      ),
    close: () => http.close(),
  };
}

function stringsOf(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
