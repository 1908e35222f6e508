/** `npm run staff -- reset-factor E-MAIL`: the way back in when nobody who could do it in the console can sign in. */
import { appendAudit } from '../store/audit.ts';
import { removeAllFactors } from '../store/second-factors.ts';
import { endAllUserSessions } from '../store/user-sessions.ts';
import { findForSignIn } from '../store/users.ts';
import { runCommand } from './command-line.ts';
import type { ToolAnswer, ToolParts } from './running-database.ts';
import { withRunningDatabase } from './running-database.ts';

const HELP = `npm run staff -- reset-factor E-MAIL   takes all second factors of this account away and ends its sessions;
                                     the next sign-in sets up a new one. The audit shows it as done by the system.`;

export async function runStaff(
  args: readonly string[],
  { transact, now }: Pick<ToolParts, 'transact' | 'now'>,
): Promise<ToolAnswer> {
  const [command, email] = args;
  if (command !== 'reset-factor' || email === undefined || args.length !== 2)
    return { lines: [HELP], exitCode: 2 };
  const sessions = await transact(async (client) => {
    const user = await findForSignIn(client, email);
    if (user === null) return null;
    await removeAllFactors(client, user.id);
    const ended = await endAllUserSessions(client, user.id, now());
    await appendAudit(client, {
      ...{ at: now(), userId: null, action: 'factor_reset', objectKind: 'user', objectId: user.id },
      detail: { sessions: ended, by: 'command' },
    });
    return ended;
  });
  if (sessions === null) return { lines: ['No account has this e-mail; nothing was changed.'], exitCode: 1 };
  const line = `The second factors are gone and ${sessions} sessions ended. Let them sign in now and set up a new one.`;
  return { lines: [line], exitCode: 0 };
}

if (process.argv[1] === import.meta.filename) {
  process.exitCode = await runCommand(HELP, process.argv.slice(2), async (args) => {
    const { lines, exitCode } = await withRunningDatabase((parts) => runStaff(args, parts));
    (exitCode === 2 ? process.stderr : process.stdout).write(`${lines.join('\n')}\n`);
    return exitCode;
  });
}
