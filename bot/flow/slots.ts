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

/** What an answer of each type must be, and what is kept of it; for docs/flow-language.md. */
export const SLOT_TYPE_MEANINGS: Readonly<Record<SlotType, string>> = {
  choice: 'the id of the choice that was tapped or typed',
  number: 'a whole number, in figures or in words',
  money: 'an amount, its currency, and per what it is paid: `{ amount, currency, per }`',
  date: 'a day, as `2026-11-25`; spoken of from today where it is',
  phone: 'a telephone number, in international form',
  country: 'a country of `content/registers/countries.yaml`, as its two letters',
  province: 'a province of Vietnam, old name or new, as its id in `content/registers/provinces.yaml`',
  place:
    'a country or province as the person said it, and what was recognised: `{ said, country, province }`',
  text: 'what was written, as it is',
  voice: 'a reference to a recording; the recording itself is kept apart',
  flag: 'yes or no, put there by a `set`; never asked for',
};

const IsoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date looks like 2026-11-25');

/** `name: type`, or with limits. A text outside the limits is asked about again in kind words, never kept. */
export const SlotDeclarationSchema = z.union([
  z.enum(SLOT_TYPES).describe('The type alone.'),
  z
    .strictObject({
      type: z.literal('number'),
      min: z.int().optional().describe('The smallest number that is taken.'),
      max: z.int().optional().describe('The largest number that is taken.'),
    })
    .describe('A number within limits; both ends are included.'),
  z
    .strictObject({
      type: z.literal('date'),
      min: z
        .union([z.literal('today'), IsoDate])
        .optional()
        .describe('The first day that is taken: `today` or a date.'),
      max: z
        .union([z.literal('today'), IsoDate])
        .optional()
        .describe('The last day that is taken: `today` or a date.'),
    })
    .describe('A date within limits; both ends are included.'),
  z
    .strictObject({
      type: z.literal('text'),
      max: z.int().positive().describe('The longest answer kept, in UTF-16 units; the rest is cut off.'),
    })
    .describe('A text of limited length.'),
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
