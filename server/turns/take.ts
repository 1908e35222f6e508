/** Runs the waiting events of one conversation through the engine, in memory. */
import {
  type Assets,
  type BotEvent,
  type Choice,
  type PlannedShift,
  IN_DANGER_FLOW,
  type Session,
  startSession,
  type Turn,
  type TurnInput,
  type World,
} from '../../bot/index.ts';
import type { InboundEvent } from '../channels/adapter.ts';
import { applyEvents, requestHandover } from './apply.ts';
import { addMessage, count, type Draft, type Loaded, NOWHERE, startDraft } from './draft.ts';
import { isOurs, mapEvent, orderEvents } from './map-event.ts';
import { handBack, takeOver, unsend } from './platform-hands.ts';
import { describeAttachment, listFiles } from './write-media.ts';

/** The message that is said when our own code fails: a text with telephone numbers. */
export interface SafeMessage {
  key: string;
  text: string;
  choices: readonly Choice[];
  language: string;
}

export interface TakeDeps {
  /** of the release people are answered with now */
  assets: () => Assets;
  takeTurn: (assets: Assets, session: Session, input: TurnInput, world: World) => Turn;
  /** must not throw; `quiet`: somebody may be reading along */
  safeMessage: (language: string, quiet: boolean) => SafeMessage;
  newId: () => string;
  /** what a channel can show, as flows ask for it */
  canOf: (channel: string) => World['can'];
  /** told about a mistake of ours, without content */
  onTurnError: (conversationId: string, error: unknown) => void;
}

export interface WaitingEvent {
  inboxId: number;
  /** null: it could not be read (wrong key, unknown shape) */
  event: InboundEvent | null;
  error?: unknown;
  /** of an `unsend`: the stored message it is about */
  unsends?: StoredMessage;
}

export interface StoredMessage {
  id: string;
  seq: number;
}

export interface Moment {
  now: Date;
  staffed: boolean;
  shifts: readonly PlannedShift[];
  /** true: the turn is not tried any more, the person gets the safe message */
  skip: boolean;
}

/** One turn per event, in order. A failing turn costs that turn only: the person gets the safe message and a handover. */
export function takeConversation(
  deps: TakeDeps,
  loaded: Loaded,
  waiting: readonly WaitingEvent[],
  moment: Moment,
): Draft {
  const draft = startDraft(loaded, loaded.session ?? freshSession(loaded));
  const readable: { event: InboundEvent; unsends: StoredMessage | undefined }[] = [];
  for (const { inboxId, event, error, unsends } of waiting) {
    draft.processedIds.push(inboxId);
    if (event !== null) readable.push({ event, unsends });
    else failTurn(deps, draft, moment.now, null, error);
  }
  for (const { event, unsends } of orderEvents(readable)) {
    if (event.kind === 'unsend') unsend(draft, event.messageId, unsends);
    else takeEvent(deps, draft, event, moment);
  }
  return draft;
}

/** What must survive an unreadable session: the language, the quiet mode, the risk. */
function freshSession(loaded: Loaded): Session {
  return { ...startSession(loaded.language), mode: loaded.quiet ? 'quiet' : 'normal', risk: loaded.risk };
}

function takeEvent(deps: TakeDeps, draft: Draft, event: InboundEvent, moment: Moment): void {
  const intake = mapEvent(event);
  if (intake.kind === 'nothing' || intake.kind === 'receipt' || intake.kind === 'unsend') return;
  if (intake.kind === 'takeover') {
    takeOver(draft, event, intake.party, deps.newId);
    return;
  }
  if (intake.kind === 'handback') {
    handBack(draft);
    return;
  }
  if (intake.kind === 'reachable') {
    draft.blocked = !intake.reachable;
    draft.live.add('conversation_changed');
    count(draft, intake.reachable ? 'followed' : 'unfollowed');
    return;
  }
  if (!isOurs(event)) draft.blocked = false;
  else if (draft.blocked) return;
  draft.heardAt ??= event.receivedAt;
  if (event.opensWindow) draft.lastInboundAt = draft.heardAt = event.receivedAt;
  if (!isOurs(event)) draft.campaignRef ??= event.ref;
  recordInput(deps, draft, event, intake.input);
  count(draft, 'turn');
  if (moment.skip) {
    failTurn(deps, draft, moment.now, event.replyHandle, new Error('skipped after repeated failures'));
    return;
  }
  const muted = draft.owner !== 'bot' || intake.silent;
  const world: World = {
    now: moment.now,
    newId: deps.newId,
    staffed: moment.staffed,
    shifts: moment.shifts,
    muted,
    can: deps.canOf(draft.loaded.channel),
  };
  let turn: Turn;
  try {
    turn = deps.takeTurn(deps.assets(), draft.session, intake.input, world);
  } catch (error) {
    failTurn(deps, draft, moment.now, event.replyHandle, error, muted);
    return;
  }
  const firstNew = draft.messages.length;
  const isInDanger = draft.session.place.some(({ flow }) => flow === IN_DANGER_FLOW);
  draft.session = turn.session;
  const events = muted ? turn.events.filter((one) => one.type !== 'message_created') : turn.events;
  applyEvents(draft, events, {
    now: moment.now,
    replyHandle: event.replyHandle,
    isInDanger,
    unasked: event.kind === 'silence' || event.kind === 'tell',
  });
  // what came before it in this batch is no small talk any more
  if (events.some(({ type }) => type === 'danger_raised')) draft.unheard = [];
  if (mayTeach(draft, intake.input, events)) draft.unheard.push(intake.input.text);
  if (events.some(isErasure)) forget(draft, firstNew);
}

type TextInput = Extract<TurnInput, { kind: 'text' }>;

/**
 * Only a person's own words, to a bot that answers and to which nobody was called; what the engine knows speaks against it stands
 * in its event.
 */
function mayTeach(draft: Draft, input: TurnInput, events: readonly BotEvent[]): input is TextInput {
  if (input.kind !== 'text' || input.forwarded || draft.owner !== 'bot' || draft.handover !== null)
    return false;
  if (draft.eraseRequestedAt !== null) return false;
  return events.some((event) => event.type === 'not_understood' && event.learnable);
}

function isErasure(event: BotEvent): boolean {
  return event.type === 'erase_requested';
}

/** Only the goodbye stays, until it was sent; a later message in the same batch meets a bot that knows nothing. */
function forget(draft: Draft, firstNew: number): void {
  draft.messages = draft.messages.slice(firstNew).filter((message) => message.author === 'bot');
  draft.session = startSession(draft.session.language);
  draft.lastChoices = [];
  draft.recentSeqs = [];
  draft.unheard = [];
  draft.campaignRef = null;
  if (draft.handover !== null) draft.live.add('queue_changed');
  draft.handover = null;
  draft.handoverChanged = false;
}

/** What the person did, for the transcript. Opening a conversation says nothing. */
function recordInput(deps: TakeDeps, draft: Draft, event: InboundEvent, input: TurnInput): void {
  if (input.kind === 'silence' || input.kind === 'tell' || input.kind === 'enter') return;
  if (input.kind === 'start') {
    // a campaign reference is scanned too, but stands nowhere in the transcript
    if (input.ref !== null) rememberSeq(draft, NOWHERE);
    return;
  }
  const label =
    input.kind === 'choice' ? draft.lastChoices.find((choice) => choice.id === input.id)?.label : undefined;
  const attachments = event.attachments.map(describeAttachment);
  const seq = addMessage(draft, {
    id: deps.newId(),
    author: 'person',
    createdAt: event.receivedAt,
    replyHandle: null,
    platformId: event.messageId,
    files: listFiles(event),
    body: {
      text: label ?? event.text,
      choices: [],
      ...(attachments.length > 0 ? { attachments } : {}),
      ...(input.kind === 'choice' ? { payload: input.id } : {}),
      ...(event.kind === 'edit' ? { edited: true } : {}),
      ...(event.forwarded ? { forwarded: true } : {}),
    },
  });
  count(draft, 'message_in');
  if (input.kind === 'text' || (input.kind === 'attachment' && input.caption !== '')) {
    rememberSeq(draft, seq);
  }
}

function rememberSeq(draft: Draft, seq: number): void {
  draft.recentSeqs = [...draft.recentSeqs, seq].slice(-REMEMBERED_SEQS);
}

/** at least as many as the engine's `recent` holds */
const REMEMBERED_SEQS = 40;

/** Our own mistake. Whatever fails, the person gets an answer with numbers and someone looks at it. */
function failTurn(
  deps: TakeDeps,
  draft: Draft,
  now: Date,
  replyHandle: string | null,
  error: unknown,
  muted = draft.owner !== 'bot',
): void {
  deps.onTurnError(draft.loaded.id, error);
  const { loaded } = draft;
  draft.session = {
    ...freshSession(loaded),
    language: draft.session.language,
    risk: draft.session.risk,
    mode: draft.session.mode,
  };
  const events: BotEvent[] = [{ type: 'turn_failed', code: 'turn_threw', flow: null, node: null }];
  if (!muted) {
    const safe = deps.safeMessage(draft.session.language, draft.session.mode === 'quiet');
    events.push({ type: 'message_created', id: deps.newId(), ...safe });
  }
  applyEvents(draft, events, { now, replyHandle });
  requestHandover(draft, deps.newId(), draft.session.risk, 'turn_failed', []);
}
