/** `npm run register -- <import|diff> FILE --source TEXT --date YYYY-MM-DD [--apply]`: a new copy of the agency register. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import Papa from 'papaparse';
import { parseAgencies } from '../../bot/index.ts';
import { type Change, importAgencies, type Row, writeRows } from '../register-import/agencies.ts';
import { readTable } from '../table/read-table.ts';
import { runCommand } from './command-line.ts';

const HELP = `npm run register -- import FILE.csv|FILE.xlsx --source "where it comes from" --date 2026-11-20 [--apply [--shrink]]
npm run register -- diff FILE …      shows the same, never writes
--register FILE                      another register than content/registers/agencies.csv`;
const REGISTER = join(import.meta.dirname, '..', '..', 'content', 'registers', 'agencies.csv');
/** Half a list imported by mistake looks like firms losing their licence. */
const MAX_SHRINK = 0.25;
/** More lines help nobody; the counts are complete. */
const MAX_LINES = 40;

process.exitCode = await runCommand(HELP, process.argv.slice(2), main);

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      source: { type: 'string', default: '' },
      date: { type: 'string', default: '' },
      apply: { type: 'boolean', default: false },
      shrink: { type: 'boolean', default: false },
      register: { type: 'string', default: REGISTER },
    },
    allowPositionals: true,
  });
  const [command, file] = positionals;
  if ((command !== 'import' && command !== 'diff') || file === undefined) return fail([HELP]);
  const before = await readFile(values.register, 'utf8');
  const today = Papa.parse<Row>(before, { header: true, skipEmptyLines: true }).data;
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch {
    return fail([`${basename(file)} cannot be read: check its name and folder`]);
  }
  const read = await readTable(file, bytes);
  if (!read.ok) return fail(read.faults);
  const result = importAgencies(today, read.table, { source: values.source, date: values.date });
  if (!result.ok) return fail(result.faults);
  show('added', result.added);
  show('changed', result.changed);
  show('removed', result.removed);
  if (command === 'diff' || !values.apply) {
    process.stdout.write('nothing was written; import … --apply writes it\n');
    return 0;
  }
  if (!values.shrink && result.removed.length > today.length * MAX_SHRINK)
    return fail([
      'more than a quarter of the register would go: is the list complete? If it is, add --shrink',
    ]);
  await replaceFile(values.register, before, writeRows(result.rows), parseAgencies(today).registerDate);
  process.stdout.write(`written; the register of before is kept beside it. Now run npm run check:content\n`);
  return 0;
}

/** First the old copy, then a whole new file moved into place: at no moment is there half a register. */
async function replaceFile(path: string, before: string, after: string, date: string): Promise<void> {
  await writeFile(`${path.replace(/\.csv$/u, '')}.${date}.csv.old`, before);
  await writeFile(`${path}.new`, after);
  await rename(`${path}.new`, path);
}

function show(what: string, changes: readonly Change[]): void {
  process.stdout.write(`${what}: ${changes.length}\n`);
  for (const { id, name, columns } of changes.slice(0, MAX_LINES))
    process.stdout.write(`  ${id} ${name}${columns.length === 0 ? '' : ` (${columns.join(', ')})`}\n`);
  if (changes.length > MAX_LINES) process.stdout.write(`  … and ${changes.length - MAX_LINES} more\n`);
}

function fail(faults: readonly string[]): number {
  process.stderr.write(`${faults.slice(0, MAX_LINES).join('\n')}\n`);
  if (faults.length > MAX_LINES) process.stderr.write(`… and ${faults.length - MAX_LINES} more\n`);
  process.stderr.write(faults[0] === HELP ? '' : 'nothing was changed\n');
  return 1;
}
