/** `npm run facts -- due`: everything in the registers that must be checked again, by whom and by when, the overdue first. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Assets, loadAssets, SERVICES_PATH } from '../../bot/index.ts';
import { readAssetSources } from '../assets.ts';
import { CHANNEL_RULES_PATH, type ChannelRules, parseChannelRules } from '../channels/rules.ts';
import { describeProblem } from './content-report.ts';

/** One thing to check again. */
export interface DueItem {
  /** id within its register */
  id: string;
  /** file that holds it, relative to the repository */
  path: string;
  what: string;
  source: string;
  owner: string;
  checked: string;
  /** the first day on which it counts as unchecked */
  expires: string;
  /** people are told it today as it is */
  live: boolean;
}

const HOTLINES = 'content/registers/hotlines.yaml';
const DAY_MS = 86_400_000;

/** Everything with an expiry, by its day; what is retired is left out. */
export function listDue(assets: Assets, rules: ChannelRules | null): readonly DueItem[] {
  const hotlines = [...assets.hotlines.values()]
    .filter(({ display }) => display !== 'retired')
    .map(({ id, name_vi, source, checked, expires, display, number }) => ({
      id,
      path: HOTLINES,
      what: name_vi,
      source,
      owner: 'hotline',
      checked,
      expires,
      live: display !== 'hold' && number !== null,
    }));
  const facts = [...assets.facts.values()]
    .filter(({ display }) => display !== 'retired')
    .map(({ id, value, source, checked, expires, owner, display }) => ({
      id,
      path: assets.factPaths.get(id) ?? '',
      what: value.vi,
      source,
      owner,
      checked,
      expires,
      live: display === 'live',
    }));
  const services = assets.services
    .filter(({ display }) => display !== 'retired')
    .map(({ id, name, source, checked, expires, owner, display }) => ({
      id,
      path: SERVICES_PATH,
      what: name.vi,
      source,
      owner,
      checked,
      expires,
      live: display === 'live',
    }));
  const channels = (rules?.channels ?? []).map(({ channel, source, checked, expires }) => ({
    id: channel,
    path: CHANNEL_RULES_PATH,
    what: `when ${channel} still lets us write`,
    source,
    owner: 'operator',
    checked,
    expires,
    live: true,
  }));
  return [...hotlines, ...facts, ...services, ...channels, ...assets.reviews].sort(
    (a, b) => a.expires.localeCompare(b.expires) || a.path.localeCompare(b.path) || a.id.localeCompare(b.id),
  );
}

export interface DueReport {
  lines: readonly string[];
  /** something people are told as a fact is past its check */
  failed: boolean;
}

/** @param withinDays how far to look ahead; null = everything */
export function describeDue(items: readonly DueItem[], now: Date, withinDays: number | null): DueReport {
  const today = now.toISOString().slice(0, 10);
  const daysLeft = ({ expires }: DueItem): number =>
    Math.round((Date.parse(expires) - Date.parse(today)) / DAY_MS);
  const expired = items.filter((item) => daysLeft(item) <= 0);
  const coming = items.filter(
    (item) => daysLeft(item) > 0 && (withinDays === null || daysLeft(item) <= withinDays),
  );
  const live = expired.filter((item) => item.live);
  const say = (item: DueItem): readonly string[] => {
    const days = daysLeft(item);
    const when = days > 0 ? `in ${days} days` : days === 0 ? 'today' : `${-days} days ago`;
    return [
      `${item.expires} (${when})  ${item.owner}  ${item.path} ${item.id}${item.live ? '' : '  not told as a fact'}`,
      `    ${item.what}`,
      `    checked ${item.checked}: ${item.source}`,
    ];
  };
  return {
    lines: [
      ...(expired.length === 0 ? [] : ['Overdue:', ...expired.flatMap(say), '']),
      ...(coming.length === 0 ? [] : ['To be checked:', ...coming.flatMap(say), '']),
      `${expired.length} overdue (${live.length} of them told as facts), ${coming.length} to come` +
        `${withinDays === null ? '' : ` within ${withinDays} days`}, ${items.length} in all`,
    ],
    failed: live.length > 0,
  };
}

const DAYS_IN = { d: 1, w: 7 } as const;

/**
 * @returns days; null when nothing was said
 * @throws Error when it is no length of time
 */
export function readWithin(text: string | undefined): number | null {
  if (text === undefined) return null;
  const [, count, unit] = /^(\d{1,4})([dw])$/.exec(text) ?? [];
  if (count === undefined || (unit !== 'd' && unit !== 'w'))
    throw new Error(`--within ${text} is no length of time: write 90d or 12w`);
  return Number(count) * DAYS_IN[unit];
}

/** @throws Error when an argument or the content is faulty */
export async function dueFacts(root: string, args: readonly string[], now: Date): Promise<DueReport> {
  const { values } = parseArgs({ args: [...args], options: { within: { type: 'string' } } });
  const withinDays = readWithin(values.within);
  const loaded = loadAssets(await readAssetSources(root));
  if (!loaded.ok) throw new Error(loaded.problems.map(describeProblem).join('\n'));
  const rules = parseChannelRules(await readFile(join(root, CHANNEL_RULES_PATH), 'utf8'));
  if (!rules.ok) throw new Error(`${CHANNEL_RULES_PATH}: ${rules.faults.join('; ')}`);
  return describeDue(listDue(loaded.assets, rules.rules), now, withinDays);
}
