/** Texts that are also heard: on every channel that plays recordings, and never instead of the text. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Adapter, OutboundMessage, Recording } from '../../../server/channels/adapter.ts';
import { createHttpClient } from '../../../server/http.ts';
import { connectZalo, createLine, createMessenger, createTelegram, NOW } from '../../support/adapters.ts';
import type { FaceName } from '../../support/platforms/answers.ts';
import { lineError } from '../../support/platforms/line.ts';
import { graphError } from '../../support/platforms/messenger.ts';
import { startPlatforms, type Platforms } from '../../support/platforms/platforms.ts';
import { telegramError } from '../../support/platforms/telegram.ts';

const PEOPLE = {
  telegram: '5100000001',
  messenger: '7001002003004005',
  line: 'U0a1b2c3d4e5f60718293a4b5c6d7e8f9',
  zalo: '7012345678901234567',
} as const;
const url = 'https://hoi.example.org/audio/vi/welcome.hello.m4a';
const RECORDING: Recording = { url, format: 'm4a', durationMs: 4200 };
const MESSAGE: OutboundMessage = {
  text: 'Chào bạn',
  choices: [{ id: 'yes', label: 'Có' }],
  language: 'vi',
  recording: RECORDING,
};

let platforms: Platforms;
let adapters: Readonly<Record<FaceName, Adapter>>;
beforeAll(async () => {
  platforms = await startPlatforms({ now: () => NOW, knowsEverybody: true });
  const http = createHttpClient({ allowedBases: [platforms.base('zalo')] });
  adapters = {
    telegram: createTelegram({ apiRoot: platforms.base('telegram') }),
    messenger: createMessenger({ graphBase: platforms.base('messenger') }),
    line: createLine({ apiBase: platforms.base('line'), now: () => NOW }),
    zalo: await connectZalo(platforms, http),
  };
});
afterAll(() => platforms.close());
afterEach(() => {
  platforms.calls.length = 0;
  for (const face of ['telegram', 'messenger', 'line', 'zalo'] as const) platforms[face].sent.length = 0;
});

const sentBy = (face: FaceName) =>
  platforms[face].sent.map(({ recording, text, choices }) => [recording ?? text, choices.length]);
function send(face: FaceName, over: Partial<OutboundMessage> = {}, skipParts = 0) {
  return adapters[face].send(
    { conversationId: PEOPLE[face], replyHandle: null },
    { ...MESSAGE, ...over },
    {
      idempotencyKey: crypto.randomUUID(),
      skipParts,
      signal: new AbortController().signal,
    },
  );
}

describe('a text with a recording', () => {
  it.each(['telegram', 'messenger', 'line'] as const)('is heard first, then read, on %s', async (face) => {
    expect(await send(face)).toMatchObject({ ok: true });
    expect(sentBy(face)).toEqual([
      [url, 0],
      ['Chào bạn', 1],
    ]);
    expect(platforms.calls.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('is read on Zalo, which plays none', async () => {
    expect(await send('zalo')).toMatchObject({ ok: true });
    expect(sentBy('zalo')).toEqual([['Chào bạn', 1]]);
  });

  it('is read where its format is not played', async () => {
    expect(await send('line', { recording: { ...RECORDING, format: 'ogg' } })).toMatchObject({ ok: true });
    expect(sentBy('line')).toEqual([['Chào bạn', 1]]);
  });

  it.each([
    ['telegram', () => telegramError(400, 'Bad Request: failed to get HTTP URL content')],
    ['messenger', () => graphError(100, 2018047)],
    ['line', () => lineError(400, 'The request body has 1 error(s)')],
  ] as const)('is read on %s when the platform cannot fetch the recording', async (face, refuse) => {
    platforms[face].answerNext(refuse());
    const result = await send(face);
    expect(result).toMatchObject({ ok: true, platformIds: [expect.any(String)] });
    expect(sentBy(face)).toEqual([['Chào bạn', 1]]);
  });

  it.each(['telegram', 'messenger', 'line'] as const)('is not heard again on %s', async (face) => {
    expect(await send(face, {}, 1)).toMatchObject({ ok: true });
    expect(sentBy(face)).toEqual([['Chào bạn', 1]]);
  });

  it('is one free reply on LINE together with the others of its turn, each under its own id', async () => {
    platforms.line.giveToken('turn', PEOPLE.line);
    const second = { text: 'Bạn cần gì?', choices: [], language: 'vi' };
    const result = await adapters.line.sendTogether?.(
      { conversationId: PEOPLE.line, replyHandle: `turn ${NOW.getTime()}` },
      [{ ...MESSAGE, choices: [] }, second],
      { idempotencyKey: 'turn', skipParts: 0, signal: new AbortController().signal },
    );
    const [, first, last] = platforms.line.sent.map(({ messageId }) => messageId);
    expect(result).toEqual({ ok: true, taken: 2, platformIds: [[first], [last]], charged: 0 });
    expect(sentBy('line').map(([said]) => said)).toEqual([url, 'Chào bạn', 'Bạn cần gì?']);
  });
});
