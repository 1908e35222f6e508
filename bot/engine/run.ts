/** Runs nodes from where the session stands until the bot waits for the person or nothing is left to run. */
import { enterAsk } from '../flow/nodes/ask.ts';
import { enterBranch } from '../flow/nodes/branch.ts';
import { enterCheck } from '../flow/nodes/check.ts';
import { enterEnd } from '../flow/nodes/end.ts';
import { enterPick } from '../flow/nodes/pick.ts';
import { enterResume } from '../flow/nodes/resume.ts';
import { enterHandover } from '../flow/nodes/handover.ts';
import { askLesson, enterLesson } from '../flow/nodes/lesson.ts';
import type { NodeResult } from '../flow/nodes/result.ts';
import { enterSay } from '../flow/nodes/say.ts';
import { enterSet } from '../flow/nodes/set.ts';
import { enterSubflow, leaveSubflow, type Results } from '../flow/nodes/subflow.ts';
import { assertNever } from '../flow/compile.ts';
import type { FlowNode } from '../flow/schema.ts';
import type { TextVariant } from '../content/render.ts';
import { type Draft, FlowFault, jumpTo, moveTo, nodeAt, positionIn, topOf } from './draft.ts';
import { MAX_STEPS_PER_TURN } from './limits.ts';
import type { Position } from './session.ts';
import { dropHalf } from './unfinished.ts';

/** A flow that ended with nobody above it: what the caller does next is up to its exit. */
export interface Ended {
  flow: string;
  exit: string;
}

/** Runs on from the node the session stands at. @returns the flow that ended last, or null while the bot waits */
export function runOn(draft: Draft): Ended | null {
  const top = topOf(draft);
  if (top === null) return null;
  const node = nodeAt(draft, top);
  if (node === null) throw new FlowFault('unknown_node');
  draft.events.push({ type: 'node_entered', flow: top.flow, node: top.node });
  return proceed(draft, enterNode(draft, node, top));
}

/** Carries out what a node led to, and runs on. */
export function proceed(draft: Draft, result: NodeResult): Ended | null {
  draft.steps += 1;
  if (draft.steps > MAX_STEPS_PER_TURN) throw new FlowFault('too_many_steps');
  const top = topOf(draft);
  switch (result.kind) {
    case 'wait':
      return null;
    case 'goto':
      notePath(draft, top, result.exit, result.node);
      moveTo(draft, result.node);
      return runOn(draft);
    case 'call': {
      dropHalf(draft, result.flow);
      const position = positionIn(draft, result.flow);
      const { args } = result;
      draft.session.place = [...draft.session.place, args === undefined ? position : { ...position, args }];
      return runOn(draft);
    }
    case 'resumed':
      if (!askAgain(draft)) throw new FlowFault('nothing_running');
      return null;
    case 'end':
      notePath(draft, top, result.exit, null);
      return leave(draft, result.exit, result.results);
    default:
      return assertNever(result);
  }
}

function notePath(draft: Draft, from: Position | null, exit: string, to: string | null): void {
  if (from === null) return;
  const { flow, version, node } = from;
  draft.events.push({ type: 'path_taken', flow, version, node, exit, to });
}

/** Asks again what is being asked, without running anything anew. False when nothing is. */
export function askAgain(draft: Draft, variant: TextVariant = 'text'): boolean {
  const top = topOf(draft);
  const node = top === null ? null : nodeAt(draft, top);
  if (top === null || node === null) return false;
  if (node.kind === 'ask') enterAsk(draft, node, top, variant);
  else if (node.kind === 'lesson') askLesson(draft, node);
  else return false;
  return true;
}

export function startFlow(draft: Draft, flow: string, node: string | null = null): Ended | null {
  dropHalf(draft, flow);
  jumpTo(draft, flow, node);
  return runOn(draft);
}

function leave(draft: Draft, exit: string, results: Results): Ended | null {
  const ended = topOf(draft);
  if (ended === null) throw new FlowFault('nothing_running');
  draft.events.push({ type: 'flow_ended', flow: ended.flow, exit });
  draft.session.place = draft.session.place.slice(0, -1);
  const caller = topOf(draft);
  if (caller === null) return { flow: ended.flow, exit };
  const node = nodeAt(draft, caller);
  // an interruption (are-you-safe) stands above a question, not above a subflow node: the caller takes it up
  if (node?.kind !== 'subflow') return { flow: ended.flow, exit };
  return proceed(draft, leaveSubflow(draft, node, exit, results));
}

function enterNode(draft: Draft, node: FlowNode, position: Position): NodeResult {
  switch (node.kind) {
    case 'say':
      return enterSay(draft, node);
    case 'ask':
      draft.session.misses = 0;
      return enterAsk(draft, node, position);
    case 'branch':
      return enterBranch(draft, node);
    case 'set':
      return enterSet(draft, node);
    case 'check':
      return enterCheck(draft, node);
    case 'lesson':
      draft.session.misses = 0;
      return enterLesson(draft, node);
    case 'pick':
      return enterPick(draft, node);
    case 'resume':
      return enterResume(draft, node);
    case 'subflow':
      return enterSubflow(draft, node);
    case 'handover':
      return enterHandover(draft, node);
    case 'end':
      return enterEnd(draft, node);
    default:
      return assertNever(node);
  }
}
