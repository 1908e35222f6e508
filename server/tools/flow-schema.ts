/** `npm run schema`: writes flows/flow.schema.json, which gives editors completion and checks while they type. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { flowSchemaText } from './flow-schema-text.ts';

const path = join(import.meta.dirname, '..', '..', 'flows', 'flow.schema.json');
await writeFile(path, flowSchemaText());
process.stdout.write('flows/flow.schema.json written\n');
