/** Tables of fields from a zod schema: what each is called, what may stand there, and what it means. */
import { z } from 'zod';
import { SLOT_TYPES } from '../../bot/index.ts';

/** The part of JSON Schema that zod writes for what flows hold. */
interface Shape {
  description?: string | undefined;
  type?: string | readonly string[] | undefined;
  enum?: readonly unknown[] | undefined;
  const?: unknown;
  pattern?: string | undefined;
  anyOf?: readonly Shape[] | undefined;
  items?: Shape | undefined;
  properties?: Readonly<Record<string, Shape>> | undefined;
  required?: readonly string[] | undefined;
  additionalProperties?: Shape | boolean | undefined;
  propertyNames?: unknown;
}
const ShapeSchema: z.ZodType<Shape> = z.lazy(() =>
  z.object({
    description: z.string().optional(),
    type: z.union([z.string(), z.array(z.string())]).optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    pattern: z.string().optional(),
    anyOf: z.array(ShapeSchema).optional(),
    items: ShapeSchema.optional(),
    properties: z.record(z.string(), ShapeSchema).optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: z.union([ShapeSchema, z.boolean()]).optional(),
    propertyNames: z.unknown().optional(),
  }),
);

export interface Described {
  /** what the whole is for; '' when the schema does not say */
  meaning: string;
  /** a Markdown table of its fields */
  table: string;
}

/** @throws Error naming a field that says nothing about itself: every field is explained, or the page is not written */
export function describeFields(schema: z.ZodType): Described {
  const shape = ShapeSchema.parse(z.toJSONSchema(schema, { io: 'input' }));
  const rows = rowsOf(shape, '');
  return {
    meaning: shape.description ?? '',
    table: tableOf(['field', 'what stands there', '', 'meaning'], rows),
  };
}

function rowsOf(shape: Shape, prefix: string): readonly (readonly string[])[] {
  return Object.entries(shape.properties ?? {}).flatMap(([name, field]) => {
    if (field.description === undefined)
      throw new Error(`the field ${prefix}${name} says nothing about itself`);
    const needed = shape.required?.includes(name) === true ? '' : 'may be left out';
    const row = [`\`${prefix}${name}\``, typeOf(field), needed, field.description];
    // fields that say nothing at all are explained by the one they stand under
    const isExplained = Object.values(field.properties ?? {}).every(
      ({ description }) => description === undefined,
    );
    return isExplained ? [row] : [row, ...rowsOf(field, `${prefix}${name}.`)];
  });
}

const PATTERNS: Readonly<Record<string, string>> = {
  '^[a-z][a-z0-9-]*$': 'id',
  '^[a-z0-9-]+(\\.[a-z0-9-]+)+$': 'message key',
  '^[a-z][a-z0-9_]*$': 'slot name',
  '^[1-9]\\d{0,2}[mhd]$': 'a time',
  '^[a-z0-9.-]+\\.(ogg|mp3|m4a)$': 'a file name',
};

const PLAIN: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: '`true` or `false`',
  null: '`null`',
};

function typeOf(shape: Shape): string {
  if (Array.isArray(shape.type))
    return shape.type.map((type) => PLAIN[String(type)] ?? String(type)).join(', ');
  if (shape.description?.endsWith('CEL.') === true) return 'a CEL expression';
  if (shape.enum?.join() === SLOT_TYPES.join()) return 'a slot type';
  if (shape.enum !== undefined) return shape.enum.map(code).join(', ');
  if (shape.const !== undefined) return code(shape.const);
  if (shape.anyOf !== undefined) return [...new Set(shape.anyOf.map(typeOf))].join(' or ');
  if (shape.type === 'array')
    return `a list of: ${shape.items === undefined ? 'anything' : typeOf(shape.items)}`;
  if (shape.properties !== undefined) {
    const names = Object.keys(shape.properties);
    return names.includes('type') ? 'one with limits' : `fields: ${names.map(code).join(', ')}`;
  }
  if (shape.type === 'object') {
    const values =
      typeof shape.additionalProperties === 'object' ? typeOf(shape.additionalProperties) : 'anything';
    return values === 'anything' ? 'fields, see below' : `name: ${values}`;
  }
  if (shape.pattern !== undefined) return PATTERNS[shape.pattern] ?? 'text';
  return typeof shape.type === 'string' ? (PLAIN[shape.type] ?? shape.type) : 'anything';
}

function code(value: unknown): string {
  return `\`${String(value)}\``;
}

export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A bar would begin the next cell, a line break end the table. */
function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
}
