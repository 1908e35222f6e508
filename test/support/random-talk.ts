/** People who tap and write anything, by a seed: for tests of what holds whatever is done. */
import { openDraft } from '../../bot/engine/draft.ts';
import { settle } from '../../bot/engine/reading.ts';
import { startFlow } from '../../bot/engine/run.ts';
import {
  type Assets,
  type BotEvent,
  readSession,
  type Session,
  startSession,
  takeTurn,
  type TurnInput,
  type World,
} from '../../bot/index.ts';

/** A number below `limit`; the same seed gives the same numbers. */
export type Dice = (limit: number) => number;

/** mulberry32: small, fast, and good enough to throw dice with. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** What people write anywhere: words that work everywhere, answers of every kind, nonsense, danger. */
const WRITTEN: readonly string[] = [
  'người',
  'số',
  'menu',
  'dừng',
  'quay lại',
  'language',
  'xóa',
  'ok',
  'rồi',
  '1',
  '2',
  '3',
  '99',
  'không',
  'có',
  'bỏ qua',
  'campuchia',
  'vn',
  'nhật bản',
  'hai mươi',
  'asdf',
  '😀',
  '',
  '???',
  'mai',
  '0900 000 000',
  'công ty Hoa Cau',
  'hello',
  'không tiện',
  'ổn rồi',
  'em sợ lắm',
  'cứu em với',
  'tuyển cskh campuchia lương 20tr bao ăn ở, giữ hộ chiếu',
];

export interface Talk {
  session: () => Session;
  /** what was done so far, for a failure that can be read */
  done: () => string;
  take: (input: TurnInput) => readonly BotEvent[];
  /** something a person could do now */
  choose: (throwDice: Dice) => TurnInput;
}

export interface TalkOptions {
  language: string;
  staffed: boolean;
}

/** A conversation that begins at the start of a flow. */
export function talkIn(assets: Assets, flow: string, { language, staffed }: TalkOptions): Talk {
  let count = 0;
  let minutes = 0;
  const world = (): World => ({
    now: new Date(Date.UTC(2026, 10, 25, 8, minutes)),
    newId: () => String((count += 1)),
    staffed,
    muted: false,
    can: { audio: false, buttons: true, location: true },
  });
  const done: string[] = [flow];
  let choices: readonly string[] = [];
  const note = (events: readonly BotEvent[]): void => {
    for (const event of events)
      if (event.type === 'message_created' && event.choices.length > 0)
        choices = event.choices.map(({ id }) => id);
  };
  const draft = openDraft(assets, { ...startSession(language), greeted: true }, world());
  settle(draft, startFlow(draft, flow));
  note(draft.events);
  let session = draft.session;
  return {
    session: () => session,
    done: () => done.join(' | '),
    take: (input) => {
      minutes += 1;
      done.push(describe(input));
      const turn = takeTurn(assets, session, input, world());
      const stored = readSession(JSON.parse(JSON.stringify(turn.session)));
      if (stored.kind === 'unreadable') throw new Error(`unreadable session after ${done.join(' | ')}`);
      session = stored.session;
      note(turn.events);
      return turn.events;
    },
    choose: (throwDice) => {
      const kind = throwDice(10);
      const tap = choices[throwDice(Math.max(1, choices.length))];
      if (kind < 7 && tap !== undefined) return { kind: 'choice', id: tap };
      if (kind === 7 && session.waiting !== null) return { kind: 'silence', until: session.waiting };
      if (kind === 8 && throwDice(3) === 0)
        return { kind: 'attachment', attachment: 'voice', caption: '', ref: 'v1' };
      return { kind: 'text', text: WRITTEN[throwDice(WRITTEN.length)] ?? '', forwarded: false };
    },
  };
}

function describe(input: TurnInput): string {
  if (input.kind === 'choice') return `tap ${input.id}`;
  return input.kind === 'text' ? `"${input.text}"` : input.kind;
}

/** `flow@version.node` of every flow one stands in, and the mode: what the proof calls a place, without its values. */
export function placeName(
  place: readonly { flow: string; version: number; node: string }[],
  mode: Session['mode'],
): string {
  return `${place.map(({ flow, version, node }) => `${flow}@${version}.${node}`).join(' ')}|${mode}`;
}
