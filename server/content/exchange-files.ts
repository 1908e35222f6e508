/** Content between the database and a folder: good changes return to the repository, and files come back as a draft. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PoolClient } from 'pg';
import type { Db } from '../ports.ts';
import { readContent, saveTexts } from '../store/content-files.ts';
import { insertDraft, writeDraftFiles } from '../store/content-drafts.ts';
import { lockReleases, readCurrentRelease, readRelease, type StoredRelease } from '../store/releases.ts';
import type { ChangedText } from './draft-content.ts';
import { changesBetween, type ContentText, hashText, manifestOf } from './manifest.ts';

/** @param number null: the newest. @returns null when there is none */
export async function findRelease(db: Db, number: number | null): Promise<StoredRelease | null> {
  return number === null ? readCurrentRelease(db) : readRelease(db, number);
}

/** What would change in the folder when the release is written into it. */
export async function compareWithFolder(
  db: Db,
  release: StoredRelease,
  folder: readonly ContentText[],
): Promise<readonly ChangedText[]> {
  const texts = new Map(folder.map((file) => [file.path, file.text]));
  const changes = changesBetween(manifestOf(folder), release.manifest);
  const wanted = Object.fromEntries(
    changes.flatMap(({ path: at, after }) => (after === null ? [] : [[at, after]])),
  );
  const written = new Map((await readContent(db, wanted)).map((file) => [file.path, file.text]));
  return changes.map(({ path: at, change }) => ({
    ...{ path: at, change },
    ...{ before: texts.get(at) ?? null, after: written.get(at) ?? null },
  }));
}

/** Writes each file beside its place first, so that a stop in between leaves whole files. */
export async function writeToFolder(root: string, changes: readonly ChangedText[]): Promise<void> {
  for (const { path: at, after } of changes) {
    const file = path.join(root, at);
    if (after === null) {
      await rm(file, { force: true });
      continue;
    }
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, after);
  }
}

export type Imported = { kind: 'draft'; id: string; files: number } | { kind: 'nothing_new' };

/**
 * The files of a folder as a draft on the newest release. Nothing reaches people by it: the draft is checked, reviewed and
 * published in the studio like any other.
 */
export async function importFolder(
  client: PoolClient,
  folder: readonly ContentText[],
  { id, title, by, now }: { id: string; title: string; by: string; now: Date },
): Promise<Imported> {
  await lockReleases(client);
  const current = await readCurrentRelease(client);
  if (current === null) throw new Error('there is no release yet: start the server once');
  const changes = changesBetween(current.manifest, manifestOf(folder)).filter(
    // versions that people stand in are kept by the program, and a folder does not have those of an installation
    ({ path: at, change }) => !(at.startsWith('flows/released/') && change === 'removed'),
  );
  if (changes.length === 0) return { kind: 'nothing_new' };
  const texts = new Map(folder.map((file) => [file.path, file.text]));
  await saveTexts(
    client,
    changes.flatMap(({ path: at }) => texts.get(at) ?? []),
  );
  await insertDraft(client, { id, title, note: '', base: current.number, by, now });
  await writeDraftFiles(client, {
    ...{ draftId: id, by, now },
    files: changes.map(({ path: at }) => {
      const text = texts.get(at);
      return { path: at, hash: text === undefined ? null : hashText(text), same: false };
    }),
  });
  return { kind: 'draft', id, files: changes.length };
}
