/** `npm run chat`: talk to the bot in the terminal; `-- --json` reads lines and writes one JSON object per turn. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import {
  type BotEvent,
  loadAssets,
  openSimulator,
  readLine,
  type Simulator,
  SIMULATOR_HELP,
  transcribe,
} from '../../bot/index.ts';
import { readAssetSources } from '../assets.ts';
import { CHANNELS } from '../channels/adapter.ts';
import { canOf, capabilitiesOf } from '../channels/capabilities.ts';
import { type ScreenOptions, showEvents, showState } from './chat-screen.ts';
import { describeProblem } from './content-report.ts';
import { runCommand } from './command-line.ts';

const HELP = `npm run chat -- [--channel ${CHANNELS.join('|')}] [--lang vi|en] [--off-duty] [--trace] [--json]
  a number or a label answers a question; an empty line ends; /help lists what else can be typed`;
const ROOT = join(import.meta.dirname, '..', '..');

const out = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

process.exitCode = await runCommand(HELP, process.argv.slice(2), main);

async function main(args: readonly string[]): Promise<number> {
  const options = parse(args);
  const result = loadAssets(await readAssetSources(ROOT));
  if (!result.ok) {
    for (const problem of result.problems) process.stderr.write(`${describeProblem(problem)}\n`);
    return 1;
  }
  const channel = CHANNELS.find((name) => name === options.channel);
  if (channel === undefined || !result.assets.languages.includes(options.lang)) {
    process.stderr.write(`${HELP}\n`);
    return 1;
  }
  const simulator = openSimulator({
    assets: result.assets,
    language: options.lang,
    staffed: !options['off-duty'],
    can: canOf(capabilitiesOf(channel)),
    now: new Date(),
  });
  const talk = options.json
    ? talkInJson(simulator)
    : talkOnScreen(simulator, { assets: result.assets, channel, trace: options.trace });
  await readLines(talk, options.json);
  return 0;
}

function parse(args: readonly string[]): {
  channel: string;
  lang: string;
  'off-duty': boolean;
  trace: boolean;
  json: boolean;
} {
  return parseArgs({
    args: [...args],
    options: {
      channel: { type: 'string', default: 'web' },
      lang: { type: 'string', default: 'vi' },
      'off-duty': { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  }).values;
}

type Talk = (line: string) => Promise<void>;

async function readLines(talk: Talk, isJson: boolean): Promise<void> {
  const lines = createInterface({ input: process.stdin, terminal: false });
  process.once('SIGINT', () => lines.close());
  if (!isJson) await talk('/start');
  for await (const line of lines) {
    if (!isJson && line.trim() === '') break;
    await talk(line);
  }
  lines.close();
}

interface Step {
  events: readonly BotEvent[];
  /** what else there is to say: why something was refused, where a run was saved */
  note: string | null;
}

/** Carries out one line. */
async function carryOut(simulator: Simulator, text: string): Promise<Step> {
  const line = readLine(text);
  const done = (note: string | null = null): Step => ({ events: [], note });
  const outcome = (result: ReturnType<Simulator['goto']>): Step =>
    result.kind === 'done' ? { events: result.events, note: null } : done(result.why);
  switch (line.kind) {
    case 'input':
      return { events: simulator.take(line.input), note: null };
    case 'back':
      return done(simulator.back() ? 'one step back' : 'there is nothing to take back');
    case 'goto':
      return outcome(simulator.goto(line.flow, line.node));
    case 'set':
      return outcome(simulator.set(line.slot, line.value));
    case 'at':
      return outcome(simulator.at(line.time));
    case 'wait':
      return outcome(simulator.wait(line.time));
    case 'duty':
      simulator.duty(line.staffed);
      return done(line.staffed ? 'somebody is on duty' : 'nobody is on duty');
    case 'language':
      return outcome(simulator.language(line.tag));
    case 'save':
      return done(await save(simulator, line.name, line.title));
    case 'unknown':
      return done(line.why);
    case 'help':
      return done(SIMULATOR_HELP);
    case 'state':
    case 'trace':
      return done(showState(simulator.state()).join('\n'));
  }
}

async function save(simulator: Simulator, name: string, title: string): Promise<string> {
  if (!/^[a-z0-9-]+\.[a-z0-9-]+$/.test(name))
    return 'a transcript is named flow.story, for example numbers.abroad';
  const transcribed = transcribe(simulator.steps(), title, simulator.state().session.language);
  if (transcribed.kind === 'refused') return transcribed.why;
  const path = join('test', 'transcripts', `${name}.yaml`);
  try {
    await writeFile(join(ROOT, path), stringify(transcribed.file, { lineWidth: 0 }), { flag: 'wx' });
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    return exists ? `${path} is there already; choose another name` : `${path} cannot be written`;
  }
  return `kept as ${path}; read it, then: npm run transcripts:update && npm run format`;
}

function talkOnScreen(simulator: Simulator, options: ScreenOptions): Talk {
  let { trace } = options;
  return async (line) => {
    if (readLine(line).kind === 'trace') {
      trace = !trace;
      out(trace ? 'every step is shown' : 'steps are not shown');
      return;
    }
    const { events, note } = await carryOut(simulator, line);
    for (const shown of showEvents(events, simulator.state(), { ...options, trace })) out(shown);
    if (note !== null) out(note);
    out('');
  };
}

/** One line per turn: `{input, replies, events, session}`; messages are the replies, every other decision an event. */
function talkInJson(simulator: Simulator): Talk {
  return async (input) => {
    const { events, note } = await carryOut(simulator, input);
    const replies = events
      .filter((event) => event.type === 'message_created')
      .map(({ key, text, choices }) => ({ key, text, choices }));
    const { session } = simulator.state();
    const top = session.place.at(-1);
    out(
      JSON.stringify({
        input,
        replies,
        events: events.filter((event) => event.type !== 'message_created'),
        session: {
          flow: top?.flow ?? null,
          node: top?.node ?? null,
          mode: session.mode,
          risk: session.risk,
        },
        ...(note === null ? {} : { note }),
      }),
    );
  };
}
