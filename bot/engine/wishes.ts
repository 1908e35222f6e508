/** What the engine does with a wish in a person's own words: answers it, asks what was meant, or leaves it as not understood. */
import { choiceText } from '../content/render.ts';
import type { OfferedChoice } from '../understand/choices.ts';
import { matchChoice, plain } from '../understand/choices.ts';
import { type Intent, type IntentReading, readIntents } from '../understand/intents.ts';
import { handleCommand, leave } from './commands.ts';
import { ARE_YOU_SAFE_FLOW, IN_DANGER_FLOW, isUrgent, markAsked, wasAsked } from './danger.ts';
import { type Draft, say } from './draft.ts';
import type { Choice } from './events.ts';
import { isLanguageChoice, languageChoices } from './languages.ts';
import { MISSES_UNTIL_A_PERSON } from './limits.ts';
import { askAgain, type Ended, startFlow } from './run.ts';
import { isHalfWay } from './unfinished.ts';

const WELCOME_FLOW = 'welcome';

/** What a button or a typed number answers when the bot asked what was meant; `none` is the way out. */
export const NONE_MEANT = 'none';
const MEANT_PREFIX = 'intent.';

export type Wish =
  | { kind: 'none' }
  | { kind: 'answer'; intents: readonly Intent[] }
  /** asks: `key` is the question */
  | { kind: 'ask'; key: 'system.did-you-mean' | 'system.which-first'; intents: readonly Intent[] };

/** In the middle of a question a word or two is a poor answer to it, hardly a new wish. */
const FEWEST_WORDS_TO_LEAVE = 3;

/**
 * What a text that is no answer, no offer and no known phrase asks for. Where a question is open that must be finished, only
 * a sure wish leads away from it, unless it was answered in vain before; and whoever was not understood twice gets a person.
 */
export function readWish(draft: Draft, text: string): Wish {
  const reading = readIntents(draft.assets.intents, text);
  const wish = wishOf(draft, reading);
  if (wish.kind === 'none' || !isHalfWay(draft)) return wish;
  if (plain(text).split(' ').length < FEWEST_WORDS_TO_LEAVE) return { kind: 'none' };
  return wish.kind === 'ask' && draft.session.misses === 0 ? { kind: 'none' } : wish;
}

/** True when a text says more than the greeting or the thanks it begins with. */
export function wantsMore(draft: Draft, text: string): boolean {
  const reading = readIntents(draft.assets.intents, text);
  return reading.band === 'answer' && reading.guesses.some(({ intent }) => intent.group !== 'dialogue');
}

function wishOf(draft: Draft, reading: IntentReading): Wish {
  if (reading.band === 'none') return { kind: 'none' };
  const intents = reading.guesses.map(({ intent }) => intent).filter((intent) => mayAnswer(draft, intent));
  if (intents.length === 0) return { kind: 'none' };
  if (reading.band === 'answer') {
    const isOneAnswer = intents.length === 1 || intents.every(({ answer }) => isText(answer));
    return isOneAnswer ? { kind: 'answer', intents } : { kind: 'ask', key: 'system.which-first', intents };
  }
  // likeliest what was asked about and denied: the others are no better guess
  if (intents[0] !== reading.guesses[0]?.intent) return { kind: 'none' };
  if (draft.session.misses >= MISSES_UNTIL_A_PERSON - 1) return { kind: 'none' };
  return { kind: 'ask', key: 'system.did-you-mean', intents };
}

/** The question about danger is asked once; whoever said no to it is not asked again for other words of the same. */
function mayAnswer(draft: Draft, { answer }: Intent): boolean {
  if (answer === 'none') return false;
  const asksAboutDanger = 'flow' in answer && answer.flow === ARE_YOU_SAFE_FLOW;
  return !asksAboutDanger || !(wasAsked(draft) || isUrgent(draft.session.risk));
}

function isText(answer: Intent['answer']): boolean {
  return answer !== 'none' && 'say' in answer;
}

/** Answers a wish. What was being asked stays in reach: after a text it is asked again, before a flow it is put aside. */
export function answerWish(draft: Draft, intents: readonly Intent[]): Ended | null {
  draft.session.misses = 0;
  const texts = intents.flatMap(({ answer }) => (answer !== 'none' && 'say' in answer ? [answer.say] : []));
  if (texts.length > 0) {
    introduce(draft);
    for (const key of texts) say(draft, key);
    return askAgain(draft) ? null : startFlow(draft, WELCOME_FLOW, 'menu');
  }
  const answer = intents[0]?.answer ?? 'none';
  if (answer === 'none') return null;
  if ('command' in answer) return handleCommand(draft, answer.command);
  if ('flow' in answer) {
    if (answer.flow === ARE_YOU_SAFE_FLOW) markAsked(draft);
    leave(draft);
    draft.session.greeted = true;
    return startFlow(draft, answer.flow, answer.node ?? null);
  }
  return null;
}

/** Asks what was meant. The question before it stays where it is; the answer may be tapped or typed. */
export function askMeant(draft: Draft, wish: Extract<Wish, { kind: 'ask' }>): void {
  introduce(draft);
  draft.session.misses += 1;
  const ids = [...wish.intents.map(({ id }) => id), NONE_MEANT];
  draft.session.meant = ids;
  say(draft, wish.key, {}, buttonsFor(draft, ids));
}

/** Somebody who has not been told yet that this is an automatic reply is told now. */
function introduce(draft: Draft): void {
  if (draft.session.greeted) return;
  draft.session.greeted = true;
  say(draft, 'welcome.hello');
}

/** Forgets what was offered, so that a number typed later answers the question that is then on the screen. */
export function takeMeant(draft: Draft): readonly string[] {
  const { meant, ...rest } = draft.session;
  draft.session = rest;
  return meant ?? [];
}

/** What a typed text chooses from what was offered; null when it chooses nothing. */
export function matchMeant(draft: Draft, meant: readonly string[], text: string): string | null {
  if (meant.length === 0) return null;
  // a number answers the question above, not whether to go over to another language
  if (meant.some(isLanguageChoice))
    return /\d/.test(text) ? null : matchChoice(languageChoices(draft, meant), text);
  return matchChoice(offered(draft, meant), text);
}

/** The intent a button stands for; null when it is no such button. */
export function meantByButton(id: string): string | null {
  return id.startsWith(MEANT_PREFIX) ? id.slice(MEANT_PREFIX.length) : null;
}

/** What was chosen: somebody who says in so many words that it is about danger is not asked once more whether it is. */
export function answerMeant(draft: Draft, id: string): Ended | null | 'none' {
  const intent = draft.assets.intents.byId.get(id);
  if (intent === undefined || intent.answer === 'none') return 'none';
  const { answer } = intent;
  if ('flow' in answer && answer.flow === ARE_YOU_SAFE_FLOW)
    return answerWish(draft, [{ ...intent, answer: { flow: IN_DANGER_FLOW } }]);
  return answerWish(draft, [intent]);
}

function offered(draft: Draft, ids: readonly string[]): readonly OfferedChoice[] {
  const { assets, session } = draft;
  return ids.flatMap((id) => {
    if (id === NONE_MEANT)
      return [{ id, ...choiceText(assets, session.language, 'system.did-you-mean', NONE_MEANT) }];
    const intent = assets.intents.byId.get(id);
    return intent === undefined ? [] : [{ id, label: titleOf(intent, draft), typed: [] }];
  });
}

function buttonsFor(draft: Draft, ids: readonly string[]): readonly Choice[] {
  return offered(draft, ids).map(({ id, label }) => ({ id: `${MEANT_PREFIX}${id}`, label }));
}

function titleOf(intent: Intent, draft: Draft): string {
  const { assets, session } = draft;
  const languages = [
    session.language,
    ...(assets.fallbacks.get(session.language) ?? []),
    ...assets.languages,
  ];
  for (const language of languages) {
    const title = intent.title[language];
    if (title !== undefined) return title;
  }
  return intent.id;
}
