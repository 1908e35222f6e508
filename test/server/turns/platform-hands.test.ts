/** Hands at the platform, receipts and messages taken back: over the real inbox, turns, sender and PostgreSQL. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { InboundEvent } from '../../../server/channels/adapter.ts';
import { listMessages } from '../../../server/store/messages.ts';
import { placeSession } from '../../../server/store/places.ts';
import { returnQuietTakeovers } from '../../../server/turns/quiet-takeovers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import {
  fakeChannel,
  fakeClock,
  type FakeChannel,
  type Instance,
  message,
  type SetClock,
  startInstance,
  testVault,
} from '../../support/turns.ts';

let database: TestDatabase;
let clock: SetClock;
let channel: FakeChannel;
let one: Instance;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query('truncate contacts, conversations, inbox, messages, outbox, live_events cascade');
  clock = fakeClock();
  channel = fakeChannel('messenger', 24);
  one = startInstance(database, { clock, channels: [channel] });
});
afterAll(() => database.drop());

const SILENT = { botMayReply: false, opensWindow: false } as const;
const tell = async (kind: InboundEvent['kind'], over: Partial<InboundEvent>, text = ''): Promise<void> => {
  await one.inbox.accept('messenger', 'default', [
    message('a', text, { kind, ...SILENT, receivedAt: clock.now(), ...over }),
  ]);
  await one.work();
};
const write = async (text: string, over: Partial<InboundEvent> = {}): Promise<void> => {
  await one.inbox.accept('messenger', 'default', [message('a', text, { receivedAt: clock.now(), ...over })]);
  await one.work();
};
const sentTexts = (): string[] => channel.sent.map(({ text }) => text);
const readConversation = async () => {
  const sql = 'select id, owner, owner_user_id as "userId", platform_at as "platformAt" from conversations';
  const found = await database.pool.query<{ id: string; owner: string; platformAt: Date | null }>(sql);
  const [row] = found.rows;
  if (row === undefined) throw new Error('no conversation');
  return row;
};
const owner = async (): Promise<string> => (await readConversation()).owner;
const handovers = async (): Promise<unknown[]> =>
  (
    await database.pool.query<object>(
      'select state, cause, risk from handovers order by created_at, state desc',
    )
  ).rows;
const transcript = async () => {
  const { id } = await readConversation();
  const messages = await listMessages(database.pool, testVault(), id, 0, 100);
  return messages.map(({ author, text, delivery, unsent }) => ({ author, text, delivery, unsent }));
};
const words = async (): Promise<string[]> =>
  (await transcript()).map(({ author, text }) => `${author}: ${text}`);

describe('somebody at the platform’s own inbox', () => {
  it.each([
    ['writes there', 'echo', 'inbox', 'Em chào chị'],
    ['is another program', 'echo', 'other', 'auto'],
    ['writes, named by nobody', 'echo', 'unnamed', 'Em chào chị'],
    ['takes the thread', 'handover', 'inbox', ''],
    ['and is another program that takes the thread', 'handover', 'other', ''],
  ] as const)('%s: the bot is mute, and it shows at the desk', async (_what, kind, party, text) => {
    await write('hello');
    await tell(kind, { party, messageId: 'h1' }, text);
    await write('are you there?');
    expect(sentTexts()).toEqual(['1:hello']);
    expect(await owner()).toBe('platform');
    expect(await handovers()).toEqual([{ state: 'taken', cause: 'platform', risk: 'none' }]);
    expect(await words()).toEqual([
      'person: hello',
      'bot: 1:hello',
      ...(text === '' ? [] : [`platform: ${text}`]),
      'person: are you there?',
    ]);
  });

  it.each([
    ['told so by name', { party: 'us', messageId: 'x' }],
    ['known by its id', { party: 'unnamed', messageId: 'p1' }],
    ['in nobody’s name, and nobody knows whose', { party: null, messageId: 'x' }],
  ] as const)('is not our own echo: %s', async (_what, over) => {
    await write('hello');
    await tell('echo', over, 'something');
    await write('again');
    expect(sentTexts()).toEqual(['1:hello', '2:again']);
    expect(await owner()).toBe('bot');
  });

  it('is not ourselves when a process died between the platform and its record: the words are ours', async () => {
    const dying = startInstance(database, { clock, channels: [channel], sends: false });
    await dying.inbox.accept('messenger', 'default', [message('a', 'hello')]);
    await dying.work();
    clock.advance(60_000);
    await tell('echo', { party: 'unnamed', messageId: 'never-recorded' }, '1:hello');
    expect(await owner()).toBe('bot');
  });

  it('is not ourselves when the echo comes before our send call returns', async () => {
    channel.answers.push('hang');
    await one.inbox.accept('messenger', 'default', [message('a', 'hello')]);
    await one.runner.runOnce();
    const echo = message('a', 'words the platform changed', {
      ...{ kind: 'echo', ...SILENT, party: 'unnamed', messageId: 'early', receivedAt: clock.now() },
    });
    await one.inbox.accept('messenger', 'default', [echo]);
    await one.runner.runOnce();
    expect(await owner()).toBe('bot');
    // what the person writes meanwhile does not wait for it
    await one.inbox.accept('messenger', 'default', [message('a', 'second')]);
    expect(await one.runner.runOnce()).toBe(1);
    // now the call returns and its id is stored
    await database.pool.query(
      `update messages set delivery = 'sent', platform_ids = '{early}' where author = 'bot' and seq = 2`,
    );
    clock.advance(2_001);
    await one.runner.runOnce();
    const left = await database.pool.query('select from inbox where processed_at is null');
    expect(left.rowCount).toBe(0);
    expect(await owner()).toBe('bot');
  });

  it('is believed in when our send call returned and the id is still not ours', async () => {
    channel.answers.push('hang');
    await one.inbox.accept('messenger', 'default', [message('a', 'hello')]);
    await one.runner.runOnce();
    await one.inbox.accept('messenger', 'default', [
      message('a', 'Em là Hà', {
        kind: 'echo',
        ...SILENT,
        party: 'unnamed',
        messageId: 'h',
        receivedAt: clock.now(),
      }),
    ]);
    await one.runner.runOnce();
    expect(await owner()).toBe('bot');
    await database.pool.query(
      `update outbox set state = 'sent', lease_until = null; update messages set delivery = 'sent', platform_ids = '{p}' where author = 'bot'`,
    );
    clock.advance(2_001);
    await one.runner.runOnce();
    expect(await owner()).toBe('platform');
  });

  it('holds back at the sender what the bot had decided before', async () => {
    const slow = startInstance(database, { clock, channels: [channel], sends: false });
    await slow.inbox.accept('messenger', 'default', [message('a', 'hello')]);
    await slow.work();
    clock.advance(60_000);
    await tell('echo', { party: 'inbox', messageId: 'h1' }, 'Em là Hà');
    await one.sender.sweep();
    await one.sender.settle();
    expect(sentTexts()).toEqual([]);
    expect((await transcript())[1]).toMatchObject({ author: 'bot', delivery: 'suppressed' });
  });

  it('holds it back for good, also when the conversation is given back at once', async () => {
    const slow = startInstance(database, { clock, channels: [channel], sends: false });
    await slow.inbox.accept('messenger', 'default', [message('a', 'hello')]);
    await slow.work();
    clock.advance(60_000);
    await tell('echo', { party: 'inbox', messageId: 'h1' }, 'Em là Hà');
    await tell('handover', { party: 'us' }, '');
    expect(await owner()).toBe('bot');
    await one.sender.sweep();
    await one.sender.settle();
    expect(sentTexts()).toEqual([]);
    expect((await transcript())[1]).toMatchObject({ author: 'bot', delivery: 'suppressed' });
    await write('again');
    expect(sentTexts()).toEqual(['2:again']);
  });

  it('leaves a counsellor of ours in charge, and is in the transcript', async () => {
    await write('hello');
    await database.pool.query(`update conversations set owner = 'counsellor'`);
    await tell('echo', { party: 'inbox', messageId: 'h1' }, 'Em là Hà');
    expect(await owner()).toBe('counsellor');
    expect(await handovers()).toEqual([]);
    expect((await words()).at(-1)).toBe('platform: Em là Hà');
  });

  it('does not hide that somebody is in danger: the person waits at the desk', async () => {
    await write('hello');
    await tell('echo', { party: 'inbox', messageId: 'h1' }, 'Em là Hà');
    await write('DANGER');
    expect(await handovers()).toEqual(
      [
        { state: 'waiting', cause: 'danger', risk: 'high' },
        { state: 'returned', cause: 'platform', risk: 'none' },
      ]
        .sort((a, b) => a.state.localeCompare(b.state))
        .reverse(),
    );
    expect(await owner()).toBe('platform');
  });

  it('shows once when takeover and danger come in one batch', async () => {
    await write('hello');
    const at = { receivedAt: clock.now() };
    await one.inbox.accept('messenger', 'default', [
      message('a', 'Em là Hà', { kind: 'echo', ...SILENT, party: 'inbox', messageId: 'h1', ...at }),
      message('a', 'DANGER', at),
    ]);
    await one.work();
    expect(await handovers()).toEqual([{ state: 'waiting', cause: 'danger', risk: 'high' }]);
  });

  it('begins no record of a person whom only a receipt or a nameless echo tells of', async () => {
    const of = (kind: InboundEvent['kind'], over: Partial<InboundEvent>) =>
      message('erased', '', { kind, ...SILENT, ...over });
    const receipt = { messageIds: ['p1'], upTo: null };
    await one.inbox.accept('messenger', 'default', [
      of('echo', { party: 'unnamed', messageId: 'x' }),
      of('delivered', { receipt }),
      of('read', { receipt }),
      of('unsend', { messageId: 'x' }),
      of('handover', { party: 'us' }),
    ]);
    expect((await database.pool.query('select from contacts')).rowCount).toBe(0);
    expect((await database.pool.query('select from inbox')).rowCount).toBe(0);
  });

  it('gives the conversation back by thread control', async () => {
    await write('hello');
    await tell('handover', { party: 'inbox' });
    await tell('handover', { party: 'us' });
    await write('again');
    expect(sentTexts()).toEqual(['1:hello', '2:again']);
    expect(await handovers()).toEqual([{ state: 'returned', cause: 'platform', risk: 'none' }]);
  });

  it('gives it back after a quiet time, counted from the last word there', async () => {
    await write('hello');
    await tell('echo', { party: 'inbox', messageId: 'h1' }, 'Em là Hà');
    clock.advance(11 * 3_600_000);
    await tell('echo', { party: 'inbox', messageId: 'h2' }, 'Chị ơi?');
    const deps = { transact: database.transact, clock, quietMinutes: 720 };
    clock.advance(719 * 60_000);
    expect(await returnQuietTakeovers(deps)).toBe(0);
    clock.advance(60_000);
    expect(await returnQuietTakeovers(deps)).toBe(1);
    expect(await returnQuietTakeovers(deps)).toBe(0);
    await write('again');
    expect(sentTexts()).toEqual(['1:hello', '2:again']);
    const audit = await database.pool.query<{ action: string }>(
      `select action from audit where action like 'platform%' order by id desc limit 2`,
    );
    expect(audit.rows.map(({ action }) => action)).toEqual(['platform_fell_quiet', 'platform_took_over']);
  });
});

describe('a receipt', () => {
  const bots = async () =>
    (await transcript()).filter(({ author }) => author === 'bot').map(({ delivery }) => delivery);
  const at = (ms: number) => new Date(clock.now().getTime() + ms);

  it.each([
    ['names the message', 'delivered', ['p1'], null, ['delivered', 'sent']],
    ['names both', 'read', ['p1', 'p2'], null, ['read', 'read']],
    ['names somebody else’s', 'read', ['p9'], null, ['sent', 'sent']],
    ['reaches to the end', 'read', [], 1, ['read', 'read']],
    ['reaches to before', 'read', [], -1, ['sent', 'sent']],
  ] as const)('that %s as %s marks what it tells of', async (_what, kind, messageIds, upToMs, states) => {
    await write('TWICE');
    await tell(kind, { receipt: { messageIds, upTo: upToMs === null ? null : at(upToMs) } });
    expect(await bots()).toEqual(states);
  });

  it('never goes back: delivered after read changes nothing, and failed stays failed', async () => {
    channel.answers.push(
      { ok: true, platformIds: ['p1'] },
      { ok: false, class: 'invalid', retryAfterMs: null, sentParts: 0, code: 'x' },
    );
    await write('TWICE');
    await tell('read', { receipt: { messageIds: ['p1'], upTo: at(5) } });
    await tell('delivered', { receipt: { messageIds: ['p1'], upTo: at(5) } });
    expect(await bots()).toEqual(['read', 'failed']);
  });

  it('does not count what was tried again after it', async () => {
    channel.answers.push({ ok: false, class: 'retry', retryAfterMs: null, sentParts: 0, code: 'x' });
    await write('hello');
    const upTo = at(500);
    clock.advance(60_000);
    await one.sender.sweep();
    await one.sender.settle();
    await tell('read', { receipt: { messageIds: [], upTo } });
    expect(await bots()).toEqual(['sent']);
  });

  it('that comes before our send call returns is looked at again', async () => {
    channel.answers.push('hang');
    await one.inbox.accept('messenger', 'default', [message('a', 'hello')]);
    await one.runner.runOnce();
    const receipt = { messageIds: ['early'], upTo: null };
    await one.inbox.accept('messenger', 'default', [
      message('a', '', { kind: 'delivered', ...SILENT, receipt, receivedAt: clock.now() }),
    ]);
    await one.runner.runOnce();
    await database.pool.query(
      `update messages set delivery = 'sent', sent_at = now(), platform_ids = '{early}' where author = 'bot'`,
    );
    clock.advance(2_001);
    await one.runner.runOnce();
    expect(await bots()).toEqual(['delivered']);
  });

  it('costs no turn and tells consoles once', async () => {
    await write('TWICE');
    await database.pool.query('truncate live_events');
    await tell('read', { receipt: { messageIds: ['p1', 'p2'], upTo: null } });
    const told = await database.pool.query<{ kind: string }>('select kind from live_events');
    expect(told.rows).toEqual([{ kind: 'delivery_changed' }]);
    expect((await words()).length).toBe(3);
  });
});

describe('a message taken back', () => {
  it('is gone from the transcript and from storage; that it was there, and the danger, stay', async () => {
    await write('other', { messageId: 'm1' });
    await write('DANGER', { messageId: 'm2' });
    await tell('unsend', { messageId: 'm2' });
    expect((await transcript()).findLast(({ author }) => author === 'person')).toEqual({
      author: 'person',
      text: '',
      delivery: 'received',
      unsent: true,
    });
    expect(await words()).toContain('person: other');
    expect(await handovers()).toMatchObject([{ state: 'waiting', cause: 'danger' }]);
    const session = await database.pool.query<{ session_enc: Buffer; key: Buffer; id: string }>(
      'select s.session_enc, c.key_wrapped as key, c.id from sessions s join conversations c on c.id = s.conversation_id',
    );
    const [row] = session.rows;
    const opened = testVault().open(
      row?.key ?? Buffer.alloc(0),
      placeSession(row?.id ?? ''),
      row?.session_enc ?? Buffer.alloc(0),
    );
    expect(JSON.stringify(opened)).not.toContain('DANGER');
  });

  it('that was not turned yet is gone too', async () => {
    await one.inbox.accept('messenger', 'default', [
      message('a', 'secret', { messageId: 'm1', receivedAt: clock.now() }),
      message('a', '', { kind: 'unsend', ...SILENT, messageId: 'm1', receivedAt: clock.now() }),
    ]);
    await one.work();
    expect((await transcript())[0]).toMatchObject({ author: 'person', text: '', unsent: true });
  });

  it('that comes before the message waits for it', async () => {
    await write('hello');
    await tell('unsend', { messageId: 'late' });
    await write('late words', { messageId: 'late' });
    clock.advance(2_001);
    await one.work();
    expect(JSON.stringify(await transcript())).not.toContain('"text":"late words"');
  });

  it('that nobody knows is forgotten after a while', async () => {
    await write('hello');
    await tell('unsend', { messageId: 'unknown' });
    clock.advance(60_000);
    await one.work();
    expect((await database.pool.query('select from inbox where processed_at is null')).rowCount).toBe(0);
  });
});
