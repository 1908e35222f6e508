/** `npm run check:content`: every fault of flows, texts, lessons and registers, with file, line and mend. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAssets } from '../../bot/index.ts';
import { readAssetSources } from '../assets.ts';
import { CHANNEL_RULES_PATH, parseChannelRules } from '../channels/rules.ts';
import { DESK_RULES_PATH, parseDeskRules } from '../desk-rules.ts';
import { inspectContent } from './content-report.ts';

const root = join(import.meta.dirname, '..', '..');
const result = loadAssets(await readAssetSources(root));
const report = inspectContent(
  result,
  new Date(),
  parseChannelRules(await readFile(join(root, CHANNEL_RULES_PATH), 'utf8')),
  parseDeskRules(await readFile(join(root, DESK_RULES_PATH), 'utf8')),
);
process.stdout.write(`${report.lines.join('\n')}\n`);
process.exitCode = report.failed ? 1 : 0;
