/** Collects the texts of a source by language and message key. */
import { createNames, takeName } from './names.ts';

export interface ChoiceEntry {
  label: string;
  typed: readonly string[];
}
export interface TextEntry {
  text: string;
  /** file name in content/audio/<language>/ */
  audio?: string;
  choices?: Readonly<Record<string, ChoiceEntry>>;
}

export interface TextTable {
  /** @returns a key that is free: `flow.node`, with a number where it is taken */
  newKey: (flow: string, node: string) => string;
  put: (language: string, key: string, entry: TextEntry) => void;
  /** an entry as it stands in one of our own files */
  putWhole: (language: string, key: string, entry: unknown) => void;
  languages: () => readonly string[];
  /** what is kept for one language, without the keys that nobody says any more */
  entries: (language: string, kept: ReadonlySet<string>) => Readonly<Record<string, unknown>>;
}

export function createTextTable(): TextTable {
  const taken = createNames([]);
  const texts = new Map<string, Map<string, unknown>>();
  const putWhole = (language: string, key: string, entry: unknown): void => {
    const here = texts.get(language) ?? new Map<string, unknown>();
    here.set(key, entry);
    texts.set(language, here);
  };
  return {
    newKey: (flow, node) => takeName(`${flow}.${node}`, taken),
    putWhole,
    put: (language, key, entry) => putWhole(language, key, asYaml(entry)),
    languages: () => [...texts.keys()],
    entries: (language, kept) =>
      Object.fromEntries([...(texts.get(language) ?? [])].filter(([key]) => kept.has(key))),
  };
}

/** As the files here are written: a text alone is one line, a label alone needs no braces. */
function asYaml({ text, audio, choices }: TextEntry): unknown {
  if (audio === undefined && choices === undefined) return text;
  return {
    text,
    ...(audio === undefined ? {} : { audio }),
    ...(choices === undefined
      ? {}
      : {
          choices: Object.fromEntries(
            Object.entries(choices).map(([id, { label, typed }]) => [
              id,
              typed.length === 0 ? label : { label, typed },
            ]),
          ),
        }),
  };
}
