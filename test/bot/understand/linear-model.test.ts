/** The linear classifier: what it learns, what it explains, and that strange texts cost it nothing. */
import { describe, expect, it } from '@jest/globals';
import { featuresOf } from '../../../bot/understand/features.ts';
import {
  explainLinear,
  type LinearModel,
  marginsOf,
  rankLabels,
  type Sample,
  trainLinear,
} from '../../../bot/understand/linear-model.ts';
import { normalise } from '../../../bot/understand/normalise.ts';

const PHRASES: readonly (readonly [string, string])[] = [
  ['công ty chưa trả lương cho em', 'wages'],
  ['ông chủ nợ lương ba tháng', 'wages'],
  ['làm xong không được trả tiền công', 'wages'],
  ['bị quỵt lương thì hỏi ai', 'wages'],
  ['lương tháng này họ chưa trả', 'wages'],
  ['họ giữ hộ chiếu của em', 'papers'],
  ['chủ cầm căn cước không trả', 'papers'],
  ['lấy lại giấy tờ bằng cách nào', 'papers'],
  ['công ty giữ giấy tờ gốc', 'papers'],
  ['em muốn xin lại hộ chiếu', 'papers'],
  ['chào bạn', 'greet'],
  ['xin chào', 'greet'],
  ['chào buổi sáng ạ', 'greet'],
  ['alo chào shop', 'greet'],
];

const sample = ([text, label]: readonly [string, string]): Sample => ({
  label,
  features: featuresOf(normalise(text)),
});
const train = (): LinearModel => trainLinear(PHRASES.map(sample));
const best = (model: LinearModel, text: string): string =>
  rankLabels(model, featuresOf(normalise(text)))[0]?.label ?? '';

describe('the linear classifier', () => {
  const model = train();

  it.each([
    ['họ chưa trả lương', 'wages'],
    ['ho chua tra luong cho e', 'wages'],
    ['HỌ GIỮ HỘ CHIẾU', 'papers'],
    ['ho giu ho chieu', 'papers'],
    ['hộ chiếu họ giữ rồi', 'papers'],
    ['xin chao ban', 'greet'],
  ])('reads "%s" as %s', (text, label) => {
    expect(best(model, text)).toBe(label);
  });

  it('gives the same weights for the same samples', () => {
    expect(Buffer.from(train().weights.buffer).equals(Buffer.from(model.weights.buffer))).toBe(true);
  });

  it('says the same with and without diacritics', () => {
    const withMarks = marginsOf(model, featuresOf(normalise('công ty giữ hộ chiếu')));
    const without = marginsOf(model, featuresOf(normalise('cong ty giu ho chieu')));
    expect([...without]).toEqual([...withMarks]);
  });

  it('scores a text of strangers low for every label', () => {
    const [first] = rankLabels(model, featuresOf(normalise('zxq wvu 😀 ᚠᛇᚻ')));
    expect(first?.margin).toBeLessThan(0);
  });

  it('refuses to train on a single label', () => {
    expect(() => trainLinear(PHRASES.slice(0, 5).map(sample))).toThrow(/at least two labels/);
  });

  it('takes ideas found by other means as features', () => {
    const withIdea = (text: string, extra: readonly string[], label: string): Sample => ({
      label,
      features: featuresOf(normalise(text), { extra }),
    });
    const taught = trainLinear([
      withIdea('một hai ba', ['HIT'], 'urgent'),
      withIdea('bốn năm sáu', ['HIT'], 'urgent'),
      withIdea('bảy tám chín', [], 'none'),
      withIdea('mười trăm nghìn', [], 'none'),
    ]);
    const [first] = rankLabels(taught, featuresOf(normalise('xa lạ'), { extra: ['HIT'] }));
    expect(first?.label).toBe('urgent');
  });
});

describe('the explanation', () => {
  const model = train();

  it('names the words that decided, where they stand in the original', () => {
    const text = 'Dạ, họ GIỮ  hộ chiếu!';
    const influences = explainLinear(model, normalise(text), 'papers', 40);
    const found = influences.find(({ feature }) => feature === 'ho chieu');
    expect(found?.weight).toBeGreaterThan(0);
    expect(text.slice(found?.start, found?.end)).toBe('hộ chiếu');
  });

  it('adds up to the margin, but for what every text has', () => {
    const text = normalise('chủ chưa trả lương');
    const shares = explainLinear(model, text, 'wages', 1000).reduce((sum, { weight }) => sum + weight, 0);
    const at = model.labels.indexOf('wages');
    const everyText = marginsOf(model, featuresOf(normalise('')))[at] ?? 0;
    expect(shares + everyText).toBeCloseTo(marginsOf(model, featuresOf(text))[at] ?? 0, 4);
  });

  it('explains nothing for a label it does not know', () => {
    expect(explainLinear(model, normalise('chào bạn'), 'elsewhere')).toEqual([]);
  });
});

describe('strange texts', () => {
  const model = train();
  const most = Math.max(...PHRASES.flatMap((row) => [...marginsOf(model, sample(row).features)]));

  it.each([
    ['nothing', ''],
    ['ten thousand letters', 'lương chưa trả '.repeat(700)],
    ['one word ten thousand times', 'lương '.repeat(10_000)],
    ['a wall of emoji', '😀🙏'.repeat(5000)],
    ['right-to-left marks', '\u202e\u200fcông\u202c ty \u2067giữ hộ chiếu\u2069'],
    ['several scripts', 'công ty ខ្ញុំ 你好 ສະບາຍດີ привет'],
    ['a base64 blob', 'aGVsbG8gd29ybGQ='.repeat(600)],
    ['lone surrogates', '\ud83d\udc00\ud83d'],
  ])('keeps its margins within bounds: %s', (_name, text) => {
    const margins = marginsOf(model, featuresOf(normalise(text)));
    expect(margins.every((margin) => Number.isFinite(margin) && margin <= most + 1)).toBe(true);
  });

  it('sees the words through right-to-left marks', () => {
    expect(best(model, '\u202ecông\u202c ty \u2067giữ hộ chiếu\u2069')).toBe('papers');
  });
});
