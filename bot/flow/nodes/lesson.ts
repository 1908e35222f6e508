/** lesson: cards, a story with choices, then questions with explanations; what costs is told and led back, never scolded. */
import { askText, closingKeys, LESSON_TEXTS, signsText, tonightText } from '../../content/lesson-texts.ts';
import { explanationHeading, type Lesson, type LessonText, type Stop } from '../../content/lessons.ts';
import { fillReferences } from '../../content/references.ts';
import type { Target } from '../../content/stories.ts';
import {
  contextOf,
  type Draft,
  FlowFault,
  moveTo,
  remember,
  say,
  sayText,
  setSlot,
  topOf,
} from '../../engine/draft.ts';
import type { Choice } from '../../engine/events.ts';
import { MAX_OWN_WORDS_UTF16 } from '../../engine/limits.ts';
import type { OfferedChoice } from '../../understand/choices.ts';
import type { LessonNode } from '../schema.ts';
import type { NodeResult } from './result.ts';

export function enterLesson(draft: Draft, node: LessonNode): NodeResult {
  const { lesson, text } = textsOf(draft, node);
  for (const card of lesson.cards) saySection(draft, lesson, text, card);
  return askLesson(draft, node);
}

/** Asks what the person stands at (again): a moment of the story, or a question. */
export function askLesson(draft: Draft, node: LessonNode): NodeResult {
  const { lesson, text, stop } = textsOf(draft, node);
  saySection(draft, lesson, text, stop.id, buttonsOf(draft, node));
  return { kind: 'wait' };
}

function buttonsOf(draft: Draft, node: LessonNode): readonly Choice[] {
  const flow = topOf(draft)?.flow ?? '';
  return lessonChoices(draft, node).map(({ id, label }) => ({ id: `${flow}.${node.id}.${id}`, label }));
}

export function lessonChoices(draft: Draft, node: LessonNode): readonly OfferedChoice[] {
  const { text, stop } = textsOf(draft, node);
  return stop.options.map((option) => ({
    id: stop.choiceId(option),
    label: sectionOf(text, stop.heading(`option ${option}`)),
    typed: [option],
  }));
}

export function answerLesson(draft: Draft, node: LessonNode, choice: string): NodeResult {
  const { lesson, text, stop } = textsOf(draft, node);
  const option = stop.options.find((one) => stop.choiceId(one) === choice);
  if (option === undefined) throw new FlowFault('unknown_choice');
  const right = option === (stop.kind === 'moment' ? stop.safe : stop.right);
  remember(draft);
  draft.events.push({ type: 'question_answered', lesson: lesson.id, question: stop.id, right });
  if (stop.kind === 'moment') {
    saySection(draft, lesson, text, stop.heading(`after ${option}`));
    return lead(draft, node, stop.leadsTo(option));
  }
  saySection(draft, lesson, text, explanationHeading(stop, text, option));
  if (!right) draft.session.slots = { ...draft.session.slots, [failedSlot(lesson)]: true };
  return goOn(draft, node, (topOf(draft)?.step ?? 0) + 1);
}

/** True where the person may answer in words of their own, and this is as short as such an answer is. */
export function takesOwnWords(draft: Draft, node: LessonNode, text: string): boolean {
  const { stop } = textsOf(draft, node);
  return stop.kind === 'moment' && stop.write !== null && text.length <= MAX_OWN_WORDS_UTF16;
}

/** Own words at a moment that takes them: answered with an example, judged by nobody, kept nowhere. */
export function answerLessonText(draft: Draft, node: LessonNode, words: string): NodeResult | null {
  const { lesson, text, stop } = textsOf(draft, node);
  if (stop.kind !== 'moment' || stop.write === null || !takesOwnWords(draft, node, words)) return null;
  remember(draft);
  saySection(draft, lesson, text, stop.heading('own'));
  return lead(draft, node, stop.write);
}

function lead(draft: Draft, node: LessonNode, target: Target): NodeResult {
  switch (target.kind) {
    case 'again':
      say(draft, LESSON_TEXTS.again, {}, buttonsOf(draft, node));
      return { kind: 'wait' };
    case 'moment':
      moveTo(draft, node.id, target.index);
      return askLesson(draft, node);
    case 'end': {
      const { lesson, text } = textsOf(draft, node);
      if (lesson.signs.length > 0)
        sayText(draft, LESSON_TEXTS.signs, signsText(draft.assets, contextOf(draft), lesson, text));
      return goOn(draft, node, lesson.story.length);
    }
  }
}

/** The next question, or the end of the lesson. */
function goOn(draft: Draft, node: LessonNode, step: number): NodeResult {
  const { lesson, text } = textsOf(draft, node);
  if (step < lesson.stops.length) {
    moveTo(draft, node.id, step);
    return askLesson(draft, node);
  }
  const right = !hasFailed(draft, lesson);
  const { [failedSlot(lesson)]: _failed, ...slots } = draft.session.slots;
  draft.session.slots = slots;
  close(draft, lesson, text);
  // whoever takes the course works here: nothing in the conversation may show it
  if (lesson.for !== 'officers') noteFinished(draft, lesson.id);
  draft.events.push({ type: 'lesson_finished', lesson: lesson.id, right });
  return { kind: 'goto', exit: 'done', node: node.exits.done };
}

function close(draft: Draft, lesson: Lesson, text: LessonText): void {
  if (lesson.ask.length === 0) return;
  const { assets } = draft;
  const keys = closingKeys(lesson);
  sayText(draft, keys.todo, tonightText(assets, contextOf(draft), lesson, text));
  sayText(draft, keys.ask, askText(assets, contextOf(draft), lesson));
}

/** Ids of the lessons this person came to the end of, with blanks between; no slot of a flow can be called so. */
const FINISHED_SLOT = 'lessons:finished';

export function finishedLessons(draft: Draft): readonly string[] {
  const kept = draft.session.slots[FINISHED_SLOT];
  return typeof kept === 'string' ? kept.split(' ') : [];
}

/** Lessons that are gone meanwhile fall out, so that the list stays as short as the folder. */
function noteFinished(draft: Draft, lesson: string): void {
  const kept = finishedLessons(draft).filter((id) => draft.assets.lessons.has(id));
  setSlot(draft, FINISHED_SLOT, [...new Set([...kept, lesson])].sort().join(' '));
}

/** Between two questions of one quiz the session remembers that one was answered wrongly. */
function failedSlot(lesson: Lesson): string {
  return `lesson:${lesson.id}`;
}

function hasFailed(draft: Draft, lesson: Lesson): boolean {
  return draft.session.slots[failedSlot(lesson)] === true;
}

function textsOf(draft: Draft, node: LessonNode): { lesson: Lesson; text: LessonText; stop: Stop } {
  const lesson = draft.assets.lessons.get(node.lesson);
  const text = lesson?.texts.get(draft.session.language) ?? lesson?.texts.get('vi');
  const step = topOf(draft)?.step ?? 0;
  // a lesson may have become shorter since it was begun
  const stop = lesson?.stops[Math.min(step, lesson.stops.length - 1)];
  if (lesson === undefined || text === undefined || stop === undefined) throw new FlowFault('unknown_lesson');
  return { lesson, text, stop };
}

function saySection(
  draft: Draft,
  lesson: Lesson,
  text: LessonText,
  heading: string,
  buttons: readonly Choice[] = [],
): void {
  const key = `lesson.${lesson.id}.${heading.replaceAll(' ', '-')}`;
  const { assets, session, world } = draft;
  sayText(draft, key, fillReferences(assets, session.language, world.now, sectionOf(text, heading)), buttons);
}

function sectionOf(text: LessonText, heading: string): string {
  const section = text.sections.get(heading);
  if (section === undefined) throw new FlowFault('lesson_section_missing');
  return section;
}
