/** Shapes of the queue and of handing people over: filters, clocks, transfers, risk set by hand, breaks. contract.ts joins them. */
import { z } from 'zod';

const IdSchema = z.uuid();
/** ISO 8601, UTC */
const TimeSchema = z.iso.datetime();
const RiskSchema = z.enum(['none', 'concern', 'high', 'imminent']);
const PersonSchema = z.strictObject({ id: IdSchema, displayName: z.string() });
const ChannelSchema = z.enum(['web', 'telegram', 'messenger', 'zalo', 'line']);
/** BCP 47 */
const LanguageSchema = z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/);

/** What counsellors write to each other; UTF-16 units. Direction-changing characters could make it say something else. */
export const MAX_NOTE_UTF16 = 2000;
const NoteSchema = z
  .string()
  .trim()
  .min(3)
  .max(MAX_NOTE_UTF16)
  .refine(
    (text) => !/[\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]|(?![\n\r\t])\p{Cc}/u.test(text),
    'plain_text',
  );

// Filters and lists

export const QueueFilterSchema = z.strictObject({
  risk: z.array(RiskSchema).min(1).max(4).optional(),
  channel: z.array(ChannelSchema).min(1).max(5).optional(),
  language: z.array(LanguageSchema).min(1).max(20).optional(),
});
export type QueueFilter = z.infer<typeof QueueFilterSchema>;
/** "the next one, please", of those the counsellor is looking at */
export const NextSchema = z.strictObject({ filter: QueueFilterSchema.optional() });

export const MAX_QUEUE_PAGE = 100;
export const QueueListSchema = z.strictObject({
  tab: z.enum(['waiting', 'mine', 'others']),
  filter: QueueFilterSchema,
  offset: z.number().int().min(0).max(1_000_000),
  limit: z.number().int().min(1).max(MAX_QUEUE_PAGE),
});

/** Whom an offer is for. */
const OfferTargetSchema = z.strictObject({
  kind: z.enum(['person', 'language', 'supervisors']),
  language: z.string().nullable(),
  displayName: z.string().nullable(),
});
export const OfferSchema = z.strictObject({
  id: IdSchema,
  from: PersonSchema,
  to: OfferTargetSchema,
  offeredAt: TimeSchema,
  /** may the one who asks accept it? */
  isForMe: z.boolean(),
});
export type Offer = z.infer<typeof OfferSchema>;

/** What a row of the queue says beside who and why. */
export const QueueItemMore = {
  /** the clock of somebody who waits turns amber, and red; null = nobody waits for us */
  amberAt: TimeSchema.nullable(),
  redAt: TimeSchema.nullable(),
  /** a person said that the risk is this; the scan found nothing higher since */
  riskByHand: z.boolean(),
  /** somebody is asked to take over */
  offer: OfferSchema.nullable(),
};

/** Who else looks at the conversations of the queue at this moment; true for half a minute. */
export const QueuePresenceSchema = z.strictObject({
  present: z.array(z.strictObject({ conversationId: IdSchema, user: PersonSchema, isTyping: z.boolean() })),
});
export type QueuePresence = z.infer<typeof QueuePresenceSchema>;

/** The same for one conversation. */
export const HandlingSchema = z.strictObject({
  riskByHand: z.boolean(),
  offer: OfferSchema.nullable(),
  /** transfers and risks set by hand there ever were; more is at `GET /conversations/:id/handling` */
  count: z.number().int(),
});
export type Handling = z.infer<typeof HandlingSchema>;

// Transfer

export const TransferSchema = z.strictObject({
  to: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('person'), userId: IdSchema }),
    z.strictObject({ kind: z.literal('language'), language: LanguageSchema }),
    z.strictObject({ kind: z.literal('supervisors') }),
  ]),
  note: NoteSchema,
});
export type TransferInput = z.infer<typeof TransferSchema>;
export const TransferDoneSchema = z.strictObject({ transferId: IdSchema });
export const TransferAcceptedSchema = z.strictObject({
  conversationId: IdSchema,
  /** false: nothing could or should be said to the person */
  told: z.boolean(),
});
export const TransferRefusalSchema = z.strictObject({ reason: NoteSchema });

export const HandlingListSchema = z.strictObject({
  /** newest first */
  transfers: z.array(
    z.strictObject({
      id: IdSchema,
      from: PersonSchema,
      to: z.strictObject({
        kind: z.enum(['person', 'language', 'supervisors']),
        language: z.string().nullable(),
        person: PersonSchema.nullable(),
      }),
      note: z.string(),
      state: z.enum(['offered', 'accepted', 'refused', 'withdrawn', 'returned']),
      answer: z.string().nullable(),
      answeredBy: PersonSchema.nullable(),
      offeredAt: TimeSchema,
      endedAt: TimeSchema.nullable(),
    }),
  ),
  /** newest first */
  risks: z.array(
    z.strictObject({
      id: IdSchema,
      by: PersonSchema,
      before: RiskSchema,
      after: RiskSchema,
      reason: z.string(),
      at: TimeSchema,
    }),
  ),
});
export type HandlingList = z.infer<typeof HandlingListSchema>;

// Risk set by hand

export const RiskChangeSchema = z.strictObject({ risk: RiskSchema, reason: NoteSchema });

// Giving back

/** without a flow the bot goes on where it was */
export const ReturnSchema = z.strictObject({ entry: z.string().max(40).optional() });

// One's own desk

const ViewSchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(40)
    .refine((name) => !/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(name), 'plain_text'),
  filter: QueueFilterSchema,
});
export type View = z.infer<typeof ViewSchema>;
const MAX_VIEWS = 12;

export const DeskSettingsSchema = z.strictObject({
  languages: z.array(LanguageSchema).max(20),
  views: z
    .array(ViewSchema)
    .max(MAX_VIEWS)
    .refine((views) => new Set(views.map(({ name }) => name)).size === views.length, 'name_taken'),
  /** a tone when somebody in imminent danger begins to wait; left out: as it was */
  sound: z.boolean().optional(),
});
export const MyDeskSchema = z.strictObject({
  onBreakSince: TimeSchema.nullable(),
  languages: z.array(z.string()),
  views: z.array(ViewSchema),
  /** off until chosen */
  sound: z.boolean(),
  /** at the desk without a break since then; null: on one */
  workingSince: TimeSchema.nullable(),
  /** minutes after which a break is suggested, and after which again */
  breakAfterMinutes: z.number(),
  remindAgainMinutes: z.number(),
  /** everybody else who may work at the desk, by name */
  colleagues: z.array(
    z.strictObject({
      id: IdSchema,
      displayName: z.string(),
      role: z.string(),
      /** their browser gave a sign of life just now, and they are on no break */
      isThere: z.boolean(),
      isOnBreak: z.boolean(),
      languages: z.array(z.string()),
      /** how many people they are answering */
      load: z.number().int(),
    }),
  ),
  /** where the bot may go on when a conversation is given back */
  entries: z.array(z.strictObject({ id: z.string(), title: z.string() })),
});
export type MyDesk = z.infer<typeof MyDeskSchema>;

export const BreakSchema = z.strictObject({
  on: z.boolean(),
  /** what is mine waits again for a colleague, at its old place */
  handBack: z.boolean(),
});
export const BreakDoneSchema = z.strictObject({
  onBreakSince: TimeSchema.nullable(),
  handedBack: z.number().int(),
});
