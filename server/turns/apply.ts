/** Events of the engine → what is to be written: one handler per event type. */
import { type BotEvent, type HandoverCause, RISK_LEVELS, type RiskLevel } from '../../bot/index.ts';
import { assertNever } from '../errors.ts';
import { addMessage, count, type Draft, type StoredReason, storeReasons } from './draft.ts';

export interface ApplyContext {
  now: Date;
  /** of the platform event being answered; used by the first reply only */
  replyHandle: string | null;
  /** nobody wrote: the time of a wait is over */
  unasked?: boolean;
  /** the person was in the flow for danger already: that it asks for somebody again says nothing new */
  isInDanger?: boolean;
}

/** Applies the events of one turn in order. */
export function applyEvents(draft: Draft, events: readonly BotEvent[], context: ApplyContext): void {
  let replyHandle = context.replyHandle;
  for (const event of events) {
    if (event.type === 'message_created') {
      addBotMessage(draft, event, context, replyHandle);
      replyHandle = null;
    } else {
      applyEvent(draft, event, context);
    }
  }
}

function addBotMessage(
  draft: Draft,
  event: Extract<BotEvent, { type: 'message_created' }>,
  { now, unasked = false }: ApplyContext,
  replyHandle: string | null,
): void {
  const { text, choices, key, language, audio } = event;
  const body = { text, choices, key, language, ...(audio === undefined ? {} : { audio }) };
  addMessage(draft, {
    id: event.id,
    author: 'bot',
    body,
    createdAt: now,
    replyHandle,
    unasked,
    platformId: null,
  });
  if (event.choices.length > 0) draft.lastChoices = event.choices;
  count(draft, 'message_out');
}

function applyEvent(
  draft: Draft,
  event: Exclude<BotEvent, { type: 'message_created' }>,
  { now, isInDanger = false }: ApplyContext,
): void {
  switch (event.type) {
    case 'slot_changed':
    case 'wait_started':
    case 'node_entered':
    case 'session_ended':
      // all of it is in the session
      return;
    case 'language_changed':
      count(draft, 'language_changed', event.language);
      draft.live.add('conversation_changed');
      return;
    case 'mode_changed':
      count(draft, 'mode_changed', event.mode);
      draft.live.add('conversation_changed');
      return;
    case 'danger_raised':
      count(draft, 'danger_raised', event.level);
      if (event.minor) count(draft, 'danger_minor');
      draft.live.add('conversation_changed');
      if (draft.handover !== null) raiseHandover(draft, event.level, storedReasons(draft, event));
      return;
    case 'danger_cleared':
      count(draft, 'danger_cleared');
      draft.live.add('conversation_changed');
      return;
    case 'handover_requested':
      requestHandover(draft, event.id, event.level, event.cause, storedReasons(draft, event), isInDanger);
      return;
    case 'handover_withdrawn':
      withdrawHandover(draft);
      return;
    case 'offer_checked':
      count(draft, 'offer_checked', event.level);
      count(draft, 'agency_matched', event.agency);
      for (const signal of event.reasons) count(draft, 'signal_found', signal);
      return;
    case 'path_taken':
      count(draft, 'path', `${event.flow}@${event.version}:${event.node}>${event.exit}>${event.to ?? ''}`);
      return;
    case 'session_migrated':
      count(draft, 'session_migrated', `${event.flow}@${event.from}>${event.to ?? ''}`);
      return;
    case 'question_answered':
      count(draft, event.right ? 'question_right' : 'question_wrong', `${event.lesson}:${event.question}`);
      return;
    case 'lesson_finished':
      count(draft, event.right ? 'lesson_right' : 'lesson_wrong', event.lesson);
      return;
    case 'not_understood':
      count(draft, 'not_understood', event.learnable ? 'learnable' : '');
      return;
    case 'erase_requested':
      draft.eraseRequestedAt = now;
      count(draft, 'erased');
      draft.audit.push({ action: 'erasure_requested', detail: {} });
      return;
    case 'flow_ended':
      count(draft, 'flow_ended', `${event.flow}:${event.exit}`);
      return;
    case 'turn_failed':
      count(draft, 'turn_failed', event.code);
      draft.audit.push({
        action: 'turn_failed',
        detail: { code: event.code, flow: event.flow ?? '', node: event.node ?? '' },
      });
      return;
    default:
      assertNever(event);
  }
}

function storedReasons(
  draft: Draft,
  event: Extract<BotEvent, { type: 'danger_raised' | 'handover_requested' }>,
): StoredReason[] {
  return storeReasons(draft, event.reasons, draft.session.recent.length);
}

/** One open handover per conversation: a second request raises the first. */
export function requestHandover(
  draft: Draft,
  id: string,
  risk: RiskLevel,
  cause: HandoverCause,
  reasons: readonly StoredReason[],
  isInDanger = false,
): void {
  count(draft, 'handover_requested', cause);
  // what only kept the conversation in sight gives way to somebody who waits
  if (draft.handover?.cause === 'platform') {
    if (!draft.handover.isNew) draft.endedHandovers.push(draft.handover.id);
    draft.handover = null;
  }
  if (draft.handover !== null && draft.handover.state !== 'closed') {
    raiseHandover(draft, risk, reasons, cause !== 'danger' || (isInDanger && reasons.length === 0));
    return;
  }
  draft.handover = {
    id,
    isNew: true,
    state: 'waiting',
    risk,
    cause,
    reasons,
    waitingSince: draft.heardAt,
  };
  markHandover(draft);
  draft.audit.push({ action: 'handover_requested', detail: { cause, risk } });
}

/**
 * Risk of an open handover only rises: what was said was said. Once a counsellor has set it by hand it rises with what is new
 * since then: the scan reads the last minutes together, and would find again what the counsellor has weighed.
 */
function raiseHandover(
  draft: Draft,
  risk: RiskLevel,
  reasons: readonly StoredReason[],
  /** a person is asked for again: the risk is that of the session, and says nothing new */
  isOldNews = false,
): void {
  const open = draft.handover;
  if (open === null || open.state === 'closed') return;
  const known = new Set(open.reasons.map((reason) => reason.rule));
  const fresh = reasons.filter((reason) => !known.has(reason.rule));
  const { riskSetSeq = null } = open;
  const isWeighed =
    riskSetSeq !== null &&
    (isOldNews ||
      (reasons.length > 0 && fresh.length === 0 && reasons.every((one) => isUpTo(one, riskSetSeq))));
  const rises = !isWeighed && RISK_LEVELS.indexOf(risk) > RISK_LEVELS.indexOf(open.risk);
  if (!rises && fresh.length === 0) return;
  draft.handover = { ...open, risk: rises ? risk : open.risk, reasons: [...open.reasons, ...fresh] };
  markHandover(draft);
}

function isUpTo({ messageSeq }: StoredReason, seq: number): boolean {
  return messageSeq !== null && messageSeq <= seq;
}

/** The person no longer needs one. A counsellor who already took it decides alone. */
function withdrawHandover(draft: Draft): void {
  if (draft.handover?.state !== 'waiting') return;
  draft.handover = { ...draft.handover, state: 'closed' };
  markHandover(draft);
  count(draft, 'handover_withdrawn');
}

export function markHandover(draft: Draft): void {
  draft.handoverChanged = true;
  draft.live.add('queue_changed');
  draft.live.add('conversation_changed');
}
