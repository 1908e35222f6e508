import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CHANNEL_RULES_PATH, parseChannelRules } from '../../../server/channels/rules.ts';
import { describeDue, type DueItem, listDue, readWithin } from '../../../server/tools/facts-due.ts';
import { loadRealAssets, repositoryRoot } from '../../support/assets.ts';

const item = (id: string, expires: string, live = true): DueItem => ({
  id,
  path: 'content/registers/facts/trial.yaml',
  what: `what ${id} says`,
  source: 'a book',
  owner: 'legal',
  checked: '2026-01-01',
  expires,
  live,
});

const NOW = new Date('2026-11-25T09:00:00Z');
const heads = (items: readonly DueItem[], within: number | null): readonly string[] =>
  describeDue(items, NOW, within).lines.filter((line) => line !== '' && !line.startsWith(' '));

describe('what is due', () => {
  it('names the overdue first, with owner, place and day, and what comes within the time asked for', () => {
    const items = [item('old', '2026-11-20'), item('soon', '2026-12-01'), item('later', '2027-06-01')];
    expect(heads(items, 30)).toEqual([
      'Overdue:',
      '2026-11-20 (5 days ago)  legal  content/registers/facts/trial.yaml old',
      'To be checked:',
      '2026-12-01 (in 6 days)  legal  content/registers/facts/trial.yaml soon',
      '1 overdue (1 of them told as facts), 1 to come within 30 days, 3 in all',
    ]);
    expect(describeDue(items, NOW, 30).lines).toContain('    checked 2026-01-01: a book');
    expect(heads(items, null).at(-1)).toBe('1 overdue (1 of them told as facts), 2 to come, 3 in all');
  });

  it.each([
    ['nothing is overdue', [item('a', '2026-11-26')], false],
    ['a fact expires today', [item('a', '2026-11-25')], true],
    ['a fact is overdue', [item('a', '2026-11-01')], true],
    ['what is overdue is told to nobody', [item('a', '2026-11-01', false)], false],
  ])('fails only where people are told it: %s', (_what, items, failed) => {
    expect(describeDue(items, NOW, null).failed).toBe(failed);
  });

  it.each([
    [undefined, null],
    ['90d', 90],
    ['2w', 14],
  ])('reads --within %s', (text, days) => {
    expect(readWithin(text)).toBe(days);
  });

  it.each(['x', '90', '-3d', '1.5w', ''])('refuses --within %s', (text) => {
    expect(() => readWithin(text)).toThrow(/no length of time: write 90d or 12w/);
  });
});

describe('the real registers', () => {
  let items: readonly DueItem[];
  beforeAll(async () => {
    const rules = parseChannelRules(await readFile(join(repositoryRoot, CHANNEL_RULES_PATH), 'utf8'));
    items = listDue(await loadRealAssets(), rules.ok ? rules.rules : null);
  });

  it.each([
    ['content/registers/hotlines.yaml', 'vn-111', true],
    ['content/registers/facts/general.yaml', 'law-trafficking', true],
    ['content/registers/facts/general.yaml', 'decree-283', false],
    ['content/registers/channel-rules.yaml', 'zalo', true],
    ['content/registers/agencies.csv', 'agencies', false],
    ['content/registers/countries.yaml', 'countries', true],
    ['content/registers/provinces.yaml', 'provinces', true],
    ['content/registers/sources.yaml', 'sources', true],
  ])('%s: %s', (path, id, live) => {
    expect(items).toContainEqual(expect.objectContaining({ path, id, live }));
  });

  it('are listed by day, without what is retired', () => {
    const days = items.map(({ expires }) => expires);
    expect(days).toEqual([...days].sort());
    expect(items.map(({ id }) => id)).not.toContain('vn-18001567-old');
  });
});
