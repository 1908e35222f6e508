/** What a flow file may contain; `npm run schema` writes it as JSON Schema for editors. */
import { z } from 'zod';
import type { Expression } from './expression.ts';
import {
  type AskNodeSchema,
  type BranchNodeSchema,
  type CheckNodeSchema,
  type EndNodeSchema,
  type HandoverNodeSchema,
  IdSchema,
  type LessonNodeSchema,
  MessageKeySchema,
  NODE_SCHEMAS,
  type PickNodeSchema,
  type ResumeNodeSchema,
  type SayNodeSchema,
  type SetNodeSchema,
  type SubflowNodeSchema,
} from './node-schemas.ts';
import { type Slots, SlotNameSchema, SlotsSchema } from './slots.ts';

/** Exits of an `ask` that are no choices. */
export const RESERVED_EXITS = ['any', 'other', 'skip', 'silence'] as const;
/** When each is taken, for docs/flow-language.md. */
export const RESERVED_EXIT_MEANINGS: Readonly<Record<(typeof RESERVED_EXITS)[number], string>> = {
  any: 'one of `choices` was picked, or what was written could be read as the type of the slot, and no exit of that name stands beside it',
  other:
    'something else was written: free text for a slot of type `text` or no slot at all; for the types that are read, what could not be read (the slot is then empty)',
  skip: 'the person took the choice "skip", which is shown because this exit is there; the slot is emptied',
  silence:
    'nothing came for as long as `wait` says; never taken in quiet mode, in danger, or while a counsellor answers',
};

export const MigrationSchema = z
  .strictObject({
    from: z
      .int()
      .positive()
      .describe('The version they stand in; they go to the next one, and from there by its own migration.'),
    nodes: z
      .record(IdSchema, IdSchema.nullable())
      .optional()
      .describe(
        'Earlier node: node of the next version. `null`: there is nothing to go on with, they are told so. A node that is not named keeps its id.',
      ),
    slots: z
      .record(SlotNameSchema, SlotNameSchema.nullable())
      .optional()
      .describe('Earlier slot: slot of the next version. `null`: forgotten.'),
    urgent: z
      .boolean()
      .optional()
      .describe(
        '`true`: everybody is moved at their next message. Otherwise they finish in the version they began, while it is kept.',
      ),
  })
  .describe('Where people go who stand in an earlier version.');
export type Migration = z.infer<typeof MigrationSchema>;

export const FlowSchema = z.strictObject({
  id: IdSchema.describe('The name of the flow; the file is called `flows/<id>.yaml`.'),
  version: z
    .int()
    .positive()
    .describe('Raised when a node’s meaning changes; released versions are kept in `flows/released/`.'),
  start: IdSchema.describe('The node it begins with.'),
  resume: MessageKeySchema.optional().describe(
    'The text that names what this flow is about. With it the flow can be taken up again when it was left half-way.',
  ),
  slots: SlotsSchema.optional().describe('Every value this flow keeps, with its type.'),
  args: SlotsSchema.optional().describe('Values that whoever runs this flow as a subflow hands in.'),
  results: SlotsSchema.optional().describe('Values it hands back.'),
  migrations: z
    .array(MigrationSchema)
    .optional()
    .describe('Where people go who stand in an earlier version; one entry for each that is kept.'),
  nodes: z
    .array(z.record(z.string(), z.unknown()))
    .min(1)
    .describe('The points of the dialogue; the order means nothing, exits lead from one to the next.'),
});

export type SayNode = { kind: 'say' } & z.infer<typeof SayNodeSchema>;
export type AskNode = { kind: 'ask' } & z.infer<typeof AskNodeSchema>;
export type BranchNode = { kind: 'branch' } & z.infer<typeof BranchNodeSchema>;
export type SetNode = { kind: 'set' } & z.infer<typeof SetNodeSchema>;
export type CheckNode = { kind: 'check' } & z.infer<typeof CheckNodeSchema>;
export type LessonNode = { kind: 'lesson' } & z.infer<typeof LessonNodeSchema>;
export type PickNode = { kind: 'pick' } & z.infer<typeof PickNodeSchema>;
export type ResumeNode = { kind: 'resume' } & z.infer<typeof ResumeNodeSchema>;
export type SubflowNode = { kind: 'subflow' } & z.infer<typeof SubflowNodeSchema>;
export type HandoverNode = { kind: 'handover' } & z.infer<typeof HandoverNodeSchema>;
export type EndNode = { kind: 'end' } & z.infer<typeof EndNodeSchema>;
export type FlowNode =
  | SayNode
  | AskNode
  | BranchNode
  | SetNode
  | CheckNode
  | LessonNode
  | PickNode
  | ResumeNode
  | SubflowNode
  | HandoverNode
  | EndNode;

export interface Flow {
  /** file it was read from, and the line of each node, so that every fault names its place */
  path: string;
  lines: ReadonlyMap<string, number>;
  id: string;
  version: number;
  start: string;
  /** message key that names the topic, or null when the flow is not taken up again */
  resume: string | null;
  slots: Slots;
  args: Slots;
  results: Slots;
  migrations: readonly Migration[];
  nodes: ReadonlyMap<string, FlowNode>;
  /** compiled expressions: node id → name (exit, slot, argument, result) → expression */
  expressions: ReadonlyMap<string, ReadonlyMap<string, Expression>>;
}

/** The choice ids an `ask` shows, in order; `skip` last. */
export function choicesOf(node: AskNode): readonly string[] {
  const reserved: readonly string[] = RESERVED_EXITS;
  const own = node.choices ?? Object.keys(node.exits).filter((name) => !reserved.includes(name));
  return 'skip' in node.exits ? [...own, 'skip'] : own;
}

/** Every way out of a node: exit name and the id of the node it leads to. */
export function exitsOf(node: FlowNode): readonly (readonly [exit: string, target: string])[] {
  return node.kind === 'end' ? [] : Object.entries(node.exits);
}

/** Keys of the texts a node says by name. */
export function messageKeysOf(node: FlowNode): readonly string[] {
  if (node.kind === 'ask') return [node.ask];
  if (node.kind === 'handover') return [node.say];
  if (node.kind === 'say') return typeof node.say === 'string' ? [node.say] : node.say;
  return [];
}

/** `10m` → milliseconds. The shape was checked when the flow was read. */
export function waitMs(wait: string): number {
  const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 };
  const unit = wait.endsWith('m') ? unitMs.m : wait.endsWith('h') ? unitMs.h : unitMs.d;
  return Number(wait.slice(0, -1)) * unit;
}

/** JSON Schema (draft 2020-12) of a flow file, for completion in editors. */
export function flowJsonSchema(): unknown {
  const nodes = z
    .array(z.union(Object.values(NODE_SCHEMAS)))
    .describe(FlowSchema.shape.nodes.description ?? '');
  return z.toJSONSchema(FlowSchema.extend({ nodes }));
}
