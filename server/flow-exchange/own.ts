/** What an export of ours writes for itself where FLOIP has no word, and how it is known again. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Under this name in `vendor_metadata`, as other tools use theirs. */
export const VENDOR = 'hoi_truoc';

export const OwnContainerSchema = z.object({
  /** language → message key → entry as it stands in content/messages */
  messages: z.record(z.string(), z.record(z.string(), z.unknown())),
});

export const OwnFlowSchema = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.int().positive(),
  /** fields of the flow after `start` */
  head: z.strictObject({
    resume: z.unknown().optional(),
    slots: z.unknown().optional(),
    args: z.unknown().optional(),
    results: z.unknown().optional(),
    migrations: z.unknown().optional(),
  }),
});
export type OwnFlow = z.infer<typeof OwnFlowSchema>;

export const OwnBlockSchema = z.object({
  /** fields of the node between `id` and `exits`, kind first */
  node: z
    .record(z.string(), z.unknown())
    .refine((node) => !('id' in node) && !('exits' in node), 'ids and exits are those of the block'),
  hasExits: z.boolean(),
  /** message keys of the block's prompt, in order */
  messages: z.array(z.string()),
  /** keys of labels that several questions share */
  labels: z.array(z.string()),
});

/** The same name gives the same uuid, so that two exports of one flow can be compared. */
export function uuidOf(name: string): string {
  const hex = createHash('sha256').update(`hoi-truoc/${name}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    // as a name-based uuid (version 8: own hashing)
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** Block names are variables elsewhere: no hyphens. Ids hold no underscore, so this can be undone. */
export function blockName(id: string): string {
  return id.replaceAll('-', '_');
}

/** An entry of content/messages as the text of a resource: placeholders as expressions where they are simple. */
export function resourceText(entry: unknown): string {
  const icu = typeof entry === 'string' ? entry : textField(entry);
  const at = icu.trimEnd().replaceAll('@', '@@');
  if (!at.includes('{')) return at;
  if (/\{[^{}]*,/.test(at) || /'[{}]/.test(at)) return at;
  return at.replace(/\{\s*(\w+)\s*\}/g, '@(flow.$1)').replaceAll("''", "'");
}

function textField(entry: unknown): string {
  return typeof entry === 'object' && entry !== null && 'text' in entry && typeof entry.text === 'string'
    ? entry.text
    : '';
}

/** Texts that are said together are one resource. */
export const JOIN = '\n\n';
