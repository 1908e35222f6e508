/** Words that work at every point of every conversation, and free text that starts a flow. */
import { z } from 'zod';
import { plain } from './choices.ts';
import { fold } from './normalise.ts';

export const COMMANDS = ['human', 'numbers', 'menu', 'language', 'back', 'stop', 'erase'] as const;
export type Command = (typeof COMMANDS)[number];

const WordsSchema = z.record(z.string(), z.array(z.string().min(1)));
export const CommandsFileSchema = z.record(
  z.enum(COMMANDS),
  z.strictObject({
    exact: WordsSchema,
    contains: WordsSchema.optional(),
    /** what is another wish when it is spelt like this: “sợ công an” is not “số công an” */
    unless: WordsSchema.optional(),
  }),
);
export const RoutesFileSchema = z.strictObject({
  routes: z.array(
    z.strictObject({
      flow: z.string(),
      node: z.string().optional(),
      phrases: WordsSchema,
      /** only when the whole message is this: words that also stand in what people tell */
      exact: WordsSchema.optional(),
    }),
  ),
});

export interface Route {
  flow: string;
  node: string | null;
}

export interface WordTable {
  exact: ReadonlyMap<string, Command>;
  contains: readonly { phrase: string; command: Command }[];
  /** with their diacritics: only whoever types them can be told apart */
  unless: readonly { phrase: string; command: Command }[];
  routes: readonly { phrase: string; route: Route; whole?: true }[];
  /** language → command → the words that are that command when written alone */
  byLanguage: ReadonlyMap<string, ReadonlyMap<Command, readonly string[]>>;
}

/** A command or a route inside a longer text is believed only in a short message: long ones tell a story. */
const MAX_WORDS_FOR_PHRASES = 14;

/** All languages work at every point, whatever language the conversation is in. */
export function compileWords(
  commands: z.infer<typeof CommandsFileSchema>,
  routes: z.infer<typeof RoutesFileSchema>,
): WordTable {
  const exact = new Map<string, Command>();
  const contains: { phrase: string; command: Command }[] = [];
  const unless: { phrase: string; command: Command }[] = [];
  for (const command of COMMANDS) {
    for (const way of Object.values(commands[command].exact).flat()) exact.set(plain(fold(way)), command);
    for (const way of Object.values(commands[command].contains ?? {}).flat())
      contains.push({ phrase: ` ${plain(fold(way))} `, command });
    for (const way of Object.values(commands[command].unless ?? {}).flat())
      unless.push({ phrase: ` ${spelt(way)} `, command });
  }
  const routed = routes.routes.flatMap(({ flow, node = null, phrases, exact: whole = {} }) => {
    const entry = (way: string) => ({ phrase: ` ${plain(fold(way))} `, route: { flow, node } });
    return [
      ...Object.values(phrases).flat().map(entry),
      ...Object.values(whole)
        .flat()
        .map((way) => ({ ...entry(way), whole: true as const })),
    ];
  });
  routed.sort(longestFirst);
  return { exact, contains, unless, routes: routed, byLanguage: wordsByLanguage(commands) };
}

/** A copy of the table in which one more phrase leads somewhere. */
export function withRoute(table: WordTable, route: Route, way: string): WordTable {
  const routes = [...table.routes, { phrase: ` ${plain(fold(way))} `, route }].sort(longestFirst);
  return { ...table, routes };
}

function longestFirst(a: { phrase: string }, b: { phrase: string }): number {
  return b.phrase.length - a.phrase.length;
}

function wordsByLanguage(commands: z.infer<typeof CommandsFileSchema>): WordTable['byLanguage'] {
  const table = new Map<string, Map<Command, readonly string[]>>();
  for (const command of COMMANDS)
    for (const [language, words] of Object.entries(commands[command].exact))
      table.set(language, (table.get(language) ?? new Map<Command, readonly string[]>()).set(command, words));
  return table;
}

/** The command a text is; with `exactOnly` (free text is an answer here) only when the whole text is the word. */
export function findCommand(table: WordTable, text: string, exactOnly: boolean): Command | null {
  const given = plain(fold(text));
  const asTyped = ` ${spelt(text)} `;
  const isMeant = (command: Command): boolean =>
    !table.unless.some((entry) => entry.command === command && asTyped.includes(entry.phrase));
  const whole = table.exact.get(given);
  if (whole !== undefined && isMeant(whole)) return whole;
  if (exactOnly || given.split(' ').length > MAX_WORDS_FOR_PHRASES) return null;
  const padded = ` ${given} `;
  return (
    table.contains.find((entry) => padded.includes(entry.phrase) && isMeant(entry.command))?.command ?? null
  );
}

/** lower case with its diacritics, letters and digits only */
function spelt(text: string): string {
  return plain(text.toLowerCase().normalize('NFC'));
}

/** The flow a free text asks for by one of its phrases; the longest phrase wins. */
export function findRoute(table: WordTable, text: string): Route | null {
  const given = plain(fold(text));
  if (given.split(' ').length > MAX_WORDS_FOR_PHRASES * 2) return null;
  const padded = ` ${given} `;
  const isMeant = ({ phrase, whole }: WordTable['routes'][number]): boolean =>
    whole === true ? padded === phrase : padded.includes(phrase);
  return table.routes.find(isMeant)?.route ?? null;
}
