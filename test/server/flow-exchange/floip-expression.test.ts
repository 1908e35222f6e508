/** The simple part of FLOIP expressions as CEL. */
import { describe, expect, it } from '@jest/globals';
import { comparedWithAnswer, readFormula, toCel } from '../../../server/flow-exchange/floip-expression.ts';

const names = {
  slotOf: (path: string) =>
    path === 'flow.age.value'
      ? { slot: 'age', isNumber: true }
      : path === 'flow.town.value' || path === 'flow.pet'
        ? { slot: path.split('.')[1] ?? '', isNumber: false }
        : null,
  idsFor: (path: string, text: string) =>
    path === 'flow.pet' && ['Dogs', '1'].includes(text) ? ['dogs'] : [],
};

const cel = (source: string): string | null => {
  const formula = readFormula(source);
  return formula === null ? null : toCel(formula, names);
};

describe('toCel', () => {
  it.each([
    ['@(flow.age.value > 18)', 'slots.age > 18'],
    ['@(18 < flow.age.value)', 'slots.age > 18'],
    ['flow.age.value <> 3', 'slots.age != 3'],
    ['@(AND(flow.pet = "Dogs"))', 'slots.pet == "dogs"'],
    ['@(OR(flow.pet = 1, flow.town.value = "Hue"))', 'slots.pet == "dogs" || slots.town == "Hue"'],
    [
      `@(AND(channel.mode != 'ivr', OR(flow.age.value = 1, flow.age.value = 2)))`,
      'true && (slots.age == 1 || slots.age == 2)',
    ],
    ['@(NOT(flow.town.value = "Hue"))', '!(slots.town == "Hue")'],
    ['@(TRUE)', 'true'],
    ['@TRUE()', 'true'],
    ['@(LOWER(flow.town.value) != "a \\ b")', '!(slots.town == "a \\\\ b")'],
  ])('%s', (source, wanted) => {
    expect(cel(source)).toBe(wanted);
  });

  it.each([
    ['a value nobody holds', '@(contact.shoe_size = 3)'],
    ['a calculation', '@(flow.age.value + 1 > 3)'],
    ['a function', '@(LEN(flow.town.value) > 3)'],
    ['a text ordered', '@(flow.town.value > "a")'],
    ['half a formula', '@(AND(flow.age.value > 1'],
    ['nothing', ''],
    ['two literals', '1 = 1'],
    ['nested beyond reason', `${'AND('.repeat(50)}TRUE${')'.repeat(50)}`],
  ])('leaves %s alone', (_title, source) => {
    expect(cel(source)).toBeNull();
  });
});

describe('comparedWithAnswer', () => {
  it.each([
    [`@(OR(AND(channel.mode = 'ivr', block.value = '2'), LOWER(block.value) = 'no'))`, ['2', 'no']],
    ['block.response = "yes"', ['yes']],
    ['@(block.value <> "x")', []],
  ])('%s', (source, wanted) => {
    const formula = readFormula(source);
    expect(formula === null ? null : comparedWithAnswer(formula)).toEqual(wanted);
  });
});
