/** Where one person stands with the bot: plain JSON, versioned, small. */
import { z } from 'zod';
import { RISK_LEVELS } from '../safety/danger.ts';

/** Raised when the shape below changes; an older session is then carried over by `readSession`. */
export const SESSION_VERSION = 1;

const PositionSchema = z.strictObject({
  flow: z.string(),
  node: z.string(),
  /** place inside a lesson: index of the step that waits for an answer */
  step: z.int().nonnegative(),
});
export type Position = z.infer<typeof PositionSchema>;

/** The stack of flows: last = the one running. A flow below waits at its `subflow` node. */
const PlaceSchema = z.array(PositionSchema);

export const SlotValueSchema = z.union([z.string(), z.number(), z.boolean()]);
export type SlotValue = z.infer<typeof SlotValueSchema>;

export const SessionSchema = z.strictObject({
  version: z.literal(SESSION_VERSION),
  /** BCP 47 tag of content/languages.yaml */
  language: z.string(),
  /** true once the person chose or plainly wrote a language */
  languageKnown: z.boolean(),
  mode: z.enum(['normal', 'quiet']),
  /** [] = nothing running (new or ended) */
  place: PlaceSchema,
  slots: z.record(z.string(), SlotValueSchema),
  /** answers at the current question that were not understood, in a row */
  misses: z.int().nonnegative(),
  /** earlier questions, for "back": newest last */
  history: z.array(z.strictObject({ place: PlaceSchema, slots: z.record(z.string(), SlotValueSchema) })),
  risk: z.enum(RISK_LEVELS),
  /** rule ids already raised, so that the same sentence does not raise them twice */
  raised: z.array(z.string()),
  /** true once the person was welcomed: a later visit goes to the menu, not through the greeting */
  greeted: z.boolean(),
  /** what was written when the "are you safe?" question came between; taken up again after it */
  pending: z.string().nullable(),
  /** what the person wrote in the last ten minutes, oldest first: people write in fragments */
  recent: z.array(z.strictObject({ at: z.iso.datetime(), text: z.string() })),
});
export type Session = z.infer<typeof SessionSchema>;

/** A session that has not begun: the first input decides what runs. */
export function startSession(language: string): Session {
  return {
    version: SESSION_VERSION,
    language,
    languageKnown: false,
    mode: 'normal',
    place: [],
    slots: {},
    misses: 0,
    history: [],
    risk: 'none',
    raised: [],
    greeted: false,
    pending: null,
    recent: [],
  };
}

export type ReadSession = { kind: 'session'; session: Session } | { kind: 'unreadable' };

/**
 * Reads a stored session. A shape this version does not know is `unreadable`: the caller starts a new one, keeps the
 * risk it has in its own columns, and never shows an error.
 */
export function readSession(value: unknown): ReadSession {
  const parsed = SessionSchema.safeParse(value);
  return parsed.success ? { kind: 'session', session: parsed.data } : { kind: 'unreadable' };
}
