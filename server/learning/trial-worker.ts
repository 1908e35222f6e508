/** The thread in which a phrase is tried: it holds a copy of the content of its own, and the base line, until it is ended. */
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import {
  type Assets,
  loadAssets,
  outcomesOf,
  ownRows,
  type Proposal,
  type TrialRow,
  tryProposal,
} from '../../bot/index.ts';
import { readAssetSources } from '../assets.ts';
import { readLabelledRows } from './labelled-rows.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');

interface Prepared {
  assets: Assets;
  rows: readonly TrialRow[];
  before: readonly string[];
}

async function prepare(): Promise<Prepared> {
  const loaded = loadAssets(await readAssetSources(ROOT));
  if (!loaded.ok) throw new Error('the content does not load');
  const { assets } = loaded;
  const rows = [...(await readLabelledRows(ROOT)), ...ownRows(assets)];
  return { assets, rows, before: outcomesOf(assets, rows) };
}

const port = parentPort;
if (port === null) throw new Error('runs as a worker only');
const prepared = prepare();
// told with the first answer
prepared.catch(() => undefined);
port.on('message', ({ id, proposal }: { id: number; proposal: Proposal }) => {
  prepared
    .then(({ assets, rows, before }) => ({ id, trial: tryProposal(assets, rows, before, proposal) }))
    .catch(() => ({ id, trial: null }))
    .then(
      (answer) => port.postMessage(answer),
      () => port.postMessage({ id, trial: null }),
    );
});
