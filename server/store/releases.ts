/** Releases of the content: numbered without gaps, never changed. The one with the highest number is what people get. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import { changesBetween, digestOf, type Manifest } from '../content/manifest.ts';
import type { Db } from '../ports.ts';

export const RELEASE_KINDS = ['seed', 'files', 'published', 'rollback', 'import'] as const;
export type ReleaseKind = (typeof RELEASE_KINDS)[number];

const ManifestSchema = z.record(z.string(), z.string());
const RowSchema = z.object({
  number: z.int(),
  kind: z.enum(RELEASE_KINDS),
  manifest: ManifestSchema,
  digest: z.string(),
  disk: ManifestSchema.nullable(),
  note: z.string(),
  createdAt: z.date(),
});
export interface StoredRelease {
  number: number;
  kind: ReleaseKind;
  manifest: Manifest;
  digest: string;
  /** of the files on disk, for those that came from there */
  disk: Manifest | null;
  note: string;
  createdAt: Date;
}

const COLUMNS = 'number, kind, manifest, digest, disk_manifest as disk, note, created_at as "createdAt"';

/** @returns null before the first start */
export async function readCurrentRelease(db: Db): Promise<StoredRelease | null> {
  const found = await db.query(`select ${COLUMNS} from content_releases order by number desc limit 1`);
  return found.rows[0] === undefined ? null : RowSchema.parse(found.rows[0]);
}

export async function readRelease(db: Db, number: number): Promise<StoredRelease | null> {
  const found = await db.query(`select ${COLUMNS} from content_releases where number = $1`, [number]);
  return found.rows[0] === undefined ? null : RowSchema.parse(found.rows[0]);
}

/** The newest that came from the files on disk. */
export async function readLastFromDisk(db: Db): Promise<StoredRelease | null> {
  const found = await db.query(
    `select ${COLUMNS} from content_releases where disk_manifest is not null order by number desc limit 1`,
  );
  return found.rows[0] === undefined ? null : RowSchema.parse(found.rows[0]);
}

/** @returns 0 before the first one */
export async function readCurrentNumber(db: Db): Promise<number> {
  const found = await db.query<{ number: number }>(
    'select coalesce(max(number), 0)::int as number from content_releases',
  );
  return found.rows[0]?.number ?? 0;
}

/** Until commit nobody else adds a release or changes which drafts are under way. */
export async function lockReleases(client: PoolClient): Promise<void> {
  await client.query('lock table content_releases in share row exclusive mode');
}

export interface NewRelease {
  kind: ReleaseKind;
  manifest: Manifest;
  disk?: Manifest;
  note: string;
  draftId?: string;
  restores?: number;
  /** null: the system itself */
  by: string | null;
  now: Date;
}

/** Under `lockReleases`. @returns its number */
export async function addRelease(client: PoolClient, release: NewRelease): Promise<number> {
  const added = await client.query<{ number: number }>(
    `insert into content_releases (number, kind, manifest, digest, disk_manifest, note, draft_id, restores, created_by, created_at)
     select coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9 from content_releases
     returning number`,
    [
      ...[release.kind, release.manifest, digestOf(release.manifest), release.disk ?? null, release.note],
      ...[release.draftId ?? null, release.restores ?? null, release.by, release.now],
    ],
  );
  return added.rows[0]?.number ?? 0;
}

export interface ReleaseView {
  number: number;
  kind: ReleaseKind;
  createdAt: Date;
  by: { id: string; displayName: string } | null;
  note: string;
  draft: { id: string; title: string } | null;
  restores: number | null;
  /** files that differ from the one before */
  changed: number;
}

/** Newest first. */
export async function listReleases(db: Db, limit: number): Promise<readonly ReleaseView[]> {
  const found = await db.query<
    Omit<ReleaseView, 'by' | 'draft' | 'changed'> & {
      byId: string | null;
      byName: string | null;
      draftId: string | null;
      draftTitle: string | null;
      manifest: unknown;
    }
  >(
    `select r.number, r.kind, r.created_at as "createdAt", r.note, r.restores, r.manifest, u.id as "byId",
        u.display_name as "byName", d.id as "draftId", d.title as "draftTitle"
      from content_releases r left join users u on u.id = r.created_by left join content_drafts d on d.id = r.draft_id
      order by r.number desc limit $1`,
    [limit + 1],
  );
  const manifests = found.rows.map(({ manifest }) => ManifestSchema.parse(manifest));
  return found.rows.slice(0, limit).map(({ byId, byName, draftId, draftTitle, manifest: _, ...row }, at) => ({
    ...row,
    by: byId === null ? null : { id: byId, displayName: byName ?? '' },
    draft: draftId === null ? null : { id: draftId, title: draftTitle ?? '' },
    changed: changesBetween(manifests[at + 1] ?? {}, manifests[at] ?? {}).length,
  }));
}
