/** lesson: cards, then questions, each with its explanation; a wrong answer is explained, never scolded. */
import { explanationHeading, type Lesson, type LessonText, type Question } from '../../content/lessons.ts';
import { type Draft, FlowFault, moveTo, remember, sayText, topOf } from '../../engine/draft.ts';
import type { Choice } from '../../engine/events.ts';
import type { OfferedChoice } from '../../understand/choices.ts';
import type { LessonNode } from '../schema.ts';
import type { NodeResult } from './result.ts';

export function enterLesson(draft: Draft, node: LessonNode): NodeResult {
  const { lesson, text } = textsOf(draft, node);
  for (const card of lesson.cards) sayText(draft, keyOf(lesson, card), sectionOf(text, card));
  return askLesson(draft, node);
}

/** Asks the question the person stands at (again). */
export function askLesson(draft: Draft, node: LessonNode): NodeResult {
  const { lesson, text, question } = textsOf(draft, node);
  const top = topOf(draft);
  const buttons: Choice[] = lessonChoices(draft, node).map((choice) => ({
    id: `${top?.flow ?? ''}.${node.id}.${choice.id}`,
    label: choice.label,
  }));
  sayText(draft, keyOf(lesson, question.id), sectionOf(text, question.id), buttons);
  return { kind: 'wait' };
}

export function lessonChoices(draft: Draft, node: LessonNode): readonly OfferedChoice[] {
  const { text, question } = textsOf(draft, node);
  return question.options.map((option) => ({
    id: question.choiceId(option),
    label: sectionOf(text, question.heading(`option ${option}`)),
    typed: [option],
  }));
}

export function answerLesson(draft: Draft, node: LessonNode, choice: string): NodeResult {
  const { lesson, text, question } = textsOf(draft, node);
  const option = question.options.find((one) => question.choiceId(one) === choice);
  if (option === undefined) throw new FlowFault('unknown_choice');
  const right = option === question.right;
  remember(draft);
  draft.events.push({ type: 'question_answered', lesson: lesson.id, question: question.id, right });
  const heading = explanationHeading(question, text, option);
  sayText(draft, keyOf(lesson, heading), sectionOf(text, heading));
  const answered = (topOf(draft)?.step ?? 0) + 1;
  const allRight = right && !hasFailed(draft, lesson);
  if (answered < lesson.questions.length) {
    if (!right) draft.session.slots = { ...draft.session.slots, [failedSlot(lesson)]: true };
    moveTo(draft, node.id, answered);
    return askLesson(draft, node);
  }
  const { [failedSlot(lesson)]: _failed, ...slots } = draft.session.slots;
  draft.session.slots = slots;
  draft.events.push({ type: 'lesson_finished', lesson: lesson.id, right: allRight });
  return { kind: 'goto', exit: 'done', node: node.exits.done };
}

/** Between two questions of one quiz the session remembers that one was answered wrongly. */
function failedSlot(lesson: Lesson): string {
  return `lesson:${lesson.id}`;
}

function hasFailed(draft: Draft, lesson: Lesson): boolean {
  return draft.session.slots[failedSlot(lesson)] === true;
}

function textsOf(draft: Draft, node: LessonNode): { lesson: Lesson; text: LessonText; question: Question } {
  const lesson = draft.assets.lessons.get(node.lesson);
  const text = lesson?.texts.get(draft.session.language) ?? lesson?.texts.get('vi');
  const step = topOf(draft)?.step ?? 0;
  // a lesson may have become shorter since it was begun
  const question = lesson?.questions[Math.min(step, lesson.questions.length - 1)];
  if (lesson === undefined || text === undefined || question === undefined)
    throw new FlowFault('unknown_lesson');
  return { lesson, text, question };
}

function sectionOf(text: LessonText, heading: string): string {
  const section = text.sections.get(heading);
  if (section === undefined) throw new FlowFault('lesson_section_missing');
  return section;
}

function keyOf(lesson: Lesson, section: string): string {
  return `lesson.${lesson.id}.${section.replaceAll(' ', '-')}`;
}
