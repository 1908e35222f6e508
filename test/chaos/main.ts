/** `npm run chaos -- --cycles N [--seed S]`: breaks the system at random under load and checks that nothing a person wrote suffers. */
import { parseArgs } from 'node:util';
import { runChaos } from './run.ts';

const USAGE = 'npm run chaos -- [--cycles N] [--seed S] [--people N] [--keep]';
const DEFAULT_CYCLES = 20;
const DEFAULT_PEOPLE = 30;

function readWholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new RangeError(`--${name} must be a whole number from ${least} on, not "${text}". Use: ${USAGE}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cycles: { type: 'string', default: String(DEFAULT_CYCLES) },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      people: { type: 'string', default: String(DEFAULT_PEOPLE) },
      keep: { type: 'boolean', default: false },
    },
  });
  const totals = await runChaos({
    cycles: readWholeNumber('cycles', values.cycles, 1),
    seed: readWholeNumber('seed', values.seed, 0),
    people: readWholeNumber('people', values.people, 1),
    keep: values.keep,
    say: (line) => void process.stderr.write(`${line}\n`),
  });
  // a broken connection may linger, and nothing is left to wait for
  process.stdout.write(`${JSON.stringify(totals)}\n`, () => process.exit(totals.ok ? 0 : 1));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`, () => process.exit(2));
});
