/** `npm run bench [-- engine startup bundles console messages understanding]`: measures, prints a table with ratios, writes bench/results.json. */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { loadAssets } from '../bot/index.ts';
import packageJson from '../package.json' with { type: 'json' };
import { readAssetSources } from '../server/assets.ts';
import { measureBundles } from './bundles.ts';
import { measureConsole } from './console.ts';
import { measureEngine } from './engine.ts';
import { type Figure, formatFigures } from './figure.ts';
import { compareEngines } from './five-questions/compare.ts';
import { measureMessages } from './messages/run.ts';
import { measureStartup } from './startup.ts';
import { measureAgencies } from './understanding/agencies.ts';
import { compareReaders } from './understanding/compare.ts';
import { measureOffers } from './understanding/offers.ts';
import { measureRisk } from './understanding/risk.ts';
import { measureTogether } from './understanding/together.ts';

const root = join(import.meta.dirname, '..');

const PARTS: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  engine: async () => {
    const result = loadAssets(await readAssetSources(root));
    if (!result.ok) throw new Error('the content does not load: npm run check:content says why');
    const beside = await compareEngines(root, packageJson.version, (line) =>
      process.stdout.write(`${line}\n`),
    );
    return [...measureEngine(result.assets), ...beside];
  },
  startup: () => measureStartup(root),
  bundles: () => measureBundles(root),
  console: () => measureConsole(),
  messages: () => measureMessages(root),
  understanding: async () => {
    const result = loadAssets(await readAssetSources(root));
    if (!result.ok) throw new Error('the content does not load: npm run check:content says why');
    const write = (line: string) => process.stdout.write(`${line}\n`);
    // first, before other parts fill the memory
    const together = await measureTogether(root);
    const risk = await measureRisk(root);
    return [
      ...together,
      ...risk,
      ...measureOffers(root, result.assets),
      ...(await measureAgencies(root, result.assets, write)),
      ...(await compareReaders(write)),
    ];
  },
};

const USAGE = `npm run bench [-- ${Object.keys(PARTS).join(' ')}]: measures these parts, or all, and prints a table.\n`;
const wanted = process.argv.slice(2);
if (wanted.includes('--help') || wanted.includes('-h')) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  process.stderr.write(`unknown part: ${unknown.join(', ')}. Use: ${USAGE}`);
  process.exit(1);
}
const figures: Figure[] = [];
for (const [name, measure] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stdout.write(`measuring ${name} …\n`);
  figures.push(...(await measure()));
}
process.stdout.write(`\n${formatFigures(figures)}\n`);
const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version };
await writeFile(
  join(root, 'bench', 'results.json'),
  `${JSON.stringify({ at: new Date().toISOString(), machine, figures }, null, 2)}\n`,
);
