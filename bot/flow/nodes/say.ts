/** say: one or more texts, chosen by a value where `by` names a slot, then on. */
import { textKeyFor } from '../../content/texts-by.ts';
import { type Draft, say } from '../../engine/draft.ts';
import type { SayNode } from '../schema.ts';
import type { NodeResult } from './result.ts';

export function enterSay(draft: Draft, node: SayNode): NodeResult {
  const keys = typeof node.say === 'string' ? [node.say] : node.say;
  const by = node.by === undefined ? undefined : draft.session.slots[node.by];
  for (const key of keys) say(draft, textKeyFor(draft.assets, key, by));
  return { kind: 'goto', exit: 'done', node: node.exits.done };
}
