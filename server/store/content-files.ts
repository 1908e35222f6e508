/** Texts of the content, each kept once by its hash and never changed. */
import type { Db } from '../ports.ts';
import { type ContentText, hashText, type Manifest } from '../content/manifest.ts';

/** Keeps what is not kept yet. @returns the hashes, in the order of `texts` */
export async function saveTexts(db: Db, texts: readonly string[]): Promise<readonly string[]> {
  const hashes = texts.map(hashText);
  await db.query(
    `insert into content_files (hash, text)
     select distinct on (hash) hash, text from unnest($1::text[], $2::text[]) as fresh (hash, text)
     on conflict (hash) do nothing`,
    [hashes, texts],
  );
  return hashes;
}

/** @returns null when there is none */
export async function readText(db: Db, hash: string): Promise<string | null> {
  const found = await db.query<{ text: string }>('select text from content_files where hash = $1', [hash]);
  return found.rows[0]?.text ?? null;
}

/**
 * The files of a manifest with their texts, by path.
 * @param known texts that need not be read again, by hash
 * @throws Error when a text is missing: a manifest is only written together with its texts
 */
export async function readContent(
  db: Db,
  manifest: Manifest,
  known: ReadonlyMap<string, string> = new Map(),
): Promise<readonly ContentText[]> {
  const wanted = [...new Set(Object.values(manifest))].filter((hash) => !known.has(hash));
  const found =
    wanted.length === 0
      ? []
      : (
          await db.query<{ hash: string; text: string }>(
            'select hash, text from content_files where hash = any($1)',
            [wanted],
          )
        ).rows;
  const texts = new Map([...known, ...found.map(({ hash, text }) => [hash, text] as const)]);
  // jsonb keeps no order of its own
  const paths = Object.keys(manifest).sort();
  return paths.map((path) => {
    const text = texts.get(manifest[path] ?? '');
    if (text === undefined) throw new Error(`the text of ${path} is missing`);
    return { path, text };
  });
}
