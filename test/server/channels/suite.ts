/** What every channel adapter must do, told once: recorded payloads, signatures, limits, failures, and no secret anywhere. */
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type {
  Adapter,
  FailureClass,
  InboundEvent,
  OutboundMessage,
} from '../../../server/channels/adapter.ts';
import { ExpectedEventSchema, expectedShape, inWordsOfTheIndex } from './index-words.ts';

export interface FailureCase {
  /** completes "a failed call: …" */
  title: string;
  /** makes the platform answer the next send this way */
  arrange: () => void;
  class: FailureClass;
  retryAfterMs: number | null;
  code: string;
}

export interface AdapterUnderTest {
  adapter: Adapter;
  /** everything the adapter logged so far, as text */
  readLog: () => string;
  /** texts and buttons the platform accepted so far, oldest first; throws when a call broke its specification */
  readSent: () => readonly { text: string; labels: readonly string[]; payloads: readonly string[] }[];
  /** a conversation id in the platform's form */
  conversationId: string;
  failures: readonly FailureCase[];
  close: () => Promise<void>;
}

export interface SuiteOptions {
  channel: string;
  /** folder with the recorded payloads, their `index.json` and `signature-examples.json` */
  fixtures: URL;
  /** titles of the failure cases, known before anything is started */
  failureTitles: readonly string[];
  /** true: an echo of what we sent names nobody, and is known as ours by its id alone */
  ownEchoIsUnnamed?: boolean;
  start: () => Promise<AdapterUnderTest>;
  /** the headers the platform signs these bytes with; those of the first valid signature example unless told */
  sign?: (raw: Buffer) => Readonly<Record<string, string>>;
}

const CANARY = 'CANARY-DO-NOT-TELL';
const RECEIVED_AT = new Date('2026-11-22T08:00:00Z');

const IndexSchema = z.object({
  cases: z.array(
    z.object({
      file: z.string(),
      describes: z.string(),
      http: z.looseObject({ signature: z.string().optional() }).optional(),
      events: z.array(ExpectedEventSchema),
    }),
  ),
});
const SignaturesSchema = z.object({
  cases: z.array(
    z.object({
      headers: z.record(z.string(), z.string()),
      valid: z.boolean(),
      /** the bytes signed, where the signature depends on them */
      rawBody: z.string().optional(),
      why: z.string().default('as documented'),
    }),
  ),
});

/** Runs the shared expectations against one adapter. */
export function describeAdapter(options: SuiteOptions): void {
  const readFixture = (file: string) => readFileSync(new URL(file, options.fixtures));
  const index = IndexSchema.parse(JSON.parse(readFixture('index.json').toString()));
  const signatures = SignaturesSchema.parse(JSON.parse(readFixture('signature-examples.json').toString()));
  const valid = signatures.cases.find((one) => one.valid);
  const ownParty = options.ownEchoIsUnnamed === true ? 'unnamed' : 'us';
  const sign = options.sign ?? (() => valid?.headers ?? {});
  let sends = 0;

  describe(`the ${options.channel} adapter, as every adapter,`, () => {
    let subject: AdapterUnderTest;
    beforeAll(async () => {
      subject = await options.start();
    });
    afterAll(() => subject.close());

    const parse = (raw: Buffer): readonly InboundEvent[] => {
      const result = subject.adapter.parse(raw, RECEIVED_AT);
      if (result.kind === 'not_json') throw new Error('not JSON');
      return result.events;
    };

    it.each(index.cases)('reads $file ($describes), twice the same', ({ file, events, http }) => {
      const raw = readFixture(file);
      const first = parse(raw);
      expect(first.map(inWordsOfTheIndex)).toEqual(
        events.map((event, place) => expectedShape(event, raw, first[place]?.kind, ownParty)),
      );
      expect(parse(raw)).toEqual(first);
      const headers = http?.signature === 'absent' ? {} : sign(raw);
      expect(subject.adapter.verify(lowerCase(headers), raw)).toBe('ok');
    });

    it('gives every recorded payload its own dedupe key, beginning with the channel', () => {
      // what the platform delivers a second time has the key of the first
      const originals = index.cases.filter(({ events }) => !events.some(({ redelivery }) => redelivery));
      const keys = originals.flatMap(({ file }) =>
        parse(readFixture(file)).map(({ dedupeKey }) => dedupeKey),
      );
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys.every((key) => key.startsWith(`${options.channel}:`))).toBe(true);
    });

    it.each(signatures.cases)(
      'says of headers $headers that valid is $valid ($why)',
      ({ headers, valid: isValid, rawBody }) => {
        const raw = rawBody === undefined ? readFixture(index.cases[0]?.file ?? '') : Buffer.from(rawBody);
        const verification = subject.adapter.verify(lowerCase(headers), raw);
        expect(verification === 'ok').toBe(isValid);
        if (Object.keys(headers).length === 0) expect(verification).toBe('missing');
      },
    );

    it('calls bytes that are no JSON not_json, and never throws at any', () => {
      expect(subject.adapter.parse(Buffer.from('{"update'), RECEIVED_AT)).toEqual({ kind: 'not_json' });
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
          subject.adapter.parse(Buffer.from(bytes), RECEIVED_AT);
        }),
      );
    });

    it('reads any JSON without throwing, and lets none of it be answered', () => {
      fc.assert(
        fc.property(fc.json(), (json) => {
          for (const event of parse(Buffer.from(json)))
            expect(event).toMatchObject({ kind: 'ignored', botMayReply: false });
        }),
      );
    });

    it('reads recorded payloads with any value damaged without throwing, and keeps their keys', () => {
      const files = index.cases.map(({ file }) => file);
      fc.assert(
        fc.property(fc.constantFrom(...files), fc.nat(), fc.jsonValue(), (file, place, junk) => {
          const damaged = damage(JSON.parse(readFixture(file).toString()), place, junk);
          for (const event of parse(Buffer.from(JSON.stringify(damaged)))) {
            expect(event.dedupeKey).toMatch(new RegExp(`^${options.channel}:.+`));
            expect(event.receivedAt).toEqual(RECEIVED_AT);
            if (event.botMayReply) expect(event.conversationId).not.toBe('');
          }
        }),
        { numRuns: 500 },
      );
    });

    it('sends a text longer than the channel takes in parts, whole and in order, buttons on the last', async () => {
      const before = subject.readSent().length;
      const text = 'Bạn không có lỗi gì cả. '.repeat(
        Math.ceil((subject.adapter.capabilities.maxTextUtf16 * 2.5) / 24),
      );
      const result = await send({ text, choices: [{ id: 'yes', label: 'Có' }], language: 'vi' });
      const sent = subject.readSent().slice(before);
      expect(result).toMatchObject({ ok: true });
      expect(sent.length).toBeGreaterThan(2);
      expect(sent.map((part) => part.text).join('')).toBe(text);
      expect(sent.map(({ payloads }) => payloads.length)).toEqual([...sent.slice(1).map(() => 0), 1]);
    });

    it('starts after the parts an earlier attempt delivered', async () => {
      const before = subject.readSent().length;
      const text = 'Một câu ngắn. '.repeat(Math.ceil((subject.adapter.capabilities.maxTextUtf16 * 1.5) / 14));
      await send({ text, choices: [], language: 'vi' });
      const whole = subject.readSent().slice(before);
      await send({ text, choices: [], language: 'vi' }, 1);
      expect(subject.readSent().slice(before + whole.length)).toEqual(whole.slice(1));
    });

    it('counts of a failed attempt only the parts it delivered itself', async () => {
      subject.failures[0]?.arrange();
      const text = 'Một câu ngắn. '.repeat(Math.ceil((subject.adapter.capabilities.maxTextUtf16 * 1.5) / 14));
      expect(await send({ text, choices: [], language: 'vi' }, 1)).toMatchObject({ ok: false, sentParts: 0 });
    });

    it('does not send what has nothing to read', async () => {
      const before = subject.readSent().length;
      expect(await send({ text: ' \n', choices: [], language: 'vi' })).toMatchObject({
        ok: false,
        class: 'invalid',
      });
      expect(subject.readSent().length).toBe(before);
    });

    it.each(options.failureTitles)('classifies a failed call: %s', async (title) => {
      const failure = subject.failures.find((one) => one.title === title);
      failure?.arrange();
      const result = await send({ text: CANARY, choices: [], language: 'vi' });
      expect(result).toEqual({
        ok: false,
        class: failure?.class,
        retryAfterMs: failure?.retryAfterMs,
        sentParts: 0,
        code: failure?.code,
      });
    });

    it('tells no secret, text or address in any failure or log line', async () => {
      const told = [subject.readLog()];
      for (const { arrange } of subject.failures) {
        arrange();
        told.push(JSON.stringify(await send({ text: CANARY, choices: [], language: 'vi' })));
      }
      told.push(JSON.stringify(await subject.adapter.health()), subject.readLog());
      const all = told.join('\n');
      expect(subject.adapter.secrets.length).toBeGreaterThan(0);
      for (const secret of subject.adapter.secrets) expect(all).not.toContain(secret);
      expect(all).not.toMatch(new RegExp(`${CANARY}|https?:|${subject.conversationId}`));
    });

    function send(message: OutboundMessage, skipParts = 0) {
      sends += 1;
      const context = { idempotencyKey: `key-${sends}`, skipParts, signal: new AbortController().signal };
      return subject.adapter.send(
        { conversationId: subject.conversationId, replyHandle: null },
        message,
        context,
      );
    }
  });
}

function lowerCase(headers: Readonly<Record<string, string>>): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** @returns the value with the `place`-th of its inner values (counted around) replaced by `junk` */
function damage(value: unknown, place: number, junk: unknown): unknown {
  let count = 0;
  const visit = (node: unknown, target: number): unknown => {
    count += 1;
    if (count - 1 === target) return junk;
    if (Array.isArray(node)) return node.map((item: unknown) => visit(item, target));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, visit(inner, target)]));
  };
  visit(value, -1);
  const total = count;
  count = 0;
  return visit(value, place % total);
}
