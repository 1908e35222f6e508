/** What a text or a tap means once it was scanned: a word that works everywhere, an answer, an offer, a wish, or nothing. */
import { looksLikeOffer, namesOnlyASubject } from '../check/looks-like-offer.ts';
import { answerChoice, answerText, answerVoice } from '../flow/nodes/ask.ts';
import { answerLesson, answerLessonText, takesOwnWords } from '../flow/nodes/lesson.ts';
import { assertNever } from '../flow/compile.ts';
import { findRetired } from '../content/registers.ts';
import { choiceText } from '../content/render.ts';
import { matchChoice, plain } from '../understand/choices.ts';
import { findCommand, findRoute } from '../understand/commands.ts';
import type { Intent } from '../understand/intents.ts';
import { handleCommand, leave } from './commands.ts';
import { ARE_YOU_SAFE_FLOW, IN_DANGER_FLOW, raiseDanger } from './danger.ts';
import { type Draft, positionIn, say, setSlot } from './draft.ts';
import { isUnserved } from './languages.ts';
import { currentButtons, questionOf } from './question.ts';
import { askAgain, type Ended, proceed, runOn, startFlow } from './run.ts';
import { MISSES_UNTIL_A_PERSON } from './limits.ts';
import { mayLearn } from './may-learn.ts';
import { leaveHalfWay } from './unfinished.ts';
import { answerMeant, answerWish, askMeant, readWish, wantsMore } from './wishes.ts';

/** Where everybody arrives, and where a pasted offer goes. */
export const WELCOME_FLOW = 'welcome';
export const MENU_NODE = 'menu';
export const OFFER_FLOW = 'check-offer';
/** Says of one kind of offer what the law allows, and what to ask. */
export const GUIDES_FLOW = 'offer-guides';
/** Where quiet mode ends, and the text whose choice is the word that was agreed on. */
export const UNHUSH_NODE = 'unhush';
/** Says which languages there are. */
export const OTHER_LANGUAGE_NODE = 'other-language';
export const AGREED_WORD = { key: 'in-danger.waiting', choice: 'ok' } as const;
/** Exits that mean danger, and where they lead in the flow for danger. */
const DANGER_EXITS: Readonly<Record<string, string>> = { watched: 'hush', me: 'myself' };

/** "số 1800 1567 còn gọi được không": a question about the number and nothing else */
const WORDS_AROUND_A_NUMBER = 12;

export function answerWithChoice(draft: Draft, choice: string): boolean {
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

/** Reads a text that was scanned: global words, an answer, an offer, a route; else it was not understood. */
export function readText(draft: Draft, text: string, offer = isOffer(draft, text)): void {
  const { assets } = draft;
  if (redirectRetired(draft, text)) return;
  const question = questionOf(draft);
  const takesText =
    question?.node.kind === 'ask'
      ? 'other' in question.node.exits
      : question !== null && takesOwnWords(draft, question.node, text);
  const command = findCommand(assets.words, text, takesText);
  if (command !== null) {
    settle(draft, handleCommand(draft, command));
    return;
  }
  if (isAgreedWord(draft, text)) {
    settle(draft, startFlow(draft, WELCOME_FLOW, UNHUSH_NODE));
    return;
  }
  if (question?.node.kind === 'ask' && question.node.route !== true && draft.recap === 'none') {
    const answer = answerText(draft, question.node, text);
    if (answer.kind === 'taken') {
      draft.session.misses = 0;
      settle(draft, proceed(draft, answer.result));
      return;
    }
    if (answer.kind === 'invalid') {
      notUnderstood(draft, 'invalid');
      return;
    }
  }
  if (question?.node.kind === 'lesson' && draft.recap === 'none') {
    const result = answerLessonText(draft, question.node, text);
    if (result !== null) {
      draft.session.misses = 0;
      settle(draft, proceed(draft, result));
      return;
    }
  }
  // somebody may be reading along: in quiet mode no flow starts by itself
  if (draft.session.mode === 'normal' && (routeText(draft, text, offer) || takeWish(draft, text))) return;
  draft.events.push({ type: 'not_understood', learnable: mayLearn(draft, question, text) });
  if (question === null) arrive(draft);
  else if (draft.recap === 'moved') askAnew(draft);
  else notUnderstood(draft);
}

/** The word that was agreed on ends quiet mode at every point, also where something else is being asked. */
function isAgreedWord(draft: Draft, text: string): boolean {
  if (draft.session.mode !== 'quiet') return false;
  const agreed = choiceText(draft.assets, draft.session.language, AGREED_WORD.key, AGREED_WORD.choice);
  return matchChoice([{ id: AGREED_WORD.choice, ...agreed }], text) !== null && !/^\s*\d/.test(text);
}

/** A recording where one is asked for. False when it is no answer here. */
export function readVoice(draft: Draft, ref: string | null): boolean {
  const question = questionOf(draft);
  if (question?.node.kind !== 'ask' || draft.recap !== 'none') return false;
  const result = answerVoice(draft, question.node, ref);
  if (result === null) return false;
  draft.session.misses = 0;
  settle(draft, proceed(draft, result));
  return true;
}

/** The flow changed while the person was away: says so, and asks what is asked now. */
export function askAnew(draft: Draft): void {
  say(draft, 'system.recap');
  draft.recap = 'none';
  if (!askAgain(draft)) arrive(draft);
}

/** Leaflets still print old numbers. True when the text was hardly more than such a number: then nothing else is to be read in it. */
function redirectRetired(draft: Draft, text: string): boolean {
  const retired = findRetired(draft.assets.hotlines, text);
  if (retired === null) return false;
  say(draft, 'numbers.retired', { number: retired.number ?? '' });
  if (plain(text).split(' ').length > WORDS_AROUND_A_NUMBER) return false;
  if (!askAgain(draft)) arrive(draft);
  return true;
}

/** A wish in the person's own words. */
function takeWish(draft: Draft, text: string): boolean {
  if (saysWhichLanguages(draft, text)) return true;
  const wish = readWish(draft, text);
  switch (wish.kind) {
    case 'none':
      return false;
    case 'ask':
      askMeant(draft, wish);
      return true;
    case 'answer':
      forgetOfferBefore(draft, wish.intents[0]?.answer);
      settle(draft, answerWish(draft, wish.intents));
      return true;
    default:
      return assertNever(wish);
  }
}

/**
 * A language that has no reviewed texts yet: says in the language of the conversation which there are, and that a
 * person can be asked for another. Nothing is switched.
 */
function saysWhichLanguages(draft: Draft, text: string): boolean {
  if (!isUnserved(draft, text)) return false;
  if (draft.assets.flows.get(WELCOME_FLOW)?.nodes.has(OTHER_LANGUAGE_NODE) !== true) return false;
  leave(draft);
  draft.session.greeted = true;
  settle(draft, startFlow(draft, WELCOME_FLOW, OTHER_LANGUAGE_NODE));
  return true;
}

/** What was chosen after the bot asked what was meant. */
export function takeChosenWish(draft: Draft, id: string): void {
  forgetOfferBefore(draft, draft.assets.intents.byId.get(id)?.answer);
  const ended = answerMeant(draft, id);
  if (ended !== 'none') settle(draft, ended);
  else if (questionOf(draft) === null) arrive(draft);
  else notUnderstood(draft);
}

function forgetOfferBefore(draft: Draft, answer: Intent['answer'] | undefined): void {
  if (answer === undefined || answer === 'none' || !('flow' in answer) || answer.flow !== OFFER_FLOW) return;
  leaveHalfWay(draft);
  forgetOffer(draft);
}

/** Phrases of these flows begin many a message that goes on to say what it is about. */
const SMALL_WORDS: readonly string[] = [WELCOME_FLOW, 'thanks'];

/** Whoever writes hardly more than a phrase of content/routes.yaml means it. */
const WORDS_AROUND_A_PHRASE = 8;

/** An offer or a known wish written freely starts its flow. */
function routeText(draft: Draft, text: string, offer: boolean): boolean {
  const { assets, session } = draft;
  const route = findRoute(assets.words, text);
  // "lo cho người nhà" sounds like what an advertisement promises; a longer text is read as an offer first
  const isForDanger =
    route?.flow === IN_DANGER_FLOW && plain(text).split(' ').length <= WORDS_AROUND_A_PHRASE;
  if (offer && !isForDanger) {
    leaveHalfWay(draft);
    forgetOffer(draft);
    setSlot(draft, 'offer_text', text);
    settle(draft, startFlow(draft, OFFER_FLOW));
    session.greeted = true;
    return true;
  }
  if (route === null || (SMALL_WORDS.includes(route.flow) && wantsMore(draft, text))) return false;
  leaveHalfWay(draft);
  if (route.flow === OFFER_FLOW) forgetOffer(draft);
  settle(draft, startFlow(draft, route.flow, route.node));
  session.greeted = true;
  return true;
}

/** An offer, told or pasted. Whoever only names a kind of offer, in words we have a guide for, has none to be checked. */
export function isOffer(draft: Draft, text: string): boolean {
  const deps = { signals: draft.assets.signals, register: draft.assets.register };
  if (!looksLikeOffer(text, deps)) return false;
  return findRoute(draft.assets.words, text)?.flow !== GUIDES_FLOW || !namesOnlyASubject(text, deps);
}

/** Answers about an earlier offer say nothing about this one. */
function forgetOffer(draft: Draft): void {
  for (const slot of Object.keys(draft.session.slots))
    if (slot.startsWith('offer_')) setSlot(draft, slot, null);
}

/** Nothing is being asked: greet a newcomer, show the menu to somebody who was here before. */
export function arrive(draft: Draft): void {
  if (draft.recap === 'gone') say(draft, 'system.recap');
  draft.recap = 'none';
  settle(draft, startFlow(draft, WELCOME_FLOW, draft.session.greeted ? MENU_NODE : null));
  draft.session.greeted = true;
}

/**
 * First in other words, then with the choices spelled out (or once more, where there are none), then a person. The question
 * always stays open.
 */
export function notUnderstood(draft: Draft, variant: 'retry' | 'invalid' = 'retry'): void {
  const { session } = draft;
  session.misses += 1;
  const buttons = currentButtons(draft);
  if (session.misses === 1 || (session.misses < MISSES_UNTIL_A_PERSON && buttons.length === 0)) {
    if (!askAgain(draft, variant)) arrive(draft);
    return;
  }
  if (session.misses < MISSES_UNTIL_A_PERSON) {
    say(draft, 'system.pick-one', {}, buttons);
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
  say(draft, 'system.to-a-person', { choices: buttons.length === 0 ? 'no' : 'yes' }, buttons);
}

export function pushFlow(draft: Draft, flow: string): void {
  draft.session.place = [...draft.session.place, positionIn(draft, flow)];
  settle(draft, runOn(draft));
}

/** What follows when a flow ended with nothing above it to go on with. */
export function settle(draft: Draft, ended: Ended | null): void {
  if (ended?.exit === MENU_NODE) {
    settle(draft, startFlow(draft, WELCOME_FLOW, MENU_NODE));
    return;
  }
  if (ended === null) return;
  if (ended.flow !== ARE_YOU_SAFE_FLOW) {
    takeUp(draft, ended);
    return;
  }
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

/**
 * A flow that runs inside others was opened alone, by a button of an old message, and ended. Whoever may be watched is kept
 * quiet and whoever is in danger is led on, as its caller would do; an end without a word leads to the menu.
 */
function takeUp(draft: Draft, { flow, exit }: Ended): void {
  const node = flow === IN_DANGER_FLOW ? undefined : DANGER_EXITS[exit];
  if (node !== undefined) settle(draft, startFlow(draft, IN_DANGER_FLOW, node));
  else if (!draft.events.some(({ type }) => type === 'message_created')) arrive(draft);
}
