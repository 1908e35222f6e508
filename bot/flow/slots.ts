/** What a flow keeps: declared slots with their types, and the shape of their values. */
import { z } from 'zod';

export const SlotNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'use lower-case letters, digits and underscores');

export const SLOT_TYPES = [
  'choice',
  'number',
  'money',
  'date',
  'phone',
  'country',
  'province',
  'place',
  'text',
  'voice',
  'flag',
] as const;
export type SlotType = (typeof SLOT_TYPES)[number];

const IsoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date looks like 2026-11-25');

/** `name: type`, or with limits. A text outside the limits is asked about again in kind words, never kept. */
export const SlotDeclarationSchema = z.union([
  z.enum(SLOT_TYPES),
  z.strictObject({
    type: z.literal('number'),
    /** whole numbers; both ends included */
    min: z.int().optional(),
    max: z.int().optional(),
  }),
  z.strictObject({
    type: z.literal('date'),
    /** `today` or an ISO date; both ends included */
    min: z.union([z.literal('today'), IsoDate]).optional(),
    max: z.union([z.literal('today'), IsoDate]).optional(),
  }),
  z.strictObject({
    type: z.literal('text'),
    /** longest answer kept, in UTF-16 units */
    max: z.int().positive(),
  }),
]);
export type SlotDeclaration = z.infer<typeof SlotDeclarationSchema>;

/** Every slot a flow reads or writes. A slot used in several flows has one type everywhere. */
export const SlotsSchema = z.record(SlotNameSchema, SlotDeclarationSchema);
export type Slots = z.infer<typeof SlotsSchema>;

export function typeOf(declaration: SlotDeclaration): SlotType {
  return typeof declaration === 'string' ? declaration : declaration.type;
}

/** Types whose answers are read from free text; a text that cannot be read leaves by `other` or is asked about again. */
export function isRead(type: SlotType): boolean {
  return type !== 'choice' && type !== 'text' && type !== 'flag';
}

const ScalarSchema = z.union([z.string(), z.number(), z.boolean()]);

/**
 * What a slot holds, as plain JSON: number a whole number; money `{amount, currency, per}`; date an ISO date; phone E.164;
 * country ISO 3166-1 (or the id of the choice that was tapped); province an id of the register; place
 * `{said, country, province}`; voice a reference to the recording; flag true or false; choice and text a string.
 */
export const SlotValueSchema = z.union([ScalarSchema, z.record(z.string(), ScalarSchema.nullable())]);
export type SlotValue = z.infer<typeof SlotValueSchema>;

/** A value as a branch compares it: an empty slot is `missing`, money or a place is `given`. */
export function branchText(value: SlotValue | null | undefined): string {
  if (value === null || value === undefined) return 'missing';
  return typeof value === 'object' ? 'given' : String(value);
}
