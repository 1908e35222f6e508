/** The Telegram adapter against a Telegram on loopback that checks every call. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { OutboundMessage, SendResult } from '../../../server/channels/adapter.ts';
import { resolveChoiceId } from '../../../server/channels/degrade.ts';
import { createTelegramAdapter, TELEGRAM_CAPABILITIES } from '../../../server/channels/telegram.ts';
import { createTelegram, NOW, readEvents } from '../../support/adapters.ts';
import { answerRaw as raw, type PlatformCall } from '../../support/platforms/answers.ts';

import { startPlatforms, type Platforms } from '../../support/platforms/platforms.ts';
import { FAKE_BOT, TELEGRAM_ERRORS as answers, telegramError } from '../../support/platforms/telegram.ts';
import { buildTapUpdate, buildTextUpdate } from '../../support/platforms/telegram-events.ts';

const SECRET = FAKE_BOT.webhookSecret;
const CHAT = '5100000001';

describe('the webhook secret', () => {
  it.each([
    ['none is configured', null, SECRET, 'invalid'],
    ['an empty one is configured', '', '', 'invalid'],
    ['none is configured and none is sent', null, undefined, 'invalid'],
    ['none is sent', SECRET, undefined, 'missing'],
    ['another is sent', SECRET, `${SECRET}x`, 'invalid'],
    ['it is sent twice', SECRET, [SECRET, SECRET], 'invalid'],
    ['it is the same', SECRET, SECRET, 'ok'],
  ])('when %s', (_when, webhookSecret, header, verification) => {
    const adapter = createTelegramAdapter({ account: 'default', token: FAKE_BOT.token, webhookSecret });
    const headers = header === undefined ? {} : { 'x-telegram-bot-api-secret-token': header };
    expect(adapter.verify(headers, Buffer.alloc(0))).toBe(verification);
  });
});

describe('a message to Telegram', () => {
  let platforms: Platforms;
  beforeAll(async () => {
    platforms = await startPlatforms({ knowsEverybody: true });
  });
  afterAll(async () => {
    expect(platforms.faults()).toEqual([]);
    await platforms.close();
  });
  afterEach(() => {
    platforms.calls.length = 0;
    sent().length = 0;
  });
  const sent = () => platforms.telegram.sent;
  const payloadOf = (call: PlatformCall | undefined) =>
    z.looseObject({ chat_id: z.number() }).parse(call?.json);

  it('goes out as written, without markup or a preview of links', async () => {
    const result = await send({ text: '*111* <b> _x_ example.org' });
    expect(result).toEqual({ ok: true, platformIds: [expect.stringMatching(/^\d+$/)] });
    expect(platforms.calls).toMatchObject([
      {
        name: 'sendMessage',
        problems: [],
        json: {
          chat_id: 5100000001,
          text: '*111* <b> _x_ example.org',
          link_preview_options: { is_disabled: true },
        },
      },
    ]);
    expect(Object.keys(payloadOf(platforms.calls[0])).sort()).toEqual([
      'chat_id',
      'link_preview_options',
      'text',
    ]);
  });

  it.each([
    ['two in a row when all are short', ['Có', 'Không', 'Bỏ qua'], [['Có', 'Không'], ['Bỏ qua']]],
    [
      'one in a row when any is long',
      ['Có', 'Nói chuyện với một người'],
      [['Có'], ['Nói chuyện với một người']],
    ],
  ])('shows buttons %s', async (_how, labels, rows) => {
    await send({ choices: labels.map((label, index) => ({ id: `c${index}`, label })) });
    const markup = payloadOf(platforms.calls[0])['reply_markup'];
    expect(markup).toEqual({
      inline_keyboard: rows.map((row) =>
        row.map((text) => ({ text, callback_data: `c${labels.indexOf(text)}` })),
      ),
    });
  });

  it('carries a long choice id as a short one that leads back to it', async () => {
    const choices = [{ id: `menu.${'đ'.repeat(60)}`, label: 'A' }];
    await send({ choices });
    const payload = sent()[0]?.choices[0]?.payload ?? '';
    expect(resolveChoiceId(payload, choices, TELEGRAM_CAPABILITIES.maxChoicePayloadBytes)).toBe(
      choices[0]?.id,
    );
  });

  it('with half a character still goes out', async () => {
    expect(await send({ text: 'a\uD83D b' })).toMatchObject({ ok: true });
    expect(sent()[0]?.text).toBe('a\uFFFD b');
  });

  it('tells how many parts went out before a failure', async () => {
    platforms.telegram.answerWhen(({ body }) => (body.includes('B. ') ? answers.tooMany(3) : null));
    const result = await send({ text: `${'A. '.repeat(1300)}${'B. '.repeat(1300)}` });
    platforms.telegram.answerWhen(() => null);
    expect(result).toEqual({
      ok: false,
      class: 'rate',
      retryAfterMs: 3000,
      sentParts: sent().length,
      code: 'telegram_429',
    });
  });

  it('counts only the parts of this attempt when an earlier one delivered some', async () => {
    const text = 'Một câu ngắn. '.repeat(900);
    platforms.telegram.answerWhen(() => (platforms.calls.length > 1 ? answers.tooMany(3) : null));
    const results = [await send({ text }, CHAT, undefined, 1), await send({ text }, CHAT, undefined, 2)];
    platforms.telegram.answerWhen(() => null);
    expect(results).toMatchObject([{ sentParts: 1 }, { sentParts: 0 }]);
  });

  it('follows a chat that moved, once', async () => {
    platforms.telegram.answerNext(answers.moved(-1002000000009));
    expect(await send({}, '-55')).toMatchObject({ ok: true });
    expect(platforms.calls.map((call) => payloadOf(call).chat_id)).toEqual([-55, -1002000000009]);

    platforms.telegram.answerNext(answers.moved(-1), answers.moved(-2));
    expect(await send({}, '-55')).toMatchObject({ ok: false, class: 'invalid', code: 'telegram_400' });
    expect(platforms.calls.length).toBe(4);
  });

  it('is not sent to anything but a chat id', async () => {
    for (const target of ['@someone', '', '1e3', '12345678901234567']) {
      expect(await send({}, target)).toMatchObject({
        ok: false,
        class: 'invalid',
        code: 'telegram_bad_target',
      });
    }
    expect(platforms.calls).toEqual([]);
  });

  it('is given up when the caller gives up', async () => {
    const controller = new AbortController();
    platforms.telegram.answerNext({ kind: 'hang' });
    void platforms.waitFor(() => true).then(() => controller.abort());
    expect(await send({}, CHAT, controller.signal)).toMatchObject({
      ok: false,
      class: 'retry',
      code: 'telegram_aborted',
    });
  });

  it('whose answer has no id counts as sent', async () => {
    platforms.telegram.answerNext(raw(200, '{"ok":true,"result":{}}'));
    expect(await send({})).toEqual({ ok: true, platformIds: [] });
  });

  it('to a token Telegram does not know says so', async () => {
    const adapter = createTelegram({
      token: '1:wrong',
      apiRoot: `${platforms.base('telegram')}/`,
    });
    const context = { idempotencyKey: 'k', skipParts: 0, signal: new AbortController().signal };
    const message = { text: 'x', choices: [], language: 'vi' };
    expect(await adapter.send({ conversationId: CHAT, replyHandle: null }, message, context)).toMatchObject({
      class: 'token',
    });
    expect(await adapter.health()).toEqual({ ok: false, code: 'token_refused' });
  });

  function send(
    message: Partial<OutboundMessage>,
    conversationId = CHAT,
    signal = new AbortController().signal,
    skipParts = 0,
  ): Promise<SendResult> {
    const adapter = createTelegram({
      apiRoot: platforms.base('telegram'),
    });
    return adapter.send(
      { conversationId, replyHandle: null },
      { text: 'Bạn cần gì?', choices: [], language: 'vi', ...message },
      { idempotencyKey: 'k', skipParts, signal },
    );
  }
});

describe('a tapped button', () => {
  let platforms: Platforms;
  const logged: Readonly<Record<string, string | number>>[] = [];
  beforeAll(async () => {
    platforms = await startPlatforms({ knowsEverybody: true });
  });
  afterAll(async () => {
    expect(platforms.faults()).toEqual([]);
    await platforms.close();
  });
  afterEach(() => {
    platforms.calls.length = 0;
    logged.length = 0;
  });

  it('stops spinning: each query is answered once, other events are not', async () => {
    await acknowledge(
      buildTapUpdate({ id: 1, updateId: 11 }, 'yes'),
      buildTextUpdate({ id: 1, updateId: 12 }, 'chào'),
    );
    expect(platforms.calls).toMatchObject([
      { name: 'answerCallbackQuery', json: { callback_query_id: 'query-11' }, problems: [] },
    ]);
  });

  it.each([
    ['nothing when the query is too old', answers.queryTooOld(), []],
    ['the code when the token is refused', telegramError(401, 'Unauthorized'), ['telegram_401']],
    ['the code when Telegram is away', { kind: 'reset' } as const, ['telegram_unreachable']],
    [
      'the code when something else answers',
      raw(502, '<html><title>502 Bad Gateway</title></html>'),
      ['telegram_not_json_502'],
    ],
  ])('that cannot be answered logs %s, and never throws', async (_what, answer, codes) => {
    platforms.telegram.answerNext(answer);
    await acknowledge(buildTapUpdate({ id: 1, updateId: 11 }, 'yes'));
    expect(logged).toEqual(
      codes.map((code) => ({
        event: 'callback_answer_failed',
        channel: 'telegram',
        account: 'default',
        code,
      })),
    );
  });

  async function acknowledge(...updates: object[]): Promise<void> {
    const adapter = createTelegram({
      apiRoot: platforms.base('telegram'),
      log: { warn: (entry) => logged.push(entry) },
    });
    const events = updates.flatMap((update) => readEvents(adapter, update));
    await adapter.acknowledge?.(events);
  }
});

describe('the health of the Telegram account', () => {
  const seconds = (date: string) => new Date(date).getTime() / 1000;
  it.each([
    [
      'is good with a webhook and nothing waiting',
      { url: 'https://example.org/h' },
      { ok: true, code: 'ok' },
    ],
    ['is bad without a webhook', { url: '' }, { ok: false, code: 'webhook_not_set' }],
    [
      'is bad when a delivery failed nine minutes ago',
      { url: 'https://example.org/h', last_error_date: seconds('2026-11-22T07:51:00Z') },
      { ok: false, code: 'webhook_failing' },
    ],
    [
      'is good when the last failure is eleven minutes old',
      { url: 'https://example.org/h', last_error_date: seconds('2026-11-22T07:49:00Z') },
      { ok: true, code: 'ok' },
    ],
    [
      'is bad when many updates wait',
      { url: 'https://example.org/h', pending_update_count: 101 },
      { ok: false, code: 'webhook_backlog' },
    ],
  ])('%s', async (_what, info, health) => {
    const platforms = await startPlatforms();
    platforms.telegram.setWebhookInfo(info);
    const adapter = createTelegram({
      apiRoot: platforms.base('telegram'),
      now: () => NOW,
    });
    expect(await adapter.health()).toEqual(health);
    await platforms.close();
  });
});

describe('the secrets of the Telegram account', () => {
  it('are the token, its secret half, its form in an address, and the webhook secret', () => {
    const { secrets } = createTelegramAdapter({ account: 'default', token: '12:AA', webhookSecret: 'hook' });
    expect([...secrets].sort()).toEqual(['12%3AAA', '12:AA', 'AA', 'hook']);
  });
});
