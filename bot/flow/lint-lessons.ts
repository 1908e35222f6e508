/** Checks of lessons against the rest: languages, signs and numbers that exist, answers that can be told apart. */
import type { Assets, Problem } from '../content/assets.ts';
import type { Lesson, LessonText, Stop } from '../content/lessons.ts';
import { fault } from '../content/yaml.ts';
import { matchChoice } from '../understand/choices.ts';
import { fold } from '../understand/normalise.ts';

export function lintLessons(assets: Assets): readonly Problem[] {
  return [...assets.lessons.values()].flatMap((lesson) => {
    const path = `content/lessons/${lesson.id}/lesson.yaml`;
    const report = (message: string, mend: string): Problem => fault(path, null, message, mend);
    return [
      ...assets.languages
        .filter((language) => !lesson.texts.has(language))
        .map((language) => report(`the lesson has no ${language}.md`, 'write it')),
      ...lesson.signs
        .filter((sign) => !assets.signals.byId.has(sign))
        .map((sign) => report(`the sign "${sign}" does not exist`, 'use an id of content/signals')),
      ...lintAsk(assets, lesson).map(([message, mend]) => report(message, mend)),
      ...[...lesson.texts].flatMap(([language, text]) =>
        lesson.stops.flatMap((stop) => lintLabels(lesson.id, language, text, stop)),
      ),
    ];
  });
}

/** Somebody reads it in Vietnam, so a number of Vietnam is among them; the ministry's for abroad is added by itself. */
function lintAsk(assets: Assets, { ask }: Lesson): readonly (readonly [string, string])[] {
  const register = 'use an id of content/registers/hotlines.yaml with a number that may be shown';
  const found = ask.map((id) => ({ id, hotline: assets.hotlines.get(id) }));
  return [
    ...found
      .filter(({ hotline }) => hotline === undefined || !['primary', 'secondary'].includes(hotline.display))
      .map(({ id }) => [`ask names "${id}", which may not be shown`, register] as const),
    ...(ask.length === 0 || found.some(({ hotline }) => hotline?.country === 'VN')
      ? []
      : [['ask names no number of Vietnam', 'add vn-111'] as const]),
  ];
}

/** What is typed without diacritics must mean one answer. */
function lintLabels(id: string, language: string, text: LessonText, stop: Stop): readonly Problem[] {
  const offered = stop.options.map((option) => ({
    id: option,
    label: text.sections.get(stop.heading(`option ${option}`)) ?? option,
    typed: [option],
  }));
  return offered
    .filter((choice) => matchChoice(offered, fold(choice.label)) !== choice.id)
    .map(({ label }) =>
      fault(
        `content/lessons/${id}/${language}.md`,
        null,
        `"${label}" typed without diacritics is not told apart from another answer`,
        'word one of them differently',
      ),
    );
}
