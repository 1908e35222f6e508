/** The Telegram adapter against a Telegram on loopback that checks every call. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Adapter, InboundEvent, OutboundMessage, SendResult } from '../../../server/channels/adapter.ts';
import { resolveChoiceId } from '../../../server/channels/degrade.ts';
import { createTelegramAdapter, TELEGRAM_CAPABILITIES } from '../../../server/channels/telegram.ts';
import { type FailureRow, startUnderTest } from '../../support/adapter-stand.ts';
import { answerRaw as raw, type PlatformCall } from '../../support/platforms/answers.ts';

import { startPlatforms, type Platforms } from '../../support/platforms/platforms.ts';
import { FAKE_BOT, TELEGRAM_ERRORS as answers, telegramError } from '../../support/platforms/telegram.ts';
import { buildTapUpdate, buildTextUpdate } from '../../support/platforms/telegram-events.ts';
import { describeAdapter } from './suite.ts';

const SECRET = FAKE_BOT.webhookSecret;
const CHAT = '5100000001';
const NOW = new Date('2026-11-22T08:00:00Z');

/** title, what Telegram does, class, wait, code */
const FAILURES: readonly FailureRow[] = [
  ['429 with a time to wait', answers.tooMany(35), 'rate', 35_000, 'telegram_429'],
  ['429 without one', telegramError(429, 'Too Many Requests'), 'rate', null, 'telegram_429'],
  ['the person blocked the bot', answers.blocked(), 'blocked', null, 'telegram_403'],
  [
    'the account is gone',
    telegramError(403, 'Forbidden: user is deactivated'),
    'blocked',
    null,
    'telegram_403',
  ],
  ['the chat is unknown', answers.chatNotFound(), 'blocked', null, 'telegram_400_chat_gone'],
  ['the token is refused', telegramError(401, 'Unauthorized'), 'token', null, 'telegram_401'],
  ['the address is unknown', telegramError(404, 'Not Found'), 'token', null, 'telegram_404'],
  ['another consumer', telegramError(409, 'Conflict'), 'retry', null, 'telegram_409'],
  [
    'too long',
    telegramError(400, 'Bad Request: message is too long'),
    'invalid',
    null,
    'telegram_400_too_long',
  ],
  ['empty', telegramError(400, 'Bad Request: message text is empty'), 'invalid', null, 'telegram_400_empty'],
  [
    'a bad button',
    telegramError(400, 'Bad Request: BUTTON_DATA_INVALID'),
    'invalid',
    null,
    'telegram_400_bad_button',
  ],
  [
    'no rights',
    telegramError(400, 'Bad Request: not enough rights to send text'),
    'permission',
    null,
    'telegram_400_no_rights',
  ],
  [
    'a bad file',
    telegramError(400, 'Bad Request: wrong file identifier'),
    'media',
    null,
    'telegram_400_bad_media',
  ],
  [
    'a 400 in unknown words',
    telegramError(400, 'Bad Request: something new'),
    'invalid',
    null,
    'telegram_400',
  ],
  ['an unknown 4xx', telegramError(418, 'teapot'), 'invalid', null, 'telegram_418'],
  ['a 500 in JSON', telegramError(500, 'Internal Server Error'), 'retry', null, 'telegram_500'],
  [
    'a 502 in HTML',
    raw(502, '<html><title>502 Bad Gateway</title></html>'),
    'retry',
    null,
    'telegram_not_json_502',
  ],
  ['a 200 in HTML', raw(200, '<html></html>'), 'retry', null, 'telegram_not_json_200'],
  ['an answer cut short', raw(200, '{"ok":true,"resu'), 'retry', null, 'telegram_not_json_200'],
  ['JSON that is no answer', raw(200, 'null'), 'retry', null, 'telegram_not_json_200'],
  ['a redirect', raw(302, ''), 'retry', null, 'telegram_redirect'],
  [
    'a huge answer',
    raw(200, `{"ok":true,"result":"${'x'.repeat(1_100_000)}"}`),
    'retry',
    null,
    'telegram_too_large',
  ],
  ['a broken connection', { kind: 'reset' }, 'retry', null, 'telegram_unreachable'],
  ['no answer in time', { kind: 'hang' }, 'retry', null, 'telegram_timeout'],
];

describeAdapter({
  channel: 'telegram',
  fixtures: new URL('fixtures/telegram/', import.meta.url),
  failureTitles: FAILURES.map(([title]) => title),
  start: () =>
    startUnderTest({
      face: 'telegram',
      conversationId: CHAT,
      failures: FAILURES,
      create: ({ base, http, log }) => createAdapter({ apiRoot: base, http, log }),
    }),
});

function createAdapter(over: Partial<Parameters<typeof createTelegramAdapter>[0]> = {}): Adapter {
  return createTelegramAdapter({ account: 'default', ...FAKE_BOT, ...over });
}

describe('an update from Telegram', () => {
  const person = { id: 5100000001, is_bot: false, first_name: 'Hoa', language_code: 'vi' };
  const message = (fields: object) => ({
    update_id: 810000100,
    message: {
      message_id: 7,
      from: person,
      chat: { id: person.id, type: 'private' },
      date: 1790000000,
      ...fields,
    },
  });
  const file = { file_id: 'F1', file_unique_id: 'u', mime_type: 'x/y', file_size: 10, duration: 3 };

  it.each([
    ['/start', 'start', '', null],
    ['/start poster_2026', 'start', '', 'poster_2026'],
    ['/start@example_help_bot poster-1', 'start', '', 'poster-1'],
    [`/start ${'a'.repeat(64)}`, 'start', '', 'a'.repeat(64)],
    [`/start ${'a'.repeat(65)}`, 'message', `/start ${'a'.repeat(65)}`, null],
    ['/start cứu em với', 'message', '/start cứu em với', null],
    ['/started', 'message', '/started', null],
    ['start', 'message', 'start', null],
  ])('with text %j is a %s', (text, kind, kept, ref) => {
    expect(read(message({ text }))).toMatchObject({
      kind,
      text: kept,
      ref,
      botMayReply: true,
      opensWindow: true,
    });
  });

  it.each([
    [
      'video',
      { video: file },
      { type: 'video', ref: 'F1', mimeType: 'x/y', sizeBytes: 10, durationMs: 3000 },
    ],
    ['video note', { video_note: file }, { type: 'video', ref: 'F1' }],
    [
      'animation, repeated as document',
      { animation: file, document: { file_id: 'D' } },
      { type: 'video', ref: 'F1' },
    ],
    ['song', { audio: file }, { type: 'audio', ref: 'F1' }],
    ['voice note', { voice: file }, { type: 'voice', ref: 'F1', durationMs: 3000 }],
    [
      'place, repeated as location',
      { venue: {}, location: { latitude: 1, longitude: 2 } },
      { type: 'location', latitude: 1 },
    ],
    ['poll', { poll: { id: '1' } }, { type: 'unsupported', ref: null }],
    ['story', { story: { id: 1 } }, { type: 'unsupported' }],
  ])('with a %s is a message with that attachment', (_what, fields, attachment) => {
    const event = read(message(fields));
    expect(event).toMatchObject({ kind: 'message', text: '', botMayReply: true });
    expect(event.attachments).toEqual([expect.objectContaining(attachment)]);
  });

  it('keeps the text beside an attachment that is not as documented', () => {
    expect(read(message({ caption: 'cứu em', photo: [{ file_id: 5 }] }))).toMatchObject({
      kind: 'message',
      text: 'cứu em',
    });
  });

  it('of a place outside the globe has no place', () => {
    expect(read(message({ text: 'a', location: { latitude: 91, longitude: 0 } })).attachments).toEqual([]);
  });

  it.each([
    ['forwarded text', { text: 'a', forward_origin: { type: 'hidden_user', date: 1 } }, true],
    ['a reply with a quote', { text: 'a', quote: { text: 'b' }, reply_to_message: {} }, false],
  ])('tells own words from %s', (_what, fields, forwarded) => {
    expect(read(message(fields)).forwarded).toBe(forwarded);
  });

  it.each([
    ['a group', message({ text: 'x', chat: { id: -100, type: 'supergroup' } }), 'message'],
    ['a Start in a group', message({ text: '/start', chat: { id: -100, type: 'group' } }), 'message'],
    ['another bot', message({ text: 'x', from: { ...person, is_bot: true } }), 'message'],
    ['a service message', message({ pinned_message: { message_id: 1 } }), 'ignored'],
    ['an edit', { update_id: 1, edited_message: message({ text: 'x' }).message }, 'edit'],
    ['a channel', { update_id: 1, channel_post: message({ text: 'x' }).message }, 'ignored'],
    ['an inline query', { update_id: 1, inline_query: { id: '1', from: person, query: 'x' } }, 'ignored'],
    ['an update of a kind yet unknown', { update_id: 1, brand_new: {} }, 'ignored'],
    [
      'a reaction',
      {
        update_id: 1,
        message_reaction: { chat: { id: 5, type: 'private' }, message_id: 3, user: person, date: 1790000000 },
      },
      'reaction',
    ],
    [
      'joining a group',
      {
        update_id: 1,
        my_chat_member: {
          chat: { id: -5, type: 'group' },
          from: person,
          new_chat_member: { status: 'member' },
        },
      },
      'membership',
    ],
    [
      'a button in a group',
      {
        update_id: 1,
        callback_query: {
          id: 'q',
          from: person,
          data: 'x',
          message: { message_id: 1, chat: { id: -5, type: 'group' } },
        },
      },
      'ignored',
    ],
    ['a game', { update_id: 1, callback_query: { id: 'q', from: person, game_short_name: 'x' } }, 'ignored'],
  ])('from %s is never answered', (_what, update, kind) => {
    expect(read(update)).toMatchObject({ kind, botMayReply: false, opensWindow: false });
  });

  it('of a button whose message is gone is answered to the person', () => {
    const event = read({ update_id: 1, callback_query: { id: 'q1', from: person, data: 'yes' } });
    expect(event).toMatchObject({
      kind: 'postback',
      payload: 'yes',
      conversationId: CHAT,
      messageId: null,
      replyHandle: 'q1',
    });
  });

  it('of data from a web app is a postback', () => {
    expect(read(message({ web_app_data: { data: '{}', button_text: 'x' } }))).toMatchObject({
      kind: 'postback',
      payload: '{}',
    });
  });

  it.each([0, -1, 1e15, 1.5, '1790000000'])('with the impossible date %j has none', (date) => {
    expect(read(message({ text: 'x', date })).sentAt).toBeNull();
  });

  it('counts its date in seconds and its language as a hint', () => {
    expect(read(message({ text: 'x' }))).toMatchObject({
      sentAt: new Date(1790000000 * 1000),
      languageHint: 'vi',
    });
  });

  it('to a second bot of ours has its own key, and without an id one made from its bytes', () => {
    expect(read(message({ text: 'x' }), 'second').dedupeKey).toBe('telegram:second:810000100');
    const nameless = [{ message: 1 }, { message: 2 }].map((update) => read(update).dedupeKey);
    expect(nameless[0]).toMatch(/^telegram:[0-9a-f]{64}$/);
    expect(nameless[0]).not.toBe(nameless[1]);
  });

  it('made by the fake is read like a real one', () => {
    const someone = { id: 5100000009, updateId: 900000001 };
    expect(read(buildTextUpdate(someone, 'chào'))).toMatchObject({
      kind: 'message',
      text: 'chào',
      conversationId: '5100000009',
    });
    expect(read(buildTapUpdate(someone, 'menu.check'))).toMatchObject({
      kind: 'postback',
      payload: 'menu.check',
      botMayReply: true,
    });
  });

  function read(update: object, account = 'default'): InboundEvent {
    const adapter = createTelegramAdapter({ account, token: FAKE_BOT.token, webhookSecret: SECRET });
    const result = adapter.parse(Buffer.from(JSON.stringify(update)), NOW);
    if (result.kind === 'not_json' || result.events[0] === undefined) throw new Error('no event');
    return result.events[0];
  }
});

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
    const adapter = createAdapter({
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
    const adapter = createAdapter({
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
    const adapter = createAdapter({
      apiRoot: platforms.base('telegram'),
      log: { warn: (entry) => logged.push(entry) },
    });
    const events = updates.flatMap((update) => {
      const result = adapter.parse(Buffer.from(JSON.stringify(update)), NOW);
      return result.kind === 'events' ? result.events : [];
    });
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
    const adapter = createAdapter({
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
