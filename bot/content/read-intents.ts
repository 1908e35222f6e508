/** Reads content/intents and says what is wrong with it: each fault with its file, line and mend. */
import { type Intent, IntentsFileSchema } from '../understand/intents.ts';
import { plain } from '../understand/choices.ts';
import { fold } from '../understand/normalise.ts';
import type { Assets, Problem } from './assets.ts';
import { checkShape, fault, type YamlFile } from './yaml.ts';

export const INTENTS_FOLDER = 'content/intents/';

/** Fewer phrases than this and an intent is recognised only by luck; twenty-five and more is what was measured. */
const FEWEST_PHRASES = 20;
/** As many UTF-16 units as a button shows everywhere. */
const LONGEST_TITLE_UTF16 = 20;

/** One phrase with its place. */
interface Placed {
  intent: string;
  kind: 'phrases' | 'tests';
  text: string;
  folded: string;
  path: string;
  line: () => number | null;
}

export interface ReadIntents {
  intents: readonly Intent[];
  problems: readonly Problem[];
}

export function readIntentFiles(files: readonly YamlFile[]): ReadIntents {
  const intents: Intent[] = [];
  const problems: Problem[] = [];
  const placed: Placed[] = [];
  for (const file of files) {
    const shape = checkShape(file, IntentsFileSchema);
    if (!shape.ok) {
      problems.push(...shape.problems);
      continue;
    }
    shape.value.intents.forEach((one, at) => {
      const here = ['intents', at];
      if (intents.some(({ id }) => id === one.id))
        problems.push(
          fault(file.path, file.lineOf([...here, 'id']), `two intents are called "${one.id}"`, 'rename one'),
        );
      intents.push({ ...one, group: shape.value.group });
      for (const kind of ['phrases', 'tests'] as const)
        (one[kind] ?? []).forEach((text, index) => {
          const line = (): number | null => file.lineOf([...here, kind, index]);
          placed.push({ intent: one.id, kind, text, folded: plain(fold(text)), path: file.path, line });
        });
      if (one.phrases.length < FEWEST_PHRASES)
        problems.push(
          fault(
            file.path,
            file.lineOf([...here, 'phrases']),
            `${one.id} has ${one.phrases.length} phrases`,
            `write at least ${FEWEST_PHRASES}, in the words people use, also without diacritics and in short forms`,
          ),
        );
    });
  }
  return { intents, problems: [...problems, ...findTwins(placed), ...findNearTwins(placed)] };
}

/** The same words under two intents teach the model nothing; a test that is trained on tests nothing. */
function findTwins(placed: readonly Placed[]): readonly Problem[] {
  const first = new Map<string, Placed>();
  return placed.flatMap((one) => {
    if (one.folded === '')
      return [
        fault(one.path, one.line(), `"${one.text}" has no letters`, 'write what people write, in letters'),
      ];
    const before = first.get(one.folded);
    if (before === undefined) {
      first.set(one.folded, one);
      return [];
    }
    const place = `${before.path}:${before.line() ?? ''}`;
    const isSame = before.intent === one.intent;
    const where = isSame ? `${before.kind === 'tests' ? 'a test' : 'a phrase'} of` : 'a phrase of';
    return [
      fault(
        one.path,
        one.line(),
        `"${one.text}" is already ${where} ${before.intent} (${place}), diacritics aside`,
        isSame ? 'delete one' : 'keep it where it belongs and delete the other',
      ),
    ];
  });
}

/** What an intent leads to must be there, in every language that is served. */
export function lintIntents(assets: Assets, files: readonly YamlFile[]): readonly Problem[] {
  return files.flatMap((file) => {
    const shape = checkShape(file, IntentsFileSchema);
    if (!shape.ok) return [];
    return shape.value.intents.flatMap((intent, at) => {
      const line = (...path: readonly PropertyKey[]): number | null =>
        file.lineOf(['intents', at, ...path]) ?? file.lineOf(['intents', at]);
      return [
        ...lintAnswer(assets, file.path, line('answer'), intent),
        ...lintTitle(assets, file.path, line('title'), intent),
      ];
    });
  });
}

function lintAnswer(
  assets: Assets,
  path: string,
  line: number | null,
  { id, answer }: Pick<Intent, 'id' | 'answer'>,
): readonly Problem[] {
  if (answer === 'none' || 'command' in answer) return [];
  if ('say' in answer)
    return assets.languages
      .filter((language) => assets.messages.get(language)?.has(answer.say) !== true)
      .map((language) =>
        fault(
          path,
          line,
          `${id}: the text "${answer.say}" is missing in ${language}`,
          `write it in content/messages/${language}.yaml, or name one that is there`,
        ),
      );
  const flow = assets.flows.get(answer.flow);
  if (flow !== undefined && (answer.node === undefined || flow.nodes.has(answer.node))) return [];
  const target = answer.node === undefined ? answer.flow : `${answer.flow}, node ${answer.node}`;
  return [
    fault(
      path,
      line,
      `${id}: leads to "${target}", which does not exist`,
      'name a flow of flows/ and a node of it',
    ),
  ];
}

function lintTitle(
  assets: Assets,
  path: string,
  line: number | null,
  { id, title }: Pick<Intent, 'id' | 'title'>,
): readonly Problem[] {
  return assets.languages.flatMap((language) => {
    const text = title[language];
    if (text === undefined)
      return [
        fault(path, line, `${id}: the title is missing in ${language}`, 'write it: it is shown as a button'),
      ];
    if (text.length <= LONGEST_TITLE_UTF16) return [];
    return [
      fault(
        path,
        line,
        `${id}: the title "${text}" is longer than ${LONGEST_TITLE_UTF16} characters`,
        'shorten it: it is shown as a button',
      ),
    ];
  });
}

/** Above this likeness (letter groups of three in common) two phrases are one with a letter changed. */
const NEAR = 0.85;

/** Phrases of two intents that hardly differ. */
function findNearTwins(placed: readonly Placed[]): readonly Problem[] {
  const phrases = placed.filter(({ kind }) => kind === 'phrases');
  const groups = phrases.map(({ folded }) => threes(folded));
  const often = new Map<string, number>();
  for (const group of groups.flat()) often.set(group, (often.get(group) ?? 0) + 1);
  const holders = new Map<string, number[]>();
  return phrases.flatMap((one, at) => {
    const own = groups[at] ?? [];
    // two sets that alike must share one of the rarest groups of each, so only those are compared
    const rarest = [...own]
      .sort((a, b) => (often.get(a) ?? 0) - (often.get(b) ?? 0) || (a < b ? -1 : 1))
      .slice(0, Math.floor(own.length * (1 - NEAR)) + 1);
    const others = new Set(rarest.flatMap((group) => holders.get(group) ?? []));
    for (const group of rarest) holders.set(group, [...(holders.get(group) ?? []), at]);
    return [...others].flatMap((other) => {
      const twin = phrases[other];
      if (
        twin === undefined ||
        twin.intent === one.intent ||
        twin.folded === one.folded ||
        likeness(own, groups[other] ?? []) <= NEAR
      )
        return [];
      return [
        fault(
          one.path,
          one.line(),
          `"${one.text}" (${one.intent}) is nearly "${twin.text}" (${twin.intent}, ${twin.path}:${twin.line() ?? ''})`,
          'keep one, or make plain what tells them apart',
        ),
      ];
    });
  });
}

function likeness(one: readonly string[], other: readonly string[]): number {
  const both = other.filter((group) => one.includes(group)).length;
  return both / (one.length + other.length - both);
}

function threes(text: string): readonly string[] {
  const padded = ` ${text} `;
  const groups = new Set<string>();
  for (let at = 0; at + 3 <= padded.length; at += 1) groups.add(padded.slice(at, at + 3));
  return [...groups];
}
