/** The platforms behave as their contracts say: windows, tokens, keys, rates, people who block, and what goes wrong on the way. */
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../../server/config.ts';
import { createStoppedClient } from '../adapter-stand.ts';
import { fakeClock, type SetClock } from '../turns.ts';
import { FACES, type PlatformAnswer } from './answers.ts';
import { FAKE_LINE } from './line.ts';
import { FAKE_PAGE } from './messenger.ts';
import { type Platforms, startPlatforms } from './platforms.ts';
import { FAKE_BOT } from './telegram.ts';
import { EVENTS } from './webhook-sender.ts';

const HOUR_MS = 3_600_000;
let clock: SetClock;
let platforms: Platforms;
beforeEach(async () => {
  clock = fakeClock();
  platforms = await startPlatforms({ now: clock.now });
});
afterEach(() => platforms.close());

/** Each knows how to send "a" to a person and to tell what came of it in one word. */
const SENDERS = {
  messenger: async (person: string, tag?: 'HUMAN_AGENT') => {
    const proof = createHmac('sha256', FAKE_PAGE.appSecret).update(FAKE_PAGE.pageToken).digest('hex');
    const query = new URLSearchParams({ access_token: FAKE_PAGE.pageToken, appsecret_proof: proof });
    const answer = await post(
      `${platforms.base('messenger')}/v26.0/${FAKE_PAGE.pageId}/messages?${query.toString()}`,
      {
        recipient: { id: person },
        messaging_type: tag === undefined ? 'RESPONSE' : 'MESSAGE_TAG',
        ...(tag && { tag }),
        message: { text: 'a' },
      },
    );
    return /"code":(-?\d+),"error_subcode":(\d+)/.exec(answer.text)?.slice(1, 3).join('/') ?? answer.text;
  },
  telegram: async (person: string) => {
    const url = `${platforms.base('telegram')}/bot${FAKE_BOT.token}/sendMessage`;
    const answer = await post(url, { chat_id: Number(person), text: 'a' });
    return answer.text;
  },
  push: (person: string, key: string) =>
    post(
      `${platforms.base('line')}/v2/bot/message/push`,
      { to: person, messages: [{ type: 'text', text: 'a' }] },
      { authorization: `Bearer ${FAKE_LINE.channelToken}`, 'x-line-retry-key': key },
    ),
  reply: (replyToken: string) =>
    post(
      `${platforms.base('line')}/v2/bot/message/reply`,
      { replyToken, messages: [{ type: 'text', text: 'a' }] },
      { authorization: `Bearer ${FAKE_LINE.channelToken}` },
    ),
} as const;

async function post(url: string, body: object, headers: Readonly<Record<string, string>> = {}) {
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const keyOf = (n: number): string => `123e4567-e89b-12d3-a456-${String(n).padStart(12, '0')}`;

describe('the platforms', () => {
  it('give an environment that our server takes, for all of them and for one', () => {
    expect(readConfig(platforms.env(), '.')).toMatchObject({ ok: true });
    expect(Object.keys(platforms.env('line')).every((name) => name.startsWith('LINE_'))).toBe(true);
    expect(platforms.env()).toEqual(platforms.env());
  });

  it.each(FACES)('of %s hear who writes, and then know the person', (face) => {
    const { build, pack, person } = EVENTS[face];
    const at = clock.now();
    const [body] = pack([build.text({ person: person(1), id: 1, at }, 'a')], 1);
    expect(platforms[face].people.lastAt(person(1))).toBeNull();
    platforms.hear(face, body);
    expect(platforms[face].people.lastAt(person(1))).toEqual(at);
  });

  it('tell a fault of each call that breaks a contract, and nothing of what it said', async () => {
    await post(`${platforms.base('telegram')}/bot${FAKE_BOT.token}/sendMessage`, {
      chat_id: 1,
      txt: 'CANARY',
    });
    expect(platforms.faults()).toEqual([
      'telegram sendMessage: sendMessage.txt is not a field; sendMessage.text is missing',
    ]);
  });

  it('keep what people were shown in the order of acceptance', async () => {
    const before = platforms.waitForSent(({ face }) => face === 'line');
    platforms.telegram.people.touch('5', clock.now());
    platforms.line.people.touch('U1', clock.now());
    await SENDERS.telegram('5');
    await SENDERS.push('U1', keyOf(1));
    expect(platforms.sent).toMatchObject([
      { serial: 1, face: 'telegram', person: '5', text: 'a', choices: [], at: clock.now() },
      { serial: 2, face: 'line', person: 'U1', how: 'push' },
    ]);
    expect(await before).toBe(platforms.sent[1]);
  });
});

describe('Messenger', () => {
  it.each([
    [24, undefined, 'answers'],
    [24.1, undefined, 'is closed'],
    [168, 'HUMAN_AGENT', 'answers'],
    [168.1, 'HUMAN_AGENT', 'is closed'],
  ] as const)('%d hours after the last word, with tag %s, %s', async (hours, tag, outcome) => {
    platforms.messenger.people.touch('7', clock.now());
    clock.advance(hours * HOUR_MS);
    const told = await SENDERS.messenger('7', tag);
    expect(told).toMatch(outcome === 'answers' ? /"message_id"/ : /^10\/2018278$/);
    expect(platforms.sent.map(({ how }) => how)).toEqual(outcome === 'answers' ? [tag ?? 'RESPONSE'] : []);
  });

  it('refuses who never wrote and who blocked us', async () => {
    expect(await SENDERS.messenger('8')).toBe('100/2018001');
    platforms.messenger.people.touch('8', clock.now());
    platforms.messenger.people.block('8');
    expect(await SENDERS.messenger('8')).toBe('551/1545041');
  });

  it('is not opened by a receipt', () => {
    const { build, pack } = EVENTS.messenger;
    const [body] = pack([build.read?.({ person: '9', id: 1, at: clock.now() }, 'x') ?? {}], 1);
    platforms.hear('messenger', body);
    expect(platforms.messenger.people.lastAt('9')).toBeNull();
  });
});

describe('Telegram', () => {
  it('refuses who never wrote and who blocked us, until the next word', async () => {
    expect(await SENDERS.telegram('5')).toContain("bot can't initiate conversation");
    platforms.telegram.people.touch('5', clock.now());
    platforms.telegram.people.block('5');
    expect(await SENDERS.telegram('5')).toContain('bot was blocked by the user');
    platforms.telegram.people.touch('5', clock.now());
    expect(await SENDERS.telegram('5')).toContain('"ok":true');
  });

  it.each([
    ['the whole bot', () => platforms.telegram.rate.setLimit(1), '6'],
    ['one chat', () => platforms.telegram.setChatRate(1), '5'],
  ])('limits %s, says how long to wait, and goes on then', async (_what, limit, second) => {
    for (const person of ['5', '6']) platforms.telegram.people.touch(person, clock.now());
    limit();
    expect(await SENDERS.telegram('5')).toContain('"ok":true');
    clock.advance(200);
    expect(await SENDERS.telegram(second)).toContain('"parameters":{"retry_after":1}');
    clock.advance(800);
    expect(await SENDERS.telegram(second)).toContain('"ok":true');
  });
});

describe('LINE', () => {
  beforeEach(() => platforms.line.people.touch('U1', clock.now()));

  it.each([
    ['a minute old', 60_000, 200],
    ['older', 60_001, 400],
  ])('takes a reply token that is %s with %d ms: %d', async (_what, ageMs, status) => {
    platforms.line.giveToken('t', 'U1');
    clock.advance(ageMs);
    expect((await SENDERS.reply('t')).status).toBe(status);
  });

  it('takes a reply token once, also when its webhook is delivered again', async () => {
    platforms.line.giveToken('t', 'U1');
    expect((await SENDERS.reply('t')).status).toBe(200);
    platforms.line.giveToken('t', 'U1');
    expect(await SENDERS.reply('t')).toMatchObject({
      status: 400,
      text: expect.stringContaining('Invalid reply token'),
    });
    expect(platforms.sent).toHaveLength(1);
  });

  it('answers a retry key it knows with the first request, and shows nothing again, for a day', async () => {
    const first = await SENDERS.push('U1', keyOf(1));
    const second = await SENDERS.push('U1', keyOf(1));
    expect(second.status).toBe(409);
    expect(second.headers.get('x-line-accepted-request-id')).toBe(first.headers.get('x-line-request-id'));
    expect(platforms.sent).toHaveLength(1);
    clock.advance(25 * HOUR_MS);
    expect((await SENDERS.push('U1', keyOf(1))).status).toBe(200);
  });

  it('loses what is pushed to who blocked it, and says 200', async () => {
    platforms.line.people.block('U1');
    expect((await SENDERS.push('U1', keyOf(1))).status).toBe(200);
    expect([platforms.sent.length, platforms.line.lost.length]).toEqual([0, 1]);
  });

  it('counts what is pushed against the month, and not what is replied', async () => {
    platforms.line.setAccount({ quota: { type: 'limited', value: 11 }, used: 10 });
    platforms.line.giveToken('t', 'U1');
    await SENDERS.reply('t');
    expect((await SENDERS.push('U1', keyOf(1))).status).toBe(200);
    expect(await SENDERS.push('U1', keyOf(2))).toMatchObject({
      status: 429,
      text: expect.stringContaining('monthly limit'),
    });
  });
});

describe('a scripted answer', () => {
  it.each([
    [{ kind: 'reset' }, 'http_unreachable', 0],
    [{ kind: 'accept_and_reset' }, 'http_unreachable', 1],
    [{ kind: 'cut' }, 'http_unreachable', 0],
    [{ kind: 'huge', bytes: 10_000_000 }, 'http_too_large', 0],
    [{ kind: 'hang' }, 'http_timeout', 0],
    [{ kind: 'stall' }, 'http_timeout', 0],
    [{ kind: 'accept_and_hang' }, 'http_timeout', 1],
  ] as const satisfies readonly (readonly [PlatformAnswer, string, number])[])(
    '%j ends as %s with %d messages shown',
    async (answer, code, shown) => {
      const client = createStoppedClient(platforms.base('telegram'));
      platforms.telegram.people.touch('5', clock.now());
      platforms.telegram.answerNext(answer);
      if (code === 'http_timeout') void platforms.waitFor(() => true).then(client.runOut);
      const result = await client.http.request({
        method: 'POST',
        url: `${platforms.base('telegram')}/bot${FAKE_BOT.token}/sendMessage`,
        body: JSON.stringify({ chat_id: 5, text: 'a' }),
      });
      expect(result).toEqual({ ok: false, code });
      expect(platforms.sent).toHaveLength(shown);
      client.http.close();
    },
  );
});
