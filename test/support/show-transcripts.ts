/** `npm run transcripts`: what today's flows and texts change in the kept conversations, in words. Changes nothing. */
import { loadRealAssets } from './assets.ts';
import { keptText, readTexts } from './transcript-text.ts';
import { wordDiffLines } from './word-diff.ts';

const assets = await loadRealAssets();
const texts = readTexts(assets);
const changed = texts.map(({ file, text }) => wordDiffLines(file, keptText(file), text));
const shown = changed.filter((lines) => lines.length > 0);
const end =
  shown.length === 0
    ? `All ${texts.length} conversations read as they are kept.`
    : `${shown.length} of ${texts.length} conversations changed. If they should: npm run transcripts:update`;
process.stdout.write(`${[...shown.map((lines) => lines.join('\n')), end].join('\n\n')}\n`);
