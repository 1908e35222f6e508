/** Drafts of the content: files laid over a release until somebody publishes them. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Db } from '../ports.ts';

export const DRAFT_STATES = ['open', 'in_review', 'scheduled', 'published', 'withdrawn'] as const;
export type DraftState = (typeof DRAFT_STATES)[number];

export interface StoredDraft {
  id: string;
  title: string;
  note: string;
  state: DraftState;
  /** number of the release it stands on */
  base: number;
  /** counts every change of its files */
  version: number;
  publishAt: Date | null;
  publishNote: string | null;
  heldBack: string | null;
  createdBy: { id: string; displayName: string };
  createdAt: Date;
  changedAt: Date;
}

const RowSchema = z.object({
  id: z.string(),
  title: z.string(),
  note: z.string(),
  state: z.enum(DRAFT_STATES),
  base: z.int(),
  version: z.int(),
  publishAt: z.date().nullable(),
  publishNote: z.string().nullable(),
  heldBack: z.string().nullable(),
  byId: z.string(),
  byName: z.string(),
  createdAt: z.date(),
  changedAt: z.date(),
});

const SELECT = `select d.id, d.title, d.note, d.state, d.base, d.version, d.publish_at as "publishAt",
    d.publish_note as "publishNote", d.held_back as "heldBack", u.id as "byId", u.display_name as "byName",
    d.created_at as "createdAt", d.changed_at as "changedAt"
  from content_drafts d join users u on u.id = d.created_by`;

function readRow(row: unknown): StoredDraft {
  const { byId, byName, ...draft } = RowSchema.parse(row);
  return { ...draft, createdBy: { id: byId, displayName: byName } };
}

export async function insertDraft(
  client: PoolClient,
  draft: { id: string; title: string; note: string; base: number; by: string; now: Date },
): Promise<void> {
  await client.query(
    `insert into content_drafts (id, title, note, state, base, created_by, created_at, changed_at)
     values ($1, $2, $3, 'open', $4, $5, $6, $6)`,
    [draft.id, draft.title, draft.note, draft.base, draft.by, draft.now],
  );
}

export async function readDraft(db: Db, id: string): Promise<StoredDraft | null> {
  const found = await db.query(`${SELECT} where d.id = $1`, [id]);
  return found.rows[0] === undefined ? null : readRow(found.rows[0]);
}

/** Locks it until commit: whoever writes, reviews or publishes does so one after the other. */
export async function lockDraft(client: PoolClient, id: string): Promise<StoredDraft | null> {
  const found = await client.query(`${SELECT} where d.id = $1 for update of d`, [id]);
  return found.rows[0] === undefined ? null : readRow(found.rows[0]);
}

/** Those under way, newest change first; then the newest that are over. */
export async function listDrafts(db: Db, limit: number): Promise<readonly StoredDraft[]> {
  const found = await db.query(
    `${SELECT} order by d.state in ('open', 'in_review', 'scheduled') desc, d.changed_at desc limit $1`,
    [limit],
  );
  return found.rows.map(readRow);
}

/** Whose time has come. */
export async function listDueDrafts(db: Db, now: Date): Promise<readonly string[]> {
  const found = await db.query<{ id: string }>(
    `select id from content_drafts where state = 'scheduled' and publish_at <= $1 order by publish_at, created_at, id`,
    [now],
  );
  return found.rows.map(({ id }) => id);
}

export interface DraftFile {
  path: string;
  /** null: the file goes */
  hash: string | null;
}
export interface DraftFileView extends DraftFile {
  by: { id: string; displayName: string };
  at: Date;
}

/** By path. */
export async function listDraftFiles(db: Db, draftId: string): Promise<readonly DraftFileView[]> {
  const found = await db.query<DraftFile & { byId: string; byName: string; at: Date }>(
    `select f.path, f.hash, u.id as "byId", u.display_name as "byName", f.changed_at as at
     from content_draft_files f join users u on u.id = f.changed_by where f.draft_id = $1 order by f.path`,
    [draftId],
  );
  return found.rows.map(({ byId, byName, ...file }) => ({ ...file, by: { id: byId, displayName: byName } }));
}

/** Paths of many drafts at once, for lists. */
export async function listPathsOf(
  db: Db,
  draftIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = await db.query<{ id: string; paths: string[] }>(
    `select draft_id as id, array_agg(path order by path) as paths from content_draft_files
     where draft_id = any($1::uuid[]) group by draft_id`,
    [draftIds],
  );
  return new Map(found.rows.map(({ id, paths }) => [id, paths]));
}

export async function listAuthors(db: Db, draftId: string): Promise<ReadonlySet<string>> {
  const found = await db.query<{ id: string }>(
    'select user_id as id from content_draft_authors where draft_id = $1',
    [draftId],
  );
  return new Set(found.rows.map(({ id }) => id));
}

export interface DraftWriting {
  draftId: string;
  by: string;
  now: Date;
  /** as it shall be; `same`: as in the release below, so the draft no longer changes it */
  files: readonly (DraftFile & { same: boolean })[];
}

/** Under `lockDraft`; the texts are saved. Whoever writes becomes an author, and the version rises. @returns the new version */
export async function writeDraftFiles(
  client: PoolClient,
  { draftId, by, now, files }: DraftWriting,
): Promise<number> {
  const kept = files.filter(({ same }) => !same);
  await client.query('delete from content_draft_files where draft_id = $1 and path = any($2)', [
    draftId,
    files.filter(({ same }) => same).map(({ path }) => path),
  ]);
  await client.query(
    `insert into content_draft_files (draft_id, path, hash, changed_by, changed_at)
     select $1, path, hash, $4, $5 from unnest($2::text[], $3::text[]) as fresh (path, hash)
     on conflict (draft_id, path) do update set hash = excluded.hash, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
    [draftId, kept.map(({ path }) => path), kept.map(({ hash }) => hash), by, now],
  );
  await client.query(
    'insert into content_draft_authors (draft_id, user_id) values ($1, $2) on conflict do nothing',
    [draftId, by],
  );
  return riseVersion(client, draftId, now);
}

/** What was approved is no longer what stands there. */
async function riseVersion(client: PoolClient, draftId: string, now: Date): Promise<number> {
  const risen = await client.query<{ version: number }>(
    'update content_drafts set version = version + 1, changed_at = $2, held_back = null where id = $1 returning version',
    [draftId, now],
  );
  return risen.rows[0]?.version ?? 0;
}

/** Stands on another release from now on. @returns the new version */
export async function moveDraftBase(
  client: PoolClient,
  draftId: string,
  base: number,
  now: Date,
): Promise<number> {
  await client.query('update content_drafts set base = $2 where id = $1', [draftId, base]);
  return riseVersion(client, draftId, now);
}

export async function setDraftState(
  client: PoolClient,
  draftId: string,
  state: Exclude<DraftState, 'scheduled'>,
  { now, heldBack = null }: { now: Date; heldBack?: string | null },
): Promise<void> {
  await client.query(
    `update content_drafts set state = $2, publish_at = null, publish_note = null, held_back = $4, changed_at = $3
     where id = $1`,
    [draftId, state, now, heldBack],
  );
}

export async function scheduleDraft(
  client: PoolClient,
  draftId: string,
  { at, note, now }: { at: Date; note: string; now: Date },
): Promise<void> {
  await client.query(
    `update content_drafts set state = 'scheduled', publish_at = $2, publish_note = $3, held_back = null, changed_at = $4
     where id = $1`,
    [draftId, at, note, now],
  );
}
