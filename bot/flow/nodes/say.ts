/** say: one or more texts, then on. */
import { type Draft, say } from '../../engine/draft.ts';
import type { SayNode } from '../schema.ts';
import type { NodeResult } from './result.ts';

export function enterSay(draft: Draft, node: SayNode): NodeResult {
  const keys = typeof node.say === 'string' ? [node.say] : node.say;
  for (const key of keys) say(draft, key);
  return { kind: 'goto', exit: 'done', node: node.exits.done };
}
