/** The Messenger adapter against a Graph API on loopback that checks every call. */
import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { InboundEvent, OutboundMessage, SendResult } from '../../../server/channels/adapter.ts';
import { resolveChoiceId } from '../../../server/channels/degrade.ts';
import { MESSENGER_CAPABILITIES } from '../../../server/channels/messenger.ts';
import { createMessenger, readEvents } from '../../support/adapters.ts';
import { readSignatures } from '../../support/fixtures.ts';
import { answerRaw as raw } from '../../support/platforms/answers.ts';
import { FAKE_PAGE, graphError } from '../../support/platforms/messenger.ts';
import { buildDelivery, buildItem, signMessenger } from '../../support/platforms/messenger-events.ts';
import { startPlatforms, type Platforms } from '../../support/platforms/platforms.ts';

const PSID = '7001002003004005';
describe('the signature of a delivery', () => {
  const body = Buffer.from('{"object":"page","entry":[]}');
  const good = signMessenger(body)['X-Hub-Signature-256'];
  it.each([
    ['right', good, 'ok'],
    ['right, in capitals', `sha256=${good.slice(7).toUpperCase()}`, 'ok'],
    ['absent', undefined, 'missing'],
    ['empty', '', 'missing'],
    ['cut short', good.slice(0, -2), 'invalid'],
    ['too long', `${good}00`, 'invalid'],
    ['of another kind', good.replace('sha256', 'sha1'), 'invalid'],
    ['not hexadecimal', `sha256=${'z'.repeat(64)}`, 'invalid'],
    ['of other bytes', signMessenger('{}')['X-Hub-Signature-256'], 'invalid'],
    ['there twice', [good, good], 'invalid'],
  ])('that is %s', (_what, header, verification) => {
    const headers = header === undefined ? {} : { 'x-hub-signature-256': header };
    expect(createMessenger().verify(headers, body)).toBe(verification);
  });

  it('is worth nothing under an empty secret', () => {
    const forged = `sha256=${createHmac('sha256', '').update(body).digest('hex')}`;
    const adapter = createMessenger({ appSecret: '' });
    expect(adapter.verify({ 'x-hub-signature-256': forged }, body)).toBe('invalid');
  });
});

describe('the handshake', () => {
  const recorded = readSignatures('messenger').verifyHandshake;

  it.each([
    ...recorded,
    {
      query: 'hub.mode=unsubscribe&hub.verify_token=example-verify-token&hub.challenge=1',
      status: 403,
      body: '',
    },
    { query: 'hub.mode=subscribe&hub.verify_token=example-verify-token', status: 403, body: '' },
    { query: 'hub.mode=subscribe&hub.verify_token=&hub.challenge=1', status: 403, body: '' },
  ])('$query is answered with $status', ({ query, status, body }) => {
    expect(createMessenger().handshake?.(Object.fromEntries(new URLSearchParams(query)))).toEqual({
      status,
      body,
    });
  });

  it('is refused while no token is chosen', () => {
    const query = { 'hub.mode': 'subscribe', 'hub.verify_token': '', 'hub.challenge': '1' };
    expect(createMessenger({ verifyToken: '' }).handshake?.(query).status).toBe(403);
  });
});

describe('a message to Messenger', () => {
  let platforms: Platforms;
  beforeAll(async () => {
    platforms = await startPlatforms({ knowsEverybody: true });
  });
  afterAll(async () => {
    expect(platforms.faults()).toEqual([]);
    await platforms.close();
  });
  afterEach(() => {
    platforms.calls.length = 0;
    sent().length = 0;
  });
  const sent = () => platforms.messenger.sent;

  it('goes out as an answer, as written, with the proof of the app', async () => {
    expect(await send({ text: '*111* <b> _x_ example.org' })).toEqual({
      ok: true,
      platformIds: [sent()[0]?.messageId],
    });
    expect(platforms.calls).toMatchObject([
      {
        method: 'POST',
        path: '/v26.0/110022003300440/messages',
        problems: [],
        json: {
          recipient: { id: PSID },
          messaging_type: 'RESPONSE',
          message: { text: '*111* <b> _x_ example.org', metadata: 'hoi-truoc' },
        },
      },
    ]);
  });

  it("after the window, as a counsellor's own words", async () => {
    expect(await send({}, { outsideWindow: true })).toMatchObject({ ok: true });
    expect(platforms.calls[0]?.json).toMatchObject({ messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' });
  });

  it('shows up to 13 choices as quick replies, more of them as a numbered list', async () => {
    const choices = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ id: `c${index}`, label: `Chọn ${index}` }));
    await send({ choices: choices(13) });
    await send({ choices: choices(14) });
    expect(sent()[0]?.choices).toHaveLength(13);
    expect(sent()[0]?.choices[1]).toEqual({ label: 'Chọn 1', payload: 'c1' });
    expect(sent()[1]).toMatchObject({ choices: [], text: expect.stringContaining('14. Chọn 13') });
    expect(platforms.faults()).toEqual([]);
  });

  it('carries a long choice id as a short one that leads back to it', async () => {
    const choices = [{ id: `menu.${'đ'.repeat(600)}`, label: 'A' }];
    await send({ choices });
    const payload = sent()[0]?.choices[0]?.payload ?? '';
    expect(resolveChoiceId(payload, choices, MESSENGER_CAPABILITIES.maxChoicePayloadBytes)).toBe(
      choices[0]?.id,
    );
  });

  it('with half a character still goes out', async () => {
    expect(await send({ text: 'a\uD83D b' })).toMatchObject({ ok: true });
    expect(sent()[0]?.text).toBe('a\uFFFD b');
  });

  it('tells how many parts went out before a failure', async () => {
    platforms.messenger.beforeAnswer(() => {
      if (sent().length === 2)
        platforms.messenger.answerNext(graphError(4, undefined, 400, { 'retry-after': '3' }));
      return Promise.resolve();
    });
    const result = await send({ text: 'A. '.repeat(3000) });
    platforms.messenger.beforeAnswer(() => Promise.resolve());
    expect(result).toEqual({
      ok: false,
      class: 'rate',
      retryAfterMs: 3000,
      sentParts: 2,
      code: 'messenger_4',
    });
  });

  it('is not sent to anything but a page-scoped id', async () => {
    for (const target of ['', 'me', '12/../me', '1e3', '-5']) {
      expect(await send({}, {}, target)).toMatchObject({
        ok: false,
        class: 'invalid',
        code: 'messenger_bad_target',
      });
    }
    expect(platforms.calls).toEqual([]);
  });

  it('is given up when the caller gives up', async () => {
    const controller = new AbortController();
    platforms.messenger.answerNext({ kind: 'hang' });
    void platforms.waitFor(() => true).then(() => controller.abort());
    expect(await send({}, { signal: controller.signal })).toMatchObject({
      class: 'retry',
      code: 'messenger_aborted',
    });
  });

  it.each([
    ['no id', '{}'],
    ['an id of a wrong type', '{"message_id":5,"recipient_id":[]}'],
  ])('whose answer has %s counts as sent', async (_what, body) => {
    platforms.messenger.answerNext(raw(200, body));
    expect(await send({})).toEqual({ ok: true, platformIds: [] });
  });

  it('is known as ours from its echo, even when that comes before the answer', async () => {
    const echoes: (readonly InboundEvent[])[] = [];
    platforms.messenger.beforeAnswer((echo) => {
      echoes.push(readEvents(createMessenger(), echo));
      return Promise.resolve();
    });
    const result = await send({});
    platforms.messenger.beforeAnswer(() => Promise.resolve());
    expect(result).toEqual({ ok: true, platformIds: [sent()[0]?.messageId] });
    expect(echoes).toMatchObject([
      [{ kind: 'echo', party: 'us', messageId: sent()[0]?.messageId, botMayReply: false }],
    ]);
  });

  it('goes to the version of the Graph API that the base address names', async () => {
    platforms.messenger.setVersion('v27.0');
    await send({}, {}, PSID, { graphBase: `${platforms.base('messenger')}/v27.0/` });
    platforms.messenger.setVersion('v26.0');
    expect(platforms.calls[0]?.path).toBe('/v27.0/110022003300440/messages');
  });

  it('with a token Meta does not know says so', async () => {
    expect(await send({}, {}, PSID, { pageToken: 'EAAwrong' })).toMatchObject({ ok: false, class: 'token' });
  });

  function send(
    message: Partial<OutboundMessage>,
    context: { outsideWindow?: boolean; signal?: AbortSignal } = {},
    conversationId = PSID,
    options: { graphBase?: string; pageToken?: string } = {},
  ): Promise<SendResult> {
    return createMessenger({ graphBase: platforms.base('messenger'), ...options }).send(
      { conversationId, replyHandle: null },
      { text: 'Bạn cần gì?', choices: [], language: 'vi', ...message },
      { idempotencyKey: 'k', skipParts: 0, signal: new AbortController().signal, ...context },
    );
  }
});

describe('the health of the page', () => {
  const ours = { id: FAKE_PAGE.appId, subscribed_fields: ['messages'] };
  it.each([
    ['is good when the page is ours and delivers messages to us', {}, [], { ok: true, code: 'ok' }],
    ['is bad when the token is of another page', { id: '1' }, [], { ok: false, code: 'wrong_page' }],
    ['is bad without a subscription', { subscriptions: [] }, [], { ok: false, code: 'webhook_not_set' }],
    [
      'is bad when messages are not among what is delivered',
      { subscriptions: [{ ...ours, subscribed_fields: ['feed'] }, null] },
      [],
      { ok: false, code: 'webhook_not_set' },
    ],
    [
      'is bad when another app has the messages',
      { subscriptions: [{ ...ours, id: '1' }] },
      [],
      { ok: false, code: 'webhook_not_set' },
    ],
    ['is bad with a refused token', {}, [graphError(190)], { ok: false, code: 'token_refused' }],
    [
      'is bad when Meta is away',
      {},
      [{ kind: 'reset' } as const],
      { ok: false, code: 'messenger_unreachable' },
    ],
    [
      'is bad when something else answers',
      {},
      [raw(200, '{"id":5}'), raw(200, '{"id":5}')],
      { ok: false, code: 'wrong_page' },
    ],
  ])('%s', async (_what, page, answers, health) => {
    const platforms = await startPlatforms();
    platforms.messenger.setPage(page);
    platforms.messenger.answerNext(...answers);
    expect(await createMessenger({ graphBase: platforms.base('messenger') }).health()).toEqual(health);
    await platforms.close();
  });
});

describe('what Meta limits', () => {
  it('is told to the operator, without a reason', async () => {
    const logged: unknown[] = [];
    const adapter = createMessenger({ log: { warn: (entry) => logged.push(entry) } });
    const items = [
      {
        recipient: { id: FAKE_PAGE.pageId },
        timestamp: 1,
        'policy-enforcement': { action: 'block', reason: 'x' },
      },
      buildItem(PSID, { message: { mid: 'm_1', text: 'x' } }),
    ];
    const events = readEvents(createMessenger(), buildDelivery(items));
    expect(events[0]).toMatchObject({ kind: 'ignored', botMayReply: false });
    await adapter.acknowledge?.(events);
    await adapter.acknowledge?.(events.slice(1));
    expect(logged).toEqual([
      { event: 'platform_limits_us', channel: 'messenger', account: 'default', code: 'policy_enforcement' },
    ]);
  });
});

describe('the secrets of the page', () => {
  it('are token, app secret, verify token and proof, also as they stand in an address', () => {
    const { secrets } = createMessenger();
    expect(secrets).toEqual(
      expect.arrayContaining([
        'EAAExample/Token+NotReal==',
        'EAAExample%2FToken%2BNotReal%3D%3D',
        'example-app-secret-not-real',
        'example-verify-token',
        expect.stringMatching(/^[0-9a-f]{64}$/),
      ]),
    );
  });
});
