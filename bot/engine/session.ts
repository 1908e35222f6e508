/** Where one person stands with the bot: plain JSON, versioned, small. */
import { z } from 'zod';
import { type SlotValue, SlotValueSchema } from '../flow/slots.ts';
import { RISK_LEVELS } from '../safety/danger.ts';

export { type SlotValue, SlotValueSchema };

/** Raised when the shape below changes; an older session is then carried over by `readSession`. */
export const SESSION_VERSION = 2;

const SlotsSchema = z.record(z.string(), SlotValueSchema);
type SlotMap = z.infer<typeof SlotsSchema>;
const UndoSchema = z.record(z.string(), SlotValueSchema.nullable());

const PositionSchema = z.strictObject({
  flow: z.string(),
  /** of the flow: a conversation finishes in the version it began */
  version: z.int().positive(),
  node: z.string(),
  /** place inside a lesson: index of the question that waits for an answer */
  step: z.int().nonnegative(),
  /** what the caller handed in, when it handed in anything */
  args: SlotsSchema.optional(),
});
export type Position = z.infer<typeof PositionSchema>;

/** The stack of flows: last = the one running. A flow below waits at its `subflow` node. */
const PlaceSchema = z.array(PositionSchema);
export type Place = z.infer<typeof PlaceSchema>;

export const SessionSchema = z.strictObject({
  version: z.literal(SESSION_VERSION),
  /** BCP 47 tag of content/languages.yaml */
  language: z.string(),
  /** true once the person chose or plainly wrote a language */
  languageKnown: z.boolean(),
  mode: z.enum(['normal', 'quiet']),
  /** [] = nothing running (new or ended) */
  place: PlaceSchema,
  slots: SlotsSchema,
  /** answers at the current question that were not understood, in a row */
  misses: z.int().nonnegative(),
  /**
   * Earlier questions, for "back": newest last. `at`: the place in short form (`shortPlace`); `undo`: what the slots held that
   * changed since, null = nothing. Whole copies made a session of one offer check 8 kB, and three quarters of a step were
   * spent on reading and writing them.
   */
  history: z.array(z.strictObject({ at: z.string(), undo: UndoSchema.optional() })),
  risk: z.enum(RISK_LEVELS),
  /** rule ids already raised, so that the same sentence does not raise them twice */
  raised: z.array(z.string()),
  /** ids of the warning signs the last offer check found */
  signals: z.array(z.string()),
  /** true once the person was welcomed: a later visit goes to the menu, not through the greeting */
  greeted: z.boolean(),
  /** what was written when the "are you safe?" question came between; taken up again after it */
  pending: z.string().nullable(),
  /** what the person wrote in the last ten minutes, oldest first: people write in fragments */
  recent: z.array(z.strictObject({ at: z.iso.datetime(), text: z.string() })),
  /** the question that was left half-way by a word that works everywhere; offered again for some days */
  unfinished: z.strictObject({ at: z.iso.datetime(), place: PlaceSchema }).nullable(),
  /** a question that does not wait for ever: until when */
  waiting: z.iso.datetime().nullable(),
  /** intents the bot offered when it asked what was meant; only until the next input */
  meant: z.array(z.string()).optional(),
  /** languages that were offered with a button: each once */
  languagesOffered: z.array(z.string()).optional(),
  /** when the person last wrote or tapped */
  lastAt: z.iso.datetime().nullable(),
  /** how often each `pick` node was passed, by `flow.node`; and the seed of `random`, '' until it is needed */
  picks: z.strictObject({ seed: z.string(), passed: z.record(z.string(), z.int().nonnegative()) }),
});
export type Session = z.infer<typeof SessionSchema>;

/** `welcome@2.check/0 check-offer@1.pay/0`: a place as one string; arguments stand behind a question mark. */
export function shortPlace(place: Place): string {
  return place
    .map(({ flow, version, node, step, args }) => {
      const given = args === undefined ? '' : `?${encodeURIComponent(JSON.stringify(args))}`;
      return `${flow}@${version}.${node}/${step}${given}`;
    })
    .join(' ');
}

/** The place a short form stands for; null when it is none. */
export function readShortPlace(text: string): Place | null {
  if (text === '') return [];
  const place: Place = [];
  for (const part of text.split(' ')) {
    const [, flow, version, node, step, given] =
      /^([\w-]+)@(\d+)\.([\w-]+)\/(\d+)(?:\?(.*))?$/.exec(part) ?? [];
    if (flow === undefined || node === undefined) return null;
    const position = { flow, version: Number(version), node, step: Number(step) };
    const args = given === undefined ? undefined : readArgs(given);
    if (args === null) return null;
    place.push(args === undefined ? position : { ...position, args });
  }
  return place;
}

function readArgs(given: string): SlotMap | null {
  try {
    return SlotsSchema.parse(JSON.parse(decodeURIComponent(given)));
  } catch {
    return null;
  }
}

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
    signals: [],
    greeted: false,
    pending: null,
    recent: [],
    unfinished: null,
    waiting: null,
    lastAt: null,
    picks: { seed: '', passed: {} },
  };
}

export type ReadSession = { kind: 'session'; session: Session } | { kind: 'unreadable' };

/**
 * Reads a stored session, also one of an earlier shape. A shape this version does not know is `unreadable`: the caller starts
 * a new one, keeps the risk it has in its own columns, and never shows an error.
 */
export function readSession(value: unknown): ReadSession {
  const parsed = SessionSchema.safeParse(value);
  if (parsed.success) return { kind: 'session', session: parsed.data };
  const older = FirstSessionSchema.safeParse(value);
  return older.success ? { kind: 'session', session: fromFirst(older.data) } : { kind: 'unreadable' };
}

/** The first shape (until November 2026): flows had no versions in it; all stood in version 1. */
const FirstPlaceSchema = z.array(PositionSchema.omit({ version: true, args: true }));
const FirstSessionSchema = SessionSchema.pick({
  language: true,
  languageKnown: true,
  mode: true,
  slots: true,
  misses: true,
  risk: true,
  raised: true,
  greeted: true,
  pending: true,
  recent: true,
}).extend({
  version: z.literal(1),
  place: FirstPlaceSchema,
  history: z.array(z.strictObject({ place: FirstPlaceSchema, slots: SlotsSchema })),
});

function fromFirst(first: z.infer<typeof FirstSessionSchema>): Session {
  const pinned = (place: z.infer<typeof FirstPlaceSchema>): Place =>
    place.map((position) => ({ ...position, version: 1 }));
  return {
    ...startSession(first.language),
    ...first,
    version: SESSION_VERSION,
    place: pinned(first.place),
    history: first.history.map(({ place, slots }, index) => ({
      at: shortPlace(pinned(place)),
      undo: undoBetween(slots, first.history[index + 1]?.slots ?? first.slots),
    })),
  };
}

function undoBetween(before: SlotMap, after: SlotMap): z.infer<typeof UndoSchema> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(
    names.filter((name) => before[name] !== after[name]).map((name) => [name, before[name] ?? null]),
  );
}
