/** `npm run eval -- <task> [--explain] [--out FILE] FILE.jsonl`: scores the understanding on labelled rows; the last line is one JSON object. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Assets, loadAssets } from '../../bot/index.ts';
import { readAssetSources } from '../assets.ts';
import { runCommand } from './command-line.ts';
import { describeProblem } from './content-report.ts';
import { evaluateAgencies } from './eval-agencies.ts';
import { evaluateIntents } from './eval-intents.ts';
import { evaluateLanguage } from './eval-language.ts';
import { evaluateOffers } from './eval-offers.ts';
import { evaluateRisk } from './eval-risk.ts';
import { type Evaluation, InputFault } from './eval-rows.ts';

interface Options {
  /** rows of the file to train on, for the tasks that can */
  train: readonly unknown[] | null;
  explain: boolean;
}

const TASKS: Readonly<
  Record<string, (assets: Assets, rows: readonly unknown[], options: Options) => Evaluation>
> = {
  risk: evaluateRisk,
  offers: evaluateOffers,
  agencies: evaluateAgencies,
  intents: evaluateIntents,
  language: evaluateLanguage,
};
const HELP = `npm run eval -- <${Object.keys(TASKS).join('|')}> [--out FILE] [--train FILE.jsonl] [--explain] FILE.jsonl
 --train: only with intents`;

process.exitCode = await runCommand(HELP, process.argv.slice(2), main);

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      out: { type: 'string' },
      train: { type: 'string' },
      explain: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const [task = '', file] = positionals;
  const evaluate = TASKS[task];
  const { train: trainFile, explain } = values;
  if (evaluate === undefined || file === undefined || (trainFile !== undefined && task !== 'intents'))
    return fail(HELP);
  const result = loadAssets(await readAssetSources(join(import.meta.dirname, '..', '..')));
  if (!result.ok) return fail(result.problems.map(describeProblem).join('\n'));
  let reading = file;
  try {
    const rows = readRows(await readFile(file, 'utf8'));
    if (trainFile !== undefined) reading = trainFile;
    const train = trainFile === undefined ? null : readRows(await readFile(trainFile, 'utf8'));
    const evaluation = evaluate(result.assets, rows, { train, explain });
    if (values.out !== undefined)
      await writeFile(values.out, evaluation.predictions.map((row) => `${JSON.stringify(row)}\n`).join(''));
    if (values.explain && evaluation.explain !== undefined) process.stdout.write(`${evaluation.explain()}\n`);
    process.stdout.write(`${JSON.stringify(evaluation.scores)}\n`);
    return 0;
  } catch (error) {
    if (error instanceof InputFault) return fail(`${reading}:${error.message}`);
    if (error instanceof Error && 'code' in error)
      return fail(`${reading} cannot be read or written (${String(error.code)})`);
    throw error;
  }
}

function readRows(text: string): readonly unknown[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [z.json().parse(JSON.parse(line))];
    } catch {
      throw new InputFault(index + 1, 'is not a JSON object');
    }
  });
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}
