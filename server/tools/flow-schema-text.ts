/** The text of flows/flow.schema.json; a test fails when the file differs from it. */
import { flowJsonSchema } from '../../bot/index.ts';

export function flowSchemaText(): string {
  return `${JSON.stringify(flowJsonSchema(), null, 2)}\n`;
}
