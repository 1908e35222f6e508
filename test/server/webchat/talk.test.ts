import { describe, expect, it } from '@jest/globals';
import { createTalk } from '../../../server/webchat/page/talk.ts';
import type { Talk, TalkDeps } from '../../../server/webchat/page/talk.ts';

/** A server of a few lines and a clock that only moves when told to. */
function openDesk(
  answers: Partial<Record<string, (body: Record<string, unknown>) => Response | Promise<Response>>> = {},
): {
  talk: Talk;
  told: string[];
  calls: { path: string; body: Record<string, unknown>; keepalive: boolean }[];
  /** lets everything that is due in `ms` happen */
  pass: (ms: number) => Promise<void>;
} {
  const told: string[] = [];
  const calls: { path: string; body: Record<string, unknown>; keepalive: boolean }[] = [];
  let clock = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  const settle = async (): Promise<void> => {
    for (let turns = 0; turns < 30; turns++) await new Promise((resolve) => setImmediate(resolve));
  };
  const deps: TalkDeps = {
    async fetch(path, init) {
      const body: unknown = JSON.parse(typeof init.body === 'string' ? init.body : '{}');
      const fields = typeof body === 'object' && body !== null ? { ...body } : {};
      calls.push({ path, body: fields, keepalive: init.keepalive === true });
      const answer = answers[path];
      if (answer !== undefined) return answer(fields);
      if (path === '/api/chat/start') return reply(200, { token: 'T' });
      if (path === '/api/chat/message') return reply(200, { accepted: true });
      if (path === '/api/chat/end') return reply(200, {});
      return new Promise((_resolve, reject) =>
        init.signal?.addEventListener('abort', () => {
          reject(new Error('aborted'));
        }),
      );
    },
    setTimer(run, ms) {
      const timer = { at: clock + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    random: () => 0.5,
    isOnline: () => true,
    onMessages: (messages) => told.push(...messages.map(({ text }) => `heard ${text}`)),
    onItem: (id, state) => told.push(`${id} ${state}`),
    onLink: (state) => told.push(`link ${state}`),
    onEnd: (reason) => told.push(`end ${reason}`),
  };
  return {
    talk: createTalk(deps, { token: 'P', begun: false, after: 0, language: 'vi', ref: null }),
    told,
    calls,
    async pass(ms) {
      await settle();
      const until = clock + ms;
      for (;;) {
        const due = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        clock = due.at;
        timers.delete(due);
        due.run();
        await settle();
      }
      clock = until;
    },
  };
}

const reply = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers });
const texts = (calls: { path: string; body: Record<string, unknown> }[]): unknown[] =>
  calls.filter(({ path }) => path === '/api/chat/message').map(({ body }) => body['text']);

describe('createTalk', () => {
  it('sends one after the other and only when the one before was taken', async () => {
    const waiting: (() => void)[] = [];
    const desk = openDesk({
      '/api/chat/message': () => new Promise((resolve) => waiting.push(() => resolve(reply(200, {})))),
    });
    desk.talk.say('a', { text: '1' });
    desk.talk.say('b', { text: '2' });
    await desk.pass(0);
    expect(texts(desk.calls)).toEqual(['1']);
    waiting.shift()?.();
    await desk.pass(0);
    expect(texts(desk.calls)).toEqual(['1', '2']);
    waiting.shift()?.();
    await desk.pass(0);
    expect(desk.told.filter((line) => /^[ab] /.test(line))).toEqual([
      'a queued',
      'b queued',
      'a sending',
      'a sent',
      'b sending',
      'b sent',
    ]);
  });

  it('tries again with longer and longer pauses, with the same id, and tells what is wrong', async () => {
    let fails = 4;
    const desk = openDesk({
      '/api/chat/message': () => {
        if (fails-- > 0) throw new Error('network');
        return reply(200, {});
      },
    });
    desk.talk.say('a', { text: '1' });
    for (const [ms, tries] of [
      [0, 1],
      [999, 1],
      [1, 2],
      [2000, 3],
      [4000, 4],
      [7999, 4],
      [1, 5],
    ] as const) {
      await desk.pass(ms);
      expect([ms, texts(desk.calls).length]).toEqual([ms, tries]);
    }
    expect(
      new Set(
        desk.calls.filter(({ path }) => path.endsWith('message')).map(({ body }) => body['clientMessageId']),
      ),
    ).toEqual(new Set(['a']));
    expect(desk.told.filter((line) => line.startsWith('link'))).toContain('link unreachable');
    expect(desk.told.at(-2)).toBe('a sent');
    expect(desk.told.at(-1)).toBe('link ok');
  });

  it('waits as long as a slowing server asks', async () => {
    let slow = true;
    const desk = openDesk({
      '/api/chat/message': () =>
        slow ? reply(429, { error: { code: 'too_many_requests' } }, { 'retry-after': '30' }) : reply(200, {}),
    });
    desk.talk.say('a', { text: '1' });
    await desk.pass(0);
    slow = false;
    await desk.pass(29_999);
    expect(texts(desk.calls)).toHaveLength(1);
    expect(desk.told).toContain('link fast');
    await desk.pass(1);
    expect(desk.told).toContain('a sent');
  });

  it('sends at once when the network is back', async () => {
    let online = false;
    const desk = openDesk({
      '/api/chat/start': () => {
        if (!online) throw new Error('network');
        return reply(200, { token: 'T' });
      },
    });
    desk.talk.say('a', { text: '1' });
    await desk.pass(100_000);
    online = true;
    const before = texts(desk.calls).length;
    desk.talk.wake();
    await desk.pass(0);
    expect([before, texts(desk.calls)]).toEqual([0, ['1']]);
  });

  it('goes on with the next message when one is refused', async () => {
    const desk = openDesk({
      '/api/chat/message': ({ text }) =>
        text === 'bad' ? reply(400, { error: { code: 'bad_request' } }) : reply(200, {}),
    });
    desk.talk.say('a', { text: 'bad' });
    desk.talk.say('b', { text: 'good' });
    await desk.pass(0);
    expect(desk.told).toEqual(expect.arrayContaining(['a refused', 'b sent']));
  });

  it('begins a new chat for what was written after the old one was closed', async () => {
    let tokens = 0;
    const desk = openDesk({
      '/api/chat/start': () => reply(200, { token: `T${String(++tokens)}` }),
      '/api/chat/message': ({ token }) =>
        token === 'T1' ? reply(410, { error: { code: 'chat_ended' } }) : reply(200, {}),
    });
    desk.talk.say('a', { text: 'còn đó không' });
    await desk.pass(0);
    expect(desk.told).toEqual(expect.arrayContaining(['end ended', 'a sent']));
    expect(desk.calls.filter(({ path }) => path.endsWith('start')).map(({ body }) => body['token'])).toEqual([
      'P',
      undefined,
    ]);
  });

  it('tells the server when the page is left, and nothing to anybody afterwards', async () => {
    const desk = openDesk({ '/api/chat/poll': () => reply(200, { ended: null, messages: [], after: 0 }) });
    desk.talk.start();
    await desk.pass(0);
    desk.talk.leave();
    const before = desk.told.length;
    desk.talk.say('late', { text: 'x' });
    desk.talk.leave();
    await desk.pass(600_000);
    expect(desk.calls.filter(({ path }) => path.endsWith('end'))).toEqual([
      { path: '/api/chat/end', body: { token: 'T' }, keepalive: true },
    ]);
    expect(desk.told.slice(before)).toEqual(['late queued']);
    expect(texts(desk.calls)).toEqual([]);
  });

  it('asks by long poll when streams stay silent, and tells each message once', async () => {
    const desk = openDesk({
      '/api/chat/poll': ({ after }) =>
        after === 0
          ? reply(200, {
              ended: null,
              after: 2,
              messages: [{ seq: 1, author: 'bot', text: 'hi', choices: [] }],
            })
          : new Promise<Response>(() => undefined),
    });
    desk.talk.start();
    await desk.pass(60_000);
    expect(desk.calls.filter(({ path }) => path.endsWith('events'))).toHaveLength(2);
    expect(desk.told.filter((line) => line.startsWith('heard'))).toEqual(['heard hi']);
    expect(desk.calls.at(-1)).toMatchObject({ path: '/api/chat/poll', body: { after: 2 } });
  });
});
