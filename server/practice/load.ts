/** Reads the practice content from disk, and proves that each scenario can be done well: its own example gets no fault. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Assets, mayShow } from '../../bot/index.ts';
import { AppError } from '../errors.ts';
import { parsePractice, PRACTICE_FOLDER, type PracticeContent, type PracticeFault } from './content.ts';
import { playTalk, type PracticeDeps, reviewTalk } from './talk.ts';

export interface Practice extends PracticeDeps {
  /** a text with `[[id]]` as somebody reads it */
  fillNumbers: (text: string) => string;
}

export type PracticeLoaded =
  { ok: true; practice: Practice } | { ok: false; faults: readonly PracticeFault[] };

/** The files of `PRACTICE_FOLDER` as they are on disk. */
export async function readPractice(root: string, assets: Assets, now: Date): Promise<PracticeLoaded> {
  const folder = path.join(root, PRACTICE_FOLDER);
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const files = await Promise.all(
    names.map(async (name) => ({
      path: `${PRACTICE_FOLDER}/${name}`,
      text: await readFile(path.join(folder, name), 'utf8'),
    })),
  );
  return openPractice(files, assets, now);
}

/**
 * @param files also others; only those of `PRACTICE_FOLDER` are read
 * @param assets for the numbers of the register that may be shown at `now`
 */
export function openPractice(
  files: readonly { path: string; text: string }[],
  assets: Assets,
  now: Date,
): PracticeLoaded {
  const own = files
    .filter((file) => file.path.startsWith(`${PRACTICE_FOLDER}/`) && file.path.endsWith('.yaml'))
    .map((file) => ({ name: file.path.slice(PRACTICE_FOLDER.length + 1), text: file.text }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const parsed = parsePractice(own);
  if (!parsed.ok) return parsed;
  const practice = preparePractice(parsed.content, assets, now);
  const faults = checkModels(practice);
  return faults.length > 0 ? { ok: false, faults } : { ok: true, practice };
}

/** @throws AppError `assets_broken` with every fault */
export async function loadPractice(root: string, assets: Assets, now: Date): Promise<Practice> {
  const result = await readPractice(root, assets, now);
  if (result.ok) return result.practice;
  const lines = result.faults.map(({ path: at, message }) => `  ${at}: ${message}`);
  throw new AppError('assets_broken', `\n${lines.join('\n')}`);
}

export function preparePractice(content: PracticeContent, assets: Assets, now: Date): Practice {
  const shown = [...assets.hotlines.values()].filter((one) => one.number !== null && mayShow(one, now));
  const numbers = new Set(shown.map(({ number }) => (number ?? '').replace(/\D/g, '')));
  const numberOf = new Map(shown.map((one) => [one.id, one.shown ?? one.number ?? '']));
  return {
    content,
    numbers,
    fillNumbers: (text) =>
      text.replaceAll(/\[\[([\w-]+)\]\]/g, (whole, id: string) => numberOf.get(id) ?? whole),
  };
}

/** The example of each scenario, played: whatever it is told was missing or harmful is a fault of the content. */
export function checkModels(practice: Practice): readonly PracticeFault[] {
  return practice.content.scenarios.flatMap((scenario) =>
    (['vi', 'en'] as const).flatMap((language) => {
      const at = `${PRACTICE_FOLDER}/${scenario.id}.yaml`;
      const said = scenario.model.map((line) => practice.fillNumbers(line[language]));
      const open = said.filter((text) => text.includes('[['));
      if (open.length > 0)
        return [{ path: at, message: `${language}: the example names a number that may not be shown` }];
      const talk = playTalk(practice, scenario, said, language);
      const unheard =
        talk.heard.length < said.length
          ? [{ path: at, message: `${language}: it ends before the example does` }]
          : [];
      const findings = reviewTalk(scenario, said, talk).filter(({ kind }) => kind !== 'good');
      return [
        ...unheard,
        ...findings.map(({ item, kind }) => ({
          path: at,
          message: `${language}: the example is told "${kind}" for "${item}"`,
        })),
      ];
    }),
  );
}
