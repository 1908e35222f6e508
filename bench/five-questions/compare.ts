/** Our engine beside three others on the same script, in one run: who says the same, and what a step costs. */
import { join } from 'node:path';
import { type Assets, looksLikeOffer, scanDanger } from '../../bot/index.ts';
import type { Figure } from '../figure.ts';
import { findDifference } from './conformance.ts';
import { createOurs, loadScriptAssets, OURS_FOLDER } from './engines/ours.ts';
import { measureByTurns, type Work } from './measure.ts';
import { ensureInstalled } from './packages.ts';
import { type Answer, answersFor, LANGUAGES, MEASURED_PATHS, play, type ScriptEngine } from './script.ts';
import { readTexts } from './texts.ts';

/** What is measured apart: our engine reads free text for danger first, the others read it for nothing. */
const PARTS = {
  taps: { title: 'greeting and taps', holds: (answer: Answer) => answer.kind === 'tap' },
  typed: { title: 'typed answers', holds: (answer: Answer) => answer.kind === 'text' },
} as const;
type Part = keyof typeof PARTS;

const DIALOGUE = 'all steps, without reading for danger and offers';
const TARGET_US = 30;
const TARGET_RATIO = 5;

export interface Row {
  engine: ScriptEngine;
  /** µs CPU per step */
  taps: number;
  typed: number;
  /** the whole script: greeting, three taps, one wrong and two right typed answers */
  all: number;
  /** the same without looking for danger and offers in what was typed, which the others do not do */
  dialogue: number;
}

/**
 * @param root the repository
 * @param version of our own engine
 * @param write is told what takes long and what could not be done
 * @throws Error when an engine says something else than ours: then nothing would be comparable
 */
export async function compareEngines(
  root: string,
  version: string,
  write: (line: string) => void,
): Promise<readonly Figure[]> {
  const assets = await loadScriptAssets(root);
  const ours = createOurs(assets, version);
  const others = await loadOthers(write);
  return withoutConsoleInfo(async () => {
    const difference = await findDifference(ours, others);
    if (difference !== null) throw new Error(`the engines do not play the same script: ${difference}`);
    return toFigures(await measureRows([ours, ...others], readingWork(assets)));
  });
}

async function loadOthers(write: (line: string) => void): Promise<readonly ScriptEngine[]> {
  const installed = await ensureInstalled(write);
  if (installed.kind === 'missing') {
    write(`the systems compared with could not be installed (${installed.why}): our figures stand alone`);
    return [];
  }
  const texts = await readTexts(join(OURS_FOLDER, 'messages'));
  const [{ createFloip }, { createBotbuilder }, { createXstate }] = await Promise.all([
    import('./engines/floip.ts'),
    import('./engines/botbuilder.ts'),
    import('./engines/xstate.ts'),
  ]);
  return [
    createFloip(texts),
    createBotbuilder(texts, 'digits'),
    createBotbuilder(texts, 'recogniser'),
    createXstate(texts),
  ];
}

/** FLOIP's runner announces every question it waits at on the console; writing that down is no part of a step. */
async function withoutConsoleInfo<T>(work: () => Promise<T>): Promise<T> {
  const loud = globalThis.console;
  globalThis.console = { ...loud, info: () => undefined };
  try {
    return await work();
  } finally {
    globalThis.console = loud;
  }
}

/** What our engine alone does with every typed answer, on the same texts: looks for danger, and for an offer. */
function readingWork(assets: Assets): Work {
  const steps = LANGUAGES.flatMap((language) =>
    MEASURED_PATHS.flatMap((path) => {
      const texts = answersFor(path, language).flatMap((answer) =>
        answer.kind === 'text' ? [answer.text] : [],
      );
      return texts.map((text, index) => () => {
        scanDanger(assets.danger, texts.slice(0, index + 1));
        looksLikeOffer(text, assets);
      });
    }),
  );
  const run = (): Promise<void> => {
    for (const step of steps) step();
    return Promise.resolve();
  };
  return { key: 'reading', run, steps: steps.length };
}

/** @param reading is taken off the typed answers of the first engine, ours */
async function measureRows(engines: readonly ScriptEngine[], reading: Work): Promise<readonly Row[]> {
  const works = new Map<string, Work>([[reading.key, reading]]);
  for (const engine of engines)
    for (const part of ['taps', 'typed'] as const) {
      const work = await workOf(engine, part);
      works.set(work.key, work);
    }
  const perStep = await measureByTurns([...works.values()]);
  return engines.map((engine) => {
    const read = (part: Part): { each: number; steps: number } => ({
      each: perStep.get(keyOf(engine, part)) ?? Number.NaN,
      steps: works.get(keyOf(engine, part))?.steps ?? 0,
    });
    const [taps, typed] = [read('taps'), read('typed')];
    const over = (typedEach: number): number =>
      (taps.each * taps.steps + typedEach * typed.steps) / (taps.steps + typed.steps);
    const own = engine === engines[0] ? (perStep.get(reading.key) ?? Number.NaN) : 0;
    return {
      engine,
      taps: taps.each,
      typed: typed.each,
      all: over(typed.each),
      dialogue: over(typed.each - own),
    };
  });
}

/** The steps of one kind on all measured ways, each from the state it really had. */
async function workOf(engine: ScriptEngine, part: Part): Promise<Work> {
  const steps: (() => Promise<unknown>)[] = [];
  for (const language of LANGUAGES)
    for (const path of MEASURED_PATHS) {
      const answers = answersFor(path, language);
      const { before } = await play(engine, language, answers);
      if (part === 'taps') steps.push(() => engine.start(language));
      answers.forEach((answer, index) => {
        const stored = before[index];
        if (stored !== undefined && PARTS[part].holds(answer)) steps.push(() => engine.step(stored, answer));
      });
    }
  const run = async (): Promise<void> => {
    for (const step of steps) await step();
  };
  return { key: keyOf(engine, part), run, steps: steps.length };
}

function keyOf(engine: ScriptEngine, part: Part): string {
  return `${engine.name} ${part}`;
}

/** @param rows ours first */
export function toFigures(rows: readonly Row[]): readonly Figure[] {
  const [ours, ...others] = rows;
  if (ours === undefined) return [];
  const figure = (row: Row, part: Part | 'all' | 'dialogue', title: string): Figure => ({
    name: `five questions, ${title}: ${row.engine.name} ${row.engine.version} (${row.engine.kind})`,
    value: row[part],
    unit: 'µs CPU',
    target: row === ours && (part === 'taps' || part === 'dialogue') ? TARGET_US : null,
    reference: row === ours ? null : { name: 'ours', value: ours[part] },
  });
  const dialogues = others.filter((row) => row.engine.kind === 'dialogue engine');
  return [
    ...rows.map((row) => figure(row, 'taps', PARTS.taps.title)),
    ...fastestBy('taps', PARTS.taps.title, ours, dialogues),
    ...rows.map((row) => figure(row, 'typed', PARTS.typed.title)),
    ...rows.map((row) => figure(row, 'all', 'all steps')),
    ...fastestBy('all', 'all steps', ours, dialogues),
    figure(ours, 'dialogue', DIALOGUE),
    ...fastestBy('dialogue', DIALOGUE, ours, dialogues),
  ];
}

function fastestBy(
  part: 'taps' | 'all' | 'dialogue',
  title: string,
  ours: Row,
  others: readonly Row[],
): readonly Figure[] {
  const fastest = others.toSorted((a, b) => a[part] - b[part])[0];
  if (fastest === undefined) return [];
  return [
    {
      name: `five questions, ${title}: fastest other dialogue engine (${fastest.engine.name}) by ours`,
      value: fastest[part] / ours[part],
      unit: '×',
      target: TARGET_RATIO,
      reference: null,
    },
  ];
}
