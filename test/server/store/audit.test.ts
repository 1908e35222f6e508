/** The audit: appended by many at once, linked afterwards, and every way of touching it is found and named. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Transact } from '../../../server/ports.ts';
import { appendAudit, appendAudits, searchAudit } from '../../../server/store/audit.ts';
import { sealAudit, verifyAudit } from '../../../server/store/audit-chain.ts';
import { readMigrations, migrate } from '../../../server/store/migrate.ts';
import { runAudit } from '../../../server/tools/audit.ts';
import { createVault } from '../../../server/vault.ts';
import { createEmptyDatabase, createTestDatabase } from '../../support/postgres.ts';
import type { TestDatabase } from '../../support/postgres.ts';

// real databases on a busy machine
jest.setTimeout(30_000);

const vault = createVault([{ id: 'test', key: randomBytes(32) }]);
const now = (): Date => new Date('2026-11-20T05:00:00.000Z');
const open: TestDatabase[] = [];
async function fresh(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  open.push(database);
  return database;
}
afterAll(async () => {
  for (const database of open) await database.drop();
});

const write = (transact: Transact, n: number): Promise<void> =>
  transact((client) =>
    appendAudit(client, {
      ...{ at: new Date(Date.UTC(2026, 0, n)), userId: null, action: `a${String(n)}` },
      ...{ objectKind: 'x', objectId: null, detail: { b: n, a: 'c' } },
    }),
  );
const verify = (transact: Transact) => verifyAudit(transact, vault, { pageRows: 4 });
async function filled(rows = 10): Promise<TestDatabase> {
  const database = await fresh();
  for (let n = 1; n <= rows; n += 1) await write(database.transact, n);
  await sealAudit({ transact: database.transact, vault, now });
  return database;
}
/** as somebody who owns the database */
async function tamper({ pool }: TestDatabase, sql: string): Promise<void> {
  for (const table of ['audit', 'audit_chain', 'audit_cuts'])
    await pool.query(`alter table ${table} disable trigger all`);
  for (const statement of sql.split(';')) await pool.query(statement);
}

describe('appending', () => {
  it('lets many write and several instances link at once, and the chain is whole', async () => {
    const { transact, pool } = await fresh();
    const seals: Promise<number>[] = [];
    await Promise.all(
      Array.from({ length: 120 }, async (_, n) => {
        await write(transact, n);
        if (n % 6 === 0) seals.push(sealAudit({ transact, vault, now }));
      }),
    );
    const linked = (await Promise.all(seals)).reduce((sum, count) => sum + count, 0);
    const rest = await sealAudit({ transact, vault, now });
    expect(linked + rest).toBe(120);
    expect(await verify(transact)).toMatchObject({ sealed: 120, unsealed: 0, faults: [] });
    const twice = await pool.query('select from audit_chain group by audit_id having count(*) > 1');
    expect(twice.rowCount).toBe(0);
  });

  it('does not wait for anybody who has appended and not committed', async () => {
    const { transact } = await fresh();
    await transact(async (client) => {
      await appendAudit(client, { at: now(), userId: null, action: 'slow', objectKind: 'x', objectId: null });
      await write(transact, 2);
      expect(await sealAudit({ transact, vault, now })).toBe(1);
    });
    // the slow one has the lower number and comes later in the chain: nothing is skipped
    expect(await sealAudit({ transact, vault, now })).toBe(1);
    expect(await verify(transact)).toMatchObject({ sealed: 2, unsealed: 0, faults: [] });
  });

  it('tells rows that are not linked yet, and links more than one batch', async () => {
    const { transact } = await fresh();
    const entry = { at: now(), userId: null, action: 'many', objectKind: 'x', objectId: null };
    await transact((client) =>
      appendAudits(
        client,
        Array.from({ length: 1203 }, () => entry),
      ),
    );
    expect(await verify(transact)).toMatchObject({ sealed: 0, unsealed: 1203, head: null, faults: [] });
    expect(await sealAudit({ transact, vault, now })).toBe(1203);
    expect(await verifyAudit(transact, vault)).toMatchObject({ sealed: 1203, unsealed: 0, faults: [] });
  });

  it('leaves nothing behind when the action fails', async () => {
    const { transact, pool } = await fresh();
    const failing = transact(async (client) => {
      await appendAudit(client, { at: now(), userId: null, action: 'x', objectKind: 'x', objectId: null });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect((await pool.query('select from audit')).rowCount).toBe(0);
    expect((await pool.query('select from audit_unsealed')).rowCount).toBe(0);
  });

  it.each(['audit', 'audit_chain', 'audit_cuts'])('refuses to change, delete or empty %s', async (table) => {
    const { pool } = await filled(2);
    await pool.query(`insert into audit_cuts values (0, '', 1, now(), now(), now(), '')`);
    const column = table === 'audit' ? 'action' : 'position';
    await expect(pool.query(`update ${table} set ${column} = ${column}`)).rejects.toThrow('append-only');
    await expect(pool.query(`delete from ${table}`)).rejects.toThrow('append-only');
    await expect(pool.query(`truncate ${table}`)).rejects.toThrow('append-only');
  });

  it('refuses the owner who is no superuser by rights, before any trigger', async () => {
    const database = await createEmptyDatabase();
    open.push(database);
    const role = `app_${randomBytes(4).toString('hex')}`;
    await database.pool.query(`create role ${role}; grant all on schema public to ${role}`);
    const client = await database.pool.connect();
    try {
      await client.query(`set role ${role}`);
      await migrate(client);
      await client.query('alter table audit disable trigger all');
      await expect(client.query(`update audit set action = 'x'`)).rejects.toThrow('permission denied');
      await expect(client.query('delete from audit_chain')).rejects.toThrow('permission denied');
      await client.query('alter table audit enable trigger all');
    } finally {
      client.release(true);
      await database.pool.query(`drop owned by ${role}; drop role ${role}`);
    }
  });
});

describe('verifying', () => {
  const moved = `create temp table two as select * from audit_chain where position in (4, 5);
    delete from audit_chain where position in (4, 5);
    insert into audit_chain select 9 - position, audit_id, row_mac, link, sealed_at from two`;
  it.each([
    {
      title: 'an edited row',
      sql: `update audit set action = 'nothing' where id = 4`,
      faults: [{ kind: 'changed', id: 4 }],
    },
    {
      title: 'an edited detail',
      sql: `update audit set detail = '{"a":"c","b":5}' where id = 4`,
      faults: [{ kind: 'changed', id: 4 }],
    },
    {
      title: 'a changed time',
      sql: `update audit set at = at + interval '1 minute' where id = 1`,
      faults: [{ kind: 'changed', id: 1 }],
    },
    {
      title: 'another person',
      sql: `update audit set user_id = gen_random_uuid() where id = 10`,
      faults: [{ kind: 'changed', id: 10 }],
    },
    { title: 'a deleted row', sql: 'delete from audit where id = 5', faults: [{ kind: 'missing', id: 5 }] },
    {
      title: 'two deleted rows and an edited one',
      sql: `delete from audit where id in (2, 9); update audit set object_kind = 'y' where id = 6`,
      faults: [
        { kind: 'missing', id: 2 },
        { kind: 'changed', id: 6 },
        { kind: 'missing', id: 9 },
      ],
    },
    {
      title: 'a row deleted with its link',
      sql: 'delete from audit where id = 5; delete from audit_chain where audit_id = 5',
      faults: [{ kind: 'hole', position: 5 }],
    },
    {
      title: 'a tail cut off with its links',
      sql: 'delete from audit where id > 8; delete from audit_chain where audit_id > 8',
      faults: [{ kind: 'tail', position: 9 }],
    },
    {
      title: 'a tail cut off and the head moved back',
      sql: 'delete from audit where id > 8; delete from audit_chain where audit_id > 8; update audit_head set position = 8',
      faults: [{ kind: 'forged', what: 'head' }],
    },
    {
      title: 'the contents of two rows swapped',
      sql: 'update audit set id = -id where id in (2, 3); update audit set id = 5 + id where id < 0',
      faults: [
        { kind: 'changed', id: 2 },
        { kind: 'changed', id: 3 },
      ],
    },
    {
      title: 'two links swapped',
      sql: moved,
      faults: [
        { kind: 'reordered', position: 4, id: 5 },
        { kind: 'reordered', position: 5, id: 4 },
        { kind: 'reordered', position: 6, id: 6 },
      ],
    },
    {
      title: 'a row put in',
      sql: `insert into audit (at, action, object_kind) values (now(), 'made_up', 'x')`,
      faults: [{ kind: 'unknown', id: 11 }],
    },
    {
      title: 'a row put in with a link of its own',
      sql: `insert into audit (at, action, object_kind) values (now(), 'made_up', 'x');
        insert into audit_chain select 11, 11, row_mac, link, sealed_at from audit_chain where position = 10;
        update audit_head set position = 11`,
      faults: [
        { kind: 'reordered', position: 11, id: 11 },
        { kind: 'changed', id: 11 },
        { kind: 'forged', what: 'head' },
      ],
    },
    {
      title: 'everything cut off, as if by the retention rule',
      sql: `insert into audit_cuts select position, link, 10, now(), now(), now(), link from audit_chain where position = 10;
        delete from audit; delete from audit_chain`,
      faults: [{ kind: 'forged', what: 'cut' }],
    },
  ])('names $title', async ({ sql, faults }) => {
    const database = await filled();
    expect(await verify(database.transact)).toMatchObject({ sealed: 10, faults: [] });
    await tamper(database, sql);
    expect((await verify(database.transact)).faults).toEqual(faults);
  });

  it('finds a row that was taken away before it was linked', async () => {
    const database = await filled(3);
    await write(database.transact, 4);
    await tamper(database, 'delete from audit where id = 4');
    await sealAudit({ transact: database.transact, vault, now });
    expect((await verify(database.transact)).faults).toEqual([{ kind: 'missing', id: 4 }]);
  });

  it('finds a chain that was made anew with another key', async () => {
    const database = await filled(3);
    const other = createVault([{ id: 'other', key: randomBytes(32) }]);
    await tamper(
      database,
      `delete from audit_chain; delete from audit_head; insert into audit_unsealed select id from audit`,
    );
    await sealAudit({ transact: database.transact, vault: other, now });
    const { faults } = await verify(database.transact);
    expect(faults.map((fault) => fault.kind)).toEqual(
      expect.arrayContaining(['reordered', 'changed', 'forged']),
    );
  });

  it.each([
    ['a database of before 0010', (name: string) => name < '0010'],
    ['one that has the later migrations already', (name: string) => !name.startsWith('0010')],
  ])('keeps what the chain of before said, in %s', async (_title, isApplied) => {
    const database = await createEmptyDatabase();
    open.push(database);
    const client = await database.pool.connect();
    const all = readMigrations();
    await migrate(
      client,
      all.filter(({ name }) => isApplied(name)),
    );
    await client.query(
      `insert into audit (id, at, action, object_kind, prev, hash) values
         (1, now(), 'a', 'x', '', '\\x01'), (2, now(), 'b', 'x', '\\x01', '\\x02'), (3, now(), 'c', 'x', '\\x07', '\\x03')`,
    );
    expect(await migrate(client, all)).toContain('0010_second-factor-and-audit-chain.sql');
    client.release();
    await write(database.transact, 4);
    await sealAudit({ transact: database.transact, vault, now });
    expect(await verify(database.transact)).toMatchObject({
      sealed: 4,
      faults: [{ kind: 'reordered', position: 3, id: 3 }],
    });
  });
});

describe('npm run audit', () => {
  let database: TestDatabase;
  const run = (...args: string[]) => runAudit(args, { transact: database.transact, vault, now });
  beforeAll(async () => {
    database = await filled();
  });

  it('says that the audit is whole, and gives a point to write down', async () => {
    const head = await run('head');
    expect(head).toMatchObject({ exitCode: 0 });
    const point = head.lines[0] ?? '';
    expect(point).toMatch(/^10:[0-9a-f]{64}$/);
    expect(await run('verify')).toEqual({
      exitCode: 0,
      lines: ['10 rows are linked, 0 wait to be linked.', `Newest point: ${point}`, 'The audit is whole.'],
    });
    expect(await run('verify', '--head', point)).toMatchObject({ exitCode: 0 });
    const other = `${point.slice(0, -1)}${point.endsWith('0') ? '1' : '0'}`;
    expect(await run('verify', '--head', other)).toMatchObject({
      exitCode: 1,
      lines: expect.arrayContaining([expect.stringContaining('does not go through the point')]),
    });
  });

  it.each([
    { args: [], says: 'npm run audit -- verify' },
    { args: ['verify', '--head', 'x'], says: 'is not POSITION:LINK' },
    { args: ['cut', '--before', 'yesterday'], says: 'is not a day' },
    { args: ['cut', '--before', '2026-13-45'], says: 'is not a day' },
    { args: ['cut', '--before', '2027-01-01'], says: 'has not come yet' },
  ])('refuses $args and says what it needs', async ({ args, says }) => {
    const answer = await run(...args);
    expect(answer.exitCode).toBe(2);
    expect(answer.lines.join('\n')).toContain(says);
  });

  it('takes the old end away, goes on verifying from there, and says so in the audit', async () => {
    const before = await run('head');
    expect(await run('cut', '--before', '2026-01-05')).toMatchObject({
      exitCode: 0,
      lines: ['Took 4 rows away, up to position 4.'],
    });
    expect(await run('cut', '--before', '2026-01-05')).toMatchObject({
      lines: ['Nothing is older than 2026-01-05.'],
    });
    await sealAudit({ transact: database.transact, vault, now });
    expect(await run('verify', '--head', before.lines[0] ?? '')).toMatchObject({
      exitCode: 0,
      lines: [
        'The old end was taken away up to position 4.',
        '7 rows are linked, 0 wait to be linked.',
        expect.stringContaining('11:'),
        'The audit is whole.',
      ],
    });
    const [newest] = await searchAudit(
      database.pool,
      { userId: null, action: 'audit_cut', objectId: null, beforeId: null },
      5,
    );
    expect(newest).toMatchObject({ detail: { rows: 4, position: 4, before: '2026-01-05' }, sealed: true });
    await expect(database.pool.query('delete from audit')).rejects.toThrow('append-only');
  });

  it('leaves a chain with faults as it is', async () => {
    await tamper(database, `update audit set action = 'nothing' where id = 6`);
    expect(await run('cut', '--before', '2026-01-08')).toMatchObject({
      exitCode: 1,
      lines: ['Row 6 is not what was written.', expect.stringContaining('nothing was taken away')],
    });
    expect(await run('verify')).toMatchObject({ exitCode: 1 });
    expect(await run('head')).toMatchObject({ exitCode: 1 });
  });
});
