/** What one person does in a run, made from a seed, and what must come of it: the engine itself says, without a server around it. */
import {
  type Assets,
  type BotEvent,
  type Session,
  startSession,
  takeTurn,
  type TurnInput,
  type World,
} from '../../bot/index.ts';
import type { ChannelName, OutboundMessage } from '../../server/channels/adapter.ts';
import { canOf, capabilitiesOf } from '../../server/channels/capabilities.ts';
import { newUuid } from '../../server/ids.ts';
import type { Dice } from '../support/random-talk.ts';

export type Step =
  /** opens the web page */
  | { kind: 'open'; says: readonly OutboundMessage[] }
  | { kind: 'write'; text: string; says: readonly OutboundMessage[] }
  /** a counsellor takes the conversation, once all that was written has been read */
  | { kind: 'take' }
  | { kind: 'reply'; text: string }
  | { kind: 'give_back' };

export interface Script {
  channel: ChannelName;
  steps: readonly Step[];
  /** where the person stands at the end */
  session: Session;
}

/** Words that work everywhere, answers of every kind, nonsense, danger; nothing that erases. */
const WRITTEN: readonly string[] = [
  ...['người', 'số', 'menu', 'dừng', 'quay lại', 'language', 'ok', 'rồi', '1', '2', '3', '99', 'không', 'có'],
  ...[
    'bỏ qua',
    'campuchia',
    'nhật bản',
    'hai mươi',
    'asdf',
    '😀',
    '???',
    'công ty Hoa Cau',
    'hello',
    'không tiện',
  ],
  ...['em sợ lắm', 'tuyển cskh campuchia lương 20tr bao ăn ở, giữ hộ chiếu', 'Chào bạn, mình hỏi chút'],
];
const ASK_FOR_A_PERSON = 'người';
/** A question that waits for less could end by itself while the run is being checked. */
const SHORTEST_WAIT_MS = 15 * 60_000;
const TRIES = 20;

export function writeScript(assets: Assets, channel: ChannelName, throwDice: Dice, now: Date): Script {
  const steps: Step[] = [];
  const world: World = {
    now,
    newId: () => newUuid(),
    staffed: true,
    muted: false,
    can: canOf(capabilitiesOf(channel)),
  };
  let session = startSession('vi');
  let choices: readonly { label: string }[] = [];
  const state = { isHandedOver: false };

  const play = (input: TurnInput, muted: boolean): readonly OutboundMessage[] => {
    const turn = takeTurn(assets, session, input, { ...world, muted });
    session = turn.session;
    for (const event of turn.events) {
      if (event.type === 'handover_requested') state.isHandedOver = true;
      if (event.type === 'handover_withdrawn') state.isHandedOver = false;
    }
    const says = muted ? [] : turn.events.flatMap(toMessage);
    choices = says.findLast((message) => message.choices.length > 0)?.choices ?? choices;
    return says;
  };
  const write = (text: string, muted = false): void => {
    steps.push({ kind: 'write', text, says: play({ kind: 'text', text, forwarded: false }, muted) });
  };
  const giveBack = (): void => {
    steps.push({ kind: 'give_back' });
    state.isHandedOver = false;
  };
  const isFit = (text: string, muted: boolean): boolean =>
    takeTurn(assets, session, { kind: 'text', text, forwarded: false }, { ...world, muted }).events.every(
      (event) =>
        event.type !== 'erase_requested' &&
        event.type !== 'turn_failed' &&
        !(event.type === 'wait_started' && Date.parse(event.until) - now.getTime() < SHORTEST_WAIT_MS),
    );
  const writeAnything = (count: number, muted = false): void => {
    for (let index = 0; index < count; index += 1) {
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        const text = chooseText(choices, throwDice);
        if (!isFit(text, muted)) continue;
        write(text, muted);
        break;
      }
    }
  };

  if (channel === 'web')
    steps.push({ kind: 'open', says: play({ kind: 'start', ref: null, languageHint: 'vi' }, false) });
  writeAnything(3 + throwDice(6));
  if (throwDice(3) === 0) {
    for (let attempt = 0; attempt < 2 && !state.isHandedOver; attempt += 1)
      if (isFit(ASK_FOR_A_PERSON, false)) write(ASK_FOR_A_PERSON);
    if (state.isHandedOver) {
      steps.push({ kind: 'take' });
      writeAnything(1 + throwDice(2), true);
      steps.push({ kind: 'reply', text: `Chào bạn, mình là tư vấn viên số ${throwDice(1000)}.` });
      writeAnything(throwDice(3), true);
      if (throwDice(2) === 0) steps.push({ kind: 'reply', text: `Bạn cứ kể từ từ nhé, ${throwDice(1000)}.` });
      giveBack();
      writeAnything(1 + throwDice(3));
    }
  }
  // nobody is left waiting: whoever waits for minutes is told so, and on a slow machine that would fall into the check
  if (state.isHandedOver) {
    steps.push({ kind: 'take' });
    giveBack();
  }
  return { channel, steps, session };
}

function chooseText(choices: readonly { label: string }[], throwDice: Dice): string {
  const index = throwDice(Math.max(1, choices.length));
  const label = choices[index]?.label;
  if (label === undefined || throwDice(10) < 3) return WRITTEN[throwDice(WRITTEN.length)] ?? 'ok';
  return throwDice(2) === 0 ? label : String(index + 1);
}

function toMessage(event: BotEvent): OutboundMessage[] {
  if (event.type !== 'message_created') return [];
  const { text, choices, language } = event;
  return [{ text, choices, language }];
}
