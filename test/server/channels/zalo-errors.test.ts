/** The Zalo adapter as every adapter, and what each answer of the OA interface means. */
import { type FailureRow, startUnderTest } from '../../support/adapter-stand.ts';
import { connectZalo, NOW } from '../../support/adapters.ts';
import { answerJson } from '../../support/platforms/answers.ts';
import { refuse } from '../../support/platforms/zalo.ts';
import { signZalo } from '../../support/platforms/zalo-events.ts';
import { describeAdapter } from './suite.ts';

const PERSON = '7012345678901234567';

const html = (status: number) => answerJson(status, '<html><title>proxy</title></html>');

/** title, what Zalo does, class, wait, code */
const FAILURES: readonly FailureRow[] = [
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
];

describeAdapter({
  channel: 'zalo',
  fixtures: new URL('fixtures/zalo/', import.meta.url),
  failureTitles: FAILURES.map(([title]) => title),
  start: () =>
    startUnderTest({
      face: 'zalo',
      conversationId: PERSON,
      failures: FAILURES,
      now: () => NOW,
      create: ({ platforms, http, log }) => connectZalo(platforms, http, log),
    }),
  sign: signZalo,
  ownEchoIsUnnamed: true,
});
