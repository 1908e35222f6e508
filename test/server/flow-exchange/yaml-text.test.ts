/** What is written reads back as it was, whatever stands in it, and the formatter leaves it alone. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { format } from 'prettier';
import { parse } from 'yaml';
import { flowText, messagesText } from '../../../server/flow-exchange/yaml-text.ts';

const scalar = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 200 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const key = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.constantFrom('no', 'true', '~', '1', 'a: b', '- c', '#d'),
);
const entry = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.record({
    text: fc.string({ minLength: 1 }),
    choices: fc.dictionary(key, fc.record({ label: fc.string(), typed: fc.array(fc.string()) }), {
      noNullPrototype: true,
    }),
  }),
);
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('flowText', () => {
  it('reads back as it was', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.dictionary(
            key,
            fc.oneof(
              scalar,
              fc.array(scalar, { minLength: 1 }),
              fc.dictionary(key, scalar, { minKeys: 1, noNullPrototype: true }),
            ),
            { minKeys: 1, noNullPrototype: true },
          ),
          { minLength: 1, maxLength: 4 },
        ),
        fc.string(),
        (nodes, comment) => {
          const text = flowText({ comment: [comment], head: { id: 'x' }, nodes });
          expect(plain(parse(text))).toEqual(plain({ id: 'x', nodes }));
        },
      ),
      { numRuns: 100, seed: 7 },
    );
  });

  it.each([
    [
      'a node that fits',
      { id: 'a', say: 'x.a', exits: { done: 'b' } },
      '  - { id: a, say: x.a, exits: { done: b } }',
    ],
    [
      'words that mean something in YAML',
      { id: 'no', set: { slots: { a: 'true', b: 'no', c: '1', d: null } } },
      "  - { id: no, set: { slots: { a: 'true', b: no, c: '1', d: null } } }",
    ],
    [
      'a node that does not fit',
      {
        id: 'a',
        ask: 'x.a',
        exits: {
          yes: 'a-long-name-for-a-node',
          no: 'another-long-name-for-it',
          other: 'and-one-more-name',
          skip: 'b',
        },
      },
      '  - id: a\n    ask: x.a\n    exits: { yes: a-long-name-for-a-node, no: another-long-name-for-it, other: and-one-more-name, skip: b }',
    ],
  ])('writes %s as it is written here', async (_title, node, wanted) => {
    const text = flowText({ comment: ['c'], head: { id: 'x' }, nodes: [node] });
    expect(text).toBe(`# c\nid: x\nnodes:\n${wanted}\n`);
    expect(await format(text, { parser: 'yaml', printWidth: 110, singleQuote: true })).toBe(text);
  });
});

describe('messagesText', () => {
  it('reads back as it was', () => {
    fc.assert(
      fc.property(fc.dictionary(key, entry, { minKeys: 1, noNullPrototype: true }), (entries) => {
        expect(plain(parse(messagesText([], entries)))).toEqual(plain(entries));
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  it.each([
    'one\ntwo',
    'one\n\ntwo',
    '  indented\nline',
    'ends\n',
    'tab\there\nthere',
    '# no comment\n- no list',
    'a \nb',
    '\u2028x\ny',
  ])('keeps the lines of %j', (text) => {
    expect(parse(messagesText(['c'], { 'x.a': text, 'x.b': { text } }))).toEqual({
      'x.a': text,
      'x.b': { text },
    });
  });
});
