/** takeTurn: from one input to a new session and a list of events. */
import type { Assets } from '../content/assets.ts';
import { answerLesson, lessonChoices } from '../flow/nodes/lesson.ts';
import { answerChoice, answerText } from '../flow/nodes/ask.ts';
import type { AskNode, LessonNode } from '../flow/schema.ts';
import { looksLikeOffer } from '../check/looks-like-offer.ts';
import { matchChoice, plain } from '../understand/choices.ts';
import { findCommand, findRoute } from '../understand/commands.ts';
import { guessLanguage } from '../understand/language.ts';
import { handleCommand } from './commands.ts';
import {
  ARE_YOU_SAFE_FLOW,
  forgetLastText,
  IN_DANGER_FLOW,
  markAsked,
  raiseDanger,
  scanTurn,
} from './danger.ts';
import {
  buttonsOf,
  type Draft,
  FlowFault,
  jumpTo,
  nodeAt,
  offeredChoices,
  openDraft,
  say,
  setSlot,
  topOf,
} from './draft.ts';
import type { BotEvent } from './events.ts';
import { MAX_INPUT_UTF16 } from './limits.ts';
import { askAgain, type Ended, proceed, runOn, startFlow } from './run.ts';
import type { Session } from './session.ts';
import type { TurnInput, World } from './world.ts';

export interface Turn {
  session: Session;
  events: readonly BotEvent[];
}

/** Where everybody arrives, and where a pasted offer goes. */
export const WELCOME_FLOW = 'welcome';
export const MENU_NODE = 'menu';
export const OFFER_FLOW = 'check-offer';

/** What a counsellor is told when nothing was understood three times in a row. */
const MISSES_UNTIL_A_PERSON = 3;

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
  switch (input.kind) {
    case 'start':
      takeStart(draft, input.ref, input.languageHint);
      return;
    case 'choice':
      if (!draft.world.muted) takeChoice(draft, input.id);
      return;
    case 'text':
      takeText(draft, input.text.slice(0, MAX_INPUT_UTF16), input.text.length > MAX_INPUT_UTF16);
      return;
    case 'attachment':
      takeAttachment(draft, input.attachment, input.caption.slice(0, MAX_INPUT_UTF16));
  }
}

/** A campaign reference is typed by hand sometimes ("/start cuu_em"): it is scanned like any other text. */
function takeStart(draft: Draft, ref: string | null, languageHint: string | null): void {
  const danger = ref === null ? { kind: 'none' } : scanTurn(draft, ref.replaceAll(/[_-]/g, ' '));
  if (draft.world.muted) return;
  if (danger.kind === 'interrupt') settle(draft, startFlow(draft, IN_DANGER_FLOW));
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
  const parts = id.split('.');
  const [flow, node, choice] = parts;
  if (parts.length === 3 && flow !== undefined && node !== undefined && choice !== undefined) {
    const top = topOf(draft);
    const target = nodeAt(draft, { flow, node, step: 0 });
    // a button of an older message: take the person back to that question and read the tap there
    if ((top?.flow !== flow || top.node !== node) && target !== null) jumpTo(draft, flow, node);
    if (answerWithChoice(draft, choice)) return;
  } else if (answerWithChoice(draft, id)) {
    return;
  }
  notUnderstood(draft);
}

function answerWithChoice(draft: Draft, choice: string): boolean {
  const question = questionOf(draft);
  if (question === null || !question.choices.some((offered) => offered.id === choice)) return false;
  draft.session.misses = 0;
  const result =
    question.node.kind === 'ask'
      ? answerChoice(draft, question.node, choice)
      : answerLesson(draft, question.node, choice);
  settle(draft, proceed(draft, result));
  return true;
}

function takeText(draft: Draft, text: string, wasCut: boolean): void {
  if (plain(text) === '') {
    // only emoji, punctuation or nothing at all
    if (!draft.world.muted) onNothingToRead(draft);
    return;
  }
  const question = questionOf(draft);
  // a label typed back is our own wording, not the person's: it answers, it does not raise an alarm
  const choice = question === null ? null : matchChoice(question.choices, text);
  if (choice !== null && !draft.world.muted) {
    answerWithChoice(draft, choice);
    return;
  }
  const danger = scanTurn(draft, text);
  if (draft.world.muted) return;
  learnLanguage(draft, text);
  if (wasCut) say(draft, 'system.too-long');
  if (danger.kind === 'interrupt') {
    settle(draft, startFlow(draft, IN_DANGER_FLOW));
    return;
  }
  // what a recruiter writes is no fragment of what the person tells next
  if (isOffer(draft, text)) forgetLastText(draft);
  if (danger.kind === 'all_clear') say(draft, 'system.all-clear');
  // whoever asks for a person or a number in plain words gets it, not a question
  if (danger.kind === 'ask' && findCommand(draft.assets.words, text, false) === null) {
    markAsked(draft);
    draft.session.pending = text;
    pushFlow(draft, ARE_YOU_SAFE_FLOW);
    return;
  }
  readText(draft, text);
}

/** Reads a text that was scanned: global words, an answer, an offer, a route; else it was not understood. */
function readText(draft: Draft, text: string): void {
  const { assets } = draft;
  const question = questionOf(draft);
  const takesText = question?.node.kind === 'ask' && 'other' in question.node.exits;
  const command = findCommand(assets.words, text, takesText);
  if (command !== null) {
    settle(draft, handleCommand(draft, command));
    return;
  }
  if (question?.node.kind === 'ask' && question.node.route !== true) {
    const result = answerText(draft, question.node, text);
    if (result !== null) {
      draft.session.misses = 0;
      settle(draft, proceed(draft, result));
      return;
    }
  }
  // somebody may be reading along: in quiet mode no flow starts by itself
  if (draft.session.mode === 'normal' && routeText(draft, text)) return;
  if (question === null) {
    arrive(draft);
    return;
  }
  notUnderstood(draft);
}

/** An offer or a known wish written freely starts its flow. */
function routeText(draft: Draft, text: string): boolean {
  const { assets, session } = draft;
  if (isOffer(draft, text)) {
    forgetOffer(draft);
    setSlot(draft, 'offer_text', text);
    settle(draft, startFlow(draft, OFFER_FLOW));
    session.greeted = true;
    return true;
  }
  const route = findRoute(assets.words, text);
  if (route === null) return false;
  if (route.flow === OFFER_FLOW) forgetOffer(draft);
  settle(draft, startFlow(draft, route.flow, route.node));
  session.greeted = true;
  return true;
}

function isOffer(draft: Draft, text: string): boolean {
  return looksLikeOffer(text, { signals: draft.assets.signals, register: draft.assets.register });
}

/** Answers about an earlier offer say nothing about this one. */
function forgetOffer(draft: Draft): void {
  for (const slot of Object.keys(draft.session.slots))
    if (slot.startsWith('offer_')) setSlot(draft, slot, null);
}

function takeAttachment(draft: Draft, kind: string, caption: string): void {
  if (draft.world.muted) {
    if (plain(caption) !== '') scanTurn(draft, caption);
    return;
  }
  say(draft, 'system.attachment', { kind: ATTACHMENT_TEXTS.includes(kind) ? kind : 'other' });
  if (plain(caption) !== '') takeText(draft, caption, false);
  else if (questionOf(draft) === null) arrive(draft);
}

const ATTACHMENT_TEXTS: readonly string[] = [
  'image',
  'video',
  'audio',
  'voice',
  'file',
  'sticker',
  'location',
  'contact',
  'link',
];

function onNothingToRead(draft: Draft): void {
  if (questionOf(draft) === null) {
    arrive(draft);
    return;
  }
  say(draft, 'system.empty');
  askAgain(draft);
}

/** Nothing is being asked: greet a newcomer, show the menu to somebody who was here before. */
function arrive(draft: Draft): void {
  settle(draft, startFlow(draft, WELCOME_FLOW, draft.session.greeted ? MENU_NODE : null));
  draft.session.greeted = true;
}

interface Question {
  node: AskNode | LessonNode;
  choices: ReturnType<typeof offeredChoices>;
}

function questionOf(draft: Draft): Question | null {
  const top = topOf(draft);
  if (top === null) return null;
  const node = nodeAt(draft, top);
  if (node?.kind === 'ask') return { node, choices: offeredChoices(draft, node) };
  if (node?.kind === 'lesson') return { node, choices: lessonChoices(draft, node) };
  // a newer version of the flow has no such node: start over from the menu rather than fail
  draft.session.place = [];
  return null;
}

/** First in other words, then with the choices spelled out, then a person. The question always stays open. */
function notUnderstood(draft: Draft): void {
  const { session } = draft;
  session.misses += 1;
  if (session.misses === 1) {
    if (!askAgain(draft, 'retry')) arrive(draft);
    return;
  }
  if (session.misses < MISSES_UNTIL_A_PERSON) {
    say(draft, 'system.pick-one', {}, currentButtons(draft));
    return;
  }
  if (session.misses === MISSES_UNTIL_A_PERSON) {
    draft.events.push({
      type: 'handover_requested',
      id: draft.world.newId(),
      level: session.risk,
      cause: 'not_understood',
      reasons: [],
    });
  }
  say(draft, 'system.to-a-person', {}, currentButtons(draft));
}

function currentButtons(draft: Draft): ReturnType<typeof buttonsOf> {
  const top = topOf(draft);
  const question = questionOf(draft);
  return top === null || question === null ? [] : buttonsOf(top, question.choices);
}

function pushFlow(draft: Draft, flow: string): void {
  const start = draft.assets.flows.get(flow)?.start;
  if (start === undefined) throw new FlowFault('unknown_flow');
  draft.session.place = [...draft.session.place, { flow, node: start, step: 0 }];
  settle(draft, runOn(draft));
}

/** What follows when a flow ended with nothing above it to go on with. */
function settle(draft: Draft, ended: Ended | null): void {
  if (ended?.exit === MENU_NODE) {
    settle(draft, startFlow(draft, WELCOME_FLOW, MENU_NODE));
    return;
  }
  if (ended?.flow !== ARE_YOU_SAFE_FLOW) return;
  const text = draft.session.pending;
  draft.session.pending = null;
  if (ended.exit === 'danger') {
    raiseDanger(draft, 'high', [], false);
    settle(draft, startFlow(draft, IN_DANGER_FLOW));
    return;
  }
  if (text !== null) readText(draft, text);
  else if (!askAgain(draft)) arrive(draft);
}

function learnLanguage(draft: Draft, text: string): void {
  const { session, assets } = draft;
  if (session.languageKnown) return;
  const guessed = guessLanguage(text);
  if (guessed === null || !assets.languages.includes(guessed)) return;
  session.languageKnown = true;
  if (guessed === session.language) return;
  session.language = guessed;
  draft.events.push({ type: 'language_changed', language: guessed });
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
