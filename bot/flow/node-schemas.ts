/** What each kind of node may hold; with schema.ts it makes up a flow file. */
import { z } from 'zod';
import { HANDOVER_CAUSES } from '../engine/events.ts';
import { SlotNameSchema } from './slots.ts';

export const IdSchema = z.string().regex(/^[a-z][a-z0-9-]*$/, 'use lower-case letters, digits and hyphens');
export const MessageKeySchema = z
  .string()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a message key looks like flow.name');
/** CEL: `has(slots.age) && slots.age < 18`. Names it may use are in docs/flow-language.md. */
const ExpressionSchema = z.string().min(1).max(400).describe('A condition or a value, written in CEL.');

const NodeIdSchema = IdSchema.describe('The name of this node; no other node of the flow has it.');
const ExitsSchema = z
  .record(z.string(), IdSchema)
  .describe('The ways out: the name of each, and the node of this flow it leads to.');
const DoneSchema = z.strictObject({ done: IdSchema }).describe('The one way out: the node that comes next.');

const BySchema = SlotNameSchema.optional().describe(
  'The slot whose value chooses the text: where there is a text `key.value` beside `key`, it is said instead. Labels and `retry` stay those of `key`.',
);

/** Each `describe` below is read in docs/flow-language.md and in editors, so it is written for whoever writes flows. */
export const SayNodeSchema = z
  .strictObject({
    id: NodeIdSchema,
    say: z
      .union([MessageKeySchema, z.array(MessageKeySchema).min(1)])
      .describe('The text, or several; each is a message of its own.'),
    by: BySchema,
    exits: DoneSchema,
  })
  .describe('Says one text or several, then goes on.');

export const AskNodeSchema = z
  .strictObject({
    id: NodeIdSchema,
    ask: MessageKeySchema.describe('The question.'),
    by: BySchema,
    slot: SlotNameSchema.optional().describe(
      'Where the answer is kept: the id of the choice, or what was read. Without it the answer only decides the way.',
    ),
    choices: z
      .array(IdSchema)
      .min(1)
      .optional()
      .describe(
        'The choices that are shown, in this order. Needed only when several share the exit `any`; otherwise the exits are the choices.',
      ),
    route: z
      .boolean()
      .optional()
      .describe('`true` at a menu: free text may start any flow (`content/routes.yaml`).'),
    settled: z
      .boolean()
      .optional()
      .describe(
        '`true` where nothing is begun yet, or what was asked for is answered: whoever leaves here left nothing half-way.',
      ),
    takes: z
      .enum(['text', 'offer-part'])
      .optional()
      .describe(
        '`text`: the slot keeps only what is written, a tap leaves it as it was. `offer-part`: so too, and what is written is ' +
          'added to the slot when it goes on with the offer that was checked; every other text starts flows as usual.',
      ),
    wait: z
      .string()
      .regex(/^[1-9]\d{0,2}[mhd]$/, 'a waiting time looks like 10m, 2h or 1d')
      .optional()
      .describe('How long nothing may come before the exit `silence` is taken: `10m`, `2h`, `1d`.'),
    exits: ExitsSchema,
  })
  .describe(
    'Asks a question and waits for the person. Its exits are the choices, in order, except the reserved names (see below). ' +
      'What is written is read by the type of the slot. What cannot be read is asked about again in kind words; a text that ' +
      'is no choice is not understood: the question is repeated in other words, then with its choices spelled out, then a person is asked for.',
  );

export const BranchNodeSchema = z
  .strictObject({
    id: NodeIdSchema,
    branch: z
      .union([
        SlotNameSchema,
        z.enum(['$staffed', '$mode', '$place', '$language', '$unread']),
        z.record(IdSchema, ExpressionSchema),
      ])
      .describe(
        'What decides: the name of a slot, whose value names the exit (`missing` when it is empty, `given` for money or a place); ' +
          'or `$staffed` (`yes`, `no`), `$mode` (`normal`, `quiet`), `$place` (`vn`, `abroad`, `unknown`), `$language` (a tag such as `vi`), `$unread` (the first of its exits that is a lesson the person has not finished); ' +
          'or conditions, one for each exit, of which the first that holds is taken.',
      ),
    exits: ExitsSchema.describe(
      'Where each value or condition leads. `else` is required: it takes all others.',
    ),
  })
  .describe('Goes one way or another without asking: by a value, or by the first condition that holds.');

export const SetNodeSchema = z
  .strictObject({
    id: NodeIdSchema,
    set: z
      .strictObject({
        mode: z.enum(['normal', 'quiet']).optional().describe('Begins quiet mode, or ends it.'),
        language: z
          .string()
          .optional()
          .describe('A tag of `content/languages.yaml`, or `$slot` for the value of the slot `language`.'),
        slots: z
          .record(SlotNameSchema, z.union([z.string(), z.number(), z.boolean(), z.null()]))
          .optional()
          .describe('Values to keep, by slot; `null` empties the slot.'),
        compute: z
          .record(SlotNameSchema, ExpressionSchema)
          .optional()
          .describe(
            'Values to work out, by slot, from what was there before this node; what cannot be worked out empties its slot.',
          ),
        unfinished: z
          .literal('forget')
          .optional()
          .describe('`forget`: the question that was left half-way is not offered again.'),
      })
      .describe('What changes; one of these or several.'),
    exits: DoneSchema,
  })
  .describe('Keeps values, empties slots, changes the mode or the language; says nothing.');

export const CheckNodeSchema = z
  .strictObject({
    id: NodeIdSchema,
    check: z
      .enum(['offer', 'agency', 'missing'])
      .describe(
        '`offer`: everything in the slots `offer_…`; `agency`: only the name of the company; `missing`: everything, but nothing is said.',
      ),
    exits: z
      .strictObject({ verify: IdSchema, caution: IdSchema, danger: IdSchema })
      .describe('One way for each level that may come out; all three are required.'),
  })
  .describe(
    'Compares what is known of a job offer with the warning signs and the register, says what was found, why, and what to do ' +
      'tonight. Fills the slots `offer_level` and (for `offer`) `offer_summary`, so the flow declares both. Where the flow declares ' +
      '`offer_ask` (choice) and `offer_asked` (text), it also fills in what would tell most now: `agency`, `visa`, `contract`, ' +
      '`payment`, `papers`, `age`, `country`, `contact`, `work`, `pay`, or nothing. Where it declares `guide_kind` (choice) and ' +
      '`guide_country` (country), it fills in the kind of offer (`content/signals/kinds.yaml`) and the country it leads to.',
  );

export const LessonNodeSchema = z
  .strictObject({
    id: NodeIdSchema,
    lesson: IdSchema.describe('The id of a lesson of `content/lessons/`.'),
    exits: DoneSchema,
  })
  .describe(
    'Plays a lesson: its cards, its story with choices, then its questions one by one, each with its explanation.',
  );

export const PickNodeSchema = z
  .strictObject({
    id: NodeIdSchema,
    pick: z
      .enum(['rotate', 'random'])
      .describe(
        '`rotate`: the ways in turn, the first one first; `random`: by chance, but the same conversation always goes the same way.',
      ),
    exits: ExitsSchema.describe('The ways to pick from, two or more; their names are yours.'),
  })
  .describe('Goes one of several ways, so that somebody who comes again does not read the same again.');

export const ResumeNodeSchema = z
  .strictObject({
    id: NodeIdSchema,
    resume: z.literal(true).describe('Always `true`.'),
    exits: z
      .strictObject({ none: IdSchema })
      .describe('Where it goes on when nothing was left half-way, or it is gone.'),
  })
  .describe('Goes back to the question that the person left half-way, and asks it again.');

export const SubflowNodeSchema = z
  .strictObject({
    id: NodeIdSchema,
    subflow: IdSchema.describe('The id of the flow to run.'),
    with: z
      .record(SlotNameSchema, ExpressionSchema)
      .optional()
      .describe('What is handed in: each argument of that flow, worked out here.'),
    keep: z
      .record(SlotNameSchema, SlotNameSchema)
      .optional()
      .describe('What is taken up afterwards: a slot of this flow, and the result of that flow it takes.'),
    exits: ExitsSchema.describe(
      'One way for each name that flow can end with; `done` takes every name that is not listed.',
    ),
  })
  .describe('Runs another flow and comes back by the name of its end.');

export const HandoverNodeSchema = z
  .strictObject({
    id: NodeIdSchema,
    handover: z
      .enum(HANDOVER_CAUSES)
      .describe(
        'Why. In a flow of your own `flow` or `person_asked`; `danger` raises the risk too; the others are the engine’s.',
      ),
    say: MessageKeySchema.describe(
      'What the person is told. It must be true at night too: the text asks `staffed` and gives a number when nobody is on duty.',
    ),
    exits: DoneSchema,
  })
  .describe(
    'Asks for a counsellor and says so. The flow goes on meanwhile: nobody is left waiting in silence.',
  );

export const EndNodeSchema = z
  .strictObject({
    id: NodeIdSchema,
    end: z
      .union([z.literal(true), IdSchema])
      .describe(
        'The name the flow that ran this one goes on by; `true` means `done`. With nobody above, `menu` leads to the menu.',
      ),
    erase: z.boolean().optional().describe('`true`: everything about the person is deleted.'),
    result: z
      .record(SlotNameSchema, ExpressionSchema)
      .optional()
      .describe('What is handed back, worked out here; declared under `results`.'),
  })
  .describe('Ends the flow.');

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
