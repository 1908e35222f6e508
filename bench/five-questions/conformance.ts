/** Before anything is measured: every engine must say the same, in both languages, on every way through the script. */
import {
  ALL_PATHS,
  answersFor,
  type Language,
  LANGUAGES,
  play,
  type Said,
  type ScriptEngine,
} from './script.ts';

/**
 * @param reference what the others are held against
 * @returns null, or what differs first: engine, language, step, both texts
 */
export async function findDifference(
  reference: ScriptEngine,
  others: readonly ScriptEngine[],
): Promise<string | null> {
  for (const language of LANGUAGES) {
    for (const path of ALL_PATHS) {
      const answers = answersFor(path, language);
      const wanted = await play(reference, language, answers);
      for (const engine of others) {
        const given = await play(engine, language, answers);
        const difference = firstDifference(wanted.said, given.said);
        if (difference !== null) return describe(engine, language, difference);
      }
    }
  }
  return null;
}

interface Difference {
  step: number;
  wanted: string;
  given: string;
}

function firstDifference(
  wanted: readonly (readonly Said[])[],
  given: readonly (readonly Said[])[],
): Difference | null {
  const step = wanted.findIndex((said, index) => lines(said) !== lines(given[index] ?? []));
  return step < 0 ? null : { step, wanted: lines(wanted[step] ?? []), given: lines(given[step] ?? []) };
}

function lines(said: readonly Said[]): string {
  return said.map(({ text, choices }) => [text, ...choices].join(' | ')).join('\n');
}

function describe(engine: ScriptEngine, language: Language, { step, wanted, given }: Difference): string {
  return `${engine.name} (${language}) says something else at step ${step}.\nwanted:\n${wanted}\nsaid:\n${given}`;
}
