/** One run of the simulator from the content as JSON: the same code here and in the browser. */
import { z } from 'zod';
import { loadAssets, openSimulator, readLine } from '../../../bot/index.ts';

const SourcesSchema = z.array(z.object({ path: z.string(), text: z.string() }));

/**
 * @param sources the content, as `readAssetSources` gives it
 * @returns every step as JSON, so that two runs can be compared
 * @throws Error when the content does not load
 */
export function playLines(sources: unknown, lines: readonly string[]): string {
  const result = loadAssets(SourcesSchema.parse(sources));
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
