/** `npm run phrases -- list|export`: what editors propose to teach the bot, and a patch that teaches it. */
import path from 'node:path';
import { readAssetSources } from '../assets.ts';
import { readConfig } from '../config.ts';
import { openDatabase } from '../database.ts';
import { AppError } from '../errors.ts';
import { loadOrCreateKeys } from '../key-file.ts';
import { writePatch } from '../learning/patch.ts';
import { createLog } from '../log.ts';
import type { Db, Transact, Vault } from '../ports.ts';
import { findRunningDatabase } from '../postgres/running.ts';
import { appendAudit } from '../store/audit.ts';
import { listProposals, markExported } from '../store/proposals.ts';
import { createVault } from '../vault.ts';
import { runCommand } from './command-line.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const HELP = `npm run --silent phrases -- <command>
  list            proposals of the editors, with what their trial said
  export          those no patch was made of yet, as a patch: … export > words.patch && git apply words.patch
  export --done   the same, and marks them as exported`;

export interface PhrasesParts {
  db: Db;
  transact: Transact;
  vault: Vault;
  /** folder of content/ */
  root: string;
  now: () => Date;
  print: (text: string) => void;
  printError: (line: string) => void;
}

/** @returns the exit code: 0 done, 1 something has no place in the content, or an unknown command (printed) */
export async function runPhrases(args: readonly string[], parts: PhrasesParts): Promise<number> {
  const [command, ...rest] = args;
  if (command === 'list' && rest.length === 0) return list(parts);
  const isDone = rest.length === 1 && rest[0] === '--done';
  if (command === 'export' && (rest.length === 0 || isDone)) return exportPatch(parts, isDone);
  parts.printError(HELP);
  return 1;
}

async function list({ db, vault, print }: PhrasesParts): Promise<number> {
  const proposals = await listProposals(db, vault, false);
  for (const { kind, target, text, totals, exportedAt } of proposals)
    print(
      `${kind} ${target}: ${text}  (${totals.mended} mended, ${totals.broken} broken, ${totals.danger} about danger, of ${totals.n})` +
        `${exportedAt === null ? '' : '  exported'}\n`,
    );
  if (proposals.length === 0) print('No proposals.\n');
  return 0;
}

async function exportPatch(
  { db, transact, vault, root, now, print, printError }: PhrasesParts,
  isDone: boolean,
): Promise<number> {
  const proposals = await listProposals(db, vault, true);
  const patch = writePatch(await readAssetSources(root), proposals);
  print(patch.text);
  const placed = proposals.filter((_, at) => patch.placed.includes(at));
  for (const { kind, target, text } of proposals.filter((one) => !placed.includes(one)))
    printError(`${kind} ${target}: ${text}: the content has no list of its own for it; add it by hand`);
  if (isDone && placed.length > 0)
    await transact(async (client) => {
      const at = now();
      await markExported(
        client,
        placed.map(({ id }) => id),
        at,
      );
      await appendAudit(client, {
        ...{ at, userId: null, action: 'proposals_exported', objectKind: 'phrase_proposal', objectId: null },
        detail: { count: placed.length },
      });
    });
  return placed.length === proposals.length ? 0 : 1;
}

async function main(args: readonly string[]): Promise<number> {
  const settings = readConfig(process.env, ROOT);
  if (!settings.ok) {
    process.stderr.write(`${settings.faults.join('\n')}\n`);
    return 1;
  }
  const { config } = settings;
  const keys = config.encryptionKeys ?? loadOrCreateKeys(config.dataDir).keys;
  const databaseUrl = config.databaseUrl ?? findRunningDatabase(config.dataDir);
  const printError = (line: string): void => void process.stderr.write(`${line}\n`);
  const database = await openDatabase({ ...config, databaseUrl }, createLog({ level: 'silent' }), printError);
  try {
    return await runPhrases(args, {
      ...{ db: database.pool, transact: database.transact, vault: createVault(keys), root: ROOT },
      ...{ now: () => new Date(), print: (text) => void process.stdout.write(text), printError },
    });
  } finally {
    await database.close();
  }
}

if (import.meta.main) {
  try {
    process.exitCode = await runCommand(HELP, process.argv.slice(2), main);
  } catch (error) {
    process.stderr.write(
      `${error instanceof AppError ? error.message : 'The database failed; nothing was changed.'}\n`,
    );
    process.exitCode = 1;
  }
}
