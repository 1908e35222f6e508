/** `npm run flow -- draw NAME`: a flow as a picture, SVG for the screen, HTML for paper, Mermaid for pages that draw it themselves. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Assets, type Flow, loadAssets, releaseKey } from '../../bot/index.ts';
import { readAssetSources } from '../assets.ts';
import { drawFlow } from '../flow-drawing/draw-flow.ts';
import { drawPages } from '../flow-drawing/pages.ts';
import { flowToMermaid } from '../flow-drawing/mermaid.ts';
import { type DrawOptions, drawOptionsOf } from '../flow-drawing/picture.ts';
import { describeProblem } from './content-report.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const FORMATS: Readonly<Record<string, (flow: Flow, options: DrawOptions) => string>> = {
  svg: drawFlow,
  html: drawPages,
  mermaid: flowToMermaid,
};

/**
 * @param args NAME or NAME@VERSION, and `--format svg|html|mermaid`, `--lang vi`, `--out FILE`
 * @returns the drawing, or, with `--out`, a line that says where it is
 * @throws Error with a message for the operator: content with faults, an unknown flow, language, format or option
 */
export async function drawToFile(args: readonly string[], root = ROOT): Promise<readonly string[]> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      format: { type: 'string', default: 'svg' },
      lang: { type: 'string', default: 'vi' },
      out: { type: 'string' },
    },
  });
  const draw = FORMATS[values.format];
  if (draw === undefined)
    throw new Error(`No such format: ${values.format}. There are: ${Object.keys(FORMATS).join(', ')}`);
  const assets = await loadContent(root);
  if (!assets.languages.includes(values.lang))
    throw new Error(`No such language: ${values.lang}. There are: ${assets.languages.join(', ')}`);
  const flow = findFlow(assets, positionals);
  const drawing = draw(flow, drawOptionsOf(assets, flow, values.lang));
  if (values.out === undefined) return [drawing.trimEnd()];
  await writeFile(values.out, drawing);
  return [`${values.out}: ${flow.id}, version ${flow.version}, drawn`];
}

async function loadContent(root: string): Promise<Assets> {
  const result = loadAssets(await readAssetSources(root));
  if (result.ok) return result.assets;
  throw new Error(
    ['Nothing was drawn: content has faults.', ...result.problems.map(describeProblem)].join('\n'),
  );
}

function findFlow(assets: Assets, names: readonly string[]): Flow {
  const [name = '', ...more] = names;
  if (more.length > 0) throw new Error(`One flow at a time, not ${names.join(' ')}.`);
  const [id = '', version] = name.split('@');
  const found = version === undefined ? assets.flows.get(id) : findVersion(assets, id, Number(version));
  if (found !== undefined) return found;
  const all = [...assets.flows.keys(), ...assets.releases.keys()].join(', ');
  throw new Error(`${name === '' ? 'Name a flow.' : `No such flow: ${name}.`} There are: ${all}`);
}

function findVersion(assets: Assets, id: string, version: number): Flow | undefined {
  const today = assets.flows.get(id);
  return today?.version === version ? today : assets.releases.get(releaseKey(id, version));
}
