/** One conversation with the bot in memory: what the terminal, transcripts and demos talk to. */
import {
  type Assets,
  type BotEvent,
  type Choice,
  readSession,
  type Session,
  startSession,
  takeTurn,
  type TurnInput,
} from '../../bot/index.ts';

export interface ChatTurn {
  events: readonly BotEvent[];
  session: Session;
}

export interface ChatSession {
  take: (input: TurnInput, now: Date) => ChatTurn;
  /** choices of the newest message that has any */
  choices: () => readonly Choice[];
}

/** Ids are counted, so that the same inputs give the same output. */
export function openChat(deps: { assets: Assets; language: string; staffed: boolean }): ChatSession {
  let session = startSession(deps.language);
  let choices: readonly Choice[] = [];
  let count = 0;
  const newId = (): string => `m${String((count += 1))}`;
  return {
    choices: () => choices,
    take: (input, now) => {
      const turn = takeTurn(deps.assets, session, input, {
        now,
        newId,
        staffed: deps.staffed,
        muted: false,
        can: { audio: true, buttons: true, location: true },
      });
      // what is stored is JSON: a session that does not survive it would differ in production
      const stored = readSession(JSON.parse(JSON.stringify(turn.session)));
      if (stored.kind === 'unreadable') throw new Error('the session does not survive being stored');
      session = stored.session;
      for (const event of turn.events) if (event.type === 'message_created') choices = event.choices;
      return { events: turn.events, session };
    },
  };
}
