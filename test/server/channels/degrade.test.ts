/** Fitting a message to a channel: tables for what a reader sees, laws for every text. */
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import type { Capabilities, OutboundMessage } from '../../../server/channels/adapter.ts';
import { degrade, resolveChoiceId, shortenChoiceId } from '../../../server/channels/degrade.ts';
import { isBlank, splitText } from '../../../server/channels/split-text.ts';

const FAMILY = '👨‍👩‍👧‍👦';
const KHMER = 'ខ្ញុំត្រូវការជំនួយពីអ្នក';

describe('a long text', () => {
  it.each([
    ['stays whole when it fits', 'Xin chào bạn', 20, ['Xin chào bạn']],
    [
      'is cut after a paragraph',
      'Một hai ba bốn.\n\nNăm sáu bảy.',
      20,
      ['Một hai ba bốn.\n\n', 'Năm sáu bảy.'],
    ],
    ['is cut after a line', 'Một hai ba bốn\nnăm sáu bảy', 20, ['Một hai ba bốn\n', 'năm sáu bảy']],
    ['is cut after a sentence', 'Một hai ba bốn. Năm sáu bảy.', 20, ['Một hai ba bốn. ', 'Năm sáu bảy.']],
    [
      'is cut after a closing quote',
      'Một “hai ba bốn.” Năm sáu bảy.',
      20,
      ['Một “hai ba bốn.” ', 'Năm sáu bảy.'],
    ],
    ['is cut at a space', 'Một hai ba bốn năm sáu bảy', 20, ['Một hai ba bốn năm ', 'sáu bảy']],
    [
      'keeps a short greeting with what follows',
      'Hi.\n\nMột hai ba bốn năm sáu',
      20,
      ['Hi.\n\nMột hai ba bốn ', 'năm sáu'],
    ],
    [
      'keeps a telephone number whole',
      'Gọi ngay số này 0900 000 000 nhé',
      20,
      ['Gọi ngay số này ', '0900 000 000 nhé'],
    ],
    [
      'keeps a number with a country code whole',
      'Gọi số này (+84) 900-000.000 nhé',
      20,
      ['Gọi số này ', '(+84) 900-000.000 ', 'nhé'],
    ],
    ['keeps an amount whole', 'Họ bảo lương 20.000.000 đồng', 20, ['Họ bảo lương ', '20.000.000 đồng']],
    [
      'keeps a web address whole',
      'Xem ở đây: example.org/a.b?c=d nhé',
      20,
      ['Xem ở đây: ', 'example.org/a.b?c=d ', 'nhé'],
    ],
    [
      'keeps a mail address whole',
      'Viết thư cho a.b@example.org nhé',
      20,
      ['Viết thư cho ', 'a.b@example.org nhé'],
    ],
    ['keeps a family emoji whole', `abcdefghijklmnop${FAMILY}z`, 20, ['abcdefghijklmnop', `${FAMILY}z`]],
    [
      'keeps a letter with its mark whole',
      `${'x'.repeat(19)}e\u0302\u0323y`,
      20,
      ['x'.repeat(19), 'e\u0302\u0323y'],
    ],
    [
      'keeps a mark with the space it stands on',
      `${'x'.repeat(19)} \u0301zzzz`,
      20,
      ['x'.repeat(19), ' \u0301zzzz'],
    ],
    [
      'drops white space that would be a part of its own',
      `a${' '.repeat(60)}b`,
      20,
      [`a${' '.repeat(19)}`, ' b'],
    ],
    ['is nothing when it is blank', ' \n\u200B ', 20, []],
  ])('%s', (_behaviour, text, max, parts) => {
    expect(splitText(text, max, 'vi')).toEqual(parts);
  });

  it('in Khmer, written without spaces, is cut between words', () => {
    const words = [...new Intl.Segmenter('km', { granularity: 'word' }).segment(KHMER)].map(
      ({ segment }) => segment,
    );
    const parts = splitText(KHMER, 20, 'km');
    expect(parts.join('')).toBe(KHMER);
    expect(parts.length).toBeGreaterThan(1);
    expect(wordEdges(words)).toEqual(expect.arrayContaining(wordEdges(parts)));
  });

  it('of stacked marks longer than a part is still cut, between code points', () => {
    const parts = splitText(`a${'\u{1D165}'.repeat(40)}`, 20, 'vi');
    expect(parts.every((part) => part.length <= 20 && !/\p{Surrogate}/u.test(part))).toBe(true);
  });

  it('needs room for at least 20 units', () => {
    expect(() => splitText('a', 19, 'vi')).toThrow(RangeError);
  });
});

describe('choices', () => {
  const message = (choices: OutboundMessage['choices'], text = 'Bạn cần gì?'): OutboundMessage => ({
    text,
    choices,
    language: 'vi',
  });
  const yesNo = [
    { id: 'yes', label: 'Có' },
    { id: 'no', label: 'Không' },
  ];

  it('become buttons under the last part only', () => {
    const parts = degrade(message(yesNo, 'Một hai ba bốn. Năm sáu bảy.'), capabilities({ maxTextUtf16: 20 }));
    expect(parts).toEqual([
      { text: 'Một hai ba bốn. ', choices: [] },
      { text: 'Năm sáu bảy.', choices: yesNo },
    ]);
  });

  it.each([
    ['the channel has no buttons', yesNo, { choices: 'typed' }, 'Bạn cần gì?\n\n1. Có\n2. Không'],
    ['there are too many', yesNo, { maxChoices: 1 }, 'Bạn cần gì?\n\n1. Có\n2. Không'],
    ['one label is too long', yesNo, { maxChoiceLabelUtf16: 4 }, 'Bạn cần gì?\n\n1. Có\n2. Không'],
    [
      'a label has line breaks',
      [{ id: 'a', label: ' Có\nnhé ' }],
      { choices: 'typed' },
      'Bạn cần gì?\n\n1. Có nhé',
    ],
  ] as const)('become a numbered list when %s', (_when, choices, limits, text) => {
    expect(degrade(message(choices), capabilities(limits))).toEqual([{ text, choices: [] }]);
  });

  it('become a list when there is no text to hang buttons on', () => {
    expect(degrade(message(yesNo, ' '), capabilities({}))).toEqual([
      { text: ' 1. Có\n2. Không', choices: [] },
    ]);
  });

  it('with long ids get short ones that lead back to the same choice', () => {
    const long = [`offer.${'ă'.repeat(40)}.1`, `offer.${'ă'.repeat(40)}.2`, 'menu.check', ''].map((id) => ({
      id,
      label: 'x',
    }));
    const [part] = degrade(message(long), capabilities({ maxChoicePayloadBytes: 64 }));
    const payloads = part?.choices.map(({ id }) => id) ?? [];
    expect(new Set(payloads).size).toBe(4);
    for (const payload of payloads) {
      expect(Buffer.byteLength(payload)).toBeGreaterThan(0);
      expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(64);
    }
    expect(payloads.map((payload) => resolveChoiceId(payload, long, 64))).toEqual(long.map(({ id }) => id));
    expect(resolveChoiceId('made-up', long, 64)).toBeNull();
    expect(shortenChoiceId('menu.check', 64)).toBe('menu.check');
  });
});

describe('for every message', () => {
  const piece = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom('bạn', 'mình', 'giúp', 'được', 'a', 'Nguyễn', 'chuyện…', 'không?'),
    },
    { weight: 1, arbitrary: fc.constantFrom(FAMILY, '🇻🇳', '👍🏽', 'e\u0302\u0323', '\u0301a', KHMER) },
  );
  const gap = fc.constantFrom(' ', ' ', ' ', '. ', ', ', '\n', '\n\n', '\r\n', '');
  const prose = fc.array(fc.tuple(piece, gap), { maxLength: 80 }).map((pairs) => pairs.flat().join(''));
  const anything = fc.oneof(
    prose,
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
  );
  const choices = fc.array(
    fc.record({ id: fc.string({ maxLength: 90 }), label: fc.string({ unit: 'grapheme', maxLength: 40 }) }),
    {
      maxLength: 6,
    },
  );
  const limits = fc.record({
    maxTextUtf16: fc.integer({ min: 20, max: 120 }),
    choices: fc.constantFrom('inline_buttons' as const, 'typed' as const),
    maxChoices: fc.integer({ min: 0, max: 5 }),
    maxChoiceLabelUtf16: fc.integer({ min: 1, max: 30 }),
  });

  it('every part fits, none is blank, and only the last has buttons', () => {
    fc.assert(
      fc.property(anything, choices, limits, (text, offered, limit) => {
        const wanted = capabilities(limit);
        const parts = degrade({ text, choices: offered, language: 'vi' }, wanted);
        parts.forEach((part, index) => {
          expect(part.text.length).toBeLessThanOrEqual(wanted.maxTextUtf16);
          expect(isBlank(part.text)).toBe(false);
          if (index < parts.length - 1) expect(part.choices).toEqual([]);
          expect(part.choices.length).toBeLessThanOrEqual(wanted.maxChoices);
          for (const choice of part.choices) {
            expect(choice.label.length).toBeLessThanOrEqual(wanted.maxChoiceLabelUtf16);
            expect(Buffer.byteLength(choice.id)).toBeLessThanOrEqual(wanted.maxChoicePayloadBytes);
          }
        });
        expect(parts.length > 0).toBe(!isBlank(text) || offered.length > 0);
      }),
    );
  });

  it('the parts joined give the text back', () => {
    fc.assert(
      fc.property(prose, limits, (text, { maxTextUtf16 }) => {
        const parts = splitText(text, maxTextUtf16, 'vi');
        if (isBlank(text)) expect(parts).toEqual([]);
        // Trailing breaks that would be a part of their own are left out; nothing else is.
        else expect(text.startsWith(parts.join(''))).toBe(true);
        expect(isBlank(text.slice(parts.join('').length))).toBe(true);
      }),
    );
  });

  it('the parts joined give everything visible of any text back', () => {
    const visible = (text: string) => text.replace(/[\s\p{Cc}\p{Cf}]/gu, '');
    fc.assert(
      fc.property(anything, limits, (text, { maxTextUtf16 }) => {
        expect(visible(splitText(text, maxTextUtf16, 'vi').join(''))).toBe(visible(text));
      }),
    );
  });

  it('no cut lies inside a grapheme', () => {
    const segmenter = new Intl.Segmenter('vi', { granularity: 'grapheme' });
    fc.assert(
      fc.property(prose, limits, (text, { maxTextUtf16 }) => {
        const segments = segmenter.segment(text);
        for (const cut of wordEdges(splitText(text, maxTextUtf16, 'vi')).slice(0, -1)) {
          expect(segments.containing(cut)?.index).toBe(cut);
        }
      }),
    );
  });

  it('an address or a number is found whole in one part', () => {
    const whole = fc.constantFrom(
      '0900 000 000',
      '+84 (24) 3900-0000',
      '20.000.000',
      '1800.0000',
      'a.b@example.org',
      'example.org/x?y=1',
      'https://example.org/ă',
    );
    const text = fc.array(fc.tuple(fc.constantFrom('gọi', 'xem ở', 'viết cho', 'x'), whole), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 22, max: 60 }),
        fc.constantFrom(' ', '\n', '. '),
        (pairs, max, between) => {
          const parts = splitText(pairs.map((pair) => pair.join(' ')).join(between), max, 'vi');
          for (const [, kept] of pairs) expect(parts.some((part) => part.includes(kept))).toBe(true);
          const count = (list: readonly string[], kept: string) =>
            list.reduce((sum, one) => sum + one.split(kept).length - 1, 0);
          for (const [, kept] of pairs)
            expect(count(parts, kept)).toBe(pairs.filter((pair) => pair[1] === kept).length);
        },
      ),
    );
  });
});

/** Where each piece ends in the joined text. */
function wordEdges(pieces: readonly string[]): number[] {
  let end = 0;
  return pieces.map((piece) => (end += piece.length));
}

function capabilities(overrides: Partial<Capabilities>): Capabilities {
  return {
    maxTextUtf16: 4096,
    choices: 'inline_buttons',
    maxChoices: 10,
    maxChoiceLabelUtf16: 20,
    maxChoicePayloadBytes: 64,
    audio: false,
    locationRequest: false,
    typing: false,
    windowHours: null,
    ...overrides,
  };
}
