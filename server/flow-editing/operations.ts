/** What an editor may do to a flow file, one thing at a time. */
import { z } from 'zod';

const IdSchema = z
  .string()
  .max(60)
  .regex(/^[a-z][a-z0-9-]*$/);
/** as it stands in the file: `id`, one field that names its kind, exits */
const NodeSchema = z.record(z.string(), z.json()).and(z.object({ id: IdSchema }));
/** the node it comes behind; null: first in the file */
const AfterSchema = IdSchema.nullable();

export const FlowOperationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('add_node'), node: NodeSchema, after: AfterSchema }),
  /** `path` leads to a field from the node on, `['exits', 'done']`; value null: the field goes */
  z.strictObject({
    kind: z.literal('set_field'),
    node: IdSchema,
    path: z.array(z.string().min(1)).min(1).max(4),
    value: z.json(),
  }),
  z.strictObject({ kind: z.literal('rename_node'), node: IdSchema, to: IdSchema }),
  z.strictObject({ kind: z.literal('connect'), node: IdSchema, exit: z.string().min(1), target: IdSchema }),
  z.strictObject({ kind: z.literal('disconnect'), node: IdSchema, exit: z.string().min(1) }),
  /** the exits that lead to it go too; comments above it stay */
  z.strictObject({ kind: z.literal('delete_node'), node: IdSchema }),
  z.strictObject({ kind: z.literal('move_node'), node: IdSchema, after: AfterSchema }),
  /** they get new ids where theirs are taken; exits among them follow, exits to nodes that are not here go */
  z.strictObject({ kind: z.literal('paste_nodes'), nodes: z.array(NodeSchema).min(1), after: AfterSchema }),
  /** takes an edit back; only for exactly the text that edit left behind */
  z.strictObject({
    kind: z.literal('splice'),
    at: z.int().nonnegative(),
    remove: z.int().nonnegative(),
    insert: z.string(),
  }),
]);
export type FlowOperation = z.infer<typeof FlowOperationSchema>;
export type NodeFields = z.infer<typeof NodeSchema>;
