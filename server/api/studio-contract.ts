/** The shapes of the studio: drafts of the content, what the checker says of them, reviews, releases. */
import { z } from 'zod';

const TimeSchema = z.iso.datetime();
const WhoSchema = z.strictObject({ id: z.uuid(), displayName: z.string() });

/** lengths in UTF-16 units */
export const MAX_FILE_TEXT = 2_000_000;
/** of one request that carries a file: its text in UTF-8, and the JSON around it */
export const MAX_FILE_BODY_BYTES = 6 * 1024 * 1024;

const TitleSchema = z.string().trim().min(1).max(120);
const NoteSchema = z.string().trim().max(2000);
/** relative to the root of the repository; which paths may be written is a rule of the server (`path_refused`) */
const PathSchema = z
  .string()
  .max(200)
  .regex(/^(?:flows|content|translations)\/[A-Za-z0-9._/-]+\.(?:yaml|csv|md)$/);
/** SHA-256 of the text in UTF-8, hexadecimal */
const HashSchema = z.string().regex(/^[0-9a-f]{64}$/);

export const DraftStateSchema = z.enum(['open', 'in_review', 'scheduled', 'published', 'withdrawn']);
export type DraftState = z.infer<typeof DraftStateSchema>;
export const FileChangeSchema = z.enum(['added', 'changed', 'removed']);
export type FileChange = z.infer<typeof FileChangeSchema>;

export const ReleaseKindSchema = z.enum(['seed', 'files', 'published', 'rollback', 'import']);
export const ReleaseSchema = z.strictObject({
  number: z.int(),
  kind: ReleaseKindSchema,
  createdAt: TimeSchema,
  by: WhoSchema.nullable(),
  note: z.string(),
  draft: z.strictObject({ id: z.uuid(), title: z.string() }).nullable(),
  /** the release whose contents it brought back */
  restores: z.int().nullable(),
  /** files that differ from the release before it */
  changed: z.int(),
});
export type Release = z.infer<typeof ReleaseSchema>;
export const ReleasesSchema = z.strictObject({
  current: z.int(),
  /** which one this instance answers people with, and what keeps it from the current one */
  live: z.strictObject({ number: z.int(), fault: z.string().nullable() }),
  /** newest first */
  releases: z.array(ReleaseSchema),
});
export type Releases = z.infer<typeof ReleasesSchema>;

const DraftHeadSchema = z.strictObject({
  id: z.uuid(),
  title: z.string(),
  note: z.string(),
  state: DraftStateSchema,
  /** the release it stands on; `behind` ones came since */
  base: z.int(),
  behind: z.int(),
  version: z.int(),
  createdBy: WhoSchema,
  createdAt: TimeSchema,
  changedAt: TimeSchema,
  files: z.int(),
  publishAt: TimeSchema.nullable(),
  /** why a scheduled one was not published; null = nothing */
  heldBack: z.string().nullable(),
  /** people who have to approve this version, and how many did */
  approvals: z.strictObject({ needed: z.int(), given: z.int() }),
});
export type DraftHead = z.infer<typeof DraftHeadSchema>;
export const DraftsSchema = z.strictObject({ current: z.int(), drafts: z.array(DraftHeadSchema) });
export type Drafts = z.infer<typeof DraftsSchema>;

export const NewDraftSchema = z.strictObject({ title: TitleSchema, note: NoteSchema.default('') });
export const DraftMadeSchema = z.strictObject({ id: z.uuid() });

export const ProblemSchema = z.strictObject({
  severity: z.enum(['error', 'warning']),
  path: z.string(),
  /** 1-based; null = the whole file */
  line: z.int().nullable(),
  message: z.string(),
  mend: z.string(),
});
export type Problem = z.infer<typeof ProblemSchema>;
export const CheckSchema = z.strictObject({
  /** running: ask again; the answer comes by itself with the live event `content_changed` */
  state: z.enum(['missing', 'running', 'done', 'failed']),
  errors: z.int(),
  warnings: z.int(),
  /** errors first; at most 500 */
  problems: z.array(ProblemSchema),
  checkedAt: TimeSchema.nullable(),
  millis: z.int().nullable(),
});
export type Check = z.infer<typeof CheckSchema>;

export const DraftSchema = DraftHeadSchema.extend({
  changes: z.array(
    z.strictObject({
      path: z.string(),
      change: FileChangeSchema,
      by: WhoSchema,
      at: TimeSchema,
      /** texts of safety, numbers, warning rules: two persons have to approve */
      needsTwo: z.boolean(),
    }),
  ),
  reviews: z.array(
    z.strictObject({
      id: z.uuid(),
      by: WhoSchema,
      verdict: z.enum(['approved', 'changes_wanted']),
      note: z.string(),
      at: TimeSchema,
      /** of the version that stands now */
      counts: z.boolean(),
    }),
  ),
  check: CheckSchema,
  /** what the one who asks may do now */
  may: z.strictObject({
    write: z.boolean(),
    submit: z.boolean(),
    review: z.boolean(),
    publish: z.boolean(),
    withdraw: z.boolean(),
  }),
});
export type Draft = z.infer<typeof DraftSchema>;

export const DraftFilesSchema = z.strictObject({
  /** all files of the content as the draft has them, by path */
  files: z.array(z.strictObject({ path: z.string(), change: FileChangeSchema.nullable() })),
});
export type DraftFiles = z.infer<typeof DraftFilesSchema>;

export const ReadFileSchema = z.strictObject({ path: PathSchema });
export const FileSchema = z.strictObject({
  path: z.string(),
  /** null: there is no such file, or the draft removes it */
  text: z.string().nullable(),
  /** of `text`; name it as `expected` when writing */
  hash: HashSchema.nullable(),
  /** as the release has it on which the draft stands; null = it is new */
  baseText: z.string().nullable(),
  mayWrite: z.boolean(),
});
export type ContentFile = z.infer<typeof FileSchema>;
export const WriteFileSchema = z.strictObject({
  path: PathSchema,
  /** null: remove it */
  text: z.string().max(MAX_FILE_TEXT).nullable(),
  /** the hash that was read; null = there was no file. Another one now: `content_changed`, nothing is written */
  expected: HashSchema.nullable(),
});
export const FileWrittenSchema = z.strictObject({ hash: HashSchema.nullable(), version: z.int() });

const SaidBeforeAfter = { before: z.string().nullable(), after: z.string().nullable() };
export const DraftDiffSchema = z.strictObject({
  /** line by line; `same` lines only around what changed, a gap is a hunk's end */
  files: z.array(
    z.strictObject({
      path: z.string(),
      change: FileChangeSchema,
      hunks: z.array(
        z.strictObject({
          /** 1-based first line before and after */
          from: z.int(),
          to: z.int(),
          lines: z.array(z.strictObject({ kind: z.enum(['same', 'out', 'in']), text: z.string() })),
        }),
      ),
    }),
  ),
  /** texts that people see; `tone` null = the only one */
  texts: z.array(
    z.strictObject({
      language: z.string(),
      key: z.string(),
      tone: z.string().nullable(),
      ...SaidBeforeAfter,
    }),
  ),
  flows: z.array(
    z.strictObject({
      flow: z.string(),
      versionBefore: z.int().nullable(),
      versionAfter: z.int().nullable(),
      added: z.array(z.string()),
      removed: z.array(z.string()),
      changed: z.array(z.string()),
    }),
  ),
  /** entries of registers and rules: where, and the values */
  facts: z.array(z.strictObject({ path: z.string(), place: z.string(), ...SaidBeforeAfter })),
});
export type DraftDiff = z.infer<typeof DraftDiffSchema>;

export const PeopleInsideSchema = z.strictObject({
  flows: z.array(
    z.strictObject({
      flow: z.string(),
      /** in which they stand, and which the draft would make today's (null: it removes the flow) */
      version: z.int(),
      today: z.int().nullable(),
      nodes: z.array(
        z.strictObject({
          node: z.string(),
          people: z.int(),
          /** stays: they finish their version. moves: they go on at `to`. gone: they are told and get the menu */
          then: z.enum(['stays', 'moves', 'gone']),
          to: z.string().nullable(),
        }),
      ),
    }),
  ),
});
export type PeopleInside = z.infer<typeof PeopleInsideSchema>;

export const RebasedSchema = z.strictObject({
  base: z.int(),
  version: z.int(),
  /** files both changed, merged line by line */
  merged: z.array(z.string()),
  /** where both changed the same lines; nothing was written as long as there is one */
  conflicts: z.array(
    z.strictObject({ path: z.string(), ours: z.string(), theirs: z.string(), line: z.int() }),
  ),
});
export type Rebased = z.infer<typeof RebasedSchema>;
export const VersionSchema = z.strictObject({
  /** as it was read; another one now: `content_changed` */
  version: z.int(),
});
export const ReviewDraftSchema = VersionSchema.extend({
  verdict: z.enum(['approved', 'changes_wanted']),
  note: NoteSchema.default(''),
});
export const PublishDraftSchema = VersionSchema.extend({
  note: NoteSchema.default(''),
  /** null = now */
  at: TimeSchema.nullable().default(null),
});
export const PublishedSchema = z.strictObject({
  /** null: scheduled */
  release: z.int().nullable(),
});
export const RollbackSchema = z.strictObject({ note: z.string().trim().min(1).max(2000) });
export const ReleaseParamsSchema = z.strictObject({ number: z.coerce.number().int().positive() });
