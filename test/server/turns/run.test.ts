import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { listMessages } from '../../../server/store/messages.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import {
  fakeChannel,
  fakeClock,
  type FakeChannel,
  message,
  type SetClock,
  startInstance,
  testVault,
} from '../../support/turns.ts';

let database: TestDatabase;
let clock: SetClock;
let channel: FakeChannel;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await database.pool.query('truncate contacts, conversations, inbox, messages, outbox cascade');
  clock = fakeClock();
  channel = fakeChannel();
});
afterAll(() => database.drop());

const rowsOf = async (sql: string): Promise<unknown[]> =>
  (await database.pool.query<Record<string, unknown>>(sql)).rows;

describe('a turn', () => {
  it('whose code fails costs only itself: the person gets the safe message, somebody looks, others are answered', async () => {
    const one = startInstance(database, { clock, channels: [channel] });
    await one.inbox.accept('telegram', 'default', [
      message('a', 'THROW'),
      message('b', 'fine'),
      message('a', 'after'),
    ]);
    await one.work();
    expect(channel.sent.filter(({ to }) => to === 'a').map(({ text }) => text)).toEqual([
      'safe: 111',
      '1:after',
    ]);
    expect(channel.sent.filter(({ to }) => to === 'b').map(({ text }) => text)).toEqual(['1:fine']);
    expect(await rowsOf('select state, cause from handovers')).toEqual([
      { state: 'waiting', cause: 'turn_failed' },
    ]);
    expect(one.told.entries.map(({ event }) => event)).toEqual(['turn_failed']);
    // once, and announced to the chain
    expect(
      await rowsOf(`select action, detail from audit a join audit_unsealed u on u.audit_id = a.id
        join conversations c on c.id::text = a.object_id order by a.id`),
    ).toEqual([
      { action: 'turn_failed', detail: { code: 'turn_threw', flow: '', node: '' } },
      { action: 'handover_requested', detail: { cause: 'turn_failed', risk: 'none' } },
    ]);
  });

  it('with an event that does not open is answered with the safe message', async () => {
    const one = startInstance(database, { clock, channels: [channel] });
    await one.inbox.accept('telegram', 'default', [message('a', 'hello'), message('b', 'hello')]);
    await database.pool.query(`update inbox set event_enc = '\\x01' where id = (select min(id) from inbox)`);
    // by now only what is stored counts
    clock.advance(5_000);
    await one.work();
    expect(channel.sent.map(({ text }) => text).sort()).toEqual(['1:hello', 'safe: 111']);
    expect(await rowsOf('select 1 from inbox where processed_at is null')).toEqual([]);
  });

  it('that cannot be written waits, lets others pass, and ends in the safe message after five tries', async () => {
    const poison = startInstance(database, {
      clock,
      channels: [channel],
      takeTurn: (_assets, session, input) => ({
        session,
        // no id: the database refuses the row
        events: [
          {
            type: 'message_created',
            id: 'not a uuid',
            key: 'k',
            text: input.kind,
            choices: [],
            language: 'vi',
          },
        ],
      }),
    });
    const sane = startInstance(database, { clock, channels: [channel] });
    await poison.inbox.accept('telegram', 'default', [message('a', 'hello')]);
    for (let tries = 0; tries < 5; tries += 1) {
      expect(await poison.runner.runOnce()).toBe(0);
      await sane.inbox.accept('telegram', 'default', [message('b', `t${tries}`)]);
      await sane.work();
      clock.advance(300_000);
    }
    await poison.work();
    expect(channel.sent.map(({ text }) => text)).toEqual([
      '1:t0',
      '2:t1',
      '3:t2',
      '4:t3',
      '5:t4',
      'safe: 111',
    ]);
  });

  it('of a person in front of a counsellor says nothing and is still scanned', async () => {
    const one = startInstance(database, { clock, channels: [channel] });
    await one.inbox.accept('telegram', 'default', [message('a', 'hello')]);
    await one.work();
    await database.pool.query(`update conversations set owner = 'counsellor'`);
    await one.inbox.accept('telegram', 'default', [message('a', 'DANGER')]);
    await one.work();
    expect(channel.sent.map(({ text }) => text)).toEqual(['1:hello']);
    expect(await rowsOf('select risk, cause from handovers')).toEqual([{ risk: 'high', cause: 'danger' }]);
    expect(await rowsOf('select risk from conversations')).toEqual([{ risk: 'high' }]);
  });

  it('keeps one open handover and raises it, and never answers an edit', async () => {
    const one = startInstance(database, { clock, channels: [channel] });
    await one.inbox.accept('telegram', 'default', [
      message('a', 'DANGER'),
      message('a', 'DANGER', { kind: 'edit', botMayReply: false }),
    ]);
    await one.work();
    expect(channel.sent.map(({ text }) => text)).toEqual(['1:DANGER']);
    expect(await rowsOf('select risk, state from handovers')).toEqual([{ risk: 'high', state: 'waiting' }]);
    const kinds = await rowsOf('select distinct kind from live_events order by kind');
    expect(kinds).toEqual(
      ['conversation_changed', 'delivery_changed', 'message_added', 'queue_changed'].map((kind) => ({
        kind,
      })),
    );
  });

  it('counts the waiting from when the person wrote, also when the turn came later', async () => {
    const one = startInstance(database, { clock, channels: [channel] });
    const wrote = new Date(clock.now().getTime() - 20 * 60_000);
    await one.inbox.accept('telegram', 'default', [message('a', 'THROW', { receivedAt: wrote })]);
    await one.work();
    const { rows } = await database.pool.query<{ since: Date }>(
      'select waiting_since as since from handovers',
    );
    expect(rows.map(({ since }) => since.toISOString())).toEqual([wrote.toISOString()]);
  });

  it('leaves a transcript that opens, and no word of it in the clear', async () => {
    const one = startInstance(database, { clock, channels: [channel] });
    await one.inbox.accept('telegram', 'default', [message('sender-4711', 'xin chào bí mật')]);
    await one.work();
    const conversation = await database.pool.query<{ id: string }>('select id from conversations');
    const id = conversation.rows[0]?.id ?? '';
    const views = await listMessages(database.pool, testVault(), id, 0, 10);
    expect(views.map(({ author, text, delivery }) => [author, text, delivery])).toEqual([
      ['person', 'xin chào bí mật', 'received'],
      ['bot', '1:xin chào bí mật', 'sent'],
    ]);
    for (const table of [
      'contacts',
      'conversations',
      'inbox',
      'sessions',
      'messages',
      'outbox',
      'live_events',
      'statistics',
    ]) {
      const dump = JSON.stringify(await rowsOf(`select t::text from ${table} t`));
      // letters that no hexadecimal dump of random bytes can spell
      expect(dump).not.toMatch(/bí mật|sender/);
      expect(dump).not.toContain(Buffer.from('bí mật').toString('hex'));
    }
  });

  it('that erases removes everything once the goodbye was sent, and keeps figures', async () => {
    const one = startInstance(database, { clock, channels: [channel] });
    await one.inbox.accept('telegram', 'default', [message('a', 'DANGER'), message('b', 'stays')]);
    await one.work();
    // what a counsellor noted about the person, and was about to write to them
    await rowsOf(`with lan as (insert into users (id, email, display_name, password_hash, role, created_at)
        values (gen_random_uuid(), 'lan@example.org', 'Lan', '-', 'counsellor', now()) returning id),
      note as (insert into notes (id, conversation_id, user_id, after_seq, body_enc, created_at)
        select gen_random_uuid(), c.id, lan.id, 1, '\\x', now() from conversations c, lan)
      insert into drafts (conversation_id, user_id, kind, body_enc, updated_at)
      select c.id, lan.id, 'reply', '\\x', now() from conversations c, lan`);
    channel.answers.push({ ok: false, class: 'retry', retryAfterMs: 5_000, sentParts: 0, code: 'x' });
    await one.inbox.accept('telegram', 'default', [message('a', 'ERASE')]);
    await one.work();
    // texts and handover are gone at once, the goodbye is still to be sent
    expect(
      await rowsOf(`select author, delivery from messages m join conversations c on c.id = m.conversation_id
      where c.erase_requested_at is not null`),
    ).toEqual([{ author: 'bot', delivery: 'queued' }]);
    expect(await rowsOf('select 1 from handovers')).toEqual([]);
    for (const table of ['notes', 'drafts'])
      expect(
        await rowsOf(
          `select c.erase_requested_at from ${table} t join conversations c on c.id = t.conversation_id`,
        ),
      ).toEqual([{ erase_requested_at: null }]);
    clock.advance(5_000);
    await one.sender.sweep();
    await one.sender.settle();
    await one.sender.sweep();
    expect(channel.sent.filter(({ to }) => to === 'a').map(({ text }) => text)).toEqual([
      '1:DANGER',
      '2:ERASE',
    ]);
    expect(await rowsOf('select count(*)::int as n from contacts')).toEqual([{ n: 1 }]);
    for (const table of ['conversations', 'sessions']) {
      expect(await rowsOf(`select count(*)::int as n from ${table}`)).toEqual([{ n: 1 }]);
    }
    expect(await rowsOf(`select sum(count)::int as n from statistics where metric = 'erased'`)).toEqual([
      { n: 1 },
    ]);
    // the same person is somebody new
    await one.inbox.accept('telegram', 'default', [message('a', 'again')]);
    await one.work();
    expect(channel.sent.at(-1)?.text).toBe('1:again');
  });
});
