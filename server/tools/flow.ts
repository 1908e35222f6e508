/** `npm run flow -- <command>`: draws, releases and exchanges flows, shows where people stand and which ways they take. */
import { describeArgsFault, runCommand } from './command-line.ts';
import { writeFlowDocs } from './flow-docs.ts';
import { drawToFile } from './flow-draw.ts';
import { exportToFile, importFile } from './flow-exchange.ts';
import { listPeople, listPaths } from './flow-people.ts';
import { releaseFlows } from './flow-release.ts';

const HELP = `npm run flow -- <command>
  release [NAME …]   keeps a copy of today's version of each flow (or of those named), so that people can finish in it
  draw NAME          a flow as a picture [--format svg|html|mermaid] [--lang vi] [--out FILE]; NAME@1 draws a released version
  docs               writes docs/flow-language.md and its pictures
  people             how many people stand at each question, by version
  paths [NAME]       how often each way was taken (node, exit, next node), over all days
  import FILE        reads RapidPro or FLOIP (--out DIR, --language TAG, --force); notes say what is not carried over
  export [NAME …]    writes flows as FLOIP (--out FILE, --force)`;

/** Each gives the lines to print. @throws AppError with a message for the operator */
const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<readonly string[]>>> = {
  release: releaseFlows,
  draw: drawToFile,
  docs: writeFlowDocs,
  people: listPeople,
  paths: listPaths,
  import: importFile,
  export: exportToFile,
};

process.exitCode = await runCommand(HELP, process.argv.slice(2), main);

async function main([name = '', ...args]: readonly string[]): Promise<number> {
  const command = COMMANDS[name];
  if (command === undefined) {
    process.stdout.write(`${HELP}\n`);
    return name === '' ? 0 : 1;
  }
  try {
    process.stdout.write(`${(await command(args)).join('\n')}\n`);
    return 0;
  } catch (error) {
    if (describeArgsFault(error) !== null) throw error;
    process.stderr.write(`${error instanceof Error ? error.message : 'failed'}\n`);
    return 1;
  }
}
