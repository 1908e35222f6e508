/** What the words that work everywhere do. */
import type { Command } from '../understand/commands.ts';
import { assertNever } from '../flow/compile.ts';
import { type Draft, remember, say } from './draft.ts';
import { askAgain, type Ended, startFlow } from './run.ts';

/** Where a counsellor is asked for. */
export const HUMAN_FLOW = 'talk-to-a-person';
const ERASE_FLOW = 'erase';
const WELCOME_FLOW = 'welcome';

export function handleCommand(draft: Draft, command: Command): Ended | null {
  draft.session.misses = 0;
  switch (command) {
    case 'human':
      remember(draft);
      return startFlow(draft, HUMAN_FLOW);
    case 'numbers':
      say(draft, 'system.numbers');
      return askAgain(draft) ? null : startFlow(draft, WELCOME_FLOW, 'menu');
    case 'menu':
      remember(draft);
      draft.session.greeted = true;
      return startFlow(draft, WELCOME_FLOW, 'menu');
    case 'language':
      remember(draft);
      draft.session.greeted = true;
      return startFlow(draft, WELCOME_FLOW, 'language');
    case 'back':
      return goBack(draft);
    case 'stop':
      say(draft, 'system.stopped');
      draft.session.place = [];
      draft.session.history = [];
      draft.events.push({ type: 'session_ended' });
      return null;
    case 'erase':
      remember(draft);
      return startFlow(draft, ERASE_FLOW);
    default:
      return assertNever(command);
  }
}

function goBack(draft: Draft): Ended | null {
  const { history } = draft.session;
  const last = history.at(-1);
  if (last === undefined || last.place.length === 0) {
    draft.session.history = history.slice(0, -1);
    say(draft, 'system.nothing-to-go-back');
    return askAgain(draft) ? null : startFlow(draft, WELCOME_FLOW, 'menu');
  }
  draft.session.history = history.slice(0, -1);
  draft.session.place = last.place;
  draft.session.slots = last.slots;
  return askAgain(draft) ? null : startFlow(draft, WELCOME_FLOW, 'menu');
}
