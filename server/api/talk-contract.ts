/** Shapes of what happens beside the messages of a conversation: notes, drafts, presence, canned answers, older messages, the tour. */
import { z } from 'zod';
import { IdSchema, MAX_REPLY_UTF16, MessageSchema, PersonSchema, TimeSchema } from './contract.ts';

/** More than these would be a notice to everybody. */
const MAX_MENTIONS = 10;

export const NewNoteSchema = z.strictObject({
  /** chosen by the browser, so that saving twice saves once */
  id: IdSchema,
  text: z.string().trim().min(1).max(MAX_REPLY_UTF16),
  /** a word to this colleague, who answers now, and to nobody else; only from whoever supervises */
  onlyFor: IdSchema.optional(),
  /** colleagues whom the text names; each must be able to read the conversation */
  mentions: z
    .array(IdSchema)
    .max(MAX_MENTIONS)
    .refine((ids) => new Set(ids).size === ids.length, 'twice')
    .optional(),
});
export const NoteDoneSchema = z.strictObject({ id: IdSchema, afterSeq: z.number().int() });

/** Longer than what may be sent: what is too long is kept too, until it was shortened. */
export const MAX_DRAFT_UTF16 = 10_000;
const DraftShape = {
  kind: z.enum(['reply', 'note']),
  text: z.string().max(MAX_DRAFT_UTF16),
  /** left the box and did not arrive yet */
  unsent: z
    .array(z.strictObject({ clientMessageId: IdSchema, text: z.string().min(1).max(MAX_REPLY_UTF16) }))
    .max(5),
  /** see `seenSeq` of a reply */
  seenSeq: z.number().int().nonnegative().nullable(),
};
/** nothing in it: the draft is deleted */
export const SaveDraftSchema = z.strictObject(DraftShape);
export type SaveDraft = z.infer<typeof SaveDraftSchema>;
export const DraftSchema = z.strictObject({ conversationId: IdSchema, ...DraftShape });
export type Draft = z.infer<typeof DraftSchema>;
export const DraftsSchema = z.strictObject({ drafts: z.array(DraftSchema) });
export type Drafts = z.infer<typeof DraftsSchema>;

export const PresenceInSchema = z.strictObject({ state: z.enum(['reading', 'typing', 'away']) });
export type PresenceState = z.infer<typeof PresenceInSchema>['state'];
export const PresenceSchema = z.strictObject({
  now: TimeSchema,
  /** everybody else who has it open; each is true until `until` */
  others: z.array(
    z.strictObject({ user: PersonSchema, state: z.enum(['reading', 'typing']), until: TimeSchema }),
  ),
});
export type Presence = z.infer<typeof PresenceSchema>;

export const CannedParamsSchema = z.strictObject({
  /** of the person, BCP 47 */
  language: z.string().regex(/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}$/),
});
export const CannedAnswerSchema = z.strictObject({
  id: z.string(),
  /** what is typed behind the slash */
  code: z.string(),
  /** in the language of the counsellor */
  title: z.string(),
  text: z.string(),
  /** instead of `text` while somebody may be reading along; null: this answer would betray them */
  quiet: z.string().nullable(),
  /** BCP 47: differs from what was asked for where nobody has translated it yet */
  language: z.string(),
});
export type CannedAnswer = z.infer<typeof CannedAnswerSchema>;
export const CannedAnswersSchema = z.strictObject({ answers: z.array(CannedAnswerSchema) });
export type CannedAnswers = z.infer<typeof CannedAnswersSchema>;

export const EarlierParamsSchema = z.strictObject({
  id: IdSchema,
  /** messages before this one */
  seq: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
});
export const EarlierSchema = z.strictObject({
  /** oldest first */
  messages: z.array(MessageSchema),
  hasEarlier: z.boolean(),
});
export type Earlier = z.infer<typeof EarlierSchema>;

export const TourSchema = z.strictObject({ done: z.boolean() });
export type Tour = z.infer<typeof TourSchema>;
