/** end: leaves the flow by name and hands back its results; may ask for everything about the person to be deleted. */
import { type Draft, topOf } from '../../engine/draft.ts';
import type { EndNode } from '../schema.ts';
import { compute } from './compute.ts';
import type { NodeResult } from './result.ts';

export function enterEnd(draft: Draft, node: EndNode): NodeResult {
  if (node.erase === true) draft.events.push({ type: 'erase_requested' });
  const results = node.result === undefined ? {} : compute(draft, topOf(draft), node.id);
  return { kind: 'end', exit: node.end === true ? 'done' : node.end, results };
}
