/** Works out the named expressions of a node; one that fails (a missing value, a division by zero) gives nothing. */
import { type Draft, flowHere, scopeOf } from '../../engine/draft.ts';
import type { Position, SlotValue } from '../../engine/session.ts';
import type { Expression } from '../expression.ts';

const NONE: ReadonlyMap<string, Expression> = new Map();

export function expressionsAt(draft: Draft, position: Position | null, node: string): typeof NONE {
  return position === null ? NONE : (flowHere(draft, position).expressions.get(node) ?? NONE);
}

export function compute(draft: Draft, position: Position | null, node: string): Record<string, SlotValue> {
  const values: Record<string, SlotValue> = {};
  const scope = scopeOf(draft);
  for (const [name, expression] of expressionsAt(draft, position, node)) {
    const result = expression.evaluate(scope);
    if (result.kind === 'value') values[name] = result.value;
  }
  return values;
}
