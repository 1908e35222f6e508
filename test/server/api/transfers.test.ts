/** Handing over: whom it can be offered to, what is locked meanwhile, who gets it, what the person hears, what is kept. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ConversationSchema, QueueSchema, RefusalSchema } from '../../../server/api/contract.ts';
import { HandlingListSchema, TransferDoneSchema } from '../../../server/api/queue-contract.ts';
import { listMessages } from '../../../server/store/messages.ts';
import { startDesk } from '../../support/desk.ts';
import type { Desk, Waiting } from '../../support/desk.ts';

jest.setTimeout(30_000);

type Staff = Awaited<ReturnType<Desk['addStaff']>>;
const NOTE = 'CANARY em ấy 17 tuổi, đang ở trọ; đã hỏi: có an toàn để viết';

let desk: Desk;
let lan: Staff;
let mai: Staff;
let hoa: Staff;
beforeAll(async () => {
  desk = await startDesk();
});
beforeEach(async () => {
  await desk.database.pool.query('truncate handovers, desk_settings, user_sessions cascade');
  lan = await desk.addStaff('counsellor', 'Lan');
  mai = await desk.addStaff('counsellor', 'Mai');
  hoa = await desk.addStaff('supervisor', 'Hoa');
  for (const who of [lan, mai, hoa]) await desk.call('GET', '/queue', { cookie: who.cookie });
});
afterAll(() => desk.stop());

const post = (who: Staff, path: string, body: unknown = {}) =>
  desk.call('POST', path, { cookie: who.cookie, body });
const codeOf = (answer: { body: unknown }) => RefusalSchema.safeParse(answer.body).data?.error.code ?? 'ok';

async function takenBy(who: Staff, over: Partial<Waiting> = {}): Promise<string> {
  const { conversationId } = await desk.addWaiting({
    ...{ risk: 'high', waitingSince: new Date(desk.clock.now().getTime() - 60_000), ...over },
    messages: [{ author: 'person', text: 'giúp em' }],
  });
  expect((await post(who, `/conversations/${conversationId}/take`)).status).toBe(200);
  return conversationId;
}
async function offer(from: Staff, conversationId: string, to: object, note = NOTE): Promise<string> {
  const answer = await post(from, `/conversations/${conversationId}/transfer`, { to, note });
  expect([answer.status, answer.body]).toEqual([200, expect.anything()]);
  return TransferDoneSchema.parse(answer.body).transferId;
}
const toPerson = (who: Staff) => ({ kind: 'person', userId: who.userId });
const said = async (conversationId: string) =>
  (await listMessages(desk.database.pool, desk.vault, conversationId, 0, 100)).map(
    ({ author, text }) => `${author}: ${text}`,
  );
const ownerOf = async (conversationId: string): Promise<string> => {
  const sql = 'select owner_user_id as id from conversations where id = $1';
  return (await desk.database.pool.query<{ id: string }>(sql, [conversationId])).rows[0]?.id ?? '';
};
const queueOf = async (who: Staff) =>
  QueueSchema.parse((await desk.call('GET', '/queue', { cookie: who.cookie })).body);
const speaks = (who: Staff, ...languages: string[]) => post(who, '/desk/settings', { languages, views: [] });

const quietly = (work: Promise<unknown>): Promise<void> => work.then(() => undefined);
const nothing = (): Promise<void> => Promise.resolve();
/** the one who offers is still there when the other is not */
const lanStays = (): Promise<void> => quietly(desk.call('GET', '/queue', { cookie: lan.cookie }));

describe('offering', () => {
  it('keeps the sender responsible and locks the form until somebody answers', async () => {
    const id = await takenBy(lan);
    const transfer = await offer(lan, id, toPerson(mai));
    expect(await ownerOf(id)).toBe(lan.userId);
    for (const [move, body] of [
      ['reply', { clientMessageId: randomUUID(), text: 'a' }],
      ['close', { outcome: 'advised' }],
      ['return', {}],
      ['release', {}],
      ['transfer', { to: toPerson(mai), note: NOTE }],
    ] as const)
      expect([move, codeOf(await post(lan, `/conversations/${id}/${move}`, body))]).toEqual([
        move,
        'transfer_open',
      ]);
    expect(await said(id)).toEqual(['person: giúp em']);
    expect((await post(lan, `/transfers/${transfer}/withdraw`)).status).toBe(200);
    expect(
      (await post(lan, `/conversations/${id}/reply`, { clientMessageId: randomUUID(), text: 'a' })).status,
    ).toBe(200);
  });

  it('shows the one who is asked the conversation and the note, and nobody else', async () => {
    const id = await takenBy(lan);
    const tuan = await desk.addStaff('counsellor', 'Tuấn');
    await offer(lan, id, toPerson(mai));
    expect((await queueOf(mai)).offers).toMatchObject([
      { conversationId: id, offer: { from: { displayName: 'Lan' }, isForMe: true, to: { kind: 'person' } } },
    ]);
    expect((await queueOf(tuan)).offers).toEqual([]);
    const read = async (who: Staff, what = '') =>
      desk.call('GET', `/conversations/${id}${what}`, { cookie: who.cookie });
    expect(ConversationSchema.parse((await read(mai)).body).handling).toMatchObject({
      ...{ count: 1, offer: { isForMe: true } },
    });
    const { transfers } = HandlingListSchema.parse((await read(mai, '/handling')).body);
    expect(transfers).toMatchObject([{ note: NOTE, state: 'offered', from: { displayName: 'Lan' } }]);
    expect((await read(tuan)).status).toBe(404);
    expect((await read(tuan, '/handling')).status).toBe(404);
    // the lists never carry it
    expect(JSON.stringify(await queueOf(mai))).not.toContain('CANARY');
  });

  it.each([
    ['has left two minutes ago', () => quietly(Promise.resolve(121_000).then(desk.clock.move)), lanStays],
    [
      'signed out just now',
      () => quietly(desk.call('POST', '/sign-out', { cookie: mai.cookie, body: {} })),
      nothing,
    ],
    [
      'was disabled',
      () =>
        quietly(desk.database.pool.query('update users set disabled_at = now() where id = $1', [mai.userId])),
      nothing,
    ],
    ['is on a break', () => quietly(post(mai, '/desk/break', { on: true, handBack: false })), nothing],
  ] satisfies [string, () => Promise<void>, () => Promise<void>][])(
    'is refused clearly when whoever is asked %s',
    async (_what, leave, then) => {
      const id = await takenBy(lan);
      await leave();
      await then();
      const answer = await post(lan, `/conversations/${id}/transfer`, { to: toPerson(mai), note: NOTE });
      expect([answer.status, codeOf(answer)]).toEqual([409, 'not_there']);
      expect(await ownerOf(id)).toBe(lan.userId);
      const rows = await desk.database.pool.query('select from transfers where conversation_id = $1', [id]);
      expect(rows.rowCount).toBe(0);
    },
  );

  it('is refused when nobody who is there speaks the language, to oneself, and for what is not mine', async () => {
    const id = await takenBy(lan);
    const ask = (who: Staff, to: object) =>
      post(who, `/conversations/${id}/transfer`, { to, note: NOTE }).then(codeOf);
    expect(await ask(lan, { kind: 'language', language: 'km' })).toBe('not_there');
    await speaks(lan, 'km');
    expect(await ask(lan, { kind: 'language', language: 'km' })).toBe('not_there');
    expect(await ask(lan, toPerson(lan))).toBe('not_yourself');
    expect(await ask(lan, { kind: 'person', userId: randomUUID() })).toBe('not_there');
    expect(await ask(mai, toPerson(hoa))).toBe('not_yours');
  });

  it.each([
    ['nothing', ''],
    ['blanks', '  \n '],
    ['direction-changing characters', 'an toàn \u202enàot'],
    ['control characters', 'a\u0000bcd'],
    ['half a character', 'abc\ud83d'],
    ['too much', 'x'.repeat(2001)],
  ])('refuses a note of %s', async (_what, note) => {
    const id = await takenBy(lan);
    const answer = await post(lan, `/conversations/${id}/transfer`, { to: toPerson(mai), note });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'bad_request']);
  });

  it('keeps a hostile note as it is, sealed, and out of audit and live events', async () => {
    const hostile = `<script>alert(1)</script> =HYPERLINK("http://example.org") \u200b'; drop table transfers; -- 😀\nCANARY`;
    const id = await takenBy(lan);
    await offer(lan, id, toPerson(mai), hostile);
    const read = await desk.call('GET', `/conversations/${id}/handling`, { cookie: mai.cookie });
    expect(HandlingListSchema.parse(read.body).transfers[0]?.note).toBe(hostile);
    const { pool } = desk.database;
    for (const table of ['transfers', 'audit', 'live_events']) {
      const rows = await pool.query<{ row: string }>(`select t::text as row from ${table} t`);
      expect(JSON.stringify(rows.rows)).not.toMatch(/CANARY|HYPERLINK/);
    }
  });
});

describe('accepting', () => {
  it('hands it over in one step and tells the person once, in their language', async () => {
    const id = await takenBy(lan, { language: 'en' });
    const transfer = await offer(lan, id, toPerson(mai));
    const answer = await post(mai, `/transfers/${transfer}/accept`);
    expect([answer.status, answer.body]).toEqual([200, { conversationId: id, told: true }]);
    expect(await ownerOf(id)).toBe(mai.userId);
    expect(await said(id)).toEqual(['person: giúp em', 'system: desk.changed (en)']);
    const outbox = await desk.database.pool.query(
      'select author, unasked from outbox where conversation_id = $1',
      [id],
    );
    expect(outbox.rows).toEqual([{ author: 'counsellor', unasked: false }]);
    const reply = { clientMessageId: randomUUID(), text: 'a' };
    expect(codeOf(await post(lan, `/conversations/${id}/reply`, reply))).toBe('not_yours');
    expect((await post(mai, `/conversations/${id}/reply`, reply)).status).toBe(200);
    const trail = await desk.database.pool.query<{ action: string }>(
      `select action from audit where object_id = $1 and action like 'transfer%' order by id`,
      [id],
    );
    expect(trail.rows.map(({ action }) => action)).toEqual(['transfer_offered', 'transfer_accepted']);
  });

  it('says nothing where somebody may be reading along', async () => {
    const id = await takenBy(lan, { quiet: true });
    const transfer = await offer(lan, id, toPerson(mai));
    expect((await post(mai, `/transfers/${transfer}/accept`)).body).toEqual({
      conversationId: id,
      told: false,
    });
    expect(await said(id)).toEqual(['person: giúp em']);
  });

  it('gives one of two who accept at the same moment, and tells the other who has it', async () => {
    const tuan = await desk.addStaff('counsellor', 'Tuấn');
    await speaks(mai, 'km');
    await speaks(tuan, 'km', 'vi');
    for (let round = 0; round < 8; round += 1) {
      const id = await takenBy(lan, { language: 'km' });
      const transfer = await offer(lan, id, { kind: 'language', language: 'km' });
      const answers = await Promise.all([mai, tuan].map((who) => post(who, `/transfers/${transfer}/accept`)));
      const winner = answers.findIndex(({ status }) => status === 200);
      expect(answers[1 - winner]).toMatchObject({
        ...{
          status: 409,
          body: { error: { code: 'transfer_over', by: { displayName: ['Mai', 'Tuấn'][winner] } } },
        },
      });
      expect(await ownerOf(id)).toBe([mai, tuan][winner]?.userId);
      expect((await said(id)).filter((line) => line.startsWith('system'))).toHaveLength(1);
    }
  });

  it.each(['withdraw', 'takeover'] as const)(
    'races a %s: one of them counts, and it is one person’s',
    async (rival) => {
      for (let round = 0; round < 8; round += 1) {
        const id = await takenBy(lan);
        const transfer = await offer(lan, id, toPerson(mai));
        const [accepted, other] = await Promise.all([
          post(mai, `/transfers/${transfer}/accept`),
          rival === 'withdraw'
            ? post(lan, `/transfers/${transfer}/withdraw`)
            : post(hoa, `/conversations/${id}/take`, { from: lan.userId, reason: 'Lan phải về' }),
        ]);
        expect([accepted.status, other.status].sort()).toEqual([200, 409]);
        const expected = accepted.status === 200 ? mai : rival === 'withdraw' ? lan : hoa;
        expect(await ownerOf(id)).toBe(expected.userId);
        const open = await desk.database.pool.query(
          `select from transfers where conversation_id = $1 and state = 'offered'`,
          [id],
        );
        expect(open.rowCount).toBe(0);
      }
    },
  );

  it('is only for whoever is asked: supervisors, when it is offered to them', async () => {
    const id = await takenBy(lan);
    const transfer = await offer(lan, id, { kind: 'supervisors' });
    expect(codeOf(await post(mai, `/transfers/${transfer}/accept`))).toBe('not_found');
    expect(codeOf(await post(lan, `/transfers/${transfer}/accept`))).toBe('not_found');
    expect((await post(hoa, `/transfers/${transfer}/accept`)).status).toBe(200);
    expect(codeOf(await post(mai, `/transfers/${randomUUID()}/accept`))).toBe('not_found');
  });

  it('does nothing when its record cannot be written', async () => {
    const id = await takenBy(lan);
    const transfer = await offer(lan, id, toPerson(mai));
    const { pool } = desk.database;
    await pool.query('alter table audit add constraint refuse_new check (id < 0) not valid');
    expect((await post(mai, `/transfers/${transfer}/accept`)).status).toBe(500);
    await pool.query('alter table audit drop constraint refuse_new');
    desk.failures.length = 0;
    expect(await ownerOf(id)).toBe(lan.userId);
    expect(await said(id)).toEqual(['person: giúp em']);
    expect((await post(mai, `/transfers/${transfer}/accept`)).status).toBe(200);
  });
});

describe('refusing', () => {
  it('needs a reason, and the sender goes on', async () => {
    const id = await takenBy(lan);
    const transfer = await offer(lan, id, toPerson(mai));
    expect((await post(mai, `/transfers/${transfer}/refuse`, { reason: '' })).status).toBe(400);
    expect((await post(mai, `/transfers/${transfer}/refuse`, { reason: 'đang có ca nặng' })).status).toBe(
      200,
    );
    const { body } = await desk.call('GET', `/conversations/${id}/handling`, { cookie: lan.cookie });
    expect(HandlingListSchema.parse(body).transfers).toMatchObject([
      { state: 'refused', answer: 'đang có ca nặng', answeredBy: { displayName: 'Mai' } },
    ]);
    expect((await desk.call('GET', `/conversations/${id}`, { cookie: mai.cookie })).status).toBe(404);
    expect(codeOf(await post(mai, `/transfers/${transfer}/accept`))).toBe('transfer_over');
    expect(
      (await post(lan, `/conversations/${id}/reply`, { clientMessageId: randomUUID(), text: 'a' })).status,
    ).toBe(200);
  });
});

describe('a supervisor who takes over', () => {
  it('is said to the person too', async () => {
    const id = await takenBy(lan);
    expect(
      (await post(hoa, `/conversations/${id}/take`, { from: lan.userId, reason: 'Lan phải về' })).status,
    ).toBe(200);
    expect(await said(id)).toEqual(['person: giúp em', 'system: desk.changed (vi)']);
  });
});

describe('a break', () => {
  it('keeps what is mine, brings nobody new, and ends', async () => {
    const id = await takenBy(lan);
    await desk.addWaiting({ risk: 'none', waitingSince: new Date(0) });
    expect((await post(lan, '/desk/break', { on: true, handBack: false })).body).toMatchObject({
      handedBack: 0,
    });
    expect(await ownerOf(id)).toBe(lan.userId);
    expect(codeOf(await post(lan, '/queue/next'))).toBe('on_break');
    expect(
      (await post(lan, `/conversations/${id}/reply`, { clientMessageId: randomUUID(), text: 'a' })).status,
    ).toBe(200);
    await post(lan, '/desk/break', { on: false, handBack: false });
    expect((await post(lan, '/queue/next')).status).toBe(200);
  });

  it('hands back what is mine at its old place, if I say so', async () => {
    const since = new Date(desk.clock.now().getTime() - 3_600_000);
    const id = await takenBy(lan, { waitingSince: since });
    await takenBy(mai);
    await desk.addWaiting({ risk: 'high', waitingSince: new Date(since.getTime() + 60_000) });
    expect((await post(lan, '/desk/break', { on: true, handBack: true })).body).toMatchObject({
      handedBack: 1,
    });
    const { waiting, others } = await queueOf(lan);
    expect(waiting[0]).toMatchObject({ conversationId: id, waitingSince: since.toISOString() });
    expect(others).toHaveLength(1);
  });
});
