/** Intents and languages: ours and others on the same rows, each in a process of its own, one after the other. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { ensureInstalled } from '../five-questions/packages.ts';
import type { Figure } from '../figure.ts';
import { type Measured, MeasuredSchema, TASKS } from './candidates.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);
const MOST_OUTPUT_BYTES = 64e6;
const OURS = 'ours';

const RowSchema = z.object({ text: z.string(), label: z.string(), form: z.string().default('') });
type Row = z.infer<typeof RowSchema>;

/** How each library names the languages of the rows. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  ...{
    vi: ['vie'],
    en: ['eng', 'sco'],
    hmn: ['hnj', 'mww'],
    fr: ['fra'],
    es: ['spa'],
    de: ['deu'],
    pt: ['por'],
  },
  ...{
    id: ['ind', 'ms', 'zlm', 'zsm'],
    tl: ['tgl', 'fil'],
    km: ['khm'],
    lo: ['lao'],
    th: ['tha'],
    my: ['mya'],
  },
  ...{
    zh: ['cmn', 'zh-Latn'],
    ja: ['jpn'],
    ko: ['kor'],
    blt: [],
    lus: [],
    cnh: [],
    hni: [],
    hms: [],
    hea: [],
  },
};
const isSame = (label: string, reading: string): boolean =>
  reading === label || (NAMES[label] ?? []).includes(reading);

/** What is counted for a task: a share of the rows that are chosen. */
interface Count {
  name: string;
  isOf: (row: Row) => boolean;
  isHit: (row: Row, reading: string) => boolean;
}

const isMessage = ({ text }: Row): boolean => text.length >= 20 && text.length <= 60;
const COUNTS: Readonly<Record<keyof typeof TASKS, readonly Count[]>> = {
  intents: [
    { name: 'right', isOf: () => true, isHit: (row, reading) => row.label === reading },
    {
      name: 'right without diacritics',
      isOf: ({ form }) => form === 'vi-nodia',
      isHit: (row, reading) => row.label === reading,
    },
  ],
  languages: [
    { name: 'Vietnamese', isOf: (row) => row.label === 'vi' && isMessage(row), isHit: isRight },
    {
      name: 'Vietnamese without diacritics, chat spelling',
      isOf: (row) => row.label === 'vi' && isMessage(row) && /nodia|no diacritics|teencode/.test(row.form),
      isHit: isRight,
    },
    { name: 'English', isOf: (row) => row.label === 'en' && isMessage(row), isHit: isRight },
    {
      name: 'eight scripts',
      isOf: (row) => 'km lo th my zh ja ko blt'.split(' ').includes(row.label),
      isHit: isRight,
    },
    {
      name: 'other languages',
      isOf: (row) => 'fr es de pt id tl'.split(' ').includes(row.label) && isMessage(row),
      isHit: isRight,
    },
  ],
};

function isRight(row: Row, reading: string): boolean {
  return isSame(row.label, reading);
}

/** @param write is told the table of each task, a line at a time */
export async function compareReaders(write: (line: string) => void): Promise<readonly Figure[]> {
  const installed = await ensureInstalled(write);
  if (installed.kind === 'missing') write(`other libraries are not measured: ${installed.why}`);
  const figures: Figure[] = [];
  for (const task of ['intents', 'languages'] as const) {
    const rows = readFileSync(join(root, TASKS[task].rows), 'utf8')
      .trim()
      .split('\n')
      .map((line) => RowSchema.parse(JSON.parse(line)));
    const counts = COUNTS[task];
    write(`${task}: ${counts.map(({ name }) => name).join(' | ')} | ready ms | µs | MB`);
    for (const candidate of Object.keys(TASKS[task].candidates)) {
      if (candidate !== OURS && installed.kind === 'missing') continue;
      const measured = await measureApart(task, candidate);
      const shares = counts.map((count) => shareOf(rows, measured.readings, count));
      const costs = [measured.readyMs, measured.usPerMessage, measured.memoryMb].map((cost) =>
        cost.toFixed(0),
      );
      write(`  ${candidate}: ${[...shares.map((share) => `${share.toFixed(1)} %`), ...costs].join(' | ')}`);
      figures.push(...figuresOf(task, candidate, counts, shares, measured));
    }
  }
  return figures;
}

/** What one library keeps in memory or does to the process touches no other. */
async function measureApart(task: string, candidate: string): Promise<Measured> {
  const script = join(import.meta.dirname, 'one.ts');
  const { stdout } = await run(process.execPath, [script, task, candidate], { maxBuffer: MOST_OUTPUT_BYTES });
  return MeasuredSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
}

/** Per cent. */
function shareOf(rows: readonly Row[], readings: readonly string[], { isOf, isHit }: Count): number {
  const chosen = rows.flatMap((row, at) => (isOf(row) ? [{ row, reading: readings[at] ?? '' }] : []));
  return (100 * chosen.filter(({ row, reading }) => isHit(row, reading)).length) / Math.max(1, chosen.length);
}

const TARGETS: Readonly<Record<string, number>> = {
  ...{ 'intents right': 90, 'languages Vietnamese': 99.8 },
};

function figuresOf(
  task: string,
  candidate: string,
  counts: readonly Count[],
  shares: readonly number[],
  { readyMs, usPerMessage, memoryMb }: Measured,
): readonly Figure[] {
  const isOurs = candidate === OURS;
  const figure = (name: string, value: number, unit: string, target: number | null): Figure => ({
    name: `${task}, ${candidate}: ${name}`,
    ...{ value, unit, target: isOurs ? target : null, reference: null },
  });
  return [
    ...counts.map(({ name }, at) => figure(name, shares[at] ?? 0, '%', TARGETS[`${task} ${name}`] ?? null)),
    figure('ready', readyMs, 'ms', task === 'intents' ? 2000 : null),
    figure('a message', usPerMessage, 'µs', task === 'intents' ? 150 : null),
    figure('memory', memoryMb, 'MB', null),
  ];
}
