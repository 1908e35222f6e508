/** content/desk.yaml: what is released is in order, and what is wrong in it is told with its place. */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerClock, DESK_RULES_PATH, findDeskFaults, parseDeskRules } from '../../server/desk-rules.ts';
import { loadRealAssets, repositoryRoot } from '../support/assets.ts';
import { deskRules } from '../support/rules.ts';

const text = readFileSync(join(repositoryRoot, DESK_RULES_PATH), 'utf8');

describe('the rules of the desk', () => {
  it('name texts and flows that exist, in every language', async () => {
    const assets = await loadRealAssets();
    expect(findDeskFaults(deskRules, assets)).toEqual([]);
    const [first] = deskRules.entry_flows;
    const wrong = {
      ...deskRules,
      changed: 'desk.nothing',
      entry_flows: [
        { ...first, id: 'a', flow: 'nowhere', title: { vi: 'a', en: 'a' } },
        { id: 'b', flow: 'welcome', node: 'nowhere', title: { vi: 'b', en: 'b' } },
      ],
    };
    expect(findDeskFaults(wrong, assets)).toEqual([
      'there is no text desk.nothing in vi',
      'there is no text desk.nothing in en',
      'entry_flows a: there is no flow nowhere',
      'entry_flows b: welcome has no nowhere',
      'abuse.then: there is no entry_flows numbers',
    ]);
  });

  it.each([
    ['amber after red', 'amber: 3, red: 5', 'amber: 6, red: 5', 'answer_within.high: amber comes before red'],
    ['steps that fall', '[5, 16, 30', '[5, 40, 30', 'still_waiting.after_minutes: rises'],
    [
      'a grace shorter than the signs of life',
      'gone_after_seconds: 120',
      'gone_after_seconds: 30',
      'gone_after_seconds',
    ],
    ['a flow named twice', 'id: check,', 'id: menu,', 'entry_flows: has each id once'],
    ['an unknown setting', 'changed:', 'chnged:', 'changed'],
  ])('refuse %s', (_what, from, to, fault) => {
    expect(text).toContain(from);
    const result = parseDeskRules(text.replace(from, to));
    expect(result.ok ? [] : result.faults.join('\n')).toContain(fault);
  });

  it('give clocks by risk', () => {
    const since = new Date('2026-11-20T05:00:00.000Z');
    expect(answerClock(deskRules, 'imminent', since)).toEqual({
      amberAt: new Date('2026-11-20T05:01:00.000Z'),
      redAt: new Date('2026-11-20T05:02:00.000Z'),
    });
  });
});
