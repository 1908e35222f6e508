/** A LINE that is written to by one adapter: for tests of what goes out by which call. */
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { OutboundMessage, SendResult } from '../../server/channels/adapter.ts';
import type { HttpClient } from '../../server/http.ts';
import { createLine, NOW } from './adapters.ts';
import type { SentMessage } from './platforms/people.ts';
import { type Platforms, startPlatforms } from './platforms/platforms.ts';

export const LINE_USER = 'U0a1b2c3d4e5f60718293a4b5c6d7e8f9';

export interface SendOver {
  replyHandle?: string | null;
  idempotencyKey?: string;
  skipParts?: number;
  signal?: AbortSignal;
  channelToken?: string;
  http?: HttpClient;
}

export interface LineSending {
  platforms: () => Platforms;
  /** what people were shown in this test */
  sent: () => SentMessage[];
  /** calls of this test: `reply` or `push` */
  paths: () => string[];
  /** their retry keys */
  keys: () => unknown[];
  /** a reply handle as the adapter writes it, for a token that came so long ago */
  handle: (token: string, ageMs: number) => string;
  send: (message: Partial<OutboundMessage>, over?: SendOver, conversationId?: string) => Promise<SendResult>;
}

/** Call inside `describe`: starts the platforms before its tests and expects no fault after them. */
export function useLineSending(): LineSending {
  let platforms: Platforms;
  let sends = 0;
  beforeAll(async () => {
    platforms = await startPlatforms({ now: () => NOW, knowsEverybody: true });
  });
  afterAll(async () => {
    expect(platforms.faults()).toEqual([]);
    await platforms.close();
  });
  afterEach(() => {
    platforms.calls.length = 0;
    platforms.line.sent.length = 0;
  });
  return {
    platforms: () => platforms,
    sent: () => platforms.line.sent,
    paths: () => platforms.calls.map(({ path }) => path.replace('/v2/bot/message/', '')),
    keys: () => platforms.calls.map(({ headers }) => headers['x-line-retry-key']),
    handle: (token, ageMs) => `${token} ${NOW.getTime() - ageMs}`,
    send: (message, over = {}, conversationId = LINE_USER) => {
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
    },
  };
}
