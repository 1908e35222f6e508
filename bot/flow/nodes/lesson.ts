/** lesson: cards, then one question with its explanation; a wrong answer is explained, never scolded. */
import type { Lesson, LessonText } from '../../content/lessons.ts';
import { type Draft, FlowFault, remember, sayText, topOf } from '../../engine/draft.ts';
import type { Choice } from '../../engine/events.ts';
import type { OfferedChoice } from '../../understand/choices.ts';
import type { LessonNode } from '../schema.ts';
import type { NodeResult } from './result.ts';

export function enterLesson(draft: Draft, node: LessonNode): NodeResult {
  const { lesson, text } = textsOf(draft, node);
  for (const card of lesson.cards) sayText(draft, keyOf(lesson, card), sectionOf(text, card));
  return askLesson(draft, node);
}

/** Asks the lesson's question (again). */
export function askLesson(draft: Draft, node: LessonNode): NodeResult {
  const { lesson, text } = textsOf(draft, node);
  const top = topOf(draft);
  const buttons: Choice[] = lessonChoices(draft, node).map((choice) => ({
    id: `${top?.flow ?? ''}.${node.id}.${choice.id}`,
    label: choice.label,
  }));
  sayText(draft, keyOf(lesson, 'question'), sectionOf(text, 'question'), buttons);
  return { kind: 'wait' };
}

export function lessonChoices(draft: Draft, node: LessonNode): readonly OfferedChoice[] {
  const { lesson, text } = textsOf(draft, node);
  return lesson.question.options.map((id) => ({ id, label: sectionOf(text, `option ${id}`), typed: [id] }));
}

export function answerLesson(draft: Draft, node: LessonNode, choice: string): NodeResult {
  const { lesson, text } = textsOf(draft, node);
  const right = choice === lesson.question.right;
  remember(draft);
  draft.events.push({ type: 'lesson_finished', lesson: lesson.id, right });
  const outcome = right ? 'right' : 'wrong';
  sayText(draft, keyOf(lesson, outcome), sectionOf(text, outcome));
  return { kind: 'goto', node: node.exits.done };
}

function textsOf(draft: Draft, node: LessonNode): { lesson: Lesson; text: LessonText } {
  const lesson = draft.assets.lessons.get(node.lesson);
  const text = lesson?.texts.get(draft.session.language) ?? lesson?.texts.get('vi');
  if (lesson === undefined || text === undefined) throw new FlowFault('unknown_lesson');
  return { lesson, text };
}

function sectionOf(text: LessonText, heading: string): string {
  const section = text.sections.get(heading);
  if (section === undefined) throw new FlowFault('lesson_section_missing');
  return section;
}

function keyOf(lesson: Lesson, section: string): string {
  return `lesson.${lesson.id}.${section}`;
}
