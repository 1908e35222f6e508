/** Makes of the files of a content all that the server runs on; every fault of every part is told at once. */
import { type Assets, loadAssets, type LoadedParts, type Problem } from '../../bot/index.ts';
import { CHANNEL_RULES_PATH, type ChannelRules, parseChannelRules } from '../channels/rules.ts';
import { DESK_RULES_PATH, type DeskRules, findDeskFaults, parseDeskRules } from '../desk-rules.ts';
import { openPractice, type Practice } from '../practice/load.ts';
import type { ContentText } from './manifest.ts';

export interface OpenedContent {
  assets: Assets;
  rules: ChannelRules;
  deskRules: DeskRules;
  practice: Practice;
  /** warnings */
  problems: readonly Problem[];
}

export type OpenResult = (
  { ok: true; content: OpenedContent } | { ok: false; problems: readonly Problem[] }
) & {
  parts: LoadedParts;
};

/**
 * @param files of flows/ and content/; others (translations/) are passed over
 * @param recordings paths of recordings under content/audio, which are no texts
 * @param before parts of an earlier content, to be taken over where nothing changed
 */
export function openContent(
  files: readonly ContentText[],
  {
    now,
    recordings = [],
    before = null,
  }: { now: Date; recordings?: readonly string[]; before?: LoadedParts | null },
): OpenResult {
  const sources = [
    ...files.filter(({ path }) => path.startsWith('flows/') || path.startsWith('content/')),
    ...recordings.map((path) => ({ path, text: '' })),
  ];
  const loaded = loadAssets(sources, before);
  const { parts } = loaded;
  const textOf = (path: string): string => sources.find((file) => file.path === path)?.text ?? '';
  const rules = parseChannelRules(textOf(CHANNEL_RULES_PATH));
  const desk = parseDeskRules(textOf(DESK_RULES_PATH));
  const problems = [
    ...loaded.problems,
    ...(rules.ok ? [] : rules.faults.map((message) => faultOf(CHANNEL_RULES_PATH, message))),
    ...(desk.ok ? [] : desk.faults.map((message) => faultOf(DESK_RULES_PATH, message))),
  ];
  if (!loaded.ok || !rules.ok || !desk.ok) return { ok: false, problems, parts };
  const deskFaults = findDeskFaults(desk.rules, loaded.assets).map((message) =>
    faultOf(DESK_RULES_PATH, message),
  );
  const practice = openPractice(sources, loaded.assets, now);
  const practiceFaults = practice.ok
    ? []
    : practice.faults.map(({ path, message }) => faultOf(path, message));
  if (!practice.ok || deskFaults.length > 0)
    return { ok: false, problems: [...problems, ...deskFaults, ...practiceFaults], parts };
  return {
    ok: true,
    content: {
      ...{ assets: loaded.assets, rules: rules.rules, deskRules: desk.rules },
      ...{ practice: practice.practice, problems },
    },
    parts,
  };
}

function faultOf(path: string, message: string): Problem {
  return {
    ...{ severity: 'error', path, line: null, message },
    mend: 'correct this value; the comments of the file say what it means',
  };
}
