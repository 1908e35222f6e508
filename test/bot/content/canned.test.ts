/** Canned answers: as true and as careful as what the bot says, and each fault is found by the check. */
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Assets, type AssetSource, inspectTexts, listCanned, loadAssets } from '../../../bot/index.ts';
import { loadRealAssets, readSources } from '../../support/assets.ts';

// all content is read several times
jest.setTimeout(60_000);

const NOW = new Date('2026-11-25T03:00:00Z');
let assets: Assets;
let sources: readonly AssetSource[];
beforeAll(async () => {
  [assets, sources] = [await loadRealAssets(), await readSources()];
});

const list = (language: string, now = NOW, counsellor = 'Lan') =>
  listCanned(assets, { language, titles: 'vi', counsellor, now });
const change = (work: Readonly<Record<string, (text: string) => string>>) =>
  loadAssets(sources.map(({ path, text }) => ({ path, text: work[path]?.(text) ?? text })));
const VI = 'content/messages/vi.yaml';

describe('listCanned', () => {
  it('gives a useful set in both languages, with name and numbers filled in', () => {
    for (const language of ['vi', 'en']) {
      const answers = list(language);
      expect(answers.length).toBeGreaterThanOrEqual(15);
      for (const { text, quiet } of answers)
        expect(`${text}${quiet ?? ''}`).not.toMatch(/[{}]|\[\[|undefined/);
    }
    expect(list('vi')[0]?.text).toContain('mình là Lan');
    expect(list('en').find(({ id }) => id === 'call-111')?.text).toContain('111');
  });

  it('tells in which language the words are when nobody has translated them', () => {
    expect(new Set(list('km').map(({ language }) => language))).toEqual(new Set(['vi']));
  });

  it('leaves out an answer whose number is past its check date', () => {
    const later = list('vi', new Date('2035-01-01T00:00:00Z')).map(({ id }) => id);
    expect(later).not.toContain('call-111');
    expect(later).toContain('greeting');
  });

  it('puts a name in as it is written, whatever it holds', () => {
    const name = '<b>{x}\u202E [[vn-111]]';
    expect(list('vi', NOW, name)[0]?.text).toContain(`mình là ${name}`);
  });
});

describe('the check', () => {
  const FAULTS: readonly [string, string, string, string][] = [
    ['a placeholder nobody fills', 'mình là {counsellor}', 'mình là {boss}', 'nobody fills {boss}'],
    ['a quiet word that betrays', 'quiet: Chào bạn.', 'quiet: Chào bạn, có cần giúp đỡ', 'would betray'],
    ['missing words', 'canned.keep-papers:', 'canned.other:', 'canned.keep-papers is missing'],
    ['words of no answer', 'canned.keep-papers:', 'canned.other:', 'canned.other: belongs to no answer'],
    ['an unknown fact', 'số [[vn-111]], miễn phí', 'số [[vn-999]], miễn phí', '[[vn-999]]'],
  ];
  let found = '';
  beforeAll(() => {
    const broken = FAULTS.reduce<Record<string, (text: string) => string>>(
      (all, [, from, to]) => ({ ...all, [VI]: (text) => (all[VI]?.(text) ?? text).replace(from, to) }),
      {
        'content/canned/answers.yaml': (text) => text.replace('code: tien,', 'code: chao,'),
      },
    );
    const result = change(broken);
    expect(result.ok).toBe(false);
    found = result.problems.map(({ message }) => message).join('\n');
  });

  it.each([...FAULTS, ['two answers with one code', '', '', 'two answers have the code "chao"']])(
    'refuses %s',
    (_what, _from, _to, named) => {
      expect(found).toContain(named);
    },
  );

  it('refuses a promise and a number typed by hand', () => {
    const result = change({
      [VI]: (text) =>
        text
          .replace('Cảm ơn bạn đã viết và đã tin mà kể.', 'Cảm ơn. Bạn sẽ được cứu.')
          .replace('gọi [[vn-113]] (công an, miễn phí', 'gọi 0901 234 567 (công an, miễn phí'),
    });
    const problems = result.ok ? inspectTexts(result.assets, NOW) : result.problems;
    const told = problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
    expect(told).toContainEqual(expect.stringMatching(/^canned.thank-you: says "sẽ được cứu"/));
    expect(told).toContainEqual(expect.stringMatching(/^canned.call-113: a .* typed into the text/));
  });
});
