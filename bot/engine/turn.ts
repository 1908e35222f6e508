/** takeTurn: from one input to a new session and a list of events. */
import type { Assets } from '../content/assets.ts';
import type { BotEvent } from './events.ts';
import type { Session } from './session.ts';
import type { TurnInput, World } from './world.ts';

export interface Turn {
  session: Session;
  events: readonly BotEvent[];
}

/**
 * Takes one turn: safety scan, global words, then the flow, until the bot waits for the person again.
 * Pure: the same arguments give the same result; nothing is mutated.
 * Never throws: a broken flow gives `turn_failed`, the safe message with numbers, and a handover.
 */
export function takeTurn(_assets: Assets, _session: Session, _input: TurnInput, _world: World): Turn {
  throw new Error('not built yet');
}
