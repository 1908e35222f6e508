/** At a start: the files of the repository become the first release; those of a newer version of the software are taken over. */
import type { PoolClient } from 'pg';
import type { Log } from '../log.ts';
import { readContent, saveTexts } from '../store/content-files.ts';
import { addRelease, lockReleases, readCurrentRelease, readLastFromDisk } from '../store/releases.ts';
import type { Transact } from '../ports.ts';
import {
  applyChanges,
  changesBetween,
  type ContentText,
  hashText,
  type Manifest,
  manifestOf,
} from './manifest.ts';
import { openContent } from './open-content.ts';
import { mergeText } from './rebase-draft.ts';

export type Followed =
  | { kind: 'seeded' | 'taken'; number: number; left: readonly string[] }
  | { kind: 'nothing_new' }
  /** together with what was changed here they have faults; people go on with what they had */
  | { kind: 'not_taken'; faults: number };

export interface FollowDeps {
  transact: Transact;
  log: Log;
  now: Date;
  recordings: readonly string[];
}

/**
 * Several instances may start at once: one writes, the others find nothing new. Files that were taken over before are not taken
 * again, so an instance of an older version that starts beside newer ones brings nothing back.
 */
export async function followFiles(disk: readonly ContentText[], deps: FollowDeps): Promise<Followed> {
  const followed = await deps.transact(async (client): Promise<Followed> => {
    await lockReleases(client);
    const current = await readCurrentRelease(client);
    const manifest = manifestOf(disk);
    const common = { disk: manifest, note: '', by: null, now: deps.now };
    if (current === null) {
      await saveTexts(
        client,
        disk.map(({ text }) => text),
      );
      const number = await addRelease(client, { ...common, kind: 'seed', manifest });
      return { kind: 'seeded', number, left: [] };
    }
    if (await wasTaken(client, manifest)) return { kind: 'nothing_new' };
    const last = await readLastFromDisk(client);
    const known = last?.disk ?? {};
    const { files, left } = await mergeFiles(client, { known, current: current.manifest, disk });
    const next = applyChanges(
      current.manifest,
      files.map(({ path, text }) => ({ path, hash: text === null ? null : hashText(text) })),
    );
    const texts = [
      ...disk.map(({ text }) => text),
      ...files.flatMap(({ text }) => (text === null ? [] : [text])),
    ];
    await saveTexts(client, texts);
    const opened = openContent(await readContent(client, next), {
      now: deps.now,
      recordings: deps.recordings,
    });
    if (!opened.ok)
      return {
        kind: 'not_taken',
        faults: opened.problems.filter(({ severity }) => severity === 'error').length,
      };
    const number = await addRelease(client, {
      ...common,
      kind: 'files',
      manifest: next,
      note: left.join('\n'),
    });
    return { kind: 'taken', number, left };
  });
  if (followed.kind === 'not_taken')
    deps.log.warn({ event: 'content_files_not_taken', count: followed.faults });
  else if (followed.kind !== 'nothing_new')
    deps.log.info({ event: 'content_files_taken', release: followed.number, count: followed.left.length });
  return followed;
}

async function wasTaken(client: PoolClient, disk: Manifest): Promise<boolean> {
  const found = await client.query('select from content_releases where disk_manifest = $1::jsonb limit 1', [
    JSON.stringify(disk),
  ]);
  return (found.rowCount ?? 0) > 0;
}

/** @returns what changes, and the paths where the studio's text stays because both changed the same lines */
async function mergeFiles(
  client: PoolClient,
  { known, current, disk }: { known: Manifest; current: Manifest; disk: readonly ContentText[] },
): Promise<{ files: { path: string; text: string | null }[]; left: string[] }> {
  const texts = new Map(disk.map(({ path, text }) => [path, text]));
  const files: { path: string; text: string | null }[] = [];
  const left: string[] = [];
  for (const { path, before, after } of changesBetween(known, manifestOf(disk))) {
    const here = current[path] ?? null;
    if (here === after) continue;
    const text = texts.get(path) ?? null;
    if (here === before) {
      files.push({ path, text });
      continue;
    }
    const merged =
      here === null || before === null || text === null ? null : await mergeOne(client, before, here, text);
    if (merged === null) left.push(path);
    else files.push({ path, text: merged });
  }
  return { files, left };
}

async function mergeOne(
  client: PoolClient,
  before: string,
  here: string,
  text: string,
): Promise<string | null> {
  const read = new Map((await readContent(client, { before, here })).map((file) => [file.path, file.text]));
  const merged = mergeText(read.get('before') ?? '', read.get('here') ?? '', text);
  return merged.kind === 'merged' ? merged.text : null;
}
