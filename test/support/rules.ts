/** The rules of channels and desk as they are released: tests meet the data that people meet. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CHANNEL_RULES_PATH, parseChannelRules } from '../../server/channels/rules.ts';
import { DESK_RULES_PATH, parseDeskRules } from '../../server/desk-rules.ts';
import { repositoryRoot } from './assets.ts';

const result = parseChannelRules(readFileSync(path.join(repositoryRoot, CHANNEL_RULES_PATH), 'utf8'));
if (!result.ok) throw new Error(result.faults.join('; '));

export const { rules } = result;

const desk = parseDeskRules(readFileSync(path.join(repositoryRoot, DESK_RULES_PATH), 'utf8'));
if (!desk.ok) throw new Error(desk.faults.join('; '));

export const deskRules = desk.rules;
