/** The sender keeps to the plan of safe contact: nothing goes outside it, nothing vanishes, and nobody without one pays for it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newUuid } from '../../../server/ids.ts';
import { CAREFUL_PLAN, type Plan } from '../../../server/safe-contact.ts';
import { overridePlan, removePlan, savePlan } from '../../../server/store/safe-contact.ts';
import { queueCounsellorMessage } from '../../../server/turns/queue-message.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import {
  type FakeChannel,
  fakeChannel,
  fakeClock,
  type Instance,
  type InstanceOptions,
  message,
  type SetClock,
  startInstance,
  testVault,
} from '../../support/turns.ts';

let database: TestDatabase;
let clock: SetClock;
let channel: FakeChannel;
const counsellor = newUuid();
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(
    `insert into users (id, email, display_name, password_hash, role, created_at)
     values ($1, 'lan@example.org', 'Lan', '-', 'counsellor', now())`,
    [counsellor],
  );
});
beforeEach(async () => {
  await database.pool.query('truncate contacts, conversations, inbox, messages, outbox cascade');
  // a Friday, 15:00 in Vietnam
  clock = fakeClock('2026-11-20T08:00:00.000Z');
  channel = fakeChannel();
});
afterAll(() => database.drop());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const vault = testVault();
const start = (options: InstanceOptions = {}): Instance =>
  startInstance(database, { clock, channels: [channel], ...options });
const hear = async (one: Instance, text: string): Promise<void> => {
  await one.inbox.accept('telegram', 'default', [message('a', text, { receivedAt: clock.now() })]);
  await one.work();
};
const silence = async (one: Instance): Promise<void> => {
  const event = { kind: 'silence' as const, payload: 'x', opensWindow: false, receivedAt: clock.now() };
  await one.inbox.accept('telegram', 'default', [message('a', '', event)]);
  await one.work();
};
const conversation = async (): Promise<string> =>
  (await database.pool.query<{ id: string }>('select id from conversations')).rows[0]?.id ?? '';
const change = async (reason: string | null = null) => ({
  ...{ id: newUuid(), conversationId: await conversation(), userId: counsellor, now: clock.now(), reason },
});
const agree = async (over: Partial<Plan>): Promise<void> => {
  const plan: Plan = { ...CAREFUL_PLAN, wording: 'plain', ways: ['telegram'], ...over };
  const saved = await change();
  await database.transact((client) => savePlan(client, vault, saved, plan));
};
const write = async (text = 'chào em'): Promise<void> => {
  const conversationId = await conversation();
  await database.transact((client) =>
    queueCounsellorMessage({ vault, clock, newId: () => newUuid() }, client, {
      ...{ conversationId, userId: counsellor, text, clientMessageId: newUuid() },
    }),
  );
};
const sweep = async (one: Instance): Promise<void> => {
  await one.sender.sweep();
  await one.sender.settle();
};
const fates = async (): Promise<(string | null)[]> =>
  (
    await database.pool.query<{ fate: string }>(
      `select coalesce(failure_code, delivery) as fate from messages where author <> 'person' order by seq`,
    )
  ).rows.map(({ fate }) => fate);
const texts = (): string[] => channel.sent.map(({ text }) => text);
const MORNING = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '08:00', to: '10:00' }];

describe('with a plan the sender', () => {
  it('answers who writes, bot and counsellor alike, and lets neither write first', async () => {
    const one = start();
    await hear(one, 'hello');
    await agree({ mayWriteFirst: false });
    await hear(one, 'again');
    await write('trả lời');
    await sweep(one);
    clock.advance(31 * MINUTE);
    await write('viết trước');
    await sweep(one);
    await silence(one);
    expect(await fates()).toEqual(['sent', 'sent', 'sent', 'plan_never_first', 'plan_never_first']);
    expect(texts()).toEqual(['1:hello', '2:again', 'trả lời']);
  });

  it('sends no answer that comes hours late, as when the process was down', async () => {
    const dying = start({ sends: false });
    await hear(dying, 'hello');
    await agree({ mayWriteFirst: false });
    clock.advance(3 * HOUR);
    const other = start();
    await sweep(other);
    expect(await fates()).toEqual(['plan_never_first']);
    expect(texts()).toEqual([]);
  });

  it('keeps what a counsellor wrote until the agreed hour, also when the process is killed in between', async () => {
    const one = start();
    await hear(one, 'hello');
    await agree({ mayWriteFirst: true, times: MORNING });
    clock.advance(HOUR);
    await write('nhắc hẹn');
    await sweep(one);
    expect(await fates()).toEqual(['sent', 'queued']);
    // nothing of the first process is left but the database
    clock.advance(14 * HOUR);
    const other = start();
    await sweep(other);
    expect(await fates()).toEqual(['sent', 'queued']);
    // 08:01 on Saturday in Vietnam
    clock.advance(2 * HOUR + MINUTE);
    await sweep(other);
    await sweep(one);
    expect(await fates()).toEqual(['sent', 'sent']);
    expect(texts()).toEqual(['1:hello', 'nhắc hẹn']);
  });

  it('holds back no answer behind a message that waits: the person wrote, and both may go', async () => {
    const one = start();
    await hear(one, 'hello');
    await agree({ mayWriteFirst: true, times: MORNING });
    clock.advance(HOUR);
    await write('nhắc hẹn');
    await sweep(one);
    clock.advance(5 * HOUR);
    await one.inbox.accept('telegram', 'default', [message('a', 'cứu em', { receivedAt: clock.now() })]);
    await one.runner.runOnce();
    await one.sender.settle();
    await sweep(one);
    expect(texts()).toEqual(['1:hello', 'nhắc hẹn', '2:cứu em']);
  });

  it('lets a counsellor write outside it for as long as a reason was given, and never the bot', async () => {
    const one = start();
    await hear(one, 'hello');
    await agree({ mayWriteFirst: false });
    clock.advance(HOUR);
    const overridden = await change('em gái báo họ đang ở viện');
    const until = new Date(clock.now().getTime() + 15 * MINUTE);
    await database.transact((client) => overridePlan(client, vault, overridden, until));
    await write('một');
    await sweep(one);
    await silence(one);
    clock.advance(15 * MINUTE);
    await write('hai');
    await sweep(one);
    expect(await fates()).toEqual(['sent', 'sent', 'plan_never_first', 'plan_never_first']);
    const stored = await database.pool.query(
      `select reason_enc from safe_contact_changes where kind = 'overridden'`,
    );
    expect(JSON.stringify(stored.rows)).not.toContain('viện');
  });

  it('lets no word betray somebody who agreed on neutral ones', async () => {
    const one = start();
    await hear(one, 'hello');
    await agree({ mayWriteFirst: true, wording: 'neutral' });
    await hear(one, 'again');
    await write('vụ buôn người ấy');
    await write('bài học hôm nay');
    await sweep(one);
    expect(await fates()).toEqual(['sent', 'sent', 'plan_wording', 'sent']);
    const { rows } = await database.pool.query('select quiet from conversations');
    expect(rows).toEqual([{ quiet: true }]);
  });

  it('sends what waited as soon as the plan is taken back', async () => {
    const one = start();
    await hear(one, 'hello');
    await agree({ mayWriteFirst: true, times: MORNING });
    clock.advance(HOUR);
    await write('nhắc hẹn');
    await sweep(one);
    const removed = await change('họ đã về nhà');
    expect(await database.transact((client) => removePlan(client, vault, removed))).toBe(true);
    await sweep(one);
    expect(texts()).toEqual(['1:hello', 'nhắc hẹn']);
  });

  it('takes one that it cannot read for the most careful', async () => {
    const one = start();
    await hear(one, 'hello');
    await agree({ mayWriteFirst: true });
    await database.pool.query(`update safe_contact_plans set plan_enc = '\\x01ffff'`);
    clock.advance(HOUR);
    await write();
    await sweep(one);
    await hear(one, 'again');
    expect(await fates()).toEqual(['sent', 'plan_never_first', 'sent']);
  });

  it('forgets it with the person, and says goodbye all the same', async () => {
    const one = start();
    await hear(one, 'hello');
    await agree({ mayWriteFirst: false, note: 'CANARY', answers: 'times', times: MORNING });
    await hear(one, 'ERASE');
    for (const table of ['safe_contact_plans', 'safe_contact_changes'])
      expect((await database.pool.query(`select from ${table}`)).rowCount).toBe(0);
    await sweep(one);
    expect(texts().length).toBeGreaterThan(0);
    await sweep(one);
    expect((await database.pool.query('select from conversations')).rowCount).toBe(0);
  });
});

describe('without a plan', () => {
  it('the first message of a turn goes without a second look; with one it is looked at', async () => {
    const one = start();
    await hear(one, 'hello');
    // whoever looks finds nothing to send: only what needs no look goes out
    await database.pool.query(`alter table safe_contact_plans rename to away`);
    await hear(one, 'without');
    await database.pool.query(`alter table away rename to safe_contact_plans`);
    await agree({ mayWriteFirst: false, answers: 'times', times: MORNING });
    await hear(one, 'with');
    expect(texts()).toEqual(['1:hello', '2:without']);
  });
});
