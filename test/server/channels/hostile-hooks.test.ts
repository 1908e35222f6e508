/** What nobody should send to a webhook, and what must not be answered, on the whole server and for each platform. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Connected, startConnected } from '../../support/connected.ts';
import { FACES, type FaceName } from '../../support/platforms/answers.ts';
import { buildLineDelivery } from '../../support/platforms/line-events.ts';
import { buildDelivery } from '../../support/platforms/messenger-events.ts';
import { EVENTS } from '../../support/platforms/webhook-sender.ts';
import { FAKE_ZALO } from '../../support/platforms/zalo.ts';

let connected: Connected;
beforeAll(async () => {
  connected = await startConnected();
}, 120_000);
afterAll(() => connected.close());

const person = (channel: FaceName) => connected.person(channel);

/** Delivers bytes, waits for everything, and expects that nothing came of it. */
async function expectNothing(
  channel: FaceName,
  raw: string,
  status: number,
  headers?: Record<string, string>,
) {
  const before = await connected.count();
  const { statuses } = await connected.webhooks[channel].deliverRaw([raw], headers && { headers });
  await connected.settled();
  expect(statuses).toEqual([status]);
  expect(await connected.count()).toEqual(before);
}

/** Valid JSON of the wrong shape; Zalo's must at least name our account, else its signature is worth nothing. */
const to = { id: FAKE_ZALO.oaId };
const SHAPES: Readonly<Record<FaceName, readonly unknown[]>> = {
  zalo: [
    { recipient: to, timestamp: '17' },
    { recipient: to, timestamp: '17', event_name: {} },
    { recipient: to, timestamp: '17', event_name: 'user_send_text', sender: [], message: 5 },
    {
      recipient: to,
      timestamp: '17',
      event_name: 'user_send_text',
      sender: { id: 5 },
      message: { text: 'a' },
    },
    { oa_id: FAKE_ZALO.oaId, timestamp: '17', event_name: 'follow', follower: 'x' },
    { sender: to, timestamp: '17', event_name: 'user_seen_message', message: { msg_ids: {} } },
  ],
  messenger: [
    null,
    5,
    [[]],
    { object: 'instagram', entry: [{ messaging: [{}] }] },
    { object: 'page', entry: { messaging: [] } },
    { object: 'page', entry: [null, 5, { messaging: 5 }, { changes: [{ field: 'feed' }] }] },
    buildDelivery([{ sender: 5, message: { mid: 'm', text: 'a' } }]),
    buildDelivery([{ sender: { id: '1' }, recipient: { id: '999' }, message: { mid: 'm', text: 'a' } }]),
  ],
  telegram: [
    null,
    'x',
    [],
    { update_id: 'x', message: [] },
    { update_id: 1, message: { chat: 5, text: {} } },
    { update_id: 2, callback_query: { id: 5, data: [] } },
    { update_id: 3, my_chat_member: { new_chat_member: 'kicked' } },
    { update_id: 4, business_connection: { id: '1' } },
  ],
  line: [
    null,
    [],
    { events: {} },
    { events: [null, 5, 'x'] },
    buildLineDelivery([{ type: 'message', message: 5, source: { type: 'user', userId: 5 } }]),
    buildLineDelivery([{ type: {}, source: [] }]),
  ],
};

const cutShort = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.slice(0, -2)]));

describe.each(FACES)('a webhook of %s', (channel) => {
  const events = EVENTS[channel];

  it.each(SHAPES[channel].map((shape) => [JSON.stringify(shape)]))(
    'signed, of the wrong shape, is taken and ignored: %s',
    (raw) => expectNothing(channel, raw, 200),
  );

  const genuine = (): string => {
    const [body] = events.pack([person(channel).event('text', 'cứu em với')], 1);
    return JSON.stringify(body);
  };
  it('without a signature is refused and not stored', () => expectNothing(channel, genuine(), 401, {}));
  it('with a signature cut short is refused and not stored', async () => {
    const raw = genuine();
    await expectNothing(channel, raw, 403, cutShort(events.sign(raw)));
  });
  it('with the signature of something else is refused and not stored', async () => {
    const other =
      channel === 'telegram' ? { 'X-Telegram-Bot-Api-Secret-Token': 'x' } : events.sign('{"a":1}');
    await expectNothing(channel, genuine(), 403, other);
  });
  it('that is too large is refused and not stored', () =>
    expectNothing(
      channel,
      JSON.stringify({ recipient: to, timestamp: '17', a: 'x'.repeat(1_000_001) }),
      413,
    ));
  it('that is cut short is refused and not stored', async () => {
    // the time that Zalo signs with is in the body: where it cannot be read, no signature is right
    await expectNothing(channel, '{"timestamp":"17","entry":[', channel === 'zalo' ? 403 : 400);
  });

  it('with a text of 10,000 characters is answered', async () => {
    const someone = person(channel);
    await someone.does('text', 'ă'.repeat(10_000));
    expect(someone.heard().length).toBeGreaterThan(0);
  });

  it('50 events of 50 people, in few bodies, each body twice and out of order, count once each', async () => {
    const before = await connected.count();
    const happened = Array.from({ length: 50 }, () => person(channel).event('text', 'chào'));
    const { statuses } = await connected.webhooks[channel].deliver(happened, {
      perBody: 50,
      copies: 2,
      seed: 7,
    });
    expect(new Set(statuses)).toEqual(new Set([200]));
    await connected.settled();
    const after = await connected.count();
    expect({ inbox: after.inbox - before.inbox, said: after.said - before.said }).toEqual({
      inbox: 50,
      said: 50,
    });
  });

  it('50 words of one person in a row are all there, each once', async () => {
    const before = await connected.count();
    const someone = person(channel);
    const happened = Array.from({ length: 50 }, (_, index) => someone.event('text', `câu ${index}`));
    await connected.webhooks[channel].deliver(happened, { perBody: 50, copies: 2 });
    await connected.settled();
    expect((await connected.count()).said - before.said).toBe(50);
  });

  const quiet = (['group', 'edit', 'unsend', 'reaction', 'delivered', 'read', 'unfollow'] as const).filter(
    (kind) => events.build[kind] !== undefined,
  );
  it.each(quiet)('of a %s is taken and never answered', async (kind) => {
    const someone = person(channel);
    await someone.does('text', 'xin chào');
    const sent = connected.platforms.sent.length;
    await someone.does(kind, kind === 'unsend' ? someone.lastMessageId() : 'cứu em với');
    expect(connected.platforms.sent).toHaveLength(sent);
  });

  const answered = (['image', 'voice', 'sticker', 'location'] as const).filter(
    (kind) => events.build[kind] !== undefined,
  );
  it.each(answered)('of a %s is answered for what it is', async (kind) => {
    const someone = person(channel);
    await someone.does(kind);
    const words = { image: 'ảnh', voice: 'nghe', sticker: 'hình dán', location: 'vị trí' }[kind];
    expect(someone.heard().join('\n')).toContain(words);
  });
});

describe('particular to one platform:', () => {
  it.each([
    ['zalo', '[]', 401],
    ['zalo', '{"timestamp":"17","event_name":"user_send_text"}', 403],
  ] as const)('%s: %s is not ours', async (channel, raw, status) => {
    await expectNothing(channel, raw, status, status === 401 ? {} : undefined);
  });

  it('telegram: a story is answered as something we cannot see', async () => {
    const someone = person('telegram');
    const update = { ...someone.event('text', 'x') };
    const chat = { id: Number(someone.id), type: 'private' };
    const message = {
      message_id: 1,
      date: 1790000000,
      from: { id: chat.id, is_bot: false },
      chat,
      story: { id: 1 },
    };
    await connected.webhooks.telegram.deliver([{ ...update, message }]);
    await connected.settled();
    expect(someone.heard().length).toBeGreaterThan(0);
  });

  it.each(['messenger', 'line'] as const)(
    '%s: a word in a body with nonsense around it is heard',
    async (channel) => {
      const someone = person(channel);
      const event = someone.event('text', 'xin chào');
      const body =
        channel === 'messenger' ? buildDelivery([{}, event, { message: 5 }]) : buildLineDelivery([{}, event]);
      await connected.webhooks[channel].deliverRaw([JSON.stringify(body)]);
      await connected.settled();
      expect(someone.heard().length).toBeGreaterThan(0);
    },
  );
});

describe('all of it', () => {
  it('broke no rule of the platforms and no part of ours', () => {
    expect(connected.platforms.faults()).toEqual([]);
    expect(connected.server.output()).not.toMatch(/"level":50|"event":"turn_failed"/);
  });
});
