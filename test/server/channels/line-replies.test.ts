/** Which call carries a message to LINE: free replies while their token lives, pushes under keys that repeat nothing. */
import { describe, expect, it } from '@jest/globals';
import type { OutboundMessage } from '../../../server/channels/adapter.ts';
import { createStoppedClient } from '../../support/adapter-stand.ts';
import { createLine, NOW } from '../../support/adapters.ts';
import { LINE_USER as USER, useLineSending } from '../../support/line-sending.ts';
import { answerRaw as raw } from '../../support/platforms/answers.ts';
import { lineError } from '../../support/platforms/line.ts';

describe('a message to LINE', () => {
  const { platforms, sent, paths, keys, handle, send } = useLineSending();

  it.each([
    ['replies while the token is fresh', 'fresh', 30_000, ['reply']],
    ['pushes when the token is too old', 'old', 30_001, ['push']],
    ['pushes when the token comes from the future', 'future', -1, ['push']],
  ])('%s', async (_what, token, ageMs, expected) => {
    platforms().line.giveToken(token, USER);
    expect(await send({}, { replyHandle: handle(token, ageMs) })).toMatchObject({ ok: true });
    expect(paths()).toEqual(expected);
    expect(sent()).toHaveLength(1);
  });

  describe('together with others of its turn', () => {
    const text = (words: string, choices: OutboundMessage['choices'] = []): OutboundMessage => ({
      ...{ text: words, choices, language: 'vi' },
    });
    const long = 'Một câu ngắn. '.repeat(400);
    const yes = [{ id: 'yes', label: 'Có' }];
    let turns = 0;
    const sendAll = (messages: readonly OutboundMessage[], skipParts = 0) => {
      const token = `turn-${(turns += 1)}`;
      platforms().line.giveToken(token, USER);
      return createLine({ apiBase: platforms().base('line'), now: () => NOW }).sendTogether?.(
        { conversationId: USER, replyHandle: handle(token, 0) },
        messages,
        { idempotencyKey: 'turn', skipParts, signal: new AbortController().signal },
      );
    };

    it.each([
      ['five at most', ['1', '2', '3', '4', '5', '6'].map((one) => text(one)), 5, 5],
      [
        'only whole ones: a long one counts as its parts',
        [text('1'), text(long), text(long), text(long)],
        3,
        5,
      ],
      ['a long one alone', [text(long)], 1, 2],
      ['none after one with buttons', [text('1', yes), text('2')], 1, 1],
      ['one with buttons as the last', [text('1'), text('2', yes)], 2, 2],
    ])('is one free reply: %s', async (_what, messages, taken, parts) => {
      const result = await sendAll(messages);
      expect(result).toMatchObject({ ok: true, taken, charged: 0 });
      expect(paths()).toEqual(['reply']);
      expect(sent()).toHaveLength(parts);
      expect(result?.ok === true ? result.platformIds.flat() : []).toHaveLength(parts);
    });

    it('starts after the parts of the first that went out before', async () => {
      const result = await sendAll([text(long), text('2')], 1);
      expect(result).toMatchObject({
        ok: true,
        taken: 2,
        platformIds: [[expect.any(String)], [expect.any(String)]],
      });
      expect(sent().at(-1)?.text).toBe('2');
    });

    it('says how many share the failure', async () => {
      platforms().line.answerNext(lineError(401));
      expect(await sendAll([text('1'), text('2')])).toMatchObject({
        ok: false,
        taken: 2,
        failure: { class: 'token' },
      });
    });

    it('is counted as it is pushed, when there is no fresh token', async () => {
      const adapter = createLine({ apiBase: platforms().base('line'), now: () => NOW });
      const context = { idempotencyKey: 'pushed', skipParts: 0, signal: new AbortController().signal };
      const target = { conversationId: USER, replyHandle: null };
      expect(await adapter.sendTogether?.(target, [text('1'), text('2')], context)).toMatchObject({
        charged: 2,
      });
      expect(adapter.answersFree?.(handle('x', 1000), NOW)).toBe(true);
      expect(adapter.answersFree?.(handle('x', 31_000), NOW)).toBe(false);
      expect(adapter.answersFree?.(null, NOW)).toBe(false);
    });
  });

  it.each([
    ['is used up', handle('never-given', 0), ['reply', 'push']],
    ['is no handle of ours', 'just-a-token', ['push']],
  ])('is pushed when the reply token %s', async (_what, replyHandle, expected) => {
    expect(await send({}, { replyHandle })).toMatchObject({ ok: true });
    expect(paths()).toEqual(expected);
    expect(sent()).toHaveLength(1);
  });

  it.each([
    ['arrived', { kind: 'accept_and_reset' } as const, { ok: true, platformIds: [], charged: 0 }],
    [
      'did not arrive',
      { kind: 'reset' } as const,
      { ok: true, platformIds: [expect.any(String)], charged: 0 },
    ],
    ['met a passing mistake', lineError(500), { ok: true, platformIds: [expect.any(String)], charged: 0 }],
  ])('is said once when the answer to a reply is lost and the reply %s', async (what, answer, expected) => {
    const token = what.replaceAll(' ', '-');
    platforms().line.giveToken(token, USER);
    platforms().line.answerNext(answer);
    expect(await send({}, { replyHandle: handle(token, 0) })).toEqual(expected);
    expect(paths()).toEqual(['reply', 'reply']);
    expect(sent()).toHaveLength(1);
  });

  it.each([
    ['a reply that is refused', lineError(401), 'token', 1],
    ['a reply that comes too fast', lineError(429, 'rate', { 'retry-after': '3' }), 'rate', 1],
    ['two replies without an answer', { kind: 'reset' } as const, 'retry', 2],
  ])('is not pushed after %s', async (_what, answer, failureClass, calls) => {
    platforms().line.answerNext(...Array.from({ length: calls }, () => answer));
    expect(await send({}, { replyHandle: handle('t', 0) })).toMatchObject({
      ok: false,
      class: failureClass,
      sentParts: 0,
    });
    expect(paths()).toEqual(Array.from({ length: calls }, () => 'reply'));
  });

  it('counts as sent when LINE knows the retry key already', async () => {
    platforms().line.answerNext({ kind: 'accept_and_reset' });
    expect(await send({}, { idempotencyKey: 'same' })).toMatchObject({
      ok: false,
      class: 'retry',
      sentParts: 0,
    });
    expect(await send({}, { idempotencyKey: 'same' })).toEqual({ ok: true, platformIds: [], charged: 1 });
    expect(sent()).toHaveLength(1);
    expect(new Set(keys()).size).toBe(1);
  });

  it('has another retry key than any other message', async () => {
    await send({}, { idempotencyKey: 'one' });
    await send({}, { idempotencyKey: 'two' });
    expect(new Set(keys()).size).toBe(2);
  });

  it('goes out five parts a call: the first call replies, the rest is pushed under keys of their own', async () => {
    platforms().line.giveToken('many', USER);
    const text = 'Bạn không có lỗi. '.repeat(1800);
    expect(
      await send({ text, choices: [{ id: 'a', label: 'Có' }] }, { replyHandle: handle('many', 0) }),
    ).toMatchObject({ ok: true });
    expect(paths()).toEqual(['reply', 'push']);
    expect(
      sent()
        .map((message) => message.text)
        .join(''),
    ).toBe(text);
    expect(platforms().faults()).toEqual([]);
  });

  it('goes on after the call that failed, under the key of that call', async () => {
    const text = 'Bạn không có lỗi. '.repeat(3100);
    platforms().line.answerNext({ kind: 'reset' });
    await send({ text }, { idempotencyKey: 'long' });
    platforms().calls.length = 0;
    await send({ text }, { idempotencyKey: 'long' });
    const whole = sent().splice(0).length;
    const [first, second, third] = keys();
    expect(whole).toBeGreaterThan(10);
    expect(new Set([first, second, third]).size).toBe(3);

    platforms().calls.length = 0;
    platforms().line.answerNext(raw(200, '{}'), { kind: 'reset' });
    expect(await send({ text }, { idempotencyKey: 'long' })).toMatchObject({
      ok: false,
      class: 'retry',
      sentParts: 5,
    });
    expect(keys()).toEqual([first, second]);
    platforms().calls.length = 0;
    expect(await send({ text }, { idempotencyKey: 'long', skipParts: 5 })).toMatchObject({ ok: true });
    expect(keys()).toEqual([second, third]);
    expect(sent()).toEqual([]);
  });

  it('is said once when a reply hangs until its time runs out and had arrived', async () => {
    const { http, runOut } = createStoppedClient(platforms().base('line'));
    platforms().line.giveToken('hanging', USER);
    platforms().line.answerNext({ kind: 'hang' });
    void platforms()
      .waitFor(() => true)
      .then(runOut);
    expect(await send({}, { replyHandle: handle('hanging', 0), http })).toMatchObject({ ok: true });
    expect(sent()).toHaveLength(1);
    http.close();
  });
});
