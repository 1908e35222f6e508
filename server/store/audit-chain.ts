/** The chain over the audit: rows are linked in commit order soon after, with the vault's key, so a change, hole or swap shows. */
import type { PoolClient } from 'pg';
import type { Transact, Vault } from '../ports.ts';
import type { AuditDetail } from './audit.ts';

/** Whoever links holds this lock: of several instances one goes on, the others come back a second later. */
const LOCK_ID = 7_214_002;
const BATCH = 500;

interface AuditRow {
  id: number;
  at: Date;
  user_id: string | null;
  action: string;
  object_kind: string;
  object_id: string | null;
  detail: AuditDetail;
  /** of the chain before migration 0010 */
  prev: Buffer | null;
  hash: Buffer | null;
}
const COLUMNS = 'a.id, a.at, a.user_id, a.action, a.object_kind, a.object_id, a.detail, a.prev, a.hash';

/** A point of the chain: what an operator writes down outside. */
export interface AuditPoint {
  position: number;
  link: Buffer;
}

interface SealDeps {
  transact: Transact;
  vault: Vault;
  now: () => Date;
}

/**
 * Links what was committed and is not linked yet. Many appenders never wait for it, and it never waits for them.
 *
 * @returns how many rows it linked; 0 also when another instance is at it
 */
export async function sealAudit({ transact, vault, now }: SealDeps): Promise<number> {
  let sealed = 0;
  for (;;) {
    const count = await transact((client) => sealBatch(client, vault, now()));
    sealed += count;
    if (count < BATCH) return sealed;
  }
}

async function sealBatch(client: PoolClient, vault: Vault, now: Date): Promise<number> {
  // a row that was taken away before it was linked stays in audit_unsealed, for the verifier to find
  const waiting = await client.query<{ some: boolean }>({
    name: 'audit_waits',
    text: 'select exists (select from audit_unsealed) as some',
  });
  if (waiting.rows[0]?.some !== true) return 0;
  const lock = await client.query<{ got: boolean }>('select pg_try_advisory_xact_lock($1) as got', [LOCK_ID]);
  if (lock.rows[0]?.got !== true) return 0;
  const rows = await client.query<AuditRow>(
    `select ${COLUMNS} from audit_unsealed u join audit a on a.id = u.audit_id order by a.id limit $1`,
    [BATCH],
  );
  if (rows.rows.length === 0) return 0;
  let { position, link } = await readEnd(client);
  const links = rows.rows.map((row) => {
    const rowMac = macOfRow(vault, row);
    position += 1;
    link = macOfLink(vault, link, position, rowMac);
    return { position, id: row.id, rowMac, link };
  });
  await client.query(
    `insert into audit_chain (position, audit_id, row_mac, link, sealed_at)
     select position, id, row_mac, link, $5 from unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[])
       as l(position, id, row_mac, link)`,
    [
      ...[links.map((one) => one.position), links.map((one) => one.id), links.map((one) => one.rowMac)],
      ...[links.map((one) => one.link), now],
    ],
  );
  await client.query('delete from audit_unsealed where audit_id = any($1::bigint[])', [
    links.map((one) => one.id),
  ]);
  await client.query(
    `insert into audit_head (position, mac) values ($1, $2)
     on conflict (one) do update set position = excluded.position, mac = excluded.mac`,
    [position, macOfHead(vault, { position, link })],
  );
  return links.length;
}

/** The newest link, or where the chain was cut, or the beginning. */
async function readEnd(client: PoolClient): Promise<AuditPoint> {
  const found = await client.query<AuditPoint>(
    `(select position, link from audit_chain order by position desc limit 1)
     union all (select position, link from audit_cuts order by position desc limit 1)
     order by position desc limit 1`,
  );
  return found.rows[0] ?? { position: 0, link: Buffer.alloc(0) };
}

export type AuditFault =
  /** the row is not what was linked */
  | { kind: 'changed'; id: number }
  /** the row is gone */
  | { kind: 'missing'; id: number }
  /** links are gone, from this position to before the next one that is there */
  | { kind: 'hole'; position: number }
  /** the link does not follow from the one before: moved, inserted or made up */
  | { kind: 'reordered'; position: number; id: number }
  /** a row that never went through the program */
  | { kind: 'unknown'; id: number }
  /** the newest links are gone, from this position on */
  | { kind: 'tail'; position: number }
  /** the head or the note of a cut was not written with our key */
  | { kind: 'forged'; what: 'head' | 'cut' }
  /** the chain does not go through the point that was written down outside */
  | { kind: 'anchor'; position: number };

export interface AuditReport {
  /** rows that are linked and were looked at */
  sealed: number;
  /** rows not linked yet: more than a few, or older than a minute, means that no instance is linking */
  unsealed: number;
  /** null: nothing is linked */
  head: AuditPoint | null;
  /** where the old end was cut off by the retention rule; null: it begins at the beginning */
  cutAt: number | null;
  /** in order; the first `MAX_FAULTS` */
  faults: readonly AuditFault[];
}

export const MAX_FAULTS = 20;

/** Reads the whole chain in one snapshot, so that what arrives meanwhile is no fault. Changes nothing. */
export function verifyAudit(
  transact: Transact,
  vault: Vault,
  options: { anchor?: AuditPoint | undefined; pageRows?: number } = {},
): Promise<AuditReport> {
  return transact(async (client) => {
    await client.query('set transaction isolation level repeatable read, read only');
    return readChain(client, vault, options);
  });
}

/** As `verifyAudit`, in a transaction of the caller. */
export async function readChain(
  client: PoolClient,
  vault: Vault,
  { anchor, pageRows = 1000 }: { anchor?: AuditPoint | undefined; pageRows?: number } = {},
): Promise<AuditReport> {
  const faults: AuditFault[] = [];
  const cut = await readCut(client, vault, faults);
  let point = cut ?? { position: 0, link: Buffer.alloc(0) };
  let oldHash: Buffer | null = null;
  let sealed = 0;
  let anchorFits =
    anchor === undefined || (anchor.position === point.position && anchor.link.equals(point.link));
  for (;;) {
    const page = await client.query<LinkedRow>(
      `select c.position, c.audit_id, c.row_mac, c.link, ${COLUMNS} from audit_chain c left join audit a on a.id = c.audit_id
       where c.position > $1 order by c.position limit $2`,
      [point.position, pageRows],
    );
    for (const row of page.rows) {
      faults.push(...checkRow(vault, row, point, oldHash));
      oldHash = row.id === null ? null : row.hash;
      point = { position: row.position, link: row.link };
      if (anchor?.position === row.position) anchorFits = anchor.link.equals(row.link);
    }
    sealed += page.rows.length;
    if (page.rows.length < pageRows) break;
  }
  faults.push(...(await checkHead(client, vault, point)));
  if (!anchorFits) faults.push({ kind: 'anchor', position: anchor?.position ?? 0 });
  faults.push(...(await findStrays(client)));
  const unsealed = await client.query<{ count: number }>('select count(*)::int as count from audit_unsealed');
  return {
    sealed,
    unsealed: unsealed.rows[0]?.count ?? 0,
    head: point.position === 0 ? null : point,
    cutAt: cut?.position ?? null,
    faults: faults.slice(0, MAX_FAULTS),
  };
}

type LinkedRow = { position: number; audit_id: number; row_mac: Buffer; link: Buffer } & (
  AuditRow | { id: null; hash: null }
);

function checkRow(
  vault: Vault,
  row: LinkedRow,
  before: AuditPoint,
  oldHash: Buffer | null,
): readonly AuditFault[] {
  const faults: AuditFault[] = [];
  const isNext = row.position === before.position + 1;
  if (!isNext) faults.push({ kind: 'hole', position: before.position + 1 });
  // after a hole nobody can say what the link before was
  if (isNext && !macOfLink(vault, before.link, row.position, row.row_mac).equals(row.link))
    faults.push({ kind: 'reordered', position: row.position, id: row.audit_id });
  if (row.id === null) faults.push({ kind: 'missing', id: row.audit_id });
  else if (!macOfRow(vault, row).equals(row.row_mac)) faults.push({ kind: 'changed', id: row.id });
  else if (oldHash !== null && row.prev !== null && !row.prev.equals(oldHash))
    faults.push({ kind: 'reordered', position: row.position, id: row.id });
  return faults;
}

async function checkHead(client: PoolClient, vault: Vault, end: AuditPoint): Promise<readonly AuditFault[]> {
  const found = await client.query<{ position: number; mac: Buffer }>('select position, mac from audit_head');
  const head = found.rows[0];
  if (head === undefined) return end.position === 0 ? [] : [{ kind: 'forged', what: 'head' }];
  if (head.position > end.position) return [{ kind: 'tail', position: end.position + 1 }];
  const fits = head.position === end.position && macOfHead(vault, end).equals(head.mac);
  return fits ? [] : [{ kind: 'forged', what: 'head' }];
}

async function readCut(client: PoolClient, vault: Vault, faults: AuditFault[]): Promise<AuditPoint | null> {
  const found = await client.query<AuditPoint & { rows: number; mac: Buffer }>(
    'select position, link, rows, mac from audit_cuts order by position desc limit 1',
  );
  const cut = found.rows[0];
  if (cut === undefined) return null;
  if (!macOfCut(vault, cut, cut.rows).equals(cut.mac)) faults.push({ kind: 'forged', what: 'cut' });
  return cut;
}

/** Rows nobody announced, and announced rows that are gone. */
async function findStrays(client: PoolClient): Promise<readonly AuditFault[]> {
  const unknown = await client.query<{ id: number }>(
    `select id from audit a where not exists (select from audit_chain c where c.audit_id = a.id)
       and not exists (select from audit_unsealed u where u.audit_id = a.id) order by id limit $1`,
    [MAX_FAULTS],
  );
  const missing = await client.query<{ id: number }>(
    `select audit_id as id from audit_unsealed u where not exists (select from audit a where a.id = u.audit_id)
     order by audit_id limit $1`,
    [MAX_FAULTS],
  );
  return [
    ...unknown.rows.map(({ id }) => ({ kind: 'unknown' as const, id })),
    ...missing.rows.map(({ id }) => ({ kind: 'missing' as const, id })),
  ];
}

export type CutResult =
  | { kind: 'cut'; rows: number; position: number }
  | { kind: 'nothing' }
  /** a chain with faults is evidence: it stays as it is */
  | { kind: 'faults'; faults: readonly AuditFault[] };

/**
 * Takes the old end away, up to the last row before the first one that is not older than `before`. Leaves the point where the
 * chain goes on, sealed with our key, and a row in the audit. Needs the owner of the tables.
 */
export async function cutAudit(
  client: PoolClient,
  vault: Vault,
  before: Date,
  now: Date,
): Promise<CutResult> {
  await client.query('select pg_advisory_xact_lock($1)', [LOCK_ID]);
  const { faults } = await readChain(client, vault);
  if (faults.length > 0) return { kind: 'faults', faults };
  const found = await client.query<AuditPoint & { rows: number; first: Date; last: Date }>(
    `with kept as (
        select coalesce(min(c.position), (select max(position) + 1 from audit_chain)) as first
        from audit_chain c join audit a on a.id = c.audit_id where a.at >= $1),
      gone as (
        select c.position, c.link, a.at from audit_chain c join audit a on a.id = c.audit_id, kept
        where c.position < kept.first)
      select count(*) as rows, min(at) as first, max(at) as last, max(position) as position,
        (array_agg(link order by position desc))[1] as link from gone having count(*) > 0`,
    [before],
  );
  const end = found.rows[0];
  if (end === undefined) return { kind: 'nothing' };
  const { position, link, rows } = end;
  await client.query(
    `insert into audit_cuts (position, link, rows, first_at, last_at, cut_at, mac) values ($1, $2, $3, $4, $5, $6, $7)`,
    [position, link, rows, end.first, end.last, now, macOfCut(vault, end, rows)],
  );
  await client.query(`grant delete on audit, audit_chain to current_user;
    alter table audit disable trigger audit_no_change;
    alter table audit_chain disable trigger audit_chain_no_change`);
  await client.query('delete from audit a using audit_chain c where c.audit_id = a.id and c.position <= $1', [
    position,
  ]);
  await client.query('delete from audit_chain where position <= $1', [position]);
  await client.query(`alter table audit_chain enable trigger audit_chain_no_change;
    alter table audit enable trigger audit_no_change;
    revoke delete on audit, audit_chain from current_user`);
  return { kind: 'cut', rows, position };
}

/** The row as JSON with sorted keys: the same characters before and after the database. */
function macOfRow(vault: Vault, row: AuditRow): Buffer {
  const detail = Object.fromEntries(Object.entries(row.detail).sort(([a], [b]) => (a < b ? -1 : 1)));
  const fields = [
    row.id,
    row.at.toISOString(),
    row.user_id,
    row.action,
    row.object_kind,
    row.object_id,
    detail,
  ];
  const old = row.hash === null ? [] : [row.prev?.toString('hex') ?? '', row.hash.toString('hex')];
  return vault.hash('audit row', JSON.stringify([...fields, ...old]));
}

function macOfLink(vault: Vault, before: Buffer, position: number, rowMac: Buffer): Buffer {
  return vault.hash('audit link', `${before.toString('hex')} ${position} ${rowMac.toString('hex')}`);
}

function macOfHead(vault: Vault, { position, link }: AuditPoint): Buffer {
  return vault.hash('audit head', `${position} ${link.toString('hex')}`);
}

function macOfCut(vault: Vault, { position, link }: AuditPoint, rows: number): Buffer {
  return vault.hash('audit cut', `${position} ${link.toString('hex')} ${rows}`);
}
