/** ask: a question with choices, free text, or both; waits for the person. */
import { findCountry } from '../../content/registers.ts';
import {
  buttonsOf,
  type Draft,
  FlowFault,
  offeredChoices,
  remember,
  say,
  setSlot,
} from '../../engine/draft.ts';
import type { Position } from '../../engine/session.ts';
import { type AskNode, choicesOf } from '../schema.ts';
import { follow, type NodeResult } from './result.ts';

export function enterAsk(
  draft: Draft,
  node: AskNode,
  position: Position,
  variant: 'text' | 'retry' = 'text',
): NodeResult {
  say(draft, node.ask, {}, buttonsOf(position, offeredChoices(draft, node)), variant);
  return { kind: 'wait' };
}

/** Takes a choice as the answer. */
export function answerChoice(draft: Draft, node: AskNode, choice: string): NodeResult {
  if (!choicesOf(node).includes(choice)) throw new FlowFault('unknown_choice');
  remember(draft);
  if (node.slot !== undefined) setSlot(draft, node.slot, choice === 'skip' ? null : choice);
  return exitOf(node, choice, 'any');
}

/** Takes free text as the answer where the node allows it; null = not understood here. */
export function answerText(draft: Draft, node: AskNode, text: string): NodeResult | null {
  if (node.expect === 'country') {
    const code = findCountry(draft.assets.countries, text);
    if (code !== null) return keep(draft, node, code, code.toLowerCase(), 'any', 'other');
  }
  return 'other' in node.exits ? keep(draft, node, text, 'other') : null;
}

function keep(draft: Draft, node: AskNode, value: string, ...exits: readonly string[]): NodeResult | null {
  const next = follow(node.exits, ...exits);
  if (next === null) return null;
  remember(draft);
  if (node.slot !== undefined) setSlot(draft, node.slot, value);
  return next;
}

function exitOf(node: AskNode, ...names: readonly string[]): NodeResult {
  const next = follow(node.exits, ...names);
  if (next === null) throw new FlowFault('exit_without_target');
  return next;
}
