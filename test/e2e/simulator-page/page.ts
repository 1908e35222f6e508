/** Runs the simulator in a browser: loads the content as JSON and offers one function that plays lines. */
import { z } from 'zod';
import { loadAssets, openSimulator, readLine } from '../../../bot/index.ts';

const SourcesSchema = z.array(z.object({ path: z.string(), text: z.string() }));

/** What was done, as JSON, so that it can be compared with the same run elsewhere. */
async function play(lines: readonly string[]): Promise<string> {
  const response = await fetch('/sources.json');
  const result = loadAssets(SourcesSchema.parse(await response.json()));
  if (!result.ok) throw new Error('the content does not load');
  const simulator = openSimulator({
    assets: result.assets,
    language: 'vi',
    staffed: true,
    can: { audio: true, buttons: true, location: true },
    now: new Date('2026-11-25T08:00:00Z'),
  });
  for (const text of lines) {
    const line = readLine(text);
    if (line.kind === 'input') simulator.take(line.input);
    if (line.kind === 'wait') simulator.wait(line.time);
  }
  return JSON.stringify(simulator.steps());
}

Object.assign(globalThis, { play });
