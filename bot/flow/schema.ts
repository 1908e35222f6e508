/** What a flow file may contain; `npm run schema` writes it as JSON Schema for editors. */
import { z } from 'zod';
import { HANDOVER_CAUSES } from '../engine/events.ts';
import { SlotValueSchema } from '../engine/session.ts';

const IdSchema = z.string().regex(/^[a-z][a-z0-9-]*$/, 'use lower-case letters, digits and hyphens');
const SlotNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'use lower-case letters, digits and underscores');
const MessageKeySchema = z
  .string()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a message key looks like flow.name');

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
 * `any` (every choice of `choices` goes there), `other` (free text is an answer too), `skip` (a "skip" choice is shown).
 * Without `other`, a text that is no choice is not understood: repeated in other words, then choices, then a person.
 */
export const AskNodeSchema = z.strictObject({
  id: IdSchema,
  ask: MessageKeySchema,
  /** where the answer is kept: the choice id, or the text */
  slot: SlotNameSchema.optional(),
  /** choice ids when they share one exit `any` */
  choices: z.array(IdSchema).min(1).optional(),
  /** how free text is read; `country` keeps an ISO 3166-1 code and leaves unknown names to `other` */
  expect: z.enum(['text', 'country']).optional(),
  /** true at a menu: free text may start any flow (content/routes.yaml) */
  route: z.boolean().optional(),
  exits: ExitsSchema,
});

/** Goes on by the value of a slot (as text), or of `$staffed`, `$mode`, `$place`; `else` is required. */
export const BranchNodeSchema = z.strictObject({
  id: IdSchema,
  branch: z.union([SlotNameSchema, z.enum(['$staffed', '$mode', '$place', '$language'])]),
  exits: ExitsSchema,
});

/** Keeps values; `mode` and `language` change the session itself; null forgets a slot. */
export const SetNodeSchema = z.strictObject({
  id: IdSchema,
  set: z.strictObject({
    mode: z.enum(['normal', 'quiet']).optional(),
    /** a BCP 47 tag, or `$slot` to take the value of the slot `language` */
    language: z.string().optional(),
    slots: z.record(SlotNameSchema, SlotValueSchema.nullable()).optional(),
  }),
  exits: DoneSchema,
});

/** Runs a check over the slots and says what it found; exits are its levels. */
export const CheckNodeSchema = z.strictObject({
  id: IdSchema,
  check: z.enum(['offer', 'agency']),
  exits: z.strictObject({ verify: IdSchema, caution: IdSchema, danger: IdSchema }),
});

/** Plays a lesson of content/lessons: cards, a question, its explanation. */
export const LessonNodeSchema = z.strictObject({ id: IdSchema, lesson: IdSchema, exits: DoneSchema });

/** Runs another flow and comes back by the name of its end. */
export const SubflowNodeSchema = z.strictObject({ id: IdSchema, subflow: IdSchema, exits: ExitsSchema });

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
});

export const NODE_KINDS = [
  'say',
  'ask',
  'branch',
  'set',
  'check',
  'lesson',
  'subflow',
  'handover',
  'end',
] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

export const RESERVED_EXITS = ['any', 'other', 'skip', 'silence'] as const;

export const NODE_SCHEMAS = {
  say: SayNodeSchema,
  ask: AskNodeSchema,
  branch: BranchNodeSchema,
  set: SetNodeSchema,
  check: CheckNodeSchema,
  lesson: LessonNodeSchema,
  subflow: SubflowNodeSchema,
  handover: HandoverNodeSchema,
  end: EndNodeSchema,
} as const;

export const FlowSchema = z.strictObject({
  id: IdSchema,
  /** raised when a node's meaning changes */
  version: z.int().positive(),
  start: IdSchema,
  nodes: z.array(z.record(z.string(), z.unknown())).min(1),
});

export type SayNode = { kind: 'say' } & z.infer<typeof SayNodeSchema>;
export type AskNode = { kind: 'ask' } & z.infer<typeof AskNodeSchema>;
export type BranchNode = { kind: 'branch' } & z.infer<typeof BranchNodeSchema>;
export type SetNode = { kind: 'set' } & z.infer<typeof SetNodeSchema>;
export type CheckNode = { kind: 'check' } & z.infer<typeof CheckNodeSchema>;
export type LessonNode = { kind: 'lesson' } & z.infer<typeof LessonNodeSchema>;
export type SubflowNode = { kind: 'subflow' } & z.infer<typeof SubflowNodeSchema>;
export type HandoverNode = { kind: 'handover' } & z.infer<typeof HandoverNodeSchema>;
export type EndNode = { kind: 'end' } & z.infer<typeof EndNodeSchema>;
export type FlowNode =
  SayNode | AskNode | BranchNode | SetNode | CheckNode | LessonNode | SubflowNode | HandoverNode | EndNode;

export interface Flow {
  id: string;
  version: number;
  start: string;
  nodes: ReadonlyMap<string, FlowNode>;
}

/** The choice ids an `ask` shows, in order; `skip` last. */
export function choicesOf(node: AskNode): readonly string[] {
  const reserved: readonly string[] = RESERVED_EXITS;
  const own = node.choices ?? Object.keys(node.exits).filter((name) => !reserved.includes(name));
  return 'skip' in node.exits ? [...own, 'skip'] : own;
}

/** JSON Schema (draft 2020-12) of a flow file, for completion in editors. */
export function flowJsonSchema(): unknown {
  const nodes = z.array(z.union(Object.values(NODE_SCHEMAS)));
  return z.toJSONSchema(FlowSchema.extend({ nodes }));
}
