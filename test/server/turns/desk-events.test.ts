/** What the desk causes, over a real database with the real engine: reminders, lost counsellors, giving back at a flow, risk. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type Assets, takeTurn } from '../../../bot/index.ts';
import { lockConversation, releaseConversation, takeConversation } from '../../../server/store/desk.ts';
import { setBreak } from '../../../server/store/desk-settings.ts';
import { countOverdue } from '../../../server/store/duty.ts';
import { markPresent } from '../../../server/store/colleagues.ts';
import { overrideRisk } from '../../../server/store/risk-overrides.ts';
import { insertTransfer } from '../../../server/store/transfers.ts';
import { createUserSession, hashToken, raiseUserSession } from '../../../server/store/user-sessions.ts';
import { insertUser } from '../../../server/store/users.ts';
import { redMinutes } from '../../../server/desk-rules.ts';
import { queueEntry } from '../../../server/turns/desk-events.ts';
import { createLeftBehind, type LeftBehind } from '../../../server/turns/left-behind.ts';
import { remindWaiting } from '../../../server/turns/reminders.ts';
import { loadRealAssets } from '../../support/assets.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { deskRules } from '../../support/rules.ts';
import {
  type FakeChannel,
  fakeChannel,
  fakeClock,
  type Instance,
  message,
  type SetClock,
  startInstance,
  testVault,
} from '../../support/turns.ts';

// the real content takes seconds to read on a busy machine
jest.setTimeout(60_000);

const MINUTE_MS = 60_000;
const vault = testVault();

let assets: Assets;
let database: TestDatabase;
let clock: SetClock;
let channel: FakeChannel;
let one: Instance;
beforeAll(async () => {
  [assets, database] = await Promise.all([loadRealAssets(), createTestDatabase()]);
});
beforeEach(async () => {
  await database.pool.query(
    'truncate contacts, conversations, inbox, messages, outbox, users, live_events cascade',
  );
  clock = fakeClock();
  channel = fakeChannel();
  one = startInstance(database, { clock, channels: [channel], assets, takeTurn });
});
afterAll(() => database.drop());

async function hear(person: string, text: string): Promise<readonly string[]> {
  const before = channel.sent.length;
  await one.inbox.accept('telegram', 'default', [message(person, text, { receivedAt: clock.now() })]);
  await one.work();
  return channel.sent.slice(before).map((sent) => sent.text);
}
const shared = () => ({ transact: database.transact, vault, clock, newId: () => randomUUID() });
const remind = (): Promise<number> => remindWaiting({ ...shared(), rules: deskRules.still_waiting });

/** Time passes and every instance looks; what follows is sent. */
async function waitMinutes(minutes: number): Promise<readonly string[]> {
  const before = channel.sent.length;
  clock.advance(minutes * MINUTE_MS);
  await Promise.all([remind(), remind()]);
  await one.work();
  return channel.sent.slice(before).map((sent) => sent.text);
}
async function readHandover() {
  const found = await database.pool.query<{
    id: string;
    risk: string;
    state: string;
    riskSet: string | null;
    at: Date;
  }>(
    `select conversation_id as id, risk, state, risk_set as "riskSet", waiting_since as at from handovers
     where state in ('waiting', 'taken')`,
  );
  const [row] = found.rows;
  if (row === undefined) throw new Error('nobody is at the desk');
  return row;
}
async function addCounsellor(role: 'counsellor' | 'supervisor' = 'counsellor') {
  const userId = randomUUID();
  const token = await database.transact(async (client) => {
    const user = { id: userId, email: `${userId}@example.org`, displayName: role, passwordHash: '-', role };
    await insertUser(client, { ...user, uiLanguage: 'vi', createdAt: clock.now() });
    const opened = await createUserSession(client, userId, clock.now());
    return (await raiseUserSession(client, hashToken(opened), clock.now())) ?? '';
  });
  return { userId, token, breathe: () => markPresent(database.pool, hashToken(token), clock.now()) };
}
async function take(conversationId: string, userId: string): Promise<void> {
  await database.transact(async (client) => {
    await lockConversation(client, conversationId);
    expect(await takeConversation(client, conversationId, userId, clock.now())).toBe(true);
  });
}
const ownerOf = async (id: string) =>
  (
    await database.pool.query<{ owner: string; user: string | null }>(
      'select owner, owner_user_id as user from conversations where id = $1',
      [id],
    )
  ).rows[0];

const STILL = 'vẫn chưa có người tư vấn trực';

describe('whoever waits', () => {
  beforeEach(() => hear('a', 'gặp người thật'));

  it('is told how things stand with a number, at the intervals of the rules, once over two instances', async () => {
    expect(await waitMinutes(4)).toEqual([]);
    const told = await waitMinutes(2);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(STILL);
    expect(told[0]).toContain('111');
    expect(await waitMinutes(5)).toEqual([]);
    for (const minutes of [6, 14, 30, 60, 120]) expect(await waitMinutes(minutes)).toHaveLength(1);
    // that was the last one
    expect(await waitMinutes(600)).toEqual([]);
  });

  it('is told once for all that was missed while we were away', async () => {
    expect(await waitMinutes(130)).toHaveLength(1);
    expect(await waitMinutes(1)).toEqual([]);
  });

  it('keeps the place in the flow and in the queue, also when they ask again', async () => {
    const before = await readHandover();
    await waitMinutes(5);
    // the bot still asks for a way to reach them, as before
    expect((await hear('a', 'nhắn ở đây sau 7 giờ tối'))[0]).toContain('ghi lại');
    await hear('a', 'gặp người thật');
    await hear('a', 'gặp tư vấn viên');
    expect(await readHandover()).toEqual(before);
  });

  it('is not told right after the bot said something', async () => {
    clock.advance(4 * MINUTE_MS);
    await hear('a', 'bỏ qua');
    expect(await waitMinutes(1)).toEqual([]);
    expect(await waitMinutes(11)).toHaveLength(1);
  });

  it('is told nothing any more once a counsellor came, also when the telling was under way', async () => {
    const { id } = await readHandover();
    const { userId } = await addCounsellor();
    clock.advance(5 * MINUTE_MS);
    expect(await remind()).toBe(1);
    await take(id, userId);
    await one.work();
    expect(channel.sent.filter(({ text }) => text.includes(STILL))).toEqual([]);
    expect(await waitMinutes(60)).toEqual([]);
  });

  it.each([
    ['somebody may be reading along', 'update conversations set quiet = true'],
    ['the risk is high', `update handovers set risk = 'high'`],
    ['the scan found danger before', `update conversations set risk = 'imminent'`],
    ['they blocked us', 'update contacts set blocked = true'],
    ['they asked to be erased', 'update conversations set erase_requested_at = now()'],
    ['somebody answers at the platform', `update conversations set owner = 'platform'`],
  ])('is told nothing when %s', async (_why, sql) => {
    await database.pool.query(sql);
    expect(await waitMinutes(300)).toEqual([]);
  });
});

describe('in danger', () => {
  it('nobody is written to unasked, however long they wait', async () => {
    await hear('a', 'cuu em voi ho giu ho chieu danh em');
    expect((await readHandover()).state).toBe('waiting');
    expect(await waitMinutes(300)).toEqual([]);
  });
});

describe('a counsellor whose browser dies', () => {
  let lan: Awaited<ReturnType<typeof addCounsellor>>;
  let mai: Awaited<ReturnType<typeof addCounsellor>>;
  let id: string;
  let first: LeftBehind;
  let second: LeftBehind;
  beforeEach(async () => {
    await hear('a', 'gặp người thật');
    ({ id } = await readHandover());
    [lan, mai] = [await addCounsellor(), await addCounsellor()];
    first = createLeftBehind({ ...shared(), rules: deskRules });
    second = createLeftBehind({ ...shared(), rules: deskRules });
    await take(id, lan.userId);
  });
  /** both instances look every ten seconds */
  async function pass(seconds: number, alive: readonly (typeof lan)[] = []): Promise<number> {
    let returned = 0;
    for (let at = 0; at < seconds; at += 10) {
      clock.advance(10_000);
      for (const who of alive) await who.breathe();
      const looks = await Promise.all([first.look(), second.look()]);
      returned += looks.reduce((sum, look) => sum + look.returned, 0);
    }
    return returned;
  }

  it('loses nobody: they wait again at their old place after two minutes, once, and are told', async () => {
    const { at } = await readHandover();
    expect(await pass(110)).toBe(0);
    expect(await pass(20)).toBe(1);
    expect(await readHandover()).toMatchObject({ state: 'waiting', at });
    expect(await ownerOf(id)).toEqual({ owner: 'bot', user: null });
    const before = channel.sent.length;
    await one.work();
    expect(channel.sent.slice(before).map(({ text }) => text)).toEqual([
      expect.stringContaining('Người tư vấn vừa bị mất kết nối'),
    ]);
    const trail = await database.pool.query(
      `select user_id, detail from audit where action = 'counsellor_lost' and object_id = $1`,
      [id],
    );
    expect(trail.rows).toEqual([{ user_id: null, detail: { counsellor: lan.userId } }]);
    expect(await pass(300)).toBe(0);
  });

  it('keeps everybody while it gives signs of life, for hours', async () => {
    // the idle clock is moved by working, which this test leaves to the end of it
    expect(await pass(25 * 60, [lan])).toBe(0);
    expect((await ownerOf(id))?.user).toBe(lan.userId);
  });

  it.each([
    ['signed out', 'update user_sessions set ended_at = now()'],
    ['was disabled', 'update users set disabled_at = now()'],
    ['may not answer people any more', `update users set role = 'editor'`],
  ])('or who %s: they wait again at once', async (_what, sql) => {
    await pass(130, [lan]);
    await database.pool.query(sql);
    expect(await pass(10, [lan])).toBe(1);
  });

  it('is given the whole time anew when we could not hear: server down, database away', async () => {
    await pass(130, [lan]);
    clock.advance(30 * MINUTE_MS - 200_000);
    // a new start, or the first look after the break
    const fresh = createLeftBehind({ ...shared(), rules: deskRules });
    expect(await fresh.look()).toEqual({ returned: 0, offers: 0 });
    expect(await first.look()).toEqual({ returned: 0, offers: 0 });
    expect((await ownerOf(id))?.user).toBe(lan.userId);
    expect(await pass(130)).toBe(1);
  });

  async function offer(to: Parameters<typeof insertTransfer>[2]['to']): Promise<void> {
    await database.transact(async (client) => {
      await lockConversation(client, id);
      await insertTransfer(client, vault, {
        ...{
          id: randomUUID(),
          conversationId: id,
          fromUser: lan.userId,
          to,
          note: 'CANARY',
          now: clock.now(),
        },
      });
    });
  }
  const offerState = async () =>
    (await database.pool.query<{ state: string }>('select state from transfers')).rows.map(
      ({ state }) => state,
    );

  it('takes its offer with it', async () => {
    await pass(120, [lan, mai]);
    await offer({ kind: 'person', userId: mai.userId });
    expect(await pass(130, [mai])).toBe(1);
    expect(await offerState()).toEqual(['returned']);
  });

  it('and who was asked to take over: the offer comes back to whoever made it, who goes on', async () => {
    await pass(120, [lan, mai]);
    await offer({ kind: 'person', userId: mai.userId });
    expect(await pass(110, [lan])).toBe(0);
    expect(await offerState()).toEqual(['offered']);
    expect(await pass(20, [lan])).toBe(0);
    expect(await offerState()).toEqual(['returned']);
    expect((await ownerOf(id))?.user).toBe(lan.userId);
  });

  it('or who is asked and goes on a break', async () => {
    await pass(120, [lan, mai]);
    await offer({ kind: 'person', userId: mai.userId });
    await setBreak(database.pool, mai.userId, clock.now(), clock.now());
    await pass(10, [lan, mai]);
    expect(await offerState()).toEqual(['returned']);
  });
});

describe('given back at a flow', () => {
  it('the bot begins there with its own turn, and the transcript says what it said', async () => {
    await hear('a', 'gặp người thật');
    const { id } = await readHandover();
    const { userId } = await addCounsellor();
    await take(id, userId);
    const before = channel.sent.length;
    await database.transact(async (client) => {
      await lockConversation(client, id);
      await releaseConversation(client, id, clock.now());
      await queueEntry(shared(), client, id, { flow: 'numbers', node: null });
    });
    await one.work();
    const said = channel.sent.slice(before).map(({ text }) => text);
    expect(said.join('\n')).toContain('111');
    const { rows } = await database.pool.query<{ flow: string }>('select flow from sessions');
    expect(rows[0]?.flow).toBe('numbers');
    const authors = await database.pool.query<{ author: string }>(
      'select author from messages where conversation_id = $1 order by seq desc limit 1',
      [id],
    );
    expect(authors.rows).toEqual([{ author: 'bot' }]);
  });

  it('nothing begins in quiet mode, or once a colleague has taken it', async () => {
    await hear('a', 'cuu em voi ho giu ho chieu danh em');
    await hear('a', 'có người bên cạnh');
    const { id } = await readHandover();
    expect((await database.pool.query('select from conversations where quiet')).rowCount).toBe(1);
    const before = channel.sent.length;
    await database.transact((client) =>
      queueEntry(shared(), client, id, { flow: 'check-offer', node: null }),
    );
    await one.work();
    expect(channel.sent).toHaveLength(before);
  });
});

describe('a risk set by a person', () => {
  const set = (id: string, before: 'none' | 'concern' | 'high' | 'imminent', after: typeof before) =>
    database.transact(async (client) => {
      await lockConversation(client, id);
      const { userId } = await addCounsellor();
      const change = {
        id: randomUUID(),
        conversationId: id,
        userId,
        before,
        after,
        reason: 'đã hỏi lại',
        now: clock.now(),
      };
      expect(await overrideRisk(client, vault, change)).toBe(true);
    });

  it('counts until the scan finds something higher', async () => {
    await hear('a', 'cuu em voi ho giu ho chieu danh em');
    const { id, risk } = await readHandover();
    expect(['high', 'imminent']).toContain(risk);
    await set(id, 'high', 'none');
    await hear('a', 'dạ');
    expect(await readHandover()).toMatchObject({ risk: 'none', riskSet: 'none' });
    await hear('a', 'nó đang cầm dao ngoài cửa, nó sắp giết em');
    const after = await readHandover();
    expect(['high', 'imminent']).toContain(after.risk);
    expect(after.riskSet).toBe('none');
  });

  it('is not lowered by what the scan finds later', async () => {
    await hear('a', 'gặp người thật');
    const { id } = await readHandover();
    await set(id, 'none', 'imminent');
    await hear('a', 'cuu em voi ho giu ho chieu');
    expect(await readHandover()).toMatchObject({ risk: 'imminent', riskSet: 'imminent' });
  });
});

describe('the count of who waits too long', () => {
  it('follows the clocks of the rules, by risk', async () => {
    await hear('a', 'gặp người thật');
    const count = async () =>
      Object.fromEntries(
        (await countOverdue(database.pool, clock.now(), redMinutes(deskRules))).map((row) => [
          row.risk,
          row.overdue,
        ]),
      );
    expect(await count()).toEqual({ none: 0, concern: 0, high: 0, imminent: 0 });
    clock.advance(39 * MINUTE_MS);
    expect(await count()).toMatchObject({ none: 0 });
    clock.advance(MINUTE_MS);
    expect(await count()).toEqual({ none: 1, concern: 0, high: 0, imminent: 0 });
    await database.pool.query(`update handovers set risk = 'concern'`);
    expect(await count()).toMatchObject({ none: 0, concern: 1 });
  });
});
