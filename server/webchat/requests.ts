/** The shapes of what the page may send, checked before anything else happens. */
import { z } from 'zod';
import { MAX_TEXT_UTF16, PAGE_LANGUAGES } from './shared/wire.ts';

/** 32 random bytes, base64url */
export const TokenSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** made by the page for each message, so that sending it again changes nothing */
const ClientMessageIdSchema = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);
const LanguageSchema = z.enum(PAGE_LANGUAGES);
/** campaign reference of a link or poster */
const RefSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const CursorSchema = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const TextSchema = z.string().min(1).max(MAX_TEXT_UTF16);
/** id of a choice, as the bot gave it */
const ChoiceSchema = z.string().min(1).max(256);

export const StartSchema = z.strictObject({
  /** the one in the page, so that a repeated start gives the same chat; without it a new one is made */
  token: TokenSchema.optional(),
  language: LanguageSchema,
  ref: RefSchema.nullable().optional(),
});

export const MessageSchema = z.union([
  z.strictObject({
    token: TokenSchema,
    clientMessageId: ClientMessageIdSchema,
    language: LanguageSchema.optional(),
    text: TextSchema,
  }),
  z.strictObject({
    token: TokenSchema,
    clientMessageId: ClientMessageIdSchema,
    language: LanguageSchema.optional(),
    choice: ChoiceSchema,
  }),
]);
export type MessageRequest = z.infer<typeof MessageSchema>;

export const EventsSchema = z.strictObject({ token: TokenSchema, after: z.number().int().min(0) });

export const EndSchema = z.strictObject({ token: TokenSchema });

/** The plain form. `text` may hold something while a choice is tapped: it is kept for the next page. */
export const FormSchema = z.strictObject({
  token: TokenSchema,
  messageId: ClientMessageIdSchema,
  language: LanguageSchema,
  ref: z.union([z.literal(''), RefSchema]).default(''),
  after: CursorSchema.default(0),
  text: z.string().max(1_000_000).default(''),
  choice: ChoiceSchema.optional(),
  /** which button of ours: a new language, or an action */
  to: LanguageSchema.optional(),
  act: z.enum(['send', 'start', 'refresh']).optional(),
});
export type ChatForm = z.infer<typeof FormSchema>;

export const LeaveFormSchema = z.strictObject({ token: TokenSchema });
