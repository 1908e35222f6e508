/** What running one node leads to. */

export type NodeResult =
  | { kind: 'goto'; node: string }
  /** the bot waits for the person */
  | { kind: 'wait' }
  | { kind: 'call'; flow: string }
  | { kind: 'end'; exit: string };

/** @throws FlowFault is left to the caller: an exit without a target is caught by the lint, never at run time */
export function follow(
  exits: Readonly<Record<string, string>>,
  ...names: readonly string[]
): NodeResult | null {
  for (const name of names) {
    const node = exits[name];
    if (node !== undefined) return { kind: 'goto', node };
  }
  return null;
}
