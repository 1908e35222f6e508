/** The published flows that are kept here, and what stands beside an import in the tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Surroundings } from '../../../server/flow-exchange/draft.ts';
import { importFlows } from '../../../server/flow-exchange/import.ts';
import { describeFault, type Imported } from '../../../server/flow-exchange/report.ts';

const FOLDER = join(import.meta.dirname, 'fixtures');

export const FIXTURES: readonly string[] = ['rapidpro', 'floip'].flatMap((format) =>
  readdirSync(join(FOLDER, format))
    .sort()
    .map((name) => `${format}/${name}`),
);

export function readFixture(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}

export const nothingBeside: Surroundings = {
  served: null,
  flows: [],
  slots: [],
  recordings: [],
  language: 'en',
};

/** @throws Error naming the faults when nothing could be read */
export function imported(text: string, beside: Partial<Surroundings> = {}): Imported {
  const result = importFlows(text, { ...nothingBeside, ...beside });
  if (result.kind === 'refused') throw new Error(result.faults.map(describeFault).join('\n'));
  return result;
}

const Parts = z.looseObject({ uuid: z.string() });
const RapidParts = z.looseObject({
  flows: z.array(
    z.looseObject({
      nodes: z.array(
        z.looseObject({
          uuid: z.string(),
          actions: z.array(Parts).default([]),
          exits: z.array(Parts),
          router: z.looseObject({ cases: z.array(Parts).default([]), categories: z.array(Parts) }).optional(),
        }),
      ),
    }),
  ),
});
const FloipParts = z.looseObject({
  flows: z.array(
    z.looseObject({ blocks: z.array(z.looseObject({ uuid: z.string(), exits: z.array(Parts) })) }),
  ),
});

/** Ids of every node, action, case, category and exit, or block and exit, of a source; counted without the reader's help. */
export function partsOf(text: string): readonly string[] {
  const data: unknown = JSON.parse(text);
  const whole = typeof data === 'object' && data !== null && 'flows' in data ? data : { flows: [data] };
  const rapid = RapidParts.safeParse(whole);
  if (rapid.success)
    return rapid.data.flows.flatMap(({ nodes }) =>
      nodes.flatMap(({ uuid, actions, exits, router }) => [
        uuid,
        ...[...actions, ...exits, ...(router?.cases ?? []), ...(router?.categories ?? [])].map(
          (part) => part.uuid,
        ),
      ]),
    );
  return FloipParts.parse(whole).flows.flatMap(({ blocks }) =>
    blocks.flatMap(({ uuid, exits }) => [uuid, ...exits.map((exit) => exit.uuid)]),
  );
}
