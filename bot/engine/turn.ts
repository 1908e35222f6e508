/** takeTurn: from one input to a new session and a list of events. */
import type { Assets } from '../content/assets.ts';
import { findCountry } from '../content/registers.ts';
import { takesOwnWords } from '../flow/nodes/lesson.ts';
import { answerSilence, maySpeakUnasked } from '../flow/nodes/ask.ts';
import type { FlowNode } from '../flow/schema.ts';
import { typeOf } from '../flow/slots.ts';
import { matchChoice, plain } from '../understand/choices.ts';
import { findCommand, findRoute } from '../understand/commands.ts';
import { saidByEmoji } from '../understand/emoji.ts';
import { readLanguage } from '../understand/language.ts';
import { HUMAN_FLOW } from './commands.ts';
import {
  ARE_YOU_SAFE_FLOW,
  type DangerOutcome,
  forgetLastText,
  IN_DANGER_FLOW,
  markAsked,
  scanTurn,
} from './danger.ts';
import { type Draft, flowHere, FlowFault, jumpTo, openDraft, say, topOf } from './draft.ts';
import type { BotEvent } from './events.ts';
import { chooseLanguage, isLanguageChoice, learnLanguage, offerLanguage } from './languages.ts';
import { MAX_INPUT_UTF16 } from './limits.ts';
import { type Question, questionOf } from './question.ts';
import { bringForward } from './migrate.ts';
import {
  answerWithChoice,
  arrive,
  askAnew,
  isOffer,
  notUnderstood,
  pushFlow,
  readText,
  readVoice,
  settle,
  takeChosenWish,
  WELCOME_FLOW,
} from './reading.ts';
import { askAgain, proceed, startFlow } from './run.ts';
import type { Session } from './session.ts';
import { ageUnfinished, leaveHalfWay } from './unfinished.ts';
import { matchMeant, meantByButton, takeMeant } from './wishes.ts';
import type { TurnInput, World } from './world.ts';

export interface Turn {
  session: Session;
  events: readonly BotEvent[];
}

/**
 * Takes one turn: safety scan, global words, then the flow, until the bot waits for the person again.
 * Pure: the same arguments give the same result; nothing is mutated.
 * Never throws: a broken flow gives `turn_failed`, the safe message with numbers, and a handover.
 */
export function takeTurn(assets: Assets, session: Session, input: TurnInput, world: World): Turn {
  const draft = openDraft(assets, session, world);
  try {
    takeInput(draft, input);
    return { session: draft.session, events: draft.events };
  } catch (error) {
    return failTurn(draft, session, error);
  }
}

function takeInput(draft: Draft, input: TurnInput): void {
  if (input.kind === 'silence') {
    takeSilence(draft, input.until);
    return;
  }
  if (input.kind === 'tell') {
    if (maySpeakUnasked(draft)) say(draft, input.key);
    return;
  }
  if (input.kind === 'enter') {
    enterFlow(draft, input.flow, input.node);
    return;
  }
  draft.session.waiting = null;
  const meant = takeMeant(draft);
  ageUnfinished(draft);
  draft.session.lastAt = draft.world.now.toISOString();
  bringForward(draft);
  switch (input.kind) {
    case 'start':
      takeStart(draft, input.ref, input.languageHint);
      return;
    case 'choice':
      if (!draft.world.muted) takeChoice(draft, input.id);
      return;
    case 'text':
      takeText(draft, input.text.slice(0, MAX_INPUT_UTF16), input.text.length > MAX_INPUT_UTF16, meant);
      return;
    case 'attachment':
      takeAttachment(draft, { ...input, caption: input.caption.slice(0, MAX_INPUT_UTF16) });
  }
}

/**
 * Nothing came for as long as the question waits. Only while it is still that waiting, and never to somebody who may be
 * watched or in danger: nobody is written to unasked there.
 */
function takeSilence(draft: Draft, until: string): void {
  if (draft.session.waiting !== until) return;
  draft.session.waiting = null;
  const question = questionOf(draft);
  if (question?.node.kind !== 'ask' || !('silence' in question.node.exits) || !maySpeakUnasked(draft)) return;
  settle(draft, proceed(draft, answerSilence(draft, question.node)));
}

/** While somebody may be reading along no flow begins by itself, also when a counsellor means well. */
function enterFlow(draft: Draft, flow: string, node: string | null): void {
  if (draft.world.muted || draft.session.mode !== 'normal') return;
  draft.session.waiting = null;
  leaveHalfWay(draft);
  settle(draft, startFlow(draft, flow, node));
}

/** A campaign reference is typed by hand sometimes ("/start cuu_em"): it is scanned like any other text. */
function takeStart(draft: Draft, ref: string | null, languageHint: string | null): void {
  const danger: DangerOutcome =
    ref === null ? { kind: 'none' } : scanTurn(draft, ref.replaceAll(/[_-]/g, ' '));
  if (draft.world.muted) return;
  if (danger.kind === 'interrupt') settle(draft, startFlow(draft, IN_DANGER_FLOW, danger.node));
  else greet(draft, languageHint);
}

function greet(draft: Draft, languageHint: string | null): void {
  const { session, assets } = draft;
  const hinted = languageHint?.split('-')[0] ?? '';
  if (!session.languageKnown && assets.languages.includes(hinted)) session.language = hinted;
  settle(draft, startFlow(draft, WELCOME_FLOW));
  session.greeted = true;
}

/** A tap names its question (`flow.node.choice`); a bare id answers the question being asked. */
function takeChoice(draft: Draft, id: string): void {
  if (draft.recap === 'gone') {
    arrive(draft);
    return;
  }
  if (draft.recap === 'moved') {
    askAnew(draft);
    return;
  }
  if (isLanguageChoice(id)) {
    takeLanguageChoice(draft, id);
    return;
  }
  const wish = meantByButton(id);
  if (wish !== null && draft.session.mode === 'normal') {
    takeChosenWish(draft, wish);
    return;
  }
  const parts = id.split('.');
  const [flow, node, choice] = parts;
  if (parts.length === 3 && flow !== undefined && node !== undefined && choice !== undefined) {
    const top = topOf(draft);
    const target = draft.assets.flows.get(flow)?.nodes.get(node);
    // a button of an older message: take the person back to that question and read the tap there
    const isOlder = top?.flow !== flow || top.node !== node;
    // while somebody may be reading along nothing that was asked before is shown again
    if (isOlder && isQuestion(target) && draft.session.mode === 'normal') jumpTo(draft, flow, node);
    else if (isOlder) {
      notUnderstood(draft);
      return;
    }
    if (answerWithChoice(draft, choice)) return;
  } else if (answerWithChoice(draft, id)) {
    return;
  }
  notUnderstood(draft);
}

function isQuestion(node: FlowNode | undefined): boolean {
  return node?.kind === 'ask' || node?.kind === 'lesson';
}

function takeText(draft: Draft, typed: string, wasCut: boolean, meant: readonly string[] = []): void {
  const text = plain(typed) === '' ? saidByEmoji(draft.assets.danger.emoji, typed) : typed;
  if (text === null) {
    // only punctuation, pictures that say nothing, or nothing at all
    if (!draft.world.muted) onNothingToRead(draft);
    return;
  }
  const chosen = matchMeant(draft, meant, text);
  if (chosen !== null && !draft.world.muted && draft.session.mode === 'normal') {
    if (isLanguageChoice(chosen)) takeLanguageChoice(draft, chosen);
    else takeChosenWish(draft, chosen);
    return;
  }
  const question = questionOf(draft);
  // a label typed back is our own wording, not the person's: it answers, it does not raise an alarm
  const choice = question === null ? null : matchChoice(question.choices, text);
  if (choice !== null && !draft.world.muted && draft.recap === 'none') {
    answerWithChoice(draft, choice);
    return;
  }
  // what was typed, so that a reason points into the person's own message
  const danger = scanTurn(draft, typed);
  if (draft.world.muted) return;
  const wasKnown = draft.session.languageKnown;
  const offer = isOffer(draft, text);
  const language = readLanguage(draft.assets.languageSet, text);
  const isName = mayBeName(question);
  learnLanguage(draft, language, offer || isName);
  if (wasCut) say(draft, 'system.too-long');
  if (danger.kind === 'interrupt' || (danger.kind === 'lost' && mayStartFlow(question))) {
    leaveHalfWay(draft);
    settle(draft, startFlow(draft, IN_DANGER_FLOW, danger.node));
    return;
  }
  // what a recruiter writes is no fragment of what the person tells next
  if (offer) forgetLastText(draft);
  if (danger.kind === 'all_clear') say(draft, 'system.all-clear');
  const rehearses = question?.node.kind === 'lesson' && takesOwnWords(draft, question.node, text);
  // "I'm not going", said for somebody in a story, looks like the grey zone: the way out is told, the story is not stopped
  if (danger.kind === 'ask' && rehearses) say(draft, 'lesson.real');
  // nor is it a fragment of what the person tells next
  if (danger.kind === 'none' && rehearses) forgetLastText(draft);
  if (danger.kind === 'ask' && !rehearses && !isPlain(draft, question, text)) {
    markAsked(draft);
    draft.session.pending = text;
    pushFlow(draft, ARE_YOU_SAFE_FLOW);
    return;
  }
  readText(draft, text, offer);
  if ((wasKnown || offer) && !isName) offerLanguage(draft, language);
}

/** A question that takes any words is mostly answered with a name: the language of a firm or place is not that of the person. */
function mayBeName(question: Question | null): boolean {
  if (question?.node.kind !== 'ask' || question.node.route === true) return false;
  return 'other' in question.node.exits || 'any' in question.node.exits;
}

/** The question that was open is asked again, now in the language that was chosen. */
function takeLanguageChoice(draft: Draft, id: string): void {
  chooseLanguage(draft, id);
  if (draft.session.mode === 'quiet' || !askAgain(draft)) arrive(draft);
}

/**
 * The grey zone is not asked about when there is nothing to gain: a counsellor was asked for already, the text is a word
 * that works everywhere (a person, a number), it starts the flow for danger, or it names the country that was asked for.
 */
function isPlain(draft: Draft, question: Question | null, text: string): boolean {
  if (topOf(draft)?.flow === HUMAN_FLOW) return true;
  if (findCommand(draft.assets.words, text, false) !== null) return true;
  if (startsDangerFlow(draft, question, text)) return true;
  return asksCountry(draft, question) && findCountry(draft.assets.countries, text) !== null;
}

/** Words that start the flow for danger themselves ("lo cho người nhà"): it begins with the numbers, and asks no less. */
function startsDangerFlow(draft: Draft, question: Question | null, text: string): boolean {
  if (draft.session.mode !== 'normal') return false;
  return mayStartFlow(question) && findRoute(draft.assets.words, text)?.flow === IN_DANGER_FLOW;
}

/** Nothing is being asked, or only what the person would like to do. */
function mayStartFlow(question: Question | null): boolean {
  return question === null || (question.node.kind === 'ask' && question.node.route === true);
}

function asksCountry(draft: Draft, question: Question | null): boolean {
  const top = topOf(draft);
  if (top === null || question?.node.kind !== 'ask' || question.node.slot === undefined) return false;
  const declaration = flowHere(draft, top).slots[question.node.slot];
  return declaration !== undefined && typeOf(declaration) === 'country';
}

function takeAttachment(draft: Draft, input: Extract<TurnInput, { kind: 'attachment' }>): void {
  const { attachment: kind, caption } = input;
  const saysSomething = plain(caption) !== '' || saidByEmoji(draft.assets.danger.emoji, caption) !== null;
  if (draft.world.muted) {
    if (saysSomething) scanTurn(draft, caption);
    return;
  }
  const isRecording = kind === 'voice' || kind === 'audio';
  if (isRecording && !saysSomething && readVoice(draft, input.ref)) return;
  say(draft, 'system.attachment', { kind: kind === 'unsupported' ? 'other' : kind });
  if (saysSomething) takeText(draft, caption, false);
  else if (questionOf(draft) === null) arrive(draft);
}

function onNothingToRead(draft: Draft): void {
  if (questionOf(draft) === null) {
    arrive(draft);
    return;
  }
  if (draft.recap === 'moved') {
    askAnew(draft);
    return;
  }
  say(draft, 'system.empty');
  askAgain(draft);
}

/**
 * A flow or text of ours is broken. What the scan found stays; the half-done rest does not. The person gets the safe
 * message, a counsellor is asked for, and the next message starts from the menu.
 */
function failTurn(draft: Draft, before: Session, error: unknown): Turn {
  const top = topOf(draft);
  const kept = draft.events.filter(
    (event) =>
      event.type === 'danger_raised' || (event.type === 'handover_requested' && event.cause === 'danger'),
  );
  const code = error instanceof FlowFault ? error.code : 'engine_fault';
  const safe = openDraft(draft.assets, before, draft.world);
  safe.session = {
    ...safe.session,
    place: [],
    misses: 0,
    pending: null,
    waiting: null,
    lastAt: draft.session.lastAt,
    risk: draft.session.risk,
    raised: draft.session.raised,
    recent: draft.session.recent,
  };
  safe.events = [...kept, { type: 'turn_failed', code, flow: top?.flow ?? null, node: top?.node ?? null }];
  safe.events.push({
    type: 'handover_requested',
    id: draft.world.newId(),
    level: safe.session.risk,
    cause: 'turn_failed',
    reasons: [],
  });
  if (!draft.world.muted) saySafeMessage(safe);
  return { session: safe.session, events: safe.events };
}

function saySafeMessage(draft: Draft): void {
  try {
    say(draft, 'system.failed');
  } catch {
    // even the safe text is missing: the server says its own (it cannot be broken by content)
    draft.events.push({ type: 'turn_failed', code: 'safe_text_missing', flow: null, node: null });
  }
}
