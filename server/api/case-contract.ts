/** Shapes of cases: few fields, all optional, in codes; what names somebody stands apart and is masked. */
import { z } from 'zod';
import { plainText } from '../plain-text.ts';
import { IdSchema, PersonSchema, TimeSchema, WhySchema } from './contract.ts';

/** Of the text that is read out before a case is opened (console texts `cases.consentText`): change both together. */
export const CONSENT_TEXT_VERSION = '2026-11-a';

export const CONSENT_LEVELS = ['anonymous', 'confidential', 'named'] as const;
export const PURPOSES = ['support', 'referral'] as const;
export const SPOKEN_BY = ['web', 'telegram', 'messenger', 'zalo', 'line', 'phone', 'in_person'] as const;
export const EXCEPTIONS = ['danger_to_life', 'child'] as const;

/** day in Vietnam */
const DaySchema = z.iso.date();
const LanguageTagSchema = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$/);
const CodeSchema = z.string().regex(/^[A-Za-z0-9-]{1,40}$/);

export const ConsentSchema = z.strictObject({
  level: z.enum(CONSENT_LEVELS),
  purposes: z.array(z.enum(PURPOSES)).min(1).max(PURPOSES.length),
  /** in which it was explained */
  language: LanguageTagSchema,
  /** how they said it */
  channel: z.enum(SPOKEN_BY),
});
export type Consent = z.infer<typeof ConsentSchema>;

/** After the counter-trafficking data standard of IOM, much shortened. Null and empty: not known or not asked. */
export const FieldsSchema = z.strictObject({
  ageBand: z.enum(['under_16', '16_17', '18_24', '25_34', '35_49', '50_up']).nullable(),
  sex: z.enum(['female', 'male', 'other']).nullable(),
  /** ISO 3166-1: where they were or are exploited */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable(),
  /** of provinces.yaml: where help is to be found */
  province: CodeSchema.nullable(),
  forms: z
    .array(
      z.enum([
        ...(['sexual', 'labour', 'domestic', 'online_fraud', 'marriage', 'begging'] as const),
        ...(['organs', 'surrogacy', 'child_sale', 'other'] as const),
      ]),
    )
    .max(10),
  means: z
    .array(
      z.enum([
        ...(['deception', 'debt', 'threats', 'violence', 'confinement', 'documents_taken'] as const),
        ...(['pay_withheld', 'drugs', 'other'] as const),
      ]),
    )
    .max(9),
  recruiter: z
    .enum(['partner', 'family', 'friend', 'neighbour', 'employer', 'broker', 'online_stranger', 'other'])
    .nullable(),
  status: z
    .enum(['at_risk', 'held', 'out_abroad', 'returned', 'awaits_decision', 'confirmed', 'not_confirmed'])
    .nullable(),
});
export type Fields = z.infer<typeof FieldsSchema>;

export const IDENTITY_PARTS = ['name', 'phone', 'birthYear', 'address', 'other'] as const;
export type IdentityPart = (typeof IDENTITY_PARTS)[number];
/** '' = nothing is kept */
export const IdentitySchema = z.strictObject({
  name: plainText(100),
  phone: plainText(40),
  birthYear: z.union([z.literal(''), z.string().regex(/^(19|20)\d\d$/)]),
  address: plainText(200),
  other: plainText(300),
});
export type Identity = z.infer<typeof IdentitySchema>;

export const CASE_OUTCOMES = [
  ...([
    'safe',
    'handed_on',
    'support_given',
    'declined',
    'lost_contact',
    'not_trafficking',
    'duplicate',
  ] as const),
] as const;

export const OpenCaseSchema = z
  .strictObject({
    consent: ConsentSchema.nullable(),
    /** instead of consent: to protect somebody, in a supervisor's name */
    exception: z
      .strictObject({ kind: z.enum(EXCEPTIONS), reason: WhySchema, supervisorId: IdSchema })
      .nullable(),
  })
  .refine(({ consent, exception }) => (consent === null) !== (exception === null), {
    path: ['consent'],
    message: 'consent or an exception, not both',
  });
export const OpenedCaseSchema = z.strictObject({
  caseId: IdSchema,
  /** false: somebody had opened it already, and this is it */
  isNew: z.boolean(),
});

export const TaskSchema = z.strictObject({
  id: IdSchema,
  kind: z.enum(['own', 'arrived', 'step', 'erasure']),
  step: z.string().nullable(),
  /** what facts of the register say in it today, by their id; in the reader's language */
  facts: z.record(z.string(), z.string()),
  /** only of `own` */
  title: z.string().nullable(),
  referralId: IdSchema.nullable(),
  /** null: as soon as possible */
  dueOn: DaySchema.nullable(),
  isOverdue: z.boolean(),
  doneAt: TimeSchema.nullable(),
});
export type Task = z.infer<typeof TaskSchema>;

export const REFERRAL_STATES = ['planned', 'told', 'accepted', 'refused', 'arrived', 'not_arrived'] as const;
export const SHARING = ['nothing', 'anonymous', 'named'] as const;
export const ReferralSchema = z.strictObject({
  id: IdSchema,
  service: z.string(),
  province: z.string().nullable(),
  sharing: z.enum(SHARING),
  basis: z.enum(['consent', 'danger']),
  supervisor: z.string().nullable(),
  state: z.enum(REFERRAL_STATES),
  note: z.string(),
  createdAt: TimeSchema,
  updatedAt: TimeSchema,
});
export type Referral = z.infer<typeof ReferralSchema>;

export const EntrySchema = z.strictObject({
  id: IdSchema,
  at: TimeSchema,
  by: z.string().nullable(),
  kind: z.string(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  text: z.string().nullable(),
});
export type Entry = z.infer<typeof EntrySchema>;

export const CaseRowSchema = z.strictObject({
  id: IdSchema,
  code: z.string(),
  state: z.enum(['open', 'closed']),
  basis: z.enum(['consent', ...EXCEPTIONS]),
  owner: PersonSchema,
  isMine: z.boolean(),
  openedAt: TimeSchema,
  closedAt: TimeSchema.nullable(),
  outcome: z.string().nullable(),
  tasksOpen: z.number().int(),
  tasksOverdue: z.number().int(),
  nextDueOn: DaySchema.nullable(),
});
export type CaseRow = z.infer<typeof CaseRowSchema>;
/** those with something overdue first, then by the next day on which something is due; closed ones last */
export const CasesSchema = z.strictObject({
  now: TimeSchema,
  today: DaySchema,
  cases: z.array(CaseRowSchema),
});
export type Cases = z.infer<typeof CasesSchema>;

export const CaseSchema = z.strictObject({
  ...CaseRowSchema.shape,
  now: TimeSchema,
  today: DaySchema,
  /** goes back with each change of the fields: whoever saves on top of something newer is told */
  revision: z.number().int(),
  supervisor: z.string().nullable(),
  consent: z.strictObject({ ...ConsentSchema.shape, textVersion: z.string(), saidAt: TimeSchema }).nullable(),
  consentWithdrawnAt: TimeSchema.nullable(),
  erasureAskedAt: TimeSchema.nullable(),
  /** a colleague asked to delete it, and a second person has to agree; null: nobody did */
  erasure: z
    .strictObject({
      approvalId: IdSchema,
      by: PersonSchema,
      reason: z.string(),
      expiresAt: TimeSchema,
      mayDecide: z.boolean(),
      isMine: z.boolean(),
    })
    .nullable(),
  fields: FieldsSchema,
  /** which parts are filled in; what stands there is shown by `unmask` only */
  identity: z.array(z.enum(IDENTITY_PARTS)),
  contacts: z.array(
    z.strictObject({ conversationId: IdSchema, code: z.string(), channel: z.string(), hasPlan: z.boolean() }),
  ),
  tasks: z.array(TaskSchema),
  referrals: z.array(ReferralSchema),
  /** newest first, the last 200 */
  entries: z.array(EntrySchema),
  maySupervise: z.boolean(),
});
export type Case = z.infer<typeof CaseSchema>;

export const CaseOptionsSchema = z.strictObject({
  consentTextVersion: z.string(),
  services: z.array(
    z.strictObject({
      id: z.string(),
      level: z.enum(['commune', 'province', 'country', 'abroad']),
      name: z.string(),
      does: z.string(),
      who: z.string(),
      /** two sources, and looked at in time: else ask at 111 before sending anybody there */
      isConfirmed: z.boolean(),
    }),
  ),
  provinces: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  countries: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  supervisors: z.array(PersonSchema),
  colleagues: z.array(PersonSchema),
});
export type CaseOptions = z.infer<typeof CaseOptionsSchema>;

export const CaseOfSchema = z.strictObject({
  case: CaseRowSchema.pick({
    id: true,
    code: true,
    state: true,
    tasksOpen: true,
    tasksOverdue: true,
  }).nullable(),
  /** somebody else has it, and it is not shown */
  isElsewhere: z.boolean(),
});
export type CaseOf = z.infer<typeof CaseOfSchema>;

export const FieldsSaveSchema = z.strictObject({ revision: z.int().positive(), fields: FieldsSchema });
/** only what is given is written; '' takes it out */
export const IdentitySaveSchema = z.strictObject({ identity: IdentitySchema.partial() });
export const UnmaskedSchema = z.strictObject({ identity: IdentitySchema });
export const CaseReasonSchema = z.strictObject({ reason: WhySchema });
export const ConsentSaveSchema = z.strictObject({ consent: ConsentSchema });
export const NoteSchema = z.strictObject({ text: plainText(2000).min(1) });
export const TaskAddSchema = z.strictObject({ title: plainText(200).min(1), dueOn: DaySchema.nullable() });
export const TaskDoneSchema = z.strictObject({ done: z.boolean() });
export const ReturnPathSchema = z.strictObject({ from: DaySchema });
export const CaseCloseSchema = z.strictObject({ outcome: z.enum(CASE_OUTCOMES) });
export const MergeSchema = z.strictObject({ code: z.string().trim().min(1).max(20) });
export const OwnerSchema = z.strictObject({ userId: IdSchema });
export const ReferSchema = z.strictObject({
  service: CodeSchema,
  province: CodeSchema.nullable(),
  sharing: z.enum(SHARING),
  note: plainText(500),
  /** days until somebody asks whether they arrived */
  askAfterDays: z.int().min(1).max(90),
  /** instead of consent */
  danger: z.strictObject({ reason: WhySchema, supervisorId: IdSchema }).nullable(),
});
export const ReferralSaveSchema = z.strictObject({ state: z.enum(REFERRAL_STATES) });
export const TaskParamsSchema = z.strictObject({ id: IdSchema, taskId: IdSchema });
export const ReferralParamsSchema = z.strictObject({ id: IdSchema, referralId: IdSchema });

export const HandoverSheetSchema = z.strictObject({
  now: TimeSchema,
  today: DaySchema,
  by: z.string(),
  conversations: z.array(
    z.strictObject({
      code: z.string(),
      channel: z.string(),
      risk: z.string(),
      takenAt: TimeSchema.nullable(),
      awaitsReply: z.boolean(),
      hasPlan: z.boolean(),
    }),
  ),
  cases: z.array(z.strictObject({ code: z.string(), tasks: z.array(TaskSchema.omit({ title: true })) })),
});
export type HandoverSheet = z.infer<typeof HandoverSheetSchema>;
