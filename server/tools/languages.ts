/** `npm run languages`: the profiles by which languages are told apart, the work lists of translators and their files, the recording scripts. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from './command-line.ts';
import { buildLanguageFiles } from './language-profiles.ts';
import { EXCHANGE_HELP, exportTexts, importTexts } from './languages-exchange.ts';
import { prepareLanguages } from './languages-prepare.ts';

const HELP = `npm run languages -- prepare   writes translations/<tag>.yaml for every language to be prepared, and
                               docs/recording-scripts.md; what translators wrote is kept
npm run languages -- count     counts the profiles of content/languages anew, and the rows they are tested on
${EXCHANGE_HELP}`;

const ROOT = join(import.meta.dirname, '..', '..');

async function count(): Promise<readonly string[]> {
  const files = await buildLanguageFiles();
  for (const [path, text] of files) {
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await writeFile(join(ROOT, path), text);
  }
  return [...files.keys()];
}

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<readonly string[]>>> = {
  prepare: () => prepareLanguages(ROOT),
  count,
  export: (args) => exportTexts(ROOT, args),
  import: (args) => importTexts(ROOT, args),
};

process.exitCode = await runCommand(HELP, process.argv.slice(2), main);

async function main([command = '', ...args]: readonly string[]): Promise<number> {
  const run = COMMANDS[command];
  if (run === undefined) {
    process.stdout.write(`${HELP}\n`);
    return command === '' ? 0 : 1;
  }
  try {
    process.stdout.write(`${(await run(args)).join('\n')}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`);
    return 1;
  }
}
