/** What every command of this folder does alike: `--help` shows how it is called, an option it does not know is named in one line. */

export interface CommandOutput {
  print: (line: string) => void;
  printError: (line: string) => void;
}

const TO_TERMINAL: CommandOutput = {
  print: (line) => void process.stdout.write(`${line}\n`),
  printError: (line) => void process.stderr.write(`${line}\n`),
};

/**
 * Runs a command. `--help` and `-h` print `help` before anything is opened or read.
 *
 * @param work gives the exit code; what `parseArgs` throws inside becomes one line and 1, every other error is thrown on
 * @returns the exit code
 */
export async function runCommand(
  help: string,
  args: readonly string[],
  work: (args: readonly string[]) => Promise<number>,
  { print, printError }: CommandOutput = TO_TERMINAL,
): Promise<number> {
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    print(help);
    return 0;
  }
  try {
    return await work(args);
  } catch (error) {
    const fault = describeArgsFault(error);
    if (fault === null) throw error;
    printError(`${fault} --help shows how it is called.`);
    return 1;
  }
}

/** What is wrong with the options, in one sentence; null when the error is about something else. */
export function describeArgsFault(error: unknown): string | null {
  if (!(error instanceof Error && 'code' in error)) return null;
  if (!String(error.code).startsWith('ERR_PARSE_ARGS_')) return null;
  // Node adds how to pass a name that begins with "-", which nobody meant
  const sentence = /^[^\n]*?(?=\. |\.?$|\n)/.exec(error.message)?.[0] ?? error.message;
  return `${sentence}.`;
}
