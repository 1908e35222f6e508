/** What the explanation of a decision says, and that its parts add up. */
import { describe, expect, it } from '@jest/globals';
import { explainDanger } from '../../../bot/safety/explain.ts';
import { compileDangerRules } from '../../../bot/safety/rules.ts';
import { readSafetyContent } from './content.ts';

const rules = compileDangerRules(readSafetyContent());

describe('explainDanger', () => {
  it.each([
    [['Em bị họ NHỐT trong phòng, không cho về']],
    [['chào ad', 'Em bị họ NHỐT trong phòng, không cho về']],
  ])('points at the words of the newest text that weighed most: %j', (texts) => {
    const newest = texts.at(-1) ?? '';
    const { features, scan } = explainDanger(rules, texts);
    const heard = features
      .filter(({ name, weight }) => name === '@CONFINE' && weight > 0)
      .map(({ span }) => newest.slice(span.start, span.end));
    expect(heard).toEqual(['NHỐT']);
    expect(scan.level).toBe('high');
  });

  it('adds up to the margin', () => {
    const { features, margin } = explainDanger(rules, ['my boss keeps my passport and locks the door']);
    const sum = features.reduce((total, { weight }) => total + weight, rules.likeness.bias);
    expect(margin).toBeCloseTo(sum, 6);
    expect(features.map(({ weight }) => Math.abs(weight))).toEqual(
      features.map(({ weight }) => Math.abs(weight)).sort((one, other) => other - one),
    );
  });

  it('names the guards that hold, and tells a denied idea from a said one', () => {
    const { guards } = explainDanger(rules, ['xem phim này thấy người ta bị nhốt']);
    expect(guards).toContain('fiction');
    const names = explainDanger(rules, ['không ai đánh em cả']).features.map(({ name }) => name);
    expect(names).toContain('@not HIT');
    expect(names).not.toContain('@HIT');
  });

  it.each([[['']], [['😂😂']], [[]], [['cứu']]])(
    'has no margin where there is too little to read: %j',
    (texts) => {
      expect(explainDanger(rules, texts).margin).toBeNull();
    },
  );
});
