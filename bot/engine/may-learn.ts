/** Whose unknown wordings may teach the bot: nobody who may be in danger, watched, a child, or busy answering something. */
import { scanDanger } from '../safety/scan.ts';
import { HUMAN_FLOW } from './commands.ts';
import { ARE_YOU_SAFE_FLOW, IN_DANGER_FLOW, wasAsked } from './danger.ts';
import type { Draft } from './draft.ts';
import type { Question } from './question.ts';

/** What is said in these is for a counsellor, or about the person themselves. */
const PRIVATE_FLOWS: readonly string[] = [HUMAN_FLOW, ARE_YOU_SAFE_FLOW, IN_DANGER_FLOW, 'erase', 'privacy'];

/** The choice that says somebody is a child, wherever it is asked for (check-offer.age). */
const CHILD_ANSWER = 'under18';

/**
 * False when in doubt. The scan's own findings of this conversation count for as long as the session lives; the text is scanned
 * once more by itself, because what only just stayed below a level is no reason to keep it.
 */
export function mayLearn(draft: Draft, question: Question | null, text: string): boolean {
  const { session, assets } = draft;
  if (session.mode !== 'normal' || session.risk !== 'none' || wasAsked(draft)) return false;
  if (session.raised.length > 0 || session.place.some(({ flow }) => PRIVATE_FLOWS.includes(flow)))
    return false;
  if (asksForSomethingKept(question)) return false;
  if (isChild(draft)) return false;
  const scan = scanDanger(assets.danger, [text]);
  return scan.level === 'none' && !scan.ask && !scan.minor && scan.reasons.length === 0;
}

/** A menu or a question about the way keeps nothing of what is answered; everything else may ask about the person. */
function asksForSomethingKept(question: Question | null): boolean {
  if (question === null) return false;
  if (question.node.kind !== 'ask') return true;
  return question.node.slot !== undefined;
}

function isChild({ session, assets }: Draft): boolean {
  return (
    Object.values(session.slots).includes(CHILD_ANSWER) ||
    session.recent.some((entry) => scanDanger(assets.danger, [entry.text]).minor)
  );
}
