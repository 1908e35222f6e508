/** subflow: runs another flow; its end names the exit taken here. */
import { type Draft, flowOf, FlowFault } from '../../engine/draft.ts';
import { MAX_SUBFLOW_DEPTH } from '../../engine/limits.ts';
import type { SubflowNode } from '../schema.ts';
import { follow, type NodeResult } from './result.ts';

export function enterSubflow(draft: Draft, node: SubflowNode): NodeResult {
  if (draft.session.place.length >= MAX_SUBFLOW_DEPTH) throw new FlowFault('subflow_too_deep');
  return { kind: 'call', flow: flowOf(draft, node.subflow).id };
}

export function leaveSubflow(node: SubflowNode, exit: string): NodeResult {
  const next = follow(node.exits, exit, 'done');
  if (next === null) throw new FlowFault('exit_without_target');
  return next;
}
