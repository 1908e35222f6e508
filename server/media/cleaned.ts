/** What becomes of a file somebody sent, and how the cleaning process tells it: a header in JSON, then the bytes. */
import { z } from 'zod';

/** Why a file is not kept; the console says what that means and what to do. */
export const CLEAN_REFUSALS = [
  /** not what it was sent as, e.g. a web page instead of a picture */
  'wrong_type',
  /** a kind we do not keep: programs, archives, web pages */
  'kind_not_kept',
  /** broken, cut off, or made to break a reader */
  'damaged',
  /** more pixels than anybody needs */
  'too_many_pixels',
] as const;
export type CleanRefusal = (typeof CLEAN_REFUSALS)[number];

const KeptSchema = z.strictObject({
  kind: z.literal('kept'),
  /** `picture`, `voice` and `video` were written anew without metadata; a `file` is as it was sent */
  shownAs: z.enum(['picture', 'voice', 'video', 'file']),
  /** of the bytes that follow, found by looking at them */
  mediaType: z.string().max(100),
  durationMs: z.number().int().nonnegative().nullable(),
  previewBytes: z.number().int().nonnegative(),
});
const HeaderSchema = z.discriminatedUnion('kind', [
  KeptSchema,
  z.strictObject({ kind: z.literal('refused'), reason: z.enum(CLEAN_REFUSALS) }),
]);

export type Cleaned =
  | (Omit<z.infer<typeof KeptSchema>, 'previewBytes'> & {
      content: Buffer;
      /** a few hundred bytes of blurred JPEG; null where there is nothing to see */
      preview: Buffer | null;
    })
  | { kind: 'refused'; reason: CleanRefusal };

const LENGTH_BYTES = 4;

export function writeCleaned(cleaned: Cleaned): Buffer {
  const { content, preview, header } =
    cleaned.kind === 'refused'
      ? { content: Buffer.alloc(0), preview: Buffer.alloc(0), header: cleaned }
      : describe(cleaned);
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(json.length);
  return Buffer.concat([length, json, preview, content]);
}

function describe({ content, preview, ...rest }: Extract<Cleaned, { kind: 'kept' }>) {
  return {
    content,
    preview: preview ?? Buffer.alloc(0),
    header: { ...rest, previewBytes: preview?.length ?? 0 },
  };
}

/** @returns null for anything the cleaning process would not say: whoever took it over by a file gets no further */
export function readCleaned(bytes: Buffer): Cleaned | null {
  if (bytes.length < LENGTH_BYTES) return null;
  const start = LENGTH_BYTES + bytes.readUInt32BE();
  let header: z.infer<typeof HeaderSchema>;
  try {
    header = HeaderSchema.parse(JSON.parse(bytes.toString('utf8', LENGTH_BYTES, start)));
  } catch {
    return null;
  }
  if (header.kind === 'refused') return header;
  const { previewBytes, ...kept } = header;
  const content = bytes.subarray(start + previewBytes);
  if (content.length === 0) return null;
  return {
    ...kept,
    content,
    preview: previewBytes === 0 ? null : bytes.subarray(start, start + previewBytes),
  };
}
