/** Commands called wrongly: help without a database, one clear line for an unknown option, no stack. */
import { execFile } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { runCommand } from '../../../server/tools/command-line.ts';

/** Exit code and what was written; the environment is empty, so that a command that opens something fails. */
async function call(tool: string, ...args: readonly string[]) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [`server/tools/${tool}.ts`, ...args],
      { env: { DATA_DIR: '/nowhere' } },
      (_, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

const TOOLS = [
  ...['audit', 'chat', 'eval', 'facts', 'flow', 'languages', 'phrases', 'register', 'staff'],
  ...['telegram-webhook', 'zalo-authorise'],
];

describe('commands', () => {
  it.each(TOOLS)('%s --help prints how it is called', async (tool) => {
    const { code, out, err } = await call(tool, '--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^npm run /);
  });

  it.each([
    ['eval', ['risk', '--fast', 'x.jsonl']],
    ['eval', ['risk', '--out']],
    ['register', ['import', '--dry', 'x.csv']],
    ['chat', ['--colour']],
    ['facts', ['due', '--before', '2026-01-01']],
    ['flow', ['draw', 'welcome', '--as', 'svg']],
  ])('%s %j names what it does not know in one line', async (tool, args) => {
    const { code, out, err } = await call(tool, ...args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^[^\n]*'--?\w[^\n]*\. --help shows how it is called\.\n$/);
  });
});

describe('runCommand', () => {
  it('throws on what is no fault of the options', async () => {
    const broken = () => Promise.reject(new Error('disk is full'));
    await expect(runCommand('help', [], broken)).rejects.toThrow('disk is full');
  });
});
