/** Words that must not stand in what is said: promises at any time, and whatever would betray a person who is watched. */
import { z } from 'zod';
import type { Problem } from './assets.ts';
import { fault } from './yaml.ts';
import { plain } from '../understand/choices.ts';
import { fold } from '../understand/normalise.ts';

const ListsSchema = z.record(z.string(), z.array(z.string().min(1)).min(1));
export const WordingFileSchema = z.strictObject({ betraying: ListsSchema, promises: ListsSchema });
export type Wording = z.infer<typeof WordingFileSchema>;

/** A language without its lists would be served unchecked. */
export function lintWording(wording: Wording, languages: readonly string[]): readonly Problem[] {
  return languages.flatMap((language) =>
    (['betraying', 'promises'] as const)
      .filter((list) => wording[list][language] === undefined)
      .map((list) =>
        fault(
          'content/wording.yaml',
          null,
          `${list} has no list for ${language}`,
          'let somebody who speaks it write one',
        ),
      ),
  );
}

/** The first promise a text makes, or null. Compared without case and diacritics, as whole words. */
export function findPromise(wording: Wording, language: string, text: string): string | null {
  const given = ` ${plain(fold(text))} `;
  return wording.promises[language]?.find((phrase) => given.includes(` ${plain(fold(phrase))} `)) ?? null;
}

/** The first word that would betray, a telephone number or a link among them; null when there is none. */
export function findBetrayal(wording: Wording, language: string, text: string): string | null {
  const given = ` ${plain(text.toLowerCase().normalize('NFC'))} `;
  const word = wording.betraying[language]?.find((phrase) =>
    given.includes(` ${plain(phrase.toLowerCase().normalize('NFC'))} `),
  );
  return word ?? NUMBER_OR_LINK.exec(text)?.[0] ?? null;
}

const NUMBER_OR_LINK = /\d{3,}|\+\d|https?:|www\.|\S@\S/;
