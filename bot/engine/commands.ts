/** What the words that work everywhere do. */
import type { Command } from '../understand/commands.ts';
import { assertNever } from '../flow/compile.ts';
import type { SessionMode } from './events.ts';
import { type Draft, remember, say, undoLast } from './draft.ts';
import { askAgain, type Ended, startFlow } from './run.ts';
import { readShortPlace } from './session.ts';
import { bringOver, leaveHalfWay } from './unfinished.ts';

/** Where a counsellor is asked for. */
export const HUMAN_FLOW = 'talk-to-a-person';
export const ERASE_FLOW = 'erase';
const WELCOME_FLOW = 'welcome';

/** In quiet mode nothing starts that could show what this is about; asking for a person, the numbers or erasure still works. */
const NOT_WHILE_QUIET: readonly Command[] = ['language', 'back'];

export function worksInMode(command: Command, mode: SessionMode): boolean {
  return mode === 'normal' || !NOT_WHILE_QUIET.includes(command);
}

export function handleCommand(draft: Draft, command: Command): Ended | null {
  draft.session.misses = 0;
  if (!worksInMode(command, draft.session.mode))
    return askAgain(draft) ? null : startFlow(draft, WELCOME_FLOW, 'menu');
  switch (command) {
    case 'human':
      leave(draft);
      return startFlow(draft, HUMAN_FLOW);
    case 'numbers':
      say(draft, 'system.numbers');
      return askAgain(draft) ? null : startFlow(draft, WELCOME_FLOW, 'menu');
    case 'menu':
      leave(draft);
      draft.session.greeted = true;
      return startFlow(draft, WELCOME_FLOW, 'menu');
    case 'language':
      leave(draft);
      draft.session.greeted = true;
      return startFlow(draft, WELCOME_FLOW, 'language');
    case 'back':
      return goBack(draft);
    case 'stop':
      say(draft, 'system.stopped');
      draft.session.place = [];
      draft.session.history = [];
      draft.session.unfinished = null;
      draft.events.push({ type: 'session_ended' });
      return null;
    case 'erase':
      leave(draft);
      return startFlow(draft, ERASE_FLOW);
    default:
      return assertNever(command);
  }
}

/** The question stays in reach: by "back" at once, by the menu for some days. */
export function leave(draft: Draft): void {
  remember(draft);
  leaveHalfWay(draft);
}

function goBack(draft: Draft): Ended | null {
  const { history } = draft.session;
  const last = history.at(-1);
  const earlier = last === undefined ? null : readShortPlace(last.at);
  const place = earlier === null ? [] : (bringOver(draft, earlier) ?? []);
  if (last === undefined || place.length === 0) {
    draft.session.history = history.slice(0, -1);
    say(draft, 'system.nothing-to-go-back');
    return askAgain(draft) ? null : startFlow(draft, WELCOME_FLOW, 'menu');
  }
  undoLast(draft);
  draft.session.place = place;
  return askAgain(draft) ? null : startFlow(draft, WELCOME_FLOW, 'menu');
}
