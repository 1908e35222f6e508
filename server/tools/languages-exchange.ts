/** `npm run languages -- export|import`: a work list of translations/ as a file for a translator's own program, and back. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Assets, type Language, loadAssets } from '../../bot/index.ts';
import { readAssetSources } from '../assets.ts';
import { type Compared, compareSheets, type Verdict } from '../translation-exchange/compare.ts';
import { readJson, writeJson } from '../translation-exchange/json.ts';
import { readPo, writePo } from '../translation-exchange/po.ts';
import { ExchangeFault, type ReturnedSheet, type Sheet, type Unit } from '../translation-exchange/unit.ts';
import { readXliff, writeXliff } from '../translation-exchange/xliff.ts';
import { readXlsx, writeXlsx } from '../translation-exchange/xlsx.ts';
import { describeProblem } from './content-report.ts';
import {
  notesOf,
  printOf,
  priorityOf,
  readVoiceFirstFile,
  readWorkList,
  TRANSLATIONS_FOLDER,
  type WorkList,
  writeWorkList,
} from './languages-prepare.ts';
import type { VoiceFirst } from './recording-scripts.ts';

export const EXCHANGE_HELP = `npm run languages -- export TAG FILE            FILE ends in .xlsx, .po, .xlf or .json
npm run languages -- import TAG FILE            shows what would change; nothing is written
npm run languages -- import TAG FILE --write --writer NAME
                               writes what is new or changed, never what is stale, in conflict or faulty`;

const MAX_FILE_BYTES = 10 * 1024 * 1024;

interface Desk {
  assets: Assets;
  language: Language;
  voice: VoiceFirst;
  path: string;
  list: WorkList;
}

/** @returns lines to print. @throws Error with what is wrong and what to do */
export async function exportTexts(root: string, args: readonly string[]): Promise<readonly string[]> {
  const [tag = '', file = ''] = args;
  const desk = await openDesk(root, tag);
  const sheet = readSheetOf(desk);
  const bytes = await encode(sheet, file);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  const missing = sheet.units.filter(({ state }) => state === 'missing').length;
  return [`${file}: ${sheet.units.length} texts, ${missing} not written yet`];
}

/** @returns lines to print. @throws Error with what is wrong and what to do; then nothing was written */
export async function importTexts(root: string, args: readonly string[]): Promise<readonly string[]> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { write: { type: 'boolean', default: false }, writer: { type: 'string' } },
    allowPositionals: true,
  });
  const [tag = '', file = ''] = positionals;
  const writer = values.writer?.trim() ?? '';
  if (values.write && writer === '') throw new Error('--write needs --writer NAME: who wrote these texts');
  const desk = await openDesk(root, tag);
  const bytes = await readFile(file);
  if (bytes.length > MAX_FILE_BYTES) throw new Error(`${file} has more than 10 MB: it is another file`);
  const returned = await decode(bytes, file);
  if (returned.language !== null && returned.language !== tag)
    throw new Error(`${file} is in ${returned.language}, not in ${tag}`);
  const compared = compareSheets(readSheetOf(desk), returned);
  const taken = compared.filter(isTaken);
  if (values.write && taken.length > 0) await writeFile(join(root, desk.path), takeOver(desk, taken, writer));
  const end =
    taken.length === 0
      ? 'nothing to write'
      : values.write
        ? `${desk.path}: ${taken.length} written, each waits for its reviewer`
        : `${taken.length} would be written: the same again with --write --writer NAME`;
  return [...describe(compared), end];
}

const isTaken = ({ verdict }: Compared): boolean => verdict === 'new' || verdict === 'changed';

const VERDICTS: readonly Verdict[] = [
  'new',
  'changed',
  'unchanged',
  'stale',
  'conflict',
  'unknown',
  'faulty',
];

function describe(compared: readonly Compared[]): readonly string[] {
  const counts = VERDICTS.map(
    (verdict) => `${verdict} ${compared.filter((one) => one.verdict === verdict).length}`,
  );
  const refused = compared.flatMap(({ row, verdict, why }) =>
    why === null ? [] : [`${row.where}, ${row.key}: ${verdict}: ${why}`],
  );
  return [...refused, counts.join(', ')];
}

async function openDesk(root: string, tag: string): Promise<Desk> {
  const loaded = loadAssets(await readAssetSources(root));
  if (!loaded.ok) throw new Error(loaded.problems.map(describeProblem).join('\n'));
  const language = loaded.assets.allLanguages.find((one) => one.prepare && one.tag === tag);
  if (language === undefined) {
    const tags = loaded.assets.allLanguages.filter(({ prepare }) => prepare).map((one) => one.tag);
    throw new Error(`"${tag}" is no language with a work list; there are ${tags.join(', ')}`);
  }
  const path = `${TRANSLATIONS_FOLDER}/${tag}.yaml`;
  const list = readWorkList(path, await readFile(join(root, path), 'utf8'));
  return {
    assets: loaded.assets,
    language,
    voice: await readVoiceFirstFile(root, loaded.assets),
    path,
    list,
  };
}

function readSheetOf({ assets, language, voice, list }: Desk): Sheet {
  const when = new Map(voice.groups.flatMap(({ texts }) => texts.map((one) => [one.key, one.when] as const)));
  const units = [...(assets.messages.get('vi')?.values() ?? [])].map((message, at) => {
    const entry = list.texts[message.key] ?? null;
    const unit: Unit = {
      key: message.key,
      source: message.written[0] ?? '',
      sourcePrint: printOf(message),
      target: entry?.text.normalize('NFC').trim() ?? '',
      note: notesOf(message, when.get(message.key)).join(' · '),
      state:
        entry === null
          ? 'missing'
          : entry.of !== printOf(message)
            ? 'stale'
            : entry.reviewer === null
              ? 'draft'
              : 'reviewed',
    };
    return { unit, at, priority: priorityOf(message, when.has(message.key)) };
  });
  units.sort((a, b) => a.priority - b.priority || a.at - b.at);
  return { language: language.tag, units: units.map(({ unit }) => unit) };
}

function takeOver(desk: Desk, taken: readonly Compared[], writer: string): string {
  const texts = { ...desk.list.texts };
  for (const { row } of taken) {
    const of = row.mark?.sourcePrint ?? '';
    // whoever reviewed the old words has not read the new ones
    texts[row.key] = { text: row.target, of, writer, reviewer: null, reviewed: null };
  }
  return writeWorkList(desk.language, desk.assets, desk.voice, { ...desk.list, texts });
}

const ENDINGS = '.xlsx, .po, .xlf or .json';

async function encode(sheet: Sheet, file: string): Promise<Uint8Array | string> {
  switch (extname(file).toLowerCase()) {
    case '.xlsx':
      return writeXlsx(sheet);
    case '.po':
      return writePo(sheet, new Date());
    case '.xlf':
    case '.xliff':
      return writeXliff(sheet);
    case '.json':
      return writeJson(sheet);
    default:
      throw new Error(`"${file}" must end in ${ENDINGS}`);
  }
}

async function decode(bytes: Uint8Array, file: string): Promise<ReturnedSheet> {
  const ending = extname(file).toLowerCase();
  if (ending === '.xlsx') return readXlsx(bytes);
  const read = { '.po': readPo, '.xlf': readXliff, '.xliff': readXliff, '.json': readJson }[ending];
  if (read === undefined) throw new ExchangeFault(`"${file}" must end in ${ENDINGS}`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new ExchangeFault(`${file} is not UTF-8: save it as UTF-8`, { cause: error });
  }
  return read(text);
}
