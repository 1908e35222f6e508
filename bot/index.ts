/** The one door of the engine: what the server, the command line and the tests may use. */
export { takeTurn, type Turn } from './engine/turn.ts';
export { IN_DANGER_FLOW } from './engine/danger.ts';
export {
  type Assets,
  type AssetSource,
  type Language,
  loadAssets,
  type LoadResult,
  type Problem,
} from './content/assets.ts';
export type { LoadedParts } from './content/parts.ts';
export { readSession, SESSION_VERSION, type Session, startSession } from './engine/session.ts';
export type { BotEvent, BotEventType, Choice, HandoverCause, SessionMode } from './engine/events.ts';
export { HANDOVER_CAUSES } from './engine/events.ts';
export { ATTACHMENT_KINDS, type AttachmentKind, type TurnInput, type World } from './engine/world.ts';
export { type AgencyRegister, matchAgency, parseAgencies } from './check/agencies.ts';
export { checkOffer } from './check/check-offer.ts';
export { looksLikeOffer } from './check/looks-like-offer.ts';
export { dangerReasonText } from './safety/rules.ts';
export { explainDanger, type DangerExplanation } from './safety/explain.ts';
export { intentSamples, type IntentJudge, judgeIntents } from './understand/judge.ts';
export { trainIntents as trainIntentModel } from './understand/intents.ts';
export { type LanguageReading, languagesWritten, readLanguage } from './understand/language.ts';
export {
  compileProfiles,
  countGroups as countLetterGroups,
  ProfileFileSchema,
} from './understand/profiles.ts';
export { scanDanger } from './safety/scan.ts';
export { type DangerReason, RISK_LEVELS, type RiskLevel } from './safety/danger.ts';
export { OFFER_LEVELS, type OfferLevel, type OfferResult } from './check/offer.ts';
export { type CannedText, listCanned } from './content/canned.ts';
export { render, type Rendered } from './content/render.ts';
export type { PlannedShift } from './content/next-shift.ts';
export { inspectTexts } from './content/inspect.ts';
export { type FlowBeside, readFlowBeside } from './flow/lint.ts';
export { TAKEN_NAMES } from './flow/lint-slots.ts';
export { prove, type Proof } from './proof/prove.ts';
export type { ChannelFit } from './proof/texts.ts';
export { flowJsonSchema } from './flow/schema.ts';
export {
  exitsOf,
  type Flow,
  type FlowNode,
  FlowSchema,
  MigrationSchema,
  RESERVED_EXIT_MEANINGS,
  RESERVED_EXITS,
} from './flow/schema.ts';
export { assertNever } from './flow/compile.ts';
export { NODE_KINDS, NODE_SCHEMAS, type NodeKind } from './flow/node-schemas.ts';
export {
  type SlotDeclaration,
  SLOT_TYPE_MEANINGS,
  SLOT_TYPES,
  type Slots,
  type SlotType,
} from './flow/slots.ts';
export { createExpressions, type Scope } from './flow/expression.ts';
export { CEL_TYPES, FORBIDDEN_CALLS, KNOWN_NAMES } from './flow/known-names.ts';
export { readAnswer } from './flow/read-answer.ts';
export { fold as foldWords } from './understand/normalise.ts';
export * as limits from './engine/limits.ts';
export { MAX_COMBINATIONS } from './proof/decide.ts';
export { MAX_PLACES } from './proof/explore.ts';
export { MAX_TO_A_NUMBER, MAX_TO_A_PERSON } from './proof/reach.ts';
export { LongMessageSchema, type Message, UNDATED } from './content/messages.ts';
export { type Fact, factText, isSaid } from './content/facts.ts';
export { type Lesson, LessonSchema, type LessonText } from './content/lessons.ts';
export { inspectReading, type ReadingLevel, readingLevel } from './content/reading-level.ts';
export { inspectTextLevels, type TextLevel, textLevels } from './content/text-level.ts';
export { releaseKey } from './flow/versions.ts';
export { readFlowVersions, whereTo } from './flow/read-versions.ts';
export { entriesOf } from './flow/entries.ts';
export { findMessage, renderText } from './content/render.ts';
export { findBetrayal } from './content/wording.ts';
export { SERVICES_PATH } from './content/services.ts';
export { hotlinesFor, mayShow, type Hotline } from './content/registers.ts';
export {
  openSimulator,
  type Simulator,
  type SimulatorState,
  type SimulatorStep,
} from './simulate/simulator.ts';
export { readLine, SIMULATOR_HELP } from './simulate/commands.ts';
export { transcribe, type TranscriptFile } from './simulate/transcript.ts';
export { showMoment } from './simulate/clock.ts';
export { referencesIn } from './content/references.ts';
export { checkShape, readYaml } from './content/yaml.ts';
export { createRedactor } from './learn/redactor.ts';
export { type DropReason, MAX_LEARNT_WORDS, type Redacted } from './learn/redact.ts';
export {
  type ChangedRow,
  findProposalFault,
  isRight as isRightOutcome,
  outcomesOf,
  ownRows,
  type Proposal,
  type ProposalFault,
  type Trial,
  TRIAL_TASKS,
  type TrialRow,
  type TrialTask,
  tryProposal,
} from './learn/trial.ts';
export { readIntents } from './understand/intents.ts';
