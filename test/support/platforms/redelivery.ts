/** How each platform delivers again what was not answered with 200: after which time, and how one can tell. */
import { z } from 'zod';
import type { FaceName } from './answers.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Waits before each further delivery. Zalo's are documented. Meta, Telegram and LINE publish none: theirs keep to what is said of
 * the whole (up to 36 hours, at most 24 hours, "a certain number").
 */
export const REDELIVERY_MS: Readonly<Record<FaceName, readonly number[]>> = {
  zalo: [30_000, 5 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS],
  messenger: [0, MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS],
  telegram: [1000, 5000, 30_000, MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS],
  line: [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS],
};

const LineBodySchema = z.looseObject({ events: z.array(z.looseObject({ deliveryContext: z.unknown() })) });

/** The same once more. Zalo counts in a header, LINE says so in the body, which then has another signature; the others do not tell. */
export function prepareAgain(
  channel: FaceName,
  raw: Buffer,
  attempt: number,
): { raw: Buffer; headers: Readonly<Record<string, string>> } {
  if (channel === 'zalo') return { raw, headers: { num_retry: String(attempt) } };
  if (channel !== 'line') return { raw, headers: {} };
  const body = LineBodySchema.parse(JSON.parse(raw.toString()));
  const events = body.events.map((event) => ({ ...event, deliveryContext: { isRedelivery: true } }));
  return { raw: Buffer.from(JSON.stringify({ ...body, events })), headers: {} };
}
