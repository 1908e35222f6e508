/** The shape of a RapidPro export, version 13 and later; fields that no reading needs are let through. */
import { z } from 'zod';

const Id = z.string().min(1);

export const ActionSchema = z.looseObject({ uuid: Id, type: z.string().min(1) });
export type Action = z.infer<typeof ActionSchema>;

export const CaseSchema = z.looseObject({
  uuid: Id,
  type: z.string().min(1),
  arguments: z.array(z.string()).nullish(),
  category_uuid: Id,
});
export type Case = z.infer<typeof CaseSchema>;

const CategorySchema = z.looseObject({ uuid: Id, name: z.string(), exit_uuid: Id.nullish() });
export type Category = z.infer<typeof CategorySchema>;

const WaitSchema = z.looseObject({
  type: z.string(),
  /** seconds until the person counts as silent, and the category that takes it */
  timeout: z.looseObject({ seconds: z.number().positive(), category_uuid: Id }).nullish(),
  hint: z.looseObject({ type: z.string() }).nullish(),
});

export const RouterSchema = z.looseObject({
  type: z.string(),
  wait: WaitSchema.nullish(),
  result_name: z.string().nullish(),
  categories: z.array(CategorySchema),
  operand: z.string().nullish(),
  cases: z.array(CaseSchema).nullish(),
  default_category_uuid: z.string().nullish(),
});
export type Router = z.infer<typeof RouterSchema>;

const NodeSchema = z.looseObject({
  uuid: Id,
  actions: z.array(ActionSchema).nullish(),
  router: RouterSchema.nullish(),
  exits: z.array(z.looseObject({ uuid: Id, destination_uuid: z.string().nullish() })).default([]),
});
export type RapidNode = z.infer<typeof NodeSchema>;

/** language → uuid of an action, case or category → its fields in that language */
const LocalizationSchema = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())));

export const RapidFlowSchema = z.looseObject({
  uuid: Id,
  name: z.string(),
  spec_version: z.string().nullish(),
  /** ISO 639-3, or `base` where none was chosen */
  language: z.string().nullish(),
  localization: LocalizationSchema.nullish(),
  nodes: z.array(NodeSchema),
});
export type RapidFlow = z.infer<typeof RapidFlowSchema>;

const Named = z.array(z.looseObject({ uuid: z.string().optional() })).nullish();

export const RapidFileSchema = z.looseObject({
  version: z.union([z.string(), z.number()]).nullish(),
  flows: z.array(RapidFlowSchema).min(1),
  campaigns: Named,
  triggers: Named,
});
