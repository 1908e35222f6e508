/** What the readers of several channels share: JSON that may be none, fields that may be anything, keys, waits. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { InboundAttachment } from './adapter.ts';

/** @returns `value`, or null for bytes that are no JSON */
export function readJson(raw: Buffer): { value: unknown } | null {
  try {
    return { value: JSON.parse(raw.toString()) };
  } catch {
    return null;
  }
}

/** Absent when missing or not as documented, so that one strange field does not cost the rest. */
export function lenient<T extends z.ZodType>(schema: T) {
  return schema.optional().catch(undefined);
}

/** Some object; its fields do not matter. */
export const present = lenient(z.looseObject({}));

/** An array whose strange members stay in place as undefined; no array counts as an empty one. */
export function lenientArray<T extends z.ZodType>(schema: T) {
  return z.array(lenient(schema)).catch([]);
}

/** An attachment of which nothing is known yet. Spread it, then fill in. */
export const BARE_ATTACHMENT = {
  ref: null,
  mimeType: null,
  sizeBytes: null,
  durationMs: null,
  latitude: null,
  longitude: null,
} as const satisfies Omit<InboundAttachment, 'type'>;

/** The same pieces give the same key; a person's id among them stays out of it. */
export function hashPieces(...pieces: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(pieces)).digest('hex');
}

/** Are the two equal? Takes the same time for every guess: digests have equal lengths. */
export function isSameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}

/** Is this the HMAC-SHA256 of the bytes as they came? In constant time; nothing is under an empty secret. */
export function isSignatureOf(raw: Buffer, secret: string, given: Buffer): boolean {
  if (secret === '') return false;
  const expected = createHmac('sha256', secret).update(raw).digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** 253402300799999 is the last millisecond of the year 9999; beyond it and before 1970 nobody writes. */
export function toDate(epochMs: number | undefined): Date | null {
  return epochMs === undefined || epochMs <= 0 || epochMs > 253_402_300_799_999 ? null : new Date(epochMs);
}

/** A day at most: a longer wait is a mistake, and nothing is sent a day late. */
const MAX_RETRY_AFTER_S = 86_400;

/** `Retry-After` in whole seconds (RFC 9110, 10.2.3); null when absent, a date, or senseless */
export function readRetryAfterMs(headers: IncomingHttpHeaders): number | null {
  const seconds = /^\d{1,6}$/.test(headers['retry-after'] ?? '') ? Number(headers['retry-after']) : 0;
  return seconds > 0 && seconds <= MAX_RETRY_AFTER_S ? seconds * 1000 : null;
}
