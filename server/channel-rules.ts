/** Reads the dated rules of the channels from disk at start-up; without them nothing may be sent, so a fault stops the start. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CHANNEL_RULES_PATH, type ChannelRules, parseChannelRules } from './channels/rules.ts';
import { AppError } from './errors.ts';

/** @throws AppError `assets_broken` with every fault */
export async function loadChannelRules(root: string): Promise<ChannelRules> {
  const result = parseChannelRules(await readFile(path.join(root, CHANNEL_RULES_PATH), 'utf8'));
  if (result.ok) return result.rules;
  const lines = result.faults.map((fault) => `  ${CHANNEL_RULES_PATH}: ${fault}`);
  throw new AppError('assets_broken', `\n${lines.join('\n')}`);
}
