/** Beside the messages: notes that are never sent, drafts that outlive everything, who else is here, a colleague's answer told first. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ConversationSchema } from '../../../server/api/contract.ts';
import { QueuePresenceSchema } from '../../../server/api/queue-contract.ts';
import { DraftsSchema, EarlierSchema, PresenceSchema } from '../../../server/api/talk-contract.ts';
import { eraseConversation } from '../../../server/store/erase.ts';
import { startDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

jest.setTimeout(30_000);

let desk: Desk;
let lan: Awaited<ReturnType<Desk['addStaff']>>;
let mai: Awaited<ReturnType<Desk['addStaff']>>;
let boss: Awaited<ReturnType<Desk['addStaff']>>;
let officer: Awaited<ReturnType<Desk['addStaff']>>;
beforeAll(async () => {
  desk = await startDesk();
  lan = await desk.addStaff('counsellor', 'Lan');
  mai = await desk.addStaff('counsellor', 'Mai');
  boss = await desk.addStaff('supervisor', 'Hoa');
  officer = await desk.addStaff('officer', 'Bình');
});
afterAll(async () => {
  expect(desk.failures).toEqual([]);
  await desk.stop();
});

/** script, right-to-left override, zero width, formula, a lone surrogate's neighbour: kept letter by letter */
const HOSTILE =
  '=HYPERLINK("https://example.org")<script>alert(1)</script> \u202Eabc\u200B\u2066x\u2069 {name} [[vn-111]] \\u0000';

const minutesAgo = (n: number): Date => new Date(desk.clock.now().getTime() - n * 60_000);
const addTaken = async (who = lan) => {
  const waiting = await desk.addWaiting({
    ...{ risk: 'high' as const, waitingSince: minutesAgo(1) },
    messages: [{ author: 'person', text: 'CANARY giúp em' }],
  });
  await post(who, `/conversations/${waiting.conversationId}/take`, {});
  return waiting.conversationId;
};
const post = (who: { cookie: string }, path: string, body: unknown = {}) =>
  desk.call('POST', path, { cookie: who.cookie, body });
const read = async (who: { cookie: string }, id: string) =>
  ConversationSchema.parse((await desk.call('GET', `/conversations/${id}`, { cookie: who.cookie })).body);
const count = async (sql: string, values: unknown[]): Promise<number> =>
  (await desk.database.pool.query(sql, values)).rowCount ?? 0;
const countAudit = (action: string, id: string): Promise<number> =>
  count('select from audit where action = $1 and object_id = $2', [action, id]);

describe('a private note', () => {
  it('stands behind the message it was written after, with its author, and leaves an audit row', async () => {
    const id = await addTaken();
    const note = { id: randomUUID(), text: HOSTILE };
    expect((await post(lan, `/conversations/${id}/notes`, note)).body).toEqual({ id: note.id, afterSeq: 1 });
    const { notes } = await read(lan, id);
    expect(notes).toEqual([
      {
        id: note.id,
        afterSeq: 1,
        userName: 'Lan',
        text: HOSTILE,
        isWhisper: false,
        mentions: [],
        createdAt: desk.clock.now().toISOString(),
      },
    ]);
    expect(await countAudit('note_added', id)).toBe(1);
  });

  it('never reaches outbox, messages or the bot, and is encrypted at rest', async () => {
    const id = await addTaken();
    const before = await count('select from outbox where conversation_id = $1', [id]);
    await post(lan, `/conversations/${id}/notes`, { id: randomUUID(), text: 'NOTECANARY sợ chủ' });
    expect(await count('select from outbox where conversation_id = $1', [id])).toBe(before);
    expect(await count('select from messages where conversation_id = $1', [id])).toBe(1);
    const told = await desk.database.pool.query<{ kind: string }>(
      'select kind from live_events where conversation_id = $1 order by seq desc limit 1',
      [id],
    );
    expect(told.rows).toEqual([{ kind: 'conversation_changed' }]);
    const stored = await desk.database.pool.query<{ body_enc: Buffer }>(
      'select body_enc from notes where conversation_id = $1',
      [id],
    );
    expect(stored.rows[0]?.body_enc.toString('utf8')).not.toContain('NOTECANARY');
    const audit = await desk.database.pool.query('select detail from audit where object_id = $1', [id]);
    expect(JSON.stringify(audit.rows)).not.toContain('CANARY');
  });

  it('is written once for one id, and never under an id of somewhere else', async () => {
    const [one, two] = [await addTaken(), await addTaken()];
    const note = { id: randomUUID(), text: 'một lần' };
    await post(lan, `/conversations/${one}/notes`, note);
    expect((await post(lan, `/conversations/${one}/notes`, note)).status).toBe(200);
    expect((await post(lan, `/conversations/${two}/notes`, note)).body).toEqual({
      error: { code: 'conflict' },
    });
    expect((await read(lan, one)).notes).toHaveLength(1);
  });

  it.each(['', '  ', 'x'.repeat(4001)])('is refused when it is empty or endless', async (text) => {
    const id = await addTaken();
    const answer = await post(lan, `/conversations/${id}/notes`, { id: randomUUID(), text });
    expect(answer.body).toEqual({ error: { code: 'bad_request', fields: ['text'] } });
  });

  it('may be written by whoever may read; others are told that there is nothing', async () => {
    const id = await addTaken();
    const write = (who: { cookie: string }) =>
      post(who, `/conversations/${id}/notes`, { id: randomUUID(), text: 'a' });
    expect((await write(mai)).body).toEqual({ error: { code: 'not_found' } });
    expect((await write(boss)).status).toBe(200);
    expect((await write(officer)).status).toBe(403);
  });

  it('of a supervisor to the one who answers is read by these two alone, and follows nobody else', async () => {
    const other = await desk.addStaff('supervisor', 'Bình');
    const id = await addTaken(mai);
    const say = (who: { cookie: string }, onlyFor: string) =>
      post(who, `/conversations/${id}/notes`, { id: randomUUID(), text: 'WHISPERCANARY hỏi chỗ ở', onlyFor });
    expect((await say(mai, boss.userId)).status).toBe(403);
    for (const to of [lan.userId, boss.userId])
      expect((await say(boss, to)).body).toEqual({ error: { code: 'nothing_to_change' } });
    expect((await say(boss, mai.userId)).status).toBe(200);
    for (const who of [mai, boss])
      expect((await read(who, id)).notes).toMatchObject([{ isWhisper: true, userName: 'Hoa' }]);
    expect((await read(other, id)).notes).toEqual([]);
    expect((await read(officer, id)).notes).toEqual([]);
    const { rows } = await desk.database.pool.query<{ detail: { to?: string } }>(
      `select detail from audit where action = 'note_added' and object_id = $1`,
      [id],
    );
    expect(rows.map(({ detail }) => detail.to)).toEqual([mai.userId]);
    expect(JSON.stringify(rows)).not.toContain('CANARY');
    await post(other, `/conversations/${id}/take`, { from: mai.userId, reason: 'Mai phải về' });
    expect((await read(other, id)).notes.map(({ text }) => text)).toEqual(['Mai phải về']);
    expect((await say(boss, mai.userId)).body).toEqual({ error: { code: 'nothing_to_change' } });
  });

  it('is there without its words for a role that reads no texts', async () => {
    const id = await addTaken();
    await post(lan, `/conversations/${id}/notes`, { id: randomUUID(), text: 'NOTECANARY' });
    const masked = await read(officer, id);
    expect(masked.notes).toMatchObject([{ userName: 'Lan', text: '' }]);
    expect(JSON.stringify(masked)).not.toContain('CANARY');
  });

  it('goes when the person is erased', async () => {
    const id = await addTaken();
    await post(lan, `/conversations/${id}/notes`, { id: randomUUID(), text: 'a' });
    await save(lan, id, { text: 'dở' });
    await desk.database.transact((client) => eraseConversation(client, id));
    expect(await count('select from notes where conversation_id = $1', [id])).toBe(0);
    expect(await count('select from drafts where conversation_id = $1', [id])).toBe(0);
  });
});

const save = (who: { cookie: string }, id: string, draft: object) =>
  post(who, `/conversations/${id}/drafts`, { kind: 'reply', text: '', unsent: [], seenSeq: 1, ...draft });
const drafts = async (who: { cookie: string }, id: string) => {
  const { body } = await desk.call('GET', '/drafts', { cookie: who.cookie });
  return DraftsSchema.parse(body).drafts.filter(({ conversationId }) => conversationId === id);
};

describe('a draft', () => {
  it('comes back as it was typed, reply and note apart, only to its writer, encrypted at rest', async () => {
    const id = await addTaken();
    await save(lan, id, { text: HOSTILE });
    await save(lan, id, { text: 'DRAFTCANARY cho đồng nghiệp', kind: 'note', seenSeq: null });
    expect((await drafts(lan, id)).map(({ kind, text }) => [kind, text]).sort()).toEqual([
      ['note', 'DRAFTCANARY cho đồng nghiệp'],
      ['reply', HOSTILE],
    ]);
    expect(await drafts(boss, id)).toEqual([]);
    const stored = await desk.database.pool.query<{ body_enc: Buffer }>(
      'select body_enc from drafts where conversation_id = $1',
      [id],
    );
    expect(stored.rows.map((row) => row.body_enc.toString('utf8')).join()).not.toContain('DRAFTCANARY');
  });

  it('is gone when it is emptied, sent, or the conversation closed', async () => {
    const id = await addTaken();
    await save(lan, id, { text: 'một' });
    await save(lan, id, { text: '' });
    expect(await drafts(lan, id)).toEqual([]);
    await save(lan, id, { text: 'hai' });
    await save(lan, id, { text: 'ghi', kind: 'note' });
    await post(lan, `/conversations/${id}/reply`, { clientMessageId: randomUUID(), text: 'hai' });
    expect((await drafts(lan, id)).map(({ kind }) => kind)).toEqual(['note']);
    await post(lan, `/conversations/${id}/notes`, { id: randomUUID(), text: 'ghi' });
    expect(await drafts(lan, id)).toEqual([]);
    await save(lan, id, { text: 'ba' });
    await save(boss, id, { text: 'bốn', kind: 'note' });
    await post(lan, `/conversations/${id}/close`, { outcome: 'advised' });
    expect(await count('select from drafts where conversation_id = $1', [id])).toBe(0);
  });

  it('keeps what left the box and did not arrive, and drops what did', async () => {
    const id = await addTaken();
    const [sent, lost] = [randomUUID(), randomUUID()];
    await post(lan, `/conversations/${id}/reply`, { clientMessageId: sent, text: 'tới rồi' });
    const unsent = [sent, lost].map((clientMessageId) => ({ clientMessageId, text: 'x' }));
    await save(lan, id, { unsent });
    expect((await drafts(lan, id)).map((draft) => draft.unsent)).toEqual([
      [{ clientMessageId: lost, text: 'x' }],
    ]);
  });

  it('is refused where one may not read, and leaves no row in the audit', async () => {
    const id = await addTaken();
    expect((await save(mai, id, { text: 'a' })).body).toEqual({ error: { code: 'not_found' } });
    const before = await count('select from audit', []);
    await save(lan, id, { text: 'a' });
    expect(await count('select from audit', [])).toBe(before);
  });
});

describe('presence', () => {
  const be = async (who: { cookie: string }, id: string, state: string) => {
    const { body } = await post(who, `/conversations/${id}/presence`, { state });
    return PresenceSchema.parse(body).others.map((one) => `${one.user.displayName} ${one.state}`);
  };
  const told = (id: string): Promise<number> =>
    count(`select from live_events where conversation_id = $1 and kind = 'presence_changed'`, [id]);

  it('names who else reads or writes, and is over within seconds', async () => {
    const id = await addTaken();
    expect(await be(lan, id, 'reading')).toEqual([]);
    expect(await be(boss, id, 'typing')).toEqual(['Lan reading']);
    expect(await be(lan, id, 'reading')).toEqual(['Hoa typing']);
    desk.clock.move(7_000);
    expect(await be(lan, id, 'reading')).toEqual(['Hoa reading']);
    desk.clock.move(24_000);
    expect(await be(lan, id, 'reading')).toEqual([]);
    await be(boss, id, 'reading');
    expect(await be(boss, id, 'away')).toEqual([]);
    expect(await be(lan, id, 'reading')).toEqual([]);
  });

  it('stands in the queue beside the conversation, for everybody else, while that is open', async () => {
    const id = await addTaken();
    const inQueue = async (who: { cookie: string }) =>
      QueuePresenceSchema.parse((await desk.call('GET', '/queue/presence', { cookie: who.cookie })).body)
        .present.filter((one) => one.conversationId === id)
        .map(({ user, isTyping }) => [user.displayName, isTyping]);
    await be(lan, id, 'reading');
    await be(boss, id, 'typing');
    expect(await inQueue(mai)).toEqual([
      ['Hoa', true],
      ['Lan', false],
    ]);
    expect(await inQueue(lan)).toEqual([['Hoa', true]]);
    desk.clock.move(7_000);
    expect(await inQueue(lan)).toEqual([['Hoa', false]]);
    await post(lan, `/conversations/${id}/close`, { outcome: 'advised' });
    expect(await inQueue(mai)).toEqual([]);
  });

  it('tells the others of a change only, without a name', async () => {
    const id = await addTaken();
    const before = await told(id);
    for (const state of ['reading', 'reading', 'typing', 'typing', 'reading', 'away', 'away'])
      await be(lan, id, state);
    expect((await told(id)) - before).toBe(4);
    const named = `select from live_events where kind = 'presence_changed' and user_id is not null`;
    expect(await count(named, [])).toBe(0);
  });

  it('tells nothing to somebody who may not read', async () => {
    const id = await addTaken();
    await be(lan, id, 'reading');
    expect((await post(mai, `/conversations/${id}/presence`, { state: 'reading' })).status).toBe(404);
    expect((await post(mai, `/conversations/${id}/presence`, { state: 'away' })).body).toMatchObject({
      others: [],
    });
    expect((await post(officer, `/conversations/${id}/presence`, { state: 'reading' })).status).toBe(403);
  });
});

describe('an answer of a colleague while one writes', () => {
  const reply = (who: { cookie: string }, id: string, seenSeq: number, text = 'của mình') =>
    post(who, `/conversations/${id}/reply`, { clientMessageId: randomUUID(), text, seenSeq });

  it('is told first and only then is the own one sent', async () => {
    const id = await addTaken(mai);
    await reply(mai, id, 1, 'của Mai');
    await post(boss, `/conversations/${id}/take`, { from: mai.userId, reason: 'Mai phải về' });
    const first = await reply(boss, id, 1);
    expect([first.status, first.body]).toEqual([
      409,
      { error: { code: 'colleague_replied', by: { id: mai.userId, displayName: 'Mai' } } },
    ]);
    expect((await reply(boss, id, 2)).status).toBe(200);
    expect(
      await count(`select from messages where conversation_id = $1 and author = 'counsellor'`, [id]),
    ).toBe(2);
  });

  it('counts a hand at the platform, and not the own answers or those of the person', async () => {
    const id = await addTaken();
    await reply(lan, id, 1);
    await desk.database.transact((client) =>
      desk.addMessage(client, id, { id: randomUUID(), author: 'person', text: 'dạ', delivery: 'received' }),
    );
    expect((await reply(lan, id, 1)).status).toBe(200);
    await desk.database.transact((client) =>
      desk.addMessage(client, id, { id: randomUUID(), author: 'platform', text: 'từ app', delivery: 'sent' }),
    );
    expect((await reply(lan, id, 1)).body).toEqual({ error: { code: 'colleague_replied' } });
  });
});

describe('history', () => {
  it('tells every time the contact was at the desk, and pages to the oldest message', async () => {
    const { conversationId: id } = await desk.addWaiting({
      ...{ risk: 'none', waitingSince: minutesAgo(1) },
      messages: Array.from({ length: 730 }, (_, n) => ({
        author: 'person' as const,
        text: `tin ${String(n + 1)}`,
      })),
    });
    await post(lan, `/conversations/${id}/take`, {});
    await post(lan, `/conversations/${id}/close`, { outcome: 'referred' });
    const newest = await read(lan, id);
    expect(newest.visits).toMatchObject([
      { state: 'closed', outcome: 'referred', takenBy: { displayName: 'Lan' } },
    ]);
    expect([newest.messages[0]?.seq, newest.hasEarlier]).toEqual([231, true]);
    const older = async (seq: number, who = lan) =>
      EarlierSchema.parse(
        (await desk.call('GET', `/conversations/${id}/before/${String(seq)}`, { cookie: who.cookie })).body,
      );
    const page = await older(231);
    expect([page.messages[0]?.text, page.messages.at(-1)?.text, page.hasEarlier]).toEqual([
      'tin 31',
      'tin 230',
      true,
    ]);
    const first = await older(31);
    expect([first.messages[0]?.text, first.messages.length, first.hasEarlier]).toEqual(['tin 1', 30, false]);
    expect((await older(31, officer)).messages[0]?.text).toBe('');
    expect(await countAudit('conversation_read', id)).toBe(4);
    expect((await desk.call('GET', `/conversations/${id}/before/31`, { cookie: mai.cookie })).status).toBe(
      404,
    );
  });
});

describe('an offer that was judged', () => {
  it('is known by its text, and not told to a role that reads none', async () => {
    const { conversationId: id } = await desk.addWaiting({
      ...{ risk: 'none', waitingSince: minutesAgo(1) },
      messages: [
        { author: 'bot', text: 'Mức cẩn thận', key: 'offer.level.caution' },
        { author: 'bot', text: 'Chào bạn', key: 'welcome.hello' },
      ],
    });
    const levels = async (who: { cookie: string }) =>
      (await read(who, id)).messages.map(({ offerLevel }) => offerLevel);
    expect(await levels(lan)).toEqual(['caution', null]);
    expect(await levels(officer)).toEqual([null, null]);
  });
});

describe('the tour', () => {
  it('is remembered with the account and can be asked for again', async () => {
    const tour = async () => (await desk.call('GET', '/me/tour', { cookie: mai.cookie })).body;
    for (const done of [false, true]) {
      await post(mai, '/me/tour', { done });
      expect(await tour()).toEqual({ done });
    }
  });
});
