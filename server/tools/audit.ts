/** `npm run audit -- verify | head | cut`: checks the audit's chain, gives its newest point, takes its old end away. */
import type { Transact, Vault } from '../ports.ts';
import { appendAudit } from '../store/audit.ts';
import { cutAudit, MAX_FAULTS, verifyAudit } from '../store/audit-chain.ts';
import type { AuditFault, AuditPoint, AuditReport } from '../store/audit-chain.ts';
import { withRunningDatabase } from './running-database.ts';
import { runCommand } from './command-line.ts';
import type { ToolAnswer } from './running-database.ts';

const HELP = `npm run audit -- verify [--head POSITION:LINK]   is the audit as it was written? exit 1 when not
npm run audit -- head                            its newest point, to be written down somewhere else
npm run audit -- cut --before 2025-01-01         takes the rows before that day away, and says so in the audit`;

/** @param parts the database and the key; both are asked for only when the command is one */
export async function runAudit(
  args: readonly string[],
  parts: { transact: Transact; vault: Vault; now: () => Date },
): Promise<ToolAnswer> {
  const [command = '', option, given = ''] = args;
  if (command === 'head' && option === undefined)
    return describeHead(await verifyAudit(parts.transact, parts.vault));
  if (command === 'verify' && option === undefined)
    return describe(await verifyAudit(parts.transact, parts.vault));
  if (command === 'verify' && option === '--head') {
    const anchor = parsePoint(given);
    if (anchor === null)
      return wrong(
        `--head: "${given.slice(0, 80)}" is not POSITION:LINK as "npm run audit -- head" gives it`,
      );
    return describe(await verifyAudit(parts.transact, parts.vault, { anchor }));
  }
  if (command === 'cut' && option === '--before') return cut(given, parts);
  return wrong(HELP);
}

async function cut(
  given: string,
  { transact, vault, now }: { transact: Transact; vault: Vault; now: () => Date },
): Promise<ToolAnswer> {
  const before = /^\d{4}-\d{2}-\d{2}$/.test(given) ? new Date(`${given}T00:00:00Z`) : null;
  if (before === null || Number.isNaN(before.getTime()))
    return wrong(`--before: "${given.slice(0, 20)}" is not a day like 2025-01-01`);
  if (before > now()) return wrong(`--before: ${given} has not come yet; nothing was taken away`);
  const result = await transact(async (client) => {
    const done = await cutAudit(client, vault, before, now());
    if (done.kind === 'cut') {
      await appendAudit(client, {
        ...{ at: now(), userId: null, action: 'audit_cut', objectKind: 'audit', objectId: null },
        detail: { rows: done.rows, position: done.position, before: given },
      });
    }
    return done;
  });
  if (result.kind === 'nothing') return { lines: [`Nothing is older than ${given}.`], exitCode: 0 };
  if (result.kind === 'faults')
    return {
      lines: [
        ...result.faults.map(describeFault),
        'The chain has faults and is evidence: nothing was taken away.',
      ],
      exitCode: 1,
    };
  return { lines: [`Took ${result.rows} rows away, up to position ${result.position}.`], exitCode: 0 };
}

function describe({ sealed, unsealed, head, cutAt, faults }: AuditReport): ToolAnswer {
  const lines = faults.map(describeFault);
  if (faults.length >= MAX_FAULTS) lines.push(`Only the first ${MAX_FAULTS} faults are told.`);
  if (cutAt !== null) lines.push(`The old end was taken away up to position ${cutAt}.`);
  lines.push(`${sealed} rows are linked, ${unsealed} wait to be linked.`);
  if (head !== null) lines.push(`Newest point: ${writePoint(head)}`);
  lines.push(faults.length === 0 ? 'The audit is whole.' : 'The audit is NOT whole.');
  return { lines, exitCode: faults.length === 0 ? 0 : 1 };
}

function describeHead({ head, faults }: AuditReport): ToolAnswer {
  if (faults.length > 0) return { lines: ['The audit is NOT whole: npm run audit -- verify'], exitCode: 1 };
  return head === null
    ? { lines: ['Nothing is linked yet.'], exitCode: 1 }
    : { lines: [writePoint(head)], exitCode: 0 };
}

function describeFault(fault: AuditFault): string {
  switch (fault.kind) {
    case 'changed':
      return `Row ${fault.id} is not what was written.`;
    case 'missing':
      return `Row ${fault.id} is gone.`;
    case 'hole':
      return `Links are gone from position ${fault.position} on.`;
    case 'reordered':
      return `Position ${fault.position} (row ${fault.id}) does not follow from the one before: moved, put in, or made without the key.`;
    case 'unknown':
      return `Row ${fault.id} was not written by the program.`;
    case 'tail':
      return `The newest rows are gone, from position ${fault.position} on.`;
    case 'forged':
      return fault.what === 'head'
        ? 'The note of the newest point was not written by the program.'
        : 'The note of where the old end was cut was not written by the program.';
    case 'anchor':
      return `The chain does not go through the point given (position ${fault.position}): it was made anew, or the point is of another installation or before the cut.`;
  }
}

function writePoint({ position, link }: AuditPoint): string {
  return `${position}:${link.toString('hex')}`;
}

function parsePoint(text: string): AuditPoint | null {
  const found = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim());
  if (found === null) return null;
  return { position: Number(found[1]), link: Buffer.from(found[2] ?? '', 'hex') };
}

function wrong(line: string): ToolAnswer {
  return { lines: [line], exitCode: 2 };
}

if (process.argv[1] === import.meta.filename) {
  process.exitCode = await runCommand(HELP, process.argv.slice(2), async (args) => {
    const { lines, exitCode } = await withRunningDatabase((parts) => runAudit(args, parts));
    (exitCode === 2 ? process.stderr : process.stdout).write(`${lines.join('\n')}\n`);
    return exitCode;
  });
}
