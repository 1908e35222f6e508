/** branch: on by the value of a slot or of what the engine knows, or by the first condition that holds. */
import { placeOf } from '../../content/render.ts';
import { type Draft, FlowFault, scopeOf, topOf } from '../../engine/draft.ts';
import type { BranchNode } from '../schema.ts';
import { branchText } from '../slots.ts';
import { finishedLessons } from './lesson.ts';
import { expressionsAt } from './compute.ts';
import { follow, type NodeResult } from './result.ts';

export function enterBranch(draft: Draft, node: BranchNode): NodeResult {
  const taken =
    typeof node.branch === 'string' ? valueOf(draft, node, node.branch) : firstThatHolds(draft, node);
  const next = follow(node.exits, taken, 'else');
  if (next === null) throw new FlowFault('exit_without_target');
  return next;
}

/** A condition that cannot be worked out does not hold. */
function firstThatHolds(draft: Draft, node: BranchNode): string {
  const scope = scopeOf(draft);
  for (const [exit, condition] of expressionsAt(draft, topOf(draft), node.id)) {
    const result = condition.evaluate(scope);
    if (result.kind === 'value' && result.value === true) return exit;
  }
  return 'else';
}

function valueOf(draft: Draft, node: BranchNode, name: string): string {
  switch (name) {
    case '$staffed':
      return draft.world.staffed ? 'yes' : 'no';
    case '$mode':
      return draft.session.mode;
    case '$place':
      return placeOf(draft.session.slots);
    case '$language':
      return draft.session.language;
    case '$unread':
      return firstUnread(draft, node);
    default:
      return branchText(draft.session.slots[name]);
  }
}

/** Exits are tried in their order; `else` when every lesson among them was finished. */
function firstUnread(draft: Draft, node: BranchNode): string {
  const finished = finishedLessons(draft);
  return Object.keys(node.exits).find((exit) => exit !== 'else' && !finished.includes(exit)) ?? 'else';
}
