/** The Zalo adapter against a Zalo on loopback that checks every call. */
import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Adapter, OutboundMessage, SendResult } from '../../../server/channels/adapter.ts';
import type { TokenSource } from '../../../server/channels/token-source.ts';
import { ZALO_CAPABILITIES } from '../../../server/channels/zalo.ts';
import { buildTapPayload, readTapPayload } from '../../../server/channels/zalo-parse.ts';
import { createHttpClient } from '../../../server/http.ts';
import { connectZalo, createZalo, NOW } from '../../support/adapters.ts';
import { answerJson } from '../../support/platforms/answers.ts';
import { startPlatforms, type Platforms } from '../../support/platforms/platforms.ts';
import { FAKE_ZALO, refuse, type ZaloFace } from '../../support/platforms/zalo.ts';
import { buildZaloText, signZalo } from '../../support/platforms/zalo-events.ts';
import { fixedTokens } from '../../support/tokens.ts';

const PERSON = '7012345678901234567';

interface Standing {
  face: ZaloFace;
  platforms: Platforms;
  adapter: Adapter;
  close: () => Promise<void>;
}

async function stand(tokens: Partial<TokenSource> = {}): Promise<Standing> {
  const platforms = await startPlatforms({ now: () => NOW });
  const face = platforms.zalo;
  const http = createHttpClient({ allowedBases: [platforms.base('zalo')] });
  face.people.touch(PERSON, NOW);
  const adapter = await connectZalo(platforms, http, undefined, tokens);
  const close = async (): Promise<void> => {
    expect(platforms.faults()).toEqual([]);
    http.close();
    await platforms.close();
  };
  return { face, platforms, adapter, close };
}

describe('the signature of a webhook', () => {
  const body = buildZaloText({ id: PERSON, messageId: 'm1', at: NOW }, 'xin chào');
  const raw = Buffer.from(JSON.stringify(body));
  const mac = signZalo(raw)['X-ZEvent-Signature'];
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
    expect(createZalo().verify(headers, raw)).toBe(verification);
  });

  it.each([
    ['{}', 'ok'],
    [' { } ', 'ok'],
    ['[]', 'missing'],
    ['null', 'missing'],
    ['', 'missing'],
    ['{"a":1}', 'missing'],
  ])('may be missing from the body %j only when it is the empty probe', (probe, verification) => {
    expect(createZalo().verify({}, Buffer.from(probe))).toBe(verification);
  });

  it('does not help a body that is not from or to our account', () => {
    const other = Buffer.from(JSON.stringify({ ...body, recipient: { id: '1' } }));
    expect(createZalo().verify({ 'x-zevent-signature': over(other, String(NOW.getTime())) }, other)).toBe(
      'invalid',
    );
  });

  it('wrong five times in a row is an alarm, told once, until one is right', async () => {
    const logged: string[] = [];
    const adapter = createZalo({ log: { warn: (entry) => logged.push(JSON.stringify(entry)) } });
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
    expect(sent?.choices.map(({ label }) => label)).toEqual(choices.map(({ label }) => label));
    expect(sent?.choices.map(({ payload }) => readTapPayload(payload))).toEqual(choices.map(({ id }) => id));
  });

  it('shows six choices as a numbered list', async () => {
    await send({
      text: 'Chọn:',
      choices: Array.from({ length: 6 }, (_, index) => ({ id: `c${index}`, label: `L${index}` })),
    });
    expect(standing.face.sent).toMatchObject([{ choices: [], text: expect.stringContaining('\n6. L5') }]);
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
      () => standing.face.people.touch('701', new Date(NOW.getTime() - 604_800_001)),
      'window',
      'zalo_230',
    ],
    [
      '7 days after the last word',
      () => standing.face.people.touch('701', new Date(NOW.getTime() - 604_800_000)),
      null,
      null,
    ],
    ['to somebody who blocked us', () => standing.face.people.block('701'), 'blocked', 'zalo_217'],
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

describe('the messages of one turn to Zalo', () => {
  let standing: Standing;
  beforeAll(async () => {
    standing = await stand();
  });
  afterAll(() => standing.close());
  beforeEach(() => {
    standing.face.sent.length = 0;
    standing.face.messages.answerWhen(() => null);
  });

  const text = (words: string, choices: OutboundMessage['choices'] = []): OutboundMessage => ({
    ...{ text: words, choices, language: 'vi' },
  });
  const options = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `c${index}`, label: `L${index}` }));
  const sendAll = (messages: readonly OutboundMessage[], skipParts = 0) =>
    standing.adapter.sendTogether?.({ conversationId: PERSON, replyHandle: null }, messages, {
      ...{ idempotencyKey: 'turn', skipParts, signal: new AbortController().signal },
    });
  const half = 'x'.repeat(1000);
  const long = 'Một câu ngắn. '.repeat(200);

  it.each([
    ['all of them', [text('1'), text('2'), text('3')], 3, ['1\n\n2\n\n3']],
    ['up to one with buttons', [text('1'), text('2', options(2)), text('3')], 2, ['1\n\n2']],
    [
      'up to one with a numbered list',
      [text('1', options(6)), text('2')],
      1,
      ['1\n\n1. L0\n2. L1\n3. L2\n4. L3\n5. L4\n6. L5'],
    ],
    ['as many as fit', [text(half), text('x'.repeat(998)), text('3')], 2, [`${half}\n\n${'x'.repeat(998)}`]],
    ['none that would be one unit too long', [text(half), text('x'.repeat(999))], 1, [half]],
    ['none that is longer than one text', [text('1'), text(long)], 1, ['1']],
    ['none without words', [text('1'), text(' '), text('3')], 1, ['1']],
  ])('go in one call: %s', async (_what, messages, taken, texts) => {
    const result = await sendAll(messages);
    expect(standing.face.sent.map((one) => one.text)).toEqual(texts);
    const id = expect.stringMatching(/^oa-fake-\d+$/);
    expect(result).toEqual({ ok: true, taken, platformIds: Array.from({ length: taken }, () => [id]) });
  });

  it('keep the buttons of the last', async () => {
    await sendAll([text('1'), text('2', options(5))]);
    expect(standing.face.sent[0]?.choices.map(({ label }) => label)).toEqual(['L0', 'L1', 'L2', 'L3', 'L4']);
  });

  it('wait behind a long one, which goes alone from where it was left', async () => {
    expect(await sendAll([text(long), text('2')], 1)).toMatchObject({ ok: true, taken: 1 });
    expect(standing.face.sent).toHaveLength(1);
    expect(standing.face.sent[0]?.text).not.toBe('2');
  });

  it('share what the platform says against them', async () => {
    standing.face.messages.answerWhen(() => refuse(32));
    expect(await sendAll([text('1'), text('2')])).toMatchObject({
      ...{ ok: false, taken: 2, failure: { class: 'rate', sentParts: 0 } },
    });
  });
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
      get: () => Promise.resolve({ ok: false, fault }),
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
    expect(
      await createZalo({ tokens: fixedTokens(() => '', { health: () => Promise.resolve(health) }) }).health(),
    ).toEqual(health);
  });
});

describe('the callback address', () => {
  it.each([
    [{ code: 'CANARY', oa_id: '1' }, 200],
    [{}, 404],
    [{ state: 'x' }, 404],
  ])('opened with %j answers %i and repeats nothing', (query, status) => {
    const answer = createZalo().handshake?.(query);
    expect(answer?.status).toBe(status);
    expect(answer?.body).not.toContain('CANARY');
  });
});
