/** `[[id]]` in texts that are no messages: sections of lessons and the words of the warning signs. */
import type { Assets, Problem } from './assets.ts';
import { factText, REFERENCE } from './facts.ts';
import { shownNumber } from './registers.ts';
import { fault } from './yaml.ts';

type Registers = Pick<Assets, 'facts' | 'hotlines'>;

/** Puts in what each entry says on `now`; an id of no register leaves nothing (the check refuses it). */
export function fillReferences(
  { facts, hotlines }: Registers,
  language: string,
  now: Date,
  text: string,
): string {
  if (!text.includes('[[')) return text;
  return text.replace(REFERENCE, (_all, id: string) => {
    const fact = facts.get(id);
    return fact === undefined ? (shownNumber(hotlines, id) ?? '') : factText(fact, language, now);
  });
}

/** One text that is said, where it stands, and whether a story tells it. */
export interface SaidText {
  path: string;
  where: string;
  language: string;
  text: string;
  kind: 'text' | 'story';
}

/** Everything that is said and is no message. */
export function saidBesideMessages({
  lessons,
  signals,
}: Pick<Assets, 'lessons' | 'signals'>): readonly SaidText[] {
  const ofLessons = [...lessons.values()].flatMap((lesson) =>
    [...lesson.texts].flatMap(([language, text]) =>
      [...text.sections].map(([heading, section]) => ({
        path: `content/lessons/${lesson.id}/${language}.md`,
        where: `## ${heading}`,
        language,
        text: section,
        kind: 'story' as const,
      })),
    ),
  );
  const ofSignals = [...signals.byId.values()].flatMap(({ text: signal }) =>
    (['vi', 'en'] as const).flatMap((language) =>
      [signal.reason[language], signal.tonight[language]].map((text) => ({
        path: 'content/signals',
        where: signal.id,
        language,
        text,
        kind: 'text' as const,
      })),
    ),
  );
  return [...ofLessons, ...ofSignals];
}

/** Ids of registers that these texts name. */
export function referencesIn(text: string): readonly string[] {
  return [...text.matchAll(REFERENCE)].map(([, id]) => id ?? '');
}

/** An id nobody knows; and a button, whose label is the same on every day. */
export function lintReferences(assets: Assets): readonly Problem[] {
  const isKnown = (id: string): boolean => assets.facts.has(id) || shownNumber(assets.hotlines, id) !== null;
  return saidBesideMessages(assets).flatMap(({ path, where, text }) => {
    const ids = referencesIn(text);
    if (where.includes(' option ') && ids.length > 0)
      return [
        fault(path, null, `${where}: a button names [[${ids[0] ?? ''}]]`, 'say it without the register'),
      ];
    return ids
      .filter((id) => !isKnown(id))
      .map((id) =>
        fault(
          path,
          null,
          `${where}: [[${id}]] is no fact of the register, and no number that may be shown`,
          'refer to an id of content/registers/facts/, or of hotlines.yaml with display primary or secondary',
        ),
      );
  });
}
