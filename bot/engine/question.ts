/** The question the person is being asked, with every way of answering it. */
import { lessonChoices } from '../flow/nodes/lesson.ts';
import type { AskNode, LessonNode } from '../flow/schema.ts';
import { buttonsOf, type Draft, nodeAt, offeredChoices, topOf } from './draft.ts';

export interface Question {
  node: AskNode | LessonNode;
  choices: ReturnType<typeof offeredChoices>;
}

export function questionOf(draft: Draft): Question | null {
  const top = topOf(draft);
  if (top === null) return null;
  const node = nodeAt(draft, top);
  if (node?.kind === 'ask') return { node, choices: offeredChoices(draft, node) };
  if (node?.kind === 'lesson') return { node, choices: lessonChoices(draft, node) };
  // nobody can stand at such a node: start over from the menu rather than fail
  draft.session.place = [];
  return null;
}

export function currentButtons(draft: Draft): ReturnType<typeof buttonsOf> {
  const top = topOf(draft);
  const question = questionOf(draft);
  return top === null || question === null ? [] : buttonsOf(top, question.choices);
}
