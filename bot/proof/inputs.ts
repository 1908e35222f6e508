/** What a person can do at a place, and where it leads: every choice, every kind of written answer, silence, and the words that work everywhere. */
import { choiceText } from '../content/render.ts';
import type { Target } from '../content/stories.ts';
import { findRetired } from '../content/registers.ts';
import { ERASE_FLOW, HUMAN_FLOW, worksInMode } from '../engine/commands.ts';
import { ARE_YOU_SAFE_FLOW, IN_DANGER_FLOW } from '../engine/danger.ts';
import { OTHER_LANGUAGE_NODE, UNHUSH_NODE, WELCOME_FLOW } from '../engine/reading.ts';
import type { AskNode, FlowNode, LessonNode } from '../flow/schema.ts';
import { choicesOf } from '../flow/schema.ts';
import { isRead, type SlotValue, typeOf } from '../flow/slots.ts';
import { flowAt } from '../flow/versions.ts';
import { matchChoice } from '../understand/choices.ts';
import { type Command, COMMANDS, findCommand } from '../understand/commands.ts';
import { ANYTHING_ELSE } from './values.ts';
import { type Frame, learn, moved, type State, topOf } from './state.ts';
import { keepRead, nodeOf, type Walker, type WorkingWord } from './walk.ts';

export interface Input {
  /** as a person would say it did: `"human"`, `writes "người"`, `writes something`, `stays silent` */
  label: string;
  /** where it goes on; its top node has not been entered yet. null = the flow stays where it is */
  to: State | null;
  /** the numbers are said in the answer itself */
  numbers: boolean;
  /** languages in which it can be done; null = in all */
  languages: readonly string[] | null;
}

/** What can be done where nothing is asked: only the words that work everywhere, and free text that starts a flow. */
export function inputsAt(walker: Walker, state: State): readonly Input[] {
  const frame = topOf(state);
  const node = frame === null ? null : nodeOf(walker, frame);
  const own =
    frame === null || node === null
      ? []
      : node.kind === 'ask'
        ? askInputs(walker, state, frame, node)
        : node.kind === 'lesson'
          ? lessonInputs(walker, state, frame, node)
          : [];
  return [
    ...own,
    ...commandInputs(walker, state, node),
    ...wishInputs(walker, state, node),
    ...agreedWord(walker, state),
  ];
}

/**
 * Wishes in a person's own words, and the buttons by which the bot asks what was meant: wherever a text is no answer. Nobody
 * may count on being understood, so they are ways to somewhere, never ways to a person or a number.
 */
function wishInputs(walker: Walker, state: State, node: FlowNode | null): readonly Input[] {
  if (state.mode === 'quiet') return [];
  if (node?.kind === 'ask' && node.route !== true && 'other' in node.exits) return [];
  const inputs = new Map<string, Input>();
  if (walker.assets.flows.get(WELCOME_FLOW)?.nodes.has(OTHER_LANGUAGE_NODE) === true)
    inputs.set(OTHER_LANGUAGE_NODE, {
      label: 'writes in another script',
      to: entry(walker, state, WELCOME_FLOW, OTHER_LANGUAGE_NODE),
      numbers: false,
      languages: NOT_SURE,
    });
  for (const { id, answer } of walker.assets.intents.byId.values()) {
    if (answer === 'none') continue;
    const add = (key: string, to: State | null): void => {
      if (!inputs.has(key))
        inputs.set(key, { label: `means "${id}"`, to, numbers: false, languages: NOT_SURE });
    };
    if ('say' in answer) add('say', null);
    else if ('command' in answer) add('stop', { ...state, stack: [], known: {} });
    else {
      add(`${answer.flow}.${answer.node ?? ''}`, entry(walker, state, answer.flow, answer.node ?? null));
      if (answer.flow === ARE_YOU_SAFE_FLOW) add(IN_DANGER_FLOW, entry(walker, state, IN_DANGER_FLOW, null));
    }
  }
  return [...inputs.values()];
}

const NOT_SURE: readonly string[] = [];

/** In quiet mode the word that was agreed on works everywhere. */
function agreedWord(walker: Walker, state: State): readonly Input[] {
  if (state.mode === 'normal') return [];
  const to = entry(walker, state, WELCOME_FLOW, UNHUSH_NODE);
  return [{ label: 'writes the agreed word', to, numbers: false, languages: null }];
}

function askInputs(walker: Walker, state: State, frame: Frame, node: AskNode): readonly Input[] {
  const inputs: Input[] = [];
  const add = (label: string, target: string | undefined, value?: ValueOfAnswer): void => {
    if (target === undefined) return;
    const kept = keepAnswer(walker, state, node, value);
    inputs.push({
      label,
      to: keepRead(walker, moved(kept, target)),
      numbers: false,
      languages: null,
    });
  };
  for (const choice of choicesOf(node)) {
    const target = node.exits[choice] ?? node.exits['any'];
    // a tap leaves the slot alone where only what is written is kept
    const value = node.takes === undefined ? { value: choice === 'skip' ? null : choice } : undefined;
    add(`"${choice}"`, target, value);
  }
  const declaration = node.slot === undefined ? undefined : flowAt(walker.assets, frame)?.slots[node.slot];
  if (declaration !== undefined && isRead(typeOf(declaration))) {
    const name = `slots.${node.slot ?? ''}`;
    for (const value of walker.values.of(name)) {
      if (value === null) continue;
      const named = typeof value === 'string' ? value.toLowerCase() : '';
      const target = choicesOf(node).includes(named) ? node.exits[named] : undefined;
      add(`writes ${describe(value)}`, target ?? node.exits['any'] ?? node.exits['other'], { value });
    }
    if ('other' in node.exits) add('writes something else', node.exits['other'], { value: null });
  } else if ('other' in node.exits) {
    for (const value of walker.values.of(`slots.${node.slot ?? ''}`)) {
      if (value === null && node.slot !== undefined) continue;
      add('writes something', node.exits['other'], node.slot === undefined ? undefined : { value });
    }
  }
  if ('silence' in node.exits && state.mode === 'normal') add('stays silent', node.exits['silence']);
  return inputs;
}

interface ValueOfAnswer {
  value: Parameters<typeof learn>[2];
}

function keepAnswer(walker: Walker, state: State, node: AskNode, answer: ValueOfAnswer | undefined): State {
  if (node.slot === undefined || answer === undefined) return state;
  const name = `slots.${node.slot}`;
  return learn(state, name, walker.values.classOf(name, answer.value));
}

function describe(value: SlotValue): string {
  if (value === ANYTHING_ELSE) return 'an answer';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function lessonInputs(walker: Walker, state: State, frame: Frame, node: LessonNode): readonly Input[] {
  const lesson = walker.assets.lessons.get(node.lesson);
  if (lesson === undefined) return [];
  const step = Math.min(frame.step, lesson.stops.length - 1);
  const stop = lesson.stops[step];
  const at = (next: number): State =>
    next < lesson.stops.length ? moved(state, node.id, next) : moved(state, node.exits.done);
  const input = (label: string, to: State): Input => ({ label, to, numbers: false, languages: null });
  if (stop?.kind !== 'moment')
    return (stop?.options ?? []).map((option) => input(`"${option}"`, at(step + 1)));
  const lead = (target: Target): State =>
    at(target.kind === 'moment' ? target.index : target.kind === 'end' ? lesson.story.length : step);
  return [
    ...stop.options.map((option) => input(`"${option}"`, lead(stop.leadsTo(option)))),
    ...(stop.write === null ? [] : [input('writes something', lead(stop.write))]),
  ];
}

/** In which languages a word of theirs really works here: a choice with that label, or a retired number, comes first. */
function commandInputs(walker: Walker, state: State, node: FlowNode | null): readonly Input[] {
  return COMMANDS.filter((command) => worksInMode(command, state.mode)).map((command) => {
    const ways = workingWords(walker, topOf(state), node, command);
    const first = ways.find(({ word }) => word !== null)?.word ?? command;
    return {
      label: `writes "${first}"`,
      to: targetOf(walker, state, command),
      numbers: command === 'numbers' && state.mode === 'normal',
      languages: ways.filter(({ word }) => word !== null).map(({ language }) => language),
    };
  });
}

/** The same at every visit of a question: worked out once. */
function workingWords(
  walker: Walker,
  frame: Frame | null,
  node: FlowNode | null,
  command: Command,
): readonly WorkingWord[] {
  const key = `${frame?.flow ?? ''}@${frame?.version ?? 0}.${frame?.node ?? ''} ${command}`;
  const found = walker.words.get(key);
  if (found !== undefined) return found;
  const ways = walker.assets.languages.map((language) => ({
    language,
    word: workingWord(walker, node, language, command),
  }));
  walker.words.set(key, ways);
  return ways;
}

function workingWord(
  walker: Walker,
  node: FlowNode | null,
  language: string,
  command: Command,
): string | null {
  const { words, hotlines } = walker.assets;
  const own = words.byLanguage.get(language)?.get(command) ?? [];
  const choices = choicesOn(walker, node, language);
  const takesText = node?.kind === 'ask' ? 'other' in node.exits : takesOwnWords(walker, node);
  return (
    own.find(
      (word) =>
        matchChoice(choices, word) === null &&
        findRetired(hotlines, word) === null &&
        findCommand(words, word, takesText) === command,
    ) ?? null
  );
}

function choicesOn(
  walker: Walker,
  node: FlowNode | null,
  language: string,
): readonly { id: string; label: string; typed: readonly string[] }[] {
  if (node?.kind === 'ask')
    return choicesOf(node).map((id) => ({ id, ...choiceText(walker.assets, language, node.ask, id) }));
  if (node?.kind !== 'lesson') return [];
  const lesson = walker.assets.lessons.get(node.lesson);
  const text = lesson?.texts.get(language);
  // typed letters and the labels of every moment and question of the lesson
  return (lesson?.stops ?? []).flatMap((stop) =>
    stop.options.map((option) => ({
      id: stop.choiceId(option),
      label: text?.sections.get(stop.heading(`option ${option}`)) ?? option,
      typed: [option],
    })),
  );
}

/** At some moment of the lesson a free text is an answer. */
function takesOwnWords(walker: Walker, node: FlowNode | null): boolean {
  if (node?.kind !== 'lesson') return false;
  return walker.assets.lessons.get(node.lesson)?.story.some(({ write }) => write !== null) ?? false;
}

function targetOf(walker: Walker, state: State, command: Command): State | null {
  switch (command) {
    case 'human':
      return entry(walker, state, HUMAN_FLOW, null);
    case 'menu':
      return entry(walker, state, 'welcome', 'menu');
    case 'language':
      return entry(walker, state, 'welcome', 'language');
    case 'erase':
      return entry(walker, state, ERASE_FLOW, null);
    case 'stop':
      return { ...state, stack: [], known: {} };
    // the numbers are said and the question stays; "back" leads to a place that was explored already
    case 'numbers':
    case 'back':
      return null;
  }
}

/** The beginning of a flow, with everything possible in its slots. */
export function entry(
  walker: Walker,
  from: Pick<State, 'mode'>,
  flow: string,
  node: string | null,
): State | null {
  const found = walker.assets.flows.get(flow);
  if (found === undefined) return null;
  const frame: Frame = { flow, version: found.version, node: node ?? found.start, step: 0 };
  return { stack: [frame], mode: from.mode, known: {} };
}
