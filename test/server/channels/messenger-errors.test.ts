/** The Messenger adapter as every adapter, and what each answer of the Graph API means. */
import { type FailureRow, startUnderTest } from '../../support/adapter-stand.ts';
import { createMessenger } from '../../support/adapters.ts';
import { answerRaw as raw } from '../../support/platforms/answers.ts';
import { graphError } from '../../support/platforms/messenger.ts';
import { signMessenger } from '../../support/platforms/messenger-events.ts';
import { describeAdapter } from './suite.ts';

const PSID = '7001002003004005';

/** title, what the Graph API does, class, wait, code */
const FAILURES: readonly FailureRow[] = [
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
];

describeAdapter({
  channel: 'messenger',
  fixtures: new URL('fixtures/messenger/', import.meta.url),
  failureTitles: FAILURES.map(([title]) => title),
  sign: signMessenger,
  start: () =>
    startUnderTest({
      face: 'messenger',
      conversationId: PSID,
      failures: FAILURES,
      create: ({ base, http, log }) => createMessenger({ graphBase: base, http, log }),
    }),
});
