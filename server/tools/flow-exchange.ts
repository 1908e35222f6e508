/** `npm run flow -- import` and `export`: reads files of other systems into flows, and writes flows for them. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Assets, type AssetSource, loadAssets } from '../../bot/index.ts';
import { readAssetSources } from '../assets.ts';
import type { Surroundings } from '../flow-exchange/draft.ts';
import { exportFlows } from '../flow-exchange/floip-write.ts';
import { importFlows } from '../flow-exchange/import.ts';
import {
  describeFault,
  describeNote,
  type ExchangeFile,
  type Imported,
  type Note,
} from '../flow-exchange/report.ts';
import { describeProblem } from './content-report.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Bytes; the reader's own limit counts characters, of which none is longer than four bytes. */
const MAX_INPUT_BYTES = 40_000_000;

/**
 * @param args FILE [--out DIR] [--language TAG] [--force]
 * @returns what was read and every note, a line each
 * @throws Error naming every fault when nothing could be read, or when a file would be overwritten
 */
export async function importFile(
  args: readonly string[],
  load: () => Promise<Content> = () => loadContent(ROOT),
): Promise<readonly string[]> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      language: { type: 'string' },
      force: { type: 'boolean', default: false },
    },
  });
  const file = positionals[0];
  if (file === undefined || positionals.length > 1)
    throw new Error('Name one file: npm run flow -- import FILE [--out DIR] [--language TAG] [--force]');
  const { assets, sources } = await load();
  const result = importFlows(await readInput(file), surroundingsOf(assets, sources, values.language));
  if (result.kind === 'refused')
    throw new Error([`Nothing was read from ${file}:`, ...result.faults.map(describeFault)].join('\n'));
  const files = [...result.flows, ...Object.values(result.messages), notesFile(result.notes)];
  const written = values.out === undefined ? [] : await writeAll(values.out, files, values.force);
  return [...summary(result), ...result.notes.map(describeNote), ...written];
}

/**
 * @param args [NAME …] [--out FILE] [--force]; no name = every flow
 * @returns the container, or what was written where, with every note
 * @throws Error when content has faults, a name is no flow, or the file is there already
 */
export async function exportToFile(
  args: readonly string[],
  load: () => Promise<Content> = () => loadContent(ROOT),
  now: () => Date = () => new Date(),
): Promise<readonly string[]> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { out: { type: 'string' }, force: { type: 'boolean', default: false } },
  });
  const { assets, sources } = await load();
  const unknown = positionals.filter((name) => !assets.flows.has(name));
  if (unknown.length > 0)
    throw new Error(`No such flow: ${unknown.join(', ')}. There are: ${[...assets.flows.keys()].join(', ')}`);
  const ids = positionals.length === 0 ? [...assets.flows.keys()] : [...new Set(positionals)];
  const exported = exportFlows(assets, sources, ids, now().toISOString());
  if (values.out === undefined) return [exported.text.trimEnd()];
  const path = resolve(values.out);
  const written = await writeAll(
    dirname(path),
    [{ path: values.out, text: exported.text }],
    values.force,
    path,
  );
  return [
    `${ids.length} flows, ${exported.notes.length} notes`,
    ...exported.notes.map(describeNote),
    ...written,
  ];
}

export interface Content {
  assets: Assets;
  sources: readonly AssetSource[];
}

/** @throws Error naming the faults of the content */
export async function loadContent(root: string): Promise<Content> {
  const sources = await readAssetSources(root);
  const result = loadAssets(sources);
  if (!result.ok)
    throw new Error(
      ['Content has faults; mend them first.', ...result.problems.map(describeProblem)].join('\n'),
    );
  return { assets: result.assets, sources };
}

async function readInput(file: string): Promise<string> {
  const found = await stat(file).catch(() => null);
  if (found?.isFile() !== true) throw new Error(`${file}: there is no such file. Check the name.`);
  if (found.size > MAX_INPUT_BYTES)
    throw new Error(
      `${file}: it is larger than ${MAX_INPUT_BYTES / 1_000_000} MB. Export fewer flows at a time.`,
    );
  const bytes = await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${file}: it is not UTF-8 text. Unpack it first, or export it again as JSON.`);
  }
}

function surroundingsOf(
  assets: Assets,
  sources: readonly AssetSource[],
  language: string | undefined,
): Surroundings {
  return {
    served: assets.languages,
    flows: [...assets.flows.keys()],
    slots: [...new Set([...assets.flows.values()].flatMap(({ slots }) => Object.keys(slots)))],
    recordings: sources.map(({ path }) => path).filter((path) => path.startsWith('content/audio/')),
    language: language ?? 'en',
  };
}

function summary(result: Imported): readonly string[] {
  const languages = Object.keys(result.messages).join(', ');
  return [
    `${result.format === 'floip' ? 'FLOIP' : 'RapidPro'}: ${result.flows.length} flows, texts in ${languages === '' ? 'no language' : languages}, ${result.notes.length} notes`,
    ...result.flows.map(({ path }) => path),
  ];
}

function notesFile(notes: readonly Note[]): ExchangeFile {
  return { path: 'import-notes.txt', text: `${notes.map(describeNote).join('\n')}\n` };
}

/** Nothing is written when one of the files is there already: half an import helps nobody. */
async function writeAll(
  folder: string,
  files: readonly ExchangeFile[],
  isForced: boolean,
  only?: string,
): Promise<readonly string[]> {
  const paths = files.map(({ path }) => only ?? join(folder, path));
  const there = await Promise.all(
    paths.map(async (path) => ((await stat(path).catch(() => null)) === null ? [] : [path])),
  );
  const taken = there.flat();
  if (taken.length > 0 && !isForced)
    throw new Error(
      `Nothing was written: ${taken.join(', ')} is there already. Choose another place, or add --force to replace it.`,
    );
  for (const [index, { text }] of files.entries()) {
    const path = paths[index] ?? '';
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return paths.map((path) => `written: ${path}`);
}
