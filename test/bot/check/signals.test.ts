import { describe, expect, it } from '@jest/globals';
import { compileSignals } from '../../../bot/check/signals.ts';
import { loadSignalFiles } from './load.ts';

const sources = {
  path: 'sources.yaml',
  data: { sources: { W1: { what: 'a', address: 'example.org', date: '2026' } } },
};
const both = { vi: 'một câu', en: 'a sentence' };
const sign = {
  id: 'test-sign',
  weight: 3,
  hard: false,
  title: both,
  reason: both,
  tonight: both,
  ask_next: both,
  ilo: [],
  confidence: 'confirmed',
  sources: ['W1'],
  false_positive_note: '',
  patterns: ['giữ hộ chiếu'],
};
const fileOf = (...signals: unknown[]) => ({ path: 'money.yaml', data: { group: 'money', signals } });

describe('compileSignals', () => {
  const set = compileSignals(loadSignalFiles());

  it('reads the 54 signs of content/signals', () => {
    expect(set.signals).toHaveLength(54);
  });

  it.each(set.signals.map((signal) => [signal.text.id, signal] as const))(
    'gives %s words or an answer to be found by',
    (_id, signal) => {
      expect(signal.patterns.length + signal.answers.length).toBeGreaterThan(0);
    },
  );

  it.each(set.signals.map((signal) => [signal.text.id, signal.text] as const))(
    'keeps numbers, accusations and promises out of %s',
    (_id, text) => {
      const shown = [text.reason, text.tonight].flatMap((sentence) => [sentence.vi, sentence.en]).join(' ');
      expect(shown).not.toMatch(/lừa đảo|chắc chắn an toàn|bảo đảm|fraud|scam|guarantee/iu);
      expect(
        shown
          .replaceAll('18 tuổi', '')
          .replaceAll('under 18', '')
          .replace(/E8, C4/g, ''),
      ).not.toMatch(/\d/u);
      expect(text.reason.vi.length).toBeLessThanOrEqual(300);
      expect(text.tonight.vi.length).toBeLessThanOrEqual(300);
    },
  );

  it.each([
    [
      'an unknown concept',
      fileOf({ ...sign, patterns: ['@nothing'] }),
      'money.yaml: signal test-sign: patterns[0]: unknown concept @nothing',
    ],
    [
      'an id that stands twice',
      fileOf(sign, sign),
      'money.yaml: signal test-sign: id: already in money.yaml',
    ],
    [
      'an unknown source',
      fileOf({ ...sign, sources: ['W9'] }),
      'money.yaml: signal test-sign: sources: W9 is in no sources file',
    ],
    ['a weight out of range', fileOf({ ...sign, weight: 9 }), 'money.yaml: signals[0] test-sign: weight:'],
    [
      'a missing sentence',
      fileOf({ ...sign, reason: { vi: 'x' } }),
      'money.yaml: signals[0] test-sign: reason.en:',
    ],
    [
      'a gap at the end',
      fileOf({ ...sign, patterns: ['giữ ..'] }),
      'patterns[0]: no words at one end of "giữ .."',
    ],
    ['a misspelt field', fileOf({ ...sign, wieght: 2 }), 'money.yaml: signals[0] test-sign: :'],
  ])('names file, sign and field of %s', (_what, file, message) => {
    expect(() => compileSignals([sources, file])).toThrow(message);
  });
});
