/** `npm run languages -- prepare`: keeps the work lists of translators and the recording scripts up to date. */
import { join } from 'node:path';
import { prepareLanguages } from './languages-prepare.ts';

const HELP = `npm run languages -- prepare   writes translations/<tag>.yaml for every language to be prepared, and
                               docs/recording-scripts.md; what translators wrote is kept`;

const [command = ''] = process.argv.slice(2);
if (command !== 'prepare') {
  process.stdout.write(`${HELP}\n`);
  process.exitCode = command === '' ? 0 : 1;
} else {
  try {
    const lines = await prepareLanguages(join(import.meta.dirname, '..', '..'));
    process.stdout.write(`${lines.join('\n')}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`);
    process.exitCode = 1;
  }
}
