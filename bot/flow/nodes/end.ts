/** end: leaves the flow by name; may ask for everything about the person to be deleted. */
import type { Draft } from '../../engine/draft.ts';
import type { EndNode } from '../schema.ts';
import type { NodeResult } from './result.ts';

export function enterEnd(draft: Draft, node: EndNode): NodeResult {
  if (node.erase === true) draft.events.push({ type: 'erase_requested' });
  return { kind: 'end', exit: node.end === true ? 'done' : node.end };
}
