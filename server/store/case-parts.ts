/** What belongs to a case: the line of what happened, tasks with dates, referrals. */
import type { PoolClient } from 'pg';
import type { Db, Vault } from '../ports.ts';
import { placeCaseEntry, placeCaseTask, placeReferral } from './places.ts';

/** A case and the key its parts are sealed with. */
export interface CaseKey {
  id: string;
  keyWrapped: Buffer;
}

export type EntryDetail = Readonly<Record<string, string | number | boolean | null>>;

export interface NewEntry {
  id: string;
  at: Date;
  /** null: the system */
  userId: string | null;
  kind: string;
  /** codes only */
  detail?: EntryDetail;
  /** a note or a reason */
  text?: string | null;
}

export async function addEntry(
  client: PoolClient,
  vault: Vault,
  of: CaseKey,
  entry: NewEntry,
): Promise<void> {
  const { id, at, userId, kind, detail = {}, text = null } = entry;
  const sealed = text === null ? null : vault.seal(of.keyWrapped, placeCaseEntry(id, of.id), text);
  await client.query(
    'insert into case_entries (id, case_id, at, user_id, kind, detail, text_enc) values ($1, $2, $3, $4, $5, $6, $7)',
    [id, of.id, at, userId, kind, JSON.stringify(detail), sealed],
  );
}

export interface EntryView {
  id: string;
  at: Date;
  by: string | null;
  kind: string;
  detail: EntryDetail;
  text: string | null;
}

const ENTRIES_SHOWN = 200;

/** Newest first. */
export async function listEntries(db: Db, vault: Vault, of: CaseKey): Promise<readonly EntryView[]> {
  const found = await db.query<Omit<EntryView, 'text'> & { sealed: Buffer | null }>(
    `select e.id, e.at, u.display_name as by, e.kind, e.detail, e.text_enc as sealed
     from case_entries e left join users u on u.id = e.user_id where e.case_id = $1
     order by e.at desc, e.id desc limit ${ENTRIES_SHOWN}`,
    [of.id],
  );
  return found.rows.map(({ sealed, ...entry }) => ({
    ...entry,
    text: openText(vault, of, placeCaseEntry(entry.id, of.id), sealed),
  }));
}

export interface TaskView {
  id: string;
  kind: 'own' | 'arrived' | 'step' | 'erasure';
  step: string | null;
  title: string | null;
  referralId: string | null;
  /** day in Vietnam; null = as soon as possible */
  dueOn: string | null;
  doneAt: Date | null;
}

export type NewTask = Omit<TaskView, 'doneAt'>;

/** A step that the case has already stays as it is. */
export async function addTask(
  client: PoolClient,
  vault: Vault,
  of: CaseKey,
  task: NewTask,
  now: Date,
): Promise<void> {
  const { id, kind, step, title, referralId, dueOn } = task;
  const sealed = title === null ? null : vault.seal(of.keyWrapped, placeCaseTask(id, of.id), title);
  await client.query(
    `insert into case_tasks (id, case_id, kind, step, referral_id, due_on, title_enc, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (case_id, step) where kind = 'step' do nothing`,
    [id, of.id, kind, step, referralId, dueOn, sealed, now],
  );
}

/** Open ones by day, then what is done. */
export async function listTasks(db: Db, vault: Vault, of: CaseKey): Promise<readonly TaskView[]> {
  const found = await db.query<Omit<TaskView, 'title'> & { sealed: Buffer | null }>(
    `select id, kind, step, referral_id as "referralId", to_char(due_on, 'YYYY-MM-DD') as "dueOn", done_at as "doneAt",
       title_enc as sealed
     from case_tasks where case_id = $1
     order by done_at is not null, done_at desc, due_on nulls first, created_at, id limit 300`,
    [of.id],
  );
  return found.rows.map(({ sealed, ...task }) => ({
    ...task,
    title: openText(vault, of, placeCaseTask(task.id, of.id), sealed),
  }));
}

/** Open tasks of several cases, without what was typed into them. */
export async function listOpenTasks(
  db: Db,
  caseIds: readonly string[],
): Promise<readonly (Omit<TaskView, 'title'> & { caseId: string })[]> {
  const found = await db.query<Omit<TaskView, 'title'> & { caseId: string }>(
    `select case_id as "caseId", id, kind, step, referral_id as "referralId", to_char(due_on, 'YYYY-MM-DD') as "dueOn",
       done_at as "doneAt"
     from case_tasks where case_id = any($1::uuid[]) and done_at is null order by due_on nulls first, created_at, id`,
    [caseIds],
  );
  return found.rows;
}

/** @returns false when there is no such task, or it is so already */
export async function setTaskDone(
  client: PoolClient,
  caseId: string,
  taskId: string,
  done: { by: string; at: Date } | null,
): Promise<boolean> {
  const updated = await client.query(
    `update case_tasks set done_at = $3, done_by = $4
     where case_id = $1 and id = $2 and (done_at is null) = ($3::timestamptz is not null)`,
    [caseId, taskId, done?.at ?? null, done?.by ?? null],
  );
  return updated.rowCount === 1;
}

/** Nobody has to ask any more whether they arrived. */
export async function endArrivedTasks(
  client: PoolClient,
  referralId: string,
  done: { by: string; at: Date },
): Promise<void> {
  await client.query(
    'update case_tasks set done_at = $2, done_by = $3 where referral_id = $1 and done_at is null',
    [referralId, done.at, done.by],
  );
}

export interface ReferralView {
  id: string;
  service: string;
  province: string | null;
  sharing: 'nothing' | 'anonymous' | 'named';
  basis: 'consent' | 'danger';
  supervisor: string | null;
  state: 'planned' | 'told' | 'accepted' | 'refused' | 'arrived' | 'not_arrived';
  note: string;
  createdAt: Date;
  updatedAt: Date;
}

export interface NewReferral extends Pick<
  ReferralView,
  'id' | 'service' | 'province' | 'sharing' | 'basis' | 'note'
> {
  supervisorId: string | null;
  userId: string;
  now: Date;
}

export async function addReferral(
  client: PoolClient,
  vault: Vault,
  of: CaseKey,
  one: NewReferral,
): Promise<void> {
  const note = one.note === '' ? null : vault.seal(of.keyWrapped, placeReferral(one.id, of.id), one.note);
  await client.query(
    `insert into case_referrals (id, case_id, service, province, sharing, basis, supervisor_id, note_enc, created_by, created_at,
       updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)`,
    [
      ...[one.id, of.id, one.service, one.province, one.sharing, one.basis, one.supervisorId, note],
      ...[one.userId, one.now],
    ],
  );
}

/** Newest first. */
export async function listReferrals(db: Db, vault: Vault, of: CaseKey): Promise<readonly ReferralView[]> {
  const found = await db.query<Omit<ReferralView, 'note'> & { sealed: Buffer | null }>(
    `select r.id, r.service, r.province, r.sharing, r.basis, u.display_name as supervisor, r.state, r.note_enc as sealed,
       r.created_at as "createdAt", r.updated_at as "updatedAt"
     from case_referrals r left join users u on u.id = r.supervisor_id where r.case_id = $1 order by r.created_at desc, r.id desc`,
    [of.id],
  );
  return found.rows.map(({ sealed, ...referral }) => ({
    ...referral,
    note: openText(vault, of, placeReferral(referral.id, of.id), sealed) ?? '',
  }));
}

/** @returns false when there is no such referral */
export async function setReferralState(
  client: PoolClient,
  caseId: string,
  referralId: string,
  state: ReferralView['state'],
  now: Date,
): Promise<boolean> {
  const updated = await client.query(
    'update case_referrals set state = $3, updated_at = $4 where case_id = $1 and id = $2',
    [caseId, referralId, state, now],
  );
  return updated.rowCount === 1;
}

function openText(
  vault: Vault,
  { keyWrapped }: CaseKey,
  place: string,
  sealed: Buffer | null,
): string | null {
  if (sealed === null) return null;
  const opened = vault.open(keyWrapped, place, sealed);
  return typeof opened === 'string' ? opened : null;
}
