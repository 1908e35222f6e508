/** `npm run transcripts`: what today's flows and texts change in the kept conversations, in words. Changes nothing. */
import { loadRealAssets } from './assets.ts';
import { keptText, readTexts } from './transcript-text.ts';
import { wordDiffLines } from './word-diff.ts';

const assets = await loadRealAssets();
const texts = readTexts(assets);
const changed = texts.map(({ file, text }) => wordDiffLines(file, keptText(file), text));
for (const lines of changed) if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n\n`);
const count = changed.filter((lines) => lines.length > 0).length;
process.stdout.write(
  count === 0
    ? `All ${texts.length} conversations read as they are kept.\n`
    : `${count} of ${texts.length} conversations changed. If they should: npm run transcripts:update\n`,
);
