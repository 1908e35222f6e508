/** The thread in which a phrase is tried: it holds a copy of the content of its own, and the base line, until it is ended. */
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import {
  type Assets,
  loadAssets,
  type LoadedParts,
  outcomesOf,
  ownRows,
  type TrialRow,
  tryProposal,
} from '../../bot/index.ts';
import { readLabelledRows } from './labelled-rows.ts';
import type { TrialContent, TrialRequest } from './trials.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');

interface Prepared {
  key: string;
  assets: Assets;
  parts: LoadedParts;
  rows: readonly TrialRow[];
  before: readonly string[];
}
const state: { prepared: Promise<Prepared> | null } = { prepared: null };

async function prepare({ key, sources }: TrialContent, last: Prepared | null): Promise<Prepared> {
  const loaded = loadAssets(sources, last?.parts ?? null);
  if (!loaded.ok) throw new Error('the content does not load');
  const { assets, parts } = loaded;
  const rows = [...(await readLabelledRows(ROOT)), ...ownRows(assets)];
  return { key, assets, parts, rows, before: outcomesOf(assets, rows) };
}

async function preparedFor(content: TrialContent): Promise<Prepared> {
  const last = await (state.prepared ?? Promise.resolve(null)).catch(() => null);
  if (last?.key === content.key) return last;
  state.prepared = prepare(content, last);
  return state.prepared;
}

const port = parentPort;
if (port === null) throw new Error('runs as a worker only');
port.on('message', ({ id, proposal, content }: TrialRequest) => {
  preparedFor(content)
    .then(({ assets, rows, before }) => ({ id, trial: tryProposal(assets, rows, before, proposal) }))
    .catch(() => ({ id, trial: null }))
    .then(
      (answer) => port.postMessage(answer),
      () => port.postMessage({ id, trial: null }),
    );
});
