/** The Messenger adapter against a Graph API on loopback that checks every call. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Adapter, InboundEvent, OutboundMessage, SendResult } from '../../../server/channels/adapter.ts';
import { resolveChoiceId } from '../../../server/channels/degrade.ts';
import { createMessengerAdapter, MESSENGER_CAPABILITIES } from '../../../server/channels/messenger.ts';
import { createHttpClient } from '../../../server/http.ts';
import type { FakeHttpAnswer } from '../../support/fake-http.ts';
import {
  buildDelivery,
  buildItem,
  FAKE_PAGE,
  type FakeMessenger,
  graphError,
  signMessenger,
  startFakeMessenger,
} from '../../support/fake-messenger.ts';
import { describeAdapter, type AdapterUnderTest } from './suite.ts';

const PSID = '7001002003004005';
const NOW = new Date('2026-11-22T08:00:00Z');
const fixtures = new URL('fixtures/messenger/', import.meta.url);
const raw = (status: number, body: string, headers = {}): FakeHttpAnswer => ({
  kind: 'raw',
  status,
  body,
  headers,
});

/** title, what the Graph API does, class, wait, code */
const FAILURES = [
  ['a refused token', graphError(190, 463, 401), 'token', null, 'messenger_190_463'],
  ['a token without a subcode', graphError(190), 'token', null, 'messenger_190'],
  ['a closed window', graphError(10, 2018278), 'window', null, 'messenger_10_2018278'],
  ['a closed window, other number', graphError(10, 2534022), 'window', null, 'messenger_10_2534022'],
  ['a person who is not available', graphError(551, 1545041), 'blocked', null, 'messenger_551_1545041'],
  ['a blocked page', graphError(10, 2018108), 'blocked', null, 'messenger_10_2018108'],
  ['an unknown person', graphError(100, 2018001), 'blocked', null, 'messenger_100_2018001'],
  ['a restricted page', graphError(10, 1893063), 'policy', null, 'messenger_10_1893063'],
  ['a policy of the page', graphError(10, 2018065), 'policy', null, 'messenger_10_2018065'],
  ['a policy in a passing code', graphError(2, 2018344), 'policy', null, 'messenger_2_2018344'],
  ['a blocked feature', graphError(368), 'policy', null, 'messenger_368'],
  ['a missing permission', graphError(10), 'permission', null, 'messenger_10'],
  ['a permission of the 200s', graphError(230), 'permission', null, 'messenger_230'],
  ['a missing capability', graphError(3), 'permission', null, 'messenger_3'],
  ['a retired tag', graphError(100), 'invalid', null, 'messenger_100'],
  ['a picture too large', graphError(36000), 'invalid', null, 'messenger_36000'],
  ['too many calls', graphError(613, undefined, 400), 'rate', null, 'messenger_613'],
  ['too many calls of the app', graphError(4), 'rate', null, 'messenger_4'],
  ['too many calls of the page', graphError(32), 'rate', null, 'messenger_32'],
  ['too many calls of the business', graphError(80004), 'rate', null, 'messenger_80004'],
  [
    '429 with a time to wait',
    graphError(17, undefined, 429, { 'retry-after': '35' }),
    'rate',
    35_000,
    'messenger_17',
  ],
  [
    '429 without an error object',
    raw(429, '{}', { 'retry-after': '7' }),
    'rate',
    7000,
    'messenger_status_429',
  ],
  [
    '429 with a senseless time to wait',
    raw(429, '{}', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }),
    'rate',
    null,
    'messenger_status_429',
  ],
  ['an unknown mistake', graphError(1), 'retry', null, 'messenger_1'],
  ['a passing mistake', graphError(2, undefined, 500), 'retry', null, 'messenger_2'],
  ['another passing mistake', graphError(1200, undefined, 500), 'retry', null, 'messenger_1200'],
  ['a mistake below zero', graphError(-1, undefined, 500), 'retry', null, 'messenger_-1'],
  ['an unknown code in a 400', graphError(987654), 'invalid', null, 'messenger_987654'],
  ['an unknown code in a 503', graphError(987654, undefined, 503), 'retry', null, 'messenger_987654'],
  ['an error of wrong types', raw(400, '{"error":{"code":"190"}}'), 'invalid', null, 'messenger_status_400'],
  ['an error in a 200', raw(200, '{"error":"no"}'), 'retry', null, 'messenger_status_200'],
  ['401 without an error object', raw(401, '{}'), 'token', null, 'messenger_status_401'],
  ['a 502 in HTML', raw(502, '<html></html>'), 'retry', null, 'messenger_not_json_502'],
  ['a 200 in HTML', raw(200, '<html></html>'), 'retry', null, 'messenger_not_json_200'],
  ['JSON that is no answer', raw(200, '[1]'), 'retry', null, 'messenger_not_json_200'],
  ['an answer cut short', raw(200, '{"message_id":"m_'), 'retry', null, 'messenger_not_json_200'],
  ['a redirect', raw(302, '', { location: 'https://example.org' }), 'retry', null, 'messenger_redirect'],
  ['an answer of 10 MB', raw(200, `"${'x'.repeat(10_000_000)}"`), 'retry', null, 'messenger_too_large'],
  ['a broken connection', { kind: 'reset' }, 'retry', null, 'messenger_unreachable'],
  ['no answer in time', { kind: 'hang' }, 'retry', null, 'messenger_timeout'],
] as const;

describeAdapter({
  channel: 'messenger',
  fixtures,
  failureTitles: FAILURES.map(([title]) => title),
  sign: signMessenger,
  start: startUnderTest,
});

async function startUnderTest(): Promise<AdapterUnderTest> {
  const fake = await startFakeMessenger();
  const timers = new Set<() => void>();
  const http = createHttpClient({
    allowedBases: [fake.base],
    startTimer: (_ms, fire) => {
      timers.add(fire);
      return () => timers.delete(fire);
    },
  });
  const logged: string[] = [];
  const log = { warn: (entry: unknown) => logged.push(JSON.stringify(entry)) };
  const adapter = createMessengerAdapter({
    account: 'default',
    ...FAKE_PAGE,
    graphBase: fake.base,
    http,
    log,
  });
  const arrange = (answer: FakeHttpAnswer) => {
    fake.answerNext(answer);
    if (answer.kind !== 'hang') return;
    void fake
      .waitFor(() => true, fake.calls.length)
      .then(() => {
        for (const fire of timers) fire();
      });
  };
  return {
    adapter,
    conversationId: PSID,
    readLog: () => logged.join('\n'),
    readSent: () => {
      expect(fake.calls.flatMap(({ problems }) => problems)).toEqual([]);
      return fake.sent.map(({ body }) => ({
        text: body.message.text,
        labels: body.message.quick_replies?.map(({ title }) => title) ?? [],
        payloads: body.message.quick_replies?.map(({ payload }) => payload) ?? [],
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

function createAdapter(over: Partial<Parameters<typeof createMessengerAdapter>[0]> = {}): Adapter {
  return createMessengerAdapter({ account: 'default', ...FAKE_PAGE, ...over });
}

function readAll(body: object, account = 'default'): readonly InboundEvent[] {
  const result = createAdapter({ account }).parse(Buffer.from(JSON.stringify(body)), NOW);
  if (result.kind === 'not_json') throw new Error('not JSON');
  return result.events;
}

function read(fields: object, list = 'messaging'): InboundEvent {
  const [event] = readAll(buildDelivery([buildItem(PSID, fields)], list));
  if (event === undefined) throw new Error('no event');
  return event;
}

describe('a delivery from Messenger', () => {
  it.each([
    ['no JSON object', 'null'],
    ['another object', '{"object":"instagram","entry":[{"messaging":[{}]}]}'],
    ['no entries', '{"object":"page"}'],
    ['entries that are no list', '{"object":"page","entry":{}}'],
    [
      'entries of wrong shape',
      '{"object":"page","entry":[null,5,{"messaging":5},{"changes":[{"field":"feed"}]}]}',
    ],
  ])('with %s has no events', (_what, body) => {
    expect(createAdapter().parse(Buffer.from(body), NOW)).toEqual({ kind: 'events', events: [] });
  });

  it('keeps what is readable beside what is not', () => {
    const good = buildItem(PSID, { message: { mid: 'm_1', text: 'cứu em' } });
    const events = readAll({ object: 'page', entry: [null, { messaging: [null, 5, good] }] });
    expect(events.map(({ kind, text }) => [kind, text])).toEqual([
      ['ignored', ''],
      ['ignored', ''],
      ['message', 'cứu em'],
    ]);
  });

  it('reads 50 events in one body, in order, each with its own key', () => {
    const items = Array.from({ length: 50 }, (_, index) =>
      buildItem(String(7000 + (index % 7)), { message: { mid: `m_${index}`, text: `${index}` } }),
    );
    const events = readAll(buildDelivery(items));
    expect(events.map(({ text }) => text)).toEqual(items.map((_, index) => String(index)));
    expect(new Set(events.map(({ dedupeKey }) => dedupeKey)).size).toBe(50);
  });

  it('keeps a text of 10,000 characters whole', () => {
    const text = 'ă'.repeat(10_000);
    expect(read({ message: { mid: 'm_1', text } }).text).toBe(text);
  });

  it.each([
    [
      'a file',
      { type: 'file', payload: { url: 'https://cdn.example.org/f?oh=secret' } },
      { type: 'file', ref: null },
    ],
    ['a video', { type: 'video', payload: {} }, { type: 'video' }],
    [
      'a place',
      { type: 'location', payload: { coordinates: { lat: 10.5, long: 106.5 } } },
      { type: 'location', latitude: 10.5, longitude: 106.5 },
    ],
    [
      'a place outside the globe',
      { type: 'location', payload: { coordinates: { lat: 91, long: 0 } } },
      { type: 'location', latitude: null },
    ],
    ['a link without payload', { type: 'fallback', payload: null }, { type: 'link' }],
    ['a shared post', { type: 'post', payload: { url: 'https://example.org' } }, { type: 'link' }],
    ['a sticker of the old kind', { type: 'image', payload: { sticker_id: 369 } }, { type: 'sticker' }],
    ['a template', { type: 'template', payload: {} }, { type: 'unsupported' }],
    ['a kind yet unknown', { type: 'hologram' }, { type: 'unsupported' }],
    ['nonsense', 5, { type: 'unsupported' }],
  ])('of %s has that attachment and may be answered', (_what, attachment, expected) => {
    const event = read({ message: { mid: 'm_1', attachments: [attachment] } });
    expect(event).toMatchObject({ kind: 'message', botMayReply: true, opensWindow: true });
    expect(event.attachments).toEqual([expect.objectContaining(expected)]);
  });

  it('of something that reaches us as neither text nor file is answered honestly', () => {
    expect(read({ message: { mid: 'm_1', is_unsupported: true } })).toMatchObject({
      kind: 'message',
      attachments: [{ type: 'unsupported' }],
      botMayReply: true,
    });
  });

  it.each([
    ['a reaction', { reaction: { reaction: 'love', action: 'react', mid: 'm_1' } }, 'reaction'],
    ['an edit', { message_edit: { mid: 'm_1', text: 'mới', num_edit: 1 } }, 'edit'],
    ['a message taken back', { message: { mid: 'm_1', is_deleted: true } }, 'unsend'],
    ['a receipt', { delivery: { watermark: 1 } }, 'delivered'],
    ['an opt-in', { optin: { ref: 'poster' } }, 'referral'],
    [
      'a wish for the conversation',
      { request_thread_control: { requested_owner_app_id: 263902037430900 } },
      'handover',
    ],
    ['a change of roles', { app_roles: { 1: ['primary_receiver'] } }, 'ignored'],
    ['a message of wrong shape', { message: 'chào' }, 'ignored'],
    ['an empty message', { message: {} }, 'ignored'],
    ['something yet unknown', { brand_new: {} }, 'ignored'],
  ])('of %s is never answered', (_what, fields, kind) => {
    expect(read(fields)).toMatchObject({
      kind,
      botMayReply: false,
      opensWindow: false,
      conversationId: PSID,
    });
  });

  it.each([
    ['a message', { message: { mid: 'm_1', text: 'có ai không?' } }, 'message'],
    ['a button', { postback: { mid: 'm_2', payload: 'x', title: 'X' } }, 'postback'],
    ['a Get Started', { postback: { mid: 'm_3', payload: 'GET_STARTED' } }, 'start'],
    ['a link', { referral: { ref: 'r' } }, 'referral'],
  ])(
    'to another program that has the conversation (standby) is kept and not answered: %s',
    (_what, fields, kind) => {
      expect(read(fields, 'standby')).toMatchObject({ kind, botMayReply: false });
      expect(read(fields)).toMatchObject({ kind, botMayReply: true });
    },
  );

  it('edits twice the same message under two keys, and neither under that of the message', () => {
    const keys = ['a', 'b'].map((text) => read({ message_edit: { mid: 'm_1', text } }).dedupeKey);
    expect(new Set([...keys, read({ message: { mid: 'm_1', text: 'c' } }).dedupeKey]).size).toBe(3);
  });

  it('sees the person where a receipt has page and person swapped', () => {
    const item = {
      sender: { id: FAKE_PAGE.pageId },
      recipient: { id: PSID },
      timestamp: 1,
      read: { watermark: 1 },
    };
    expect(readAll(buildDelivery([item]))).toMatchObject([
      { kind: 'read', conversationId: PSID, senderId: PSID },
    ]);
  });

  it('does not answer for a page that is not ours', () => {
    const item = {
      sender: { id: PSID },
      recipient: { id: '999' },
      timestamp: 1,
      message: { mid: 'm', text: 'x' },
    };
    expect(readAll(buildDelivery([item]))).toMatchObject([
      { kind: 'ignored', conversationId: '', botMayReply: false },
    ]);
  });

  it('keeps the ids of people out of keys', () => {
    const keys = [{ referral: { ref: 'r' } }, { read: { watermark: 1 } }, { postback: { payload: 'x' } }].map(
      (fields) => read(fields).dedupeKey,
    );
    expect(keys.join()).not.toContain(PSID);
  });

  it('to a second page of ours has its own key', () => {
    const body = buildDelivery([buildItem(PSID, { message: { mid: 'm_1', text: 'x' } })]);
    expect(readAll(body, 'second')[0]?.dedupeKey).toBe('messenger:second:m_1');
  });

  it.each([
    [1790000000000, '2026-09-21T14:13:20.000Z'],
    [1790000000, '2026-09-21T14:13:20.000Z'],
    [0, null],
    [1e16, null],
    ['1790000000000', null],
  ])('with the time %j was sent at %j', (timestamp, expected) => {
    const item = { ...buildItem(PSID, { message: { mid: 'm_1', text: 'x' } }), timestamp };
    expect(readAll(buildDelivery([item]))[0]?.sentAt?.toISOString() ?? null).toBe(expected);
  });
});

describe('an echo from Messenger', () => {
  const echo = (fields: object, from: string = FAKE_PAGE.pageId, is_echo: boolean | null = true) =>
    readAll(
      buildDelivery([
        {
          sender: { id: from },
          recipient: { id: PSID },
          timestamp: 1,
          message: { mid: 'm_1', text: 'Chào', is_echo, ...fields },
        },
      ]),
    )[0];

  it.each([
    ['our app as a number', { app_id: 550066007700880 }, 'us'],
    ['our app as a string', { app_id: FAKE_PAGE.appId }, 'us'],
    ['no app and our mark', { metadata: 'hoi-truoc' }, 'us'],
    ['the page inbox', { app_id: 263902037430900 }, 'inbox'],
    ['no app and no mark', {}, 'unnamed'],
    ['another app', { app_id: 1 }, 'other'],
    ['another app that copied our mark', { app_id: 1, metadata: 'hoi-truoc' }, 'other'],
  ])('with %s says whose hand it is', (_what, fields, party) => {
    expect(echo(fields)).toMatchObject({
      kind: 'echo',
      conversationId: PSID,
      senderId: FAKE_PAGE.pageId,
      botMayReply: false,
      opensWindow: false,
      party,
    });
  });

  it('is one also without the flag, so that we never answer ourselves', () => {
    expect(echo({}, FAKE_PAGE.pageId, null)).toMatchObject({ kind: 'echo', botMayReply: false });
  });
});

describe('thread control in Messenger', () => {
  const inbox = '263902037430900';
  it.each([
    ['passed to the inbox', { pass_thread_control: { new_owner_app_id: inbox } }, 'inbox'],
    ['passed to us, as a number', { pass_thread_control: { new_owner_app_id: 550066007700880 } }, 'us'],
    ['passed to another app', { pass_thread_control: { new_owner_app_id: '1' } }, 'other'],
    [
      'passed on by us, not told to whom',
      { pass_thread_control: { previous_owner_app_id: FAKE_PAGE.appId } },
      'other',
    ],
    [
      'passed on by the inbox, not told to whom',
      { pass_thread_control: { previous_owner_app_id: inbox } },
      null,
    ],
    ['taken from us', { take_thread_control: { previous_owner_app_id: 550066007700880 } }, 'other'],
    ['taken by the inbox', { take_thread_control: { new_owner_app_id: inbox } }, 'inbox'],
    ['asked for', { request_thread_control: { requested_owner_app_id: inbox } }, null],
    ['passed, with nothing told', { pass_thread_control: {} }, null],
  ])('%s', (_what, fields, party) => {
    expect(read(fields)).toMatchObject({ kind: 'handover', party, conversationId: PSID, botMayReply: false });
    expect(read(fields, 'messaging_handovers')).toMatchObject({ kind: 'handover', party });
  });
});

describe('the signature of a delivery', () => {
  const body = Buffer.from('{"object":"page","entry":[]}');
  const good = signMessenger(body)['X-Hub-Signature-256'];
  it.each([
    ['right', good, 'ok'],
    ['right, in capitals', `sha256=${good.slice(7).toUpperCase()}`, 'ok'],
    ['absent', undefined, 'missing'],
    ['empty', '', 'missing'],
    ['cut short', good.slice(0, -2), 'invalid'],
    ['too long', `${good}00`, 'invalid'],
    ['of another kind', good.replace('sha256', 'sha1'), 'invalid'],
    ['not hexadecimal', `sha256=${'z'.repeat(64)}`, 'invalid'],
    ['of other bytes', signMessenger('{}')['X-Hub-Signature-256'], 'invalid'],
    ['there twice', [good, good], 'invalid'],
  ])('that is %s', (_what, header, verification) => {
    const headers = header === undefined ? {} : { 'x-hub-signature-256': header };
    expect(createAdapter().verify(headers, body)).toBe(verification);
  });

  it('is worth nothing under an empty secret', () => {
    const forged = `sha256=${createHmac('sha256', '').update(body).digest('hex')}`;
    const adapter = createAdapter({ appSecret: '' });
    expect(adapter.verify({ 'x-hub-signature-256': forged }, body)).toBe('invalid');
  });
});

describe('the handshake', () => {
  const HandshakesSchema = z.object({
    verifyHandshake: z.array(
      z.object({ query: z.string(), status: z.number(), body: z.string().default('') }),
    ),
  });
  const recorded = HandshakesSchema.parse(
    JSON.parse(readFileSync(new URL('signature-examples.json', fixtures), 'utf8')),
  ).verifyHandshake;

  it.each([
    ...recorded,
    {
      query: 'hub.mode=unsubscribe&hub.verify_token=example-verify-token&hub.challenge=1',
      status: 403,
      body: '',
    },
    { query: 'hub.mode=subscribe&hub.verify_token=example-verify-token', status: 403, body: '' },
    { query: 'hub.mode=subscribe&hub.verify_token=&hub.challenge=1', status: 403, body: '' },
  ])('$query is answered with $status', ({ query, status, body }) => {
    expect(createAdapter().handshake?.(Object.fromEntries(new URLSearchParams(query)))).toEqual({
      status,
      body,
    });
  });

  it('is refused while no token is chosen', () => {
    const query = { 'hub.mode': 'subscribe', 'hub.verify_token': '', 'hub.challenge': '1' };
    expect(createAdapter({ verifyToken: '' }).handshake?.(query).status).toBe(403);
  });
});

describe('a message to Messenger', () => {
  let fake: FakeMessenger;
  beforeAll(async () => {
    fake = await startFakeMessenger();
  });
  afterAll(() => fake.close());
  afterEach(() => {
    fake.calls.length = 0;
    fake.sent.length = 0;
  });

  it('goes out as an answer, as written, with the proof of the app', async () => {
    expect(await send({ text: '*111* <b> _x_ example.org' })).toEqual({
      ok: true,
      platformIds: ['m_sent_1'],
    });
    expect(fake.calls).toMatchObject([
      {
        method: 'POST',
        path: '/v26.0/110022003300440/messages',
        problems: [],
        body: {
          recipient: { id: PSID },
          messaging_type: 'RESPONSE',
          message: { text: '*111* <b> _x_ example.org', metadata: 'hoi-truoc' },
        },
      },
    ]);
  });

  it("after the window, as a counsellor's own words", async () => {
    expect(await send({}, { outsideWindow: true })).toMatchObject({ ok: true });
    expect(fake.sent[0]?.body).toMatchObject({ messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' });
  });

  it('shows up to 13 choices as quick replies, more of them as a numbered list', async () => {
    const choices = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ id: `c${index}`, label: `Chọn ${index}` }));
    await send({ choices: choices(13) });
    await send({ choices: choices(14) });
    expect(fake.sent[0]?.body.message.quick_replies).toHaveLength(13);
    expect(fake.sent[0]?.body.message.quick_replies?.[1]).toEqual({
      content_type: 'text',
      title: 'Chọn 1',
      payload: 'c1',
    });
    expect(fake.sent[1]?.body.message).not.toHaveProperty('quick_replies');
    expect(fake.sent[1]?.body.message.text).toContain('14. Chọn 13');
    expect(fake.calls.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('carries a long choice id as a short one that leads back to it', async () => {
    const choices = [{ id: `menu.${'đ'.repeat(600)}`, label: 'A' }];
    await send({ choices });
    const payload = fake.sent[0]?.body.message.quick_replies?.[0]?.payload ?? '';
    expect(resolveChoiceId(payload, choices, MESSENGER_CAPABILITIES.maxChoicePayloadBytes)).toBe(
      choices[0]?.id,
    );
  });

  it('with half a character still goes out', async () => {
    expect(await send({ text: 'a\uD83D b' })).toMatchObject({ ok: true });
    expect(fake.sent[0]?.body.message.text).toBe('a\uFFFD b');
  });

  it('tells how many parts went out before a failure', async () => {
    fake.beforeAnswer(() => {
      if (fake.sent.length === 2) fake.answerNext(graphError(4, undefined, 400, { 'retry-after': '3' }));
      return Promise.resolve();
    });
    const result = await send({ text: 'A. '.repeat(3000) });
    fake.beforeAnswer(() => Promise.resolve());
    expect(result).toEqual({
      ok: false,
      class: 'rate',
      retryAfterMs: 3000,
      sentParts: 2,
      code: 'messenger_4',
    });
  });

  it('is not sent to anything but a page-scoped id', async () => {
    for (const target of ['', 'me', '12/../me', '1e3', '-5']) {
      expect(await send({}, {}, target)).toMatchObject({
        ok: false,
        class: 'invalid',
        code: 'messenger_bad_target',
      });
    }
    expect(fake.calls).toEqual([]);
  });

  it('is given up when the caller gives up', async () => {
    const controller = new AbortController();
    fake.answerNext({ kind: 'hang' });
    void fake.waitFor(() => true).then(() => controller.abort());
    expect(await send({}, { signal: controller.signal })).toMatchObject({
      class: 'retry',
      code: 'messenger_aborted',
    });
  });

  it.each([
    ['no id', '{}'],
    ['an id of a wrong type', '{"message_id":5,"recipient_id":[]}'],
  ])('whose answer has %s counts as sent', async (_what, body) => {
    fake.answerNext(raw(200, body));
    expect(await send({})).toEqual({ ok: true, platformIds: [] });
  });

  it('is known as ours from its echo, even when that comes before the answer', async () => {
    const echoes: (readonly InboundEvent[])[] = [];
    fake.beforeAnswer((echo) => {
      echoes.push(readAll(echo));
      return Promise.resolve();
    });
    const result = await send({});
    fake.beforeAnswer(() => Promise.resolve());
    expect(result).toEqual({ ok: true, platformIds: ['m_sent_1'] });
    expect(echoes).toMatchObject([
      [{ kind: 'echo', party: 'us', messageId: 'm_sent_1', botMayReply: false }],
    ]);
  });

  it('goes to the version of the Graph API that the base address names', async () => {
    await send({}, {}, PSID, { graphBase: `${fake.base}/v27.0/` });
    expect(fake.calls[0]?.path).toBe('/v27.0/110022003300440/messages');
  });

  it('with a token Meta does not know says so', async () => {
    expect(await send({}, {}, PSID, { pageToken: 'EAAwrong' })).toMatchObject({ ok: false, class: 'token' });
  });

  function send(
    message: Partial<OutboundMessage>,
    context: { outsideWindow?: boolean; signal?: AbortSignal } = {},
    conversationId = PSID,
    options: { graphBase?: string; pageToken?: string } = {},
  ): Promise<SendResult> {
    return createAdapter({ graphBase: fake.base, ...options }).send(
      { conversationId, replyHandle: null },
      { text: 'Bạn cần gì?', choices: [], language: 'vi', ...message },
      { idempotencyKey: 'k', skipParts: 0, signal: new AbortController().signal, ...context },
    );
  }
});

describe('the health of the page', () => {
  const ours = { id: FAKE_PAGE.appId, subscribed_fields: ['messages'] };
  it.each([
    ['is good when the page is ours and delivers messages to us', {}, [], { ok: true, code: 'ok' }],
    ['is bad when the token is of another page', { id: '1' }, [], { ok: false, code: 'wrong_page' }],
    ['is bad without a subscription', { subscriptions: [] }, [], { ok: false, code: 'webhook_not_set' }],
    [
      'is bad when messages are not among what is delivered',
      { subscriptions: [{ ...ours, subscribed_fields: ['feed'] }, null] },
      [],
      { ok: false, code: 'webhook_not_set' },
    ],
    [
      'is bad when another app has the messages',
      { subscriptions: [{ ...ours, id: '1' }] },
      [],
      { ok: false, code: 'webhook_not_set' },
    ],
    ['is bad with a refused token', {}, [graphError(190)], { ok: false, code: 'token_refused' }],
    [
      'is bad when Meta is away',
      {},
      [{ kind: 'reset' } as const],
      { ok: false, code: 'messenger_unreachable' },
    ],
    [
      'is bad when something else answers',
      {},
      [raw(200, '{"id":5}'), raw(200, '{"id":5}')],
      { ok: false, code: 'wrong_page' },
    ],
  ])('%s', async (_what, page, answers, health) => {
    const fake = await startFakeMessenger();
    fake.setPage(page);
    fake.answerNext(...answers);
    expect(await createAdapter({ graphBase: fake.base }).health()).toEqual(health);
    await fake.close();
  });
});

describe('what Meta limits', () => {
  it('is told to the operator, without a reason', async () => {
    const logged: unknown[] = [];
    const adapter = createAdapter({ log: { warn: (entry) => logged.push(entry) } });
    const items = [
      {
        recipient: { id: FAKE_PAGE.pageId },
        timestamp: 1,
        'policy-enforcement': { action: 'block', reason: 'x' },
      },
      buildItem(PSID, { message: { mid: 'm_1', text: 'x' } }),
    ];
    const events = readAll(buildDelivery(items));
    expect(events[0]).toMatchObject({ kind: 'ignored', botMayReply: false });
    await adapter.acknowledge?.(events);
    await adapter.acknowledge?.(events.slice(1));
    expect(logged).toEqual([
      { event: 'platform_limits_us', channel: 'messenger', account: 'default', code: 'policy_enforcement' },
    ]);
  });
});

describe('the secrets of the page', () => {
  it('are token, app secret, verify token and proof, also as they stand in an address', () => {
    const { secrets } = createAdapter();
    expect(secrets).toEqual(
      expect.arrayContaining([
        'EAAExample/Token+NotReal==',
        'EAAExample%2FToken%2BNotReal%3D%3D',
        'example-app-secret-not-real',
        'example-verify-token',
        expect.stringMatching(/^[0-9a-f]{64}$/),
      ]),
    );
  });
});
