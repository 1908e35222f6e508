/** The script all engines play, on our own engine; the others are installed by the benchmark only. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { formatFigures } from '../../bench/figure.ts';
import { type Row, toFigures } from '../../bench/five-questions/compare.ts';
import { findDifference } from '../../bench/five-questions/conformance.ts';
import { createOurs, loadScriptAssets, OURS_FOLDER } from '../../bench/five-questions/engines/ours.ts';
import {
  answersFor,
  type Language,
  LANGUAGES,
  MEASURED_PATHS,
  play,
  type Said,
  type ScriptEngine,
  type Stepped,
} from '../../bench/five-questions/script.ts';
import { readTexts, type Texts } from '../../bench/five-questions/texts.ts';
import { repositoryRoot } from '../support/assets.ts';

let ours: ScriptEngine;
let texts: Texts;

beforeAll(async () => {
  ours = createOurs(await loadScriptAssets(repositoryRoot), '0.0.0');
  texts = await readTexts(join(OURS_FOLDER, 'messages'));
});

describe('our engine on the five questions', () => {
  it.each(LANGUAGES)('asks in order, refuses wrong numbers and ends, in %s', async (language) => {
    const path = { contract: 'no', work: 'farm', wrong: ['12', 'xyz'], fare: 'firm' } as const;
    const { said } = await play(ours, language, answersFor(path, language));
    const plain = (name: string) => ({ text: texts.source(language, name), choices: [] });
    const asked = (name: string) => ({
      text: texts.source(language, name),
      choices: texts.choices(language, name).map((choice) => choice.label),
    });
    expect(said.slice(0, -1)).toEqual([
      [plain('hello'), asked('contract')],
      [asked('work')],
      [plain('people')],
      [plain('people-again')],
      [plain('people-again')],
      [plain('site')],
      [asked('fare')],
    ]);
    expect(said.at(-1)?.[0]).toEqual(plain('fare-firm'));
  });

  it.each<[Language, number, string, string]>([
    [
      'vi',
      0,
      'Bạn hỏi trước xem tiền xe có bị trừ vào lương không nhé.',
      'Vậy là 3 người đi làm ở nhà máy Hoa Cau ở Bến Trúc. Bạn đọc kỹ hợp đồng trước khi đi.',
    ],
    [
      'vi',
      1,
      'Bạn giữ lại vé và biên nhận nhé.',
      'Vậy là 3 người đi làm ở cửa hàng Hoa Cau ở Bến Trúc. Bạn xin hợp đồng trên giấy trước khi đi.',
    ],
    [
      'en',
      0,
      'Please ask first whether the fare is taken from your wages.',
      'So 3 people go to work at the factory Areca Flower in Bamboo Landing. Read the contract well before you leave.',
    ],
    [
      'en',
      1,
      'Please keep the ticket and the receipt.',
      'So 3 people go to work at the shop Areca Flower in Bamboo Landing. Ask for a contract on paper before you leave.',
    ],
  ])('closes in %s on measured way %i by what was answered', async (language, way, branch, closing) => {
    const path = MEASURED_PATHS[way];
    if (path === undefined) throw new Error('there is no such way');
    const { said } = await play(ours, language, answersFor(path, language));
    expect(said.at(-1)?.map(({ text }) => text)).toEqual([branch, closing]);
  });

  it('carries the whole conversation in the stored text', async () => {
    const path = { contract: 'yes', work: 'shop', wrong: [], fare: 'me' } as const;
    const answers = answersFor(path, 'vi');
    const { said, before } = await play(ours, 'vi', answers);
    const last = answers.at(-1);
    if (last === undefined) throw new Error('the script has no answers');
    const again = await ours.step(before.at(-1) ?? '', last);
    expect(again.said).toEqual(said.at(-1));
  });
});

describe('the conformance check', () => {
  it('finds no difference between an engine and itself', async () => {
    expect(await findDifference(ours, [ours])).toBeNull();
  });

  it.each<[string, Said['text'], Said['choices'], RegExp]>([
    ['a text', 'What is it called, please?', [], /^Other \(en\) says something else at step 5\./],
    ['a button', 'Who pays for the bus there?', ['I'], /^Other \(en\) says something else at step 6\./],
  ])('names engine, language and step when %s differs', async (_what, text, choices, expected) => {
    const start = text.split(',')[0]?.replace('?', '') ?? '';
    const change = (stepped: Stepped): Stepped => ({
      ...stepped,
      said: stepped.said.map((said) => (said.text.startsWith(start) ? { text, choices } : said)),
    });
    const other: ScriptEngine = {
      ...ours,
      name: 'Other',
      start: async (language) => change(await ours.start(language)),
      step: async (stored, answer) => change(await ours.step(stored, answer)),
    };
    expect(await findDifference(ours, [other])).toMatch(expected);
  });
});

describe('the figures of the comparison', () => {
  const row = (name: string, kind: ScriptEngine['kind'], taps: number, typed: number, all: number): Row => ({
    engine: { ...ours, name, version: '1.0.0', kind },
    taps,
    typed,
    all,
    dialogue: name === 'Ours' ? 27 : all,
  });

  it('give every other engine as a multiple of ours, and the fastest other dialogue engine against the target', () => {
    const lines = formatFigures(
      toFigures([
        row('Ours', 'dialogue engine', 20, 100, 54),
        row('Slow', 'dialogue engine', 400, 300, 357),
        row('Quick', 'dialogue engine', 150, 200, 171),
        row('Machine', 'state machine', 10, 10, 10),
      ]),
    ).split('\n');
    expect(lines.map((line) => line.replaceAll(/ {2,}/g, '  '))).toEqual([
      'five questions, greeting and taps: Ours 1.0.0 (dialogue engine)  20.0 µs CPU  target 30.0',
      'five questions, greeting and taps: Slow 1.0.0 (dialogue engine)  400 µs CPU  20.0 × ours (20.0)',
      'five questions, greeting and taps: Quick 1.0.0 (dialogue engine)  150 µs CPU  7.50 × ours (20.0)',
      'five questions, greeting and taps: Machine 1.0.0 (state machine)  10.0 µs CPU  0.50 × ours (20.0)',
      'five questions, greeting and taps: fastest other dialogue engine (Quick) by ours  7.50 ×  target 5.00',
      'five questions, typed answers: Ours 1.0.0 (dialogue engine)  100 µs CPU',
      'five questions, typed answers: Slow 1.0.0 (dialogue engine)  300 µs CPU  3.00 × ours (100)',
      'five questions, typed answers: Quick 1.0.0 (dialogue engine)  200 µs CPU  2.00 × ours (100)',
      'five questions, typed answers: Machine 1.0.0 (state machine)  10.0 µs CPU  0.10 × ours (100)',
      'five questions, all steps: Ours 1.0.0 (dialogue engine)  54.0 µs CPU',
      'five questions, all steps: Slow 1.0.0 (dialogue engine)  357 µs CPU  6.61 × ours (54.0)',
      'five questions, all steps: Quick 1.0.0 (dialogue engine)  171 µs CPU  3.17 × ours (54.0)',
      'five questions, all steps: Machine 1.0.0 (state machine)  10.0 µs CPU  0.19 × ours (54.0)',
      'five questions, all steps: fastest other dialogue engine (Quick) by ours  3.17 ×  target 5.00',
      'five questions, all steps, without reading for danger and offers: Ours 1.0.0 (dialogue engine)  27.0 µs CPU  target 30.0',
      'five questions, all steps, without reading for danger and offers: fastest other dialogue engine (Quick) by ours  6.33 ×  target 5.00',
    ]);
  });

  it('stand alone when no other engine is there', () => {
    const figures = toFigures([row('Ours', 'dialogue engine', 20, 100, 54)]);
    expect(figures.map(({ value, reference }) => [value, reference])).toEqual([
      [20, null],
      [100, null],
      [54, null],
      [27, null],
    ]);
  });
});

describe('bench/package.json', () => {
  const DependenciesSchema = z.object({ dependencies: z.record(z.string(), z.string()) });
  const dependenciesOf = (...path: readonly string[]): Record<string, string> =>
    DependenciesSchema.parse(JSON.parse(readFileSync(join(repositoryRoot, ...path), 'utf8'))).dependencies;

  it('pins the zod of the product: once installed, what lies in bench/ finds this one first', () => {
    expect(dependenciesOf('bench', 'package.json')['zod']).toBe(dependenciesOf('package.json')['zod']);
  });

  it('names exact versions only', () => {
    const versions = Object.values(dependenciesOf('bench', 'package.json'));
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});
