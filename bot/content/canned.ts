/** Canned answers: what a counsellor begins with. A list of codes; the words are messages like all others. */
import { z } from 'zod';
import type { Assets, Problem } from './assets.ts';
import type { Message } from './messages.ts';
import { mayShow } from './registers.ts';
import { findMessage } from './render.ts';
import { findBetrayal } from './wording.ts';
import { checkShape, fault, type YamlFile } from './yaml.ts';

/** Several files, so that several people can keep them; their order is that of the names. */
export const CANNED_FOLDER = 'content/canned/';

const Said = z.strictObject({ vi: z.string().trim().min(1), en: z.string().trim().min(1) });
export const CannedEntrySchema = z.strictObject({
  /** its words are the message `canned.<id>` */
  id: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'an id looks like keep-papers'),
  /** typed behind the slash; no diacritics, so that it is the same with every input method */
  code: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'a code is written without diacritics: giayto'),
  /** for the counsellor */
  title: Said,
});
export type CannedEntry = z.infer<typeof CannedEntrySchema>;
export const CannedFileSchema = z.strictObject({ answers: z.array(CannedEntrySchema).min(1) });

/** What may stand in braces: everything else is unknown outside a flow, or would have to be typed by hand. */
const PLACEHOLDERS: readonly string[] = ['counsellor'];
const PREFIX = 'canned.';

/** One answer as it is put into the reply box. */
export interface CannedText {
  id: string;
  code: string;
  title: string;
  text: string;
  /** for while somebody reads along; null: it would betray */
  quiet: string | null;
  /** of the text: differs from the one wanted where nobody has translated it */
  language: string;
}

/**
 * Reads all files of the folder.
 * @returns the entries in order, and every fault of their own
 */
export function readCanned(files: readonly YamlFile[]): {
  canned: readonly CannedEntry[];
  problems: readonly Problem[];
} {
  const canned: CannedEntry[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    const shape = checkShape(file, CannedFileSchema);
    if (!shape.ok) {
      problems.push(...shape.problems);
      continue;
    }
    shape.value.answers.forEach((entry, index) => {
      for (const field of ['id', 'code'] as const)
        if (canned.some((other) => other[field] === entry[field]))
          problems.push(
            fault(
              file.path,
              file.lineOf(['answers', index, field]),
              `two answers have the ${field} "${entry[field]}"`,
              'give one of them another',
            ),
          );
      canned.push(entry);
    });
  }
  return { canned, problems };
}

/** An answer without words, words without an answer, a placeholder nobody fills, a quiet word that betrays. */
export function lintCanned(assets: Assets): readonly Problem[] {
  const wanted = new Set(assets.canned.map(({ id }) => `${PREFIX}${id}`));
  return assets.languages.flatMap((language) => {
    const path = `content/messages/${language}.yaml`;
    const messages = assets.messages.get(language);
    const missing = [...wanted]
      .filter((key) => messages?.has(key) !== true)
      .map((key) => fault(path, null, `${key} is missing`, 'write the words of this canned answer'));
    const own = [...(messages?.values() ?? [])].filter(({ key }) => key.startsWith(PREFIX));
    return [...missing, ...own.flatMap((message) => lintText(assets, path, language, message, wanted))];
  });
}

function lintText(
  assets: Assets,
  path: string,
  language: string,
  message: Message,
  wanted: ReadonlySet<string>,
): readonly Problem[] {
  const { key, line } = message;
  const report = (text: string, mend: string): Problem => fault(path, line, `${key}: ${text}`, mend);
  const unknown = [...message.placeholders].filter((name) => !PLACEHOLDERS.includes(name));
  const quiet = message.quiet?.({}, new Date(0)) ?? null;
  const betrayal = quiet === null ? null : findBetrayal(assets.wording, language, quiet);
  return [
    ...(wanted.has(key)
      ? []
      : [report('belongs to no answer', `list it in ${CANNED_FOLDER}, or take it out`)]),
    ...unknown.map((name) =>
      report(
        `nobody fills {${name}}`,
        `use only ${PLACEHOLDERS.map((one) => `{${one}}`).join(', ')} and [[id]]`,
      ),
    ),
    ...(betrayal === null
      ? []
      : [report(`"${betrayal}" would betray in quiet mode`, 'say it without the word, or leave quiet out')]),
    ...(message.choices.size === 0
      ? []
      : [report('has buttons', 'a counsellor sends words only: take choices out')]),
  ];
}

/**
 * All answers for a person who writes `language`. One that names a number past its check date is left out: what a counsellor
 * sends is as true as what the bot says.
 *
 * @param titles language of the counsellor
 * @param counsellor name as it is put into the text
 */
export function listCanned(
  assets: Assets,
  {
    language,
    titles,
    counsellor,
    now,
  }: { language: string; titles: 'vi' | 'en'; counsellor: string; now: Date },
): readonly CannedText[] {
  return assets.canned.flatMap(({ id, code, title }) => {
    const key = `${PREFIX}${id}`;
    const message = findMessage(assets, language, key);
    const isAlive = [...message.facts].every((fact) => {
      const hotline = assets.hotlines.get(fact);
      return hotline === undefined || mayShow(hotline, now);
    });
    if (!isAlive) return [];
    const text = message.text({ counsellor }, now);
    const quiet = message.quiet?.({ counsellor }, now) ?? null;
    return [{ id, code, title: title[titles], text, quiet, language: languageOf(assets, language, key) }];
  });
}

/** In which language a text is found when it is asked for in another. */
function languageOf(assets: Assets, wanted: string, key: string): string {
  const tags = [wanted, ...(assets.fallbacks.get(wanted) ?? [])];
  return tags.find((tag) => assets.messages.get(tag)?.has(key)) ?? 'vi';
}
