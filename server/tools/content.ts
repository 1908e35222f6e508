/** `npm run content -- export | import | diff`: moves content between the database of a running server and files. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { diffContent } from '../content/diff-content.ts';
import { readDiskFiles } from '../content/disk-files.ts';
import type { ChangedText } from '../content/draft-content.ts';
import { compareWithFolder, findRelease, importFolder, writeToFolder } from '../content/exchange-files.ts';
import { announce } from '../live.ts';
import { appendAudit } from '../store/audit.ts';
import { findForSignIn, readUser } from '../store/users.ts';
import { may } from '../api/policies.ts';
import { runCommand } from './command-line.ts';
import { type ToolAnswer, type ToolParts, withRunningDatabase } from './running-database.ts';

const HELP = `npm run content -- diff   [--folder DIR] [--release N] [--lines]   what the published content has otherwise than the files
npm run content -- export [--folder DIR] [--release N] [--apply]   writes the published content into the files; shows first
npm run content -- import [--folder DIR] --as EMAIL [--title TEXT] the files as a draft of that editor, to be reviewed in the studio
--folder   where flows/ and content/ are; this repository unless told
--release  another release than the newest`;
const ROOT = path.join(import.meta.dirname, '..', '..');
const COMMANDS = ['diff', 'export', 'import'] as const;

/** @throws what `parseArgs` throws */
export async function runContent(args: readonly string[], parts: ContentToolParts): Promise<ToolAnswer> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      folder: { type: 'string', default: ROOT },
      release: { type: 'string' },
      lines: { type: 'boolean', default: false },
      apply: { type: 'boolean', default: false },
      as: { type: 'string' },
      title: { type: 'string', default: 'Import from files' },
    },
    allowPositionals: true,
  });
  const command = COMMANDS.find((one) => one === positionals[0]);
  if (command === undefined || positionals.length > 1) return { lines: [HELP], exitCode: 2 };
  const number = values.release === undefined ? null : Number(values.release);
  if (number !== null && !(Number.isInteger(number) && number > 0))
    return { lines: ['--release is the number of a release, as the studio shows it'], exitCode: 2 };
  if (command === 'import') return bringIn(parts, values.folder, { email: values.as, title: values.title });
  const isExport = command === 'export';
  return compare(parts, values.folder, number, {
    ...{ lines: values.lines, isExport },
    apply: isExport && values.apply,
  });
}

export type ContentToolParts = Pick<ToolParts, 'pool' | 'transact' | 'now'>;

if (process.argv[1] === import.meta.filename) {
  process.exitCode = await runCommand(HELP, process.argv.slice(2), async (args) => {
    const { lines, exitCode } = await withRunningDatabase((parts) => runContent(args, parts));
    (exitCode === 2 ? process.stderr : process.stdout).write(`${lines.join('\n')}\n`);
    return exitCode;
  });
}

async function compare(
  { pool }: ContentToolParts,
  folder: string,
  number: number | null,
  { lines, apply, isExport }: { lines: boolean; apply: boolean; isExport: boolean },
): Promise<ToolAnswer> {
  const release = await findRelease(pool, number);
  if (release === null)
    return {
      lines: [number === null ? 'Nothing was published yet.' : `There is no release ${number}.`],
      exitCode: 1,
    };
  const changes = await compareWithFolder(pool, release, await readDiskFiles(folder));
  const head = `Release ${release.number} (${release.kind}, ${release.createdAt.toISOString().slice(0, 16)}Z): ${changes.length} files differ from ${path.relative(process.cwd(), folder) || '.'}`;
  const list = changes.map(({ path: at, change }) => `  ${change.padEnd(7)} ${at}`);
  if (apply) await writeToFolder(folder, changes);
  const end = !isExport
    ? []
    : [
        apply
          ? 'Written. Now run npm run check:content, and look at the difference.'
          : 'Nothing was written; --apply writes it.',
      ];
  return {
    lines: [head, ...list, ...(lines ? linesOf(changes) : []), ...(changes.length === 0 ? [] : end)],
    // like diff(1): 1 says that they differ
    exitCode: !isExport && changes.length > 0 ? 1 : 0,
  };
}

const SIGNS = { same: ' ', out: '-', in: '+' } as const;

function linesOf(changes: readonly ChangedText[]): readonly string[] {
  return diffContent(changes).files.flatMap(({ path: at, hunks }) => [
    '',
    `--- ${at}`,
    ...hunks.flatMap(({ from, to, lines }) => [
      `@@ ${from} ${to} @@`,
      ...lines.map(({ kind, text }) => `${SIGNS[kind]}${text}`),
    ]),
  ]);
}

async function bringIn(
  { pool, transact, now }: ContentToolParts,
  folder: string,
  { email, title }: { email: string | undefined; title: string },
): Promise<ToolAnswer> {
  if (email === undefined)
    return {
      lines: ['--as EMAIL says whose draft it is: an account of an editor or administrator'],
      exitCode: 2,
    };
  if (title.trim() === '' || title.length > 120)
    return { lines: ['--title is 1 to 120 characters long'], exitCode: 2 };
  const account = await findForSignIn(pool, email);
  const user = account === null ? null : await readUser(pool, account.id);
  if (user === null || user.disabledAt !== null || !may(user.role, 'write_content'))
    return {
      lines: ['There is no such account that may write content. It needs the role editor or admin.'],
      exitCode: 1,
    };
  const files = await readDiskFiles(folder);
  const imported = await transact(async (client) => {
    const result = await importFolder(client, files, {
      ...{ id: randomUUID(), title: title.trim(), by: user.id, now: now() },
    });
    if (result.kind === 'nothing_new') return result;
    await appendAudit(client, {
      ...{ at: now(), userId: user.id, action: 'draft_begun', objectKind: 'draft', objectId: result.id },
      detail: { imported: true, files: result.files },
    });
    await announce(client, [{ kind: 'content_changed', conversationId: null, userId: null }]);
    return result;
  });
  if (imported.kind === 'nothing_new')
    return { lines: ['The files are what was published last: nothing to import.'], exitCode: 0 };
  return {
    lines: [
      `${imported.files} files are now a draft of ${user.displayName}. Somebody else reviews it in the studio:`,
      `  /console/studio/drafts/${imported.id}`,
    ],
    exitCode: 0,
  };
}
