/** pick: goes one of several ways, in turn or by chance; the same session always goes the same way. */
import { type Draft, FlowFault, topOf } from '../../engine/draft.ts';
import type { PickNode } from '../schema.ts';
import type { NodeResult } from './result.ts';

export function enterPick(draft: Draft, node: PickNode): NodeResult {
  const exits = Object.entries(node.exits);
  const key = `${topOf(draft)?.flow ?? ''}.${node.id}`;
  const passed = draft.session.picks.passed[key] ?? 0;
  const seed = draft.session.picks.seed === '' ? draft.world.newId() : draft.session.picks.seed;
  draft.session.picks = { seed, passed: { ...draft.session.picks.passed, [key]: passed + 1 } };
  const index = node.pick === 'rotate' ? passed : hash(`${seed}/${key}/${passed}`);
  const taken = exits[index % exits.length];
  if (taken === undefined) throw new FlowFault('exit_without_target');
  return { kind: 'goto', exit: taken[0], node: taken[1] };
}

/** FNV-1a over UTF-16 units, 32 bits: spreads evenly, and a replay gives the same. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value ^= text.charCodeAt(index);
    value = Math.imul(value, 0x01000193) >>> 0;
  }
  // the lowest bits of FNV-1a are weak for short texts
  return (value ^ (value >>> 15)) >>> 0;
}
