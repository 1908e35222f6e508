/** A conversation with the real bot, for tests: say, tap, and see what came back. */
import {
  type Assets,
  type BotEvent,
  type Session,
  startSession,
  takeTurn,
  type TurnInput,
  type World,
} from '../../bot/index.ts';

export interface Heard {
  keys: readonly string[];
  text: string;
  choices: readonly string[];
  labels: readonly string[];
  types: readonly string[];
  events: readonly BotEvent[];
}

export interface TestConversation {
  say: (text: string) => Heard;
  tap: (id: string) => Heard;
  take: (input: TurnInput) => Heard;
  session: () => Session;
}

export function openConversation(
  assets: Assets,
  overrides: Partial<World> = {},
  language = 'vi',
): TestConversation {
  let session = startSession(language);
  let count = 0;
  let minutes = 0;
  const take = (input: TurnInput): Heard => {
    const world: World = {
      now: new Date(Date.UTC(2026, 10, 23, 8, (minutes += 1))),
      newId: () => `id-${String((count += 1))}`,
      staffed: true,
      muted: false,
      can: { audio: true, buttons: true, location: true },
      ...overrides,
    };
    const turn = takeTurn(assets, session, input, world);
    session = turn.session;
    const said = turn.events.filter((event) => event.type === 'message_created');
    const last = said.at(-1);
    return {
      keys: said.map((event) => event.key),
      text: said.map((event) => event.text).join('\n\n'),
      choices: last?.choices.map((choice) => choice.id) ?? [],
      labels: last?.choices.map((choice) => choice.label) ?? [],
      types: turn.events.map((event) => event.type),
      events: turn.events,
    };
  };
  return {
    take,
    say: (text) => take({ kind: 'text', text, forwarded: false }),
    tap: (id) => take({ kind: 'choice', id }),
    session: () => session,
  };
}
