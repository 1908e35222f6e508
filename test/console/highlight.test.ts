import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cutAtSpans } from '../../server/console/src/hooks/highlight.ts';

const show = (text: string, spans: readonly (readonly [number, number])[]): string =>
  cutAtSpans(
    text,
    spans.map(([start, end]) => ({ start, end })),
  )
    .map((piece) => (piece.marked ? `[${piece.text}]` : piece.text))
    .join('');

describe('cutAtSpans', () => {
  it.each([
    { spans: [], shown: 'họ đánh em' },
    { spans: [[3, 7]], shown: 'họ [đánh] em' },
    {
      spans: [
        [0, 2],
        [3, 10],
      ],
      shown: '[họ] [đánh em]',
    },
    {
      spans: [
        [3, 8],
        [5, 10],
      ],
      shown: 'họ [đánh em]',
    },
    {
      spans: [
        [3, 10],
        [4, 6],
      ],
      shown: 'họ [đánh em]',
    },
    { spans: [[8, 99]], shown: 'họ đánh [em]' },
    {
      spans: [
        [50, 60],
        [-3, 2],
        [4, 4],
        [6, 2],
      ],
      shown: 'họ đánh em',
    },
  ] satisfies { spans: [number, number][]; shown: string }[])('$shown', ({ spans, shown }) => {
    expect(show('họ đánh em', spans)).toBe(shown);
  });

  it('never loses or repeats a letter', () => {
    const span = fc.record({
      start: fc.integer({ min: -5, max: 40 }),
      end: fc.integer({ min: -5, max: 40 }),
    });
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), fc.array(span, { maxLength: 6 }), (text, spans) => {
        expect(
          cutAtSpans(text, spans)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});
