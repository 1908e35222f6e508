/** The Telegram adapter as every adapter, and what each answer of the Bot API means. */
import { type FailureRow, startUnderTest } from '../../support/adapter-stand.ts';
import { createTelegram } from '../../support/adapters.ts';
import { answerRaw as raw } from '../../support/platforms/answers.ts';
import { TELEGRAM_ERRORS as answers, telegramError } from '../../support/platforms/telegram.ts';
import { describeAdapter } from './suite.ts';

const CHAT = '5100000001';

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
      create: ({ base, http, log }) => createTelegram({ apiRoot: base, http, log }),
    }),
});
