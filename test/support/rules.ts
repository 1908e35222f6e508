/** The channels' rules as they are released: tests meet the data that people meet. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CHANNEL_RULES_PATH, parseChannelRules } from '../../server/channels/rules.ts';
import { repositoryRoot } from './assets.ts';

const result = parseChannelRules(readFileSync(path.join(repositoryRoot, CHANNEL_RULES_PATH), 'utf8'));
if (!result.ok) throw new Error(result.faults.join('; '));

export const { rules } = result;
