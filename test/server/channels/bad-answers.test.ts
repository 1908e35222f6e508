/** A platform that answers 10 MB, a page, wrong types, nothing, half, or never: every call of ours says what happened, and no more. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Adapter } from '../../../server/channels/adapter.ts';
import { createZaloOAuth } from '../../../server/channels/zalo-oauth.ts';
import type { HttpClient } from '../../../server/http.ts';
import { createStoppedClient } from '../../support/adapter-stand.ts';
import { createLine, createMessenger, createTelegram, createZalo, NOW } from '../../support/adapters.ts';
import { type Connected, startConnected } from '../../support/connected.ts';
import { answerJson, answerRaw, FACES, type FaceName } from '../../support/platforms/answers.ts';
import type { PlatformAnswer, Script } from '../../support/platforms/answers.ts';
import { type Platforms, startPlatforms } from '../../support/platforms/platforms.ts';
import { EVENTS } from '../../support/platforms/webhook-sender.ts';
import { FAKE_ZALO } from '../../support/platforms/zalo.ts';
import { fixedTokens } from '../../support/tokens.ts';

const HUGE_BYTES = 1_000_000_000;
/** The client reads a mebibyte; what else is on its way fits the buffers of both sides. */
const READ_AT_MOST = 8_000_000;

/** what is answered, and how our code calls it after the name of the channel */
const BAD: readonly (readonly [string, PlatformAnswer, string])[] = [
  ['10 MB', { kind: 'huge', bytes: 10_000_000 }, 'too_large'],
  ['a page with 200', answerRaw(200, '<html><title>Hello</title></html>'), 'not_json_200'],
  ['a page with 502', answerRaw(502, '<html><title>Bad Gateway</title></html>'), 'not_json_502'],
  ['nothing', answerRaw(200, ''), 'not_json_200'],
  ['a number', answerJson(200, 5), 'not_json_200'],
  ['null', answerJson(200, null), 'not_json_200'],
  ['a list', answerJson(200, [{ ok: true }]), 'not_json_200'],
  ['half an answer', { kind: 'cut' }, 'unreachable'],
  ['a broken connection', { kind: 'reset' }, 'unreachable'],
  ['an answer that never ends', { kind: 'stall' }, 'timeout'],
  ['silence', { kind: 'hang' }, 'timeout'],
];

let platforms: Platforms;
beforeAll(async () => {
  platforms = await startPlatforms({ now: () => NOW, knowsEverybody: true });
});
afterAll(async () => {
  expect(platforms.faults()).toEqual([]);
  await platforms.close();
});

const CREATE: Readonly<Record<FaceName, (http: HttpClient) => Adapter>> = {
  zalo: (http) => createZalo({ tokens: fixedTokens(() => 'x'), apiBase: platforms.base('zalo'), http }),
  messenger: (http) => createMessenger({ graphBase: platforms.base('messenger'), http }),
  telegram: (http) => createTelegram({ apiRoot: platforms.base('telegram'), http }),
  line: (http) => createLine({ apiBase: platforms.base('line'), http }),
};

/** Every call is answered so, and time runs out for what is not answered. */
async function answered<Result>(
  face: FaceName,
  script: Script,
  answer: PlatformAnswer,
  calls: number,
  act: (http: HttpClient) => Promise<Result>,
): Promise<Result> {
  const { http, runOut } = createStoppedClient(platforms.base(face));
  script.answerWhen(() => answer);
  const from = platforms.calls.length;
  const isSilent = answer.kind === 'hang' || answer.kind === 'stall';
  if (isSilent) void platforms.waitFor(() => platforms.calls.length >= from + calls, from).then(runOut);
  const result = await act(http);
  script.answerWhen(() => null);
  http.close();
  return result;
}

const sendWith = (face: FaceName) => (http: HttpClient) =>
  CREATE[face](http).send(
    { conversationId: EVENTS[face].person(1), replyHandle: null },
    { text: 'CANARY', choices: [], language: 'vi' },
    { idempotencyKey: 'k', skipParts: 0, signal: new AbortController().signal },
  );

describe.each(FACES)('%s answers a message with', (face) => {
  const scriptOf = (): Script => (face === 'zalo' ? platforms.zalo.messages : platforms[face]);

  it.each(BAD)('%s: it waits and is tried again', async (_what, answer, code) => {
    const result = await answered(face, scriptOf(), answer, 1, sendWith(face));
    expect(result).toEqual({
      ...{ ok: false, class: 'retry', retryAfterMs: null, sentParts: 0 },
      code: `${face}_${code}`,
    });
  });

  it('a gigabyte: no more of it is read than fits', async () => {
    const before = platforms.hugeBytes();
    const huge = { kind: 'huge', bytes: HUGE_BYTES } as const;
    const result = await answered(face, scriptOf(), huge, 1, sendWith(face));
    expect(result).toMatchObject({ ok: false, code: `${face}_too_large` });
    expect(platforms.hugeBytes() - before).toBeLessThan(READ_AT_MOST);
  });
});

/** Calls beside the messages: is the account well, is it ours, how many messages are left. */
const HEALTH_CALLS = { messenger: 2, telegram: 1, line: 4 } as const;

describe.each(['messenger', 'telegram', 'line'] as const)(
  '%s answers the question for its health with',
  (face) => {
    it.each(BAD)('%s: it is not well, and why', async (_what, answer, code) => {
      const health = await answered(face, platforms[face], answer, HEALTH_CALLS[face], (http) =>
        CREATE[face](http).health(),
      );
      expect(health).toEqual({ ok: false, code: `${face}_${code}` });
    });
  },
);

describe('LINE answers the question for the quota alone with', () => {
  it.each(BAD.filter(([, { kind }]) => kind !== 'hang' && kind !== 'stall'))(
    '%s: the account is well, and nothing is said of a quota',
    async (_what, answer) => {
      platforms.line.answerWhen(({ name }) => (name.startsWith('message/quota') ? answer : null));
      const { http } = createStoppedClient(platforms.base('line'));
      expect(await CREATE.line(http).health()).toEqual({ ok: true, code: 'ok' });
      platforms.line.answerWhen(() => null);
      http.close();
    },
  );
});

describe('Zalo answers a sign-in with', () => {
  const WRONG_TYPES = [
    ['tokens of wrong types', { access_token: 5, refresh_token: [] }],
    ['half a pair', { access_token: 'a', expires_in: '90000' }],
    ['a token that breaks a header', { access_token: 'a\nb', refresh_token: 'c' }],
  ] as const;
  const rotate = (http: HttpClient) =>
    createZaloOAuth(
      { appId: FAKE_ZALO.appId, appSecret: FAKE_ZALO.appSecret, oauthBase: platforms.base('zalo') },
      { http, now: () => NOW },
    ).refresh('CANARY');

  it.each([
    ...BAD,
    ...WRONG_TYPES.map(([what, body]) => [what, answerJson(200, body), 'unreadable_200'] as const),
  ])('%s: nothing is decided, and the token kept', async (_what, answer) => {
    const result = await answered('zalo', platforms.zalo.signIn, answer, 1, rotate);
    expect(result).toEqual({ kind: 'unanswered', code: expect.stringMatching(/^zalo_oauth_[a-z_0-9]+$/) });
  });
});

describe('on the whole server', () => {
  let connected: Connected;
  beforeAll(async () => {
    connected = await startConnected();
  }, 120_000);
  afterAll(() => connected.close());

  // what hangs is cut off after 10 to 15 seconds, and no test waits for that
  const quick = BAD.filter(([, { kind }]) => kind !== 'hang' && kind !== 'stall');

  it.each(FACES)(
    '%s: everybody whose first answer met trouble reads all of it, once and in order',
    async (channel) => {
      const { platforms: whole, webhooks } = connected;
      const calm = connected.person(channel);
      await calm.does('text', 'xin chào');
      const people = quick.map(([, answer]) => ({ answer, isMet: false, ...connected.person(channel) }));
      const script = channel === 'zalo' ? whole.zalo.messages : whole[channel];
      script.answerWhen(({ body }) => {
        const hit = people.find(({ id, isMet }) => !isMet && body.includes(id));
        if (hit === undefined) return null;
        hit.isMet = true;
        return hit.answer;
      });
      await webhooks[channel].deliver(people.map(({ event }) => event('text', 'xin chào')));
      await connected.settled();
      script.answerWhen(() => null);
      for (const { heard } of people) expect(heard()).toEqual(calm.heard());
      // LINE's first answers are replies, which name a token that names the person
      expect(people.filter(({ isMet }) => isMet)).toHaveLength(people.length);
    },
    60_000,
  );

  it('broke no rule of the platforms', () => {
    expect(connected.platforms.faults()).toEqual([]);
  });
});
