/** What the normaliser makes of real typing habits. */
import { describe, expect, it } from '@jest/globals';
import { fold, normalise } from '../../../bot/understand/normalise.ts';

const words = (raw: string) =>
  normalise(raw)
    .tokens.map((token) => token.text)
    .join(' ');

describe('fold', () => {
  it.each([
    ['Đánh', 'danh'],
    ['HỘ CHIẾU', 'ho chieu'],
    ['cu\u031B\u0301u', 'cuu'],
    ['ðường', 'duong'],
    ['plain', 'plain'],
  ])('removes diacritics and capitals from %s', (text, expected) => {
    expect(fold(text)).toBe(expected);
  });
});

describe('normalise', () => {
  it.each([
    ['stretched letters', 'cứuuuu em vớiiii', 'cứu em với'],
    ['stretched letters without diacritics', 'cuuuu em', 'cuu em'],
    ['an echoed vowel', 'chúuu ơiiii', 'chú ơi'],
    ['English doubles', 'need help soon', 'need help soon'],
    ['full-width and mathematical letters', 'ｈｅｌｐ 𝐦𝐞', 'help me'],
    ['the Icelandic letter used for đ', 'bị ðánh', 'bị đánh'],
    ['NFD input', 'cu\u031B\u0301u em'.normalize('NFD'), 'cứu em'],
    ['zero-width signs, NUL and control characters', 'c\u200Bứ\u0000u\u0007 em', 'cứu em'],
    ['both tone spellings', 'hoà khoá thuý quý', 'hòa khóa thúy quý'],
    ['numbers with their unit', '20tr/tháng, 165.000 yên, 1,5 tỷ', '20tr tháng 165.000 yên 1,5 tỷ'],
    ['an apostrophe', "don't hit me", 'dont hit me'],
    ['a zero for an o', 'kh0ng', 'không'],
    ['the distress picture', '🆘', 'sos'],
    ['Telex left as typed', 'cuwus em ddi ddanhs', 'cứu em đi đánh'],
    ['a late Telex key', 'nguoiwf ta', 'người ta'],
    ['English that looks like Telex', 'this is his car', 'this is his car'],
    ['nothing', '', ''],
    ['only signs', '... 😂 !!', ''],
  ])('understands %s', (_, raw, expected) => {
    expect(words(raw)).toBe(expected);
  });

  it.each([
    ['em k biết', 'em không biết'],
    ['k', 'không'],
    ['5 k', '5 k'],
    ['giá 20 k thôi', 'giá 20 k thôi'],
    ['e dc vs ng nhà', 'em được với người nhà'],
    ['lm cty cskh cpc', 'làm công ty cskh campuchia'],
    ['nó giữ hc', 'nó giữ hộ chiếu'],
    ['đi hc', 'đi hc'],
    ['lg bn', 'lương bao nhiêu'],
    ['j z', 'gì vậy'],
    ['bik trc', 'biết trước'],
    ['ở bên cam', 'ở bên campuchia'],
    ['quả cam', 'quả cam'],
    ['cam ranh', 'cam ranh'],
    ['a', 'a'],
    ['a bị đánh', 'anh bị đánh'],
    ['3 h sáng', '3 giờ sáng'],
  ])('reads %s as %s', (raw, expected) => {
    expect(words(raw)).toBe(expected);
  });

  it('points every token back into the original text, also in NFD and beside emoji', () => {
    const raw = 'Bị 😭 giữ HC, '.normalize('NFD') + 'cứuuu';
    const spans = normalise(raw).tokens.map((token) => raw.slice(token.start, token.end).normalize('NFC'));
    expect(spans).toEqual(['Bị', 'giữ', 'HC', 'HC', 'cứuuu']);
  });

  it('marks breaks at punctuation and line ends only', () => {
    const marked = normalise('không ai đánh, nhưng\nem sợ 20tr/tháng (thật)').tokens;
    expect(marked.filter((token) => token.breakBefore).map((token) => token.text)).toEqual([
      'nhưng',
      'em',
      'thật',
    ]);
  });

  it.each([
    '\uD800',
    '\u0301'.repeat(500),
    '__proto__ constructor toString',
    '\uDC00a\uD800',
    '1.'.repeat(4000),
  ])('survives broken or hostile input %#', (raw) => {
    const { tokens } = normalise(raw);
    expect(tokens.every((token) => token.start < token.end && token.end <= raw.length)).toBe(true);
  });
});
