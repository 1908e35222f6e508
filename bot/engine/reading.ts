/** What a text or a tap means once it was scanned: a word that works everywhere, an answer, an offer, a wish, or nothing. */
import { looksLikeOffer } from '../check/looks-like-offer.ts';
import { answerChoice, answerText } from '../flow/nodes/ask.ts';
import { answerLesson } from '../flow/nodes/lesson.ts';
import { findRetired } from '../content/registers.ts';
import { plain } from '../understand/choices.ts';
import { findCommand, findRoute } from '../understand/commands.ts';
import { handleCommand } from './commands.ts';
import { ARE_YOU_SAFE_FLOW, IN_DANGER_FLOW, raiseDanger } from './danger.ts';
import { type Draft, FlowFault, say, setSlot } from './draft.ts';
import { currentButtons, questionOf } from './question.ts';
import { askAgain, type Ended, proceed, runOn, startFlow } from './run.ts';

/** Where everybody arrives, and where a pasted offer goes. */
export const WELCOME_FLOW = 'welcome';
export const MENU_NODE = 'menu';
export const OFFER_FLOW = 'check-offer';

/** "số 1800 1567 còn gọi được không": a question about the number and nothing else */
const WORDS_AROUND_A_NUMBER = 12;

/** What a counsellor is told when nothing was understood three times in a row. */
const MISSES_UNTIL_A_PERSON = 3;

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
  if (draft.session.mode === 'normal' && routeText(draft, text, offer)) return;
  if (question === null) {
    arrive(draft);
    return;
  }
  notUnderstood(draft);
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

/** An offer or a known wish written freely starts its flow. */
function routeText(draft: Draft, text: string, offer: boolean): boolean {
  const { assets, session } = draft;
  if (offer) {
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

export function isOffer(draft: Draft, text: string): boolean {
  return looksLikeOffer(text, { signals: draft.assets.signals, register: draft.assets.register });
}

/** Answers about an earlier offer say nothing about this one. */
function forgetOffer(draft: Draft): void {
  for (const slot of Object.keys(draft.session.slots))
    if (slot.startsWith('offer_')) setSlot(draft, slot, null);
}

/** Nothing is being asked: greet a newcomer, show the menu to somebody who was here before. */
export function arrive(draft: Draft): void {
  settle(draft, startFlow(draft, WELCOME_FLOW, draft.session.greeted ? MENU_NODE : null));
  draft.session.greeted = true;
}

/** First in other words, then with the choices spelled out, then a person. The question always stays open. */
export function notUnderstood(draft: Draft): void {
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

export function pushFlow(draft: Draft, flow: string): void {
  const start = draft.assets.flows.get(flow)?.start;
  if (start === undefined) throw new FlowFault('unknown_flow');
  draft.session.place = [...draft.session.place, { flow, node: start, step: 0 }];
  settle(draft, runOn(draft));
}

/** What follows when a flow ended with nothing above it to go on with. */
export function settle(draft: Draft, ended: Ended | null): void {
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
