/** What running one node leads to. */
import type { SlotValue } from '../../engine/session.ts';

export type NodeResult =
  | { kind: 'goto'; exit: string; node: string }
  /** the bot waits for the person */
  | { kind: 'wait' }
  | { kind: 'call'; flow: string; args?: Readonly<Record<string, SlotValue>> }
  /** back to where the person left half-way; the place is set already */
  | { kind: 'resumed' }
  | { kind: 'end'; exit: string; results: Readonly<Record<string, SlotValue>> };

/** The first of the named exits that is there. An exit without a target is caught by the lint, never at run time. */
export function follow(
  exits: Readonly<Record<string, string>>,
  ...names: readonly string[]
): NodeResult | null {
  for (const name of names) {
    const node = exits[name];
    if (node !== undefined) return { kind: 'goto', exit: name, node };
  }
  return null;
}
