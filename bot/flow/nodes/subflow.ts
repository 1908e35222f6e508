/** subflow: runs another flow with its arguments; its end names the exit taken here and hands its results back. */
import { type Draft, flowOf, FlowFault, setSlot, topOf } from '../../engine/draft.ts';
import { MAX_SUBFLOW_DEPTH } from '../../engine/limits.ts';
import type { SlotValue } from '../../engine/session.ts';
import type { SubflowNode } from '../schema.ts';
import { compute } from './compute.ts';
import { follow, type NodeResult } from './result.ts';

export type Results = Readonly<Record<string, SlotValue>>;

export function enterSubflow(draft: Draft, node: SubflowNode): NodeResult {
  if (draft.session.place.length >= MAX_SUBFLOW_DEPTH) throw new FlowFault('subflow_too_deep');
  const args = node.with === undefined ? undefined : compute(draft, topOf(draft), node.id);
  return { kind: 'call', flow: flowOf(draft, node.subflow).id, ...(args === undefined ? {} : { args }) };
}

/** A result that could not be worked out leaves its slot empty. */
export function leaveSubflow(draft: Draft, node: SubflowNode, exit: string, results: Results): NodeResult {
  for (const [slot, name] of Object.entries(node.keep ?? {})) setSlot(draft, slot, results[name] ?? null);
  const next = follow(node.exits, exit, 'done');
  if (next === null) throw new FlowFault('exit_without_target');
  return next;
}
