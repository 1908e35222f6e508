/** The texts of the script as a plain table, for engines that bring no texts of their own: compiled once, like ours. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Language, LANGUAGES } from './script.ts';

const MessagesSchema = z.record(
  z.string(),
  z.union([
    z.string(),
    z.strictObject({
      text: z.string(),
      invalid: z.string().optional(),
      choices: z.record(z.string(), z.string()).default({}),
    }),
  ]),
);

export interface Choice {
  id: string;
  label: string;
}

export interface Texts {
  /** the ICU text as it is written */
  source: (language: Language, name: string) => string;
  render: (language: Language, name: string, args?: Readonly<Record<string, string>>) => string;
  choices: (language: Language, name: string) => readonly Choice[];
}

interface Entry {
  source: string;
  render: (args: Readonly<Record<string, string>>) => string;
  choices: readonly Choice[];
}

/** @param folder holds `<language>.yaml` */
export async function readTexts(folder: string): Promise<Texts> {
  const tables = new Map<string, ReadonlyMap<string, Entry>>();
  for (const language of LANGUAGES) {
    const raw = MessagesSchema.parse(parse(await readFile(join(folder, `${language}.yaml`), 'utf8')));
    tables.set(
      language,
      new Map(Object.entries(raw).flatMap(([key, value]) => entriesOf(language, key, value))),
    );
  }
  const find = (language: Language, name: string): Entry => {
    const entry = tables.get(language)?.get(name);
    if (entry === undefined) throw new Error(`no text "${name}" in ${language}`);
    return entry;
  };
  return {
    source: (language, name) => find(language, name).source,
    render: (language, name, args = {}) => find(language, name).render(args),
    choices: (language, name) => find(language, name).choices,
  };
}

/** A refused answer has a text of its own: `people` and `people-again`. */
function entriesOf(
  language: Language,
  key: string,
  value: z.infer<typeof MessagesSchema>[string],
): readonly (readonly [string, Entry])[] {
  const own = [nameOf(key), compile(language, value)] as const;
  if (typeof value === 'string' || value.invalid === undefined) return [own];
  return [own, [`${nameOf(key)}-again`, compile(language, value.invalid)]];
}

/** `five-questions.hello` → `hello` */
function nameOf(key: string): string {
  return key.slice(key.indexOf('.') + 1);
}

function compile(language: Language, value: z.infer<typeof MessagesSchema>[string]): Entry {
  const source = (typeof value === 'string' ? value : value.text).trimEnd();
  const choices =
    typeof value === 'string' ? [] : Object.entries(value.choices).map(([id, label]) => ({ id, label }));
  if (!source.includes('{')) return { source, render: () => source, choices };
  const format = new IntlMessageFormat(source, language, undefined, { ignoreTag: true });
  return { source, render: (args) => String(format.format(args)), choices };
}
