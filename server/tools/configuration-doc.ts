/** Writes docs/configuration.md from the environment's schema: `node server/tools/configuration-doc.ts`. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { EnvironmentSchema } from '../config.ts';

const PropertySchema = z.object({
  description: z.string().default(''),
  default: z.union([z.string(), z.number()]).optional(),
  enum: z.array(z.string()).optional(),
});

const HEAD = `# Configuration

Everything is set by environment variables; all faults are reported at once when the server starts. An empty variable counts
as unset. Generated from \`server/config.ts\` by \`node server/tools/configuration-doc.ts\`; do not edit by hand.

| variable | default | meaning |
| --- | --- | --- |
`;

/** @returns the whole page as Markdown */
export function describeConfiguration(): string {
  const { properties } = z
    .object({ properties: z.record(z.string(), PropertySchema) })
    .parse(z.toJSONSchema(EnvironmentSchema, { io: 'input', unrepresentable: 'any' }));
  const rows = Object.entries(properties).map(([name, property]) => {
    const values =
      property.enum === undefined
        ? ''
        : ` One of ${property.enum.map((value) => `\`${value}\``).join(', ')}.`;
    const fallback = property.default === undefined ? '' : `\`${property.default}\``;
    return `| \`${name}\` | ${fallback} | ${property.description}${values} |\n`;
  });
  return HEAD + rows.join('');
}

export const CONFIGURATION_PAGE = path.join(import.meta.dirname, '..', '..', 'docs', 'configuration.md');

if (import.meta.main) writeFileSync(CONFIGURATION_PAGE, describeConfiguration());
