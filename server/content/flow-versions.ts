/** Keeps the version of a flow that people stand in, whenever a draft changes it. */
import { parse } from 'yaml';
import { z } from 'zod';
import { changesBetween, type ContentText, hashText, type Manifest } from './manifest.ts';

const FLOW = /^flows\/[a-z0-9-]+\.yaml$/;
const HeadSchema = z.object({ id: z.string().regex(/^[a-z][a-z0-9-]*$/), version: z.int().positive() });

/** @returns null when it is no flow that can be read */
export function readFlowHead(text: string): { id: string; version: number } | null {
  try {
    const head = HeadSchema.safeParse(parse(text, { maxAliasCount: 50 }));
    return head.success ? head.data : null;
  } catch {
    return null;
  }
}

/**
 * Copies of the flows of `base` that `draft` changes, for `flows/released/`, where they are not kept yet: the check then refuses
 * another meaning under the same version, and whoever is in the middle of one finishes it.
 * @param textOf the text of a hash of `base`
 */
export function keptVersions(
  base: Manifest,
  draft: Manifest,
  textOf: (hash: string) => string,
): readonly (ContentText & { hash: string })[] {
  return changesBetween(base, draft).flatMap(({ path, before }) => {
    if (before === null || !FLOW.test(path)) return [];
    const text = textOf(before);
    const head = readFlowHead(text);
    if (head === null) return [];
    const copy = `flows/released/${head.id}.${head.version}.yaml`;
    // a version that was released and then taken away is kept as it was
    return draft[copy] !== undefined || base[copy] !== undefined
      ? []
      : [{ path: copy, text, hash: hashText(text) }];
  });
}
