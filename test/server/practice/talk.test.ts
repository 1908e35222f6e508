import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Scenario } from '../../../server/practice/content.ts';
import { parsePractice } from '../../../server/practice/content.ts';
import { checkModels, loadPractice, type Practice } from '../../../server/practice/load.ts';
import { hearMoves, playTalk, reviewTalk } from '../../../server/practice/talk.ts';
import { loadRealAssets, repositoryRoot } from '../../support/assets.ts';

const NOW = new Date('2026-11-25T05:00:00Z');
let practice: Practice;
beforeAll(async () => {
  practice = await loadPractice(repositoryRoot, await loadRealAssets(), NOW);
}, 30_000);

const hear = (text: string): readonly string[] => hearMoves(practice.content.moves, practice.numbers, text);
function find(id: string): Scenario {
  const scenario = practice.content.scenarios.find((one) => one.id === id);
  if (scenario === undefined) throw new Error(`no scenario ${id}`);
  return scenario;
}
const play = (id: string, ...said: string[]) => playTalk(practice, find(id), said, 'vi');
const faultsOf = (id: string, ...said: string[]): string[] =>
  reviewTalk(find(id), said, play(id, ...said)).flatMap(({ kind, item, message }) =>
    kind === 'good' ? [] : [`${kind} ${item} ${String(message)}`],
  );

describe('what a message does', () => {
  it.each([
    ['Viết lúc này có an toàn không em?', ['asks_safe']],
    ['viet luc nay co an toan khong em', ['asks_safe']],
    ['Chị sẽ cứu em', ['promises']],
    ['Chị không hứa với em điều gì', []],
    ['Gọi 111 nhé', ['gives_number']],
    ['gọi +84 981 84 84 84', ['gives_number']],
    ['Gọi 18001567', ['unknown_number']],
    ['Gọi 0912 345 678', ['unknown_number']],
    ['8 giờ 30 ngày 26/11/2026 nhé', []],
    // with diacritics only the word itself counts: "đại" is not "dại"
    ['Đại khái là vậy, chị đang đợi', []],
    ['Sao em lại tin họ?', ['blames']],
    ['', []],
  ])('"%s"', (text, moves) => {
    expect(hear(text)).toEqual(moves);
  });
});

describe('a scripted person', () => {
  it('who is watched says so when asked for the place first, and more once asked whether it is safe', () => {
    const early = play('held-in-karaoke', 'Em ở đâu?');
    expect(early.messages.at(-1)?.text).toContain('bà chủ đang đứng đây');
    const safe = play('held-in-karaoke', 'Viết có an toàn không?');
    expect(safe.messages.map(({ text }) => text)).toContain('lát nữa họ kiểm tra máy');
  });

  it('who is watched is gone when the subject is named before it is safe', () => {
    const talk = play('held-in-karaoke', 'Chị sẽ gọi công an giải cứu em', 'Em còn đó không?');
    expect(talk.isOver).toBe(true);
    // what is written after the end is not heard
    expect(talk.messages.at(-1)?.author).toBe('person');
    expect(talk.heard).toHaveLength(1);
  });

  it('who is blamed or told on leaves', () => {
    expect(play('child', 'Tại sao cháu dại thế?').isOver).toBe(true);
    expect(play('returnee', 'Chị đã báo công an rồi').isOver).toBe(true);
  });

  it('ends after the length of the scenario, whatever is written', () => {
    const many = Array.from({ length: 20 }, () => 'ừ');
    const talk = play('job-offer', ...many);
    expect([talk.isOver, talk.heard.length]).toEqual([true, find('job-offer').length]);
  });

  it('says the same to the same words', () => {
    expect(play('child', 'Cảm ơn cháu', 'ừ')).toEqual(play('child', 'Cảm ơn cháu', 'ừ'));
  });
});

describe('the review', () => {
  it('shows what was harmful with the message, and what was missing', () => {
    const long = 'Chị sẽ cứu em. '.repeat(20);
    expect(faultsOf('held-in-karaoke', 'Em tên gì, ở đâu?', long, 'Gọi 18001567')).toEqual([
      'missing safe_first null',
      'harm no_early_details 0',
      'harm short_when_watched 1',
      'missing number null',
      'harm number 2',
      'harm no_promise 1',
      'missing agreed_contact null',
    ]);
  });

  it('calls it late when the first question is not about safety', () => {
    expect(faultsOf('held-in-karaoke', 'Chào em', 'Có an toàn không?')).toContain('missing safe_first 1');
  });

  it('finds nothing in the example of any scenario, in both languages', () => {
    expect(practice.content.scenarios).toHaveLength(6);
    expect(checkModels(practice)).toEqual([]);
  });
});

describe('broken content', () => {
  const files = (scenario: string) => [
    { name: 'checklist.yaml', text: 'items: [{ id: one, name: { vi: a, en: a } }]' },
    { name: 'moves.yaml', text: 'moves: [{ id: mo, name: { vi: a, en: a }, phrases: [ab] }]' },
    { name: 'x-y.yaml', text: scenario },
  ];
  const good = (over: Record<string, unknown> = {}): string =>
    JSON.stringify({
      ...{
        id: 'x-y',
        title: { vi: 'a', en: 'a' },
        about: { vi: 'a', en: 'a' },
        channel: 'web',
        risk: 'none',
      },
      opening: [{ vi: 'a', en: 'a' }],
      answers: [1, 2, 3].map(() => ({ when: { hears: ['mo'] }, says: [{ vi: 'a', en: 'a' }] })),
      otherwise: [1, 2].map(() => ({ vi: 'a', en: 'a' })),
      length: 3,
      expects: [1, 2, 3].map(() => ({
        ...{ item: 'one', good: { never: { moves: ['mo'] } }, why: { vi: 'a', en: 'a' } },
      })),
      model: [1, 2].map(() => ({ vi: 'a', en: 'a' })),
      ...over,
    });

  it('is told by file: unknown names, two expectations in one, another name than the id, no YAML', () => {
    const faultsIn = (text: string): string[] => {
      const result = parsePractice(files(text));
      return result.ok ? [] : result.faults.map(({ path, message }) => `${path} ${message}`);
    };
    const why = { vi: 'a', en: 'a' };
    const expects = (one: object) => good({ expects: [one, one, one] });
    expect(faultsIn(good())).toEqual([]);
    expect(faultsIn(expects({ item: 'two', good: { never: { moves: ['no_move'] } }, why })).join()).toMatch(
      /x-y\.yaml there is no move "no_move".*there is no item "two"/,
    );
    expect(
      faultsIn(expects({ item: 'one', good: { never: { moves: ['mo'] }, shorter: 3 }, why })).join(),
    ).toMatch(/none or several/);
    expect(faultsIn(good({ id: 'other' }))).toEqual([
      'content/practice/x-y.yaml is named otherwise than its id "other"',
    ]);
    expect(faultsIn('a: [')[0]).toMatch(/^content\/practice\/x-y\.yaml /);
  });
});
