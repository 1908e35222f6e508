/** The LINE adapter as every adapter, and what each answer of the Messaging API means. */
import { type FailureRow, startUnderTest } from '../../support/adapter-stand.ts';
import { createLine } from '../../support/adapters.ts';
import { answerRaw as raw } from '../../support/platforms/answers.ts';
import { lineError } from '../../support/platforms/line.ts';
import { signLine } from '../../support/platforms/line-events.ts';
import { describeAdapter } from './suite.ts';

const USER = 'U0a1b2c3d4e5f60718293a4b5c6d7e8f9';

/** title, what LINE does, class, wait, code */
const FAILURES: readonly FailureRow[] = [
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
];

describeAdapter({
  channel: 'line',
  fixtures: new URL('fixtures/line/', import.meta.url),
  failureTitles: FAILURES.map(([title]) => title),
  sign: signLine,
  start: () =>
    startUnderTest({
      face: 'line',
      conversationId: USER,
      failures: FAILURES,
      create: ({ base, http, log }) => createLine({ apiBase: base, http, log }),
    }),
});
