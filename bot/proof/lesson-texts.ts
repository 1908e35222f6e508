/** What a lesson says, as everybody would read it: its messages with their buttons, and the closing from every place. */
import type { Assets } from '../content/assets.ts';
import { askText, signsText, tonightText } from '../content/lesson-texts.ts';
import type { Lesson, LessonText } from '../content/lessons.ts';
import { fillReferences } from '../content/references.ts';
import type { RenderContext } from '../content/render.ts';
import type { Choice } from '../engine/events.ts';

export interface LessonMessage {
  /** heading of the text, or which part of the closing */
  part: string;
  text: string;
  choices: readonly Choice[];
}

/** @param contexts one for each place the reader may be in; their language is that of `text` */
export function lessonMessages(
  assets: Assets,
  lesson: Lesson,
  text: LessonText,
  contexts: readonly RenderContext[],
): readonly LessonMessage[] {
  const buttons = new Map(
    lesson.stops.map((stop) => [
      stop.id,
      stop.options.map((option) => ({
        id: `lesson.${lesson.id}.${stop.choiceId(option)}`,
        label: text.sections.get(stop.heading(`option ${option}`)) ?? option,
      })),
    ]),
  );
  const labels = new Set(
    lesson.stops.flatMap((stop) => stop.options.map((option) => stop.heading(`option ${option}`))),
  );
  const first = contexts[0];
  const said = (section: string): string =>
    first === undefined ? section : fillReferences(assets, first.language, first.now, section);
  const sections = [...text.sections]
    .filter(([heading]) => !labels.has(heading))
    .map(([heading, section]) => ({
      part: `## ${heading}`,
      text: said(section),
      choices: buttons.get(heading) ?? [],
    }));
  if (lesson.ask.length === 0) return sections;
  const closing = contexts.flatMap((context) => [
    ...(lesson.signs.length === 0
      ? []
      : [{ part: 'signs', text: signsText(assets, context, lesson, text), choices: [] }]),
    { part: 'tonight', text: tonightText(assets, context, lesson, text), choices: [] },
    { part: 'ask', text: askText(assets, context, lesson), choices: [] },
  ]);
  return [...sections, ...closing];
}
