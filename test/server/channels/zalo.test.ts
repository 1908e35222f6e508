/** The Zalo adapter against a Zalo on loopback that checks every call. */
import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Adapter, InboundEvent, OutboundMessage, SendResult } from '../../../server/channels/adapter.ts';
import type { TokenResult, TokenSource } from '../../../server/channels/token-source.ts';
import { createZaloAdapter, ZALO_CAPABILITIES } from '../../../server/channels/zalo.ts';
import { buildTapPayload, readTapPayload } from '../../../server/channels/zalo-parse.ts';
import { createHttpClient, type HttpClient } from '../../../server/http.ts';
import { answerJson, startPlatforms } from '../../support/platforms/server.ts';
import type { PlatformAnswer, Platforms } from '../../support/platforms/server.ts';
import { buildZaloText, createZaloFace, FAKE_ZALO, refuse, signZalo } from '../../support/platforms/zalo.ts';
import type { ZaloFace } from '../../support/platforms/zalo.ts';
import { describeAdapter, type AdapterUnderTest } from './suite.ts';

const PERSON = '7012345678901234567';
const NOW = new Date('2026-11-22T08:00:00Z');

const html = (status: number): PlatformAnswer => answerJson(status, '<html><title>proxy</title></html>');

/** title, what Zalo does, class, wait, code */
const FAILURES = [
  ...(
    [
      [32, 'rate', 60_000],
      [216, 'token', null],
      [220, 'token', null],
      [124, 'token', null],
      [230, 'window', null],
      [232, 'window', null],
      [234, 'window', null],
      [213, 'blocked', null],
      [217, 'blocked', null],
      [227, 'blocked', null],
      [244, 'blocked', null],
      [211, 'quota', null],
      [218, 'quota', null],
      [321, 'quota', null],
      [204, 'permission', null],
      [205, 'permission', null],
      [209, 'permission', null],
      [212, 'permission', null],
      [219, 'permission', null],
      [221, 'permission', null],
      [223, 'permission', null],
      [224, 'permission', null],
      [242, 'permission', null],
      [320, 'permission', null],
      [100, 'media', null],
      [201, 'invalid', null],
      [210, 'invalid', null],
      [233, 'invalid', null],
      [235, 'invalid', null],
      [237, 'invalid', null],
      [240, 'invalid', null],
      [248, 'invalid', null],
      [249, 'invalid', null],
      [403, 'invalid', null],
      [200, 'retry', null],
      [99_999, 'retry', null],
    ] as const
  ).map(
    ([number, failureClass, waitMs]) =>
      [`error -${number}`, refuse(number), failureClass, waitMs, `zalo_${number}`] as const,
  ),
  ['an error as a string', answerJson(200, { error: '-230' }), 'window', null, 'zalo_230'],
  ['an error with HTTP 400', answerJson(400, { error: -201 }), 'invalid', null, 'zalo_201'],
  ['success with HTTP 500', answerJson(500, { error: 0 }), 'retry', null, 'zalo_status_500'],
  ['a 502 in HTML', html(502), 'retry', null, 'zalo_not_json_502'],
  ['a 200 in HTML', html(200), 'retry', null, 'zalo_not_json_200'],
  ['a 429 in HTML', html(429), 'rate', 60_000, 'zalo_not_json_429'],
  ['an answer cut short', answerJson(200, '{"error":0,"da'), 'retry', null, 'zalo_not_json_200'],
  ['JSON that is no answer', answerJson(200, 'null'), 'retry', null, 'zalo_not_json_200'],
  ['an error that is no number', answerJson(200, { error: {} }), 'retry', null, 'zalo_not_json_200'],
  ['an answer without error', answerJson(200, { message: 'Success' }), 'retry', null, 'zalo_not_json_200'],
  ['a redirect', answerJson(302, ''), 'retry', null, 'zalo_redirect'],
  [
    'an answer of 10 MB',
    answerJson(200, { error: 0, message: 'x'.repeat(10_000_000) }),
    'retry',
    null,
    'zalo_too_large',
  ],
  ['a broken connection', { kind: 'reset' }, 'retry', null, 'zalo_unreachable'],
  ['no answer in time', { kind: 'hang' }, 'retry', null, 'zalo_timeout'],
] as const satisfies readonly (readonly [string, PlatformAnswer, ...unknown[]])[];

describeAdapter({
  channel: 'zalo',
  fixtures: new URL('fixtures/zalo/', import.meta.url),
  failureTitles: FAILURES.map(([title]) => title),
  start: startUnderTest,
  sign: signZalo,
  ownEchoIsUnnamed: true,
});

interface Standing {
  face: ZaloFace;
  platforms: Platforms;
  adapter: Adapter;
  logged: string[];
  close: () => Promise<void>;
}

/** A source of tokens without a store: the newest one, always the same. */
function fixedTokens(token: () => string, over: Partial<TokenSource> = {}): TokenSource {
  const give = (generation: number): Promise<TokenResult> =>
    Promise.resolve({ ok: true, access: { token: token(), generation } });
  return {
    get: () => give(1),
    replace: ({ generation }) => give(generation + 1),
    keepFresh: () => Promise.resolve(),
    settle: () => Promise.resolve(),
    health: () => Promise.resolve({ ok: true, code: 'ok' }),
    ...over,
  };
}

async function stand(
  parts: { startTimer?: (ms: number, fire: () => void) => () => void; tokens?: Partial<TokenSource> } = {},
): Promise<Standing> {
  const face = createZaloFace({ now: () => NOW });
  const platforms = await startPlatforms([face]);
  const { startTimer } = parts;
  const http = createHttpClient({
    allowedBases: [platforms.base('zalo')],
    ...(startTimer && { startTimer }),
  });
  const token = await obtainToken(http, platforms.base('zalo'), face);
  face.touch(PERSON, NOW);
  const logged: string[] = [];
  const adapter = createZaloAdapter({
    account: 'default',
    ...FAKE_ZALO,
    otherSecrets: [FAKE_ZALO.appSecret],
    tokens: fixedTokens(() => token, parts.tokens),
    apiBase: platforms.base('zalo'),
    http,
    log: { warn: (entry) => logged.push(JSON.stringify(entry)) },
  });
  const close = async (): Promise<void> => {
    http.close();
    await platforms.close();
  };
  return { face, platforms, adapter, logged, close };
}

async function obtainToken(http: HttpClient, base: string, face: ZaloFace): Promise<string> {
  const form = {
    app_id: FAKE_ZALO.appId,
    grant_type: 'refresh_token',
    refresh_token: face.issueRefreshToken(),
  };
  await http.request({
    method: 'POST',
    url: `${base}/v4/oa/access_token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', secret_key: FAKE_ZALO.appSecret },
    body: new URLSearchParams(form).toString(),
  });
  return face.allTokens().findLast((one) => one.includes('access')) ?? '';
}

async function startUnderTest(): Promise<AdapterUnderTest> {
  const timers = new Set<() => void>();
  const { face, platforms, adapter, logged, close } = await stand({
    startTimer: (_ms, fire) => {
      timers.add(fire);
      return () => timers.delete(fire);
    },
  });
  const arrange = (answer: PlatformAnswer) => {
    // a refused token is replaced and tried once more: both calls end the same way
    face.messages.answerWhen(() => answer);
    if (answer.kind !== 'hang') return;
    void platforms
      .waitFor(({ path }) => path.endsWith('/cs'), platforms.calls.length)
      .then(() => {
        for (const fire of timers) fire();
      });
  };
  return {
    adapter,
    conversationId: PERSON,
    readLog: () => logged.join('\n'),
    readSent: () => {
      expect(face.problems()).toEqual([]);
      return face.sent.map(({ text, buttons }) => ({
        text,
        labels: buttons.map(({ title }) => title),
        payloads: buttons.map(({ payload }) => payload),
      }));
    },
    failures: FAILURES.map(([title, answer, failureClass, retryAfterMs, code]) => ({
      title,
      arrange: () => arrange(answer),
      class: failureClass,
      retryAfterMs,
      code,
    })),
    close,
  };
}

describe('a webhook of Zalo', () => {
  const text = (fields: object, over: object = {}) => ({
    event_name: 'user_send_text',
    sender: { id: PERSON },
    recipient: { id: FAKE_ZALO.oaId },
    message: { msg_id: 'm1', ...fields },
    timestamp: '1790000000000',
    ...over,
  });

  it.each([
    ['a tap', buildTapPayload('welcome.menu.check'), 'postback', 'welcome.menu.check'],
    ['a tap with a choice in Vietnamese', buildTapPayload('đi làm/xa %'), 'postback', 'đi làm/xa %'],
    ['a campaign code', '#poster2026', 'message', null],
    ['our mark with words after it', '#ht:cứu em với', 'message', null],
    ['our mark alone', '#ht:', 'message', null],
    ['our mark in a sentence', 'mã #ht:yes ạ', 'message', null],
    ['broken encoding', '#ht:%E0%A4', 'message', null],
  ])('whose text is %s (%j) is a %s', (_what, given, kind, payload) => {
    expect(read(text({ text: given }))).toMatchObject({ kind, payload, text: given, botMayReply: true });
  });

  it.each([
    ['gif', 'image'],
    ['video', 'video'],
    ['audio', 'voice'],
    ['hologram', 'unsupported'],
  ])('with an attachment of type %s has one of type %s', (type, expected) => {
    const event = read(
      text(
        { attachments: [{ type, payload: { url: 'https://example.org/x' } }] },
        { event_name: `user_send_${type}` },
      ),
    );
    expect(event).toMatchObject({ kind: 'message', botMayReply: true });
    expect(event.attachments).toEqual([expect.objectContaining({ type: expected, ref: null })]);
  });

  it('takes a business card for a contact, and keeps nothing of what is on it', () => {
    const card = {
      type: 'link',
      payload: { description: '{"phone":"84900000000"}', url: 'https://example.org' },
    };
    const event = read(text({ attachments: [card] }, { event_name: 'user_send_business_card' }));
    expect(event.attachments).toEqual([expect.objectContaining({ type: 'contact' })]);
    expect(JSON.stringify(event)).not.toMatch(/84900000000|example\.org/);
  });

  it('reads attachments that stand beside the message', () => {
    const event = read(
      text({}, { event_name: 'user_send_image', attachments: [{ type: 'image', payload: {} }] }),
    );
    expect(event.attachments).toEqual([expect.objectContaining({ type: 'image' })]);
  });

  it('of a kind yet unknown with nothing readable still deserves an answer', () => {
    expect(read(text({}, { event_name: 'user_send_dream' }))).toMatchObject({
      kind: 'message',
      botMayReply: true,
      attachments: [{ type: 'unsupported' }],
    });
  });

  it.each([
    ['outside the globe', { latitude: '91.0', longitude: '0.0' }],
    ['in words', { latitude: 'north', longitude: 'east' }],
    ['half', { latitude: '21.0' }],
  ])('with a place %s has none', (_what, coordinates) => {
    const event = read(
      text(
        { attachments: [{ type: 'location', payload: { coordinates } }] },
        { event_name: 'user_send_location' },
      ),
    );
    expect(event.attachments).toEqual([expect.objectContaining({ type: 'location', latitude: null })]);
  });

  it.each([
    ['"1790000000000"', new Date(1_790_000_000_000)],
    ['1790000000000', new Date(1_790_000_000_000)],
    // as in the documented sample
    ['"154390853474"', new Date(154_390_853_474)],
    ['"soon"', null],
    ['-1', null],
    ['0', null],
    ['1e300', null],
    ['{}', null],
  ])('with the time %s', (timestamp, sentAt) => {
    const raw = JSON.stringify(text({ text: 'a' })).replace('"1790000000000"', timestamp);
    expect(readRaw(raw)).toMatchObject({ kind: 'message', sentAt });
  });

  it('with an id as a number has none: its last digits are already lost', () => {
    const raw = JSON.stringify(text({ text: 'a' })).replace(`"${PERSON}"`, PERSON);
    expect(readRaw(raw)).toMatchObject({ kind: 'ignored', conversationId: '', botMayReply: false });
  });

  const others: [string, object, string][] = [
    ['a person to another account', text({ text: 'a' }, { recipient: { id: '1' } }), 'ignored'],
    ['another account to a person', text({ text: 'a' }, { event_name: 'oa_send_text' }), 'ignored'],
    ['a visitor without a name', text({ text: 'a' }, { event_name: 'anonymous_send_text' }), 'ignored'],
    ['a group', text({ text: 'a' }, { event_name: 'user_send_group_text' }), 'ignored'],
    ['a button by another project', text({}, { event_name: 'user_click_button' }), 'ignored'],
    [
      'somebody who wants data deleted',
      { event_name: 'user_withdraw', oa_id: FAKE_ZALO.oaId, user_id: PERSON },
      'ignored',
    ],
    [
      'a follower of another account',
      { event_name: 'follow', oa_id: '1', follower: { id: PERSON } },
      'ignored',
    ],
    ['a reaction', text({ react_icon: '/-heart' }, { event_name: 'user_reacted_message' }), 'reaction'],
    ['an event yet unknown', text({ text: 'a' }, { event_name: 'brand_new' }), 'ignored'],
    ['an array', [text({ text: 'a' })], 'ignored'],
  ];
  it.each(others)('from %s is never answered', (_what, body, kind) => {
    expect(read(body)).toMatchObject({ kind, botMayReply: false, opensWindow: false });
  });

  it.each([
    ['follow', { follower: { id: PERSON } }, 'follow'],
    ['user_click_chatnow', { user_id: PERSON }, 'start'],
  ])('%s opens the conversation', (name, who, kind) => {
    expect(read({ event_name: name, oa_id: FAKE_ZALO.oaId, ...who })).toMatchObject({
      kind,
      conversationId: PERSON,
      botMayReply: true,
      opensWindow: true,
    });
  });

  it.each(['user_received_message', 'user_seen_message', 'oa_send_text'])(
    '%s does not open the window',
    (name) => {
      const body = text(
        { text: 'a' },
        { event_name: name, sender: { id: FAKE_ZALO.oaId }, recipient: { id: PERSON } },
      );
      expect(read(body)).toMatchObject({ conversationId: PERSON, opensWindow: false, botMayReply: false });
    },
  );

  it('of a filled-in form keeps nothing of what was filled in', () => {
    const event = read(
      text(
        { text: '{"name":"Hoa","phone":"84900000000"}' },
        { event_name: 'user_submit_info', info: { name: 'Hoa' } },
      ),
    );
    expect(event.kind).toBe('profile');
    expect(JSON.stringify(event)).not.toMatch(/Hoa|84900000000/);
  });

  it('reads a text of 10,000 characters whole', () => {
    expect(read(text({ text: 'ạ'.repeat(10_000) })).text).toHaveLength(10_000);
  });

  it('to a second account of ours has its own key', () => {
    expect(readRaw(JSON.stringify(text({ text: 'a' })), 'second').dedupeKey).toBe('zalo:second:m1');
  });

  function read(body: object): InboundEvent {
    return readRaw(JSON.stringify(body));
  }
});

function readRaw(raw: string, account = 'default'): InboundEvent {
  const result = offline(account).parse(Buffer.from(raw), NOW);
  if (result.kind === 'not_json' || result.events[0] === undefined) throw new Error('no event');
  return result.events[0];
}

function offline(account = 'default', logged: string[] = [], tokens: Partial<TokenSource> = {}): Adapter {
  return createZaloAdapter({
    account,
    ...FAKE_ZALO,
    tokens: fixedTokens(() => '', tokens),
    log: { warn: (entry) => logged.push(JSON.stringify(entry)) },
  });
}

describe('the signature of a webhook', () => {
  const body = buildZaloText({ id: PERSON, messageId: 'm1', at: NOW }, 'xin chào');
  const raw = Buffer.from(JSON.stringify(body));
  const mac = signZalo(raw)['X-ZEvent-Signature'] ?? '';
  const over = (bytes: Buffer, time: string, secret: string = FAKE_ZALO.oaSecret): string =>
    createHash('sha256').update(FAKE_ZALO.appId).update(bytes).update(time).update(secret).digest('hex');
  const hmac = createHmac('sha256', FAKE_ZALO.oaSecret).update(raw).digest('hex');

  it.each([
    ['as Zalo writes it', { 'x-zevent-signature': mac }, 'ok'],
    ['bare', { 'x-zevent-signature': mac.slice(4) }, 'ok'],
    [
      'over the time of the header',
      { 'x-zevent-signature': `mac=${over(raw, '17')}`, 'x-zevent-timestamp': '17' },
      'ok',
    ],
    [
      'over the time of the body beside another header',
      { 'x-zevent-signature': mac, 'x-zevent-timestamp': '17' },
      'ok',
    ],
    [
      'over neither time',
      { 'x-zevent-signature': `mac=${over(raw, '18')}`, 'x-zevent-timestamp': '17' },
      'invalid',
    ],
    [
      'with another secret',
      { 'x-zevent-signature': `mac=${over(raw, String(NOW.getTime()), 'x')}` },
      'invalid',
    ],
    ['as HMAC', { 'x-zevent-signature': `mac=${hmac}` }, 'invalid'],
    ['cut short', { 'x-zevent-signature': mac.slice(0, -1) }, 'invalid'],
    ['too long', { 'x-zevent-signature': `${mac}0` }, 'invalid'],
    ['twice', { 'x-zevent-signature': [mac, mac] }, 'invalid'],
    ['that is no hex', { 'x-zevent-signature': `mac=${'z'.repeat(64)}` }, 'invalid'],
    ['empty', { 'x-zevent-signature': '' }, 'missing'],
    ['missing', {}, 'missing'],
  ])('%s is judged', (_what, headers, verification) => {
    expect(offline().verify(headers, raw)).toBe(verification);
  });

  it.each([
    ['{}', 'ok'],
    [' { } ', 'ok'],
    ['[]', 'missing'],
    ['null', 'missing'],
    ['', 'missing'],
    ['{"a":1}', 'missing'],
  ])('may be missing from the body %j only when it is the empty probe', (probe, verification) => {
    expect(offline().verify({}, Buffer.from(probe))).toBe(verification);
  });

  it('does not help a body that is not from or to our account', () => {
    const other = Buffer.from(JSON.stringify({ ...body, recipient: { id: '1' } }));
    expect(offline().verify({ 'x-zevent-signature': over(other, String(NOW.getTime())) }, other)).toBe(
      'invalid',
    );
  });

  it('wrong five times in a row is an alarm, told once, until one is right', async () => {
    const logged: string[] = [];
    const adapter = offline('default', logged);
    for (let count = 0; count < 7; count += 1) adapter.verify({ 'x-zevent-signature': 'mac=0' }, raw);
    expect(logged).toEqual([expect.stringContaining('webhook_signatures_wrong')]);
    expect(await adapter.health()).toEqual({ ok: false, code: 'webhook_signatures_wrong' });
    adapter.verify({ 'x-zevent-signature': mac }, raw);
    expect(await adapter.health()).toEqual({ ok: true, code: 'ok' });
  });
});

describe('a message to Zalo', () => {
  let standing: Standing;
  beforeAll(async () => {
    standing = await stand();
  });
  afterAll(() => standing.close());
  beforeEach(() => {
    standing.platforms.calls.length = 0;
    standing.face.sent.length = 0;
    standing.face.messages.answerWhen(() => null);
  });

  it('goes out as consultation message, as written', async () => {
    const result = await send({ text: '*111* <b> example.org' });
    expect(result).toEqual({ ok: true, platformIds: [expect.stringMatching(/^oa-fake-\d+$/)] });
    expect(standing.platforms.calls).toMatchObject([
      {
        method: 'POST',
        path: '/v3.0/oa/message/cs',
        problems: [],
        json: { recipient: { user_id: PERSON }, message: { text: '*111* <b> example.org' } },
      },
    ]);
  });

  it('shows up to five choices as buttons whose taps lead back to them', async () => {
    const choices = ['Có', 'Không', 'Bỏ qua', 'Khác', 'Gặp người'].map((label, index) => ({
      id: `flow.node.choice-${index}`,
      label,
    }));
    await send({ choices });
    const [sent] = standing.face.sent;
    expect(sent?.buttons.map(({ title }) => title)).toEqual(choices.map(({ label }) => label));
    expect(sent?.buttons.map(({ payload }) => readTapPayload(payload))).toEqual(choices.map(({ id }) => id));
  });

  it('shows six choices as a numbered list', async () => {
    await send({
      text: 'Chọn:',
      choices: Array.from({ length: 6 }, (_, index) => ({ id: `c${index}`, label: `L${index}` })),
    });
    expect(standing.face.sent).toMatchObject([{ buttons: [], text: expect.stringContaining('\n6. L5') }]);
  });

  it('fits the longest choice id into a payload', () => {
    expect(
      buildTapPayload('đ'.repeat(ZALO_CAPABILITIES.maxChoicePayloadBytes / 2)).length,
    ).toBeLessThanOrEqual(1000);
  });

  it('with half a character still goes out', async () => {
    expect(await send({ text: 'a\uD83D b' })).toMatchObject({ ok: true });
    expect(standing.face.sent[0]?.text).toBe('a\uFFFD b');
  });

  it('without an id in the answer counts as sent: saying it again would say it twice', async () => {
    standing.face.messages.answerNext(answerJson(200, { error: 0, data: { message_id: ['x'] } }));
    expect(await send({})).toEqual({ ok: true, platformIds: [] });
  });

  it('tells how many parts went out before a failure', async () => {
    standing.face.messages.answerWhen(({ json }) =>
      JSON.stringify(json).includes('B. ') ? refuse(32) : null,
    );
    const text = `${'A. '.repeat(1300)}${'B. '.repeat(1300)}`;
    const result = await send({ text });
    expect(result).toMatchObject({ ok: false, class: 'rate', sentParts: standing.face.sent.length });
    expect(standing.face.sent.length).toBeGreaterThan(0);
  });

  it('counts only the parts of this attempt when an earlier one delivered some', async () => {
    const text = 'Một câu ngắn. '.repeat(450);
    standing.face.messages.answerWhen(() => (standing.face.sent.length > 0 ? refuse(32) : null));
    expect(await send({ text }, { skipParts: 1 })).toMatchObject({ ok: false, sentParts: 1 });
    expect(await send({ text }, { skipParts: 2 })).toMatchObject({ ok: false, sentParts: 0 });
  });

  it.each(['', 'abc', '-5', '12345678901234567890123456'])(
    'to %j is refused without a call',
    async (conversationId) => {
      const result = await send({}, { conversationId });
      expect(result).toMatchObject({ ok: false, class: 'invalid', code: 'zalo_bad_target' });
      expect(standing.platforms.calls).toEqual([]);
    },
  );

  it.each([
    [
      'more than 7 days after the last word',
      () => standing.face.touch('701', new Date(NOW.getTime() - 604_800_001)),
      'window',
      'zalo_230',
    ],
    [
      '7 days after the last word',
      () => standing.face.touch('701', new Date(NOW.getTime() - 604_800_000)),
      null,
      null,
    ],
    ['to somebody who blocked us', () => standing.face.block('701'), 'blocked', 'zalo_217'],
  ])('%s', async (_when, arrange, failureClass, code) => {
    arrange();
    const result = await send({}, { conversationId: '701' });
    expect(result).toMatchObject(code === null ? { ok: true } : { ok: false, class: failureClass, code });
  });

  it('given up by the caller is not sent', async () => {
    const result = await standing.adapter.send(
      { conversationId: PERSON, replyHandle: null },
      { text: 'a', choices: [], language: 'vi' },
      { idempotencyKey: 'k', skipParts: 0, signal: AbortSignal.abort() },
    );
    expect(result).toMatchObject({ ok: false, class: 'retry', code: 'zalo_aborted' });
    expect(standing.platforms.calls).toEqual([]);
  });

  function send(
    message: Partial<OutboundMessage>,
    to: { conversationId?: string; skipParts?: number } = {},
  ): Promise<SendResult> {
    return standing.adapter.send(
      { conversationId: to.conversationId ?? PERSON, replyHandle: null },
      { text: 'a', choices: [], language: 'vi', ...message },
      { idempotencyKey: 'key-1', skipParts: to.skipParts ?? 0, signal: new AbortController().signal },
    );
  }
});

describe('without a token', () => {
  it.each([
    ['token_missing', 'token'],
    ['token_lost', 'token'],
    ['token_refresh_failing', 'token'],
    ['token_refused', 'token'],
    ['token_busy', 'retry'],
    ['token_store_failed', 'retry'],
  ] as const)('(%s) a message waits as %s and nobody is called', async (fault, failureClass) => {
    const { adapter, platforms, close } = await stand({
      tokens: { get: () => Promise.resolve({ ok: false, fault }) },
    });
    platforms.calls.length = 0;
    const result = await adapter.send(
      { conversationId: PERSON, replyHandle: null },
      { text: 'a', choices: [], language: 'vi' },
      { idempotencyKey: 'k', skipParts: 0, signal: new AbortController().signal },
    );
    expect(result).toEqual({
      ok: false,
      class: failureClass,
      retryAfterMs: null,
      sentParts: 0,
      code: `zalo_${fault}`,
    });
    expect(platforms.calls).toEqual([]);
    await close();
  });

  it('the account is not well', async () => {
    const health = { ok: false, code: 'token_lost' };
    expect(await offline('default', [], { health: () => Promise.resolve(health) }).health()).toEqual(health);
  });
});

describe('the callback address', () => {
  it.each([
    [{ code: 'CANARY', oa_id: '1' }, 200],
    [{}, 404],
    [{ state: 'x' }, 404],
  ])('opened with %j answers %i and repeats nothing', (query, status) => {
    const answer = offline().handshake?.(query);
    expect(answer?.status).toBe(status);
    expect(answer?.body).not.toContain('CANARY');
  });
});
