/** What of an earlier load can be taken over: parsed files and the parts made of them, as long as their files are the same. */
import type { AgencyRegister } from '../check/agencies.ts';
import type { SignalSet } from '../check/signals.ts';
import type { DangerRules } from '../safety/rules.ts';
import type { IntentSet } from '../understand/intents.ts';
import type { AssetSource } from './assets.ts';
import { readYaml, type YamlResult } from './yaml.ts';

interface Made<T> {
  /** parsed files, or texts: the same ones in the same order give the same part */
  from: readonly unknown[];
  value: T | null;
}

/** Belongs to one load; hand it to the next one. Only what took long to make. */
export interface LoadedParts {
  readonly yaml: ReadonlyMap<string, { text: string; result: YamlResult }>;
  danger?: Made<DangerRules>;
  signals?: Made<SignalSet>;
  register?: Made<AgencyRegister>;
  /** with the model it has trained, if it has */
  intents?: Made<IntentSet>;
}

/** Parses what is new; files with the same text keep their parsed form, also as an object. */
export function readYamlFiles(
  sources: readonly AssetSource[],
  before: LoadedParts | null,
): LoadedParts['yaml'] {
  return new Map(
    sources
      .filter(({ path }) => path.endsWith('.yaml'))
      .map((source) => {
        const known = before?.yaml.get(source.path);
        const result = known?.text === source.text ? known.result : readYaml(source);
        return [source.path, { text: source.text, result }];
      }),
  );
}

/**
 * The part of the earlier load when it was made from the same, else made anew.
 * @param known null when it failed then: it is tried again, so that its fault is told again
 */
export function takeOver<T>(
  known: Made<T> | undefined,
  from: readonly unknown[],
  make: () => T | null,
): Made<T> {
  const isSame =
    known !== undefined &&
    known.value !== null &&
    known.from.length === from.length &&
    known.from.every((one, at) => one === from[at]);
  return isSame ? known : { from, value: make() };
}
