/** The LINE adapter against a Messaging API on loopback that checks every call. */
import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { validateSignature } from '@line/bot-sdk';
import type { OutboundMessage, SendResult } from '../../../server/channels/adapter.ts';
import { resolveChoiceId } from '../../../server/channels/degrade.ts';
import { LINE_CAPABILITIES } from '../../../server/channels/line.ts';
import type { createHttpClient } from '../../../server/http.ts';
import { createStoppedClient } from '../../support/adapter-stand.ts';
import { createLine, NOW, readEvents } from '../../support/adapters.ts';
import { answerRaw as raw } from '../../support/platforms/answers.ts';
import { FAKE_LINE, lineError } from '../../support/platforms/line.ts';
import {
  buildLineDelivery,
  buildLineEvent,
  buildLineText,
  signLine,
} from '../../support/platforms/line-events.ts';
import { startPlatforms, type Platforms } from '../../support/platforms/platforms.ts';

const USER = 'U0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const later = (ms: number): Date => new Date(NOW.getTime() + ms);

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
    expect(createLine().verify(headers, body)).toBe(verification);
  });

  it.each([
    ['the same bytes', body],
    ['other bytes', Buffer.from('{}')],
  ])("is judged as LINE's own helper judges it over %s", (_what, bytes) => {
    const own = createLine().verify({ 'x-line-signature': good }, bytes) === 'ok';
    expect(own).toBe(validateSignature(bytes, FAKE_LINE.channelSecret, good));
  });

  it('is worth nothing under an empty secret', () => {
    const forged = createHmac('sha256', '').update(body).digest('base64');
    const adapter = createLine({ channelSecret: '' });
    expect(adapter.verify({ 'x-line-signature': forged }, body)).toBe('invalid');
  });
});

describe('a message to LINE', () => {
  let platforms: Platforms;
  beforeAll(async () => {
    platforms = await startPlatforms({ now: () => NOW, knowsEverybody: true });
  });
  afterAll(async () => {
    expect(platforms.faults()).toEqual([]);
    await platforms.close();
  });
  afterEach(() => {
    platforms.calls.length = 0;
    sent().length = 0;
  });
  const sent = () => platforms.line.sent;
  const paths = (): string[] => platforms.calls.map(({ path }) => path.replace('/v2/bot/message/', ''));
  const keys = (): unknown[] => platforms.calls.map(({ headers }) => headers['x-line-retry-key']);
  const handle = (token: string, ageMs: number): string => `${token} ${later(-ageMs).getTime()}`;

  it('is pushed as written, with a retry key, when there is nothing to reply to', async () => {
    const result = await send({ text: '*111* <b> _x_ example.org' });
    expect(result).toEqual({ ok: true, platformIds: [expect.stringMatching(/^\d+$/)], charged: 1 });
    expect(platforms.calls).toMatchObject([
      {
        method: 'POST',
        path: '/v2/bot/message/push',
        problems: [],
        headers: {
          authorization: `Bearer ${FAKE_LINE.channelToken}`,
          'x-line-retry-key': expect.any(String),
        },
        json: { to: USER, messages: [{ type: 'text', text: '*111* <b> _x_ example.org' }] },
      },
    ]);
  });

  it.each([
    ['replies while the token is fresh', 'fresh', 30_000, ['reply']],
    ['pushes when the token is too old', 'old', 30_001, ['push']],
    ['pushes when the token comes from the future', 'future', -1, ['push']],
  ])('%s', async (_what, token, ageMs, expected) => {
    platforms.line.giveToken(token, USER);
    expect(await send({}, { replyHandle: handle(token, ageMs) })).toMatchObject({ ok: true });
    expect(paths()).toEqual(expected);
    expect(sent()).toHaveLength(1);
  });

  describe('together with others of its turn', () => {
    const text = (words: string, choices: OutboundMessage['choices'] = []): OutboundMessage => ({
      ...{ text: words, choices, language: 'vi' },
    });
    const long = 'Một câu ngắn. '.repeat(400);
    const yes = [{ id: 'yes', label: 'Có' }];
    let turns = 0;
    const sendAll = (messages: readonly OutboundMessage[], skipParts = 0) => {
      const token = `turn-${(turns += 1)}`;
      platforms.line.giveToken(token, USER);
      return createLine({ apiBase: platforms.base('line'), now: () => NOW }).sendTogether?.(
        { conversationId: USER, replyHandle: handle(token, 0) },
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
      expect(sent()).toHaveLength(parts);
      expect(result?.ok === true ? result.platformIds.flat() : []).toHaveLength(parts);
    });

    it('starts after the parts of the first that went out before', async () => {
      const result = await sendAll([text(long), text('2')], 1);
      expect(result).toMatchObject({
        ok: true,
        taken: 2,
        platformIds: [[expect.any(String)], [expect.any(String)]],
      });
      expect(sent().at(-1)?.text).toBe('2');
    });

    it('says how many share the failure', async () => {
      platforms.line.answerNext(lineError(401));
      expect(await sendAll([text('1'), text('2')])).toMatchObject({
        ok: false,
        taken: 2,
        failure: { class: 'token' },
      });
    });

    it('is counted as it is pushed, when there is no fresh token', async () => {
      const adapter = createLine({ apiBase: platforms.base('line'), now: () => NOW });
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
    expect(sent()).toHaveLength(1);
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
    platforms.line.giveToken(token, USER);
    platforms.line.answerNext(answer);
    expect(await send({}, { replyHandle: handle(token, 0) })).toEqual(expected);
    expect(paths()).toEqual(['reply', 'reply']);
    expect(sent()).toHaveLength(1);
  });

  it.each([
    ['a reply that is refused', lineError(401), 'token', 1],
    ['a reply that comes too fast', lineError(429, 'rate', { 'retry-after': '3' }), 'rate', 1],
    ['two replies without an answer', { kind: 'reset' } as const, 'retry', 2],
  ])('is not pushed after %s', async (_what, answer, failureClass, calls) => {
    platforms.line.answerNext(...Array.from({ length: calls }, () => answer));
    expect(await send({}, { replyHandle: handle('t', 0) })).toMatchObject({
      ok: false,
      class: failureClass,
      sentParts: 0,
    });
    expect(paths()).toEqual(Array.from({ length: calls }, () => 'reply'));
  });

  it('counts as sent when LINE knows the retry key already', async () => {
    platforms.line.answerNext({ kind: 'accept_and_reset' });
    expect(await send({}, { idempotencyKey: 'same' })).toMatchObject({
      ok: false,
      class: 'retry',
      sentParts: 0,
    });
    expect(await send({}, { idempotencyKey: 'same' })).toEqual({ ok: true, platformIds: [], charged: 1 });
    expect(sent()).toHaveLength(1);
    expect(new Set(keys()).size).toBe(1);
  });

  it('has another retry key than any other message', async () => {
    await send({}, { idempotencyKey: 'one' });
    await send({}, { idempotencyKey: 'two' });
    expect(new Set(keys()).size).toBe(2);
  });

  it('goes out five parts a call: the first call replies, the rest is pushed under keys of their own', async () => {
    platforms.line.giveToken('many', USER);
    const text = 'Bạn không có lỗi. '.repeat(1800);
    expect(
      await send({ text, choices: [{ id: 'a', label: 'Có' }] }, { replyHandle: handle('many', 0) }),
    ).toMatchObject({ ok: true });
    expect(paths()).toEqual(['reply', 'push']);
    expect(
      sent()
        .map((message) => message.text)
        .join(''),
    ).toBe(text);
    expect(platforms.faults()).toEqual([]);
  });

  it('goes on after the call that failed, under the key of that call', async () => {
    const text = 'Bạn không có lỗi. '.repeat(3100);
    platforms.line.answerNext({ kind: 'reset' });
    await send({ text }, { idempotencyKey: 'long' });
    platforms.calls.length = 0;
    await send({ text }, { idempotencyKey: 'long' });
    const whole = sent().splice(0).length;
    const [first, second, third] = keys();
    expect(whole).toBeGreaterThan(10);
    expect(new Set([first, second, third]).size).toBe(3);

    platforms.calls.length = 0;
    platforms.line.answerNext(raw(200, '{}'), { kind: 'reset' });
    expect(await send({ text }, { idempotencyKey: 'long' })).toMatchObject({
      ok: false,
      class: 'retry',
      sentParts: 5,
    });
    expect(keys()).toEqual([first, second]);
    platforms.calls.length = 0;
    expect(await send({ text }, { idempotencyKey: 'long', skipParts: 5 })).toMatchObject({ ok: true });
    expect(keys()).toEqual([second, third]);
    expect(sent()).toEqual([]);
  });

  it('shows up to 13 choices as quick replies, more of them as a numbered list', async () => {
    const choices = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ id: `c${index}`, label: `Chọn ${index}` }));
    await send({ choices: choices(13) }, { idempotencyKey: 'a' });
    await send({ choices: choices(14) }, { idempotencyKey: 'b' });
    expect(sent()[0]?.choices).toHaveLength(13);
    expect(platforms.calls[0]?.json).toMatchObject({
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
    expect(sent()[1]?.choices).toEqual([]);
    expect(sent()[1]?.text).toContain('14. Chọn 13');
    expect(platforms.faults()).toEqual([]);
  });

  it('carries a long choice id as a short one that leads back to it', async () => {
    const choices = [{ id: `menu.${'đ'.repeat(200)}`, label: 'A' }];
    await send({ choices }, { idempotencyKey: 'long-id' });
    const data = sent()[0]?.choices[0]?.payload ?? '';
    expect(resolveChoiceId(data, choices, LINE_CAPABILITIES.maxChoicePayloadBytes)).toBe(choices[0]?.id);
  });

  it('with half a character still goes out', async () => {
    expect(await send({ text: 'a\uD83D b' }, { idempotencyKey: 'half' })).toMatchObject({ ok: true });
    expect(sent()[0]?.text).toBe('a\uFFFD b');
  });

  it('is not sent to anything but an id of LINE', async () => {
    for (const target of ['', 'me', USER.toUpperCase(), `${USER}0`]) {
      expect(await send({}, {}, target)).toMatchObject({
        ok: false,
        class: 'invalid',
        code: 'line_bad_target',
      });
    }
    expect(platforms.calls).toEqual([]);
  });

  it.each([
    ['a push', null, ['push']],
    ['a reply, which is not tried again', handle('t', 0), ['reply']],
  ])('is given up when the caller gives up: %s', async (_what, replyHandle, expected) => {
    const controller = new AbortController();
    platforms.line.answerNext({ kind: 'hang' });
    void platforms.waitFor(() => true).then(() => controller.abort());
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
    platforms.line.answerNext(raw(200, body));
    expect(await send({})).toEqual({ ok: true, platformIds: [], charged: 1 });
  });

  it('is said once when a reply hangs until its time runs out and had arrived', async () => {
    const { http, runOut } = createStoppedClient(platforms.base('line'));
    platforms.line.giveToken('hanging', USER);
    platforms.line.answerNext({ kind: 'hang' });
    void platforms.waitFor(() => true).then(runOut);
    expect(await send({}, { replyHandle: handle('hanging', 0), http })).toMatchObject({ ok: true });
    expect(sent()).toHaveLength(1);
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
    const adapter = createLine({
      apiBase: `${platforms.base('line')}/`,
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
    const platforms = await startPlatforms();
    platforms.line.setAccount({ quota: { type: 'limited', value: 200 }, ...account });
    platforms.line.answerNext(...answers);
    expect(await createLine({ apiBase: platforms.base('line') }).health()).toEqual(health);
    await platforms.close();
  });

  it('does not ask whose token it is when no destination is configured', async () => {
    const platforms = await startPlatforms();
    platforms.line.setAccount({ userId: USER });
    expect(await createLine({ apiBase: platforms.base('line'), destination: null }).health()).toEqual({
      ok: true,
      code: 'ok',
      quota: { limit: 100_000, used: 10 },
    });
    await platforms.close();
  });
});

describe('a suspended LINE account', () => {
  it('is told to the operator', async () => {
    const logged: unknown[] = [];
    const adapter = createLine({ log: { warn: (entry) => logged.push(entry) } });
    const suspended = { type: 'botSuspended', source: undefined };
    const events = readEvents(
      adapter,
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
    expect(new Set(createLine().secrets)).toEqual(
      new Set([FAKE_LINE.channelSecret, FAKE_LINE.channelToken, 'exampleLineToken%2FNotReal%2B0%3D']),
    );
  });
});
