/** The safety rules of content/safety: every sentence beside a rule, and faults a person who edits them will make. */
import { describe, expect, it } from '@jest/globals';
import { compileDangerRules, dangerReasonText } from '../../../bot/safety/rules.ts';
import { scanDanger } from '../../../bot/safety/scan.ts';
import { readSafetyContent } from './content.ts';

const files = readSafetyContent();
const rules = compileDangerRules(files);
const lexical = rules.rules.filter((rule) => !rule.byLikeness);

describe('content/safety', () => {
  it.each(lexical.flatMap((rule) => rule.yes.map((text) => [rule.id, text, rule.level] as const)))(
    '%s fires for "%s" at level %s',
    (id, text, level) => {
      const reasons = scanDanger(rules, [text]).reasons.map((reason) => [reason.rule, reason.level]);
      expect(reasons).toContainEqual([id, level]);
    },
  );

  it.each(rules.rules.flatMap((rule) => rule.no.map((text) => [rule.id, text, rule.level] as const)))(
    '%s does not raise for "%s"',
    (id, text, level) => {
      const reasons = scanDanger(rules, [text]).reasons.map((reason) => [reason.rule, reason.level]);
      expect(reasons).not.toContainEqual([id, level]);
    },
  );

  it('has a counsellor text in both languages for every rule', () => {
    for (const rule of rules.rules) {
      expect(dangerReasonText(rules, rule.id, 'vi').length).toBeGreaterThan(5);
      expect(dangerReasonText(rules, rule.id, 'en').length).toBeGreaterThan(5);
    }
    expect(dangerReasonText(rules, 'gone', 'vi')).toBe('gone');
  });
});

const rule = {
  id: 'held',
  level: 'high',
  category: 'trapped',
  reason: { vi: 'Bị giữ', en: 'Held' },
  why: 'test',
  phrases: ['bị nhốt'],
  yes: ['bị nhốt'],
  no: ['xin chào'],
};
const compile = (data: unknown) => () => compileDangerRules([{ path: 'content/safety/x.yaml', data }]);

describe('compileDangerRules', () => {
  it.each([
    [
      'a wrong level, by rule and field',
      { rules: [{ ...rule, level: 'huge' }] },
      /x\.yaml: rule held, level/,
    ],
    [
      'a missing counsellor text',
      { rules: [{ ...rule, reason: { vi: 'Bị giữ' } }] },
      /rule held, reason\.en/,
    ],
    [
      'a concept nobody defined',
      { rules: [{ ...rule, all: ['NOWHERE'] }] },
      /rule held: names the unknown concept NOWHERE/,
    ],
    [
      'a rule that can never fire',
      { rules: [{ ...rule, phrases: [] }] },
      /rule held: needs all, phrases or spelt/,
    ],
    ['an id used twice', { rules: [rule, rule] }, /held: the id is used twice/],
    ['an unknown set', { rules: [{ ...rule, phrases: ['bị <who>'] }] }, /unknown set <who>/],
    [
      'a phrase that could be read in too many ways',
      { rules: [{ ...rule, phrases: ['a .. a .. a .. a .. a .. a .. a'] }] },
      /more than 5 times/,
    ],
    [
      'more ways to say an idea nobody defined',
      { more: { NOWHERE: ['đâu đó'] } },
      /more: names the unknown concept NOWHERE/,
    ],
    ['a key that means nothing', { rulez: [] }, /Unrecognized key/],
    ['data that is no file', 7, /content\/safety\/x\.yaml: file/],
  ])('names %s', (_, data, message) => {
    expect(compile(data)).toThrow(message);
  });

  it('gives the same model for the same content', () => {
    expect(compileDangerRules(files).likeness).toEqual(rules.likeness);
  });
});
