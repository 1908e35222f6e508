/** `npm run facts -- <command>`: what in the registers must be checked again, and where each fact is said. */
import { join } from 'node:path';
import { describeArgsFault, runCommand } from './command-line.ts';
import { updateCoverage } from './facts-coverage.ts';
import { dueFacts } from './facts-due.ts';

const HELP = `npm run facts -- <command>
  due [--within 90d]   what must be checked again, by whom and by when, the overdue first;
                       ends with 1 when something that people are told as a fact is overdue
  coverage             writes docs/content-coverage.md: what is known, and where it is said`;
const root = join(import.meta.dirname, '..', '..');

process.exitCode = await runCommand(HELP, process.argv.slice(2), main);

async function main([command = '', ...args]: readonly string[]): Promise<number> {
  try {
    switch (command) {
      case 'due': {
        const { lines, failed } = await dueFacts(root, args, new Date());
        process.stdout.write(`${lines.join('\n')}\n`);
        return failed ? 1 : 0;
      }
      case 'coverage':
        process.stdout.write(`${await updateCoverage(root)}\n`);
        return 0;
      default:
        process.stdout.write(`${HELP}\n`);
        return command === '' ? 0 : 1;
    }
  } catch (error) {
    if (describeArgsFault(error) !== null) throw error;
    process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`);
    return 1;
  }
}
