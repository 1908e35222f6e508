/** The shapes of the staff API: the server validates with them, the console takes its types and the document from them. */
import { z } from 'zod';
import { HandlingSchema, QueueItemMore } from './queue-contract.ts';

export const RoleSchema = z.enum([
  'counsellor',
  'supervisor',
  'editor',
  'reviewer',
  'officer',
  'auditor',
  'admin',
]);
export type Role = z.infer<typeof RoleSchema>;

export const UiLanguageSchema = z.enum(['vi', 'en']);
export type UiLanguage = z.infer<typeof UiLanguageSchema>;

/** ISO 8601, UTC */
export const TimeSchema = z.iso.datetime();
export const IdSchema = z.uuid();
export const RiskSchema = z.enum(['none', 'concern', 'high', 'imminent']);
export type Risk = z.infer<typeof RiskSchema>;

/** Lengths in UTF-16 units. A password is measured in characters by `server/api/passwords.ts`. */
const EmailSchema = z.email().max(254);
const PasswordSchema = z.string().min(1).max(512);
const TokenSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const DisplayNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(60)
  // control and direction-changing characters would let a name pretend to be something else
  .refine((name) => !/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(name), 'plain_text');

export const EmptySchema = z.strictObject({});

// Accounts

export const SignInSchema = z.strictObject({ email: EmailSchema, password: PasswordSchema });
export const SetupCheckSchema = z.strictObject({ token: TokenSchema });
export const SetupLinkSchema = z.strictObject({
  purpose: z.enum(['first_admin', 'invite']),
  role: RoleSchema,
});
export const SetupSchema = z.strictObject({
  token: TokenSchema,
  displayName: DisplayNameSchema,
  email: EmailSchema,
  password: PasswordSchema,
  uiLanguage: UiLanguageSchema,
});

export const MeSchema = z.strictObject({
  id: IdSchema,
  email: z.string(),
  displayName: z.string(),
  role: RoleSchema,
  uiLanguage: UiLanguageSchema,
  permissions: z.array(z.string()),
  /** 1: password, 2: second factor */
  aal: z.number().int(),
  /** missing: none is set up, and nothing else is possible before. asked: has to be shown. shown: was, in this session */
  factor: z.enum(['missing', 'asked', 'shown']),
  /** the session ends then without activity; `POST /me/extend` moves it */
  idleUntil: TimeSchema,
  expiresAt: TimeSchema,
  /** the server's clock, to correct the browser's */
  now: TimeSchema,
});
export type Me = z.infer<typeof MeSchema>;

export const MePatchSchema = z.strictObject({ uiLanguage: UiLanguageSchema });

export const SessionSchema = z.strictObject({
  id: z.string(),
  current: z.boolean(),
  createdAt: TimeSchema,
  lastSeenAt: TimeSchema,
});
export const SessionsSchema = z.strictObject({ sessions: z.array(SessionSchema) });
export type Session = z.infer<typeof SessionSchema>;
export const SessionParamsSchema = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{22}$/) });

// Second factors

/** what an authenticator app shows (six digits), or a recovery code; spaces and case do not matter */
export const FactorCodeSchema = z.strictObject({ code: z.string().trim().min(6).max(20) });
export const PasskeySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  createdAt: TimeSchema,
  lastUsedAt: TimeSchema.nullable(),
});
export type Passkey = z.infer<typeof PasskeySchema>;
export const FactorsSchema = z.strictObject({
  /** an authenticator app is set up */
  app: z.boolean(),
  passkeys: z.array(PasskeySchema),
  recoveryCodesLeft: z.number().int(),
});
export type Factors = z.infer<typeof FactorsSchema>;
/** shown once: base32, and the same as an `otpauth://` address for a QR code */
export const AppDraftSchema = z.strictObject({ secret: z.string(), uri: z.string() });
export type AppDraft = z.infer<typeof AppDraftSchema>;
/** `recoveryCodes` with the first factor only; shown once */
export const FactorAddedSchema = z.strictObject({
  me: MeSchema,
  recoveryCodes: z.array(z.string()).nullable(),
});
export type FactorAdded = z.infer<typeof FactorAddedSchema>;
export const RecoveryCodesSchema = z.strictObject({ recoveryCodes: z.array(z.string()) });
/** WebAuthn, level 3: options for the browser as JSON */
export const PasskeyOptionsSchema = z.strictObject({ options: z.looseObject({ challenge: z.string() }) });
const Base64UrlSchema = z
  .string()
  .max(16_384)
  .regex(/^[A-Za-z0-9_-]*$/);
const CredentialSchema = z.object({
  id: Base64UrlSchema.min(1).max(1024),
  rawId: Base64UrlSchema.min(1).max(1024),
  type: z.literal('public-key'),
});
export const PasskeyNewSchema = z.strictObject({
  name: DisplayNameSchema,
  credential: CredentialSchema.extend({
    response: z.object({
      clientDataJSON: Base64UrlSchema,
      attestationObject: Base64UrlSchema,
      transports: z.array(z.string().max(20)).max(10).default([]),
    }),
  }),
});
export const PasskeyShownSchema = z.strictObject({
  credential: CredentialSchema.extend({
    response: z.object({
      clientDataJSON: Base64UrlSchema,
      authenticatorData: Base64UrlSchema,
      signature: Base64UrlSchema,
    }),
  }),
});
export const PasskeyParamsSchema = z.strictObject({ id: Base64UrlSchema.min(1).max(1024) });
export const PasswordChangeSchema = z.strictObject({ current: PasswordSchema, password: PasswordSchema });

// Colleagues

export const UserSchema = z.strictObject({
  id: IdSchema,
  email: z.string(),
  displayName: z.string(),
  role: RoleSchema,
  /** a second factor is set up */
  hasFactor: z.boolean(),
  openSessions: z.number().int(),
  disabledAt: TimeSchema.nullable(),
  createdAt: TimeSchema,
});
export type User = z.infer<typeof UserSchema>;
export const UsersSchema = z.strictObject({ users: z.array(UserSchema) });
export const InviteSchema = z.strictObject({ role: RoleSchema });
/** `link` is shown once; it works once and until `expiresAt` */
export const InvitationSchema = z.strictObject({ link: z.string(), role: RoleSchema, expiresAt: TimeSchema });
export type Invitation = z.infer<typeof InvitationSchema>;

/** for the colleague who agrees, and for whoever looks back: no name of a person who wrote to us */
export const WhySchema = z.string().trim().min(3).max(300);
/** a reason is asked for when somebody becomes administrator */
export const RoleChangeSchema = z.strictObject({ role: RoleSchema, reason: WhySchema.optional() });
export const FactorResetSchema = z.strictObject({ reason: WhySchema });
/** waiting: a second person has to agree until `expiresAt` */
export const CarriedSchema = z.strictObject({
  state: z.enum(['done', 'waiting']),
  expiresAt: TimeSchema.nullable(),
});
export type Carried = z.infer<typeof CarriedSchema>;

export const ApprovalSchema = z.strictObject({
  id: IdSchema,
  kind: z.enum(['make_admin', 'reset_factor', 'erase_case']),
  /** whom or what it is about; a case by its code */
  subject: z.strictObject({ id: IdSchema, displayName: z.string() }),
  reason: z.string(),
  requestedBy: z.strictObject({ id: IdSchema, displayName: z.string() }),
  requestedAt: TimeSchema,
  expiresAt: TimeSchema,
  /** alone: carried out at once, because nobody could agree */
  state: z.enum(['waiting', 'done', 'refused', 'withdrawn', 'expired', 'alone']),
  decidedBy: z.strictObject({ id: IdSchema, displayName: z.string() }).nullable(),
  /** may the one who asks agree or refuse? */
  mayDecide: z.boolean(),
});
export type Approval = z.infer<typeof ApprovalSchema>;
/** newest first; those that wait, and some that are over */
export const ApprovalsSchema = z.strictObject({ approvals: z.array(ApprovalSchema) });

// Audit

const AuditActionSchema = z.string().regex(/^[a-z_]{1,60}$/);
export const AuditSearchSchema = z.strictObject({
  userId: IdSchema.optional(),
  action: AuditActionSchema.optional(),
  /** an id, or the code of a conversation */
  object: z.string().trim().min(1).max(64).optional(),
  /** rows older than this one */
  beforeId: z.number().int().positive().optional(),
});
export const AuditRowSchema = z.strictObject({
  id: z.number().int(),
  at: TimeSchema,
  user: z.strictObject({ id: IdSchema, displayName: z.string().nullable() }).nullable(),
  action: z.string(),
  objectKind: z.string(),
  objectId: z.string().nullable(),
  /** code of a conversation, name of a colleague */
  objectName: z.string().nullable(),
  /** codes and counts */
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  /** linked into the chain; false for about a second */
  sealed: z.boolean(),
});
export type AuditRow = z.infer<typeof AuditRowSchema>;
export const AuditPageSchema = z.strictObject({
  /** newest first */
  rows: z.array(AuditRowSchema),
  hasMore: z.boolean(),
  /** what the filter offers */
  actions: z.array(z.string()),
  people: z.array(z.strictObject({ id: IdSchema, displayName: z.string() })),
});
export type AuditPage = z.infer<typeof AuditPageSchema>;

// Desk

export const IdParamsSchema = z.strictObject({ id: IdSchema });

export const ReasonSchema = z.strictObject({
  key: z.string(),
  text: z.string(),
  level: RiskSchema,
  /** the message that caused it; `start` and `end` in UTF-16 units of its text */
  messageSeq: z.number().int().nullable(),
  start: z.number().int(),
  end: z.number().int(),
});
export type Reason = z.infer<typeof ReasonSchema>;

export const PersonSchema = z.strictObject({ id: IdSchema, displayName: z.string() });
const CauseSchema = z.enum(['danger', 'person_asked', 'not_understood', 'flow', 'turn_failed', 'platform']);
const HandoverStateSchema = z.enum(['waiting', 'taken', 'returned', 'closed']);

export const QueueItemSchema = z.strictObject({
  conversationId: IdSchema,
  code: z.string(),
  channel: z.string(),
  language: z.string(),
  quiet: z.boolean(),
  risk: RiskSchema,
  cause: CauseSchema,
  reasons: z.array(ReasonSchema.pick({ key: true, text: true, level: true })),
  waitingSince: TimeSchema,
  takenBy: PersonSchema.nullable(),
  takenAt: TimeSchema.nullable(),
  lastInboundAt: TimeSchema.nullable(),
  /** the person wrote after our last answer */
  awaitsReply: z.boolean(),
  /** a counsellor may answer until then; null = no end */
  closesAt: TimeSchema.nullable(),
  /** `closesAt` is near: this is why the person stands before others of the same risk */
  closesSoon: z.boolean(),
  /** somebody answers at the platform's own inbox; the bot is mute */
  atPlatform: z.boolean(),
  ...QueueItemMore,
});
export type QueueItem = z.infer<typeof QueueItemSchema>;

export const QueueSchema = z.strictObject({
  now: TimeSchema,
  counts: z.strictObject({ waiting: z.number().int(), mine: z.number().int(), others: z.number().int() }),
  /** most dangerous first, then whose window is about to close, then longest waiting */
  waiting: z.array(QueueItemSchema),
  /** how many of all who wait, shown or not, should have been answered by `now` */
  overdue: z.number().int(),
  mine: z.array(QueueItemSchema),
  others: z.array(QueueItemSchema),
  /** what colleagues ask me to take over */
  offers: z.array(QueueItemSchema),
});
export type Queue = z.infer<typeof QueueSchema>;

/** Part of one list, in the same order. */
export const QueuePageSchema = z.strictObject({
  now: TimeSchema,
  /** of the filter */
  counts: z.strictObject({ waiting: z.number().int(), mine: z.number().int(), others: z.number().int() }),
  items: z.array(QueueItemSchema),
});
export type QueuePage = z.infer<typeof QueuePageSchema>;

/** What is known of a file somebody sent before it is opened. Nothing in it was claimed by the sender. */
export const MediaSchema = z.strictObject({
  id: IdSchema,
  /** waiting: being fetched; refused: not taken; failed: the platform did not give it; gone: it no longer had it */
  state: z.enum(['waiting', 'stored', 'refused', 'failed', 'gone']),
  /** code; null while it may still come, and when it came */
  reason: z.string().nullable(),
  /** `picture` and `voice` are shown in place, the rest is saved; null until stored */
  shownAs: z.enum(['picture', 'voice', 'video', 'file']).nullable(),
  mediaType: z.string().nullable(),
  sizeBytes: z.number().int().nullable(),
  durationMs: z.number().int().nullable(),
});
export type Media = z.infer<typeof MediaSchema>;
export const MediaParamsSchema = z.strictObject({ id: IdSchema, mediaId: IdSchema });

export const AttachmentSchema = z.strictObject({
  type: z.string(),
  /** null: there is no file behind it, e.g. a place */
  media: MediaSchema.nullable(),
  /** degrees, WGS 84; null: it is no place */
  place: z.strictObject({ latitude: z.number(), longitude: z.number() }).nullable(),
});
export type Attachment = z.infer<typeof AttachmentSchema>;

export const MessageSchema = z.strictObject({
  id: IdSchema,
  seq: z.number().int(),
  author: z.enum(['person', 'bot', 'counsellor', 'system', 'platform']),
  userName: z.string().nullable(),
  text: z.string(),
  choices: z.array(z.strictObject({ id: z.string(), label: z.string() })),
  /** the bot told here how an offer was judged; null: it said something else */
  offerLevel: z.enum(['verify', 'caution', 'danger']).nullable(),
  attachments: z.array(AttachmentSchema),
  createdAt: TimeSchema,
  delivery: z.enum(['received', 'queued', 'sent', 'delivered', 'read', 'failed', 'suppressed']),
  /** taken back by the person: nothing of it is left */
  unsent: z.boolean(),
  failureClass: z.string().nullable(),
  failureCode: z.string().nullable(),
});
export type Message = z.infer<typeof MessageSchema>;

/** For colleagues only: it is no message and is never sent. */
export const NoteSchema = z.strictObject({
  id: IdSchema,
  /** stands behind this message */
  afterSeq: z.number().int(),
  userName: z.string().nullable(),
  text: z.string(),
  /** a supervisor's word to the one who answers: nobody else reads it */
  isWhisper: z.boolean(),
  /** colleagues it names, under their name of today */
  mentions: z.array(PersonSchema),
  createdAt: TimeSchema,
});
export type Note = z.infer<typeof NoteSchema>;

/** One time this contact was handed to the desk. */
export const VisitSchema = z.strictObject({
  waitingSince: TimeSchema,
  endedAt: TimeSchema.nullable(),
  state: HandoverStateSchema,
  outcome: z.string().nullable(),
  takenBy: PersonSchema.nullable(),
});
export type Visit = z.infer<typeof VisitSchema>;

/** May a counsellor write to this person now? Checked when the conversation opens, when they send, and by the sender again. */
export const SendingSchema = z.strictObject({
  ok: z.boolean(),
  reason: z
    .enum([
      'window_closed',
      'free_used_up',
      'quota_reserved',
      'quota_used_up',
      'quiet_hours',
      'person_blocked',
      'plan_never_first',
      'plan_channel',
      'plan_times',
      'plan_wording',
    ])
    .nullable(),
  /** ok: the window closes then, null = never; else: from then on again, null = not before they write */
  until: TimeSchema.nullable(),
  /** how many more cost nothing or are left of the quota; null = no count */
  left: z.number().int().nullable(),
  /** past the time in which the bot may answer: only words typed by a person */
  outsideWindow: z.boolean(),
});
export type Sending = z.infer<typeof SendingSchema>;

export const OUTCOMES = [
  'advised',
  'referred',
  'safe_by_own_word',
  'no_answer',
  'not_for_us',
  'abusive',
  'test',
] as const;
export const OutcomeSchema = z.enum(OUTCOMES);
export type Outcome = z.infer<typeof OutcomeSchema>;

export const ConversationSchema = z.strictObject({
  now: TimeSchema,
  id: IdSchema,
  code: z.string(),
  channel: z.string(),
  language: z.string(),
  /** ISO 639: other languages the person surely wrote; several when letters do not tell them apart */
  alsoWrites: z.array(z.string()),
  quiet: z.boolean(),
  createdAt: TimeSchema,
  /** how often this person was handed to the desk, this time included */
  handovers: z.number().int(),
  campaignRef: z.string().nullable(),
  /** the role of the reader sees that something was said, not what */
  masked: z.boolean(),
  sending: SendingSchema,
  /** when somebody at the platform's own inbox was last seen, while they have the conversation; null = they have not */
  atPlatformSince: TimeSchema.nullable(),
  handover: z.strictObject({
    state: HandoverStateSchema,
    risk: RiskSchema,
    cause: CauseSchema,
    reasons: z.array(ReasonSchema),
    waitingSince: TimeSchema,
    takenBy: PersonSchema.nullable(),
    takenAt: TimeSchema.nullable(),
    endedAt: TimeSchema.nullable(),
    outcome: z.string().nullable(),
    /** the person was told that it ends if it goes on like this; without it nothing is closed as abusive */
    warnedAt: TimeSchema.nullable(),
  }),
  handling: HandlingSchema,
  /** oldest first */
  messages: z.array(MessageSchema),
  /** older messages exist than those given */
  hasEarlier: z.boolean(),
  /** oldest first */
  notes: z.array(NoteSchema),
  /** oldest first; the last one is `handover` */
  visits: z.array(VisitSchema),
  /** longest text that goes out as one message, in UTF-16 units; a longer one arrives in several */
  maxPartUtf16: z.number().int(),
});
export type Conversation = z.infer<typeof ConversationSchema>;

export const MAX_REPLY_UTF16 = 4000;
export const ReplySchema = z.strictObject({
  /** chosen by the browser, so that sending twice sends once */
  clientMessageId: z.uuid(),
  text: z.string().trim().min(1).max(MAX_REPLY_UTF16),
  /** newest message when they began to write: a colleague's later answer is told once (`colleague_replied`) before it is sent */
  seenSeq: z.number().int().nonnegative().optional(),
});
export const ReplyDoneSchema = z.strictObject({ messageId: IdSchema, seq: z.number().int() });
export const TakeSchema = z.strictObject({
  /** a supervisor takes over from this colleague */
  from: IdSchema.optional(),
  /** why; needed with `from`, and kept as a note for colleagues */
  reason: WhySchema.optional(),
});
export const TakenSchema = z.strictObject({ conversationId: IdSchema });
export const CloseSchema = z.strictObject({
  outcome: OutcomeSchema,
  /** why; needed with `abusive` and only then, kept as a note that supervisors read */
  reason: WhySchema.optional(),
  /** I would like to talk with somebody about this one */
  wantsTalk: z.boolean().optional(),
});
export const DoneSchema = z.strictObject({ done: z.literal(true) });

// Channels

export const ChannelSchema = z.strictObject({
  channel: z.string(),
  account: z.string(),
  /** what an operator should look at; null = nothing */
  alarm: z.string().nullable(),
  alarmSince: TimeSchema.nullable(),
  /** last look at the platform: null = not yet */
  checkedAt: TimeSchema.nullable(),
  ok: z.boolean().nullable(),
  code: z.string().nullable(),
  tokenAt: TimeSchema.nullable(),
  lastHookAt: TimeSchema.nullable(),
  /** silence from then on is longer than normal; null = not enough is known yet */
  normalUntil: TimeSchema.nullable(),
  /** of the last hour */
  sent: z.number().int(),
  failed: z.number().int(),
  quota: z.strictObject({ limit: z.number().int().nullable(), used: z.number().int() }).nullable(),
  /** the rule by which we write there was to be looked at again by now */
  ruleExpired: z.boolean(),
});
export type Channel = z.infer<typeof ChannelSchema>;
export const ChannelsSchema = z.strictObject({ now: TimeSchema, channels: z.array(ChannelSchema) });
export type Channels = z.infer<typeof ChannelsSchema>;

// Phrases: what the bot did not understand, redacted, and what editors propose to teach it

export const MAX_PHRASE_UTF16 = 160;
const PhraseTextSchema = z
  .string()
  .trim()
  .min(2)
  .max(MAX_PHRASE_UTF16)
  .refine((text) => !/[\p{Cc}[\]]/u.test(text), 'plain_text');
const ProposalShape = {
  /** `intent`: the bot learns it for that wish; `route`: these very words lead to that flow */
  kind: z.enum(['intent', 'route']),
  target: z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/),
  text: PhraseTextSchema,
};

export const HeardPhraseSchema = z.strictObject({
  id: IdSchema,
  /** `[số]`, `[tiền]` … stand where something was taken out */
  text: z.string(),
  times: z.number().int(),
  /** days in Vietnam, `2026-11-25` */
  firstDay: z.string(),
  lastDay: z.string(),
  /** what the bot thinks today, likeliest first; scores 0–1 */
  guesses: z.array(z.strictObject({ intent: z.string(), score: z.number() })),
});
export type HeardPhrase = z.infer<typeof HeardPhraseSchema>;

/** Rows of the labelled sets: how many were tried, go from right to wrong, the other way, and are about danger and change. */
export const TrialTotalsSchema = z.strictObject({
  n: z.number().int(),
  broken: z.number().int(),
  mended: z.number().int(),
  danger: z.number().int(),
});
export type TrialTotals = z.infer<typeof TrialTotalsSchema>;

export const ProposalSchema = z.strictObject({
  id: IdSchema,
  kind: z.enum(['intent', 'route']),
  target: z.string(),
  text: z.string(),
  totals: TrialTotalsSchema,
  createdAt: TimeSchema,
  /** written into a patch for the content then; null: not yet */
  exportedAt: TimeSchema.nullable(),
});
export type Proposal = z.infer<typeof ProposalSchema>;

export const PhrasesSchema = z.strictObject({
  /** what the operator keeps them for; null: nothing is kept */
  purpose: z.string().nullable(),
  keptDays: z.number().int(),
  /** newest day first, then most often; each written in two conversations at least */
  phrases: z.array(HeardPhraseSchema),
  proposals: z.array(ProposalSchema),
  intents: z.array(z.strictObject({ id: z.string(), title: z.string(), group: z.string() })),
  flows: z.array(z.string()),
});
export type Phrases = z.infer<typeof PhrasesSchema>;

export const TryPhraseSchema = z.strictObject(ProposalShape);
const ChangedRowSchema = z.strictObject({
  task: z.enum(['intents', 'own', 'risk', 'offers']),
  text: z.string(),
  expected: z.string(),
  before: z.string(),
  after: z.string(),
});
export type ChangedRow = z.infer<typeof ChangedRowSchema>;
export const TrialSchema = z.strictObject({
  totals: TrialTotalsSchema,
  /** saving asks for it: it holds what was tried and what came out, so that nothing is saved untried */
  proof: z.string(),
  tasks: z.array(
    z.strictObject({
      task: z.enum(['intents', 'own', 'risk', 'offers']),
      n: z.number().int(),
      rightBefore: z.number().int(),
      rightAfter: z.number().int(),
    }),
  ),
  /** at most forty of each; the totals count all */
  broken: z.array(ChangedRowSchema),
  mended: z.array(ChangedRowSchema),
  danger: z.array(ChangedRowSchema),
  otherwise: z.number().int(),
});
export type Trial = z.infer<typeof TrialSchema>;

export const ProposeSchema = z.strictObject({
  ...ProposalShape,
  totals: TrialTotalsSchema,
  proof: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  /** the editor has seen which rows about danger change; needed when there are any */
  despiteDanger: z.boolean(),
  /** the wording of the list it came from, which goes; null: the editor's own */
  heardId: IdSchema.nullable(),
});

// Refusals: what the person asking can do something about

export const REFUSALS = {
  bad_request: 400,
  not_json: 400,
  password_too_short: 400,
  password_too_long: 400,
  password_common: 400,
  unauthenticated: 401,
  sign_in_failed: 401,
  factor_failed: 401,
  passkey_failed: 401,
  password_wrong: 401,
  forbidden: 403,
  factor_required: 403,
  step_up_required: 403,
  cross_site: 403,
  not_found: 404,
  link_dead: 410,
  email_taken: 409,
  last_admin: 409,
  code_used: 409,
  last_factor: 409,
  not_yourself: 409,
  second_person_needed: 409,
  already_asked: 409,
  nothing_to_change: 409,
  mention_unreadable: 409,
  risk_forbids: 409,
  not_warned: 409,
  warning_unsent: 409,
  approval_over: 409,
  conflict: 409,
  conversation_taken: 409,
  not_waiting: 409,
  colleague_away: 409,
  not_yours: 409,
  colleague_replied: 409,
  transfer_open: 409,
  transfer_over: 409,
  not_there: 409,
  on_break: 409,
  quiet_now: 409,
  window_closed: 409,
  free_used_up: 409,
  quota_reserved: 409,
  quota_used_up: 409,
  quiet_hours: 409,
  person_blocked: 409,
  case_closed: 409,
  case_elsewhere: 409,
  case_anonymous: 409,
  changed_meanwhile: 409,
  consent_needed: 409,
  consent_too_narrow: 409,
  consent_withdrawn: 409,
  province_needed: 409,
  supervisor_needed: 409,
  no_plan: 409,
  plan_never_first: 409,
  plan_channel: 409,
  plan_times: 409,
  plan_wording: 409,
  phrase_personal: 409,
  phrase_known: 409,
  phrase_elsewhere: 409,
  unknown_target: 409,
  not_tried: 409,
  danger_would_change: 409,
  module_not_finished: 409,
  content_changed: 409,
  draft_closed: 409,
  draft_empty: 409,
  draft_behind: 409,
  check_missing: 409,
  check_failed: 409,
  own_work: 409,
  not_in_review: 409,
  approval_missing: 409,
  time_past: 409,
  path_refused: 409,
  already_current: 409,
  body_too_large: 413,
  too_many_requests: 429,
  internal: 500,
  trial_failed: 500,
  content_check_failed: 500,
  database_unavailable: 503,
  media_store_failed: 503,
} as const;
export type RefusalCode = keyof typeof REFUSALS;

export const RefusalSchema = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    /** where the input is wrong; names of fields only */
    fields: z.array(z.string()).optional(),
    /** who has it */
    by: PersonSchema.optional(),
    retryAfterSeconds: z.number().int().optional(),
    /** from then on it is possible again; missing = nobody can say */
    until: TimeSchema.optional(),
  }),
});
export type Refusal = z.infer<typeof RefusalSchema>['error'];

/** One change, as `GET /api/live` tells it: ids only. */
export const LiveChangeSchema = z.strictObject({
  kind: z.enum([
    'message_added',
    'delivery_changed',
    'conversation_changed',
    'queue_changed',
    'user_session_ended',
    'web_chat_ended',
    'channels_changed',
    'content_changed',
    'presence_changed',
    'mentioned',
  ]),
  conversationId: IdSchema.nullable(),
});
export type LiveChange = z.infer<typeof LiveChangeSchema>;
