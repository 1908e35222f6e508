/** What is typed into the simulator: a line of a person, or a command that begins with a slash. */
import type { TurnInput } from '../engine/world.ts';
import { ATTACHMENT_KINDS } from '../engine/world.ts';

export type Line =
  | { kind: 'input'; input: TurnInput }
  | { kind: 'back' }
  | { kind: 'goto'; flow: string; node: string | null }
  | { kind: 'set'; slot: string; value: string }
  | { kind: 'at'; time: string }
  | { kind: 'wait'; time: string }
  | { kind: 'duty'; staffed: boolean }
  | { kind: 'language'; tag: string }
  | { kind: 'state' }
  | { kind: 'trace' }
  | { kind: 'save'; name: string; title: string }
  | { kind: 'help' }
  /** a slash and something that is no command; `why` can be shown */
  | { kind: 'unknown'; why: string };

export const SIMULATOR_HELP = [
  '/back              takes the last step back',
  '/goto FLOW [NODE]  goes to a flow, or to one node of it',
  '/set SLOT VALUE    puts a value into a slot (no value empties it)',
  '/at 02:00          it is that time now (also 2026-12-24 02:00; Vietnam time)',
  '/wait 15m          lets time pass (m, h, d)',
  '/duty on|off       somebody is on duty, or nobody',
  '/lang en           goes on in another language',
  '/send voice        sends something that is not text: ' + ATTACHMENT_KINDS.join(', '),
  '/start [CAMPAIGN]  opens the conversation as a new person does',
  '/state             where the conversation stands, and what it keeps',
  '/trace             shows every step of the engine, or stops showing',
  '/save NAME TITLE   keeps this run as a transcript test',
  '/help              this list',
].join('\n');

/** Never throws: what is no command is said so, with what to write instead. */
export function readLine(line: string): Line {
  const text = line.trim();
  if (!text.startsWith('/')) return { kind: 'input', input: { kind: 'text', text: line, forwarded: false } };
  const [name = '', first = '', ...rest] = text.slice(1).split(/\s+/);
  const others = rest.join(' ');
  switch (name) {
    case 'back':
    case 'state':
    case 'trace':
    case 'help':
      return { kind: name };
    case 'goto':
      return first === ''
        ? say('name a flow: /goto check-offer pay')
        : { kind: 'goto', flow: first, node: others === '' ? null : others };
    case 'set':
      return first === ''
        ? say('name a slot: /set offer_age adult')
        : { kind: 'set', slot: first, value: others };
    case 'at':
      return { kind: 'at', time: [first, others].join(' ').trim() };
    case 'wait':
      return { kind: 'wait', time: first };
    case 'duty':
      return first === 'on' || first === 'off'
        ? { kind: 'duty', staffed: first === 'on' }
        : say('write /duty on or /duty off');
    case 'lang':
      return { kind: 'language', tag: first };
    case 'start':
      return {
        kind: 'input',
        input: { kind: 'start', ref: first === '' ? null : first, languageHint: null },
      };
    case 'send':
      return readSent(first, others);
    case 'save':
      return first === ''
        ? say('name it: /save check-offer.my-story a title in one line')
        : { kind: 'save', name: first, title: others === '' ? first : others };
    default:
      return say(`/${name} is no command; /help lists them`);
  }
}

function say(why: string): Line {
  return { kind: 'unknown', why };
}

function readSent(kind: string, caption: string): Line {
  const attachment = ATTACHMENT_KINDS.find((one) => one === kind);
  if (attachment === undefined) return say(`write /send and one of: ${ATTACHMENT_KINDS.join(', ')}`);
  return { kind: 'input', input: { kind: 'attachment', attachment, caption, ref: `${attachment}-1` } };
}
