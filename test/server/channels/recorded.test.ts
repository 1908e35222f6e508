/** Every recorded webhook body of the four platforms, on the whole server: taken, stored once, answered only where one may. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildTapPayload } from '../../../server/channels/zalo-parse.ts';
import { type Connected, startConnected } from '../../support/connected.ts';
import {
  listFixtureFiles,
  readFixture,
  readIndex,
  type RecordedCase,
  readSignatures,
} from '../../support/fixtures.ts';
import { FACES, type FaceName } from '../../support/platforms/answers.ts';

let connected: Connected;
beforeAll(async () => {
  connected = await startConnected();
}, 120_000);
afterAll(() => connected.close());

const SPEAKING = ['message', 'postback', 'edit'];
const ANSWERED = ['message', 'postback', 'start', 'referral', 'follow'];

/** Cases of which nothing is kept, and why. */
const NOT_KEPT: Readonly<Record<string, string>> = {
  'zalo/user_submit_info.json': 'a form with name and number: we ask for none and keep none',
  'messenger/echo-own.json': 'what we sent ourselves',
  'telegram/group-mention.json': 'a group',
  'line/group-no-user.json': 'a group',
  'line/redelivery.json': 'was taken as text.json',
};
/** Cases that may be answered and are not greeted again. */
const NOT_GREETED = ['line/follow-unblocked.json'];

/** What the index lets us expect of a case in the order of the index. */
function expectOf(channel: FaceName, { file, events }: RecordedCase) {
  const name = `${channel}/${file}`;
  const kept = name in NOT_KEPT ? [] : events;
  const mayAnswer = kept.some(({ kind, botMayReply }) => botMayReply && ANSWERED.includes(kind));
  return {
    inbox: kept.length,
    said: kept.filter(({ kind }) => SPEAKING.includes(kind)).length,
    isAnswered: mayAnswer && !NOT_GREETED.includes(name),
  };
}

async function deliver(channel: FaceName, one: RecordedCase) {
  const before = await connected.count();
  const { statuses } = await connected.webhooks[channel].deliverRaw(
    [readFixture(channel, one.file)],
    one.http.signature === 'absent' ? { headers: {} } : {},
  );
  await connected.settled();
  const after = await connected.count();
  return {
    status: statuses[0] ?? 0,
    inbox: after.inbox - before.inbox,
    said: after.said - before.said,
    isAnswered: after.sent > before.sent,
  };
}

describe.each(FACES)('recorded from %s,', (channel) => {
  const { cases, count } = readIndex(channel);

  it('every payload has a case, and every case a payload', () => {
    expect(cases.map(({ file }) => file).sort()).toEqual(listFixtureFiles(channel).sort());
    expect(cases).toHaveLength(count);
  });

  it.each(cases)('$file ($describes) is taken twice and counts once', async (one) => {
    const first = await deliver(channel, one);
    expect(one.http.acceptableStatus).toContain(first.status);
    expect(first).toMatchObject(expectOf(channel, one));
    const second = await deliver(channel, one);
    expect(one.http.acceptableStatus).toContain(second.status);
    expect(second).toMatchObject({ inbox: 0, said: 0, isAnswered: false });
  });

  const { cases: signatures, verifyHandshake } = readSignatures(channel);
  it.each(signatures)(
    'a body with $headers is valid: $valid ($why)',
    async ({ rawBody, headers, valid, why }) => {
      const before = await connected.count();
      const body = rawBody ?? readFixture(channel, cases[0]?.file ?? '');
      const { statuses } = await connected.webhooks[channel].deliverRaw([body], { headers });
      const isMissing = Object.values(headers).join('') === '';
      expect({ why, statuses }).toEqual({ why, statuses: [valid ? 200 : isMissing ? 401 : 403] });
      await connected.settled();
      if (!valid) expect(await connected.count()).toEqual(before);
    },
  );

  if (channel !== 'messenger') return;
  it.each(verifyHandshake)(
    'the handshake $query is answered with $status',
    async ({ query, status, body }) => {
      const answer = await fetch(`${connected.server.url}/hooks/${channel}/default?${query}`);
      expect([answer.status, await answer.text()]).toEqual([status, body]);
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    },
  );
});

/** What an index remarks beside its fields. */
const REMARKS: Readonly<Record<string, readonly [string, () => Promise<void>]>> = {
  'zalo/button-tap.json': [
    'a text that only looks like a payload is a text',
    async () => {
      const person = connected.person('zalo');
      await person.does('text', 'xin chào');
      await person.does('text', '#poster2026');
      expect(person.heard().join('\n')).not.toContain('Cần gọi ngay');
      await person.does('tap', buildTapPayload('welcome.options.numbers'));
      expect(person.heard().join('\n')).toContain('Cần gọi ngay');
    },
  ],
  'messenger/sticker.json': [
    'the thumb of the like button is a sticker',
    async () => {
      const person = connected.person('messenger');
      await person.does('sticker');
      expect(person.heard().join('\n')).toContain('hình dán');
    },
  ],
  'telegram/callback-query.json': [
    'a tap has the time at which it was received, also when its message has the date 0',
    async () => {
      const { rows } = await connected.database.pool.query<{ late: number }>(
        `select count(*)::int as late from messages m join conversations c on c.id = m.conversation_id
          where c.channel = 'telegram' and m.created_at < now() - interval '1 hour'`,
      );
      expect(rows).toEqual([{ late: 0 }]);
    },
  ],
  'telegram/bot-unblocked.json': [
    'who unblocks is greeted by the Start that follows, and not before',
    async () => {
      const person = connected.person('telegram');
      await person.does('unfollow');
      await person.does('follow');
      expect(person.heard()).toEqual([]);
      await person.does('start');
      expect(person.heard().length).toBeGreaterThan(0);
    },
  ],
  'line/follow-unblocked.json': [
    'who unblocks is not greeted again, and answered on the next word',
    async () => {
      const person = connected.person('line');
      await person.does('text', 'xin chào');
      await person.does('unfollow');
      const heard = person.heard().length;
      const back = { ...person.event('follow'), follow: { isUnblocked: true } };
      await connected.webhooks.line.deliver([back]);
      await connected.settled();
      expect(person.heard()).toHaveLength(heard);
      await person.does('text', 'còn đó không');
      expect(person.heard().length).toBeGreaterThan(heard);
    },
  ],
};

describe('what an index remarks:', () => {
  it('every remark has a test', () => {
    const noted = FACES.flatMap((channel) =>
      readIndex(channel).cases.flatMap(({ file, events }) =>
        events.some(({ note }) => note !== undefined) ? [`${channel}/${file}`] : [],
      ),
    );
    expect(Object.keys(REMARKS).sort()).toEqual(noted.sort());
  });

  it.each(Object.entries(REMARKS).map(([name, [title, check]]) => [name, title, check] as const))(
    '%s: %s',
    (_name, _title, check) => check(),
  );

  it('line/redelivery.json: delivered again when the first was lost, it is answered once, and not with its old token', async () => {
    const person = connected.person('line');
    const again = { ...person.event('text', 'xin chào'), deliveryContext: { isRedelivery: true } };
    await connected.webhooks.line.deliver([again], { copies: 2, inTurn: true });
    await connected.settled();
    const shown = connected.platforms.line.sent.filter((one) => one.person === person.id);
    expect(new Set(shown.map(({ how }) => how))).toEqual(new Set(['push']));
  });

  it('line/unfollow.json: nothing is pushed to who blocked us, since LINE would lose it in silence', async () => {
    const person = connected.person('line');
    await person.does('text', 'xin chào');
    await person.does('unfollow');
    expect(connected.platforms.line.lost).toEqual([]);
    const { rows } = await connected.database.pool.query<{ blocked: boolean }>(
      `select blocked from contacts where channel = 'line' order by created_at desc limit 1`,
    );
    expect(rows).toEqual([{ blocked: true }]);
  });

  it.each(['zalo/oa_send_text-human.json', 'messenger/echo-inbox-human.json'])(
    '%s: the bot is mute while somebody answers at the platform',
    async (name) => {
      const channel = name.startsWith('zalo') ? 'zalo' : 'messenger';
      const person = connected.person(channel);
      await person.does('text', 'xin chào');
      const heard = person.heard().length;
      await person.does('echo', 'Chào bạn, mình là Hà');
      await person.does('text', 'dạ em hỏi chút');
      expect(person.heard()).toHaveLength(heard);
    },
  );
});

describe('all of it', () => {
  it('broke no rule of the platforms and no part of ours', () => {
    expect(connected.platforms.faults()).toEqual([]);
    expect(connected.server.output()).not.toMatch(/"level":50|"event":"turn_failed"/);
  });
});
