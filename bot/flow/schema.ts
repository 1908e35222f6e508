/** What a flow file may contain; `npm run schema` writes it as JSON Schema for editors. */
import { z } from 'zod';
import { HANDOVER_CAUSES } from '../engine/events.ts';
import type { Expression } from './expression.ts';
import { type Slots, SlotNameSchema, SlotsSchema } from './slots.ts';

const IdSchema = z.string().regex(/^[a-z][a-z0-9-]*$/, 'use lower-case letters, digits and hyphens');
const MessageKeySchema = z
  .string()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a message key looks like flow.name');
/** CEL: `has(slots.age) && slots.age < 18`. Names it may use are in docs/flow-language.md. */
const ExpressionSchema = z.string().min(1).max(400).describe('a condition or value in CEL');

/** exit name → id of the next node in the same flow */
const ExitsSchema = z.record(z.string(), IdSchema);
const DoneSchema = z.strictObject({ done: IdSchema });

/** Says one or more texts, then goes on. */
export const SayNodeSchema = z.strictObject({
  id: IdSchema,
  say: z.union([MessageKeySchema, z.array(MessageKeySchema).min(1)]),
  exits: DoneSchema,
});

/**
 * Asks and waits. The choices are the exits, in order, except the reserved ones:
 * `any` (every choice of `choices`, and every value that was read, goes there), `other` (whatever else is written goes there),
 * `skip` (a "skip" choice is shown), `silence` (nothing was written for as long as `wait` says).
 * What is written is read by the type of the slot. What cannot be read is asked about again in kind words; a text that is
 * no choice is not understood: repeated in other words, then choices, then a person.
 */
export const AskNodeSchema = z.strictObject({
  id: IdSchema,
  ask: MessageKeySchema,
  /** where the answer is kept: the choice id, or what was read */
  slot: SlotNameSchema.optional(),
  /** choice ids when they share one exit `any` */
  choices: z.array(IdSchema).min(1).optional(),
  /** true at a menu: free text may start any flow (content/routes.yaml) */
  route: z.boolean().optional(),
  /** true where nothing is begun yet, or what was asked for is answered: whoever leaves here left nothing half-way */
  settled: z.boolean().optional(),
  /** how long to wait before `silence`: `10m`, `2h`, `1d` */
  wait: z
    .string()
    .regex(/^[1-9]\d{0,2}[mhd]$/, 'a waiting time looks like 10m, 2h or 1d')
    .optional(),
  exits: ExitsSchema,
});

/**
 * Goes on by the value of a slot (as text), or of `$staffed`, `$mode`, `$place`, `$language`; or by conditions, the first that
 * holds. `else` is required.
 */
export const BranchNodeSchema = z.strictObject({
  id: IdSchema,
  branch: z.union([
    SlotNameSchema,
    z.enum(['$staffed', '$mode', '$place', '$language']),
    z.record(IdSchema, ExpressionSchema),
  ]),
  exits: ExitsSchema,
});

/** Keeps values; `mode` and `language` change the session itself; null forgets a slot. */
export const SetNodeSchema = z.strictObject({
  id: IdSchema,
  set: z.strictObject({
    mode: z.enum(['normal', 'quiet']).optional(),
    /** a BCP 47 tag, or `$slot` to take the value of the slot `language` */
    language: z.string().optional(),
    slots: z.record(SlotNameSchema, z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
    /** slot → CEL; worked out from what was before this node */
    compute: z.record(SlotNameSchema, ExpressionSchema).optional(),
    /** the question that was left half-way is not offered again */
    unfinished: z.literal('forget').optional(),
  }),
  exits: DoneSchema,
});

/** Runs a check over the slots and says what it found; exits are its levels. */
export const CheckNodeSchema = z.strictObject({
  id: IdSchema,
  check: z.enum(['offer', 'agency']),
  exits: z.strictObject({ verify: IdSchema, caution: IdSchema, danger: IdSchema }),
});

/** Plays a lesson of content/lessons: cards, its questions one by one, each with its explanation. */
export const LessonNodeSchema = z.strictObject({ id: IdSchema, lesson: IdSchema, exits: DoneSchema });

/** Goes one of several ways: `rotate` in turn, `random` by a seed kept in the session, so that a replay goes the same way. */
export const PickNodeSchema = z.strictObject({
  id: IdSchema,
  pick: z.enum(['rotate', 'random']),
  exits: ExitsSchema,
});

/** Goes back to the question the person left half-way; `none` when there is none any more. */
export const ResumeNodeSchema = z.strictObject({
  id: IdSchema,
  resume: z.literal(true),
  exits: z.strictObject({ none: IdSchema }),
});

/** Runs another flow and comes back by the name of its end. */
export const SubflowNodeSchema = z.strictObject({
  id: IdSchema,
  subflow: IdSchema,
  /** argument of that flow → CEL, worked out here */
  with: z.record(SlotNameSchema, ExpressionSchema).optional(),
  /** slot of this flow → name of a result of that flow */
  keep: z.record(SlotNameSchema, SlotNameSchema).optional(),
  exits: ExitsSchema,
});

/** Asks for a person and says so; the text must be honest when nobody is on duty (placeholder `staffed`). */
export const HandoverNodeSchema = z.strictObject({
  id: IdSchema,
  handover: z.enum(HANDOVER_CAUSES),
  say: MessageKeySchema,
  exits: DoneSchema,
});

/** Ends the flow; a name tells the caller which way. `erase` also deletes everything about the person. */
export const EndNodeSchema = z.strictObject({
  id: IdSchema,
  end: z.union([z.literal(true), IdSchema]),
  erase: z.boolean().optional(),
  /** result → CEL, worked out here; a caller takes it up with `keep` */
  result: z.record(SlotNameSchema, ExpressionSchema).optional(),
});

export const NODE_SCHEMAS = {
  say: SayNodeSchema,
  ask: AskNodeSchema,
  branch: BranchNodeSchema,
  set: SetNodeSchema,
  check: CheckNodeSchema,
  lesson: LessonNodeSchema,
  pick: PickNodeSchema,
  resume: ResumeNodeSchema,
  subflow: SubflowNodeSchema,
  handover: HandoverNodeSchema,
  end: EndNodeSchema,
} as const;

export type NodeKind = keyof typeof NODE_SCHEMAS;
export const NODE_KINDS: readonly NodeKind[] = [
  'say',
  'ask',
  'branch',
  'set',
  'check',
  'lesson',
  'pick',
  'resume',
  'subflow',
  'handover',
  'end',
];

export const RESERVED_EXITS = ['any', 'other', 'skip', 'silence'] as const;

/** Where people go who stand in an earlier version. */
export const MigrationSchema = z.strictObject({
  /** the version they stand in; they go to the next one, and from there by its own migration */
  from: z.int().positive(),
  /** earlier node → node of today; null = there is nothing to go on with: they get the recap. A node not named keeps its id. */
  nodes: z.record(IdSchema, IdSchema.nullable()).optional(),
  /** earlier slot → slot of today; null = forgotten */
  slots: z.record(SlotNameSchema, SlotNameSchema.nullable()).optional(),
  /** true: everybody is moved at their next message. Else they finish in the version they began, while it is kept. */
  urgent: z.boolean().optional(),
});
export type Migration = z.infer<typeof MigrationSchema>;

export const FlowSchema = z.strictObject({
  id: IdSchema,
  /** raised when a node's meaning changes; released versions are kept in flows/released/ */
  version: z.int().positive(),
  start: IdSchema,
  /** text that names what this flow is about; with it the flow can be taken up again when it was left half-way */
  resume: MessageKeySchema.optional(),
  slots: SlotsSchema.optional(),
  /** values handed in by whoever runs this flow as a subflow */
  args: SlotsSchema.optional(),
  /** values handed back */
  results: SlotsSchema.optional(),
  migrations: z.array(MigrationSchema).optional(),
  nodes: z.array(z.record(z.string(), z.unknown())).min(1),
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
  const nodes = z.array(z.union(Object.values(NODE_SCHEMAS)));
  return z.toJSONSchema(FlowSchema.extend({ nodes }));
}
