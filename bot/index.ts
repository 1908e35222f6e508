/** The one door of the engine: what the server, the command line and the tests may use. */
export { takeTurn, type Turn } from './engine/turn.ts';
export {
  type Assets,
  type AssetSource,
  loadAssets,
  type LoadResult,
  type Problem,
} from './content/assets.ts';
export { readSession, SESSION_VERSION, type Session, startSession } from './engine/session.ts';
export type { BotEvent, BotEventType, Choice, HandoverCause, SessionMode } from './engine/events.ts';
export { HANDOVER_CAUSES } from './engine/events.ts';
export { ATTACHMENT_KINDS, type AttachmentKind, type TurnInput, type World } from './engine/world.ts';
export { matchAgency } from './check/agencies.ts';
export { checkOffer } from './check/check-offer.ts';
export { dangerReasonText } from './safety/rules.ts';
export { scanDanger } from './safety/scan.ts';
export { type DangerReason, RISK_LEVELS, type RiskLevel } from './safety/danger.ts';
export { OFFER_LEVELS, type OfferLevel, type OfferResult } from './check/offer.ts';
export { render, type Rendered } from './content/render.ts';
export { inspectTexts } from './content/inspect.ts';
export { checkFlowSource } from './flow/lint.ts';
export { prove, type Proof } from './proof/prove.ts';
export type { ChannelFit } from './proof/texts.ts';
export { flowJsonSchema } from './flow/schema.ts';
export {
  choicesOf,
  exitsOf,
  type Flow,
  type FlowNode,
  messageKeysOf,
  RESERVED_EXITS,
} from './flow/schema.ts';
export { assertNever } from './flow/compile.ts';
export { NODE_KINDS, type NodeKind } from './flow/node-schemas.ts';
export { type SlotDeclaration, type Slots } from './flow/slots.ts';
export { releaseKey } from './flow/versions.ts';
export { entriesOf } from './proof/explore.ts';
export { findMessage } from './content/render.ts';
export { hotlinesFor, type Hotline } from './content/registers.ts';
