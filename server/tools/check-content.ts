/** `npm run check:content`: every fault of flows, texts, lessons and registers, with file, line and mend. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAssets } from '../../bot/index.ts';
import { readAssetSources } from '../assets.ts';
import { CHANNEL_RULES_PATH, parseChannelRules } from '../channels/rules.ts';
import { readPractice } from '../practice/load.ts';
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
const practice = result.ok ? await readPractice(root, result.assets, new Date()) : null;
if (practice?.ok === false)
  for (const { path, message } of practice.faults) process.stdout.write(`error ${path}: ${message}.\n`);
if (practice?.ok === true)
  process.stdout.write(
    `${practice.practice.content.scenarios.length} practice conversations, each with an example that does well\n`,
  );
process.exitCode = report.failed || practice?.ok === false ? 1 : 0;
