/** Colleagues named in private notes: told to them alone, kept by id, refused where they could not read. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ConversationSchema } from '../../../server/api/contract.ts';
import { MentionsSchema, NameableSchema } from '../../../server/api/mentions-contract.ts';
import { eraseConversation } from '../../../server/store/erase.ts';
import { startDesk } from '../../support/desk.ts';
import type { Desk } from '../../support/desk.ts';

jest.setTimeout(30_000);

type Staff = Awaited<ReturnType<Desk['addStaff']>>;
let desk: Desk;
let lan: Staff;
let mai: Staff;
let boss: Staff;
let officer: Staff;
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

const post = (who: Staff, path: string, body: unknown = {}) =>
  desk.call('POST', path, { cookie: who.cookie, body });
const addWaiting = async (): Promise<string> => {
  const waitingSince = new Date(desk.clock.now().getTime() - 60_000);
  return (await desk.addWaiting({ risk: 'high', waitingSince })).conversationId;
};
const addTaken = async (who: Staff): Promise<string> => {
  const id = await addWaiting();
  await post(who, `/conversations/${id}/take`);
  return id;
};
const name = (who: Staff, id: string, mentions: readonly string[], more: object = {}) =>
  post(who, `/conversations/${id}/notes`, {
    ...{ id: randomUUID(), text: 'MENTIONCANARY @Hoa xem giúp', mentions, ...more },
  });
const listOf = async (who: Staff, id: string) => {
  const { body } = await desk.call('GET', '/mentions', { cookie: who.cookie });
  const { unread, mentions } = MentionsSchema.parse(body);
  return { unread, mine: mentions.filter(({ conversationId }) => conversationId === id) };
};

describe('a colleague named in a note', () => {
  it('finds it in a list with code and author and no word of the note, until it was seen', async () => {
    const id = await addTaken(lan);
    const before = (await listOf(boss, id)).unread;
    expect((await name(lan, id, [boss.userId])).status).toBe(200);
    const { unread, mine } = await listOf(boss, id);
    expect(unread).toBe(before + 1);
    expect(mine).toMatchObject([{ by: { displayName: 'Lan' }, isSeen: false }]);
    expect(JSON.stringify(mine)).not.toContain('CANARY');
    const noteIds = mine.map(({ noteId }) => noteId);
    // nobody sees for somebody else
    await post(mai, '/mentions/seen', { noteIds });
    expect((await listOf(boss, id)).unread).toBe(before + 1);
    await post(boss, '/mentions/seen', { noteIds });
    expect(await listOf(boss, id)).toMatchObject({ unread: before, mine: [{ isSeen: true }] });
  });

  it('is kept by id: the note shows the name of today', async () => {
    const other = await desk.addStaff('supervisor', 'Vân');
    const id = await addTaken(lan);
    await name(lan, id, [other.userId]);
    await desk.database.pool.query('update users set display_name = $2 where id = $1', [
      ...[other.userId, 'Thanh Vân'],
    ]);
    const { body } = await desk.call('GET', `/conversations/${id}`, { cookie: lan.cookie });
    expect(ConversationSchema.parse(body).notes.map(({ mentions }) => mentions)).toEqual([
      [{ id: other.userId, displayName: 'Thanh Vân' }],
    ]);
    const masked = await desk.call('GET', `/conversations/${id}`, { cookie: officer.cookie });
    expect(ConversationSchema.parse(masked.body).notes).toMatchObject([{ text: '', mentions: [] }]);
  });

  it('leaves a row in the audit for each, with ids only, and none for the same note again', async () => {
    const id = await addTaken(lan);
    const noteId = randomUUID();
    const both = [boss.userId, (await desk.addStaff('admin', 'Tú')).userId];
    await name(lan, id, both, { id: noteId });
    await name(lan, id, both, { id: noteId });
    const { rows } = await desk.database.pool.query<{ detail: object }>(
      `select detail from audit where action = 'colleague_mentioned' and object_id = $1 order by detail->>'to'`,
      [id],
    );
    expect(rows.map(({ detail }) => detail)).toEqual([...both].sort().map((to) => ({ noteId, to })));
    expect((await listOf(boss, id)).mine).toHaveLength(1);
  });

  it('who cannot read the conversation is refused by name, and nothing is kept', async () => {
    const id = await addTaken(lan);
    const refusal = await name(lan, id, [boss.userId, mai.userId]);
    expect(refusal).toMatchObject({
      ...{ status: 409, body: { error: { code: 'mention_unreadable', by: { displayName: 'Mai' } } } },
    });
    expect((await listOf(boss, id)).mine).toEqual([]);
    const { rowCount } = await desk.database.pool.query('select from notes where conversation_id = $1', [id]);
    expect(rowCount).toBe(0);
  });

  it('who reads no texts, is gone, or is oneself, is no colleague to name', async () => {
    const id = await addTaken(lan);
    for (const stranger of [officer.userId, lan.userId, randomUUID()])
      expect((await name(lan, id, [stranger])).body).toEqual({
        ...{ error: { code: 'bad_request', fields: ['mentions'] } },
      });
    for (const mentions of [
      [boss.userId, boss.userId],
      ['x'],
      Array.from({ length: 11 }, () => randomUUID()),
    ])
      expect((await name(lan, id, mentions)).body).toMatchObject({ error: { fields: ['mentions'] } });
  });

  it('by a supervisor who speaks to one alone is only that one', async () => {
    const other = await desk.addStaff('supervisor', 'Vân');
    const id = await addTaken(mai);
    const only = { onlyFor: mai.userId };
    expect((await name(boss, id, [other.userId], only)).body).toMatchObject({
      ...{ error: { code: 'mention_unreadable', by: { displayName: 'Vân' } } },
    });
    expect((await name(boss, id, [mai.userId], only)).status).toBe(200);
    expect((await listOf(mai, id)).mine).toHaveLength(1);
  });

  it('loses it from the list when somebody else takes the conversation, and when it is erased', async () => {
    const id = await addWaiting();
    await name(boss, id, [mai.userId, lan.userId]);
    expect((await listOf(mai, id)).mine).toHaveLength(1);
    await post(lan, `/conversations/${id}/take`);
    expect((await listOf(mai, id)).mine).toEqual([]);
    expect((await listOf(lan, id)).mine).toHaveLength(1);
    await desk.database.transact((client) => eraseConversation(client, id));
    expect((await listOf(lan, id)).mine).toEqual([]);
  });

  it('is offered with who can read the conversation, to those who may read it', async () => {
    const id = await addTaken(lan);
    const ask = (who: Staff) => desk.call('GET', `/conversations/${id}/colleagues`, { cookie: who.cookie });
    const { colleagues } = NameableSchema.parse((await ask(lan)).body);
    const known = new Map(colleagues.map((one) => [one.id, one.mayRead]));
    expect([mai, boss, lan, officer].map(({ userId }) => known.get(userId))).toEqual([
      ...[false, true, undefined, undefined],
    ]);
    expect((await ask(mai)).body).toEqual({ error: { code: 'not_found' } });
  });
});
