/** The thread in which two contents read all labelled rows. */
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import { loadAssets, type LoadedParts } from '../../bot/index.ts';
import { readLabelledLevels, readLabelledRows } from '../learning/labelled-rows.ts';
import type { ContentText } from './manifest.ts';
import { previewRules } from './preview-rules.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const state: { parts: LoadedParts | null } = { parts: null };

export interface PreviewRequest {
  id: number;
  before: readonly ContentText[];
  after: readonly ContentText[];
  heard: readonly string[];
  now: Date;
}

const port = parentPort;
if (port === null) throw new Error('runs as a worker only');

async function work({ before, after, heard, now }: PreviewRequest): Promise<object> {
  const [was, is] = [before, after].map((files) => {
    const loaded = loadAssets(
      files.filter(({ path: at }) => !at.startsWith('translations/')),
      state.parts,
    );
    state.parts = loaded.parts;
    return loaded.ok ? loaded.assets : null;
  });
  if (!was || !is) return { kind: 'broken' };
  const levels = await readLabelledLevels(ROOT);
  const intents = (await readLabelledRows(ROOT)).filter(({ task }) => task === 'intents');
  return { kind: 'done', preview: previewRules(was, is, { ...levels, intents, heard }, now) };
}

port.on('message', (request: PreviewRequest) => {
  work(request).then(
    (answer) => port.postMessage({ id: request.id, ...answer }),
    // the words of an error may hold a text; that it failed is enough
    () => port.postMessage({ id: request.id, kind: 'failed' }),
  );
});
