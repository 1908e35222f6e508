/** Choices from elsewhere can be told apart by the engine's own matching. */
import { describe, expect, it } from '@jest/globals';
import { matchChoice } from '../../../bot/understand/choices.ts';
import { settleChoices, type WishedChoice } from '../../../server/flow-exchange/choice-labels.ts';

const choice = (id: string, label: string, typed: readonly string[] = []): WishedChoice => ({
  id,
  label,
  typed,
});

describe('settleChoices', () => {
  it.each<[string, readonly WishedChoice[], readonly string[], number]>([
    ['plain labels stay', [choice('a', 'Yes', ['y']), choice('b', 'No')], ['Yes', 'No'], 0],
    ['two alike get a number', [choice('a', 'Yes'), choice('b', 'yes!')], ['Yes', 'yes! (no. 2)'], 1],
    ['a number in its own place stays', [choice('a', '1'), choice('b', '2')], ['1', '2'], 0],
    ['a number elsewhere stands in quotes', [choice('a', '5'), choice('b', '6')], ['“5”', '“6”'], 2],
    ['a sign alone is called by its id', [choice('thumb', '👍'), choice('b', 'No')], ['thumb', 'No'], 1],
    [
      'a word that means another choice goes',
      [choice('a', 'Yes', ['no']), choice('b', 'No')],
      ['Yes', 'No'],
      1,
    ],
    [
      'a typed number that counts another goes',
      [choice('a', 'Yes', ['2']), choice('b', 'No')],
      ['Yes', 'No'],
      1,
    ],
    [
      'its own number is known anyway',
      [choice('a', 'Yes', ['1']), choice('b', 'No', ['2.'])],
      ['Yes', 'No'],
      0,
    ],
  ])('%s', (_title, wished, labels, changes) => {
    const { entries, changed } = settleChoices(wished);
    expect(Object.values(entries).map(({ label }) => label)).toEqual(labels);
    expect(changed).toHaveLength(changes);
    const offered = Object.entries(entries).map(([id, entry]) => ({ id, ...entry }));
    for (const { id, label, typed } of offered)
      for (const way of [label, ...typed]) expect([way, matchChoice(offered, way)]).toEqual([way, id]);
  });
});
