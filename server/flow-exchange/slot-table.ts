/** Gives the variables of a source their slots: one name and one type for each, never a name that means something here. */
import { TAKEN_NAMES } from '../../bot/index.ts';
import { snake } from './names.ts';

export type SlotShape = string | Readonly<Record<string, unknown>>;

/** Names that texts know, and the two that a question takes for itself. */
const TAKEN: readonly string[] = [...TAKEN_NAMES, 'kind', 'choices'];

export interface SlotTable {
  /**
   * @param scope `result` is kept per flow and shared where name and type agree; the others are one per file
   * @returns the slot's name; the flow declares it from now on
   */
  use: (flow: string, scope: Scope, name: string) => string;
  /** Says what a variable holds; the first word counts. */
  declare: (flow: string, scope: Scope, name: string, shape: SlotShape) => void;
  shapeOf: (flow: string, scope: Scope, name: string) => SlotShape;
  /** Says that something fills it. */
  fill: (flow: string, scope: Scope, name: string) => void;
  /** variables of one flow that are read and that nothing in the file fills; `unfilled` ones have a note of their own */
  unfilled: (flow: string) => readonly { name: string; slot: string }[];
  /** slots of one flow, in the order of their use */
  declared: (flow: string) => Readonly<Record<string, SlotShape>>;
}
export type Scope = 'result' | 'field' | 'group' | 'unfilled';

/** @param known names of slots there are already */
export function createSlotTable(known: readonly string[]): SlotTable {
  const shapes = new Map<string, SlotShape>();
  const names = new Map<string, string>();
  const owners = new Map<string, string>();
  const used = new Map<string, Map<string, SlotShape>>();
  const reads = new Map<string, Map<string, { name: string; slot: string }>>();
  const filledKeys = new Set<string>();
  const keyOf = (flow: string, scope: Scope, name: string): string =>
    scope === 'result' || scope === 'unfilled'
      ? `${scope}/${flow}/${snake(name)}`
      : `${scope}/${snake(name)}`;

  const shapeOf = (flow: string, scope: Scope, name: string): SlotShape =>
    shapes.get(keyOf(flow, scope, name)) ?? (scope === 'group' ? 'flag' : 'text');

  const nameFor = (flow: string, scope: Scope, name: string): string => {
    const key = keyOf(flow, scope, name);
    const found = names.get(key);
    if (found !== undefined) return found;
    const owner = `${scope === 'unfilled' ? key : scope}/${JSON.stringify(shapeOf(flow, scope, name))}`;
    const plain = scope === 'group' ? `group_${snake(name)}` : snake(name);
    const wishes = [plain, `${scope === 'result' ? snake(flow) : scope}_${plain}`, `imported_${plain}`];
    const free = (wish: string): boolean =>
      !TAKEN.includes(wish) && !known.includes(wish) && (owners.get(wish) ?? owner) === owner;
    let chosen = wishes.find(free);
    for (let count = 2; chosen === undefined; count += 1) {
      const next = `${plain}_${count}`;
      if (free(next)) chosen = next;
    }
    owners.set(chosen, owner);
    names.set(key, chosen);
    return chosen;
  };

  return {
    use: (flow, scope, name) => {
      const slot = nameFor(flow, scope, name);
      const here = used.get(flow) ?? new Map<string, SlotShape>();
      here.set(slot, shapeOf(flow, scope, name));
      used.set(flow, here);
      const read = reads.get(flow) ?? new Map<string, { name: string; slot: string }>();
      if (scope !== 'unfilled') read.set(keyOf(flow, scope, name), { name, slot });
      reads.set(flow, read);
      return slot;
    },
    declare: (flow, scope, name, shape) => {
      const key = keyOf(flow, scope, name);
      if (!shapes.has(key)) shapes.set(key, shape);
    },
    shapeOf,
    fill: (flow, scope, name) => {
      filledKeys.add(keyOf(flow, scope, name));
    },
    unfilled: (flow) =>
      [...(reads.get(flow) ?? [])].flatMap(([key, found]) => (filledKeys.has(key) ? [] : [found])),
    declared: (flow) => Object.fromEntries(used.get(flow) ?? []),
  };
}
