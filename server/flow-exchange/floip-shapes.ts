/** The shape of a FLOIP container, 1.0.0-rc1 to rc4, as builders really write it: fields differ between them. */
import { z } from 'zod';

const Id = z.string().min(1);
const Vendor = z.record(z.string(), z.unknown()).nullish();

const ExitSchema = z.looseObject({
  uuid: Id,
  name: z.string().nullish(),
  /** the name of an exit before rc3 */
  tag: z.string().nullish(),
  test: z.string().nullish(),
  default: z.boolean().nullish(),
  destination_block: z.string().nullish(),
});
export type FloipExit = z.infer<typeof ExitSchema>;

const BlockSchema = z.looseObject({
  uuid: Id,
  name: z.string().default(''),
  label: z.string().nullish(),
  type: z.string().min(1),
  /** an empty list where some builders have nothing to say */
  config: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown()).transform(() => ({}))]).nullish(),
  exits: z.array(ExitSchema).default([]),
  vendor_metadata: Vendor,
});
export type Block = z.infer<typeof BlockSchema>;

export const ResourceSchema = z.looseObject({
  uuid: Id,
  values: z.array(
    z.looseObject({
      language_id: z.union([z.string(), z.number().transform(String)]),
      content_type: z.string(),
      modes: z.array(z.string()).nullish(),
      value: z.string().nullish(),
    }),
  ),
});
export type Resource = z.infer<typeof ResourceSchema>;

const LanguageObjectSchema = z.looseObject({
  id: z.union([z.string(), z.number().transform(String)]),
  label: z.string().nullish(),
  name: z.string().nullish(),
  iso_639_3: z.string().nullish(),
  bcp_47: z.string().nullish(),
  abbreviation: z.string().nullish(),
});
export type FloipLanguage = z.infer<typeof LanguageObjectSchema>;
/** Some builders list only the ids. */
const LanguageSchema = z.union([z.string().transform((id): FloipLanguage => ({ id })), LanguageObjectSchema]);

export const FloipFlowSchema = z.looseObject({
  uuid: Id,
  name: z.string().nullish(),
  label: z.string().nullish(),
  languages: z
    .union([z.array(LanguageSchema), z.record(z.string(), z.unknown()).transform((): FloipLanguage[] => [])])
    .nullish(),
  blocks: z.array(BlockSchema),
  first_block_id: z.string().nullish(),
  resources: z.array(ResourceSchema).nullish(),
  vendor_metadata: Vendor,
});
export type FloipFlow = z.infer<typeof FloipFlowSchema>;

export const ContainerSchema = z.looseObject({
  specification_version: z.string().nullish(),
  name: z.string().nullish(),
  flows: z.array(FloipFlowSchema).min(1),
  resources: z.array(ResourceSchema).nullish(),
  vendor_metadata: Vendor,
});
export type Container = z.infer<typeof ContainerSchema>;
