/** What the normaliser makes of real typing habits. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fold, normalise } from '../../../bot/understand/normalise.ts';

const words = (raw: string) =>
  normalise(raw)
    .tokens.map((token) => token.text)
    .join(' ');

/** Forms that mean the same whatever stands beside them. */
const SURE = [
  ...[
    'cứu',
    'em',
    'cuwus',
    'nguwowif',
    'ddanhs',
    'cu71u',
    'nguo72i',
    'không',
    'ko',
    'dc',
    'cty',
    'ngta',
    'nhốt',
  ],
  ...['сứu', 'cứuuuu', 'khoá', 'hoà', 'hộ', 'chiếu', 'help', 'passport', '165.000', '20tr', 'ở', 'đây'],
];
const typed = fc.constantFrom(...SURE, 'ngta', 'bhyt', 'chúuu', '𝐦𝐞', 'ⓔⓜ', "don't");

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
    ['an early Telex key', 'nguwofi dduwowcj cuuws', 'người được cứu'],
    ['Telex keys in every order', 'nguwowif ddieenj thoaij khoong', 'người điện thoại không'],
    ['words that really end in -oong', 'xoong boong', 'xoong boong'],
    ['VNI left as typed', 'cu71u em, ho5 giu74 ho65 chie61u', 'cứu em họ giữ hộ chiếu'],
    ['VNI keys at the end', 'nguoi72 d9i be65nh vie65n', 'người đi bệnh viện'],
    ['a key that may be a number beside a sure one', 'toi6 bi5 nho61t', 'tôi bị nhốt'],
    ['the same key where nothing else is VNI', 'toi6 bi5', 'toi6 bi5'],
    [
      'codes and numbers that are no VNI',
      'b52 q7 f8 covid19 top1 so1 h1n1 5h30',
      'b52 q7 f8 covid19 top1 so1 h1n1 5h30',
    ],
    ['Cyrillic and Greek letters that look Latin', 'сứu еm, bị nhốτ', 'cứu em bị nhốt'],
    ['a word in another alphabet, left as it is', 'хорошо em', 'хорошо em'],
    ['letters in circles', 'ⓒứu ⓔⓜ', 'cứu em'],
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

  it('keeps each token’s place, whatever is typed', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(typed, fc.string({ unit: 'grapheme' })), { maxLength: 30 }), (parts) => {
        const raw = parts.join(' ');
        const { tokens } = normalise(raw);
        let before = 0;
        for (const { start, end, text, folded } of tokens) {
          expect(start).toBeGreaterThanOrEqual(before);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(raw.length);
          expect(text).toBe(text.normalize('NFC'));
          expect(folded).toBe(fold(text));
          before = start;
        }
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it('maps every word of a message back to the very word that was typed', () => {
    fc.assert(
      fc.property(fc.array(typed, { minLength: 1, maxLength: 20 }), (parts) => {
        const raw = parts.join(' ');
        const spans = normalise(raw).tokens.map(({ start, end }) => raw.slice(start, end));
        // an abbreviation gives several tokens of one place
        const places = spans.filter((span, at) => at === 0 || span !== spans[at - 1] || parts[at] === span);
        expect(new Set(places)).toEqual(new Set(parts));
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it('changes nothing any more in what it has put right once', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...SURE), { minLength: 1, maxLength: 12 }), (parts) => {
        const once = words(parts.join(' '));
        expect(words(once)).toBe(once);
      }),
      { numRuns: 500, seed: 7 },
    );
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
    'a1'.repeat(4000),
    '🆘'.repeat(5000),
    'ё̈'.repeat(4000),
  ])('survives broken or hostile input %#', (raw) => {
    const { tokens } = normalise(raw);
    expect(tokens.every((token) => token.start < token.end && token.end <= raw.length)).toBe(true);
  });
});
