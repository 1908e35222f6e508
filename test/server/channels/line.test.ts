/** The LINE adapter against a Messaging API on loopback that checks every call. */
import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { validateSignature } from '@line/bot-sdk';
import type { Adapter, InboundEvent, OutboundMessage, SendResult } from '../../../server/channels/adapter.ts';
import { resolveChoiceId } from '../../../server/channels/degrade.ts';
import { createLineAdapter, LINE_CAPABILITIES } from '../../../server/channels/line.ts';
import { createHttpClient } from '../../../server/http.ts';
import type { FakeHttpAnswer } from '../../support/fake-http.ts';
import {
  buildLineDelivery,
  buildLineEvent,
  buildLineText,
  FAKE_ACCOUNT,
  type FakeLine,
  lineError,
  signLine,
  startFakeLine,
} from '../../support/fake-line.ts';
import { describeAdapter, type AdapterUnderTest } from './suite.ts';

const USER = 'U0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const NOW = new Date('2026-11-22T08:00:00Z');
const later = (ms: number): Date => new Date(NOW.getTime() + ms);
const raw = (status: number, body: string, headers = {}): FakeHttpAnswer => ({
  kind: 'raw',
  status,
  body,
  headers,
});

/** title, what LINE does, class, wait, code */
const FAILURES = [
  [
    '429 with a time to wait',
    lineError(429, 'The API rate limit has been exceeded', { 'retry-after': '35' }),
    'rate',
    35_000,
    'line_429',
  ],
  ['429 without one', lineError(429, 'The API rate limit has been exceeded'), 'rate', null, 'line_429'],
  ['429 with a wait of a year', lineError(429, 'x', { 'retry-after': '31536000' }), 'rate', null, 'line_429'],
  [
    'the quota of the month is used up',
    lineError(429, 'You have reached your monthly limit.'),
    'quota',
    null,
    'line_429_quota',
  ],
  ['a refused token', lineError(401), 'token', null, 'line_401'],
  ['a plan without this', lineError(403), 'permission', null, 'line_403'],
  ['a bad request', lineError(400, 'The request body has 1 error(s)'), 'invalid', null, 'line_400'],
  ['nobody there', lineError(404), 'invalid', null, 'line_404'],
  ['gone', lineError(410), 'invalid', null, 'line_410'],
  ['too large', lineError(413), 'invalid', null, 'line_413'],
  ['an unknown 4xx', lineError(418), 'invalid', null, 'line_418'],
  ['a refusal of wrong types', raw(400, '{"message":5,"details":{}}'), 'invalid', null, 'line_400'],
  ['a 500', lineError(500), 'retry', null, 'line_500'],
  ['a 503 with a time to wait', lineError(503, 'x', { 'retry-after': '2' }), 'retry', 2000, 'line_503'],
  ['a 502 in HTML', raw(502, '<html></html>'), 'retry', null, 'line_not_json_502'],
  ['a 200 in HTML', raw(200, '<html></html>'), 'retry', null, 'line_not_json_200'],
  ['an answer cut short', raw(200, '{"sentMess'), 'retry', null, 'line_not_json_200'],
  ['JSON that is no answer', raw(200, '"ok"'), 'retry', null, 'line_not_json_200'],
  ['a redirect', raw(302, '', { location: 'https://example.org' }), 'retry', null, 'line_redirect'],
  ['an answer of 10 MB', raw(200, `"${'x'.repeat(10_000_000)}"`), 'retry', null, 'line_too_large'],
  ['a broken connection', { kind: 'reset' }, 'retry', null, 'line_unreachable'],
  ['no answer in time', { kind: 'hang' }, 'retry', null, 'line_timeout'],
] as const;

describeAdapter({
  channel: 'line',
  fixtures: new URL('fixtures/line/', import.meta.url),
  failureTitles: FAILURES.map(([title]) => title),
  sign: signLine,
  start: startUnderTest,
});

/** A client whose clock stands still until the test lets it run out. */
function stoppedClient(base: string) {
  const timers = new Set<() => void>();
  const http = createHttpClient({
    allowedBases: [base],
    startTimer: (_ms, fire) => {
      timers.add(fire);
      return () => timers.delete(fire);
    },
  });
  const runOut = (): void => {
    for (const fire of timers) fire();
  };
  return { http, runOut };
}

async function startUnderTest(): Promise<AdapterUnderTest> {
  const fake = await startFakeLine();
  const { http, runOut } = stoppedClient(fake.base);
  const logged: string[] = [];
  const log = { warn: (entry: unknown) => logged.push(JSON.stringify(entry)) };
  const adapter = createLineAdapter({ account: 'default', ...FAKE_ACCOUNT, apiBase: fake.base, http, log });
  const arrange = (answer: FakeHttpAnswer) => {
    fake.answerNext(answer);
    if (answer.kind === 'hang') void fake.waitFor(() => true, fake.calls.length).then(runOut);
  };
  return {
    adapter,
    conversationId: USER,
    readLog: () => logged.join('\n'),
    readSent: () => {
      expect(fake.calls.flatMap(({ problems }) => problems)).toEqual([]);
      return fake.sent.map(({ text, quickReply }) => ({
        text,
        labels: quickReply?.items.map(({ action }) => action.label) ?? [],
        payloads: quickReply?.items.map(({ action }) => action.data) ?? [],
      }));
    },
    failures: FAILURES.map(([title, answer, failureClass, retryAfterMs, code]) => ({
      title,
      arrange: () => arrange(answer),
      class: failureClass,
      retryAfterMs,
      code,
    })),
    close: async () => {
      http.close();
      await fake.close();
    },
  };
}

function createAdapter(over: Partial<Parameters<typeof createLineAdapter>[0]> = {}): Adapter {
  return createLineAdapter({ account: 'default', ...FAKE_ACCOUNT, ...over });
}

function readAll(body: object, account = 'default'): readonly InboundEvent[] {
  const result = createAdapter({ account }).parse(Buffer.from(JSON.stringify(body)), NOW);
  if (result.kind === 'not_json') throw new Error('not JSON');
  return result.events;
}

function read(fields: object): InboundEvent {
  const [event] = readAll(buildLineDelivery([buildLineEvent(USER, 1, fields)]));
  if (event === undefined) throw new Error('no event');
  return event;
}

const readMessage = (message: object): InboundEvent =>
  read({ type: 'message', message: { id: '5', ...message } });

describe('a delivery from LINE', () => {
  it.each([
    ['no JSON object', 'null'],
    ['no events', '{"destination":"U"}'],
    ['events that are no list', '{"events":{"type":"message"}}'],
  ])('with %s has no events', (_what, body) => {
    expect(createAdapter().parse(Buffer.from(body), NOW)).toEqual({ kind: 'events', events: [] });
  });

  it('keeps what is readable beside what is not', () => {
    const events = readAll({ events: [null, 5, buildLineText(USER, 1, 'cứu em'), { type: 'message' }] });
    expect(events.filter(({ kind }) => kind !== 'ignored').map(({ text }) => text)).toEqual(['cứu em']);
    expect(events).toHaveLength(4);
  });

  it('reads 50 events in one body, earliest first, each with its own key', () => {
    const events = Array.from({ length: 50 }, (_, index) => buildLineText(USER, index, String(index)));
    const seen = readAll(buildLineDelivery(events.toReversed()));
    expect(seen.map(({ text }) => text)).toEqual(events.map((_, index) => String(index)));
    expect(new Set(seen.map(({ dedupeKey }) => dedupeKey)).size).toBe(50);
  });

  it('keeps a text of 10,000 characters whole', () => {
    expect(readMessage({ type: 'text', text: 'ă'.repeat(10_000) }).text).toHaveLength(10_000);
  });

  it.each([
    [
      'a video',
      { type: 'video', duration: 5000, contentProvider: { type: 'line' } },
      { type: 'video', ref: '5', durationMs: 5000 },
    ],
    [
      'a picture somebody else holds',
      {
        type: 'image',
        contentProvider: { type: 'external', originalContentUrl: 'https://example.org/p?k=secret' },
      },
      { type: 'image', ref: null },
    ],
    ['a file', { type: 'file', fileName: 'x.pdf', fileSize: 9 }, { type: 'file', ref: '5', sizeBytes: 9 }],
    [
      'a place outside the globe',
      { type: 'location', latitude: 91, longitude: 0 },
      { type: 'location', latitude: null },
    ],
    ['a kind yet unknown', { type: 'hologram' }, { type: 'unsupported', ref: null }],
    ['a text that is none', { type: 'text', text: 5 }, { type: 'unsupported' }],
  ])('of %s has that attachment and may be answered', (_what, message, attachment) => {
    const event = readMessage(message);
    expect(event).toMatchObject({ kind: 'message', text: '', botMayReply: true, opensWindow: true });
    expect(event.attachments).toEqual([expect.objectContaining(attachment)]);
  });

  it('keeps the words typed into a sticker', () => {
    expect(readMessage({ type: 'sticker', packageId: '1', stickerId: '2', text: 'cứu em' })).toMatchObject({
      text: 'cứu em',
      attachments: [{ type: 'sticker' }],
    });
  });

  const group = { source: { type: 'group', groupId: 'C0a1b2c3d4e5f60718293a4b5c6d7e8f9', userId: USER } };
  const text = { type: 'message', message: { id: '5', type: 'text', text: 'x' } };
  it.each([
    ['a group', { ...text, ...group }, 'message'],
    ['a room', { ...text, source: { type: 'room', roomId: 'R0a1b2c3d4e5f60718293a4b5c6d7e8f9' } }, 'message'],
    ['a button in a group', { type: 'postback', postback: { data: 'x' }, ...group }, 'postback'],
    ['nobody', { ...text, source: undefined }, 'message'],
    ['a source yet unknown', { ...text, source: { type: 'square', userId: USER } }, 'message'],
    ['another module that has the conversation (standby)', { ...text, mode: 'standby' }, 'message'],
    ['an edit', { type: 'messageEdited', message: { id: '5', type: 'text', text: 'mới' } }, 'edit'],
    ['an unsend', { type: 'unsend', unsend: { messageId: '5' } }, 'unsend'],
    ['a blocking', { type: 'unfollow' }, 'unfollow'],
    ['joining a group', { type: 'join', ...group }, 'membership'],
    ['leaving a group', { type: 'leave', ...group }, 'membership'],
    ['members who joined', { type: 'memberJoined', joined: { members: [] }, ...group }, 'membership'],
    ['a beacon', { type: 'beacon', beacon: {} }, 'ignored'],
    ['an activated module', { type: 'activated' }, 'ignored'],
    ['a video watched to its end', { type: 'videoPlayComplete' }, 'ignored'],
    ['a reaction and whatever else is yet unknown', { type: 'reaction', reaction: {} }, 'ignored'],
    ['a message without one', { type: 'message' }, 'ignored'],
    ['a button without data', { type: 'postback', postback: {} }, 'ignored'],
  ])('from %s is never answered', (_what, fields, kind) => {
    expect(read(fields)).toMatchObject({ kind, botMayReply: false, opensWindow: false });
  });

  it('takes the text of an edit and the message of an unsend along', () => {
    expect(read({ type: 'messageEdited', message: { id: '5', text: 'mới' } })).toMatchObject({
      messageId: '5',
      text: 'mới',
    });
    expect(read({ type: 'unsend', unsend: { messageId: '5' } }).messageId).toBe('5');
  });

  it.each([
    ['a first delivery', {}, `token-1 ${NOW.getTime()}`],
    ['a second delivery, which may find it used', { deliveryContext: { isRedelivery: true } }, null],
    ['standby', { mode: 'standby' }, null],
    ['a token that is none', { replyToken: 'a b' }, null],
  ])('carries the reply token and its age on %s', (_what, over, handle) => {
    expect(read({ ...text, ...over }).replyHandle).toBe(handle);
  });

  it('delivered a second time has the key of the first', () => {
    const again = read({ ...text, deliveryContext: { isRedelivery: true } });
    expect(again).toMatchObject({ dedupeKey: read(text).dedupeKey, botMayReply: true });
  });

  it('to a second account of ours has its own key, and without an id one made from its bytes', () => {
    const body = buildLineDelivery([buildLineText(USER, 1, 'x')]);
    expect(readAll(body, 'second')[0]?.dedupeKey).toBe('line:second:01K5EXAMPLE000000000000001');
    const nameless = ['a', 'b'].map(
      (data) => read({ type: 'postback', postback: { data }, webhookEventId: 5 }).dedupeKey,
    );
    expect(nameless[0]).toMatch(/^line:[0-9a-f]{64}$/);
    expect(nameless[0]).not.toBe(nameless[1]);
  });
});

describe('the signature of a LINE delivery', () => {
  const body = Buffer.from('{"destination":"U","events":[]}');
  const good = signLine(body)['x-line-signature'];
  it.each([
    ['right', good, 'ok'],
    ['absent', undefined, 'missing'],
    ['empty', '', 'missing'],
    ['cut short', good.slice(0, -4), 'invalid'],
    ['too long', `${good}AAAA`, 'invalid'],
    ['hexadecimal', Buffer.from(good, 'base64').toString('hex'), 'invalid'],
    ['not base64', '!'.repeat(44), 'invalid'],
    ['of other bytes', signLine('{}')['x-line-signature'], 'invalid'],
    ['there twice', [good, good], 'invalid'],
  ])('that is %s', (_what, header, verification) => {
    const headers = header === undefined ? {} : { 'x-line-signature': header };
    expect(createAdapter().verify(headers, body)).toBe(verification);
  });

  it.each([
    ['the same bytes', body],
    ['other bytes', Buffer.from('{}')],
  ])("is judged as LINE's own helper judges it over %s", (_what, bytes) => {
    const own = createAdapter().verify({ 'x-line-signature': good }, bytes) === 'ok';
    expect(own).toBe(validateSignature(bytes, FAKE_ACCOUNT.channelSecret, good));
  });

  it('is worth nothing under an empty secret', () => {
    const forged = createHmac('sha256', '').update(body).digest('base64');
    const adapter = createAdapter({ channelSecret: '' });
    expect(adapter.verify({ 'x-line-signature': forged }, body)).toBe('invalid');
  });
});

describe('a message to LINE', () => {
  let fake: FakeLine;
  beforeAll(async () => {
    fake = await startFakeLine();
  });
  afterAll(() => fake.close());
  afterEach(() => {
    fake.calls.length = 0;
    fake.sent.length = 0;
  });
  const paths = (): string[] => fake.calls.map(({ path }) => path.replace('/v2/bot/message/', ''));
  const keys = (): unknown[] => fake.calls.map(({ headers }) => headers['x-line-retry-key']);
  const handle = (token: string, ageMs: number): string => `${token} ${later(-ageMs).getTime()}`;

  it('is pushed as written, with a retry key, when there is nothing to reply to', async () => {
    const result = await send({ text: '*111* <b> _x_ example.org' });
    expect(result).toEqual({ ok: true, platformIds: [expect.stringMatching(/^\d+$/)], charged: 1 });
    expect(fake.calls).toMatchObject([
      {
        method: 'POST',
        path: '/v2/bot/message/push',
        problems: [],
        headers: {
          authorization: `Bearer ${FAKE_ACCOUNT.channelToken}`,
          'x-line-retry-key': expect.any(String),
        },
        body: { to: USER, messages: [{ type: 'text', text: '*111* <b> _x_ example.org' }] },
      },
    ]);
  });

  it.each([
    ['replies while the token is fresh', 'fresh', 30_000, ['reply']],
    ['pushes when the token is too old', 'old', 30_001, ['push']],
    ['pushes when the token comes from the future', 'future', -1, ['push']],
  ])('%s', async (_what, token, ageMs, expected) => {
    fake.giveTokens(token);
    expect(await send({}, { replyHandle: handle(token, ageMs) })).toMatchObject({ ok: true });
    expect(paths()).toEqual(expected);
    expect(fake.sent).toHaveLength(1);
  });

  describe('together with others of its turn', () => {
    const text = (words: string, choices: OutboundMessage['choices'] = []): OutboundMessage => ({
      ...{ text: words, choices, language: 'vi' },
    });
    const long = 'Một câu ngắn. '.repeat(400);
    const yes = [{ id: 'yes', label: 'Có' }];
    const sendAll = (messages: readonly OutboundMessage[], skipParts = 0) => {
      fake.giveTokens('turn');
      return createAdapter({ apiBase: fake.base, now: () => NOW }).sendTogether?.(
        { conversationId: USER, replyHandle: handle('turn', 0) },
        messages,
        { idempotencyKey: 'turn', skipParts, signal: new AbortController().signal },
      );
    };

    it.each([
      ['five at most', ['1', '2', '3', '4', '5', '6'].map((one) => text(one)), 5, 5],
      [
        'only whole ones: a long one counts as its parts',
        [text('1'), text(long), text(long), text(long)],
        3,
        5,
      ],
      ['a long one alone', [text(long)], 1, 2],
      ['none after one with buttons', [text('1', yes), text('2')], 1, 1],
      ['one with buttons as the last', [text('1'), text('2', yes)], 2, 2],
    ])('is one free reply: %s', async (_what, messages, taken, parts) => {
      const result = await sendAll(messages);
      expect(result).toMatchObject({ ok: true, taken, charged: 0 });
      expect(paths()).toEqual(['reply']);
      expect(fake.sent).toHaveLength(parts);
      expect(result?.ok === true ? result.platformIds.flat() : []).toHaveLength(parts);
    });

    it('starts after the parts of the first that went out before', async () => {
      const result = await sendAll([text(long), text('2')], 1);
      expect(result).toMatchObject({
        ok: true,
        taken: 2,
        platformIds: [[expect.any(String)], [expect.any(String)]],
      });
      expect(fake.sent.map((one) => one.text).at(-1)).toBe('2');
    });

    it('says how many share the failure', async () => {
      fake.answerNext(lineError(401));
      expect(await sendAll([text('1'), text('2')])).toMatchObject({
        ok: false,
        taken: 2,
        failure: { class: 'token' },
      });
    });

    it('is counted as it is pushed, when there is no fresh token', async () => {
      const adapter = createAdapter({ apiBase: fake.base, now: () => NOW });
      const context = { idempotencyKey: 'pushed', skipParts: 0, signal: new AbortController().signal };
      const target = { conversationId: USER, replyHandle: null };
      expect(await adapter.sendTogether?.(target, [text('1'), text('2')], context)).toMatchObject({
        charged: 2,
      });
      expect(adapter.answersFree?.(handle('x', 1000), NOW)).toBe(true);
      expect(adapter.answersFree?.(handle('x', 31_000), NOW)).toBe(false);
      expect(adapter.answersFree?.(null, NOW)).toBe(false);
    });
  });

  it.each([
    ['is used up', handle('never-given', 0), ['reply', 'push']],
    ['is no handle of ours', 'just-a-token', ['push']],
  ])('is pushed when the reply token %s', async (_what, replyHandle, expected) => {
    expect(await send({}, { replyHandle })).toMatchObject({ ok: true });
    expect(paths()).toEqual(expected);
    expect(fake.sent).toHaveLength(1);
  });

  it.each([
    ['arrived', { kind: 'accept_and_reset' } as const, { ok: true, platformIds: [], charged: 0 }],
    [
      'did not arrive',
      { kind: 'reset' } as const,
      { ok: true, platformIds: [expect.any(String)], charged: 0 },
    ],
    ['met a passing mistake', lineError(500), { ok: true, platformIds: [expect.any(String)], charged: 0 }],
  ])('is said once when the answer to a reply is lost and the reply %s', async (what, answer, expected) => {
    const token = what.replaceAll(' ', '-');
    fake.giveTokens(token);
    fake.answerNext(answer);
    expect(await send({}, { replyHandle: handle(token, 0) })).toEqual(expected);
    expect(paths()).toEqual(['reply', 'reply']);
    expect(fake.sent).toHaveLength(1);
  });

  it.each([
    ['a reply that is refused', lineError(401), 'token', 1],
    ['a reply that comes too fast', lineError(429, 'rate', { 'retry-after': '3' }), 'rate', 1],
    ['two replies without an answer', { kind: 'reset' } as const, 'retry', 2],
  ])('is not pushed after %s', async (_what, answer, failureClass, calls) => {
    fake.answerNext(...Array.from({ length: calls }, () => answer));
    expect(await send({}, { replyHandle: handle('t', 0) })).toMatchObject({
      ok: false,
      class: failureClass,
      sentParts: 0,
    });
    expect(paths()).toEqual(Array.from({ length: calls }, () => 'reply'));
  });

  it('counts as sent when LINE knows the retry key already', async () => {
    fake.answerNext({ kind: 'accept_and_reset' });
    expect(await send({}, { idempotencyKey: 'same' })).toMatchObject({
      ok: false,
      class: 'retry',
      sentParts: 0,
    });
    expect(await send({}, { idempotencyKey: 'same' })).toEqual({ ok: true, platformIds: [], charged: 1 });
    expect(fake.sent).toHaveLength(1);
    expect(new Set(keys()).size).toBe(1);
  });

  it('has another retry key than any other message', async () => {
    await send({}, { idempotencyKey: 'one' });
    await send({}, { idempotencyKey: 'two' });
    expect(new Set(keys()).size).toBe(2);
  });

  it('goes out five parts a call: the first call replies, the rest is pushed under keys of their own', async () => {
    fake.giveTokens('many');
    const text = 'Bạn không có lỗi. '.repeat(1800);
    expect(
      await send({ text, choices: [{ id: 'a', label: 'Có' }] }, { replyHandle: handle('many', 0) }),
    ).toMatchObject({ ok: true });
    expect(paths()).toEqual(['reply', 'push']);
    expect(fake.sent.map((message) => message.text).join('')).toBe(text);
    expect(fake.calls.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('goes on after the call that failed, under the key of that call', async () => {
    const text = 'Bạn không có lỗi. '.repeat(3100);
    fake.answerNext({ kind: 'reset' });
    await send({ text }, { idempotencyKey: 'long' });
    fake.calls.length = 0;
    await send({ text }, { idempotencyKey: 'long' });
    const whole = fake.sent.splice(0).length;
    const [first, second, third] = keys();
    expect(whole).toBeGreaterThan(10);
    expect(new Set([first, second, third]).size).toBe(3);

    fake.calls.length = 0;
    fake.answerNext(raw(200, '{}'), { kind: 'reset' });
    expect(await send({ text }, { idempotencyKey: 'long' })).toMatchObject({
      ok: false,
      class: 'retry',
      sentParts: 5,
    });
    expect(keys()).toEqual([first, second]);
    fake.calls.length = 0;
    expect(await send({ text }, { idempotencyKey: 'long', skipParts: 5 })).toMatchObject({ ok: true });
    expect(keys()).toEqual([second, third]);
    expect(fake.sent).toEqual([]);
  });

  it('shows up to 13 choices as quick replies, more of them as a numbered list', async () => {
    const choices = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ id: `c${index}`, label: `Chọn ${index}` }));
    await send({ choices: choices(13) }, { idempotencyKey: 'a' });
    await send({ choices: choices(14) }, { idempotencyKey: 'b' });
    expect(fake.sent[0]?.quickReply?.items).toHaveLength(13);
    expect(fake.calls[0]?.body).toMatchObject({
      messages: [
        {
          quickReply: {
            items: expect.arrayContaining([
              {
                type: 'action',
                action: { type: 'postback', label: 'Chọn 1', data: 'c1', displayText: 'Chọn 1' },
              },
            ]),
          },
        },
      ],
    });
    expect(fake.sent[1]).not.toHaveProperty('quickReply');
    expect(fake.sent[1]?.text).toContain('14. Chọn 13');
    expect(fake.calls.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('carries a long choice id as a short one that leads back to it', async () => {
    const choices = [{ id: `menu.${'đ'.repeat(200)}`, label: 'A' }];
    await send({ choices }, { idempotencyKey: 'long-id' });
    const data = fake.sent[0]?.quickReply?.items[0]?.action.data ?? '';
    expect(resolveChoiceId(data, choices, LINE_CAPABILITIES.maxChoicePayloadBytes)).toBe(choices[0]?.id);
  });

  it('with half a character still goes out', async () => {
    expect(await send({ text: 'a\uD83D b' }, { idempotencyKey: 'half' })).toMatchObject({ ok: true });
    expect(fake.sent[0]?.text).toBe('a\uFFFD b');
  });

  it('is not sent to anything but an id of LINE', async () => {
    for (const target of ['', 'me', USER.toUpperCase(), `${USER}0`]) {
      expect(await send({}, {}, target)).toMatchObject({
        ok: false,
        class: 'invalid',
        code: 'line_bad_target',
      });
    }
    expect(fake.calls).toEqual([]);
  });

  it.each([
    ['a push', null, ['push']],
    ['a reply, which is not tried again', handle('t', 0), ['reply']],
  ])('is given up when the caller gives up: %s', async (_what, replyHandle, expected) => {
    const controller = new AbortController();
    fake.answerNext({ kind: 'hang' });
    void fake.waitFor(() => true).then(() => controller.abort());
    expect(await send({}, { signal: controller.signal, replyHandle })).toMatchObject({
      class: 'retry',
      code: 'line_aborted',
    });
    expect(paths()).toEqual(expected);
  });

  it.each([
    ['no ids', '{}'],
    ['ids of wrong types', '{"sentMessages":[{"id":5},null,"x"]}'],
    ['a list that is none', '{"sentMessages":5}'],
  ])('whose answer has %s counts as sent', async (_what, body) => {
    fake.answerNext(raw(200, body));
    expect(await send({})).toEqual({ ok: true, platformIds: [], charged: 1 });
  });

  it('is said once when a reply hangs until its time runs out and had arrived', async () => {
    const { http, runOut } = stoppedClient(fake.base);
    fake.giveTokens('hanging');
    fake.answerNext({ kind: 'hang' });
    void fake.waitFor(() => true).then(runOut);
    expect(await send({}, { replyHandle: handle('hanging', 0), http })).toMatchObject({ ok: true });
    expect(fake.sent).toHaveLength(1);
    http.close();
  });

  it('with a token LINE does not know says so', async () => {
    expect(await send({}, { channelToken: 'wrong' })).toMatchObject({
      ok: false,
      class: 'token',
      code: 'line_401',
    });
  });

  interface SendOver {
    replyHandle?: string | null;
    idempotencyKey?: string;
    skipParts?: number;
    signal?: AbortSignal;
    channelToken?: string;
    http?: ReturnType<typeof createHttpClient>;
  }
  let sends = 0;
  function send(
    message: Partial<OutboundMessage>,
    over: SendOver = {},
    conversationId = USER,
  ): Promise<SendResult> {
    sends += 1;
    const { replyHandle = null, channelToken, http, ...context } = over;
    const adapter = createAdapter({
      apiBase: `${fake.base}/`,
      now: () => NOW,
      ...(channelToken !== undefined && { channelToken }),
      ...(http && { http }),
    });
    return adapter.send(
      { conversationId, replyHandle },
      { text: 'Bạn cần gì?', choices: [], language: 'vi', ...message },
      { idempotencyKey: `k${sends}`, skipParts: 0, signal: new AbortController().signal, ...context },
    );
  }
});

describe('the health of the LINE account', () => {
  const away = { kind: 'reset' } as const;
  it.each([
    [
      'is good with a webhook and quota left',
      {},
      [],
      { ok: true, code: 'ok', quota: { limit: 200, used: 10 } },
    ],
    [
      'is good without a limit',
      { quota: { type: 'none' }, used: 999_999 },
      [],
      { ok: true, code: 'ok', quota: { limit: null, used: 999_999 } },
    ],
    [
      'is bad when the token is of another account',
      { userId: USER },
      [],
      { ok: false, code: 'wrong_account' },
    ],
    ['is bad without a webhook', { endpoint: null }, [], { ok: false, code: 'webhook_not_set' }],
    [
      'is bad with a webhook that is switched off',
      { endpoint: { endpoint: 'https://example.org', active: false } },
      [],
      { ok: false, code: 'webhook_not_set' },
    ],
    [
      'is bad when the quota is nearly used up',
      { used: 180 },
      [],
      { ok: false, code: 'quota_low', quota: { limit: 200, used: 180 } },
    ],
    [
      'is bad when the quota is used up',
      { used: 200 },
      [],
      { ok: false, code: 'quota_used_up', quota: { limit: 200, used: 200 } },
    ],
    [
      'is bad with a refused token',
      {},
      Array.from({ length: 4 }, () => lineError(401)),
      { ok: false, code: 'token_refused' },
    ],
    ['is bad when LINE is away', {}, [away, away, away, away], { ok: false, code: 'line_unreachable' }],
    [
      'is bad when something else answers',
      {},
      Array.from({ length: 4 }, () => raw(200, '{"userId":5}')),
      { ok: false, code: 'wrong_account' },
    ],
  ])('%s', async (_what, account, answers, health) => {
    const fake = await startFakeLine();
    fake.setAccount(account);
    fake.answerNext(...answers);
    expect(await createAdapter({ apiBase: fake.base }).health()).toEqual(health);
    await fake.close();
  });

  it('does not ask whose token it is when no destination is configured', async () => {
    const fake = await startFakeLine();
    fake.setAccount({ userId: USER });
    expect(await createAdapter({ apiBase: fake.base, destination: null }).health()).toEqual({
      ok: true,
      code: 'ok',
      quota: { limit: 200, used: 10 },
    });
    await fake.close();
  });
});

describe('a suspended LINE account', () => {
  it('is told to the operator', async () => {
    const logged: unknown[] = [];
    const adapter = createAdapter({ log: { warn: (entry) => logged.push(entry) } });
    const suspended = { type: 'botSuspended', source: undefined };
    const events = readAll(
      buildLineDelivery([buildLineEvent(USER, 1, suspended), buildLineText(USER, 2, 'x')]),
    );
    await adapter.acknowledge?.(events);
    await adapter.acknowledge?.(events.slice(1));
    expect(logged).toEqual([
      { event: 'platform_limits_us', channel: 'line', account: 'default', code: 'bot_suspended' },
    ]);
  });
});

describe('the secrets of the LINE account', () => {
  it('are the token, also as it stands in an address, and the channel secret', () => {
    expect(new Set(createAdapter().secrets)).toEqual(
      new Set([FAKE_ACCOUNT.channelSecret, FAKE_ACCOUNT.channelToken, 'exampleLineToken%2FNotReal%2B0%3D']),
    );
  });
});
