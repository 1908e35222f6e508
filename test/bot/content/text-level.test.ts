import { beforeAll, describe, expect, it } from '@jest/globals';
import { compileMessages } from '../../../bot/content/messages.ts';
import { readYaml } from '../../../bot/content/yaml.ts';
import { type Assets, inspectTextLevels, textLevels } from '../../../bot/index.ts';
import { describeLevel } from '../../../server/tools/content-report.ts';
import { loadRealAssets } from '../../support/assets.ts';

let real: Assets;
beforeAll(async () => {
  real = await loadRealAssets();
});

/** Content of these Vietnamese messages and nothing else. */
function only(messages: Readonly<Record<string, string>>): Assets {
  const result = readYaml({ path: 'content/messages/vi.yaml', text: JSON.stringify(messages) });
  if (!result.ok) throw new Error('the test file is no YAML');
  return {
    ...real,
    languages: ['vi'],
    lessons: new Map(),
    signals: { ...real.signals, byId: new Map() },
    messages: new Map([['vi', compileMessages(result.file, () => '111').messages]]),
  };
}

const words = (count: number, word = 'mình'): string => Array(count).fill(word).join(' ');

describe('the measure of the texts', () => {
  it('counts sentences, also those of each branch, and a placeholder as one word', () => {
    const [level] = textLevels(
      only({
        a: `${words(4)}. ${words(12)}!`,
        b: '{staffed, select, yes {mình gọi {name}.} other {mình chờ}}',
      }),
    );
    expect(level).toMatchObject({ language: 'vi', texts: 2, sentences: 4, average: 21 / 4, short: 3 / 4 });
    expect(level?.longest).toMatchObject({ words: 12, where: 'a' });
  });

  it('finds the words that stand in one text only, without names and figures', () => {
    const filler = words(14);
    const [level] = textLevels(
      only({ a: `${filler} thẩm quyền Lan 25tr`, b: `${filler} ${filler} bạn`, c: `${filler} bạn` }),
    );
    expect(level?.hardest).toEqual([{ where: 'a', words: ['thẩm', 'quyền'] }]);
    expect(level?.rare).toBeCloseTo(2 / (16 + 29 + 15));
  });

  it('says so in one line', () => {
    const [level] = textLevels(only({ a: `${words(20)} thẩm quyền`, b: words(8) }));
    if (level === undefined) throw new Error('no level');
    expect(describeLevel(level)).toBe(
      '2 texts in vi: 2 sentences of 15.0 words on average, 50 % of ten at most, 22 at most (a); ' +
        '7 % of the words stand in one text only, most of them in a (thẩm, quyền)',
    );
  });
});

describe('a sentence that is read twice', () => {
  it.each([
    ['thirty words', words(30), 0],
    ['thirty-one words', words(31), 1],
    ['in one branch', `{place, select, vn {${words(31)}} other {a}}`, 1],
    ['two of twenty', `${words(20)}. ${words(20)}.`, 0],
  ])('%s', (_what, text, expected) => {
    expect(inspectTextLevels(only({ a: text })).map(({ severity }) => severity)).toEqual(
      Array(expected).fill('warning'),
    );
  });
});
