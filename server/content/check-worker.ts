/** The thread in which a content is checked: it keeps the parts of the last one, so that the next look is quicker. */
import { parentPort } from 'node:worker_threads';
import type { LoadedParts } from '../../bot/index.ts';
import { checkContent } from './check-content.ts';
import type { ContentText } from './manifest.ts';

const port = parentPort;
if (port === null) throw new Error('runs as a worker only');
const state: { parts: LoadedParts | null } = { parts: null };

export interface CheckRequest {
  id: number;
  files: readonly ContentText[];
  recordings: readonly string[];
  now: Date;
}

port.on('message', ({ id, files, recordings, now }: CheckRequest) => {
  try {
    const { problems, parts } = checkContent(files, { now, recordings, before: state.parts });
    state.parts = parts;
    port.postMessage({ id, problems });
  } catch {
    // the words of an error may hold a text; that it failed is enough
    port.postMessage({ id, problems: null });
  }
});
