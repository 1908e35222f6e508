/** Shapes of colleagues named in private notes: whom one may name, and where one was named. */
import { z } from 'zod';
import { IdSchema, PersonSchema, TimeSchema } from './contract.ts';

export const NameableSchema = z.strictObject({
  /** everybody else at the desk, by name */
  colleagues: z.array(
    z.strictObject({
      ...PersonSchema.shape,
      role: z.string(),
      /** false: they cannot read this conversation now, and a note that names them is refused */
      mayRead: z.boolean(),
      /** their browser gave a sign of life just now */
      isThere: z.boolean(),
    }),
  ),
});
export type Nameable = z.infer<typeof NameableSchema>;
export type NameableColleague = Nameable['colleagues'][number];

export const MentionsSchema = z.strictObject({
  /** not seen yet, of those listed */
  unread: z.number().int(),
  /** newest first; only where the one who is named may read the conversation now */
  mentions: z.array(
    z.strictObject({
      noteId: IdSchema,
      conversationId: IdSchema,
      code: z.string(),
      by: PersonSchema,
      at: TimeSchema,
      isSeen: z.boolean(),
    }),
  ),
});
export type Mentions = z.infer<typeof MentionsSchema>;

export const MAX_MENTIONS_LISTED = 30;
export const MentionsSeenSchema = z.strictObject({
  noteIds: z.array(IdSchema).min(1).max(MAX_MENTIONS_LISTED),
});
