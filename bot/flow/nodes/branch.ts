/** branch: on by the value of a slot or of what the engine knows. */
import { placeOf } from '../../content/render.ts';
import { type Draft, FlowFault } from '../../engine/draft.ts';
import type { BranchNode } from '../schema.ts';
import { follow, type NodeResult } from './result.ts';

export function enterBranch(draft: Draft, node: BranchNode): NodeResult {
  const next = follow(node.exits, valueOf(draft, node.branch), 'else');
  if (next === null) throw new FlowFault('exit_without_target');
  return next;
}

function valueOf(draft: Draft, name: string): string {
  switch (name) {
    case '$staffed':
      return draft.world.staffed ? 'yes' : 'no';
    case '$mode':
      return draft.session.mode;
    case '$place':
      return placeOf(draft.session.slots);
    case '$language':
      return draft.session.language;
    default: {
      const value = draft.session.slots[name];
      return value === undefined ? 'missing' : String(value);
    }
  }
}
