/** Texts with expressions of others as ICU texts. */
import { describe, expect, it } from '@jest/globals';
import { IntlMessageFormat } from 'intl-messageformat';
import { splitTemplate, toIcu } from '../../../server/flow-exchange/template.ts';

const reader = (reported: string[]) => ({
  slotOf: (reference: string) => /^results\.(\w+)$/.exec(reference)?.[1] ?? null,
  roots: ['results', 'contact'],
  report: (expression: string, what: string) => {
    reported.push(`${what} ${expression}`);
  },
});

describe('toIcu', () => {
  it.each([
    ['Hello', 'Hello', []],
    ['You are @results.age years old', 'You are {age} years old', []],
    ['You are @results.age. Right?', 'You are {age}. Right?', []],
    ['Hi @contact.name!', 'Hi …!', ['lost contact.name']],
    ['@(upper(results.town)) it is', '{town} it is', ['formatting upper(results.town)']],
    ['@UPPER(results.town) it is', '{town} it is', ['formatting UPPER(results.town)']],
    ['@(if(results.age > 3, "a)", "b")) x', '… x', ['lost if(results.age > 3, "a)", "b")']],
    ['write to help@example.org or @@results', 'write to help@example.org or @results', []],
    ["It's {fine}", "It''s '{'fine'}'", []],
    ["It's fine", "It's fine", []],
    ["It's @results.age", "It''s {age}", []],
    ['see [[vn-111]]', 'see [ [vn-111]]', []],
    ['   ', '…', []],
    ['', '…', []],
    ['a \r\nb', 'a\nb', []],
    ['an open @(bracket', 'an open @(bracket', []],
  ])('%j → %j', (source, wanted, notes) => {
    const reported: string[] = [];
    expect(toIcu(source, reader(reported))).toBe(wanted);
    expect(reported).toEqual(notes);
  });

  it.each(['{', '}', "{'}", "'{'", "don't {do} '' @results.age", '{{a}} @results.age', '# {'])(
    'keeps %j as it reads',
    (source) => {
      const icu = toIcu(source, reader([]));
      const said = icu.includes('{')
        ? new IntlMessageFormat(icu, 'vi', undefined, { ignoreTag: true }).format({ age: 7 })
        : icu;
      expect(said).toBe(source.replace('@results.age', '7'));
    },
  );
});

describe('splitTemplate', () => {
  it('gives back all that is no expression', () => {
    const source = 'a @@ b @results.x c @(1 + 2) d@example.org @nobody.x';
    const text = splitTemplate(source, ['results'])
      .map((part) => (part.kind === 'text' ? part.text : `<${part.expression}>`))
      .join('');
    expect(text).toBe('a @ b <results.x> c <1 + 2> d@example.org @nobody.x');
  });
});
