/** `npm run chat`: talk to the bot in the terminal; `-- --json` reads lines and writes one JSON object per turn. */
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { type BotEvent, loadAssets } from '../../bot/index.ts';
import { readAssetSources } from '../assets.ts';
import { CHANNELS } from '../channels/adapter.ts';
import { capabilitiesOf } from '../channels/capabilities.ts';
import { degrade } from '../channels/degrade.ts';
import { type ChatTurn, openChat } from './chat-session.ts';
import { describeProblem } from './content-report.ts';

const HELP = `npm run chat -- [--channel ${CHANNELS.join('|')}] [--lang vi|en] [--off-duty] [--trace] [--json]
  a number or a label answers a question; an empty line ends`;

const { values: options } = parseArgs({
  options: {
    channel: { type: 'string', default: 'web' },
    lang: { type: 'string', default: 'vi' },
    'off-duty': { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const out = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

process.exitCode = await main();

async function main(): Promise<number> {
  if (options.help) {
    out(HELP);
    return 0;
  }
  const channel = CHANNELS.find((name) => name === options.channel);
  const result = loadAssets(await readAssetSources(join(import.meta.dirname, '..', '..')));
  if (!result.ok) {
    for (const problem of result.problems) process.stderr.write(`${describeProblem(problem)}\n`);
    return 1;
  }
  if (channel === undefined || !result.assets.languages.includes(options.lang)) {
    process.stderr.write(`${HELP}\n`);
    return 1;
  }
  const chat = openChat({ assets: result.assets, language: options.lang, staffed: !options['off-duty'] });
  const show = (turn: ChatTurn, input: string): void => {
    if (options.json) showJson(turn, input);
    else showText(turn, channel);
  };
  const lines = createInterface({ input: process.stdin, terminal: false });
  if (!options.json) show(chat.take({ kind: 'start', ref: null, languageHint: null }, new Date()), '');
  for await (const line of lines) {
    if (!options.json && line.trim() === '') break;
    show(chat.take({ kind: 'text', text: line, forwarded: false }, new Date()), line);
  }
  lines.close();
  return 0;
}

/** One line per turn: `{input, replies, events, session}`; messages are the replies, every other decision an event. */
function showJson(turn: ChatTurn, input: string): void {
  const replies = turn.events
    .filter((event) => event.type === 'message_created')
    .map(({ key, text, choices }) => ({ key, text, choices }));
  const events = turn.events.filter((event) => event.type !== 'message_created');
  const top = turn.session.place.at(-1);
  const session = {
    flow: top?.flow ?? null,
    node: top?.node ?? null,
    mode: turn.session.mode,
    risk: turn.session.risk,
  };
  out(JSON.stringify({ input, replies, events, session }));
}

function showText(turn: ChatTurn, channel: (typeof CHANNELS)[number]): void {
  for (const event of turn.events) {
    if (event.type === 'message_created') {
      for (const part of degrade(event, capabilitiesOf(channel))) {
        out(`\n${part.text}`);
        part.choices.forEach((choice, index) => out(`  [${index + 1}] ${choice.label}`));
      }
    } else if (options.trace) {
      out(`  · ${traceOf(event)}`);
    }
  }
  out('');
}

function traceOf(event: BotEvent): string {
  const { type, ...rest } = event;
  return `${type} ${JSON.stringify(rest)}`;
}
