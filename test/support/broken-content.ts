/** Builds content with one deliberate fault: the real content with some files changed. */
import {
  type Assets,
  type AssetSource,
  inspectTexts,
  loadAssets,
  type Problem,
  prove,
  readFlowBeside,
} from '../../bot/index.ts';
import { channelFits } from '../../server/channels/fit.ts';

export const TODAY = new Date('2026-11-25T03:00:00Z');

/** Released versions are left out: what is broken here was never released. */
export function withoutReleases(sources: readonly AssetSource[]): readonly AssetSource[] {
  return sources.filter(({ path }) => !path.startsWith('flows/released/'));
}

/** Of the long register only a beginning: flows do not read it, and loading it takes time. */
export function lean(sources: readonly AssetSource[]): readonly AssetSource[] {
  const firstLines = (text: string, lines: number): string =>
    `${text.split('\n').slice(0, lines).join('\n')}\n`;
  return changed(withoutReleases(sources), {
    'content/registers/agencies.csv': (text) => firstLines(text, 4),
  });
}

/** Replaces, adds or (null) removes whole files; a function changes the text that is there. */
export function changed(
  sources: readonly AssetSource[],
  changes: Readonly<Record<string, string | null | ((text: string) => string)>>,
): readonly AssetSource[] {
  const files = new Map(sources.map(({ path, text }) => [path, text]));
  for (const [path, change] of Object.entries(changes)) {
    if (change === null) files.delete(path);
    else files.set(path, typeof change === 'string' ? change : change(files.get(path) ?? ''));
  }
  return [...files].map(([path, text]) => ({ path, text }));
}

export function errorsOf(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(({ severity }) => severity === 'error');
}

/** Everything check:content would say: faults of loading; when it loads, those of the proof. */
export function checkAll(sources: readonly AssetSource[], now = TODAY): readonly Problem[] {
  const loaded = loadAssets(sources);
  if (!loaded.ok) return errorsOf(loaded.problems);
  return errorsOf([
    ...inspectTexts(loaded.assets, now),
    ...prove(loaded.assets, { now, channels: channelFits() }).problems,
  ]);
}

/** The same for one flow beside content that is loaded: what an editor's page asks. */
export function checkBeside(assets: Assets, flow: string, now = TODAY): readonly Problem[] {
  const beside = readFlowBeside(assets, { path: 'flows/trial.yaml', text: flow });
  if (beside.assets === null) return errorsOf(beside.problems);
  return errorsOf(prove(beside.assets, { now, channels: channelFits() }).problems);
}

/** @throws Error naming the first faults */
export function mustLoad(sources: readonly AssetSource[]): Assets {
  const loaded = loadAssets(sources);
  if (loaded.ok) return loaded.assets;
  const faults = errorsOf(loaded.problems).map(
    ({ path, line, message }) => `${path}:${line ?? ''} ${message}`,
  );
  throw new Error(`does not load:\n${faults.slice(0, 8).join('\n')}`);
}

/** A flow of its own beside the real ones, with a route so that it is begun by real people. */
export function flowFile(nodes: string, head = ''): string {
  return `id: trial\nversion: 1\nstart: a\n${head}nodes:\n${nodes}\n`;
}

export const TRIAL_TEXTS = {
  vi: [
    'trial.q:',
    '  text: Bạn chọn gì?',
    '  retry: Bạn chọn một mục nhé.',
    '  choices: { one: Một thứ, two: Thứ khác }',
    'trial.number: { text: Mấy người?, invalid: "Bạn viết một số nhé, ví dụ 3." }',
    'trial.say: Mình ghi lại rồi.',
    'trial.hand: "{staffed, select, yes {Mình đã báo.} other {Chưa có ai trực. Gọi: {shortNumbers}}}"',
    '',
  ].join('\n'),
  en: [
    'trial.q:',
    '  text: Which one?',
    '  retry: Please pick one.',
    '  choices: { one: One thing, two: Another }',
    'trial.number: { text: How many people?, invalid: "Please write a number, for example 3." }',
    'trial.say: I keep that.',
    'trial.hand: "{staffed, select, yes {I told them.} other {Nobody is on duty. Call: {shortNumbers}}}"',
    '',
  ].join('\n'),
} as const;

/** The real content with the trial flow and its texts beside it. */
export function withTrial(
  sources: readonly AssetSource[],
  flow: string,
  texts: Readonly<Partial<Record<'vi' | 'en', string>>> = {},
): readonly AssetSource[] {
  return changed(lean(sources), {
    'flows/trial.yaml': flow,
    'content/messages/vi.yaml': (text) => `${text}\n${TRIAL_TEXTS.vi}${texts.vi ?? ''}`,
    'content/messages/en.yaml': (text) => `${text}\n${TRIAL_TEXTS.en}${texts.en ?? ''}`,
  });
}
