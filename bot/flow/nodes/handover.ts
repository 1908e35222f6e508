/** handover: asks for a person and says honestly whether one is on duty. */
import { type Draft, say } from '../../engine/draft.ts';
import type { HandoverNode } from '../schema.ts';
import type { NodeResult } from './result.ts';

export function enterHandover(draft: Draft, node: HandoverNode): NodeResult {
  const level = node.handover === 'danger' && draft.session.risk !== 'imminent' ? 'high' : draft.session.risk;
  if (node.handover === 'danger') draft.session.risk = level;
  draft.events.push({
    type: 'handover_requested',
    id: draft.world.newId(),
    level,
    cause: node.handover,
    reasons: [],
  });
  say(draft, node.say);
  return { kind: 'goto', exit: 'done', node: node.exits.done };
}
