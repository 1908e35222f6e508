/** The LINE adapter against a Messaging API on loopback that checks every call. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { validateSignature } from '@line/bot-sdk';
import { resolveChoiceId } from '../../../server/channels/degrade.ts';
import { LINE_CAPABILITIES } from '../../../server/channels/line.ts';
import { createLine, readEvents } from '../../support/adapters.ts';
import { LINE_USER as USER, useLineSending } from '../../support/line-sending.ts';
import { answerRaw as raw } from '../../support/platforms/answers.ts';
import { FAKE_LINE, lineError } from '../../support/platforms/line.ts';
import {
  buildLineDelivery,
  buildLineEvent,
  buildLineText,
  signLine,
} from '../../support/platforms/line-events.ts';
import { startPlatforms } from '../../support/platforms/platforms.ts';

describe('the signature of a LINE delivery', () => {
  const body = Buffer.from('{"destination":"U","events":[]}');
  const good = signLine(body)['x-line-signature'];
  it.each([
    ['right', good, 'ok'],
    ['absent', undefined, 'missing'],
    ['empty', '', 'missing'],
    ['cut short', good.slice(0, -4), 'invalid'],
    ['too long', `${good}AAAA`, 'invalid'],
    ['hexadecimal', Buffer.from(good, 'base64').toString('hex'), 'invalid'],
    ['not base64', '!'.repeat(44), 'invalid'],
    ['of other bytes', signLine('{}')['x-line-signature'], 'invalid'],
    ['there twice', [good, good], 'invalid'],
  ])('that is %s', (_what, header, verification) => {
    const headers = header === undefined ? {} : { 'x-line-signature': header };
    expect(createLine().verify(headers, body)).toBe(verification);
  });

  it.each([
    ['the same bytes', body],
    ['other bytes', Buffer.from('{}')],
  ])("is judged as LINE's own helper judges it over %s", (_what, bytes) => {
    const own = createLine().verify({ 'x-line-signature': good }, bytes) === 'ok';
    expect(own).toBe(validateSignature(bytes, FAKE_LINE.channelSecret, good));
  });

  it('is worth nothing under an empty secret', () => {
    const forged = createHmac('sha256', '').update(body).digest('base64');
    const adapter = createLine({ channelSecret: '' });
    expect(adapter.verify({ 'x-line-signature': forged }, body)).toBe('invalid');
  });
});

describe('a message to LINE', () => {
  const { platforms, sent, paths, handle, send } = useLineSending();

  it('is pushed as written, with a retry key, when there is nothing to reply to', async () => {
    const result = await send({ text: '*111* <b> _x_ example.org' });
    expect(result).toEqual({ ok: true, platformIds: [expect.stringMatching(/^\d+$/)], charged: 1 });
    expect(platforms().calls).toMatchObject([
      {
        method: 'POST',
        path: '/v2/bot/message/push',
        problems: [],
        headers: {
          authorization: `Bearer ${FAKE_LINE.channelToken}`,
          'x-line-retry-key': expect.any(String),
        },
        json: { to: USER, messages: [{ type: 'text', text: '*111* <b> _x_ example.org' }] },
      },
    ]);
  });

  it('shows up to 13 choices as quick replies, more of them as a numbered list', async () => {
    const choices = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ id: `c${index}`, label: `Chọn ${index}` }));
    await send({ choices: choices(13) }, { idempotencyKey: 'a' });
    await send({ choices: choices(14) }, { idempotencyKey: 'b' });
    expect(sent()[0]?.choices).toHaveLength(13);
    expect(platforms().calls[0]?.json).toMatchObject({
      messages: [
        {
          quickReply: {
            items: expect.arrayContaining([
              {
                type: 'action',
                action: { type: 'postback', label: 'Chọn 1', data: 'c1', displayText: 'Chọn 1' },
              },
            ]),
          },
        },
      ],
    });
    expect(sent()[1]?.choices).toEqual([]);
    expect(sent()[1]?.text).toContain('14. Chọn 13');
    expect(platforms().faults()).toEqual([]);
  });

  it('carries a long choice id as a short one that leads back to it', async () => {
    const choices = [{ id: `menu.${'đ'.repeat(200)}`, label: 'A' }];
    await send({ choices }, { idempotencyKey: 'long-id' });
    const data = sent()[0]?.choices[0]?.payload ?? '';
    expect(resolveChoiceId(data, choices, LINE_CAPABILITIES.maxChoicePayloadBytes)).toBe(choices[0]?.id);
  });

  it('with half a character still goes out', async () => {
    expect(await send({ text: 'a\uD83D b' }, { idempotencyKey: 'half' })).toMatchObject({ ok: true });
    expect(sent()[0]?.text).toBe('a\uFFFD b');
  });

  it('is not sent to anything but an id of LINE', async () => {
    for (const target of ['', 'me', USER.toUpperCase(), `${USER}0`]) {
      expect(await send({}, {}, target)).toMatchObject({
        ok: false,
        class: 'invalid',
        code: 'line_bad_target',
      });
    }
    expect(platforms().calls).toEqual([]);
  });

  it.each([
    ['a push', null, ['push']],
    ['a reply, which is not tried again', handle('t', 0), ['reply']],
  ])('is given up when the caller gives up: %s', async (_what, replyHandle, expected) => {
    const controller = new AbortController();
    platforms().line.answerNext({ kind: 'hang' });
    void platforms()
      .waitFor(() => true)
      .then(() => controller.abort());
    expect(await send({}, { signal: controller.signal, replyHandle })).toMatchObject({
      class: 'retry',
      code: 'line_aborted',
    });
    expect(paths()).toEqual(expected);
  });

  it.each([
    ['no ids', '{}'],
    ['ids of wrong types', '{"sentMessages":[{"id":5},null,"x"]}'],
    ['a list that is none', '{"sentMessages":5}'],
  ])('whose answer has %s counts as sent', async (_what, body) => {
    platforms().line.answerNext(raw(200, body));
    expect(await send({})).toEqual({ ok: true, platformIds: [], charged: 1 });
  });

  it('with a token LINE does not know says so', async () => {
    expect(await send({}, { channelToken: 'wrong' })).toMatchObject({
      ok: false,
      class: 'token',
      code: 'line_401',
    });
  });
});

describe('the health of the LINE account', () => {
  const away = { kind: 'reset' } as const;
  it.each([
    [
      'is good with a webhook and quota left',
      {},
      [],
      { ok: true, code: 'ok', quota: { limit: 200, used: 10 } },
    ],
    [
      'is good without a limit',
      { quota: { type: 'none' }, used: 999_999 },
      [],
      { ok: true, code: 'ok', quota: { limit: null, used: 999_999 } },
    ],
    [
      'is bad when the token is of another account',
      { userId: USER },
      [],
      { ok: false, code: 'wrong_account' },
    ],
    ['is bad without a webhook', { endpoint: null }, [], { ok: false, code: 'webhook_not_set' }],
    [
      'is bad with a webhook that is switched off',
      { endpoint: { endpoint: 'https://example.org', active: false } },
      [],
      { ok: false, code: 'webhook_not_set' },
    ],
    [
      'is bad when the quota is nearly used up',
      { used: 180 },
      [],
      { ok: false, code: 'quota_low', quota: { limit: 200, used: 180 } },
    ],
    [
      'is bad when the quota is used up',
      { used: 200 },
      [],
      { ok: false, code: 'quota_used_up', quota: { limit: 200, used: 200 } },
    ],
    [
      'is bad with a refused token',
      {},
      Array.from({ length: 4 }, () => lineError(401)),
      { ok: false, code: 'token_refused' },
    ],
    ['is bad when LINE is away', {}, [away, away, away, away], { ok: false, code: 'line_unreachable' }],
    [
      'is bad when something else answers',
      {},
      Array.from({ length: 4 }, () => raw(200, '{"userId":5}')),
      { ok: false, code: 'wrong_account' },
    ],
  ])('%s', async (_what, account, answers, health) => {
    const platforms = await startPlatforms();
    platforms.line.setAccount({ quota: { type: 'limited', value: 200 }, ...account });
    platforms.line.answerNext(...answers);
    expect(await createLine({ apiBase: platforms.base('line') }).health()).toEqual(health);
    await platforms.close();
  });

  it('does not ask whose token it is when no destination is configured', async () => {
    const platforms = await startPlatforms();
    platforms.line.setAccount({ userId: USER });
    expect(await createLine({ apiBase: platforms.base('line'), destination: null }).health()).toEqual({
      ok: true,
      code: 'ok',
      quota: { limit: 100_000, used: 10 },
    });
    await platforms.close();
  });
});

describe('a suspended LINE account', () => {
  it('is told to the operator', async () => {
    const logged: unknown[] = [];
    const adapter = createLine({ log: { warn: (entry) => logged.push(entry) } });
    const suspended = { type: 'botSuspended', source: undefined };
    const events = readEvents(
      adapter,
      buildLineDelivery([buildLineEvent(USER, 1, suspended), buildLineText(USER, 2, 'x')]),
    );
    await adapter.acknowledge?.(events);
    await adapter.acknowledge?.(events.slice(1));
    expect(logged).toEqual([
      { event: 'platform_limits_us', channel: 'line', account: 'default', code: 'bot_suspended' },
    ]);
  });
});

describe('the secrets of the LINE account', () => {
  it('are the token, also as it stands in an address, and the channel secret', () => {
    expect(new Set(createLine().secrets)).toEqual(
      new Set([FAKE_LINE.channelSecret, FAKE_LINE.channelToken, 'exampleLineToken%2FNotReal%2B0%3D']),
    );
  });
});
